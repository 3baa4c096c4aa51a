//! The interval around the only line.

use super::Chart;
use crate::screen::number::{cells, whole};
use crate::screen::panels::spark;
use crate::screen::pen::Pen;
use crate::screen::style::{Glyphs, Ink};

impl Chart<'_> {
    /// Shades the interval of the only line.
    pub(super) fn band(&self, pen: &mut Pen<'_>) {
        let [line] = self.lines else {
            return;
        };
        let depth = |value: f64| (1.0 - self.scale.share(value)) * whole(self.rows);
        for period in 1..self.trend.periods.len() {
            let ends = [period - 1, period].map(|at| line.values[at].zip(line.margins[at]));
            let [Some(from), Some(to)] = ends else {
                continue;
            };
            if self.trend.gap_before(period) {
                continue;
            }
            let (start, end) = (self.column(period - 1), self.column(period));
            for x in start..=end {
                let share = if end == start {
                    1.0
                } else {
                    whole(x - start) / whole(end - start)
                };
                let mix = |a: f64, b: f64| a + (b - a) * share;
                let high = depth(mix(from.0 + from.1, to.0 + to.1));
                let low = depth(mix(from.0 - from.1, to.0 - to.1));
                self.shade(pen, x, high, low);
            }
        }
    }

    /// Shades one column between two depths, counted in rows from the top; without colour only its edges are marked.
    fn shade(&self, pen: &mut Pen<'_>, x: usize, high: f64, low: f64) {
        let x = self.left + x;
        let Some(color) = pen.style.band() else {
            let edge = if pen.style.glyphs == Glyphs::Unicode {
                "·"
            } else {
                "."
            };
            for depth in [high, low] {
                let y = self.top + cells(depth.floor()).min(self.rows.saturating_sub(1));
                pen.glyph(x, y, edge, pen.style.faint());
            }
            return;
        };
        for row in 0..self.rows {
            let (above, below) = (whole(row), whole(row + 1));
            let covered = (low.min(below) - high.max(above)).max(0.0);
            let y = self.top + row;
            if covered >= 0.9 {
                pen.paint(x, y, 1, Ink::new().bg(color));
            } else if covered > 0.1 && low >= below && pen.style.glyphs == Glyphs::Unicode {
                pen.glyph(x, y, spark::level(covered), Ink::new().fg(color));
            } else if covered >= 0.4 {
                pen.glyph(x, y, "▀", Ink::new().fg(color));
            }
        }
    }
}
