//! What runs across the chart besides the lines: goals, notes, and the cursor with what it reads.

use super::Chart;
use crate::panels::{Cursor, number};
use crate::screen::panels::goal_mark;
use crate::screen::panels::legend::drawn_goals;
use crate::screen::pen::{Pen, Span};

impl Chart<'_> {
    /// Draws a line at each goal.
    pub(super) fn goals(&self, pen: &mut Pen<'_>) {
        for goal in drawn_goals(self.trend, self.lines) {
            let (_, ink) = goal_mark(goal.state, pen.style);
            let y = self.top + self.row(goal.target.at());
            for x in 0..self.columns {
                pen.glyph(self.left + x, y, "╌", ink);
            }
        }
    }

    /// Draws a line at each note, with its number on top.
    pub(super) fn notes(&self, pen: &mut Pen<'_>) {
        let mut free = 0;
        for (index, note) in self.trend.notes.iter().enumerate() {
            let x = self.column(note.period);
            for row in 1..self.rows {
                if matches!(
                    pen.at(self.left + x, self.top + row),
                    " " | "╌" | "-" | "·" | "."
                ) {
                    pen.glyph(self.left + x, self.top + row, "┊", pen.style.faint());
                }
            }
            let label = (index + 1).to_string();
            let at = x.max(free);
            free = at
                + 1
                + pen.text(
                    self.left + at,
                    self.top,
                    self.columns.saturating_sub(at),
                    &label,
                    pen.style.strong(),
                );
        }
    }

    /// Draws the cursor and the values under it.
    pub(super) fn crosshair(&self, pen: &mut Pen<'_>, cursor: Cursor) {
        let period = cursor
            .column
            .min(self.trend.periods.len().saturating_sub(1));
        let x = self.left + self.column(period);
        for row in 0..self.rows {
            if matches!(pen.at(x, self.top + row), " " | "╌" | "┊" | "·") {
                pen.glyph(x, self.top + row, "│", pen.style.plain());
            }
        }
        for (index, line) in self.lines.iter().enumerate() {
            if let Some(value) = line.values.get(period).copied().flatten() {
                let ink = pen
                    .style
                    .line(index)
                    .add_modifier(ratatui::style::Modifier::BOLD);
                pen.glyph(x, self.top + self.row(value), "◉", ink);
            }
        }
        if self.top > 0 {
            let spans = self.reading(period, pen);
            pen.spans(0, 0, usize::MAX, &spans);
        }
    }

    fn reading(&self, period: usize, pen: &Pen<'_>) -> Vec<Span> {
        let Some(start) = self.trend.periods.get(period) else {
            return Vec::new();
        };
        let open = if self.trend.complete[period] {
            ""
        } else {
            ", not over yet"
        };
        let mut spans = vec![(
            format!("{}{open}", self.trend.step.full(*start)),
            pen.style.strong(),
        )];
        for (index, line) in self.lines.iter().enumerate() {
            let look = &line.measure.look;
            let at = |values: &[Option<f64>]| values.get(period).copied().flatten();
            let value =
                at(&line.values).map_or("n/a".to_string(), |value| number::show(value, look));
            let margin = at(&line.margins).map_or(String::new(), |margin| {
                format!(" {}", number::margin(margin, look))
            });
            let n = at(&line.counts).map_or(String::new(), |n| format!(" n={}", number::count(n)));
            spans.push((
                format!("  {} {value}{margin}{n}", line.measure.label()),
                pen.style.line(index),
            ));
        }
        spans
    }
}
