//! What events do to the dashboard: events in, requests and the visible state out.

use std::time::Duration;

use cxtop::dashboard::grid::{Wish, lay_out};
use cxtop::dashboard::menu::Item;
use cxtop::dashboard::state::State;
use cxtop::dashboard::{
    Command, Dashboard, Event, Flow, Input, Notice, Range, Rejected, Request, Typing, View,
};
use cxtop::error::{Error, Place};
use cxtop::queries::{Kind, Workspace};
use cxtop::store::Value;
use proptest::prelude::*;

use crate::nimbus::{Session, answer, asked, loaded, place, questions, table, workspace};

const ALL: [&str; 7] = [
    "scores/nps",
    "scores/csat",
    "support/first_response",
    "product/active",
    "journey/signup_funnel",
    "scores/nps_by_week",
    "retention/weekly",
];

fn ready() -> Session {
    Session::loaded(workspace(), 120, 40)
}

pub fn press(session: &mut Session, command: Command) -> Vec<Request> {
    session.send(Event::Command(command))
}

pub fn type_text(session: &mut Session, text: &str) {
    for letter in text.chars() {
        session.send(Event::Typed(Input::Char(letter)));
    }
}

pub fn change(session: &mut Session, tables: &[&str]) -> Vec<Request> {
    session.send(Event::Loaded(loaded(tables)))
}

pub fn focus_on(session: &mut Session, query: &str) -> usize {
    let index = session
        .dashboard
        .tiles
        .iter()
        .position(|tile| tile.place.query == query)
        .expect("it is on show");
    press(session, Command::FocusPanel(index));
    index
}

pub fn words(dashboard: &Dashboard) -> Vec<&'static str> {
    let word = |state: &State| match state {
        State::Waiting => "waiting",
        State::Running(_) => "running",
        State::Fresh(_) => "fresh",
        State::Refreshing(..) => "refreshing",
        State::Stale(_) => "stale",
        State::Stopped(_) => "stopped",
        State::Failed(_) => "failed",
    };
    dashboard
        .tiles
        .iter()
        .map(|tile| word(&tile.state))
        .collect()
}

/// Breaks or repairs one query of the workspace.
pub fn edited(name: &str, text: &str, error: Option<Error>) -> Workspace {
    let mut workspace = workspace();
    let file = workspace
        .queries
        .iter_mut()
        .find(|query| query.name == name)
        .expect("the query is in the workspace");
    file.text = text.to_string();
    match (error, &mut file.state) {
        (Some(error), state) => *state = Err(error),
        (None, Ok(saved)) => saved.text = text.to_string(),
        (None, Err(_)) => {}
    }
    workspace
}

fn broken() -> Error {
    let source = "SELECT nps(scor) AS value".to_string();
    let path = "/team/nimbus/queries/scores/nps.sql".into();
    let place = Place {
        path,
        line: 9,
        column: 12,
        source,
    };
    Error::data("there is no column `scor`")
        .at(place)
        .help("did you mean `score`?")
}

#[test]
fn nothing_is_asked_before_the_first_load_and_everything_after_it() {
    let mut session = Session::open(workspace(), 120, 40);
    assert_eq!(press(&mut session, Command::Refresh), []);
    let requests = change(&mut session, &["events"]);
    assert_eq!(asked(&requests), ALL);
}

#[test]
fn panels_on_screen_are_asked_before_those_below_it() {
    let mut session = Session::open(workspace(), 80, 16);
    session.send(Event::Command(Command::FocusPanel(6)));
    let requests = change(&mut session, &["events"]);
    assert_eq!(asked(&requests)[0], "journey/signup_funnel");
    assert_eq!(
        asked(&requests).last().map(String::as_str),
        Some("product/active")
    );
}

#[test]
fn only_panels_that_read_a_changed_table_are_asked_again() {
    let mut session = ready();
    assert_eq!(
        asked(&change(&mut session, &["tickets"])),
        ["support/first_response"]
    );
    let surveys = asked(&change(&mut session, &["surveys"]));
    assert_eq!(surveys, ["scores/nps", "scores/csat", "scores/nps_by_week"]);
    assert_eq!(change(&mut session, &["customers"]), []);
    assert_eq!(change(&mut session, &[]), []);
}

