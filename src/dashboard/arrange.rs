//! Sorts and filters the rows of a table for the eye; the answer itself stays as it came.

use std::cmp::Ordering;

use crate::store::{Column, Table, Value};

/// An order of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's name.
    pub column: String,
    /// Which end comes first.
    pub order: Order,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Small before large.
    Rising,
    /// Large before small.
    Falling,
}

impl Order {
    /// Returns the other order.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Rising => Self::Falling,
            Self::Falling => Self::Rising,
        }
    }
}

/// Returns the rows that contain the text, in any column and in any case, in the order asked for. Equal rows keep their
/// order; NULL comes last either way.
#[must_use]
pub fn rows(table: &Table, sort: Option<&Sort>, containing: &str) -> Table {
    let wanted = containing.to_lowercase();
    let contains = |row: usize| {
        wanted.is_empty()
            || table
                .row(row)
                .any(|value| value.text().to_lowercase().contains(&wanted))
    };
    let mut rows: Vec<usize> = (0..table.rows()).filter(|row| contains(*row)).collect();
    if let Some((sort, column)) = sort.and_then(|sort| Some((sort, table.column(&sort.column)?))) {
        rows.sort_by(|one, other| {
            compare(&column.values[*one], &column.values[*other], sort.order)
        });
    }
    let pick = |column: &Column| Column {
        name: column.name.clone(),
        sql_type: column.sql_type.clone(),
        values: rows.iter().map(|row| column.values[*row].clone()).collect(),
    };
    Table {
        columns: table.columns.iter().map(pick).collect(),
        truncated: table.truncated,
        remarks: table.remarks.clone(),
    }
}

fn compare(one: &Value, other: &Value, order: Order) -> Ordering {
    let nulls_last = (*one == Value::Null).cmp(&(*other == Value::Null));
    let rising = || match (one.number(), other.number()) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        _ => match (one.time(), other.time()) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => one.text().cmp(&other.text()),
        },
    };
    nulls_last.then_with(|| match order {
        Order::Rising => rising(),
        Order::Falling => rising().reverse(),
    })
}
