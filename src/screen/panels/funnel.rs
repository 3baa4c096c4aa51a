//! Steps as bars, with who was lost between them.
//!
//! ```text
//! step                               customers   of first  of step before  median
//! visit     ████████████████████████    18,204    100%
//!           ▼ 6,808 lost (37.4%) · 312 still have time
//! signup    ██████████████▋             11,084   60.9%              60.9%      2h
//! ```

use super::fields::{Field, GAP, Side, beside_bars, entries, heads};
use super::scroll;
use crate::panels::funnel::Step;
use crate::panels::goal::target_text;
use crate::panels::number::{count, duration, percent};
use crate::panels::{Cursor, Funnel};
use crate::screen::number::{MISSING, fit_count, whole};
use crate::screen::pen::Pen;
use crate::screen::style::Ink;

const LEAST_BAR: usize = 14;

/// Draws the steps, and where there is room the losses between them.
pub fn draw(funnel: &Funnel, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let has_head = pen.height() >= 4;
    let rows = pen.height() - usize::from(has_head);
    let losses = funnel.segments.is_empty() && rows + 1 >= funnel.steps.len() * 2;
    let visible = if losses { funnel.steps.len() } else { rows };
    let top = scroll(cursor, visible, funnel.steps.len());
    let shown = &funnel.steps[top..(top + visible).min(funnel.steps.len())];
    let mut names = names(funnel, shown, pen);
    let mut fields = fields(funnel, top, shown, pen);
    let most_names = (pen.width() / 3).max(8);
    names[0].width = names[0].width.min(most_names).min(pen.width());
    // The count and its share of the first step are never dropped.
    let (left, room) = beside_bars(&mut names, &mut fields, 2, LEAST_BAR, pen);
    if has_head {
        heads(&fields, left + room, 0, pen);
        names[0].head(0, 0, pen.style.faint(), pen);
    }
    let most = funnel
        .steps
        .iter()
        .map(|step| length(funnel, step))
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let mut y = usize::from(has_head);
    for (row, step) in shown.iter().enumerate() {
        let here = cursor.filter(|cursor| cursor.row == top + row);
        let on_bar =
            here.is_some_and(|cursor| cursor.column == 0 || !losses || step.lost.is_none());
        let ink = if on_bar {
            pen.style.selected()
        } else {
            pen.style.plain()
        };
        let mut x = 0;
        for name in &names {
            name.entry(row, x, y, ink, pen);
            x += name.width + GAP;
        }
        if on_bar && !names[0].entries[row].is_empty() {
            pen.paint(0, y, names[0].width, ink);
        }
        bar(
            funnel,
            step,
            (left, y),
            length(funnel, step) / most * whole(room),
            pen,
        );
        entries(&fields, row, (left + room, y), None, pen);
        y += 1;
        if losses && top + row + 1 < funnel.steps.len() {
            let ink = if here.is_some() && !on_bar {
                pen.style.selected()
            } else {
                pen.style.faint()
            };
            loss(step, left, y, ink, pen);
            y += 1;
        }
    }
}

/// Returns a bar's length: segments differ in size, so each is drawn as shares of its own first step.
fn length(funnel: &Funnel, step: &Step) -> f64 {
    let length = if funnel.segments.is_empty() {
        step.customers
    } else {
        step.of_first
    };
    length.unwrap_or(0.0).clamp(0.0, 1e300)
}

fn bar(funnel: &Funnel, step: &Step, (x, y): (usize, usize), length: f64, pen: &mut Pen<'_>) {
    let segment = step
        .segment
        .as_ref()
        .and_then(|name| funnel.segments.iter().position(|segment| segment == name));
    let index = segment.unwrap_or(0);
    let ink = if index == 0 {
        pen.style.bar(length)
    } else {
        pen.style.line(index)
    };
    if index.is_multiple_of(2) {
        pen.bar(x, y, length, ink);
    } else {
        pen.light_bar(x, y, length, ink);
    }
}

