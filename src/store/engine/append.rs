//! Appending rows, a column at a time.

use std::ptr;

use duckdb::ffi;

use super::cells::{AppendColumn, chunk_length};
use super::logical_type::LogicalType;
use super::order::stored_order;
use super::{Connection, Failure, Result, borrow_text, nul_terminated};

impl Connection {
    /// Appends rows to a table inside the running transaction. Columns of the table that are not given become NULL. Rows of
    /// one of the kinds, where there are kinds, are stored next to each other.
    pub fn append(
        &self,
        schema: &str,
        table: &str,
        columns: &[AppendColumn<'_>],
        rows: usize,
        kinds: Option<&[u16]>,
    ) -> Result<()> {
        let inserted = self.insert_row_groups(schema, table, columns, rows, kinds)?;
        if inserted == rows {
            return Ok(());
        }
        let types = columns
            .iter()
            .map(|column| (column.name, column.cells.logical_type()));
        let mut appender = Appender::open(self, schema, table, types.collect())?;
        let order = stored_order(inserted..rows, kinds);
        let mut stored = 0;
        while stored < order.len() {
            let rest = &order[stored..];
            let cells = columns.iter().map(|column| &column.cells);
            let rows = &rest[..chunk_length(cells, rest)];
            for (index, column) in columns.iter().enumerate() {
                // SAFETY: the index is below the column count, the column has the type of these cells, and a chunk has
                // room for that many rows.
                unsafe {
                    let vector = appender.vector(index);
                    column.cells.fill(vector, rows, inserted + stored)?;
                }
            }
            appender.append_chunk(rows.len())?;
            stored += rows.len();
        }
        appender.finish()
    }
}

/// A table that rows are appended to, and the chunk that holds the next of them.
struct Appender {
    raw: ffi::duckdb_appender,
    chunk: ffi::duckdb_data_chunk,
}

impl Drop for Appender {
    fn drop(&mut self) {
        // SAFETY: both handles are live or null and are destroyed exactly once. What was not flushed is dropped first,
        // because destroying an appender flushes it.
        unsafe {
            if !self.chunk.is_null() {
                ffi::duckdb_destroy_data_chunk(&raw mut self.chunk);
            }
            ffi::duckdb_appender_clear(self.raw);
            ffi::duckdb_appender_destroy(&raw mut self.raw);
        }
    }
}

impl Appender {
    /// Opens a table for these columns.
    fn open(
        connection: &Connection,
        schema: &str,
        table: &str,
        columns: Vec<(&str, LogicalType)>,
    ) -> Result<Self> {
        let (names, mut types): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        let (schema, table) = (nul_terminated(schema)?, nul_terminated(table)?);
        // SAFETY: all texts end in NUL and live during the calls; `Appender` destroys the handle even when creation
        // failed, as the C API asks.
        unsafe {
            let mut raw = ptr::null_mut();
            let state = ffi::duckdb_appender_create_ext(
                connection.handle.raw,
                ptr::null(),
                schema.as_ptr(),
                table.as_ptr(),
                &raw mut raw,
            );
            let mut appender = Self {
                raw,
                chunk: ptr::null_mut(),
            };
            appender.check(state)?;
            for name in names {
                let name = nul_terminated(name)?;
                let state = ffi::duckdb_appender_add_column(raw, name.as_ptr());
                appender.check(state)?;
            }
            let count = types.len() as u64;
            appender.chunk = ffi::duckdb_create_data_chunk(LogicalType::pointer(&mut types), count);
            Ok(appender)
        }
    }

    fn check(&self, state: ffi::duckdb_state) -> Result<()> {
        if state == ffi::DuckDBSuccess {
            return Ok(());
        }
        // SAFETY: the appender is live, also after a failure.
        Err(Failure(borrow_text(unsafe {
            ffi::duckdb_appender_error(self.raw)
        })))
    }

    /// Returns the vector of a column of the chunk; the index must be one of the columns given.
    fn vector(&self, index: usize) -> ffi::duckdb_vector {
        // SAFETY: the chunk is live.
        unsafe { ffi::duckdb_data_chunk_get_vector(self.chunk, index as u64) }
    }

    /// Appends the rows of the chunk, and empties it.
    fn append_chunk(&mut self, rows: usize) -> Result<()> {
        // SAFETY: the chunk is live and every column has this many rows; the appender copies it, texts included.
        unsafe {
            ffi::duckdb_data_chunk_set_size(self.chunk, rows as u64);
            let state = ffi::duckdb_append_data_chunk(self.raw, self.chunk);
            ffi::duckdb_data_chunk_reset(self.chunk);
            self.check(state)
        }
    }

    /// Hands all rows to the table.
    fn finish(self) -> Result<()> {
        // SAFETY: the appender is live.
        let state = unsafe { ffi::duckdb_appender_flush(self.raw) };
        self.check(state)
    }
}
