//! A triangle of cohorts and periods, as a heat map that can be read without its colours.
//!
//! ```text
//! cohort       size  w0  w1  w2  w3  w4
//! 2025-09-01  1,204 100  54  41  36 ~29
//! 2025-09-08  1,187 100  52  40 ~35
//! all         2,391 100  53  41  36
//! % of the cohort · ~ not over yet · ≤ 10 ≤ 20 ≤ 30 …
//! ```

use super::scroll;
use crate::panels::number::percent;
use crate::panels::retention::{Average, Cell, Cohort};
use crate::panels::{Cursor, Retention};
use crate::screen::number::{fit_count, whole};
use crate::screen::pen::Pen;
use crate::screen::style::{Colors, Ink};

/// The columns of one cell: a shade or blank, and `100` or `~29`.
const CELL: usize = 4;
const SIZE: usize = 8;

/// Draws the triangle: labels and sizes stay where they are, periods move under them.
pub fn draw(retention: &Retention, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let frame = Frame::new(retention, cursor, pen);
    frame.head(retention, cursor, pen);
    for (row, cohort) in retention
        .cohorts
        .iter()
        .enumerate()
        .skip(frame.top)
        .take(frame.visible)
    {
        let y = frame.first + row - frame.top;
        let here = cursor.filter(|cursor| cursor.row == row);
        let ink = if here.is_some() {
            pen.style.strong()
        } else {
            pen.style.plain()
        };
        frame.label(&name(cohort), cohort.size, y, ink, pen);
        for (column, cell) in cohort
            .cells
            .iter()
            .enumerate()
            .skip(frame.left)
            .take(frame.columns)
        {
            let at = here.is_some_and(|cursor| cursor.column == column);
            let x = frame.x(column);
            match cell {
                Some(cell) => draw_cell(retention, *cell, column, (x, y), pen),
                None if at => _ = pen.text(x, y, CELL, "   .", pen.style.faint()),
                None => {}
            }
            if at {
                pen.paint(
                    x,
                    y,
                    CELL,
                    pen.style
                        .selected()
                        .add_modifier(ratatui::style::Modifier::BOLD),
                );
            }
        }
    }
    if let Some(y) = frame.summary {
        frame.label("all", total(retention), y, pen.style.strong(), pen);
        for (column, average) in retention
            .average
            .iter()
            .enumerate()
            .skip(frame.left)
            .take(frame.columns)
        {
            if let Some(Average { rate, .. }) = average {
                pen.right(
                    frame.x(column) + CELL,
                    y,
                    CELL,
                    &digits(*rate),
                    pen.style.strong(),
                );
            }
        }
    }
    if let Some(y) = frame.legend {
        legend(retention, y, pen);
    }
}

/// Which rows and columns are on show, and where.
struct Frame {
    first: usize,
    top: usize,
    visible: usize,
    left: usize,
    columns: usize,
    names: usize,
    sizes: usize,
    summary: Option<usize>,
    legend: Option<usize>,
}

impl Frame {
    fn new(retention: &Retention, cursor: Option<Cursor>, pen: &Pen<'_>) -> Self {
        let height = pen.height();
        let first = usize::from(height >= 3);
        let cohorts = retention.cohorts.len();
        let has_summary = height >= 5;
        let has_legend = height >= 8;
        let visible =
            (height - first - usize::from(has_summary) - usize::from(has_legend)).min(cohorts);
        let end = first + visible;
        let names = retention
            .cohorts
            .iter()
            .map(|cohort| pen.measure(&name(cohort)))
            .max()
            .unwrap_or(0)
            .max(6);
        let names = names
            .min(pen.width().saturating_sub(2 * CELL).max(6))
            .min(pen.width())
            .min(24);
        let sizes = if pen.width() >= names + SIZE + 2 * CELL {
            SIZE
        } else {
            0
        };
        let room = pen.width().saturating_sub(names + sizes);
        // The mark that there is more takes a column of its own.
        let all_fit = retention.periods.len() * CELL <= room;
        let columns = if all_fit {
            room
        } else {
            room.saturating_sub(1)
        } / CELL;
        // The cursor's column is always among those on show.
        let at = cursor.map_or(0, |cursor| {
            cursor.column.min(retention.periods.len().saturating_sub(1))
        });
        let left = (at + 1).saturating_sub(columns.max(1));
        Self {
            first,
            top: scroll(cursor, visible, cohorts),
            visible,
            left,
            columns,
            names,
            sizes,
            summary: has_summary.then_some(end),
            legend: has_legend.then_some(end + 1),
        }
    }

    fn x(&self, column: usize) -> usize {
        self.names + self.sizes + (column - self.left) * CELL
    }

