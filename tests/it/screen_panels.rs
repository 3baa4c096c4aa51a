//! What panels look like: pictures as text in `tests/screens/`, and what holds for every picture.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use cxtop::panels::{Context, Cursor, Panel};
use cxtop::queries::{Annotation, Goal, Header, Kind, Target};
use cxtop::screen::style::{Colors, Glyphs, Style};
use cxtop::screen::{number, panels, text};
use cxtop::store::{Column, Table, Value};
use proptest::prelude::*;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::panel_cases;

/// One case of each kind that shows all a kind can show.
const SHOWN: [(&str, &str); 16] = [
    (
        "value",
        "a difference within the two intervals is no real change",
    ),
    ("value", "less is better for a duration"),
    ("trend", "weekly nps"),
    ("trend", "three channels in long form with a gap"),
    ("bars", "touchpoints ranked with n and margin"),
    ("distribution", "nps answers by score"),
    ("funnel", "signup with times and goals"),
    ("funnel", "segments side by side"),
    ("retention", "twelve weeks"),
    ("table", "customers at risk"),
    ("comments", "newest first with score and place"),
    ("journey", "stages with metrics and goals and touchpoints"),
    ("journey", "five stages without a metric"),
    ("scorecard", "each number against its goal and its past"),
    ("tree", "what follows a checkout error"),
    ("tree", "reasons inside areas"),
];
const SIZES: [(u16, u16); 5] = [(20, 2), (36, 6), (58, 8), (78, 12), (118, 18)];
const UNICODE: Style = Style {
    colors: Colors::Indexed,
    glyphs: Glyphs::Unicode,
    light: false,
};
const ASCII: Style = Style {
    colors: Colors::None,
    glyphs: Glyphs::Ascii,
    light: false,
};

#[test]
fn panels_look_as_they_did() {
    for (file, name) in SHOWN {
        let panel = panel_cases::panel(file, name);
        let mut picture = String::new();
        for (width, height) in SIZES {
            picture += &format!(
                "── {width}x{height}\n{}",
                lines(&drawn(&panel, None, UNICODE, width, height))
            );
        }
        let cursor = Cursor {
            row: 1,
            column: 3,
            top: 0,
        };
        picture += &format!(
            "── 78x12 with a cursor\n{}",
            lines(&drawn(&panel, Some(cursor), UNICODE, 78, 12))
        );
        picture += &format!(
            "── 78x12 in ASCII\n{}",
            lines(&drawn(&panel, Some(cursor), ASCII, 78, 12))
        );
        snapshot(&format!("{file} {name}"), &picture);
    }
}

#[test]
fn the_heat_map_has_fixed_colours_and_says_the_same_without_them() {
    let panel = panel_cases::panel("retention", "twelve weeks");
    let mut picture = String::new();
    for colors in [Colors::Indexed, Colors::Ansi, Colors::None] {
        for light in [false, true] {
            let style = Style {
                colors,
                glyphs: Glyphs::Unicode,
                light,
            };
            picture += &format!(
                "── {colors:?}, light {light}\n{}",
                inks(&drawn(&panel, None, style, 58, 8))
            );
        }
    }
    snapshot("retention in colour", &picture);
}

#[test]
fn without_colour_nothing_is_coloured() {
    for (file, name) in SHOWN {
        let panel = panel_cases::panel(file, name);
        for (width, height) in SIZES {
            let style = Style {
                colors: Colors::None,
                ..UNICODE
            };
            let buffer = drawn(&panel, Some(Cursor::default()), style, width, height);
            assert!(
                buffer
                    .content
                    .iter()
                    .all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset),
                "{name}"
            );
        }
    }
}

#[test]
fn a_heat_map_cell_sets_both_of_its_colours() {
    let buffer = drawn(
        &panel_cases::panel("retention", "twelve weeks"),
        None,
        UNICODE,
        80,
        16,
    );
    assert!(
        buffer
            .content
            .iter()
            .all(|cell| cell.bg == Color::Reset || cell.fg != Color::Reset)
    );
}