/// Returns the steps' names and, where there are several, the segments'.
fn names(funnel: &Funnel, shown: &[Step], pen: &Pen<'_>) -> Vec<Field> {
    let first_of_step = |row: usize| row == 0 || shown[row - 1].name != shown[row].name;
    let name = |(row, step): (usize, &Step)| {
        if first_of_step(row) {
            step.name.clone()
        } else {
            String::new()
        }
    };
    let mut names = vec![Field::new(
        "step",
        shown.iter().enumerate().map(name).collect(),
        Side::Left,
        pen,
    )];
    if !funnel.segments.is_empty() {
        let segments = shown
            .iter()
            .map(|step| step.segment.clone().unwrap_or_default())
            .collect();
        let mut field = Field::new("", segments, Side::Left, pen);
        field.width = field.width.min(pen.width() / 6);
        names.push(field);
    }
    names
}

fn fields(funnel: &Funnel, top: usize, shown: &[Step], pen: &Pen<'_>) -> Vec<Field> {
    let share = |share: Option<f64>| share.map_or(String::new(), |share| percent(share, 1));
    let customers = |step: &Step| {
        step.customers
            .map_or(MISSING.to_string(), |customers| fit_count(customers, 11))
    };
    let median = |step: &Step| step.median_seconds.map_or(String::new(), duration);
    let column = |title: &str, entries: Vec<String>| Field::new(title, entries, Side::Right, pen);
    let each = |entry: &dyn Fn(&Step) -> String| shown.iter().map(entry).collect::<Vec<_>>();
    let mut fields = vec![
        column(&funnel.measure.label(), each(&customers))
            .inked(vec![pen.style.strong(); shown.len()]),
        column("of first", each(&|step| share(step.of_first))),
        column("of prev", each(&|step| share(step.of_previous))),
        column("median", each(&median)),
    ];
    let goal = |row: usize| {
        let step = &funnel.steps[row];
        let goal = funnel
            .goals
            .iter()
            .find(|goal| goal_step(funnel, goal.row).as_deref() == Some(&step.name))?;
        let (mark, _) = super::goal_mark(goal.state, pen.style);
        let look = crate::queries::Look {
            format: goal_format(&goal.column),
            ..crate::queries::Look::default()
        };
        Some(format!("{mark} {}", target_text(goal.target, &look)))
    };
    let goals = (top..top + shown.len())
        .map(|row| goal(row).unwrap_or_default())
        .collect();
    fields.insert(2, Field::new("goal", goals, Side::Left, pen));
    let first = fields.remove(0);
    let others = fields.into_iter().filter(|field| !field.is_empty());
    std::iter::once(first).chain(others).collect()
}

/// Returns the step that a goal's row of the answer is about.
fn goal_step(funnel: &Funnel, row: Option<usize>) -> Option<String> {
    funnel
        .table
        .column("step")
        .and_then(|column| column.values.get(row?))
        .map(crate::store::Value::text)
}

fn goal_format(column: &str) -> crate::queries::Format {
    match column {
        "conversion" | "from_previous" => crate::queries::Format::Percent,
        "median_seconds" => crate::queries::Format::Duration,
        _ => crate::queries::Format::Auto,
    }
}

fn loss(step: &Step, x: usize, y: usize, ink: Ink, pen: &mut Pen<'_>) {
    let Some(lost) = step.lost else {
        return;
    };
    let share = step
        .lost_share()
        .map_or(String::new(), |share| format!(" ({})", percent(share, 1)));
    let waiting = step.in_window.filter(|waiting| *waiting > 0.0);
    let waiting = waiting.map_or(String::new(), |waiting| {
        format!(" · {} still have time", count(waiting))
    });
    pen.text(
        x,
        y,
        usize::MAX,
        &format!("▼ {} lost{share}{waiting}", count(lost)),
        ink,
    );
}
