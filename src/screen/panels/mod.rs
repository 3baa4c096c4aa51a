//! Draws panels, one file for each kind.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::style::Style;
use crate::panels::{Cursor, Panel};

/// Draws a panel into the inside of its frame.
pub fn draw(panel: &Panel, cursor: Option<Cursor>, style: &Style, area: Rect, buffer: &mut Buffer) {
    let text = panel.readout(cursor.unwrap_or_default());
    buffer.set_stringn(area.x, area.y, text, area.width.into(), ratatui::style::Style::default());
    let _ = style;
}
