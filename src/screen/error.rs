//! An error inside its panel: where, what, the source line with a caret, and what to do.

use std::path::Path;

use super::pen::Pen;
use super::text;
use crate::error::{Error, Place};

/// Draws an error from the top of an area and returns the lines it took.
pub fn draw(error: &Error, root: &Path, pen: &mut Pen<'_>) -> u16 {
    let style = pen.style;
    let width = pen.width();
    let mut y = 0;
    if let Some(place) = &error.place {
        pen.text(0, y, width, &place_in(place, root, width), style.strong());
        y += 1;
    }
    // The help is worth its line: the message gives way first.
    let source = error
        .place
        .as_ref()
        .filter(|place| place.column > 0 && !place.source.is_empty());
    let below = if source.is_some() { 2 } else { 0 } + usize::from(error.help.is_some());
    let most = pen.height().saturating_sub(y + below).max(1);
    for line in wrapped(&error.message, width, most) {
        pen.text(0, y, width, &line, style.bad());
        y += 1;
    }
    if let Some(place) = source.filter(|_| y + 2 <= pen.height()) {
        draw_source(place, y, pen);
        y += 2;
    }
    if let Some(help) = &error.help {
        let left = pen.height().saturating_sub(y);
        for line in wrapped(help, width, left) {
            pen.text(0, y, width, &line, style.plain());
            y += 1;
        }
    }
    u16::try_from(y.min(pen.height())).unwrap_or(u16::MAX)
}

/// Draws a source line with a caret below the column; a long line is moved so that the column shows.
fn draw_source(place: &Place, y: usize, pen: &mut Pen<'_>) {
    let style = pen.style;
    let number = format!("{} │ ", place.line);
    let left = pen.text(0, y, usize::MAX, &number, style.faint());
    let room = pen.width().saturating_sub(left);
    let column = place.column - 1;
    let skipped = if column + 1 > room {
        column + 1 - room / 2
    } else {
        0
    };
    let source: String = place.source.chars().skip(skipped).collect();
    let before: String = source.chars().take(column - skipped.min(column)).collect();
    let caret = left + text::width(&text::safe(&before));
    pen.text(left, y, room, &source, style.plain());
    pen.text(caret, y + 1, usize::MAX, "^", style.bad());
}

/// Returns the place as the team names it: below the query folder. Where that does not fit, the line matters more than
/// the folder.
fn place_in(place: &Place, root: &Path, width: usize) -> String {
    let full = place.below(root).to_string();
    match place.path.file_name() {
        Some(name) if text::width(&full) > width => Place {
            path: name.into(),
            ..place.clone()
        }
        .to_string(),
        _ => full,
    }
}

/// Breaks a text into lines at its blanks, at most so many; the last one holds the rest and is cut where it is drawn.
#[must_use]
pub fn wrapped(content: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in content.split_whitespace() {
        let fits = |line: &String| text::width(line) + 1 + text::width(word) <= width;
        let full = lines.len() >= most;
        match lines.last_mut() {
            Some(line) if full || fits(line) => {
                line.push(' ');
                line.push_str(word);
            }
            _ if most > 0 => lines.push(word.to_string()),
            _ => return lines,
        }
    }
    lines
}
