//! Goals: the targets of a query's header held against its answer.

use jiff::civil::Date;

use super::number;
use crate::queries::{Goal, Header, Look, Target, find_row};
use crate::store::{Table, Value};

/// A goal and whether the answer meets it.
#[derive(Clone, Debug, PartialEq)]
pub struct GoalCheck {
    /// The goal's name.
    pub name: String,
    /// The column it is about.
    pub column: String,
    /// The row it is about, if the answer has it.
    pub row: Option<usize>,
    /// The target.
    pub target: Target,
    /// When it is due.
    pub due: Option<Date>,
    /// The number found, never rounded.
    pub value: Option<f64>,
    /// Whether the number meets the target.
    pub state: GoalState,
}

/// Whether a goal is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalState {
    /// The target is met.
    Met,
    /// The target is met, but the number has reached `warn_at`.
    Warning,
    /// The target is not met.
    Missed,
    /// The target lies within the number's interval, so neither is sure.
    TooClose,
    /// The answer has no such row, or no number there.
    Unknown,
}

impl GoalState {
    /// Returns the word for it: a goal is `met`, `missed`, ….
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Warning => "met, barely",
            Self::Missed => "missed",
            Self::TooClose => "too close to say",
            Self::Unknown => "not measured",
        }
    }
}

/// Returns a target as `≥ 50` or `≤ 3h`.
#[must_use]
pub fn target_text(target: Target, look: &Look) -> String {
    match target {
        Target::AtLeast(at) => format!("≥ {}", number::round(at, look)),
        Target::AtMost(at) => format!("≤ {}", number::round(at, look)),
    }
}

/// Returns every goal of a header held against an answer. A goal that names no row is about `usual_row`.
pub(super) fn check(header: &Header, table: &Table, usual_row: Option<usize>) -> Vec<GoalCheck> {
    header
        .goals
        .iter()
        .map(|goal| check_one(goal, table, usual_row))
        .collect()
}

fn check_one(goal: &Goal, table: &Table, usual_row: Option<usize>) -> GoalCheck {
    let row = if goal.row.is_empty() {
        usual_row.filter(|row| *row < table.rows())
    } else {
        find_row(table, &goal.row)
    };
    let cell = row.and_then(|row| table.column(&goal.column)?.values.get(row));
    let value = cell.and_then(Value::number);
    let state = match value {
        None => GoalState::Unknown,
        Some(value) => judge(value, goal.target, goal.warn_at),
    };
    let (name, column) = (goal.name.clone(), goal.column.clone());
    GoalCheck {
        name,
        column,
        row,
        target: goal.target,
        due: goal.due,
        value,
        state,
    }
}

/// Returns on which side of a target a number is.
pub(super) fn judge(value: f64, target: Target, warn_at: Option<f64>) -> GoalState {
    let (met, near) = match target {
        Target::AtLeast(at) => (value >= at, warn_at.is_some_and(|warn| value <= warn)),
        Target::AtMost(at) => (value <= at, warn_at.is_some_and(|warn| value >= warn)),
    };
    match (met, near) {
        (false, _) => GoalState::Missed,
        (true, true) => GoalState::Warning,
        (true, false) => GoalState::Met,
    }
}
