//! The axes: values at the left, periods below.

use super::Chart;
use crate::panels::trend::Line;
use crate::panels::{Cursor, GoalCheck, Trend, number};
use crate::queries::Look;
use crate::screen::panels::legend::drawn_goals;
use crate::screen::panels::scale::{Scale, time_labels};
use crate::screen::pen::Pen;

/// Returns the scale that holds all that is drawn; none when there is nothing.
pub(super) fn scale(trend: &Trend, lines: &[Line], rows: usize) -> Option<Scale> {
    let goals = drawn_goals(trend, lines);
    // Margins of many lines are not drawn, so they need no room.
    let edges = lines.iter().filter(|_| lines.len() == 1).flat_map(|line| {
        let both = line
            .values
            .iter()
            .zip(&line.margins)
            .filter_map(|(value, margin)| (*value).zip(*margin));
        both.flat_map(|(value, margin)| [value - margin, value + margin])
    });
    let values = lines
        .iter()
        .flat_map(|line| line.values.iter().copied().flatten());
    Scale::over(
        values
            .chain(edges)
            .chain(goals.map(|goal: &GoalCheck| goal.target.at())),
        &look(lines),
        (rows / 3).clamp(2, 6),
    )
}

/// Returns the numbers at the ticks of a scale.
pub(super) fn labels(scale: &Scale, lines: &[Line]) -> Vec<String> {
    let look = look(lines);
    scale
        .ticks
        .iter()
        .map(|tick| number::round(*tick, &look))
        .collect()
}

/// Returns how values are written: as those of the first line.
fn look(lines: &[Line]) -> Look {
    lines
        .first()
        .map_or_else(Look::default, |line| line.measure.look.clone())
}

/// Returns how many columns the numbers and their axis need.
pub(super) fn gutter_width(labels: &[String], pen: &Pen<'_>) -> usize {
    let widest = labels.iter().map(|label| pen.measure(label)).max();
    widest.unwrap_or(0).min(pen.width() / 3) + 2
}

impl Chart<'_> {
    /// Draws the axis of values.
    pub(super) fn gutter(&self, pen: &mut Pen<'_>, labels: &[String]) {
        let faint = pen.style.faint();
        for row in 0..self.rows {
            pen.glyph(self.left - 1, self.top + row, "│", faint);
        }
        let mut above = usize::MAX;
        for (tick, label) in self.scale.ticks.iter().zip(labels).rev() {
            let row = self.row(*tick);
            if row != above {
                pen.glyph(self.left - 1, self.top + row, "┤", faint);
                pen.right(self.left - 2, self.top + row, self.left - 2, label, faint);
            }
            above = row;
        }
    }

    /// Draws the axis of periods.
    pub(super) fn axis(&self, pen: &mut Pen<'_>, y: usize) {
        let faint = pen.style.faint();
        pen.glyph(self.left - 1, y, "└", faint);
        for x in 0..self.columns {
            pen.glyph(self.left + x, y, "─", faint);
        }
        for (x, _) in self.labels() {
            pen.glyph(self.left + x, y, "┴", faint);
        }
    }

    fn labels(&self) -> Vec<(usize, String)> {
        time_labels(self.trend, self.columns, |period| self.column(period))
    }

    /// Writes when periods were, and that under the cursor.
    pub(super) fn times(&self, pen: &mut Pen<'_>, y: usize, cursor: Option<Cursor>) {
        let period = cursor.map(|cursor| {
            cursor
                .column
                .min(self.trend.periods.len().saturating_sub(1))
        });
        let chosen = period.and_then(|period| {
            let label = format!(
                " {} ",
                self.trend.step.tick(*self.trend.periods.get(period)?, None)
            );
            Some((
                self.column(period)
                    .min(self.columns.saturating_sub(label.len())),
                label,
            ))
        });
        let hidden = |x: usize, label: &str| {
            chosen
                .as_ref()
                .is_some_and(|(at, chosen)| x < at + chosen.len() && *at < x + label.len() + 1)
        };
        for (x, label) in self.labels().iter().filter(|(x, label)| !hidden(*x, label)) {
            pen.text(self.left + x, y, usize::MAX, label, pen.style.faint());
        }
        if let Some((x, label)) = &chosen {
            pen.text(self.left + x, y, usize::MAX, label, pen.style.selected());
        }
    }
}