#[test]
fn in_ascii_every_byte_is_ascii() {
    for (file, name) in SHOWN {
        let panel = panel_cases::panel(file, name);
        for (width, height) in SIZES {
            for cursor in [
                None,
                Some(Cursor {
                    row: 1,
                    column: 2,
                    top: 0,
                }),
            ] {
                let picture = lines(&drawn(&panel, cursor, ASCII, width, height));
                assert!(picture.is_ascii(), "{name}\n{picture}");
            }
        }
    }
}

#[test]
fn text_from_data_cannot_act_on_the_terminal() {
    let cases = [
        ("plain", "plain"),
        ("two\nlines\tand a tab", "two⏎lines and a tab"),
        ("\u{1b}]52;c;aGk=\u{7}", "␛]52;c;aGk=␇"),
        ("\u{9b}31m", "\u{FFFD}31m"),
        ("user\u{202e}gpj.exe", "usergpj.exe"),
        ("a\u{200b}b\u{feff}c\u{e0041}", "abc"),
        ("\u{7f}", "␡"),
    ];
    for (given, expected) in cases {
        assert_eq!(text::safe(given), expected);
    }
    let pile = format!("e{}", "\u{301}".repeat(20_000));
    assert!(text::safe(&pile).len() <= 32);
    assert!(text::safe(&"x".repeat(10_000_000)).len() <= 4096);
}

#[test]
fn text_is_cut_by_columns_not_by_letters() {
    assert_eq!(text::cut("返品したい", 5, Glyphs::Unicode), "返品…");
    assert_eq!(text::cut("返品したい", 6, Glyphs::Unicode), "返品…");
    assert_eq!(text::cut("返品", 4, Glyphs::Unicode), "返品");
    assert_eq!(text::cut("checkout", 5, Glyphs::Ascii), "che..");
    assert_eq!(text::cut("checkout", 0, Glyphs::Unicode), "");
}

#[test]
fn text_is_broken_between_words_and_never_wider_than_its_room() {
    let wrap = |text: &str, room, most| text::wrap(text, room, most, Glyphs::Unicode);
    assert_eq!(wrap("one two three", 7, 3), ["one two", "three"]);
    assert_eq!(wrap("one two three four", 7, 2), ["one two", "three…"]);
    assert_eq!(
        wrap("unbreakable word", 5, 4),
        ["unbre", "akabl", "e", "word"]
    );
    assert_eq!(wrap("返品したい もの", 5, 3), ["返品", "した", "い…"]);
    assert_eq!(wrap("two\nlines", 40, 3), ["two⏎lines"]);
    assert_eq!(wrap("  ", 5, 3), [""; 0]);
}

#[test]
fn a_number_is_shortened_as_a_whole() {
    let look = cxtop::queries::Look::default();
    let cases = [
        (1_234_567.0, 9, "1,234,567"),
        (1_234_567.0, 8, "1.2M"),
        (1_234_567.0, 3, "1M"),
        (999_960.0, 5, "1.0M"),
        (18_204.0, 5, "18.2k"),
        (0.004, 3, "###"),
        (1e300, 4, "####"),
    ];
    for (value, room, expected) in cases {
        assert_eq!(
            number::fit(value, &look, room),
            expected,
            "{value} in {room}"
        );
    }
}

#[test]
fn a_step_with_few_customers_still_has_a_bar() {
    let panel = panel_cases::panel("funnel", "signup with times and goals");
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        let picture = lines(&drawn(&panel, None, Style { glyphs, ..ASCII }, 90, 12));
        let refer = picture
            .lines()
            .find(|line| line.starts_with("refer"))
            .unwrap();
        assert!(
            refer.contains(if glyphs == Glyphs::Unicode {
                '▏'
            } else {
                '|'
            }),
            "{refer}"
        );
    }
}