#[test]
fn the_old_answer_stays_until_the_new_one_is_there() {
    let mut session = ready();
    let requests = change(&mut session, &["tickets"]);
    assert_eq!(words(&session.dashboard)[2], "refreshing");
    assert!(session.dashboard.tiles[2].shown().is_some());
    session.answer_all(&requests);
    assert_eq!(words(&session.dashboard)[2], "fresh");
}

#[test]
fn an_answer_that_nobody_waits_for_is_dropped() {
    let mut session = ready();
    focus_on(&mut session, "support/first_response");
    let first = questions(&press(&mut session, Command::Refresh));
    let second = questions(&press(&mut session, Command::Refresh));
    session.answer(&first[0], table("value DOUBLE", "1"));
    assert_eq!(words(&session.dashboard)[2], "refreshing");
    session.answer(&second[0], table("value DOUBLE", "2"));
    let shown = session.dashboard.tiles[2]
        .shown()
        .expect("an answer")
        .grid()
        .clone();
    assert_eq!(shown, table("value DOUBLE", "2"));
}

#[test]
fn a_slow_query_under_a_stream_of_changes_is_asked_once_more_and_rests_as_long_as_it_ran() {
    let mut session = ready();
    let question = questions(&change(&mut session, &["tickets"])).remove(0);
    for _ in 0..20 {
        assert_eq!(change(&mut session, &["tickets"]), []);
    }
    session.wait(3_000);
    let (ticket, result) = (question.ticket, Ok(answer(&question.query)));
    let requests = session.send(Event::Answered {
        ticket,
        result,
        elapsed: Duration::from_secs(3),
    });
    assert_eq!((requests, words(&session.dashboard)[2]), (vec![], "stale"));
    session.wait(2_900);
    assert_eq!(session.send(Event::Woke), []);
    session.wait(100);
    assert_eq!(
        asked(&session.send(Event::Woke)),
        ["support/first_response"]
    );
}

#[test]
fn paused_panels_wait_count_the_changes_and_catch_up() {
    let mut session = ready();
    press(&mut session, Command::Pause);
    assert_eq!(change(&mut session, &["tickets"]), []);
    assert_eq!(change(&mut session, &["tickets"]), []);
    assert_eq!(session.dashboard.flow, Flow::Paused { waiting: 2 });
    assert_eq!(words(&session.dashboard)[2], "stale");
    assert_eq!(session.dashboard.deadline(), None);
    assert_eq!(
        asked(&press(&mut session, Command::Pause)),
        ["support/first_response"]
    );
}

#[test]
fn the_cursor_finds_its_row_again_after_a_refresh() {
    let mut session = ready();
    let index = focus_on(&mut session, "journey/signup_funnel");
    for _ in 0..3 {
        press(&mut session, Command::Down);
    }
    let row = |session: &Session| {
        session.dashboard.tiles[index]
            .cursor()
            .map(|cursor| cursor.row)
    };
    assert_eq!(row(&session), Some(2));
    let question = questions(&press(&mut session, Command::Refresh)).remove(0);
    let columns = "step_no INTEGER, step VARCHAR, customers BIGINT";
    session.answer(
        &question,
        table(
            columns,
            "1, visit, 9000\n2, trial, 7000\n3, signup, 6000\n4, activate, 4000",
        ),
    );
    assert_eq!(row(&session), Some(3));
    let question = questions(&press(&mut session, Command::Refresh)).remove(0);
    session.answer(&question, table(columns, "1, visit, 9000\n2, trial, 7000"));
    assert_eq!(row(&session), Some(1));
}

#[test]
fn zoom_focus_and_order_survive_a_refresh() {
    let mut session = ready();
    focus_on(&mut session, "journey/signup_funnel");
    press(&mut session, Command::Open);
    press(&mut session, Command::Right);
    press(&mut session, Command::Right);
    press(&mut session, Command::Right);
    press(&mut session, Command::Sort);
    press(&mut session, Command::ReverseSort);
    let requests = change(&mut session, &["events"]);
    session.answer_all(&requests);
    let tile = session.dashboard.focused().expect("a panel");
    let steps = tile
        .shown()
        .expect("an answer")
        .grid()
        .column("step")
        .expect("a column")
        .values[0]
        .text();
    assert_eq!(steps, "purchase");
    assert!(session.dashboard.shows_one_panel());
    press(&mut session, Command::Back);
    press(&mut session, Command::Back);
    assert!(!session.dashboard.shows_one_panel());
}

