//! Appending rows, a column at a time.

use std::ffi::CString;
use std::ptr;

use duckdb::ffi;

use super::{Connection, Failure, Result, borrow_text};

/// The values of one table column.
pub struct AppendColumn<'batch> {
    /// The column's name in the table.
    pub name: &'batch str,
    /// One value a row.
    pub cells: AppendCells<'batch>,
}

/// Values by the type of the table column they go to; `None` is NULL.
#[derive(Clone, Copy)]
pub enum AppendCells<'batch> {
    /// BOOLEAN.
    Boolean(&'batch [Option<bool>]),
    /// BIGINT, and TIMESTAMP in microseconds.
    Integer(&'batch [Option<i64>]),
    /// TIMESTAMP in microseconds.
    Timestamp(&'batch [Option<i64>]),
    /// DOUBLE.
    Double(&'batch [Option<f64>]),
    /// DATE in days.
    Date(&'batch [Option<i32>]),
    /// VARCHAR: all texts in one buffer, and where each ends.
    Text(&'batch str, &'batch [Option<usize>]),
    /// JSON: as [`AppendCells::Text`]; the texts are taken for JSON without another look.
    Json(&'batch str, &'batch [Option<usize>]),
    /// UINTEGER.
    Number(&'batch [Option<u32>]),
    /// INTEGER: the same number in every row.
    Same(i32),
    /// BIGINT: this number, then one more in every row.
    Counting(i64),
}

impl Connection {
    /// Appends rows to a table inside the running transaction. Columns of the table that are not given become NULL.
    pub fn append(
        &self,
        schema: &str,
        table: &str,
        columns: &[AppendColumn<'_>],
        rows: usize,
    ) -> Result<()> {
        let mut appender = Appender::open(self, schema, table, columns)?;
        let mut start = 0;
        // Where a text column's next value begins in its buffer.
        let mut text_starts = vec![0; columns.len()];
        while start < rows {
            let end = rows.min(start + appender.vector_rows);
            for (index, column) in columns.iter().enumerate() {
                appender.fill(index, column.cells, start, end, &mut text_starts[index])?;
            }
            appender.append_chunk(end - start)?;
            start = end;
        }
        appender.finish()
    }
}

struct Appender {
    raw: ffi::duckdb_appender,
    chunk: ffi::duckdb_data_chunk,
    vector_rows: usize,
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
    fn open(
        connection: &Connection,
        schema: &str,
        table: &str,
        columns: &[AppendColumn<'_>],
    ) -> Result<Self> {
        let text = |text: &str| {
            CString::new(text).map_err(|_| Failure("a name holds a NUL character".to_string()))
        };
        let (schema, table) = (text(schema)?, text(table)?);
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
            let vector_rows = usize::try_from(ffi::duckdb_vector_size()).unwrap_or(1);
            let mut appender = Self {
                raw,
                chunk: ptr::null_mut(),
                vector_rows,
            };
            appender.check(state)?;
            for column in columns {
                let name = text(column.name)?;
                let state = ffi::duckdb_appender_add_column(raw, name.as_ptr());
                appender.check(state)?;
            }
            let mut types: Vec<_> = columns
                .iter()
                .map(|column| column.cells.logical_type())
                .collect();
            appender.chunk = ffi::duckdb_create_data_chunk(types.as_mut_ptr(), types.len() as u64);
            for kind in &mut types {
                ffi::duckdb_destroy_logical_type(kind);
            }
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

    fn append_chunk(&mut self, rows: usize) -> Result<()> {
        // SAFETY: the chunk is live and every column has this many rows; the appender copies it, texts included.
        unsafe {
            ffi::duckdb_data_chunk_set_size(self.chunk, rows as u64);
            let state = ffi::duckdb_append_data_chunk(self.raw, self.chunk);
            ffi::duckdb_data_chunk_reset(self.chunk);
            self.check(state)
        }
    }

    fn finish(self) -> Result<()> {
        // SAFETY: the appender is live.
        let state = unsafe { ffi::duckdb_appender_flush(self.raw) };
        self.check(state)
    }

    /// Puts the rows from `start` to `end` into one column of the chunk.
    fn fill(
        &mut self,
        index: usize,
        cells: AppendCells<'_>,
        start: usize,
        end: usize,
        text_start: &mut usize,
    ) -> Result<()> {
        // SAFETY: the index is below the column count, and the column was created with the type of these cells.
        unsafe {
            let vector = ffi::duckdb_data_chunk_get_vector(self.chunk, index as u64);
            match cells {
                AppendCells::Boolean(values) => fill(vector, part(values, start, end)?),
                AppendCells::Integer(values) | AppendCells::Timestamp(values) => {
                    fill(vector, part(values, start, end)?);
                }
                AppendCells::Double(values) => fill(vector, part(values, start, end)?),
                AppendCells::Date(values) => fill(vector, part(values, start, end)?),
                AppendCells::Number(values) => fill(vector, part(values, start, end)?),
                AppendCells::Text(bytes, ends) | AppendCells::Json(bytes, ends) => {
                    fill_text(vector, bytes, part(ends, start, end)?, text_start)?;
                }
                AppendCells::Same(number) => fill(vector, &vec![Some(number); end - start]),
                AppendCells::Counting(first) => {
                    let numbers: Vec<_> =
                        (first..).skip(start).take(end - start).map(Some).collect();
                    fill(vector, &numbers);
                }
            }
        }
        Ok(())
    }
}

impl AppendCells<'_> {
    fn logical_type(self) -> ffi::duckdb_logical_type {
        let id = match self {
            Self::Boolean(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN,
            Self::Integer(_) | Self::Counting(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT,
            Self::Timestamp(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP,
            Self::Double(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE,
            Self::Date(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE,
            Self::Number(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER,
            Self::Text(..) | Self::Json(..) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR,
            Self::Same(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER,
        };
        // SAFETY: the id names a simple type; the caller destroys it.
        unsafe {
            let kind = ffi::duckdb_create_logical_type(id);
            if let Self::Json(..) = self {
                ffi::duckdb_logical_type_set_alias(kind, c"JSON".as_ptr());
            }
            kind
        }
    }
}

fn part<T>(values: &[T], start: usize, end: usize) -> Result<&[T]> {
    values
        .get(start..end)
        .ok_or_else(|| Failure("a column has fewer values than the batch has rows".to_string()))
}

/// # Safety
/// The vector stores `T` and has room for all values.
pub(super) unsafe fn fill<T: Copy>(vector: ffi::duckdb_vector, values: &[Option<T>]) {
    // SAFETY: by the contract above.
    unsafe {
        let data: *mut T = ffi::duckdb_vector_get_data(vector).cast();
        for (row, value) in values.iter().enumerate() {
            match value {
                Some(value) => data.add(row).write(*value),
                None => set_null(vector, row),
            }
        }
    }
}

/// # Safety
/// The vector stores text and has room for all values; `bytes` outlives the next append of the chunk.
unsafe fn fill_text(
    vector: ffi::duckdb_vector,
    bytes: &str,
    ends: &[Option<usize>],
    text_start: &mut usize,
) -> Result<()> {
    // SAFETY: by the contract above. Short texts live inside the string header; longer ones are pointed at, and the
    // appender copies them before `bytes` can go away. `str::get` makes sure that each text is whole UTF-8.
    unsafe {
        let data: *mut ffi::duckdb_string_t = ffi::duckdb_vector_get_data(vector).cast();
        for (row, end) in ends.iter().enumerate() {
            let Some(end) = *end else {
                set_null(vector, row);
                continue;
            };
            let text = bytes
                .get(*text_start..end)
                .ok_or_else(|| Failure("a text ends outside its buffer".into()))?;
            *text_start = end;
            data.add(row).write(string_header(text)?);
        }
    }
    Ok(())
}

/// Returns DuckDB's 16-byte form of a text: its length, then the text itself up to 12 bytes, else the first 4 bytes and
/// a pointer.
fn string_header(text: &str) -> Result<ffi::duckdb_string_t> {
    const INLINE: usize = 12;
    let length = u32::try_from(text.len())
        .map_err(|_| Failure("a text is longer than 4 GiB".to_string()))?;
    let mut value = ffi::duckdb_string_t__bindgen_ty_1 {
        inlined: ffi::duckdb_string_t__bindgen_ty_1__bindgen_ty_2 {
            length,
            inlined: [0; INLINE],
        },
    };
    let signed = |byte: &u8| byte.cast_signed();
    if text.len() <= INLINE {
        let mut inlined = [0; INLINE];
        inlined
            .iter_mut()
            .zip(text.as_bytes())
            .for_each(|(place, byte)| *place = signed(byte));
        value.inlined = ffi::duckdb_string_t__bindgen_ty_1__bindgen_ty_2 { length, inlined };
    } else {
        let mut prefix = [0; 4];
        prefix
            .iter_mut()
            .zip(text.as_bytes())
            .for_each(|(place, byte)| *place = signed(byte));
        let ptr = text.as_ptr().cast_mut().cast();
        value.pointer = ffi::duckdb_string_t__bindgen_ty_1__bindgen_ty_1 {
            length,
            prefix,
            ptr,
        };
    }
    Ok(ffi::duckdb_string_t { value })
}

/// # Safety
/// The vector is live and has this row.
pub(super) unsafe fn set_null(vector: ffi::duckdb_vector, row: usize) {
    // SAFETY: by the contract above.
    unsafe {
        ffi::duckdb_vector_ensure_validity_writable(vector);
        ffi::duckdb_validity_set_row_invalid(ffi::duckdb_vector_get_validity(vector), row as u64);
    }
}
