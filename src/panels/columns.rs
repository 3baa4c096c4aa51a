//! Finds the columns a kind of panel needs, and says which one is missing.

use crate::error::{Error, Result, nearest};
use crate::queries::{Header, Look};
use crate::store::{Column, Table};

/// A number column's name and how its numbers are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measure {
    /// The column's name, or the series' name.
    pub name: String,
    /// How its numbers are shown.
    pub look: Look,
}

impl Measure {
    /// Returns the measure of a column, with what the header says about it.
    pub(super) fn of(header: &Header, name: &str) -> Self {
        let look = header
            .columns
            .iter()
            .find(|(column, _)| column.eq_ignore_ascii_case(name));
        Self {
            name: name.to_string(),
            look: look.map(|(_, look)| look.clone()).unwrap_or_default(),
        }
    }

    /// Returns the name as words: `first_response` reads `first response`.
    #[must_use]
    pub fn label(&self) -> String {
        words(&self.name)
    }
}

/// Returns a column name as words.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A query's answer with what its kind of panel needs from it.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    /// The answer.
    pub table: &'a Table,
    /// What the query says about itself.
    pub header: &'a Header,
    /// What the kind needs, for error messages: `a funnel needs …`.
    pub needs: &'static str,
}

impl<'a> Columns<'a> {
    /// Returns the column of this name, or an error that names it.
    pub fn required(&self, name: &str) -> Result<&'a Column> {
        self.table
            .column(name)
            .ok_or_else(|| self.missing(&format!("column `{name}`"), Some(name)))
    }

    /// Returns the number column of this name, or an error that names it.
    pub fn required_number(&self, name: &str) -> Result<&'a Column> {
        let column = self.required(name)?;
        if holds_numbers(column) {
            return Ok(column);
        }
        let message = format!(
            "column `{name}` is {}, not a number; {}",
            column.sql_type, self.needs
        );
        Err(Error::data(message)
            .help(format!("cast it: `CAST({name} AS DOUBLE) AS {name}`"))
            .rule("column"))
    }

    /// Returns the number column of this name, if there is one.
    pub fn number(&self, name: &str) -> Option<&'a Column> {
        self.table
            .column(name)
            .filter(|column| holds_numbers(column))
    }

    /// Returns the first column that passes a test, or an error that says what was looked for.
    pub fn first(&self, what: &str, test: impl Fn(&Column) -> bool) -> Result<&'a Column> {
        self.table
            .columns
            .iter()
            .find(|column| test(column))
            .ok_or_else(|| self.missing(what, None))
    }

    /// Returns the column that holds the ± of a number column: the one its look names, `NAME_margin`, or `fallback`.
    pub fn margin(&self, of: &Measure, fallback: &str) -> Option<&'a Column> {
        let named = of.look.margin.as_deref().and_then(|name| self.number(name));
        named
            .or_else(|| self.number(&format!("{}_margin", of.name)))
            .or_else(|| self.number(fallback))
    }

    /// Tells whether a number column only says how sure another one is: `n`, `margin` and their relatives.
    pub fn is_support(&self, column: &Column) -> bool {
        self.header.is_support(&column.name)
    }

    fn missing(&self, what: &str, name: Option<&str>) -> Error {
        let names: Vec<&str> = self
            .table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let help = match name.and_then(|name| Some((name, nearest(name, names.iter().copied())?))) {
            Some((name, near)) => format!(
                "rename it: `{near} AS {name}`; the columns are {}",
                names.join(", ")
            ),
            None if names.is_empty() => "the result has no columns".to_string(),
            None => format!(
                "the columns are {}; `kind = \"table\"` shows any result",
                names.join(", ")
            ),
        };
        Error::data(format!("the result has no {what}; {}", self.needs))
            .help(help)
            .rule("column")
    }
}

/// Tells whether a column can be read as numbers; one that is all NULL can.
pub(super) fn holds_numbers(column: &Column) -> bool {
    column.is_number()
        || column
            .values
            .iter()
            .all(|value| *value == crate::store::Value::Null)
}

/// Returns the number in a row of an optional column.
pub(super) fn number_at(column: Option<&Column>, row: usize) -> Option<f64> {
    column?.values.get(row)?.number()
}

/// Returns the text in a row of an optional column; NULL and empty text are none.
pub(super) fn text_at(column: Option<&Column>, row: usize) -> Option<String> {
    column?
        .values
        .get(row)
        .map(crate::store::Value::text)
        .filter(|text| !text.is_empty())
}

/// Returns `a / b`, if that is a number.
pub(super) fn ratio(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let (part, whole) = (part?, whole?);
    (whole > 0.0)
        .then(|| part / whole)
        .filter(|ratio| ratio.is_finite())
}

/// Joins what a readout says with what the query's author says about it.
pub(super) fn explained(parts: &[String], about: &str) -> String {
    let values = parts
        .iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" · ");
    if about.is_empty() {
        values
    } else {
        format!("{values} — {}", about.trim())
    }
}