#[test]
fn rows_are_filtered_by_typed_text_and_come_back() {
    let mut session = ready();
    press(&mut session, Command::OpenDashboard(1));
    let requests = press(&mut session, Command::Refresh);
    session.answer_all(&requests);
    let rows = |session: &Session| {
        session
            .dashboard
            .focused()
            .and_then(|tile| tile.shown())
            .map(cxtop::panels::Panel::rows)
    };
    press(&mut session, Command::FilterRows);
    type_text(&mut session, "MAIL");
    assert_eq!(rows(&session), Some(1));
    press(&mut session, Command::Open);
    press(&mut session, Command::Back);
    assert_eq!(rows(&session), Some(3));
}

#[test]
fn a_broken_file_keeps_the_last_answer_and_a_repaired_one_is_asked_again() {
    let mut session = ready();
    let requests = session.send(Event::Reread(Box::new(edited(
        "scores/nps",
        "SELECT nps(scor)",
        Some(broken()),
    ))));
    assert_eq!(asked(&requests), [""; 0]);
    assert_eq!(words(&session.dashboard)[0], "failed");
    let failure = session.dashboard.tiles[0]
        .state
        .failure()
        .expect("a failure");
    assert_eq!(failure.error, broken());
    assert!(failure.answer.is_some());
    assert_eq!(
        asked(&change(&mut session, &["surveys"])),
        ["scores/csat", "scores/nps_by_week"]
    );
    let requests = session.send(Event::Reread(Box::new(edited(
        "scores/nps",
        "SELECT nps(score)",
        None,
    ))));
    assert_eq!(asked(&requests), ["scores/nps"]);
    session.answer_all(&requests);
    assert_eq!(words(&session.dashboard)[0], "fresh");
}

#[test]
fn an_edited_query_alone_is_asked_again() {
    let mut session = ready();
    assert_eq!(session.send(Event::Reread(Box::new(workspace()))), []);
    let requests = session.send(Event::Reread(Box::new(edited(
        "scores/csat",
        "SELECT 2",
        None,
    ))));
    assert_eq!(asked(&requests), ["scores/csat"]);
    assert_eq!(questions(&requests)[0].sql, "SELECT 2");
}

#[test]
fn an_edited_dashboard_keeps_the_panels_it_still_has() {
    let mut session = ready();
    focus_on(&mut session, "retention/weekly");
    let mut workspace = workspace();
    workspace.dashboards[0].rows[0].panels.remove(1);
    workspace.dashboards[0].rows[2]
        .panels
        .push(place("support/by_channel"));
    let requests = session.send(Event::Reread(Box::new(workspace)));
    assert_eq!(asked(&requests), ["support/by_channel"]);
    let focused = session.dashboard.focused().expect("a panel");
    assert_eq!(focused.place.query, "retention/weekly");
    assert_eq!(
        words(&session.dashboard),
        [
            "fresh", "fresh", "fresh", "fresh", "fresh", "fresh", "running"
        ]
    );
}

#[test]
fn a_dashboard_whose_file_is_broken_stays_as_it_was() {
    let mut session = ready();
    let before = words(&session.dashboard);
    let mut workspace = workspace();
    workspace.dashboards[0].rows.clear();
    workspace.dashboards[0].problems = vec![broken()];
    assert_eq!(session.send(Event::Reread(Box::new(workspace))), []);
    assert_eq!(words(&session.dashboard), before);
    assert_eq!(session.send(Event::Reread(Box::new(self::workspace()))), []);
    assert_eq!(words(&session.dashboard), before);
}

/// Returns the workspace with a journey map on its second dashboard: its one metric is NPS.
fn mapped(title: &str) -> Workspace {
    let mut workspace = workspace();
    let Ok(query) = &mut workspace.queries[7].state else {
        panic!("the query is sound");
    };
    query.header.kind = Kind::Journey;
    let place = Place::file(std::path::Path::new("journey.toml"));
    let stop = cxtop::queries::Stop {
        name: "Try".to_string(),
        place: place.clone(),
        owner: None,
        pain: None,
        metric: Some(cxtop::queries::Metric {
            query: "scores/nps".to_string(),
            place,
            column: "value".to_string(),
            row: Vec::new(),
            params: std::collections::BTreeMap::new(),
            title: Some(title.to_string()),
        }),
        goal: None,
    };
    workspace.journey = Some(cxtop::queries::JourneyFile {
        stages: vec![cxtop::queries::Stage {
            stop,
            touchpoints: Vec::new(),
        }],
        ..cxtop::queries::JourneyFile::default()
    });
    workspace
}

