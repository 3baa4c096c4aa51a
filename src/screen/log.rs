//! The Log screen: what happened, newest last.

use super::error::wrapped;
use super::footer::level;
use super::frame::span;
use super::pen::Pen;
use crate::dashboard::Dashboard;
use crate::dashboard::log::Line;

/// Columns of the time and the mark before the text.
const LEFT: usize = 12;
/// Lines that one notice's prose may take.
const MOST_LINES: usize = 4;

/// Draws the lines that fit, from the newest the reader has not scrolled past, upwards.
pub fn draw(dashboard: &Dashboard, pen: &mut Pen<'_>) {
    let log = &dashboard.log;
    if log.lines.is_empty() {
        let text = "nothing has happened yet";
        pen.text(1, 1, usize::MAX, text, pen.style.faint());
        return;
    }
    let mut rows = Vec::new();
    let width = pen.width().saturating_sub(LEFT + 1);
    for line in log.lines.iter().rev().skip(log.scrolled) {
        rows.splice(
            0..0,
            texts(line, width)
                .into_iter()
                .enumerate()
                .map(|(row, text)| (line, row, text)),
        );
        if rows.len() >= pen.height() {
            break;
        }
    }
    let first = rows.len().saturating_sub(pen.height());
    for (y, (line, row, text)) in rows.into_iter().skip(first).enumerate() {
        draw_row(line, row, &text, y, pen);
    }
}

/// The first line is prose and is wrapped; what follows, a source line and its caret, keeps its columns.
fn texts(line: &Line, width: usize) -> Vec<String> {
    let mut given = line.notice.text.lines();
    let times = if line.times > 1 {
        format!(" (×{})", line.times)
    } else {
        String::new()
    };
    let first = format!("{}{times}", given.next().unwrap_or_default());
    let mut texts = wrapped(&first, width, MOST_LINES);
    texts.extend(given.map(str::to_string));
    texts
}

fn draw_row(line: &Line, row: usize, text: &str, y: usize, pen: &mut Pen<'_>) {
    let style = pen.style;
    let (mark, ink) = level(line.notice.level, style);
    if row == 0 {
        let time = line.at.strftime("%H:%M:%S").to_string();
        pen.spans(
            1,
            y,
            LEFT,
            &[span(time, style.faint()), span(format!(" {mark}"), ink)],
        );
    }
    pen.text(
        LEFT,
        y,
        usize::MAX,
        text,
        if row == 0 { ink } else { style.plain() },
    );
}
