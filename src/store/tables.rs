//! The tables: where loaded rows live, the views users see, and the books the store keeps.

use super::engine::{Connection, Kind};
use super::journeys::{self, CUSTOMER_COLUMN, EVENTS};
use super::open::Store;
use super::quoting::quoted_name;
use super::sandbox::broken;
use super::session;
use super::sql_error::SqlError;
use super::table::Value;
use crate::error::Result;
use crate::files::{CANONICAL, ColumnType};

/// The schema of the loaded rows. Users see views of the same names, without the columns of our own.
pub const LOADED: &str = "loaded";
/// The schema of checkpoints and rejects.
pub const BOOKS: &str = "_cxtop";
/// Which file a row came from: `_cxtop.files.id`.
pub const FILE_COLUMN: &str = "_cxtop_file";
/// Which of its file's rows it is, from 1. Rows that were appended to `events` together may change places; rows are only
/// ever taken back as many as were appended together.
pub const ROW_COLUMN: &str = "_cxtop_row";

impl Store {
    /// Makes sure that these tables exist with these columns; columns they already have keep their types.
    ///
    /// # Errors
    ///
    /// When a column cannot be added.
    pub fn declare(&mut self, tables: &[(String, Vec<(String, ColumnType)>)]) -> Result<()> {
        for (table, columns) in tables {
            self.transaction(|store| declare(&store.writer, table, columns))?;
        }
        Ok(())
    }

    /// Runs a change as a whole or not at all.
    pub(super) fn transaction<T>(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.writer.execute("BEGIN TRANSACTION").map_err(broken)?;
        match change(self) {
            Ok(done) => {
                self.writer.execute("COMMIT").map_err(broken)?;
                Ok(done)
            }
            Err(error) => {
                // The failure that led here is the one to report; a transaction that DuckDB ended already is gone too.
                let _ = self.writer.execute("ROLLBACK");
                self.memory.roll_back();
                Err(error)
            }
        }
    }
}

/// Creates the schemas, the books, and the canonical tables, where they are missing.
pub(super) fn create(writer: &Connection) -> Result<()> {
    let books = format!(
        "BEGIN TRANSACTION;
         CREATE SCHEMA IF NOT EXISTS {LOADED};
         CREATE SCHEMA IF NOT EXISTS {BOOKS};
         CREATE TABLE IF NOT EXISTS {BOOKS}.files (
             id INTEGER, table_name VARCHAR, source VARCHAR, path VARCHAR, checkpoint VARCHAR, misfits BIGINT,
             newest TIMESTAMP);
         CREATE TABLE IF NOT EXISTS {BOOKS}.rejects (
             table_name VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, excerpt VARCHAR, \"at\" TIMESTAMP,
             {FILE_COLUMN} INTEGER);"
    );
    writer.execute(&books).map_err(broken)?;
    journeys::create(writer)?;
    for (table, columns) in CANONICAL {
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, kind)| ((*name).to_string(), *kind))
            .collect();
        declare(writer, table, &columns)?;
    }
    writer.execute("COMMIT").map_err(broken)
}

/// Creates a table or adds the columns it lacks, and renews its view. Runs inside a transaction.
pub(super) fn declare(
    writer: &Connection,
    table: &str,
    columns: &[(String, ColumnType)],
) -> Result<()> {
    let physical = format!("{LOADED}.{}", quoted_name(table));
    writer
        .execute(&format!(
            "CREATE TABLE IF NOT EXISTS {physical} ({FILE_COLUMN} INTEGER, {ROW_COLUMN} BIGINT)"
        ))
        .map_err(broken)?;
    for (name, kind) in columns {
        let add = format!(
            "ALTER TABLE {physical} ADD COLUMN IF NOT EXISTS {} {}",
            quoted_name(name),
            kind.sql()
        );
        writer.execute(&add).map_err(broken)?;
    }
    let hidden = if table == EVENTS {
        writer
            .execute(&format!(
                "ALTER TABLE {physical} ADD COLUMN IF NOT EXISTS {CUSTOMER_COLUMN} UINTEGER"
            ))
            .map_err(broken)?;
        format!("{FILE_COLUMN}, {ROW_COLUMN}, {CUSTOMER_COLUMN}")
    } else {
        format!("{FILE_COLUMN}, {ROW_COLUMN}")
    };
    let view = format!(
        "CREATE OR REPLACE VIEW main.{} AS SELECT * EXCLUDE ({hidden}) FROM {physical}",
        quoted_name(table)
    );
    writer.execute(&view).map_err(broken)
}

/// Returns the columns of a table, without our own, in table order; none when there is no such table.
pub(super) fn columns(writer: &Connection, table: &str) -> Result<Vec<(String, ColumnType)>> {
    // Preparing a SELECT tells them at once; the catalogue would list every column there is, which takes ten milliseconds.
    let select = format!("SELECT * FROM {LOADED}.{}", quoted_name(table));
    let statement = match writer.prepare(&select) {
        Ok(statement) => statement,
        Err(failure) if failure.0.starts_with("Catalog Error") => return Ok(Vec::new()),
        Err(failure) => return Err(broken(failure)),
    };
    let is_own = |name: &str| [FILE_COLUMN, ROW_COLUMN, CUSTOMER_COLUMN].contains(&name);
    let column = |(name, kind): (String, Kind)| {
        let kind = ColumnType::from_sql(&kind.to_string());
        kind.filter(|_| !is_own(&name)).map(|kind| (name, kind))
    };
    Ok(statement.columns().into_iter().filter_map(column).collect())
}

/// Runs one statement of our own and returns all its rows.
pub(super) fn ask(
    writer: &Connection,
    sql: &str,
    values: &[(String, Value)],
) -> Result<Vec<Vec<Value>>> {
    let table = writer
        .prepare(sql)
        .map_err(SqlError::from)
        .and_then(|statement| session::answer(statement, values, usize::MAX, usize::MAX))?;
    Ok((0..table.rows())
        .map(|row| table.row(row).cloned().collect())
        .collect())
}