#[test]
fn a_journey_asks_for_its_metrics_and_again_when_one_of_them_changes() {
    let mut session = Session::loaded(mapped("NPS"), 120, 40);
    let requests = press(&mut session, Command::OpenDashboard(1));
    let question = questions(&requests).remove(0);
    assert_eq!(question.query, "support/by_channel");
    let leg = &question.bound.legs[0];
    let sql = leg
        .asked
        .as_ref()
        .map(|asked| asked.as_ref().map(|asked| asked.sql.as_str()));
    assert_eq!(leg.metric.as_deref(), Some("NPS"));
    assert_eq!(
        sql,
        Some(Ok("SELECT 1 AS value FROM surveys -- scores/nps\n"))
    );
    let map = "stage VARCHAR, touchpoint VARCHAR, customers BIGINT";
    session.answer(&question, crate::nimbus::table(map, "Try, , 12"));
    assert_eq!(
        asked(&change(&mut session, &["surveys"])),
        ["support/by_channel"]
    );
    let requests = session.send(Event::Reread(Box::new(mapped("Promoters"))));
    assert_eq!(asked(&requests), ["support/by_channel"]);
    assert_eq!(
        session.send(Event::Reread(Box::new(mapped("Promoters")))),
        []
    );
}

#[test]
fn changed_macros_and_zones_ask_everything_again() {
    let mut session = ready();
    let mut workspace = workspace();
    workspace.config.timezone = "Europe/Berlin".to_string();
    assert_eq!(
        asked(&session.send(Event::Reread(Box::new(workspace)))).len(),
        ALL.len()
    );
}

#[test]
fn a_panel_whose_query_does_not_exist_says_so() {
    let mut workspace = workspace();
    workspace.dashboards[0].rows[0].panels[0] = place("scores/npss");
    let session = Session::loaded(workspace, 120, 40);
    let failure = session.dashboard.tiles[0]
        .state
        .failure()
        .expect("a failure");
    assert_eq!(
        failure.error.to_string(),
        "there is no query `scores/npss`\n  help: did you mean `scores/nps`?"
    );
}

#[test]
fn an_answer_that_does_not_fit_its_panel_names_the_file() {
    let mut session = ready();
    let index = focus_on(&mut session, "journey/signup_funnel");
    let question = questions(&press(&mut session, Command::Refresh)).remove(0);
    session.answer(&question, table("stage VARCHAR", "visit"));
    let failure = session.dashboard.tiles[index]
        .state
        .failure()
        .expect("a failure");
    assert!(
        failure
            .error
            .to_string()
            .starts_with("/team/nimbus/queries/journey/signup_funnel.sql: ")
    );
    assert!(failure.answer.is_some());
}

#[test]
fn escape_cancels_what_visibly_runs_and_the_old_answer_stays() {
    let mut session = ready();
    let question = questions(&press(&mut session, Command::Refresh)).remove(0);
    assert_eq!(press(&mut session, Command::Back), []);
    session.wait(2_000);
    assert_eq!(
        press(&mut session, Command::Back),
        [Request::Cancel(question.ticket)]
    );
    assert_eq!(words(&session.dashboard)[0], "stopped");
    assert!(session.dashboard.tiles[0].shown().is_some());
    let (ticket, result) = (question.ticket, Err(Error::interrupted()));
    session.send(Event::Answered {
        ticket,
        result,
        elapsed: Duration::from_secs(2),
    });
    assert_eq!(words(&session.dashboard)[0], "stopped");
}

#[test]
fn interrupt_cancels_everything_and_quits_the_second_time_within_a_second() {
    let mut session = ready();
    let count = questions(&press(&mut session, Command::RefreshAll)).len();
    assert_eq!(press(&mut session, Command::Interrupt).len(), count);
    session.wait(1_500);
    assert_eq!(press(&mut session, Command::Interrupt), []);
    session.wait(500);
    assert_eq!(press(&mut session, Command::Interrupt), [Request::Quit]);
}

#[test]
fn a_long_first_load_can_be_stopped() {
    let mut session = Session::open(workspace(), 120, 40);
    assert_eq!(press(&mut session, Command::Back), [Request::StopLoading]);
    assert_eq!(
        press(&mut session, Command::Interrupt),
        [Request::StopLoading]
    );
}

