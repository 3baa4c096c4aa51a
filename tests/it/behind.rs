//! From a number to the customers behind it and back: what is on show then is what is true now.

use cxtop::dashboard::state::State;
use cxtop::dashboard::tile::Picture;
use cxtop::dashboard::{Command, Detail, Event, Input, Request};
use cxtop::store::Value;

use crate::dashboard::{change, edited, focus_on, press, type_text, words};
use crate::nimbus::{Session, answer, asked, questions, table};

const FUNNEL: &str = "journey/signup_funnel";
const CALL: &str = "FROM funnel(['visit', 'signup'], within := INTERVAL 7 DAYS)";
const LIST: &str = "customer_id VARCHAR, entered_at DATE";

/// Returns a dashboard on which the funnel's numbers are open, with the cursor on the first of them.
fn numbers() -> (Session, usize) {
    let mut session = Session::loaded(edited(FUNNEL, CALL, None), 120, 40);
    let index = focus_on(&mut session, FUNNEL);
    press(&mut session, Command::Open);
    press(&mut session, Command::Down);
    (session, index)
}

/// Lists the customers behind the number under the cursor, and answers.
fn list(session: &mut Session) {
    let question = questions(&press(session, Command::Open)).remove(0);
    assert!(
        question.sql.starts_with("FROM funnel_customers("),
        "{}",
        question.sql
    );
    session.answer(&question, table(LIST, "c1, 2026-06-01\nc2, 2026-06-02"));
}

fn first_column(session: &Session, index: usize) -> Vec<String> {
    let panel = session.dashboard.tiles[index].shown().expect("an answer");
    let column = &panel.grid().columns[0];
    column.values.iter().map(Value::text).collect()
}

#[test]
fn going_back_asks_the_numbers_again_because_the_data_may_have_changed_meanwhile() {
    let (mut session, index) = numbers();
    list(&mut session);
    assert_eq!(first_column(&session, index), ["c1", "c2"]);
    let again = questions(&change(&mut session, &["events"])).remove(0);
    let requests = press(&mut session, Command::Back);
    assert_eq!(asked(&requests), [FUNNEL]);
    assert_eq!(questions(&requests)[0].sql, CALL);
    // The old numbers stay on show, and say that newer ones are on their way.
    assert_eq!(words(&session.dashboard)[index], "refreshing");
    assert_eq!(first_column(&session, index), ["1", "2", "3", "4"]);
    // The list that was asked again is wanted no more.
    session.answer(&again, table(LIST, "c1, 2026-06-01"));
    assert_eq!(first_column(&session, index), ["1", "2", "3", "4"]);
    session.answer_all(&requests);
    assert_eq!(words(&session.dashboard)[index], "fresh");
}

#[test]
fn going_back_does_not_wait_for_a_question_that_the_list_replaced() {
    let (mut session, index) = numbers();
    let replaced = questions(&change(&mut session, &["events"])).remove(0);
    assert_eq!(words(&session.dashboard)[index], "refreshing");
    list(&mut session);
    let requests = press(&mut session, Command::Back);
    let question = questions(&requests).remove(0);
    assert_ne!(question.ticket, replaced.ticket);
    let run = session.dashboard.tiles[index]
        .state
        .run()
        .map(|run| run.ticket);
    assert_eq!(run, Some(question.ticket));
    session.answer(&question, answer(FUNNEL));
    assert!(matches!(
        session.dashboard.tiles[index].state,
        State::Fresh(_)
    ));
}

#[test]
fn a_list_that_is_no_longer_zoomed_leads_back_to_the_panels_picture() {
    let (mut session, index) = numbers();
    assert_eq!(session.dashboard.tiles[index].picture, Picture::Numbers);
    list(&mut session);
    press(&mut session, Command::Zoom);
    assert_eq!(session.dashboard.detail, Detail::Grid);
    assert_eq!(first_column(&session, index), ["c1", "c2"]);
    press(&mut session, Command::Back);
    assert_eq!(session.dashboard.tiles[index].picture, Picture::Usual);
}

