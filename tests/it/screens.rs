//! What the screen shows, as snapshots in `tests/screens/`, and what it must never do.

use std::io::{self, Write};

use crossterm::event::{KeyCode, KeyModifiers};
use cxtop::dashboard::command::COMMANDS;
use cxtop::dashboard::{Command, Event, Input, Notice, Rejected, Size, View};
use cxtop::error::{Error, Place};
use cxtop::screen::input::Pressed;
use cxtop::screen::painter::Painter;
use cxtop::screen::style::{Colors, Glyphs, Style};
use cxtop::screen::{draw, keys, snapshot};
use cxtop::store::Progress;
use proptest::prelude::*;

use crate::nimbus::{Session, loaded, questions, table, workspace};

const ASCII: Style = Style {
    colors: Colors::None,
    glyphs: Glyphs::Ascii,
    light: false,
};

fn check(name: &str, session: &Session, style: Style) {
    let Size { width, height } = session.dashboard.size;
    let text = snapshot::text(&session.dashboard, &style, width, height);
    insta::with_settings!({ snapshot_path => "../screens", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn press(session: &mut Session, code: KeyCode) {
    let events = Pressed::key(code, KeyModifiers::NONE).events(&session.dashboard);
    for event in events {
        session.send(event);
    }
}

fn keys(session: &mut Session, text: &str) {
    for letter in text.chars() {
        press(session, KeyCode::Char(letter));
    }
}

#[test]
fn a_dashboard_at_every_size() {
    for (width, height) in [(36, 8), (40, 10), (60, 16), (80, 24), (120, 40)] {
        let session = Session::loaded(workspace(), width, height);
        check(
            &format!("overview_{width}x{height}"),
            &session,
            Style::default(),
        );
    }
}

#[test]
fn a_dashboard_in_ascii() {
    for (width, height) in [(40, 10), (80, 24), (120, 40)] {
        let session = Session::loaded(workspace(), width, height);
        check(&format!("overview_{width}x{height}_ascii"), &session, ASCII);
    }
}

#[test]
fn ascii_screens_have_no_other_bytes_and_screens_without_colour_no_colour() {
    let mut session = Session::loaded(workspace(), 120, 40);
    for text in ["", "?", ":", "t", "4", "5"] {
        keys(&mut session, text);
        assert!(
            snapshot::text(&session.dashboard, &ASCII, 120, 40).is_ascii(),
            "{text}"
        );
        let ansi = snapshot::ansi(&session.dashboard, &ASCII, 120, 40);
        let mut codes = ansi
            .split('\u{1b}')
            .filter_map(|code| code.split_once('m'))
            .map(|(code, _)| code);
        let colour = codes.find(|code| {
            code.contains("8;5;")
                || matches!(code.as_bytes(), [b'[', b'3' | b'4' | b'9', b'0'..=b'7'])
        });
        assert_eq!(colour, None, "{text}");
        press(&mut session, KeyCode::Esc);
    }
    for section in 0..session.dashboard.manual.sections.len() {
        keys(&mut session, "?");
        for _ in 0..COMMANDS.len() + section {
            press(&mut session, KeyCode::Down);
        }
        press(&mut session, KeyCode::Enter);
        assert_eq!(session.dashboard.view, View::Manual);
        let text = snapshot::text(&session.dashboard, &ASCII, 120, 40);
        assert!(text.is_ascii(), "{text}");
    }
}

#[test]
fn loading_says_how_far_it_is() {
    let mut session = Session::open(workspace(), 120, 24);
    session.send(Event::Loading(Progress {
        files_done: 3,
        files_total: 9,
        bytes_done: 40_000_000,
        bytes_total: 100_000_000,
        rows: 1_204_000,
        elapsed: std::time::Duration::from_secs(4),
    }));
    check("loading", &session, Style::default());
}

#[test]
fn the_states_of_a_panel_are_said_in_words() {
    let mut session = Session::loaded(workspace(), 120, 30);
    keys(&mut session, "p");
    session.send(Event::Loaded(loaded(&["tickets"])));
    check("paused", &session, Style::default());
    keys(&mut session, "p");
    session.wait(2_400);
    session.send(Event::Woke);
    check("running", &session, Style::default());
    session.send(Event::Command(Command::Interrupt));
    check("cancelled", &session, Style::default());
}

#[test]
fn an_error_is_shown_in_its_panel_with_the_last_good_answer_below() {
    let mut session = Session::loaded(workspace(), 120, 40);
    session.send(Event::Reread(Box::new(broken("journey/signup_funnel"))));
    check("error_120x40", &session, Style::default());
    let mut session = Session::loaded(workspace(), 80, 24);
    session.send(Event::Reread(Box::new(broken("scores/nps"))));
    check("error_80x24", &session, Style::default());
    keys(&mut session, "z");
    check("error_zoomed", &session, Style::default());
}

fn broken(name: &str) -> cxtop::queries::Workspace {
    let mut workspace = workspace();
    let root = workspace.root.clone();
    let file = workspace
        .queries
        .iter_mut()
        .find(|query| query.name == name)
        .expect("the query is there");
    let source = "SELECT step, count(DISTINCT custmer_id) AS customers FROM events GROUP BY step"
        .to_string();
    let place = Place {
        path: root.join(format!("{name}.sql")),
        line: 18,
        column: 29,
        source,
    };
    file.text.clear();
    file.state = Err(Error::data("there is no column `custmer_id` in `events`")
        .at(place)
        .help("did you mean `customer_id`?"));
    workspace
}

#[test]
fn a_zoomed_panel_and_its_numbers() {
    let mut session = Session::loaded(workspace(), 80, 24);
    press(&mut session, KeyCode::Down);
    press(&mut session, KeyCode::Down);
    keys(&mut session, "z");
    check("zoomed", &session, Style::default());
    press(&mut session, KeyCode::Enter);
    keys(&mut session, "lls/vi");
    check("numbers", &session, Style::default());
}

#[test]
fn menus_lie_over_the_dashboard() {
    for (name, text) in [
        ("help", "?"),
        ("help_search", "?zoom"),
        ("palette", ":nps"),
        ("range", "t"),
        ("range_typed", "t30d"),
        ("filters", "F"),
    ] {
        let mut session = Session::loaded(workspace(), 80, 24);
        keys(&mut session, text);
        check(name, &session, Style::default());
    }
}

#[test]
fn the_help_lists_the_functions_and_finds_them() {
    let mut session = Session::loaded(workspace(), 80, 24);
    keys(&mut session, "?");
    for _ in 0..20 {
        press(&mut session, KeyCode::PageDown);
    }
    check("help_functions", &session, Style::default());
    keys(&mut session, "nps");
    check("help_functions_search", &session, Style::default());
}

#[test]
fn a_section_of_the_manual_at_every_size() {
    for (width, height, style) in [
        (40, 10, ASCII),
        (80, 24, Style::default()),
        (120, 40, Style::default()),
    ] {
        let mut session = Session::loaded(workspace(), width, height);
        keys(&mut session, "?funnel");
        press(&mut session, KeyCode::Enter);
        check(&format!("manual_{width}x{height}"), &session, style);
        press(&mut session, KeyCode::PageDown);
        keys(&mut session, "l");
        check(&format!("manual_{width}x{height}_further"), &session, style);
    }
}

#[test]
fn the_data_screen_and_its_rejects() {
    let mut session = Session::loaded(workspace(), 80, 24);
    keys(&mut session, "4j");
    check("data_80x24", &session, Style::default());
    press(&mut session, KeyCode::Enter);
    let reject = |line, reason: &str, excerpt: &str| Rejected {
        file: "sample_data/surveys.csv".to_string(),
        line,
        reason: reason.to_string(),
        excerpt: excerpt.to_string(),
    };
    let records = vec![
        reject(
            118,
            "score: `eleven` is not a number",
            "c00042,nps,eleven,10,great product",
        ),
        reject(2_044, "no customer_id", ",nps,9,10,"),
        reject(3_871, "too few columns: 3 of 9", "c00917,nps,8"),
    ];
    session.send(Event::Rejects {
        table: "surveys".to_string(),
        records,
    });
    check("rejects", &session, Style::default());
    let mut session = Session::loaded(workspace(), 120, 40);
    keys(&mut session, "4");
    check("data_120x40", &session, Style::default());
}

#[test]
fn the_log_tells_what_happened() {
    let mut session = Session::loaded(workspace(), 80, 16);
    session.send(Event::Notice(Notice::info("surveys: a new column `team`")));
    session.send(Event::Notice(Notice::warning(
        "polling: the watcher could not start",
    )));
    session.send(Event::Reread(Box::new(broken("scores/nps"))));
    keys(&mut session, "5");
    check("log", &session, Style::default());
}

#[test]
fn data_cannot_act_on_the_terminal() {
    let mut session = Session::loaded(workspace(), 80, 24);
    keys(&mut session, "D");
    keys(&mut session, "supp");
    press(&mut session, KeyCode::Enter);
    let question = questions(&session.send(Event::Command(Command::Refresh))).remove(0);
    let evil = "\u{1b}]52;c;aGk=\u{7} \u{9b}2J \u{202e}abc \u{1b}[31m";
    session.answer(
        &question,
        table("channel VARCHAR, tickets BIGINT", &format!("{evil}, 1")),
    );
    session.send(Event::Notice(Notice::error(evil)));
    let text = snapshot::text(&session.dashboard, &Style::default(), 80, 24);
    assert!(
        !text
            .chars()
            .any(|letter| letter != '\n' && (letter.is_control() || letter == '\u{202e}'))
    );
}

#[test]
fn no_key_means_two_things_and_every_command_has_words() {
    for (index, binding) in keys::KEYS.iter().enumerate() {
        // Every place overlaps with every other one: the dashboard is a screen, and everywhere is everywhere.
        for other in &keys::KEYS[index + 1..] {
            let shared = binding.keys.iter().find(|key| other.keys.contains(key));
            assert_eq!(
                shared, None,
                "{:?} and {:?}",
                binding.command, other.command
            );
        }
        assert!(
            binding.command.words().is_some(),
            "{:?} has no words",
            binding.command
        );
    }
    for words in COMMANDS {
        assert_ne!(
            keys::of(words.command),
            "",
            "{:?} has no key",
            words.command
        );
        assert!(keys::table().contains(words.long));
    }
}

#[test]
fn every_command_is_in_help_and_palette() {
    for text in ["?", ":"] {
        let mut session = Session::loaded(workspace(), 80, 24);
        keys(&mut session, text);
        let items = session.dashboard.menu_items();
        for words in COMMANDS {
            assert!(
                items.iter().any(|item| item.detail == words.long),
                "{:?} is not in {text}",
                words.command
            );
        }
    }
}

/// Counts what is written.
#[derive(Default)]
struct Counter {
    bytes: usize,
    writes: usize,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len();
        self.writes += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Draws one frame and returns the bytes and the writes it took.
fn cost(painter: &mut Painter<Counter>, session: &Session) -> (usize, usize) {
    *painter.out() = Counter::default();
    let style = Style::default();
    painter
        .paint(session.dashboard.size, |buffer| {
            draw(&session.dashboard, &style, buffer);
        })
        .expect("memory can be written");
    (painter.out().bytes, painter.out().writes)
}

#[test]
fn frames_cost_few_bytes_one_write_each_and_nothing_when_nothing_changed() {
    let mut session = Session::loaded(workspace(), 120, 40);
    let mut painter = Painter::new(Counter::default());
    let (whole, writes) = cost(&mut painter, &session);
    assert!(
        whole <= 16_000 && writes == 1,
        "a whole frame took {whole} bytes in {writes} writes"
    );
    assert_eq!(cost(&mut painter, &session), (0, 0));
    press(&mut session, KeyCode::Tab);
    let (focus, writes) = cost(&mut painter, &session);
    assert!(
        focus <= 200 && writes == 1,
        "moving the focus took {focus} bytes in {writes} writes"
    );
    let requests = session.send(Event::Loaded(loaded(&["surveys"])));
    session.answer_all(&requests);
    session.wait(61_000);
    let requests = session.send(Event::Loaded(loaded(&["surveys", "events", "tickets"])));
    session.answer_all(&requests);
    let (refresh, writes) = cost(&mut painter, &session);
    assert!(
        refresh <= 2_000 && writes == 1,
        "a refresh took {refresh} bytes in {writes} writes"
    );
    painter.forget();
    assert!(cost(&mut painter, &session).0 > 2_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_at_any_size_never_panic(
        sizes in prop::collection::vec((0_u16..220, 0_u16..70), 1..4),
        typed in "[a-zA-Z0-9?:/,.+= -]{0,24}",
        specials in prop::collection::vec(0_usize..6, 0..8),
    ) {
        const SPECIALS: [KeyCode; 6] =
            [KeyCode::Enter, KeyCode::Esc, KeyCode::Down, KeyCode::Right, KeyCode::Tab, KeyCode::PageDown];
        let mut session = Session::loaded(workspace(), 80, 24);
        for (width, height) in sizes {
            session.send(Event::Resized { width, height });
            for letter in typed.chars() {
                press(&mut session, KeyCode::Char(letter));
            }
            for special in &specials {
                press(&mut session, SPECIALS[*special]);
                let _ = snapshot::text(&session.dashboard, &Style::default(), width, height);
            }
            let _ = snapshot::ansi(&session.dashboard, &ASCII, width, height);
            session.send(Event::Typed(Input::Backspace));
        }
    }
}