#[test]
fn the_time_range_reaches_queries_that_take_one_and_no_others() {
    let mut session = ready();
    press(&mut session, Command::TimeRange);
    type_text(&mut session, "4w");
    let requests = press(&mut session, Command::Open);
    assert_eq!(session.dashboard.range, Range::Last { days: 28 });
    let expected = [
        "scores/nps",
        "scores/csat",
        "support/first_response",
        "journey/signup_funnel",
        "scores/nps_by_week",
    ];
    assert_eq!(asked(&requests), expected);
    let values = &questions(&requests)[0].bound.values;
    let day = |text: &str| Value::Date(text.parse().expect("a day"));
    assert!(values.contains(&("since".to_string(), day("2026-06-03"))));
    assert!(values.contains(&("until".to_string(), day("2026-07-01"))));
}

#[test]
fn ranges_shift_widen_and_are_typed() {
    let ranges: &[(&[Command], &str)] = &[
        (&[Command::Narrower], "last 4w"),
        (&[Command::Wider], "last 26w"),
        (&[Command::Earlier], "2026-01-14..2026-04-07"),
        (&[Command::Earlier, Command::Later], "last 12w"),
        (
            &[Command::Earlier, Command::Narrower],
            "2026-03-11..2026-04-07",
        ),
        (
            &[
                Command::Wider,
                Command::Wider,
                Command::Wider,
                Command::Wider,
            ],
            "all time",
        ),
        (
            &[Command::Narrower, Command::Narrower, Command::Narrower],
            "last 7d",
        ),
    ];
    for (commands, expected) in ranges {
        let mut session = ready();
        for command in *commands {
            press(&mut session, *command);
        }
        assert_eq!(
            session.dashboard.range.to_string(),
            *expected,
            "{commands:?}"
        );
    }
    for (text, expected) in [
        ("30d", "last 30d"),
        ("2026-05-01..2026-05-31", "2026-05-01..2026-05-31"),
        ("8w", "last 8w"),
    ] {
        let mut session = ready();
        press(&mut session, Command::TimeRange);
        type_text(&mut session, text);
        press(&mut session, Command::Open);
        assert_eq!(session.dashboard.range.to_string(), expected);
    }
}

#[test]
fn a_filter_lists_its_values_and_reaches_the_queries_that_declare_it() {
    let mut session = ready();
    press(&mut session, Command::Filters);
    let requests = press(&mut session, Command::Open);
    let question = questions(&requests).remove(0);
    assert_eq!(
        question.sql,
        "SELECT DISTINCT country FROM customers ORDER BY 1"
    );
    session.answer(&question, table("country VARCHAR", "DE\nFR\nUS"));
    type_text(&mut session, "fr");
    let requests = press(&mut session, Command::Open);
    assert_eq!(asked(&requests), ["scores/nps"]);
    let country = ("country".to_string(), Value::Text("FR".to_string()));
    assert!(questions(&requests)[0].bound.values.contains(&country));
}

#[test]
fn what_the_dashboard_file_fixes_wins_over_filters() {
    let mut workspace = workspace();
    workspace.dashboards[0].rows[0].panels[0]
        .params
        .insert("country".to_string(), Value::Text("DE".to_string()));
    let mut session = Session::loaded(workspace, 120, 40);
    press(&mut session, Command::Filters);
    press(&mut session, Command::Open);
    type_text(&mut session, "US");
    assert_eq!(press(&mut session, Command::Open), []);
    assert_eq!(
        session.dashboard.filters["country"],
        Value::Text("US".to_string())
    );
}

#[test]
fn a_new_today_asks_everything_again() {
    let mut session = ready();
    let mut tomorrow = loaded(&["tickets"]);
    tomorrow.latest = Some("2026-07-01".parse().expect("a day"));
    assert_eq!(
        asked(&session.send(Event::Loaded(tomorrow))).len(),
        ALL.len()
    );
}

#[test]
fn another_dashboard_stops_the_questions_of_this_one() {
    let mut session = ready();
    let running = questions(&change(&mut session, &["tickets"])).remove(0);
    press(&mut session, Command::Dashboards);
    type_text(&mut session, "supp");
    let requests = press(&mut session, Command::Open);
    assert_eq!(requests[0], Request::Cancel(running.ticket));
    assert_eq!(asked(&requests), ["support/by_channel"]);
    session.answer(&running, answer("support/first_response"));
    assert_eq!(words(&session.dashboard), ["running"]);
}