#[test]
fn a_number_of_a_picture_leads_to_its_customers_at_once_and_back_to_it() {
    let mut session = Session::loaded(edited(FUNNEL, CALL, None), 120, 40);
    let index = focus_on(&mut session, FUNNEL);
    for command in [Command::Down, Command::Down, Command::Right] {
        press(&mut session, command);
    }
    let cursor = session.dashboard.tiles[index].cursor();
    let question = questions(&press(&mut session, Command::Open)).remove(0);
    assert!(
        question.sql.ends_with("step := 2, outcome := 'lost')"),
        "{}",
        question.sql
    );
    session.answer(&question, table(LIST, "c1, 2026-06-01"));
    assert_eq!(session.dashboard.detail, Detail::Zoomed);
    assert_eq!(first_column(&session, index), ["c1"]);
    // Nothing is behind a customer yet.
    assert_eq!(asked(&press(&mut session, Command::Open)), [""; 0]);
    press(&mut session, Command::Back);
    let tile = &session.dashboard.tiles[index];
    assert_eq!((tile.picture, tile.cursor()), (Picture::Usual, cursor));
}

#[test]
fn editing_the_query_of_a_list_shows_the_edited_query() {
    let (mut session, index) = numbers();
    let title = session.dashboard.tiles[index].title().to_string();
    list(&mut session);
    assert_ne!(session.dashboard.tiles[index].title(), title);
    let text = CALL.replace('7', "14");
    let workspace = edited(FUNNEL, &text, None);
    let requests = session.send(Event::Reread(Box::new(workspace)));
    assert_eq!(asked(&requests), [FUNNEL]);
    assert_eq!(questions(&requests)[0].sql, text);
    session.answer_all(&requests);
    assert_eq!(session.dashboard.tiles[index].title(), title);
    assert_eq!(first_column(&session, index), ["1", "2", "3", "4"]);
}

#[test]
fn changed_macros_lead_from_a_list_back_to_its_numbers() {
    let (mut session, index) = numbers();
    list(&mut session);
    let mut workspace = edited(FUNNEL, CALL, None);
    workspace.config.timezone = "Europe/Berlin".to_string();
    let requests = session.send(Event::Reread(Box::new(workspace)));
    let questions = questions(&requests);
    let funnel = questions.iter().find(|question| question.query == FUNNEL);
    assert_eq!(funnel.map(|question| question.sql.as_str()), Some(CALL));
    assert_eq!(first_column(&session, index), ["1", "2", "3", "4"]);
}

#[test]
fn the_order_and_the_filter_of_the_numbers_are_not_those_of_the_list() {
    let (mut session, index) = numbers();
    press(&mut session, Command::Sort);
    press(&mut session, Command::FilterRows);
    type_text(&mut session, "sign");
    press(&mut session, Command::Open);
    assert_eq!(first_column(&session, index), ["2"]);
    list(&mut session);
    // No customer is called so, and the list has no column of that name.
    assert_eq!(first_column(&session, index), ["c1", "c2"]);
    assert_eq!(session.dashboard.tiles[index].sort, None);
    press(&mut session, Command::FilterRows);
    session.send(Event::Typed(Input::Char('2')));
    press(&mut session, Command::Open);
    assert_eq!(press(&mut session, Command::Back).len(), 1);
    assert_eq!(first_column(&session, index), ["2"]);
    assert!(session.dashboard.tiles[index].sort.is_some());
}

#[test]
fn going_back_before_the_list_has_come_replaces_its_question() {
    let (mut session, index) = numbers();
    let list = questions(&press(&mut session, Command::Open)).remove(0);
    let requests = press(&mut session, Command::Back);
    // One question replaces the other by its panel, so nothing has to be stopped by itself.
    assert!(matches!(&requests[..], [Request::Run(question)] if question.sql == CALL));
    session.answer(&list, table(LIST, "c1, 2026-06-01"));
    assert_eq!(first_column(&session, index), ["1", "2", "3", "4"]);
}
