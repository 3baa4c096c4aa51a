//! Parquet files: their columns, through Arrow, as cells.

use std::fmt::Write;
use std::fs::File;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::Timestamp;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use serde_json::Value;

use super::csv;
use super::rows::Rows;
use super::schema::Schema;
use super::source::ColumnType;
use super::times;
use super::values::Cell;
use crate::error::{Error, Result};

/// How many rows are decoded at once.
const ROWS: usize = 8_192;

/// Reads the rows of a Parquet file.
pub(super) struct Reader {
    batches: ParquetRecordBatchReader,
    header: Vec<String>,
    is_mapped: bool,
    read: u64,
}

/// How one column's values become cells.
struct Column {
    values: ArrayRef,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    /// Numbers and truth values, as Arrow writes them.
    Bare,
    /// Other values, as Arrow writes them.
    Written,
    Time,
    Nested,
    Nothing,
}

impl Reader {
    /// Opens a file that begins like a Parquet file.
    pub fn open(file: File) -> Result<Self> {
        let refused = |error: parquet::errors::ParquetError| {
            Error::data(format!(
                "it is no complete Parquet file: {}",
                words(&error.to_string())
            ))
            .help("it may be cut short or still be written; export it again")
        };
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(refused)?;
        let header = builder
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let batches = builder.with_batch_size(ROWS).build().map_err(refused)?;
        Ok(Self {
            batches,
            header,
            is_mapped: false,
            read: 0,
        })
    }

    /// Adds rows until there are enough of them; returns how many were rejected, and whether there are more.
    pub fn read(&mut self, rows: &mut Rows, schema: &mut Schema) -> Result<(u64, bool)> {
        if !self.is_mapped {
            let tidy = csv::column_names(&self.header);
            rows.use_header(&self.header, &tidy, schema)?;
            self.is_mapped = true;
        }
        let mut rejects = 0;
        while !rows.is_full() {
            let Some(batch) = self.batches.next() else {
                return Ok((rejects, false));
            };
            let batch = batch.map_err(|error| {
                Error::data(format!("it is damaged: {}", words(&error.to_string())))
            })?;
            rejects += self.add(&batch, rows)?;
        }
        Ok((rejects, true))
    }

    fn add(&mut self, batch: &RecordBatch, rows: &mut Rows) -> Result<u64> {
        let columns: Vec<Column> = batch.columns().iter().map(column).collect::<Result<_>>()?;
        if add_columns(&columns, batch.num_rows(), rows) {
            self.read += batch.num_rows() as u64;
            return Ok(0);
        }
        let options = FormatOptions::new();
        let writers: Vec<Option<ArrayFormatter<'_>>> = columns
            .iter()
            .map(|column| {
                let written = matches!(column.form, Form::Bare | Form::Written);
                written
                    .then(|| ArrayFormatter::try_new(&column.values, &options).ok())
                    .flatten()
            })
            .collect();
        let mut rejects = 0;
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            self.read += 1;
            for (position, column) in columns.iter().enumerate() {
                if column.values.is_null(row) {
                    continue;
                }
                text.clear();
                match column.form {
                    Form::Nothing => {}
                    Form::Text => rows.push_field(
                        position,
                        Cell::Quoted(column.values.as_string::<i32>().value(row)),
                    ),
                    Form::Time => {
                        write_instant(&column.values, row, &mut text);
                        rows.push_field(position, Cell::Quoted(&text));
                    }
                    Form::Nested => {
                        let json = json(&column.values, row).to_string();
                        rows.push_field(position, Cell::Nested(&json));
                    }
                    Form::Bare | Form::Written => {
                        let written = writers[position]
                            .as_ref()
                            .is_some_and(|writer| write!(text, "{}", writer.value(row)).is_ok());
                        let cell = if column.form == Form::Bare {
                            Cell::Bare(&text)
                        } else {
                            Cell::Quoted(&text)
                        };
                        // Not a number is no number.
                        if written
                            && !(column.form == Form::Bare
                                && matches!(text.as_str(), "NaN" | "inf" | "-inf"))
                        {
                            rows.push_field(position, cell);
                        }
                    }
                }
            }
            if let Err(reason) = rows.end_row() {
                rows.reject(0, reason, &format!("row {}", self.read));
                rejects += 1;
            }
        }
        Ok(rejects)
    }
}

/// Adds whole columns, unless they have something to think about row by row: a record that is perhaps a reject, values
/// that are neither text nor a number, or something private. Returns whether they were added.
fn add_columns(columns: &[Column], count: usize, rows: &mut Rows) -> bool {
    let whole: Option<Vec<Whole<'_>>> = columns.iter().map(Column::whole).collect();
    let Some(whole) = whole.filter(|_| rows.takes_columns()) else {
        return false;
    };
    let is_usual = |(position, column): (usize, &Whole<'_>)| match column {
        Whole::Texts(_) => Some(position) != rows.time_field(),
        Whole::Doubles(_) => rows.holds(position, ColumnType::Double),
        Whole::Integers(_) => rows.holds(position, ColumnType::Integer),
        Whole::Times(times) => {
            let may_lack = Some(position) != rows.time_field();
            rows.holds(position, ColumnType::Timestamp)
                && times
                    .iter()
                    .all(|time| time.map_or(may_lack, times::plausible))
        }
    };
    if !whole.iter().enumerate().all(is_usual) {
        return false;
    }
    for (position, column) in whole.into_iter().enumerate() {
        match column {
            Whole::Texts(texts) => {
                rows.push_texts(position, texts.iter());
            }
            Whole::Times(times) => rows.push_instants(position, &times),
            Whole::Doubles(numbers) => {
                let finite = |number: Option<f64>| number.filter(|number| number.is_finite());
                rows.push_doubles(position, numbers.iter().map(finite));
            }
            Whole::Integers(numbers) => rows.push_integers(position, numbers.iter()),
        }
    }
    rows.end_rows(count);
    true
}