#[test]
fn the_palette_finds_commands_dashboards_and_panels() {
    for (text, check) in [
        ("paus", "pause"),
        ("funnel", "Signup funnel"),
        ("support", "Support"),
    ] {
        let mut session = ready();
        press(&mut session, Command::Palette);
        type_text(&mut session, text);
        assert_eq!(session.dashboard.menu_items()[0].label, check);
    }
    let mut session = ready();
    press(&mut session, Command::Palette);
    type_text(&mut session, "funnel");
    press(&mut session, Command::Open);
    assert_eq!(session.dashboard.focus, 4);
}

/// Opens the section of the sample manual that the help finds first.
fn read(session: &mut Session, typed: &str) {
    press(session, Command::Help);
    type_text(session, typed);
    press(session, Command::Open);
}

/// Returns the section, the first line and the last one on the Manual screen.
fn reading(session: &Session) -> (String, usize, String) {
    let dashboard = &session.dashboard;
    let lines = dashboard.page_lines();
    let last = dashboard.reading.scrolled + usize::from(dashboard.size.body().height);
    let last = lines.get(last.min(lines.len()) - 1).expect("a line");
    let title = dashboard.section().expect("a section").title.clone();
    (title, dashboard.reading.scrolled, last.text())
}

#[test]
fn a_section_of_the_manual_is_read_from_its_beginning_to_its_end() {
    let mut session = Session::loaded(workspace(), 80, 12);
    read(&mut session, "funnel");
    assert_eq!(session.dashboard.view, View::Manual);
    assert_eq!(reading(&session).0, "funnel");
    for (command, scrolled) in [
        (Command::Up, 0),
        (Command::Down, 1),
        (Command::PageDown, 8),
        (Command::Up, 7),
        (Command::First, 0),
    ] {
        press(&mut session, command);
        assert_eq!(reading(&session).1, scrolled, "{command:?}");
    }
    press(&mut session, Command::Last);
    let (_, end, last) = reading(&session);
    assert_eq!(last, "- Ties. A → B, ± 0.");
    press(&mut session, Command::PageDown);
    assert_eq!(reading(&session).1, end);
    press(&mut session, Command::Down);
    press(&mut session, Command::Up);
    assert_eq!(reading(&session).1, end - 1);
}

#[test]
fn examples_wider_than_the_screen_move_aside_and_the_text_stays() {
    let mut session = Session::loaded(workspace(), 80, 24);
    read(&mut session, "funnel");
    let wide = session.dashboard.page_overhang();
    assert!(wide > 0);
    press(&mut session, Command::Right);
    assert_eq!(session.dashboard.reading.shifted, 8);
    for _ in 0..wide {
        press(&mut session, Command::Right);
    }
    assert_eq!(session.dashboard.reading.shifted, wide);
    let requests = session.send(Event::Resized {
        width: 200,
        height: 24,
    });
    assert!(requests.is_empty());
    assert_eq!(session.dashboard.reading.shifted, 0);
}

#[test]
fn another_width_keeps_the_place_in_the_manual() {
    let mut session = Session::loaded(workspace(), 80, 24);
    read(&mut session, "funnel");
    press(&mut session, Command::PageDown);
    let on_top = |session: &Session| {
        let dashboard = &session.dashboard;
        dashboard.page_lines()[dashboard.reading.scrolled].block
    };
    let block = on_top(&session);
    for (width, height) in [(40, 10), (120, 20), (80, 24)] {
        session.send(Event::Resized { width, height });
        assert_eq!(on_top(&session), block, "at {width}x{height}");
    }
}

#[test]
fn back_leads_from_the_manual_to_the_menu_and_the_screen_it_was_opened_from() {
    let mut session = ready();
    press(&mut session, Command::ShowLog);
    read(&mut session, "ret");
    assert_eq!(reading(&session).0, "retention");
    // From one section to another, and back from there.
    read(&mut session, "nps");
    assert_eq!(reading(&session).0, "nps");
    press(&mut session, Command::Back);
    assert_eq!(session.dashboard.view, View::Log);
    let Typing::Menu(menu) = &session.dashboard.typing else {
        panic!("the help is gone");
    };
    assert_eq!((menu.text.as_str(), menu.selected), ("nps", 0));
    press(&mut session, Command::Back);
    assert_eq!(
        (session.dashboard.view, &session.dashboard.typing),
        (View::Log, &Typing::Keys)
    );
}

