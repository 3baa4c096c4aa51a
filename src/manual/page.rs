//! A section in lines of a width.

use unicode_width::UnicodeWidthStr;

use super::wrap::{columns, wrap};
use super::{Block, Line, Look, Part, Run, Section, table};

/// Longer lines of prose are hard to follow.
const MEASURE: usize = 90;
/// How far examples stand from the left.
const INDENT: usize = 2;

impl Section {
    /// Returns the section in lines of at most so many columns. Examples alone keep their line ends, and may be wider.
    #[must_use]
    pub fn lines(&self, width: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        for (block, piece) in self.blocks.iter().enumerate() {
            if block > 0 && !follows_closely(&self.blocks[block - 1], piece) {
                lines.push(Line {
                    block: block - 1,
                    parts: Vec::new(),
                });
            }
            let laid_out = laid_out(piece, width).into_iter();
            lines.extend(laid_out.map(|parts| Line { block, parts }));
        }
        lines
    }

    /// Returns the heading and a rule below it.
    #[must_use]
    pub fn heading(&self) -> Vec<Line> {
        let title = Run::new(&self.title, Look::Strong);
        let rule = Run::new(
            "─".repeat(columns(std::slice::from_ref(&title))),
            Look::Faint,
        );
        [title, rule]
            .map(|run| Line {
                block: 0,
                parts: vec![Part {
                    at: 0,
                    runs: vec![run],
                }],
            })
            .into()
    }
}

impl Line {
    /// Returns the columns the line takes at most.
    #[must_use]
    pub fn width(&self) -> usize {
        self.parts
            .last()
            .map_or(0, |part| part.at + columns(&part.runs))
    }

    /// Returns the line as plain text, code in sentences in quotes.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            text += &" ".repeat(part.at.saturating_sub(text.width()));
            text.extend(part.runs.iter().map(Run::quoted));
        }
        text
    }

    /// Tells whether the line is one of an example, which may be wider than the page.
    #[must_use]
    pub fn is_example(&self) -> bool {
        let mut runs = self.parts.iter().flat_map(|part| &part.runs);
        runs.any(|run| run.look == Look::Example)
    }
}

/// The points of a list stand together.
fn follows_closely(before: &Block, block: &Block) -> bool {
    matches!((before, block), (Block::Point { .. }, Block::Point { .. }))
}

fn laid_out(block: &Block, width: usize) -> Vec<Vec<Part>> {
    match block {
        Block::Prose(text) => prose(text, 0, width),
        Block::Point { mark, depth, text } => point(mark, *depth, text, width),
        Block::Example { text, .. } => text.lines().map(example).collect(),
        Block::Table(table) => table::lines(table, width),
    }
}

fn prose(text: &[Run], at: usize, width: usize) -> Vec<Vec<Part>> {
    wrap(text, width.min(MEASURE).saturating_sub(at))
        .into_iter()
        .map(|runs| vec![Part { at, runs }])
        .collect()
}

fn point(mark: &str, depth: usize, text: &[Run], width: usize) -> Vec<Vec<Part>> {
    let left = INDENT * depth;
    let mark = [Run::new(mark, Look::Faint)];
    let mut lines = prose(text, left + columns(&mark).max(1) + 1, width);
    if let Some(first) = lines.first_mut() {
        let runs = mark.into();
        first.insert(0, Part { at: left, runs });
    }
    lines
}

fn example(line: &str) -> Vec<Part> {
    vec![Part {
        at: INDENT,
        runs: vec![Run::new(line, Look::Example)],
    }]
}
