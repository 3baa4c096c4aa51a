//! Apache Parquet: numbers, truth values, days and times keep their types, all else is text.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::record_batch::RecordBatch;
use jiff::civil::{Date, DateTime};
use parquet::arrow::ArrowWriter;

use super::cannot_write;
use crate::error::{Error, Result};
use crate::store::{Column, Table, Value};

/// Writes the table as one Parquet file.
///
/// # Errors
/// When the table has no columns or the output cannot be written.
pub fn write(table: &Table, out: &mut dyn Write) -> Result<()> {
    if table.columns.is_empty() {
        return Err(Error::data(
            "could not write the rows: a Parquet file needs at least one column",
        ));
    }
    let arrays = table
        .columns
        .iter()
        .map(|column| (column.name.clone(), array(column), true));
    let batch =
        RecordBatch::try_from_iter_with_nullable(arrays).map_err(|error| cannot_write(&error))?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None)
        .map_err(|error| cannot_write(&error))?;
    writer.write(&batch).map_err(|error| cannot_write(&error))?;
    writer.close().map_err(|error| cannot_write(&error))?;
    out.write_all(&bytes).map_err(|error| cannot_write(&error))
}

fn array(column: &Column) -> ArrayRef {
    let values = column.values.iter();
    let fits = |wanted: fn(&Value) -> bool| {
        column
            .values
            .iter()
            .all(|value| *value == Value::Null || wanted(value))
    };
    if fits(|value| matches!(value, Value::Integer(_))) && column.is_number() {
        return Arc::new(values.map(integer).collect::<Int64Array>());
    }
    if column.is_number() && fits(|value| matches!(value, Value::Integer(_) | Value::Double(_))) {
        return Arc::new(values.map(double).collect::<Float64Array>());
    }
    if column.sql_type == "BOOLEAN" {
        return Arc::new(values.map(truth).collect::<BooleanArray>());
    }
    if column.sql_type == "DATE" && fits(|value| matches!(value, Value::Date(_))) {
        return Arc::new(
            values
                .map(|value| value.time().map(|time| days(time.date())))
                .collect::<Date32Array>(),
        );
    }
    if column.is_time() && fits(|value| matches!(value, Value::Timestamp(_))) {
        return Arc::new(
            values
                .map(|value| value.time().map(micros))
                .collect::<TimestampMicrosecondArray>(),
        );
    }
    Arc::new(
        values
            .map(|value| (*value != Value::Null).then(|| value.text()))
            .collect::<StringArray>(),
    )
}

fn integer(value: &Value) -> Option<i64> {
    if let Value::Integer(number) = value {
        Some(*number)
    } else {
        None
    }
}

/// Unlike `Value::number`, keeps infinity and NaN: Parquet can hold them.
fn double(value: &Value) -> Option<f64> {
    if let Value::Double(number) = value {
        Some(*number)
    } else {
        value.number()
    }
}

fn truth(value: &Value) -> Option<bool> {
    if let Value::Boolean(truth) = value {
        Some(*truth)
    } else {
        None
    }
}

fn days(date: Date) -> i32 {
    (date - Date::constant(1970, 1, 1)).get_days()
}

fn micros(time: DateTime) -> i64 {
    let since = time.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
