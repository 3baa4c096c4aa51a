//! JSON: objects with the column names as keys; times as ISO 8601, NULL, infinity and NaN as null.

use std::io::{self, Write};

use serde_json::{Map, Value as Json};

use crate::store::{Table, Value};

/// Writes one array with an object a row.
///
/// # Errors
/// When the output cannot be written.
pub fn write_array(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for row in 0..table.rows() {
        out.write_all(if row == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &object(table, row))?;
    }
    out.write_all(b"\n]\n")
}

/// Writes one object a line.
///
/// # Errors
/// When the output cannot be written.
pub fn write_lines(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    for row in 0..table.rows() {
        serde_json::to_writer(&mut *out, &object(table, row))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Returns the table as an array of objects.
#[must_use]
pub fn array(table: &Table) -> Json {
    (0..table.rows())
        .map(|row| Json::Object(object(table, row)))
        .collect()
}

fn object(table: &Table, row: usize) -> Map<String, Json> {
    table
        .columns
        .iter()
        .map(|column| (column.name.clone(), json(&column.values[row])))
        .collect()
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => (*truth).into(),
        Value::Integer(number) => (*number).into(),
        // `from` gives null for what JSON cannot write: infinity and NaN.
        Value::Double(number) => (*number).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Timestamp(time) => time.to_string().into(),
        Value::Text(text) => text.clone().into(),
        Value::List(values) => values.iter().map(json).collect(),
    }
}
