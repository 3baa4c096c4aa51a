//! The customer journey as a list, where there is no room for a map: one line a stage or touchpoint.
//!
//! ```text
//! stage           customers  share  metric       value     ±    n
//! Discover            8,400         Signed up    61.0%  ±1.1  840  ✓  ≥ 50%
//! └ Landing page      8,400         Bounce       42.0%  ±2.0  840  ✗  ≤ 40%
//! Try                 5,124  61.0%  NPS      34 points  ±4.6  812  !  ≥ 30
//! ```

use super::bars::heads;
use super::fields::{Field, GAP, Ranked, Side, give_way, total};
use super::journey::value;
use super::{goal_mark, scroll};
use crate::panels::journey::{Journey, Level, Stop};
use crate::panels::number::{self, percent};
use crate::panels::{Cursor, GoalState};
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
        let mut x = name.width;
        for field in &fields {
            // Under the cursor all is one ink: faint text would be patches in the bar.
            let ink = if here {
                pen.style.plain()
            } else {
                ink_of(&field.title, stop, pen.style)
            };
            field.entry(row, x + GAP, y, ink, pen);
            x += field.width + GAP;
        }
        if here {
            pen.paint(0, y, pen.width(), pen.style.selected());
        }
    }
}

fn ink_of(title: &str, stop: &Stop, style: Style) -> Ink {
    match title {
        "value" => style.strong(),
        "" | "goal" => stop.goal.map_or(style.faint(), |(_, state)| match state {
            GoalState::Unknown => style.faint(),
            state => goal_mark(state, style).1,
        }),
        "pain" => style.warning(),
        "customers" | "±" => style.plain(),
        _ => style.faint(),
    }
}

/// Returns the columns of the list.
fn fields(shown: &[Stop], pen: &Pen<'_>) -> Vec<Ranked> {
    let column = |rank, title: &str, side: Side, entry: &dyn Fn(&Stop) -> String| {
        let mut field = Field::new(title, shown.iter().map(entry).collect(), side, pen);
        field.width = field.width.min(MOST_TEXT);
        Ranked { field, rank }
    };
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
        column(0, "customers", Side::Right, &|stop| count(stop.customers)),
        column(3, "share", Side::Right, &share),
        column(2, "metric", Side::Left, &|stop| words(&stop.metric)),
        column(2, "value", Side::Right, &shown_value),
        column(4, "±", Side::Right, &margin),
        column(5, "n", Side::Right, &|stop| count(stop.n)),
        column(1, "", Side::Left, &mark),
        column(6, "goal", Side::Left, &Stop::goal_text),
        column(7, "owner", Side::Left, &|stop| words(&stop.owner)),
        column(8, "pain", Side::Left, &|stop| words(&stop.pain)),
    ];
    fields
        .into_iter()
        .filter(|ranked| !ranked.field.is_empty())
        .collect()
}
