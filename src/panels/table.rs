//! Any rows and columns.

use super::columns::{Measure, explained};
use super::goal::{self, GoalCheck};
use super::number;
use crate::queries::Header;
use crate::store::{Table, Value};

/// Any rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// For each column, its name and how its values are shown.
    pub measures: Vec<Measure>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

impl Grid {
    /// Returns the panel of any answer.
    pub(super) fn from_table(header: &Header, table: &Table) -> Self {
        let measures = table
            .columns
            .iter()
            .map(|column| Measure::of(header, &column.name))
            .collect();
        let goals = goal::check(header, table, Some(0));
        Self {
            measures,
            goals,
            about: header.about.clone(),
            table: table.clone(),
        }
    }

    /// Returns the row's id where the answer has one, else its first value.
    pub(super) fn row_key(&self, row: usize) -> String {
        let columns = &self.table.columns;
        let id = columns
            .iter()
            .find(|column| column.name.to_lowercase().ends_with("_id"))
            .or(columns.first());
        id.and_then(|column| column.values.get(row))
            .map(Value::text)
            .unwrap_or_default()
    }

    pub(super) fn readout(&self, row: usize, column: usize) -> String {
        let (Some(source), Some(measure)) =
            (self.table.columns.get(column), self.measures.get(column))
        else {
            return self.about.clone();
        };
        let Some(value) = source.values.get(row) else {
            return self.about.clone();
        };
        let text = match value.number() {
            Some(number) => number::exact(number, &measure.look),
            None if *value == Value::Null => "NULL".to_string(),
            None => value.text(),
        };
        let place = format!(
            "row {} of {}",
            row + 1,
            number::count(super::value::count_f64(self.table.rows()))
        );
        let more = if self.table.truncated {
            ", more exist"
        } else {
            ""
        };
        explained(
            &[
                format!("{} {text}", measure.label()),
                format!("{place}{more}"),
            ],
            &self.about,
        )
    }
}
