//! Writes into one area of a buffer: safe text, bars and marks, clipped to the area, in the glyphs the terminal has.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use super::number::cells;
use super::style::{Glyphs, Ink, Style};
use super::text;

/// Partial blocks that fill a cell from the left by eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Writes into one area; positions count from the area's corner.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
    /// How to draw on this terminal.
    pub style: Style,
}

/// Some text in one ink.
pub type Span = (String, Ink);

impl<'a> Pen<'a> {
    /// Returns a pen for the part of an area that lies in the buffer.
    pub fn new(buffer: &'a mut Buffer, area: Rect, style: &Style) -> Self {
        let area = area.intersection(buffer.area);
        Self {
            buffer,
            area,
            style: *style,
        }
    }

    /// Returns the area's columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.area.width.into()
    }

    /// Returns the area's rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.area.height.into()
    }

    /// Writes text into at most `room` columns and returns the columns it took. Text that is wider ends in an ellipsis.
    pub fn text(&mut self, x: usize, y: usize, room: usize, content: &str, ink: Ink) -> usize {
        let room = room.min(self.width().saturating_sub(x));
        if room == 0 || y >= self.height() {
            return 0;
        }
        let content = text::shown(content, self.style.glyphs);
        let mut used = 0;
        for grapheme in text::cut(&content, room, self.style.glyphs).graphemes(true) {
            let wide = text::grapheme_width(grapheme);
            if used + wide > room {
                break;
            }
            self.put(x + used, y, grapheme, ink);
            for hidden in 1..wide {
                self.put(x + used + hidden, y, " ", ink);
            }
            used += wide;
        }
        used
    }

    /// Writes text so that it ends before column `end`, in at most `room` columns.
    pub fn right(&mut self, end: usize, y: usize, room: usize, content: &str, ink: Ink) {
        let room = room.min(end);
        let taken = text::width(&text::shown(content, self.style.glyphs)).min(room);
        self.text(end - taken, y, room, content, ink);
    }

    /// Writes pieces of text one after another and returns the columns they took.
    pub fn spans(&mut self, x: usize, y: usize, room: usize, spans: &[Span]) -> usize {
        let mut used = 0;
        for (content, ink) in spans {
            let taken = self.text(x + used, y, room.saturating_sub(used), content, *ink);
            used += taken;
            // One ellipsis is enough.
            if taken < self.measure(content) {
                break;
            }
        }
        used
    }

    /// Returns the columns a text would take.
    #[must_use]
    pub fn measure(&self, content: &str) -> usize {
        text::width(&text::shown(content, self.style.glyphs))
    }

    /// Returns the columns some pieces of text would take.
    #[must_use]
    pub fn span_width(&self, spans: &[Span]) -> usize {
        spans.iter().map(|(content, _)| self.measure(content)).sum()
    }

    /// Writes one glyph of one column over whatever is there; only the ink's own colours change.
    pub fn glyph(&mut self, x: usize, y: usize, glyph: &str, ink: Ink) {
        if self.style.glyphs == Glyphs::Ascii {
            let plain = text::ascii(glyph);
            self.put(x, y, plain.get(..1).unwrap_or(" "), ink);
        } else {
            self.put(x, y, glyph, ink);
        }
    }

    /// Returns the glyph at a place; empty outside the area.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> &str {
        self.place(x, y)
            .and_then(|place| self.buffer.cell(place))
            .map_or("", |cell| cell.symbol())
    }

    /// Changes the ink of a run of columns and leaves their text.
    pub fn paint(&mut self, x: usize, y: usize, columns: usize, ink: Ink) {
        for column in x..x.saturating_add(columns).min(self.width()) {
            if let Some(cell) = self
                .place(column, y)
                .and_then(|place| self.buffer.cell_mut(place))
            {
                cell.set_style(ink);
            }
        }
    }

    /// Draws a bar of this length to the right of `x`. What is not nothing is at least an eighth of a cell long.
    pub fn bar(&mut self, x: usize, y: usize, length: f64, ink: Ink) {
        if length.is_nan() || length <= 0.0 {
            return;
        }
        let eighths = cells(length * 8.0).max(1);
        let (full, part) = (eighths / 8, eighths % 8);
        for column in 0..full.min(self.width().saturating_sub(x)) {
            self.glyph(x + column, y, "█", ink);
        }
        // In ASCII a cell is filled or not, but a bar of next to nothing must still be seen.
        let seen = self.style.glyphs == Glyphs::Unicode || part >= 4 || full == 0;
        if part > 0 && seen {
            self.glyph(x + full, y, EIGHTHS[part], ink);
        }
    }

    /// Draws a bar of whole cells in a lighter glyph, to be told apart from [`Pen::bar`] without colour.
    pub fn light_bar(&mut self, x: usize, y: usize, length: f64, ink: Ink) {
        if length > 0.0 {
            for column in 0..cells(length).max(1).min(self.width().saturating_sub(x)) {
                self.glyph(x + column, y, "▒", ink);
            }
        }
    }

    /// Draws a bar of this length to the left of `x`.
    pub fn bar_left(&mut self, x: usize, y: usize, length: f64, ink: Ink) {
        if length.is_nan() || length <= 0.0 {
            return;
        }
        let halves = cells(length * 2.0).max(1);
        for column in 0..(halves / 2).min(x) {
            self.glyph(x - 1 - column, y, "█", ink);
        }
        if halves % 2 == 1 && x > halves / 2 {
            self.glyph(x - 1 - halves / 2, y, "▐", ink);
        }
    }

    fn put(&mut self, x: usize, y: usize, symbol: &str, ink: Ink) {
        if let Some(cell) = self
            .place(x, y)
            .and_then(|place| self.buffer.cell_mut(place))
        {
            // What was there before leaves its background and nothing else.
            cell.fg = ratatui::style::Color::Reset;
            cell.modifier = ratatui::style::Modifier::empty();
            cell.set_symbol(symbol).set_style(ink);
        }
    }

    fn place(&self, x: usize, y: usize) -> Option<(u16, u16)> {
        let (x, y) = (u16::try_from(x).ok()?, u16::try_from(y).ok()?);
        (x < self.area.width && y < self.area.height).then(|| (self.area.x + x, self.area.y + y))
    }
}
