//! The screen as text, for files, pipes, tests and screen readers.

use std::fmt::Write;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::style::Style;
use crate::dashboard::Dashboard;

/// Returns the screen as plain text, one line each, without blanks at line ends.
#[must_use]
pub fn text(dashboard: &Dashboard, style: &Style, width: u16, height: u16) -> String {
    text_of(&drawn(dashboard, *style, width, height))
}

/// Returns the screen with its colours as escape sequences, one line each.
#[must_use]
pub fn ansi(dashboard: &Dashboard, style: &Style, width: u16, height: u16) -> String {
    ansi_of(&drawn(dashboard, *style, width, height))
}

/// Returns a buffer as plain text.
pub(super) fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for line in lines(buffer) {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Returns a buffer with its colours as escape sequences.
pub(super) fn ansi_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut bytes = Vec::new();
        let cells = (0..buffer.area.width).filter_map(|x| Some((x, 0, buffer.cell((x, y))?)));
        let mut backend = CrosstermBackend::new(&mut bytes);
        // Writing to memory does not fail; if it did, the line would be empty.
        let _ = backend.draw(shown(cells.collect()).into_iter());
        let line = String::from_utf8_lossy(&bytes).into_owned();
        // The backend begins a line by going to its start, which a file cannot.
        text += line.strip_prefix("\u{1b}[1;1H").unwrap_or(&line);
        text.push('\n');
    }
    text
}

fn drawn(dashboard: &Dashboard, style: Style, width: u16, height: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    super::draw(dashboard, &style, &mut buffer);
    buffer
}

type Cell<'a> = (u16, u16, &'a ratatui::buffer::Cell);

/// Leaves out the cell behind each wide character, which is part of it.
fn shown(cells: Vec<Cell<'_>>) -> Vec<Cell<'_>> {
    let mut shown = Vec::with_capacity(cells.len());
    let mut covered = 0;
    for cell in cells {
        if covered > 0 {
            covered -= 1;
            continue;
        }
        covered = super::text::width(cell.2.symbol()).saturating_sub(1);
        shown.push(cell);
    }
    shown
}

fn lines(buffer: &Buffer) -> impl Iterator<Item = String> + '_ {
    let area = buffer.area;
    (area.top()..area.bottom()).map(move |y| {
        let cells = (area.left()..area.right()).filter_map(|x| Some((x, y, buffer.cell((x, y))?)));
        shown(cells.collect())
            .into_iter()
            .map(|(_, _, cell)| cell.symbol())
            .collect()
    })
}