#[test]
fn the_cursor_is_always_on_show() {
    let grid = panel_cases::panel("retention", "twelve weeks");
    let cursor = Cursor {
        row: 11,
        column: 0,
        top: 0,
    };
    assert!(lines(&drawn(&grid, Some(cursor), ASCII, 40, 6)).contains("2025-11-10"));
    let cursor = Cursor {
        row: 0,
        column: 11,
        top: 0,
    };
    assert!(lines(&drawn(&grid, Some(cursor), ASCII, 40, 6)).contains("w11"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_answer_can_be_drawn_into_any_area(
        kind in 0_usize..12,
        rows in prop::collection::vec(prop::collection::vec(odd_value(), 12), 0..9),
        style in (0_usize..3, any::<bool>(), any::<bool>()),
        place in (0_u16..210, 0_u16..70, 0_u16..=200, 0_u16..=60),
        cursor in prop::option::of((0_usize..40, 0_usize..40, 0_usize..40)),
    ) {
        let colors = [Colors::None, Colors::Ansi, Colors::Indexed][style.0];
        let glyphs = if style.1 { Glyphs::Ascii } else { Glyphs::Unicode };
        let style = Style { colors, glyphs, light: style.2 };
        let (header, table) = odd_answer(kind, &rows);
        let annotations = [Annotation { date: "2025-01-02".parse().unwrap(), text: "\u{1b}[2J".into(), kind: String::new() }];
        let context = Context { today: "2025-01-03".parse().unwrap(), annotations: &annotations };
        let cursor = cursor.map(|(row, column, top)| Cursor { row, column, top });
        if let Ok(panel) = Panel::from_table(&header, &table, &context) {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 200, 60));
            let (x, y, width, height) = place;
            panels::draw(&panel, cursor, &style, Rect { x, y, width, height }, &mut buffer);
            prop_assert!(buffer.content.iter().all(|cell| cell.symbol().len() <= 32));
            prop_assert!(buffer.content.iter().all(|cell| !cell.symbol().contains(char::is_control)));
            prop_assert!(glyphs == Glyphs::Unicode || buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
            let _ = panel.readout(cursor.unwrap_or_default());
            let _ = panel.row_key(cursor.unwrap_or_default().row);
        }
    }
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        prop::sample::select(vec![
            0.0,
            -0.0,
            1.0,
            0.5,
            -3.5,
            1e-300,
            1e300,
            -1e300,
            f64::NAN,
            f64::INFINITY,
            f64::MIN
        ])
        .prop_map(Value::Double),
        prop::sample::select(vec![0, 1, 2, 7, -1, 1000, i64::MAX, i64::MIN])
            .prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Double),
        any::<bool>().prop_map(Value::Boolean),
        prop::sample::select(vec![
            "2025-01-01",
            "2025-01-02",
            "2025-02-01",
            "-9999-01-01",
            "9999-12-31"
        ])
        .prop_map(|day| Value::Date(if day.starts_with('-') {
            jiff::civil::Date::MIN
        } else {
            day.parse().unwrap()
        })),
        prop::sample::select(vec![
            "",
            "a",
            "promoter",
            "返品したい",
            "👩‍👩‍👧‍👦 family",
            "\u{1b}]0;x\u{7}",
            "مرحبا",
            "ﾞ"
        ])
        .prop_map(|text| Value::Text(text.to_string())),
        Just(Value::Text(format!("e{}", "\u{301}".repeat(20_000)))),
    ]
}

