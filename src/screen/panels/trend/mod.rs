//! Lines over time.
//!
//! ```text
//!  60 ┤        1     ⡠⠊⠉⠒⠤⡀
//!  40 ┤╌╌╌╌╌╌╌╌┊╌⡠⠔⠊╌╌╌╌╌╌⠑⢄╌ ✓ ≥ 40
//!  20 ┤⡠⠤⠔⠒⠒⠒⠊⠉┊             ⠢ ○ 42 ±4.1
//!     └────────┴───────────────
//!      Sep 1 2025    Oct 6     Nov 16
//!  1 new onboarding · ○ not over yet
//! ```

use super::dots::{Dots, Stroke, mark, per_cell};
use super::legend::{End, drawn_goals, ends, flow, footer, footer_rows};
use super::scale::{Scale, time_labels};
use super::spark;
use crate::panels::period::seconds;
use crate::panels::trend::Line;
use crate::panels::{Cursor, GoalCheck, Trend, number};
use crate::queries::Look;
use crate::screen::number::{cells, whole};
use crate::screen::pen::{Pen, Span};
use crate::screen::style::{Glyphs, Ink};

/// More lines than this cannot be told apart.
pub const MOST_LINES: usize = 4;

/// Where the lines are drawn and what a place in it means.
struct Chart<'a> {
    trend: &'a Trend,
    lines: &'a [Line],
    scale: Scale,
    left: usize,
    top: usize,
    columns: usize,
    rows: usize,
    dots: (usize, usize),
}

/// Draws the lines, or one sparkline each where there is no room for axes.
pub fn draw(trend: &Trend, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let lines = &trend.lines[..trend.lines.len().min(MOST_LINES)];
    if pen.height() < 5 || pen.width() < 24 {
        spark::draw(trend, pen);
        return;
    }
    let footer = footer(trend, pen);
    let has_axis = pen.height() >= 8;
    let footer_rows = footer_rows(&footer, pen);
    let top = usize::from(cursor.is_some() && pen.height() >= 7);
    let rows = pen.height() - top - 1 - usize::from(has_axis) - footer_rows;
    let Some(scale) = scale(trend, lines, rows) else {
        pen.text(
            0,
            0,
            usize::MAX,
            "no values in these periods",
            pen.style.faint(),
        );
        return;
    };
    let look = lines
        .first()
        .map(|line| line.measure.look.clone())
        .unwrap_or_default();
    let labels: Vec<String> = scale
        .ticks
        .iter()
        .map(|tick| number::round(*tick, &look))
        .collect();
    let left = labels
        .iter()
        .map(|label| pen.measure(label))
        .max()
        .unwrap_or(0)
        .min(pen.width() / 3)
        + 2;
    let ends = ends(trend, lines, pen);
    let right = ends
        .iter()
        .map(|end| pen.measure(&end.text) + 2)
        .max()
        .unwrap_or(0)
        .min(pen.width() / 3);
    let columns = pen.width().saturating_sub(left + right).max(1);
    let chart = Chart {
        trend,
        lines,
        scale,
        left,
        top,
        columns,
        rows,
        dots: per_cell(pen.style.glyphs),
    };
    chart.gutter(pen, &labels);
    chart.band(pen);
    chart.goals(pen);
    chart.notes(pen);
    chart.strokes(pen);
    chart.ends(pen, &ends);
    let axis = top + rows;
    if has_axis {
        chart.axis(pen, axis);
    }
    chart.times(pen, axis + usize::from(has_axis), cursor);
    if let Some(cursor) = cursor {
        chart.crosshair(pen, cursor);
    }
    flow(pen, pen.height() - footer_rows, footer_rows, &footer);
}

impl Chart<'_> {
    /// Returns the share of the width at which a period stands.
    fn across(&self, period: usize) -> f64 {
        let (Some(first), Some(last)) = (self.trend.periods.first(), self.trend.periods.last())
        else {
            return 0.0;
        };
        let Some(here) = self.trend.periods.get(period).filter(|_| first != last) else {
            return 0.5;
        };
        whole_seconds(seconds(*here) - seconds(*first))
            / whole_seconds(seconds(*last) - seconds(*first))
    }

    /// Returns the dot at which a period and a value stand.
    fn dot(&self, period: usize, value: f64) -> (usize, usize) {
        let last = |cells: usize, dots: usize| whole((cells * dots).saturating_sub(1));
        let across = self.across(period) * last(self.columns, self.dots.0);
        let down = (1.0 - self.scale.share(value)) * last(self.rows, self.dots.1);
        (cells(across), cells(down))
    }

    /// Returns the column of the cell that holds a period's dots.
    fn column(&self, period: usize) -> usize {
        self.dot(period, 0.0).0 / self.dots.0
    }

    /// Returns the row of the cell that holds a value's dots.
    fn row(&self, value: f64) -> usize {
        self.dot(0, value).1 / self.dots.1
    }

    fn gutter(&self, pen: &mut Pen<'_>, labels: &[String]) {
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

    /// Shades the interval of the only line.
    fn band(&self, pen: &mut Pen<'_>) {
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

    fn goals(&self, pen: &mut Pen<'_>) {
        for goal in drawn_goals(self.trend, self.lines) {
            let (_, ink) = super::goal_mark(goal.state, pen.style);
            let y = self.top + self.row(goal.at());
            for x in 0..self.columns {
                pen.glyph(self.left + x, y, "╌", ink);
            }
        }
    }

    fn notes(&self, pen: &mut Pen<'_>) {
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

    fn strokes(&self, pen: &mut Pen<'_>) {
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
    fn ends(&self, pen: &mut Pen<'_>, ends: &[End]) {
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

    fn axis(&self, pen: &mut Pen<'_>, y: usize) {
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

    fn times(&self, pen: &mut Pen<'_>, y: usize, cursor: Option<Cursor>) {
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

    /// Draws the cursor and the values under it.
    fn crosshair(&self, pen: &mut Pen<'_>, cursor: Cursor) {
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

fn scale(trend: &Trend, lines: &[Line], rows: usize) -> Option<Scale> {
    let look = lines
        .first()
        .map_or_else(Look::default, |line| line.measure.look.clone());
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
        values.chain(edges).chain(goals.map(GoalCheck::at)),
        &look,
        (rows / 3).clamp(2, 6),
    )
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of the calendar are far below 2^53"
)]
fn whole_seconds(seconds: i64) -> f64 {
    seconds as f64
}
