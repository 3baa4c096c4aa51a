//! The Log screen: what happened, newest last.

use super::footer::level;
use super::frame::span;
use super::pen::Pen;
use crate::dashboard::Dashboard;
use crate::dashboard::log::Line;

/// Columns of the time and the mark before the text.
const LEFT: usize = 12;

/// Draws the lines that fit, from the newest the reader has not scrolled past, upwards.
pub fn draw(dashboard: &Dashboard, pen: &mut Pen<'_>) {
    let log = &dashboard.log;
    if log.lines.is_empty() {
        let text = "nothing has happened yet";
        pen.text(1, 1, usize::MAX, text, pen.style.faint());
        return;
    }
    let mut rows = Vec::new();
    for line in log.lines.iter().rev().skip(log.scrolled) {
        rows.splice(0..0, texts(line).into_iter().enumerate().map(|(row, text)| (line, row, text)));
        if rows.len() >= pen.height() {
            break;
        }
    }
    let first = rows.len().saturating_sub(pen.height());
    for (y, (line, row, text)) in rows.into_iter().skip(first).enumerate() {
        draw_row(line, row, &text, y, pen);
    }
}

fn texts(line: &Line) -> Vec<String> {
    let mut texts: Vec<String> = line.notice.text.lines().map(str::to_string).collect();
    if let Some(first) = texts.first_mut().filter(|_| line.times > 1) {
        *first = format!("{first}  (×{})", line.times);
    }
    texts
}

fn draw_row(line: &Line, row: usize, text: &str, y: usize, pen: &mut Pen<'_>) {
    let style = pen.style;
    let (mark, ink) = level(line.notice.level, style);
    if row == 0 {
        let time = line.at.strftime("%H:%M:%S").to_string();
        pen.spans(1, y, LEFT, &[span(time, style.faint()), span(format!(" {mark}"), ink)]);
    }
    pen.text(LEFT, y, usize::MAX, text, if row == 0 { ink } else { style.plain() });
}
