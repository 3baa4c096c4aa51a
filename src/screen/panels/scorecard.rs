//! Many numbers judged alike: value, ±, n, goal, change, each with its word.
//!
//! ```text
//! metric              value     ±    n  goal     standing          change  verdict
//! NPS           34.1 points  ±4.6  812  ≥ 30  ?  too close to say    ▲ +3.1  no real change
//! First answer       26.2 h        318  ≤ 4   ✗  missed             ▲ +22.1  worse
//! ```

use super::fields::{Field, Ranked, Side, entries, give_way, heads, total};
use super::{goal_mark, scroll};
use crate::panels::Cursor;
use crate::panels::number::{difference, margin};
use crate::panels::scorecard::{Score, Scorecard};
use crate::panels::value::{Evidence, Verdict};
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
    for row in 0..shown.len() {
        let y = row + usize::from(has_head);
        let here = cursor.is_some_and(|cursor| cursor.row == top + row);
        name.entry(row, 0, y, pen.style.plain(), pen);
        // Under the cursor all is one ink: faint text would be patches in the bar.
        let only = here.then_some(pen.style.plain());
        entries(&fields, row, (name.width, y), only, pen);
        if here {
            pen.paint(0, y, pen.width(), pen.style.selected());
        }
    }
}

/// Returns the columns beside the names. The mark of the goal stays where its words have to go.
fn fields(shown: &[Score], pen: &Pen<'_>) -> Vec<Ranked> {
    type Inked = fn(&Score, Style) -> Ink;
    let field = |rank, title: &str, side, entry: &dyn Fn(&Score) -> String, ink: Inked| {
        let inks = shown.iter().map(|score| ink(score, pen.style)).collect();
        let entries = shown.iter().map(entry).collect();
        Ranked {
            field: Field::new(title, entries, side, pen).inked(inks),
            rank,
        }
    };
    let (plain, faint): (Inked, Inked) = (|_, style| style.plain(), |_, style| style.faint());
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
    let word = |score: &Score| score.goal_word().to_string();
    let mark = |score: &Score| {
        let mark = score.goal.map(|(_, state)| goal_mark(state, pen.style).0);
        mark.unwrap_or_default().to_string()
    };
    let change_word = |score: &Score| score.change_word().to_string();
    let owner = |score: &Score| score.owner.clone().unwrap_or_default();
    let fields = vec![
        field(0, "value", Side::Right, &value, value_ink),
        field(1, "±", Side::Right, &around, plain),
        field(2, "n", Side::Right, &n, faint),
        field(4, "goal", Side::Left, &Score::goal_text, faint),
        field(1, "", Side::Left, &mark, goal_ink),
        field(3, "standing", Side::Left, &word, goal_ink),
        field(6, "change", Side::Right, &change, change_ink),
        field(5, "verdict", Side::Left, &change_word, change_ink),
        field(7, "owner", Side::Left, &owner, faint),
    ];
    let said = |ranked: &Ranked| ranked.rank == 0 || !ranked.field.is_empty();
    fields.into_iter().filter(said).collect()
}

fn value_ink(score: &Score, style: Style) -> Ink {
    if score.is_few() || score.value.is_none() {
        style.faint()
    } else {
        style.strong()
    }
}

fn goal_ink(score: &Score, style: Style) -> Ink {
    let ink = score.goal.map(|(_, state)| goal_mark(state, style).1);
    ink.unwrap_or(style.faint())
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