    fn head(&self, retention: &Retention, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
        if self.first == 0 {
            return;
        }
        let faint = pen.style.faint();
        pen.text(0, 0, self.names, "cohort", faint);
        if self.sizes > 0 {
            pen.right(self.names + SIZE - 1, 0, SIZE - 1, "size", faint);
        }
        for (column, period) in retention
            .periods
            .iter()
            .enumerate()
            .skip(self.left)
            .take(self.columns)
        {
            let here = cursor.is_some_and(|cursor| cursor.column == column);
            let ink = if here { pen.style.strong() } else { faint };
            let label = format!("{}{period}", retention.step.letter());
            let label = if label.len() < CELL {
                label
            } else {
                period.to_string()
            };
            pen.right(self.x(column) + CELL, 0, CELL - 1, &label, ink);
        }
        let hidden = retention
            .periods
            .len()
            .saturating_sub(self.left + self.columns);
        if hidden > 0 || self.left > 0 {
            let mark = if hidden > 0 { "→" } else { "←" };
            pen.right(pen.width(), 0, 1, mark, pen.style.accent());
        }
    }

    fn label(&self, name: &str, size: Option<f64>, y: usize, ink: Ink, pen: &mut Pen<'_>) {
        pen.text(0, y, self.names, name, ink);
        if self.sizes > 0 {
            let size = size.map_or(String::new(), |size| fit_count(size, SIZE - 2));
            pen.right(self.names + SIZE - 1, y, SIZE - 1, &size, ink);
        }
    }
}

fn draw_cell(
    retention: &Retention,
    cell: Cell,
    column: usize,
    (x, y): (usize, usize),
    pen: &mut Pen<'_>,
) {
    let Some(rate) = cell.rate else {
        pen.right(x + CELL, y, CELL, "n/a", pen.style.faint());
        return;
    };
    let text = if cell.complete {
        digits(rate)
    } else {
        format!("~{}", digits(rate))
    };
    let style = pen.style;
    // The colour of a period that is not over would be that of a bad one.
    if retention.periods[column] < 1 || !cell.complete {
        pen.right(
            x + CELL,
            y,
            CELL,
            &text,
            if cell.complete {
                style.plain()
            } else {
                style.faint()
            },
        );
        return;
    }
    let heat = style.heat(style.heat_step(rate / retention.ramp_top));
    pen.text(x, y, 1, heat.shade, heat.ink);
    pen.paint(x, y, CELL, heat.ink);
    pen.right(x + CELL, y, CELL, &text, heat.ink);
}

/// Returns a rate in at most three columns, never rounded to nothing or to all.
fn digits(rate: f64) -> String {
    let text = percent(rate, 0);
    let text = text.trim_end_matches('%');
    if text.len() <= 3 {
        text.to_string()
    } else {
        "#".to_string()
    }
}

fn name(cohort: &Cohort) -> String {
    cohort.segment.as_ref().map_or_else(
        || cohort.label.clone(),
        |segment| format!("{segment} {}", cohort.label),
    )
}

fn total(retention: &Retention) -> Option<f64> {
    let sizes: Vec<f64> = retention
        .cohorts
        .iter()
        .filter_map(|cohort| cohort.size)
        .collect();
    (!sizes.is_empty()).then(|| sizes.iter().sum())
}

/// Says what the cells, marks and colours mean.
fn legend(retention: &Retention, y: usize, pen: &mut Pen<'_>) {
    let style = pen.style;
    let faint = style.faint();
    let mut x = pen.text(0, y, usize::MAX, "% of cohort from ", faint);
    for step in 0..style.heat_steps() {
        let heat = style.heat(step);
        let low = retention.ramp_top * whole(step) / whole(style.heat_steps());
        let text = format!(" {:.0}", low * 100.0);
        if x + 4 > pen.width() {
            return;
        }
        pen.text(x, y, 1, heat.shade, heat.ink);
        pen.paint(x, y, CELL, heat.ink);
        pen.right(
            x + CELL,
            y,
            CELL - usize::from(style.colors == Colors::None),
            &text,
            heat.ink,
        );
        x += CELL;
    }
    let open = retention
        .cohorts
        .iter()
        .flat_map(|cohort| cohort.cells.iter().flatten())
        .any(|cell| !cell.complete);
    let words = if open {
        " up · ~ not over yet, not in all"
    } else {
        " up"
    };
    let short = if open { " · ~ not over" } else { "" };
    let fits = pen.measure(words) <= pen.width().saturating_sub(x);
    pen.text(x, y, usize::MAX, if fits { words } else { short }, faint);
}
