//! The JSON that tells an analysis what its call asks: which fields it has, and how their values are written in SQL.

use std::ops::Range;

use super::TODAY;
use super::asked::Asked;
use super::writing::Writing;
use crate::store::functions::catalog::Analysis;
use crate::store::sql_error::SqlError;

/// How the value of an argument is written for JSON.
#[derive(Clone, Copy)]
pub enum Form {
    Boolean,
    Integer,
    Integers,
    Text,
    Texts,
    /// A moment of the workspace's zone, in microseconds of UTC.
    Moment,
    /// A time on the wall, in microseconds.
    Wall,
    /// A length of time in microseconds.
    Length,
}

impl Form {
    /// Returns what stands before the value and behind it.
    fn around(self) -> (&'static str, &'static str) {
        match self {
            Self::Boolean => ("CAST((", ") AS BOOLEAN)"),
            Self::Integer => ("CAST((", ") AS BIGINT)"),
            Self::Integers => ("CAST((", ") AS BIGINT[])"),
            Self::Text => ("CAST((", ") AS VARCHAR)"),
            Self::Texts => ("CAST((", ") AS VARCHAR[])"),
            Self::Moment => ("epoch_us(_cxtop_moment(", "))"),
            Self::Wall => ("epoch_us(CAST((", ") AS TIMESTAMP))"),
            Self::Length => ("epoch_us(CAST((", ") AS INTERVAL))"),
        }
    }
}

/// The value of a field of the JSON.
pub enum Field {
    /// This text of SQL.
    Written(String),
    /// An argument.
    Given(Range<usize>, Form),
    /// A list of these texts.
    Texts(Vec<Range<usize>>),
}

/// The arguments whose field of the JSON has the same name, whatever the function.
pub const SAME_NAME: &[(&str, Form)] = &[
    ("since", Form::Moment),
    ("until", Form::Moment),
    ("top", Form::Integer),
    ("mode", Form::Text),
    ("entries", Form::Text),
    ("exclusion", Form::Text),
    ("excluding_between", Form::Integers),
    ("first_time", Form::Integers),
    ("attribution", Form::Text),
    ("period", Form::Text),
    ("periods", Form::Integer),
    ("cohort", Form::Text),
    ("criterion", Form::Text),
    ("windows", Form::Text),
    ("brackets", Form::Integers),
    ("rolling", Form::Integer),
    ("at_least", Form::Boolean),
    ("gap", Form::Length),
    ("step", Form::Integer),
    ("outcome", Form::Text),
    ("cohort_start", Form::Wall),
    ("state", Form::Text),
    ("active_periods", Form::Integer),
    ("position", Form::Integer),
    ("from_node", Form::Text),
    ("to_node", Form::Text),
    ("segment", Form::Text),
];

impl Writing<'_> {
    /// Writes the JSON of what the call asks.
    pub fn spec(&mut self, analysis: Analysis, asked: &Asked) -> Result<(), SqlError> {
        let start = self.lowered.sql.len();
        self.spec_expression(asked)?;
        let expression = self.lowered.sql[start..].to_string();
        self.lowered.specs.push((analysis, expression));
        Ok(())
    }

    fn spec_expression(&mut self, asked: &Asked) -> Result<(), SqlError> {
        self.write("CAST(to_json({");
        for (key, field) in &asked.fields {
            self.write(&format!("'{key}': "));
            self.field(field)?;
            self.write(", ");
        }
        self.write(&format!(
            "'now': epoch_us(_cxtop_moment(CAST(getvariable('{TODAY}') AS DATE)))}}) AS VARCHAR)"
        ));
        Ok(())
    }

    fn field(&mut self, field: &Field) -> Result<(), SqlError> {
        match field {
            Field::Written(text) => self.write(text),
            Field::Given(value, form) => self.cast(value, *form)?,
            Field::Texts(values) => {
                self.write("[");
                for value in values {
                    self.cast(value, Form::Text)?;
                    self.write(", ");
                }
                self.write("]");
            }
        }
        Ok(())
    }

    fn cast(&mut self, value: &Range<usize>, form: Form) -> Result<(), SqlError> {
        let (before, after) = form.around();
        // A value that cannot be cast is wrong itself, not the call.
        let outer = std::mem::replace(&mut self.call, value.clone());
        let written = self.around(before, value, after);
        self.call = outer;
        written
    }
}
