//! Sparklines: a line in one row, with its last number, where there is no room for axes.

use crate::panels::trend::Line;
use crate::panels::{Trend, number};
use crate::screen::number::{MISSING, cells};
use crate::screen::pen::Pen;

const LEVELS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const LEVELS_ASCII: [&str; 8] = ["_", ".", ":", "-", "=", "+", "*", "#"];

/// Returns the block that fills this share of a cell from below.
pub fn level(share: f64) -> &'static str {
    LEVELS[cells(share * 8.0).clamp(1, 8) - 1]
}

/// Draws each line as a sparkline with its last value.
pub fn draw(trend: &Trend, pen: &mut Pen<'_>) {
    let names = trend
        .lines
        .iter()
        .map(|line| pen.measure(&line.measure.label()))
        .max()
        .unwrap_or(0);
    let name_room = if trend.lines.len() > 1 {
        names.min(pen.width() / 3) + 1
    } else {
        0
    };
    for (y, line) in trend.lines.iter().take(pen.height()).enumerate() {
        let ink = pen.style.line(y);
        if name_room > 0 {
            pen.text(0, y, name_room - 1, &line.measure.label(), ink);
        }
        let last = last_value(trend, line);
        let value_room = (pen.measure(&last) + 1).min(pen.width() - name_room);
        let room = pen.width() - name_room - value_room;
        let used = spark(line, name_room, y, room, pen);
        pen.text(
            name_room + used + 1,
            y,
            value_room,
            &last,
            pen.style.strong(),
        );
    }
}

/// Draws the latest values that fit and returns the columns taken. Missing values are gaps.
fn spark(line: &Line, x: usize, y: usize, room: usize, pen: &mut Pen<'_>) -> usize {
    let values = &line.values[line.values.len().saturating_sub(room)..];
    let known = || values.iter().copied().flatten();
    let (low, high) = (
        known().fold(f64::INFINITY, f64::min),
        known().fold(f64::NEG_INFINITY, f64::max),
    );
    let levels = if pen.style.glyphs == crate::screen::style::Glyphs::Unicode {
        LEVELS
    } else {
        LEVELS_ASCII
    };
    for (column, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let share = (value - low) / (high - low);
        let level = if share.is_finite() {
            cells(share * 7.0).min(7)
        } else {
            3
        };
        pen.glyph(x + column, y, levels[level], pen.style.line(y));
    }
    values.len()
}

fn last_value(trend: &Trend, line: &Line) -> String {
    let look = &line.measure.look;
    let Some(last) = line.values.iter().rposition(Option::is_some) else {
        return MISSING.to_string();
    };
    let value = line.values[last].map_or(String::new(), |value| number::show(value, look));
    let margin = line.margins[last].map_or(String::new(), |margin| {
        format!(" {}", number::margin(margin, look))
    });
    let open = if trend.complete[last] { "" } else { " ○" };
    format!("{value}{margin}{open}")
}
