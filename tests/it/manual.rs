//! The manual: what is read from Markdown, how it is laid out in any width, and what finds it.

use cxtop::manual::{self, Block, Level, Line, Manual, plain};
use cxtop::screen::manual::printed;
use cxtop::screen::style::{Colors, Glyphs, Style};
use cxtop::text::spelling;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::nimbus::manual as sample;

const PLAIN: Style = Style {
    colors: Colors::None,
    glyphs: Glyphs::Unicode,
    light: false,
};

const ASCII: Style = Style {
    glyphs: Glyphs::Ascii,
    ..PLAIN
};

fn check(name: &str, text: &str) {
    insta::with_settings!({ snapshot_path => "../screens", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn whole(manual: &Manual, width: usize) -> Vec<Line> {
    let sections = manual.sections.iter();
    let sections = sections.filter(|section| section.level < Level::Topic);
    sections.flat_map(|section| section.lines(width)).collect()
}

#[test]
fn a_page_at_the_width_of_a_usual_and_of_a_narrow_terminal() {
    check("manual_lines_78", &printed(&whole(sample(), 78), &PLAIN));
    check("manual_lines_38", &printed(&whole(sample(), 38), &ASCII));
}

#[test]
fn sections_begin_with_what_they_are_about() {
    let told: Vec<String> = sample()
        .sections
        .iter()
        .map(|section| format!("{:?} {}: {}", section.level, section.title, section.summary))
        .collect();
    let expected = [
        "Page Functions: Questions about customers are functions here.",
        "Section funnel: How many customers do the steps in order within a window, and where do the others stay behind?",
        "Section retention: Of the customers who started in a period, how many come back in the periods after it?",
        "Section Scores and intervals: nps, nps_margin",
        "Topic nps: How many more would recommend you than not?",
        "Section Speed and memory: Measure your own data:",
    ];
    assert_eq!(told, expected);
}

/// What is looked for, and the section that explains it.
const FOUND: &[(&str, Option<&str>)] = &[
    ("funnel", Some("funnel")),
    ("FUNNEL()", Some("funnel")),
    ("funnel_if", Some("funnel")),
    ("funnel_customers_if", Some("funnel")),
    ("nps", Some("nps")),
    ("nps_margin", Some("nps")),
    ("nps_other", None),
    ("Scores and intervals", Some("Scores and intervals")),
    ("memory", Some("Speed and memory")),
    ("retenton", None),
    ("", None),
];

#[test]
fn functions_are_found_by_their_names_and_topics_by_their_words() {
    for (name, title) in FOUND {
        let found = sample().find(name).map(|section| section.title.as_str());
        assert_eq!(found, *title, "{name}");
    }
}

#[test]
fn no_line_but_an_example_is_wider_than_the_page_in_any_spelling() {
    for section in &manual::functions().sections {
        for width in [24, 38, 50, 78, 100, 118] {
            for line in section.lines(width) {
                let place = format!("{} at {width}: {}", section.title, line.text());
                assert!(line.is_example() || line.width() <= width, "{place}");
                for style in [PLAIN, ASCII, Style::default()] {
                    let drawn = printed(std::slice::from_ref(&line), &style);
                    let wide = without_colour(&drawn).trim_end().width();
                    assert!(wide <= line.width(), "{place}: {wide} columns");
                }
            }
        }
    }
}

/// Returns text without escape sequences.
fn without_colour(text: &str) -> String {
    let pieces = text.split('\u{1b}').enumerate();
    pieces
        .map(|(index, piece)| match piece.split_once('m') {
            Some((_, rest)) if index > 0 => rest,
            _ => piece,
        })
        .collect()
}

#[test]
fn nothing_is_lost_at_any_width() {
    for section in &manual::functions().sections {
        let expected = letters(&section.blocks.iter().map(text_of).collect::<String>());
        for width in [20, 38, 78, 118] {
            let lines = section.lines(width);
            let shown = letters(&lines.iter().map(Line::text).collect::<String>());
            // Names of columns may be said again and again.
            let mut pairs = expected.iter().zip(&shown);
            assert!(
                pairs.all(|(expected, shown)| shown >= expected),
                "{} at {width}: {shown:?} is less than {expected:?}",
                section.title
            );
        }
    }
}

/// Returns the text of a block, without the names of a table's columns.
fn text_of(block: &Block) -> String {
    match block {
        Block::Prose(text) | Block::Point { text, .. } => plain(text),
        Block::Example { text, .. } => text.clone(),
        Block::Table(table) => table
            .rows
            .iter()
            .flatten()
            .map(|cell| plain(cell))
            .collect(),
    }
}

/// Returns how often each letter and digit occurs, in upper or lower case.
fn letters(text: &str) -> Vec<usize> {
    let text = text.to_lowercase();
    let count = |letter: char| text.chars().filter(|other| *other == letter).count();
    ('0'..='9').chain('a'..='z').map(count).collect()
}

#[test]
fn the_whole_page_can_be_spelt_in_ascii() {
    for section in &manual::functions().sections {
        let text: String = section.lines(78).iter().map(Line::text).collect();
        for grapheme in text.graphemes(true) {
            assert!(
                grapheme.is_ascii() || spelling(grapheme).is_some(),
                "`{grapheme}` in {} has no spelling in ASCII",
                section.title
            );
        }
    }
}

#[test]
fn text_that_is_hardly_a_page_is_read_all_the_same() {
    for text in [
        "",
        "no heading",
        "# a\n\n| |\n|-|\n",
        "# a\n\n```\nopen",
        "# a\n\n- - -\n\n<b>x</b>\n\n![p](q)\n\n> said",
        "### only a topic\n\ntext",
        "# a\n\n| x | y |\n|---|---:|\n| one |\n| a | b | c |\n",
    ] {
        for section in &manual::read(text).sections {
            for width in 0..12 {
                assert!(section.lines(width).len() < 100, "{text} at {width}");
            }
        }
    }
}
