//! A drawing surface of dots: two by four in each cell with Braille, one in each cell with ASCII.

use crate::screen::pen::Pen;
use crate::screen::style::{Glyphs, Ink};

/// The bit of each dot of a Braille cell, by column and row.
const BITS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// What ASCII lines are drawn with, by line.
const MARKS: [&str; 4] = ["*", "+", "#", "x"];

/// Returns the dots of a cell, across and down.
pub fn per_cell(glyphs: Glyphs) -> (usize, usize) {
    if glyphs == Glyphs::Unicode {
        (2, 4)
    } else {
        (1, 1)
    }
}

/// What stands at a line's end and points, so that lines differ without colour.
const POINTS: [&str; 4] = ["●", "◆", "▲", "■"];

/// Returns the mark of the line of this index.
pub fn mark(index: usize, glyphs: Glyphs) -> &'static str {
    let marks = if glyphs == Glyphs::Unicode {
        POINTS
    } else {
        MARKS
    };
    marks[index % marks.len()]
}

/// Dots over a rectangle of cells.
pub struct Dots {
    columns: usize,
    rows: usize,
    across: usize,
    down: usize,
    cells: Vec<(u32, Ink, usize)>,
}

/// How a stroke is broken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// Every dot.
    Solid,
    /// Every third dot.
    Dotted,
}

impl Dots {
    /// Returns an empty surface of this many cells.
    pub fn new(columns: usize, rows: usize, glyphs: Glyphs) -> Self {
        let (across, down) = per_cell(glyphs);
        Self {
            columns,
            rows,
            across,
            down,
            cells: vec![(0, Ink::new(), 0); columns * rows],
        }
    }

    /// Draws a straight line between two dots.
    pub fn line(
        &mut self,
        from: (usize, usize),
        to: (usize, usize),
        stroke: Stroke,
        ink: Ink,
        index: usize,
    ) {
        let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        for step in 0..=steps {
            if stroke == Stroke::Dotted && step % 3 != 0 && step != steps {
                continue;
            }
            let between =
                |from: usize, to: usize| (from * (steps - step) + to * step + steps / 2) / steps;
            self.dot(between(from.0, to.0), between(from.1, to.1), ink, index);
        }
    }

    /// Sets one dot.
    pub fn dot(&mut self, x: usize, y: usize, ink: Ink, index: usize) {
        let (column, row) = (x / self.across, y / self.down);
        if column < self.columns && row < self.rows {
            let cell = &mut self.cells[row * self.columns + column];
            *cell = (cell.0 | BITS[x % self.across][y % self.down], ink, index);
        }
    }

    /// Writes the cells that have a dot.
    pub fn draw(&self, pen: &mut Pen<'_>, left: usize, top: usize) {
        for (place, (bits, ink, index)) in self
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.0 != 0)
        {
            let (x, y) = (left + place % self.columns, top + place / self.columns);
            if self.across == 1 {
                pen.glyph(x, y, MARKS[index % MARKS.len()], *ink);
            } else if let Some(letter) = char::from_u32(0x2800 + bits) {
                pen.glyph(x, y, letter.encode_utf8(&mut [0; 4]), *ink);
            }
        }
    }
}