#[test]
fn the_help_finds_functions_by_title_name_and_sentence() {
    for (typed, title) in [
        ("ret", "retention"),
        ("nps_m", "Scores and intervals"),
        ("come back", "retention"),
        ("speed", "Speed and memory"),
    ] {
        let mut session = ready();
        press(&mut session, Command::Help);
        type_text(&mut session, typed);
        let first = session.dashboard.menu_items().remove(0);
        assert_eq!(first.label, title, "{typed}");
        press(&mut session, Command::Back);
        press(&mut session, Command::Palette);
        type_text(&mut session, typed);
        let items = session.dashboard.menu_items();
        assert!(items.contains(&Item {
            detail: format!("manual · {}", first.detail),
            ..first
        }));
    }
}

#[test]
fn the_query_on_screen_and_the_whole_section_are_copied() {
    let mut session = Session::loaded(workspace(), 80, 24);
    read(&mut session, "ret");
    let query = "FROM retention('signup', 'login', periods := 4)".to_string();
    assert_eq!(press(&mut session, Command::Copy), [Request::Copy(query)]);
    let requests = press(&mut session, Command::CopyTable);
    let [Request::Copy(text)] = requests.as_slice() else {
        panic!("nothing was copied: {requests:?}");
    };
    assert!(text.starts_with("Of the customers who started in a period"));
    assert!(text.ends_with("2026-06-27 00:00:00                1507  false"));
    read(&mut session, "speed");
    assert!(press(&mut session, Command::Copy).is_empty());
}

#[test]
fn keys_move_the_focus_where_the_eye_expects() {
    let moves: &[(usize, Command, usize)] = &[
        (0, Command::PanelRight, 1),
        (3, Command::PanelRight, 3),
        (0, Command::PanelDown, 4),
        (3, Command::PanelDown, 5),
        (6, Command::PanelUp, 4),
        (0, Command::Down, 4),
        (0, Command::PreviousPanel, 6),
        (6, Command::NextPanel, 0),
        (4, Command::Down, 4),
    ];
    for (from, command, to) in moves {
        let mut session = ready();
        press(&mut session, Command::FocusPanel(*from));
        press(&mut session, *command);
        assert_eq!(session.dashboard.focus, *to, "{from} {command:?}");
    }
}

#[test]
fn the_focused_panel_is_scrolled_into_view() {
    let mut session = Session::loaded(workspace(), 80, 16);
    press(&mut session, Command::FocusPanel(6));
    assert!(session.dashboard.visible().any(|index| index == 6));
    press(&mut session, Command::FocusPanel(0));
    assert_eq!(session.dashboard.scroll, 0);
}

#[test]
fn values_tables_and_errors_are_copied() {
    let mut session = ready();
    assert_eq!(
        press(&mut session, Command::Copy),
        [Request::Copy("42.4".to_string())]
    );
    focus_on(&mut session, "journey/signup_funnel");
    let expected = "step_no\tstep\tcustomers\n1\tvisit\t8400\n2\tsignup\t5124\n3\tactivate\t3108\n4\tpurchase\t756\n";
    assert_eq!(
        press(&mut session, Command::CopyTable),
        [Request::Copy(expected.to_string())]
    );
    session.send(Event::Reread(Box::new(edited(
        "scores/nps",
        "x",
        Some(broken()),
    ))));
    press(&mut session, Command::FocusPanel(0));
    assert_eq!(
        press(&mut session, Command::Copy),
        [Request::Copy(broken().to_string())]
    );
}

#[test]
fn copied_text_is_no_formula_and_breaks_no_table() {
    let mut session = ready();
    press(&mut session, Command::OpenDashboard(1));
    let question = questions(&press(&mut session, Command::Refresh)).remove(0);
    session.answer(
        &question,
        table("channel VARCHAR, n BIGINT", "=HYPERLINK(1), -5\na\tb, 2"),
    );
    let expected = "channel\tn\n'=HYPERLINK(1)\t-5\na b\t2\n";
    assert_eq!(
        press(&mut session, Command::CopyTable),
        [Request::Copy(expected.to_string())]
    );
}

