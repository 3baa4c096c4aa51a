//! Rows as bytes: a `Table` in, CSV, JSON, Markdown, Parquet or aligned text out.
//!
//! Knows what each format can hold and how its readers can be hurt: spreadsheets by formulas, terminals by control
//! characters.
//!
//! Invariant: a value is never rounded here, and a row is never left out.

pub mod csv;
pub mod json;
pub mod markdown;
pub mod parquet;
pub mod text;

use std::io::Write;

use crate::error::{Error, Result};
use crate::store::Table;

/// The formats rows can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for people.
    Text,
    /// Comma-separated values.
    Csv,
    /// One array of objects.
    Json,
    /// One object a line.
    JsonLines,
    /// A Markdown table.
    Markdown,
    /// Apache Parquet.
    Parquet,
}

/// Whether text values are guarded against what reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// CSV text that a spreadsheet would run gets a leading `'`; control characters in text tables are made visible.
    On,
    /// Values are written as they are.
    Off,
}

/// Writes the table in the format.
///
/// # Errors
/// When the output cannot be written.
pub fn write(table: &Table, format: Format, guard: Guard, out: &mut dyn Write) -> Result<()> {
    let written = match format {
        Format::Text => text::write(table, guard, out),
        Format::Csv => csv::write(table, guard, out),
        Format::Json => json::write_array(table, out),
        Format::JsonLines => json::write_lines(table, out),
        Format::Markdown => markdown::write(table, out),
        Format::Parquet => return parquet::write(table, out),
    };
    written.map_err(|error| cannot_write(&error))
}

/// Returns the error for an output that cannot be written.
pub fn cannot_write(error: &dyn std::fmt::Display) -> Error {
    Error::data(format!("could not write the rows: {error}"))
}
