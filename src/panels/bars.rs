//! A bar for each label, in the order the query gives, with how sure each is.

use super::columns::{Columns, Measure, explained, number_at};
use super::goal::{self, GoalCheck};
use super::number;
use crate::error::Result;
use crate::queries::Header;
use crate::store::{Column, Table, Value};

/// A bar for each label.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What the labels are.
    pub label_name: String,
    /// What the bars' length is.
    pub measure: Measure,
    /// The bars in the query's order.
    pub bars: Vec<Bar>,
    /// Columns that are shown beside the bars.
    pub extras: Vec<Extra>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is about.
    pub label: String,
    /// Its length; none when the answer has NULL or infinity there.
    pub value: Option<f64>,
    /// The half-width of its interval.
    pub margin: Option<f64>,
    /// How many answers it comes from.
    pub n: Option<f64>,
}

/// A column shown beside the bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra {
    /// What it is.
    pub measure: Measure,
    /// Whether it holds numbers.
    pub numeric: bool,
    /// One value a bar.
    pub values: Vec<Value>,
}

impl Bars {
    /// Returns the panel of an answer with a text and a number column.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let columns = Columns {
            table,
            header,
            needs: "bars need a text column and a number column",
        };
        let label = label_column(&columns)?;
        let is_length = |column: &Column| {
            column.is_number() && !std::ptr::eq(column, label) && !columns.is_support(column)
        };
        // Where there is nothing but n, n is what the bars are about.
        let is_number = |column: &Column| column.is_number() && !std::ptr::eq(column, label);
        let value = columns
            .first("number column", is_length)
            .or_else(|_| columns.first("number column", is_number))?;
        let measure = Measure::of(header, &value.name);
        let margin = columns.margin(&measure, "margin");
        let n = columns
            .number("n")
            .filter(|column| !std::ptr::eq(*column, value));
        let bars = (0..table.rows())
            .map(|row| Bar {
                label: label.values.get(row).map(Value::text).unwrap_or_default(),
                value: number_at(Some(value), row),
                margin: number_at(margin, row),
                n: number_at(n, row),
            })
            .collect();
        let used = [Some(label), Some(value), margin, n];
        let is_used = |column: &&Column| {
            used.iter()
                .flatten()
                .any(|used| std::ptr::eq(*used, *column))
        };
        let extras = table
            .columns
            .iter()
            .filter(|column| !is_used(column))
            .map(|column| Extra {
                measure: Measure::of(header, &column.name),
                numeric: column.is_number(),
                values: column.values.clone(),
            });
        Ok(Self {
            label_name: label.name.clone(),
            measure,
            bars,
            extras: extras.collect(),
            goals: goal::check(header, table, Some(0)),
            about: header.about.clone(),
            table: table.clone(),
        })
    }

    pub(super) fn readout(&self, row: usize) -> String {
        let Some(bar) = self.bars.get(row) else {
            return self.about.clone();
        };
        let look = &self.measure.look;
        let value = bar
            .value
            .map_or("n/a".to_string(), |value| number::exact(value, look));
        let mut parts = vec![format!("{}: {} {value}", bar.label, self.measure.label())];
        parts.extend(bar.margin.map(|margin| number::exact_margin(margin, look)));
        parts.extend(bar.n.map(|n| format!("n={}", number::count(n))));
        parts.extend(
            self.extras
                .iter()
                .map(|extra| format!("{} {}", extra.measure.label(), extra.exact(row))),
        );
        explained(&parts, &self.about)
    }
}

impl Extra {
    fn exact(&self, row: usize) -> String {
        let value = self.values.get(row).unwrap_or(&Value::Null);
        match value.number() {
            Some(number) => number::exact(number, &self.measure.look),
            None if *value == Value::Null => "n/a".to_string(),
            None => value.text(),
        }
    }
}

/// Returns the first text column, or else the first column that is neither a number nor holds NULL alone.
pub(super) fn label_column<'a>(columns: &Columns<'a>) -> Result<&'a Column> {
    columns
        .first("text column", |column| column.sql_type == "VARCHAR")
        .or_else(|_| columns.first("text column", |column| !column.is_number()))
}
