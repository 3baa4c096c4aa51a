//! The customer journey as a list, where there is no room for a map: one line a stage or touchpoint.
//!
//! ```text
//! stage           customers  share  metric       value     ±    n
//! Discover            8,400         Signed up    61.0%  ±1.1  840  ✓  ≥ 50%
//! └ Landing page      8,400         Bounce       42.0%  ±2.0  840  ✗  ≤ 40%
//! Try                 5,124  61.0%  NPS      34 points  ±4.6  812  !  ≥ 30
//! ```

use super::fields::{Field, Ranked, Side, entries, give_way, heads, total};
use super::journey::value;
use super::{goal_mark, scroll};
use crate::panels::Cursor;
use crate::panels::journey::{Journey, Level, Stop};
use crate::panels::number::{self, percent};
use crate::screen::number::fit_count;
use crate::screen::pen::Pen;
use crate::screen::style::{Ink, Style};

const MOST_TEXT: usize = 40;

/// Draws one line a stop.
pub fn draw(journey: &Journey, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let has_head = pen.height() >= 4;
    let visible = pen.height() - usize::from(has_head);
    let top = scroll(cursor, visible, journey.stops.len());
    let end = (top + visible).min(journey.stops.len());
    let shown = &journey.stops[top..end];
    let label = |row: usize| match journey.stops[row].level {
        Level::Stage => journey.stops[row].name.clone(),
        Level::Touchpoint => {
            let next = journey.stops.get(row + 1);
            let last = next.is_none_or(|next| next.level == Level::Stage);
            format!(
                "{} {}",
                if last { "└" } else { "├" },
                journey.stops[row].name
            )
        }
    };
    let mut name = Field::new("stage", (top..end).map(label).collect(), Side::Left, pen);
    name.width = name.width.min((pen.width() / 3).max(10)).min(pen.width());
    let room = pen.width().saturating_sub(name.width);
    let mut fields = give_way(fields(shown, pen), room, pen);
    if !fields.iter().any(|field| field.title == "value") {
        // The name of a number that has no room says nothing.
        fields.retain(|field| field.title != "metric");
    }
    name.width = name.width.min(pen.width().saturating_sub(total(&fields)));
    if has_head {
        name.head(0, 0, pen.style.faint(), pen);
        heads(&fields, name.width, 0, pen);
    }
    for (row, stop) in shown.iter().enumerate() {
        let y = row + usize::from(has_head);
        let here = cursor.is_some_and(|cursor| cursor.row == top + row);
        let ink = match stop.level {
            Level::Stage => pen.style.strong(),
            Level::Touchpoint => pen.style.plain(),
        };
        name.entry(row, 0, y, ink, pen);
        // Under the cursor all is one ink: faint text would be patches in the bar.
        let only = here.then_some(pen.style.plain());
        entries(&fields, row, (name.width, y), only, pen);
        if here {
            pen.paint(0, y, pen.width(), pen.style.selected());
        }
    }
}

fn goal_ink(stop: &Stop, style: Style) -> Ink {
    let ink = stop.goal.map(|(_, state)| goal_mark(state, style).1);
    ink.unwrap_or(style.faint())
}

/// Returns the columns of the list.
fn fields(shown: &[Stop], pen: &Pen<'_>) -> Vec<Ranked> {
    type Inked = fn(&Stop, Style) -> Ink;
    let column = |rank, title: &str, side: Side, entry: &dyn Fn(&Stop) -> String, ink: Inked| {
        let inks = shown.iter().map(|stop| ink(stop, pen.style)).collect();
        let mut field = Field::new(title, shown.iter().map(entry).collect(), side, pen);
        field.width = field.width.min(MOST_TEXT);
        Ranked {
            field: field.inked(inks),
            rank,
        }
    };
    let (plain, faint): (Inked, Inked) = (|_, style| style.plain(), |_, style| style.faint());
    let (strong, warning): (Inked, Inked) = (|_, style| style.strong(), |_, style| style.warning());
    let share = |stop: &Stop| stop.share.map_or(String::new(), |share| percent(share, 1));
    let margin = |stop: &Stop| {
        let margin = stop.margin.map(|margin| number::margin(margin, &stop.look));
        margin.unwrap_or_default()
    };
    let count = |count: Option<f64>| count.map_or(String::new(), |count| fit_count(count, 9));
    let words = |text: &Option<String>| text.clone().unwrap_or_default();
    let mark = |stop: &Stop| {
        let goal = stop.goal.filter(|_| stop.problem.is_none());
        goal.map_or(String::new(), |(_, state)| {
            goal_mark(state, pen.style).0.to_string()
        })
    };
    let shown_value = |stop: &Stop| stop.metric.as_ref().map_or(String::new(), |_| value(stop));
    let fields = vec![
        column(
            0,
            "customers",
            Side::Right,
            &|stop| count(stop.customers),
            plain,
        ),
        column(3, "share", Side::Right, &share, faint),
        column(2, "metric", Side::Left, &|stop| words(&stop.metric), faint),
        column(2, "value", Side::Right, &shown_value, strong),
        column(4, "±", Side::Right, &margin, plain),
        column(5, "n", Side::Right, &|stop| count(stop.n), faint),
        column(1, "", Side::Left, &mark, goal_ink),
        column(6, "goal", Side::Left, &Stop::goal_text, goal_ink),
        column(7, "owner", Side::Left, &|stop| words(&stop.owner), faint),
        column(8, "pain", Side::Left, &|stop| words(&stop.pain), warning),
    ];
    fields
        .into_iter()
        .filter(|ranked| !ranked.field.is_empty())
        .collect()
}
