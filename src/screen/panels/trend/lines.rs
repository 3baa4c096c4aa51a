//! The lines themselves, and what stands at their ends.

use super::Chart;
use crate::screen::panels::dots::{Dots, Stroke, mark};
use crate::screen::panels::legend::End;
use crate::screen::pen::Pen;
use crate::screen::style::Glyphs;

/// Returns how many columns the texts at the ends need.
pub(super) fn ends_width(ends: &[End], pen: &Pen<'_>) -> usize {
    let widest = ends.iter().map(|end| pen.measure(&end.text) + 2).max();
    widest.unwrap_or(0).min(pen.width() / 3)
}

impl Chart<'_> {
    /// Draws the lines and their points.
    pub(super) fn strokes(&self, pen: &mut Pen<'_>) {
        let mut dots = Dots::new(self.columns, self.rows, pen.style.glyphs);
        for (index, line) in self.lines.iter().enumerate() {
            let ink = pen.style.line(index);
            for period in 0..self.trend.periods.len() {
                let Some(value) = line.values[period] else {
                    continue;
                };
                let to = self.dot(period, value);
                let before = period
                    .checked_sub(1)
                    .filter(|_| !self.trend.gap_before(period));
                let from = before.and_then(|before| Some(self.dot(before, line.values[before]?)));
                let stroke = if self.trend.complete[period] {
                    Stroke::Solid
                } else {
                    Stroke::Dotted
                };
                dots.line(from.unwrap_or(to), to, stroke, ink, index);
            }
        }
        dots.draw(pen, self.left, self.top);
        self.marks(pen);
    }

    /// Marks open periods, lonely points and, where lines must be told apart, every point that has room.
    fn marks(&self, pen: &mut Pen<'_>) {
        let periods = self.trend.periods.len();
        let roomy = self.lines.len() > 1
            && self.columns >= periods * 3
            && pen.style.glyphs == Glyphs::Unicode;
        for (index, line) in self.lines.iter().enumerate() {
            for (period, value) in line.values.iter().enumerate() {
                let Some(value) = value else { continue };
                let joined = |at: usize| line.values.get(at).is_some_and(Option::is_some);
                let left = period > 0 && joined(period - 1) && !self.trend.gap_before(period);
                let right = joined(period + 1) && !self.trend.gap_before(period + 1);
                let point = if !self.trend.complete[period] {
                    "○"
                } else if roomy || (!left && !right) {
                    mark(index, pen.style.glyphs)
                } else {
                    continue;
                };
                pen.glyph(
                    self.left + self.column(period),
                    self.top + self.row(*value),
                    point,
                    pen.style.line(index),
                );
            }
        }
    }

    /// Writes what stands at the ends of lines, one below the other where they would meet.
    pub(super) fn ends(&self, pen: &mut Pen<'_>, ends: &[End]) {
        let mut order: Vec<(usize, &End)> =
            ends.iter().map(|end| (self.row(end.value), end)).collect();
        order.sort_by_key(|(row, _)| *row);
        let count = order.len();
        let mut free = 0;
        for (place, (row, end)) in order.into_iter().enumerate() {
            // Rows are kept free for the ends still to come below.
            let row = row.max(free).min(self.rows.saturating_sub(count - place));
            free = row + 1;
            pen.text(
                self.left + self.columns + 1,
                self.top + row,
                usize::MAX,
                &end.text,
                end.ink,
            );
        }
    }
}
