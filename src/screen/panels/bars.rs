//! A bar for each label, with its number, ±, n and whatever else the query returns.
//!
//! ```text
//! touchpoint  nps                           ±    n
//! checkout    ██████████████▌╌╌┤       41   ±5  812
//! support     ███▏╌╌╌╌┤                 9  ±12  140
//! ```

use super::fields::{Field, Side, beside_bars, entries, heads};
use super::scroll;
use crate::panels::bars::{Bar, Bars, Extra};
use crate::panels::goal::target_text;
use crate::panels::{Cursor, number};
use crate::screen::number::{MISSING, cells, fit, fit_count, whole};
use crate::screen::pen::Pen;
use crate::store::Value;

/// A bar shorter than this says nothing.
const LEAST_BAR: usize = 8;
const MOST_NUMBER: usize = 12;
const MOST_TEXT: usize = 24;

/// Draws the bars.
pub fn draw(bars: &Bars, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let has_head = pen.height() >= 4;
    let visible = pen.height() - usize::from(has_head);
    let top = scroll(cursor, visible, bars.bars.len());
    let shown = &bars.bars[top..(top + visible).min(bars.bars.len())];
    let names: Vec<String> = shown.iter().map(|bar| bar.label.clone()).collect();
    let mut name = Field::new(bars.label_name.replace('_', " "), names, Side::Left, pen);
    name.width = name.width.min((pen.width() / 3).max(8)).min(pen.width());
    let mut fields = fields(bars, top, shown, pen);
    // ± and n are the last to go: a number without them says too much.
    let keep = 1 + fields
        .iter()
        .skip(1)
        .take_while(|field| ["±", "n"].contains(&field.title.as_str()))
        .count();
    let names = std::slice::from_mut(&mut name);
    let (left, room) = beside_bars(names, &mut fields, keep, LEAST_BAR, pen);
    let axis = Axis::over(&bars.bars, left, room);
    if has_head {
        let faint = pen.style.faint();
        name.head(0, 0, faint, pen);
        heads(&fields, left + room, 0, pen);
    }
    for (row, bar) in shown.iter().enumerate() {
        let y = row + usize::from(has_head);
        let here = cursor.is_some_and(|cursor| cursor.row == top + row);
        let (ink, strong) = (pen.style.plain(), pen.style.strong());
        name.entry(row, 0, y, if here { strong } else { ink }, pen);
        axis.bar(bar, y, pen);
        entries(&fields, row, (left + room, y), here.then_some(strong), pen);
        if here {
            pen.paint(0, y, name.width, pen.style.selected());
        }
    }
}

/// Returns the fields beside the bars: the number, ±, n, goals, then the query's other columns.
fn fields(bars: &Bars, top: usize, shown: &[Bar], pen: &Pen<'_>) -> Vec<Field> {
    let look = &bars.measure.look;
    let number = |bar: &Bar| {
        bar.value
            .map_or(MISSING.to_string(), |value| fit(value, look, MOST_NUMBER))
    };
    let margin = |bar: &Bar| {
        bar.margin
            .map_or(String::new(), |margin| number::margin(margin, look))
    };
    let n = |bar: &Bar| bar.n.map_or(String::new(), |n| fit_count(n, 9));
    let column = |entries: Vec<String>, title: &str| Field::new(title, entries, Side::Right, pen);
    let mut fields = vec![
        column(shown.iter().map(number).collect(), &bars.measure.label()).inked(vec![
            pen.style
                .strong();
            shown.len()
        ]),
    ];
    fields.push(column(shown.iter().map(margin).collect(), "±"));
    fields.push(column(shown.iter().map(n).collect(), "n"));
    let goal = |row: usize| {
        let goal = bars
            .goals
            .iter()
            .find(|goal| goal.row == Some(row) && goal.column == bars.measure.name);
        goal.map_or(String::new(), |goal| {
            let (mark, _) = super::goal_mark(goal.state, pen.style);
            format!("{mark} {}", target_text(goal.target, look))
        })
    };
    fields.push(Field::new(
        "goal",
        (0..shown.len()).map(|row| goal(top + row)).collect(),
        Side::Left,
        pen,
    ));
    for extra in &bars.extras {
        let entries = (top..top + shown.len())
            .map(|row| extra_text(extra, row))
            .collect();
        let side = if extra.numeric {
            Side::Right
        } else {
            Side::Left
        };
        let mut field = Field::new(extra.measure.label(), entries, side, pen);
        field.width = field.width.min(MOST_TEXT);
        fields.push(field);
    }
    let first = fields.remove(0);
    let others = fields.into_iter().filter(|field| !field.is_empty());
    std::iter::once(first).chain(others).collect()
}

fn extra_text(extra: &Extra, row: usize) -> String {
    let value = extra.values.get(row).unwrap_or(&Value::Null);
    match value.number() {
        Some(number) => fit(number, &extra.measure.look, MOST_NUMBER),
        None if *value == Value::Null => "–".to_string(),
        None => value.text(),
    }
}

/// Where zero is, and how long one unit.
struct Axis {
    zero: usize,
    left: usize,
    room: usize,
    per_cell: f64,
}

impl Axis {
    /// Returns the axis that holds every bar with its whisker.
    fn over(bars: &[Bar], left: usize, room: usize) -> Self {
        let reach = |bar: &Bar| {
            let value = bar.value.unwrap_or(0.0);
            let margin = bar.margin.unwrap_or(0.0).abs() * if value < 0.0 { -1.0 } else { 1.0 };
            [value, value + margin].map(|edge| edge.clamp(-1e300, 1e300))
        };
        let edges: Vec<f64> = bars.iter().flat_map(reach).collect();
        let low = edges.iter().copied().fold(0.0, f64::min);
        let high = edges.iter().copied().fold(0.0, f64::max);
        let span = high - low;
        let per_cell = if span > 0.0 {
            span / whole(room.max(1))
        } else {
            1.0
        };
        let below = if low < 0.0 {
            cells(-low / per_cell).clamp(1, room.max(1))
        } else {
            0
        };
        Self {
            zero: left + below.min(room),
            left,
            room,
            per_cell,
        }
    }

    fn bar(&self, bar: &Bar, y: usize, pen: &mut Pen<'_>) {
        let (Some(value), true) = (bar.value, self.room > 0) else {
            return;
        };
        let style = pen.style;
        let length = (value.abs() / self.per_cell).min(whole(self.room));
        let reach = bar
            .margin
            .map(|margin| ((value.abs() + margin.abs()) / self.per_cell).min(whole(self.room)));
        let ends = (cells(length.ceil()), reach.map(cells));
        if value >= 0.0 {
            pen.bar(self.zero, y, length, style.bar(value));
            if let (from, Some(to)) = ends {
                self.whisker(self.zero + from, self.zero + to, y, pen);
            }
        } else {
            pen.bar_left(
                self.zero,
                y,
                length.min(whole(self.zero - self.left)),
                style.bar(value),
            );
            if let (from, Some(to)) = ends {
                let far = self.zero.saturating_sub(to).max(self.left);
                for x in far..self.zero.saturating_sub(from) {
                    pen.glyph(x, y, if x == far { "├" } else { "╌" }, style.faint());
                }
            }
        }
    }

    fn whisker(&self, from: usize, to: usize, y: usize, pen: &mut Pen<'_>) {
        let to = to.min(self.left + self.room);
        for x in from..to {
            pen.glyph(x, y, if x + 1 == to { "┤" } else { "╌" }, pen.style.faint());
        }
    }
}
