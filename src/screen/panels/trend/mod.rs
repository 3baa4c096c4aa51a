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
//!
//! ```text
//! axes   the gutter with its numbers, the periods below     band    the interval around a line
//! lines  strokes, points, and what stands at their ends     guides  goals, notes and the cursor
//! ```
//!
//! Invariant: where a period or a value stands is asked of the chart; no part finds its own place.

mod axes;
mod band;
mod guides;
mod lines;

use super::dots::per_cell;
use super::legend::{ends, flow, footer, footer_rows};
use super::scale::Scale;
use super::spark;
use crate::panels::period::seconds;
use crate::panels::trend::Line;
use crate::panels::{Cursor, Trend};
use crate::screen::number::{cells, whole};
use crate::screen::pen::Pen;

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
    let Some(scale) = axes::scale(trend, lines, rows) else {
        pen.text(
            0,
            0,
            usize::MAX,
            "no values in these periods",
            pen.style.faint(),
        );
        return;
    };
    let labels = axes::labels(&scale, lines);
    let left = axes::gutter_width(&labels, pen);
    let ends = ends(trend, lines, pen);
    let right = lines::ends_width(&ends, pen);
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
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of the calendar are far below 2^53"
)]
fn whole_seconds(seconds: i64) -> f64 {
    seconds as f64
}
