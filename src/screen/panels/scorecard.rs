//! Many numbers judged alike: value, ±, n, goal, change, each with its word.
//!
//! ```text
//! metric              value     ±    n  goal     standing          change  verdict
//! NPS           34.1 points  ±4.6  812  ≥ 30  ?  too close to say    ▲ +3.1  no real change
//! First answer       26.2 h        318  ≤ 4   ✗  missed             ▲ +22.1  worse
//! ```

use super::bars::heads;
use super::fields::{Field, GAP, Ranked, Side, give_way, total};
use super::scroll;
use crate::panels::number::{difference, margin};
use crate::panels::scorecard::{Score, Scorecard, Standing};
use crate::panels::value::{Evidence, Verdict};
use crate::panels::{Cursor, GoalState};
use crate::queries::Better;
use crate::screen::number::{MISSING, fit, fit_count};
use crate::screen::pen::Pen;
use crate::screen::style::{Ink, Style};

const MOST_NUMBER: usize = 14;
/// A metric's name keeps at least this much.
const LEAST_NAME: usize = 10;

/// Draws the rows that fit.
pub fn draw(card: &Scorecard, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let has_head = pen.height() >= 3;
    let visible = pen.height() - usize::from(has_head);
    let top = scroll(cursor, visible, card.scores.len());
    let shown = &card.scores[top..(top + visible).min(card.scores.len())];
    let names = shown.iter().map(|score| score.metric.clone()).collect();
    let mut name = Field::new("metric", names, Side::Left, pen);
    name.width = name.width.min((pen.width() / 3).max(LEAST_NAME));
    let room = pen.width().saturating_sub(name.width);
    let fields = give_way(fields(shown, pen), room, pen);
    name.width = name.width.min(pen.width().saturating_sub(total(&fields)));
    if has_head {
        name.head(0, 0, pen.style.faint(), pen);
        heads(&fields, name.width, 0, pen);
    }
    for (row, score) in shown.iter().enumerate() {
        let y = row + usize::from(has_head);
        let here = cursor.is_some_and(|cursor| cursor.row == top + row);
        name.entry(row, 0, y, pen.style.plain(), pen);
        let mut x = name.width;
        for field in &fields {
            // Under the cursor all is one ink: faint text would be patches in the bar.
            let ink = if here {
                pen.style.plain()
            } else {
                ink_of(&field.title, score, pen.style)
            };
            field.entry(row, x + GAP, y, ink, pen);
            x += field.width + GAP;
        }
        if here {
            pen.paint(0, y, pen.width(), pen.style.selected());
        }
    }
}

/// Returns the columns beside the names. The mark of the goal stays where its words have to go.
fn fields(shown: &[Score], pen: &Pen<'_>) -> Vec<Ranked> {
    let field = |rank, title: &str, side, entry: &dyn Fn(&Score) -> String| Ranked {
        field: Field::new(title, shown.iter().map(entry).collect(), side, pen),
        rank,
    };
    let value = |score: &Score| {
        score.value.map_or(MISSING.to_string(), |value| {
            fit(value, &score.look, MOST_NUMBER)
        })
    };
    let around = |score: &Score| {
        score
            .margin
            .map_or(String::new(), |at| margin(at, &score.look))
    };
    let n = |score: &Score| score.n.map_or(String::new(), |n| fit_count(n, 9));
    let word = |score: &Score| score.standing.word().to_string();
    let change_word = |score: &Score| score.change_word().to_string();
    let owner = |score: &Score| score.owner.clone().unwrap_or_default();
    let fields = vec![
        field(0, "value", Side::Right, &value),
        field(1, "±", Side::Right, &around),
        field(2, "n", Side::Right, &n),
        field(4, "goal", Side::Left, &Score::goal_text),
        field(1, "", Side::Left, &|score| mark(score).to_string()),
        field(3, "standing", Side::Left, &word),
        field(6, "change", Side::Right, &change),
        field(5, "verdict", Side::Left, &change_word),
        field(7, "owner", Side::Left, &owner),
    ];
    let said = |ranked: &Ranked| ranked.rank == 0 || !ranked.field.is_empty();
    fields.into_iter().filter(said).collect()
}

fn ink_of(title: &str, score: &Score, style: Style) -> Ink {
    match title {
        "value" => value_ink(score, style),
        "±" => style.plain(),
        "" | "standing" => standing_ink(score, style),
        "change" | "verdict" => change_ink(score, style),
        _ => style.faint(),
    }
}

fn value_ink(score: &Score, style: Style) -> Ink {
    if score.is_few() || score.value.is_none() {
        style.faint()
    } else {
        style.strong()
    }
}

fn mark(score: &Score) -> &'static str {
    match score.standing {
        Standing::NoGoal => "",
        Standing::Goal(GoalState::Met) => "✓",
        Standing::Goal(GoalState::Warning) => "!",
        Standing::Goal(GoalState::Missed) => "✗",
        Standing::Goal(GoalState::Unknown) | Standing::TooClose => "?",
    }
}

fn standing_ink(score: &Score, style: Style) -> Ink {
    match score.standing {
        Standing::Goal(state) => super::goal_mark(state, style).1,
        Standing::TooClose => style.plain(),
        Standing::NoGoal => style.faint(),
    }
}

fn change(score: &Score) -> String {
    let Some(change) = &score.change else {
        return String::new();
    };
    let arrow = if change.delta > 0.0 {
        "▲"
    } else if change.delta < 0.0 {
        "▼"
    } else {
        "="
    };
    format!("{arrow} {}", difference(change.delta, &score.look))
}

/// A change that is none must not shout; one that the query judges itself is coloured by its direction.
fn change_ink(score: &Score, style: Style) -> Ink {
    let Some(change) = &score.change else {
        return style.faint();
    };
    let is_none = change.evidence == Evidence::Chance || score.change_word() == "no real change";
    match change.verdict {
        _ if is_none || score.look.better == Better::Neither => style.faint(),
        Verdict::Better => style.good(),
        Verdict::Worse => style.bad(),
        Verdict::Neither => style.plain(),
    }
}