/// Returns a table with the columns that a kind looks for, whatever is in them.
fn odd_answer(kind: usize, rows: &[Vec<Value>]) -> (Header, Table) {
    let (kind, columns): (Kind, &[&str]) = match kind {
        0 => (
            Kind::Value,
            &[
                "value DOUBLE",
                "margin DOUBLE",
                "n BIGINT",
                "previous DOUBLE",
                "previous_margin DOUBLE",
                "note VARCHAR",
            ],
        ),
        1 => (
            Kind::Trend,
            &[
                "period DATE",
                "a DOUBLE",
                "a_margin DOUBLE",
                "b DOUBLE",
                "n BIGINT",
                "complete BOOLEAN",
                "c DOUBLE",
            ],
        ),
        2 => (
            Kind::Bars,
            &[
                "label VARCHAR",
                "value DOUBLE",
                "margin DOUBLE",
                "n BIGINT",
                "extra DOUBLE",
                "words VARCHAR",
            ],
        ),
        3 => (
            Kind::Distribution,
            &["bucket INTEGER", "count BIGINT", "group VARCHAR"],
        ),
        4 => (
            Kind::Funnel,
            &[
                "step VARCHAR",
                "customers BIGINT",
                "conversion DOUBLE",
                "lost BIGINT",
                "in_window BIGINT",
                "median_seconds DOUBLE",
                "segment VARCHAR",
            ],
        ),
        5 => (
            Kind::Retention,
            &[
                "cohort DATE",
                "period INTEGER",
                "size BIGINT",
                "returned BIGINT",
                "rate DOUBLE",
                "complete BOOLEAN",
            ],
        ),
        6 => (
            Kind::Comments,
            &[
                "comment VARCHAR",
                "score DOUBLE",
                "ts TIMESTAMP",
                "survey VARCHAR",
                "scale_max DOUBLE",
            ],
        ),
        7 => (
            Kind::Journey,
            &[
                "stage VARCHAR",
                "customers BIGINT",
                "touchpoint VARCHAR",
                "metric VARCHAR",
                "value DOUBLE",
                "margin DOUBLE",
                "n BIGINT",
                "at_least DOUBLE",
                "owner VARCHAR",
                "pain VARCHAR",
                "problem VARCHAR",
            ],
        ),
        8 => (
            Kind::Scorecard,
            &[
                "metric VARCHAR",
                "value DOUBLE",
                "margin DOUBLE",
                "n BIGINT",
                "goal DOUBLE",
                "previous DOUBLE",
                "previous_margin DOUBLE",
                "unit VARCHAR",
                "better VARCHAR",
                "change VARCHAR",
                "owner VARCHAR",
            ],
        ),
        9 => (
            Kind::Tree,
            &[
                "position INTEGER",
                "transitions BIGINT",
                "node VARCHAR",
                "next_node VARCHAR",
                "customers BIGINT",
            ],
        ),
        10 => (
            Kind::Tree,
            &["parent VARCHAR", "customers BIGINT", "label VARCHAR"],
        ),
        _ => (
            Kind::Table,
            &["a VARCHAR", "b DOUBLE", "c VARCHAR", "d DATE", "e BIGINT"],
        ),
    };
    let rows = if kind == Kind::Value {
        &rows[..rows.len().min(1)]
    } else {
        rows
    };
    let columns = columns.iter().enumerate().map(|(index, column)| {
        let (name, sql_type) = column.split_once(' ').unwrap();
        let values = rows.iter().map(|row| row[index].clone()).collect();
        Column {
            name: name.to_string(),
            sql_type: sql_type.to_string(),
            values,
        }
    });
    let columns: Vec<Column> = columns.collect();
    let goal = Goal {
        name: "goal".into(),
        row: Vec::new(),
        column: columns[1].name.clone(),
        target: Target::AtLeast(0.4),
        warn_at: Some(0.5),
        due: None,
    };
    (
        Header {
            kind,
            goals: vec![goal],
            ..Header::default()
        },
        Table {
            columns,
            truncated: rows.len() > 3,
            remarks: cxtop::store::Remarks::default(),
        },
    )
}

fn drawn(panel: &Panel, cursor: Option<Cursor>, style: Style, width: u16, height: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let area = buffer.area;
    panels::draw(panel, cursor, &style, area, &mut buffer);
    buffer
}

/// Returns a buffer's text, one line a row.
fn lines(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.rows() {
        let mut line = String::new();
        let mut skip = 0;
        for cell in buffer
            .content
            .iter()
            .skip(usize::from(y.y * y.width))
            .take(y.width.into())
        {
            if skip == 0 {
                line += cell.symbol();
                skip = cell.symbol().cell_width().max(1);
            }
            skip -= 1;
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// Returns a buffer's text with its inks: each run in braces with its colours and modifiers.
fn inks(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut before = None;
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let ink = (cell.fg, cell.bg, cell.modifier);
            if before != Some(ink) {
                text += &format!("{{{}}}", ink_name(ink));
            }
            before = Some(ink);
            text += cell.symbol();
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn ink_name((fg, bg, modifier): (Color, Color, Modifier)) -> String {
    let color = |color: Color| match color {
        Color::Reset => "-".to_string(),
        Color::Indexed(index) => index.to_string(),
        named => named.to_string(),
    };
    let modifier = if modifier.is_empty() {
        String::new()
    } else {
        format!(" {modifier:?}")
    };
    format!("{} on {}{modifier}", color(fg), color(bg))
}

fn snapshot(name: &str, picture: &str) {
    let name = format!("panels {name}").replace(' ', "_");
    insta::with_settings!({ snapshot_path => "../screens", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, picture);
    });
}
