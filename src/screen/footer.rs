//! The last line: a notice, what is being typed, the exact value under the cursor, or the keys that are useful now.

use super::frame::span;
use super::keys;
use super::pen::Pen;
use super::style::{Ink, Style};
use crate::dashboard::{Dashboard, Level, Typing};

/// Draws the line.
pub fn draw(dashboard: &Dashboard, pen: &mut Pen<'_>) {
    let style = pen.style;
    let room = pen.width().saturating_sub(2);
    if let Some(toast) = &dashboard.toast {
        let (mark, ink) = level(toast.notice.level, style);
        pen.spans(
            1,
            0,
            room,
            &[
                span(mark, ink),
                span(" ", ink),
                span(&toast.notice.text, ink),
            ],
        );
    } else if dashboard.typing == Typing::Rows {
        let text = dashboard
            .focused()
            .map(|tile| tile.rows_with.clone())
            .unwrap_or_default();
        let spans = [
            span("rows with ", style.faint()),
            span(text, style.strong()),
            span("▏", style.accent()),
            span("   Enter keeps, Esc clears", style.faint()),
        ];
        pen.spans(1, 0, room, &spans);
    } else if let Some(readout) = dashboard
        .readout()
        .filter(|_| dashboard.typing == Typing::Keys)
    {
        pen.text(1, 0, room, &readout, style.plain());
    } else {
        draw_hints(dashboard, pen);
    }
}

/// Draws the hints that fit; none is cut.
fn draw_hints(dashboard: &Dashboard, pen: &mut Pen<'_>) {
    let style = pen.style;
    let mut x = 1;
    for (key, words) in keys::hints(dashboard) {
        let length = pen.measure(&key) + 1 + pen.measure(words.short);
        if x + length + 1 > pen.width() {
            break;
        }
        x += pen.text(x, 0, usize::MAX, &key, style.accent());
        x += 1 + pen.text(x + 1, 0, usize::MAX, words.short, style.faint());
        x += 2;
    }
}

/// Returns the mark and the ink of a notice.
#[must_use]
pub fn level(level: Level, style: Style) -> (&'static str, Ink) {
    match level {
        Level::Info => ("·", style.plain()),
        Level::Warning => ("!", style.warning()),
        Level::Error => ("✗", style.bad()),
    }
}