/// A column whose values need no writing and reading to become cells.
enum Whole<'a> {
    Texts(&'a StringArray),
    /// Microseconds in UTC.
    Times(Vec<Option<i64>>),
    Doubles(&'a Float64Array),
    Integers(&'a Int64Array),
}

impl Column {
    fn whole(&self) -> Option<Whole<'_>> {
        Some(match self.values.data_type() {
            DataType::Utf8 => Whole::Texts(self.values.as_string()),
            DataType::Float64 => Whole::Doubles(self.values.as_primitive()),
            DataType::Int64 => Whole::Integers(self.values.as_primitive()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                let values = self.values.as_primitive::<TimestampMicrosecondType>();
                Whole::Times(values.iter().collect())
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                let values = self.values.as_primitive::<TimestampMillisecondType>();
                Whole::Times(values.iter().map(|time| time?.checked_mul(1_000)).collect())
            }
            _ => return None,
        })
    }
}

fn column(values: &ArrayRef) -> Result<Column> {
    let failed = |error: arrow::error::ArrowError| {
        Error::data(format!("it is damaged: {}", words(&error.to_string())))
    };
    let plain = match values.data_type() {
        DataType::Dictionary(_, inner) => cast(values, inner).map_err(failed)?,
        DataType::RunEndEncoded(_, inner) => cast(values, inner.data_type()).map_err(failed)?,
        _ => ArrayRef::clone(values),
    };
    let form = form(plain.data_type());
    let values = if form == Form::Text {
        cast(&plain, &DataType::Utf8).map_err(failed)?
    } else {
        plain
    };
    Ok(Column { values, form })
}

fn form(kind: &DataType) -> Form {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Form::Text,
        DataType::Timestamp(_, _) => Form::Time,
        DataType::Null => Form::Nothing,
        DataType::Boolean => Form::Bare,
        kind if kind.is_numeric() => Form::Bare,
        kind if kind.is_nested() => Form::Nested,
        _ => Form::Written,
    }
}

/// Writes a time as ISO 8601: with a `Z` when the column has a zone, without one when it is a wall clock.
fn write_instant(values: &ArrayRef, row: usize, text: &mut String) {
    let DataType::Timestamp(unit, zone) = values.data_type() else {
        return;
    };
    let instant = match unit {
        TimeUnit::Second => {
            Timestamp::from_second(values.as_primitive::<TimestampSecondType>().value(row))
        }
        TimeUnit::Millisecond => Timestamp::from_millisecond(
            values.as_primitive::<TimestampMillisecondType>().value(row),
        ),
        TimeUnit::Microsecond => Timestamp::from_microsecond(
            values.as_primitive::<TimestampMicrosecondType>().value(row),
        ),
        TimeUnit::Nanosecond => Timestamp::from_nanosecond(i128::from(
            values.as_primitive::<TimestampNanosecondType>().value(row),
        )),
    };
    if let Ok(instant) = instant {
        text.push_str(&instant.to_string());
        if zone.is_none() {
            text.pop();
        }
    }
}

/// Returns a value of any type as JSON.
fn json(values: &ArrayRef, row: usize) -> Value {
    if values.is_null(row) {
        return Value::Null;
    }
    let all =
        |items: &ArrayRef| Value::Array((0..items.len()).map(|item| json(items, item)).collect());
    match values.data_type() {
        DataType::Struct(fields) => {
            let members = values.as_struct().columns();
            fields
                .iter()
                .zip(members)
                .map(|(field, member)| (field.name().clone(), json(member, row)))
                .collect()
        }
        DataType::List(_) => all(&values.as_list::<i32>().value(row)),
        DataType::LargeList(_) => all(&values.as_list::<i64>().value(row)),
        DataType::FixedSizeList(_, _) => all(&values.as_fixed_size_list().value(row)),
        DataType::Map(_, _) => {
            let entries: ArrayRef = std::sync::Arc::new(values.as_map().value(row));
            all(&entries)
        }
        kind => {
            let options = FormatOptions::new();
            let text = ArrayFormatter::try_new(values, &options)
                .ok()
                .and_then(|writer| writer.value(row).try_to_string().ok())
                .unwrap_or_default();
            match form(kind) {
                Form::Bare => serde_json::from_str(&text).unwrap_or(Value::Null),
                _ => Value::from(text),
            }
        }
    }
}

fn words(message: &str) -> String {
    super::names::shown(message, 160).to_lowercase()
}