#[test]
fn editing_opens_the_panel_s_file() {
    let mut session = ready();
    let path = "/team/nimbus/queries/scores/nps.sql".into();
    assert_eq!(press(&mut session, Command::Edit), [Request::Edit(path)]);
}

#[test]
fn rejects_are_asked_for_and_an_answer_for_another_table_is_dropped() {
    let mut session = ready();
    press(&mut session, Command::ShowData);
    assert_eq!(press(&mut session, Command::Open), []);
    press(&mut session, Command::Down);
    assert_eq!(
        press(&mut session, Command::Open),
        [Request::Rejects("surveys".to_string())]
    );
    let reject = |reason: &str| Rejected {
        file: "surveys.csv".to_string(),
        line: 7,
        reason: reason.to_string(),
        excerpt: "c1,nps,eleven".to_string(),
    };
    session.send(Event::Rejects {
        table: "events".to_string(),
        records: vec![reject("other")],
    });
    session.send(Event::Rejects {
        table: "surveys".to_string(),
        records: vec![reject("not a number")],
    });
    let records = session
        .dashboard
        .data
        .open
        .as_ref()
        .and_then(|open| open.records.clone());
    assert_eq!(records, Some(vec![reject("not a number")]));
    press(&mut session, Command::Back);
    press(&mut session, Command::Back);
    assert_eq!(session.dashboard.view, View::Dashboard);
}

#[test]
fn nothing_ticks_when_nothing_visible_changes() {
    let mut session = ready();
    assert_eq!(session.dashboard.deadline(), None);
    assert!(session.dashboard.needs_drawing());
    assert!(!session.dashboard.needs_drawing());
    session.send(Event::Notice(Notice::warning(
        "the watcher could not start",
    )));
    let until = session.dashboard.deadline().expect("the notice goes away");
    session.wait(8_000);
    session.send(Event::Woke);
    assert_eq!(
        (
            session.dashboard.deadline(),
            session.dashboard.toast.is_some()
        ),
        (None, false)
    );
    assert!(until <= session.dashboard.now.instant);
}

#[test]
fn a_running_query_wakes_the_screen_once_a_second_and_not_at_once() {
    let mut session = ready();
    press(&mut session, Command::Refresh);
    let start = session.dashboard.now.instant;
    let mut deadlines = Vec::new();
    for wait in [0, 300, 700, 1_000] {
        session.wait(wait);
        session.send(Event::Woke);
        deadlines.push(
            session
                .dashboard
                .deadline()
                .expect("a deadline")
                .duration_since(start)
                .as_millis(),
        );
    }
    assert_eq!(deadlines, [300, 1_000, 2_000, 3_000]);
}

#[test]
fn the_same_notice_again_only_counts_up() {
    let mut session = ready();
    for _ in 0..3 {
        session.send(Event::Notice(Notice::info("surveys: a new column `team`")));
    }
    let last = session.dashboard.log.lines.back().expect("a line");
    assert_eq!((last.times, session.dashboard.log.lines.len()), (3, 2));
}

proptest! {
    #[test]
    fn every_panel_has_its_place_inside_the_screen_and_none_lies_on_another(
        wishes in prop::collection::vec((0_usize..11, 0_u16..5, 0_u16..5, 0_usize..3), 0..12),
        width in 0_u16..300,
        height in 0_u16..100,
    ) {
        let kinds = [Kind::Value, Kind::Trend, Kind::Bars, Kind::Distribution, Kind::Funnel, Kind::Retention, Kind::Table,
            Kind::Comments, Kind::Journey, Kind::Scorecard, Kind::Tree];
        let mut row = 0;
        let wishes: Vec<Wish> = wishes
            .into_iter()
            .map(|(kind, width, height, step)| {
                row += step / 2;
                Wish { kind: kinds[kind], width, height, row }
            })
            .collect();
        let layout = lay_out(&wishes, width, height);
        prop_assert_eq!(layout.areas.len(), wishes.len());
        for (index, area) in layout.areas.iter().enumerate() {
            prop_assert!(area.x + area.width <= width && area.bottom() <= layout.height);
            for other in &layout.areas[index + 1..] {
                let beside = area.x + area.width <= other.x || other.x + other.width <= area.x;
                prop_assert!(beside || area.bottom() <= other.y);
            }
        }
    }
}
