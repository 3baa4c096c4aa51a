//! Batches of records → rows of a loaded table.

use std::path::Path;

use jiff::Timestamp;

use crate::error::Result;
use crate::files::{Batch, ColumnType, Reject, TextValues, Values};
use crate::store::engine::{AppendCells, AppendColumn, Connection};
use crate::store::journeys::{CUSTOMER_COLUMN, EVENTS, Journeys, Taken};
use crate::store::quoting::quoted_name;
use crate::store::sandbox::broken;
use crate::store::tables::{self, BOOKS, FILE_COLUMN, LOADED, ROW_COLUMN};

/// Adds the columns that a batch has and the table has not, and returns them.
pub fn add_columns(
    writer: &Connection,
    table: &str,
    known: &[(String, ColumnType)],
    batch: &Batch,
) -> Result<Vec<(String, ColumnType)>> {
    let is_new = |name: &str| {
        !known
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let new: Vec<_> = batch
        .columns
        .iter()
        .filter(|column| is_new(&column.name))
        .map(|column| (column.name.clone(), column.values.kind()))
        .collect();
    if !new.is_empty() {
        tables::declare(writer, table, &new)?;
    }
    Ok(new)
}

/// Appends a batch's rows, with where they come from; those of `events` with whose they are, and by the kind of event.
pub fn append(
    writer: &Connection,
    table: &str,
    batch: &Batch,
    file: i32,
    first_row: u64,
    taken: Option<&Taken>,
) -> Result<()> {
    if batch.rows == 0 {
        return Ok(());
    }
    let first_row = i64::try_from(first_row).unwrap_or(i64::MAX);
    let mut columns = vec![
        AppendColumn {
            name: FILE_COLUMN,
            cells: AppendCells::Same(file),
        },
        AppendColumn {
            name: ROW_COLUMN,
            cells: AppendCells::Counting(first_row),
        },
    ];
    if let Some(taken) = taken {
        columns.push(AppendColumn {
            name: CUSTOMER_COLUMN,
            cells: AppendCells::Number(&taken.customers),
        });
    }
    columns.extend(batch.columns.iter().map(|column| AppendColumn {
        name: &column.name,
        cells: cells(&column.values),
    }));
    let kinds = taken.map(|taken| &taken.codes[..]);
    let appended = writer.append(LOADED, table, &columns, batch.rows, kinds);
    appended.map_err(|failure| broken(failure).context(format!("could not store rows of {table}")))
}

/// Keeps records that could not be loaded.
pub fn append_rejects(
    writer: &Connection,
    table: &str,
    path: &Path,
    file: i32,
    rejects: &[Reject],
) -> Result<()> {
    if rejects.is_empty() {
        return Ok(());
    }
    let path = path.display().to_string();
    let repeated = |text: &str| texts(rejects.iter().map(|_| text));
    let (tables, files) = (repeated(table), repeated(&path));
    let reasons = texts(rejects.iter().map(|reject| reject.reason.as_str()));
    let excerpts = texts(rejects.iter().map(|reject| reject.excerpt.as_str()));
    let lines: Vec<_> = rejects
        .iter()
        .map(|reject| i64::try_from(reject.line).ok())
        .collect();
    let now = vec![Some(Timestamp::now().as_microsecond()); rejects.len()];
    let columns = [
        AppendColumn {
            name: "table_name",
            cells: AppendCells::Text(&tables),
        },
        AppendColumn {
            name: "file",
            cells: AppendCells::Text(&files),
        },
        AppendColumn {
            name: "line",
            cells: AppendCells::Integer(&lines),
        },
        AppendColumn {
            name: "reason",
            cells: AppendCells::Text(&reasons),
        },
        AppendColumn {
            name: "excerpt",
            cells: AppendCells::Text(&excerpts),
        },
        AppendColumn {
            name: "at",
            cells: AppendCells::Timestamp(&now),
        },
        AppendColumn {
            name: FILE_COLUMN,
            cells: AppendCells::Same(file),
        },
    ];
    writer
        .append(BOOKS, "rejects", &columns, rejects.len(), None)
        .map_err(broken)
}

/// Removes the rows of a file that come after this many, and when it is all of them its rejects too.
pub fn delete(
    writer: &Connection,
    journeys: &mut Journeys,
    table: &str,
    file: i32,
    kept_rows: u64,
) -> Result<()> {
    let condition = format!("{FILE_COLUMN} = {file} AND {ROW_COLUMN} > {kept_rows}");
    if table == EVENTS {
        journeys.will_delete(writer, &condition)?;
    }
    writer
        .execute(&format!(
            "DELETE FROM {LOADED}.{} WHERE {condition}",
            quoted_name(table)
        ))
        .map_err(broken)?;
    if kept_rows == 0 {
        writer
            .execute(&format!(
                "DELETE FROM {BOOKS}.rejects WHERE {FILE_COLUMN} = {file}"
            ))
            .map_err(broken)?;
    }
    Ok(())
}

/// Returns the newest time in a batch, in microseconds.
pub fn newest(table: &str, batch: &Batch) -> Option<i64> {
    super::time_column(table, batch)?
        .iter()
        .flatten()
        .max()
        .copied()
}

fn cells(values: &Values) -> AppendCells<'_> {
    match values {
        Values::Boolean(values) => AppendCells::Boolean(values),
        Values::Integer(values) => AppendCells::Integer(values),
        Values::Double(values) => AppendCells::Double(values),
        Values::Date(values) => AppendCells::Date(values),
        Values::Timestamp(values) => AppendCells::Timestamp(values),
        Values::Text(texts) => AppendCells::Text(texts),
        Values::Json(texts) => AppendCells::Json(texts),
    }
}

fn texts<'text>(all: impl Iterator<Item = &'text str>) -> TextValues {
    let mut texts = TextValues::default();
    all.for_each(|text| texts.push(Some(text)));
    texts
}
