//! Many numbers judged alike, one a row: how sure each is, against its goal and against the time before.

use super::columns::{Columns, Measure, explained, number_at, text_at};
use super::goal::{self, GoalCheck, GoalState, judge, target_text};
use super::number;
use super::value::{Change, FEW};
use crate::error::Result;
use crate::queries::{Better, Format, Header, Look, Target};
use crate::store::{Column, Table};

/// Many numbers judged alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Scorecard {
    /// The numbers in the query's order.
    pub scores: Vec<Score>,
    /// The targets of the header and those of the rows.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// One row of a scorecard.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// What is measured.
    pub metric: String,
    /// How its numbers are shown: the header's look, with the row's own unit, format and direction.
    pub look: Look,
    /// The number.
    pub value: Option<f64>,
    /// The half-width of its interval.
    pub margin: Option<f64>,
    /// How many answers it comes from.
    pub n: Option<f64>,
    /// Its target, of the header or of the row, and whether it is met.
    pub goal: Option<(Target, GoalState)>,
    /// The comparison with the time before.
    pub change: Option<Change>,
    /// What the query says of the change, where it judges itself.
    pub change_words: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}

impl Score {
    /// Tells whether the number comes from too few answers to lean on.
    #[must_use]
    pub fn is_few(&self) -> bool {
        self.n.is_some_and(|n| n < FEW)
    }

    /// Returns what to think of the change: `better`, `worse`, `no real change`, …; empty where nothing is known.
    #[must_use]
    pub fn change_word(&self) -> &str {
        match (&self.change_words, &self.change) {
            (Some(words), _) => words,
            (None, Some(change)) => change.words(),
            (None, None) => "",
        }
    }

    /// Returns the target as `≥ 40`, without the unit, which stands at the number; empty without a target.
    #[must_use]
    pub fn goal_text(&self) -> String {
        self.goal.map_or(String::new(), |(target, _)| {
            target_text(target, &self.look.without_unit())
        })
    }

    /// Returns how it stands to its target, in words; empty without a target.
    #[must_use]
    pub fn goal_word(&self) -> &'static str {
        self.goal.map_or("", |(_, state)| state.word())
    }
}

impl Scorecard {
    /// Returns the panel of an answer with a metric and a value a row.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let columns = Columns {
            table,
            header,
            needs: "a scorecard needs `metric` and a number column `value`, one row a metric",
        };
        let metric = columns.required("metric")?;
        let value = columns.required_number("value")?;
        let declared = goal::check(header, table, None);
        let scores = (0..table.rows()).map(|row| score(&columns, (metric, value), row, &declared));
        let scores: Vec<Score> = scores.collect();
        Ok(Self {
            goals: goals(declared, &scores),
            scores,
            about: header.about.clone(),
            table: table.clone(),
        })
    }

    pub(super) fn readout(&self, row: usize) -> String {
        let Some(score) = self.scores.get(row) else {
            return self.about.clone();
        };
        let look = &score.look;
        let value = score
            .value
            .map_or("n/a".to_string(), |value| number::exact(value, look));
        let mut parts = vec![format!("{} {value}", score.metric)];
        parts.extend(
            score
                .margin
                .map(|margin| number::exact_margin(margin, look)),
        );
        parts.extend(score.n.map(|n| format!("n={}", number::count(n))));
        if score.goal.is_some() {
            parts.push(format!("goal {} {}", score.goal_text(), score.goal_word()));
        }
        if let Some(change) = &score.change {
            let before = number::exact(change.previous, look);
            let delta = number::exact_difference(change.delta, look);
            parts.push(format!("previous {before}"));
            parts.push(
                format!("{delta} {}", score.change_word())
                    .trim()
                    .to_string(),
            );
        }
        parts.extend(score.owner.as_ref().map(|owner| format!("owner {owner}")));
        explained(&parts, &self.about)
    }
}

fn score(
    columns: &Columns<'_>,
    (metric, value): (&Column, &Column),
    row: usize,
    goals: &[GoalCheck],
) -> Score {
    let text = |name: &str| text_at(columns.table.column(name), row);
    let number = |name: &str| number_at(columns.number(name), row);
    let mut measure = Measure::of(columns.header, &value.name);
    let margin = number_at(columns.margin(&measure, "margin"), row);
    if let Some(unit) = text("unit") {
        measure.look.unit = unit;
    }
    if let Some(format) = text("format") {
        measure.look.format = Format::named(&format);
    }
    match text("better").as_deref() {
        Some("up") => measure.look.better = Better::Up,
        Some("down") => measure.look.better = Better::Down,
        _ => {}
    }
    let value = number_at(Some(value), row);
    let declared = goals.iter().find(|goal| is_about(goal, row));
    let target = declared.map(|goal| goal.target).or_else(|| {
        number("goal").map(|at| match measure.look.better {
            Better::Down => Target::AtMost(at),
            Better::Up | Better::Neither => Target::AtLeast(at),
        })
    });
    let change = value.and_then(|value| {
        Some(Change::between(
            &measure.look,
            (value, margin),
            (number("previous")?, number("previous_margin")),
            number("previous_n"),
        ))
    });
    Score {
        metric: text_at(Some(metric), row).unwrap_or_default(),
        goal: target.map(|target| {
            let state = declared.map(|goal| goal.state);
            (target, judged(value, margin, target, state))
        }),
        look: measure.look,
        value,
        margin,
        n: number("n"),
        change,
        change_words: text("change"),
        owner: text("owner"),
    }
}

fn is_about(goal: &GoalCheck, row: usize) -> bool {
    goal.row == Some(row) && goal.column.eq_ignore_ascii_case("value")
}

/// A number within its ± of the goal is on neither side of it for sure.
fn judged(
    value: Option<f64>,
    margin: Option<f64>,
    target: Target,
    declared: Option<GoalState>,
) -> GoalState {
    let Some(value) = value else {
        return GoalState::Unknown;
    };
    if margin.is_some_and(|margin| (value - target.at()).abs() <= margin) {
        return GoalState::TooClose;
    }
    declared.unwrap_or_else(|| judge(value, target, None))
}

/// Returns the goals of the header with those of the rows. What the picture says of a number counts for both.
fn goals(declared: Vec<GoalCheck>, scores: &[Score]) -> Vec<GoalCheck> {
    let mut goals = declared;
    for (row, score) in scores.iter().enumerate() {
        let Some((target, state)) = score.goal else {
            continue;
        };
        match goals.iter_mut().find(|goal| is_about(goal, row)) {
            Some(goal) => goal.state = state,
            None => goals.push(GoalCheck {
                name: score.metric.clone(),
                column: "value".to_string(),
                row: Some(row),
                target,
                due: None,
                value: score.value,
                state,
            }),
        }
    }
    goals
}
