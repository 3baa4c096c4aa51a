//! Appending journeys: rows with lists, which the general appender does not know.

use std::ffi::CString;
use std::ptr;

use duckdb::ffi;

use super::{Connection, Failure, Result, borrow_text};

/// Journeys, one after the other.
#[derive(Clone, Debug, Default)]
pub struct JourneyRows {
    /// Whose they are.
    pub customers: Vec<u32>,
    /// Where each ends in the events.
    pub ends: Vec<usize>,
    /// When the events were, in microseconds.
    pub times: Vec<i64>,
    /// Which events they were.
    pub codes: Vec<u16>,
}

/// Events in one chunk at most, unless a single customer has more.
const CHUNK_EVENTS: usize = 1 << 18;

impl Connection {
    /// Appends journeys inside the running transaction; `more` says of whom there are other pieces.
    pub fn append_journeys(
        &self,
        schema: &str,
        table: &str,
        rows: &JourneyRows,
        more: &dyn Fn(u32) -> bool,
    ) -> Result<()> {
        let mut writer = Writer::open(self, schema, table)?;
        let vector_rows = usize::try_from(unsafe { ffi::duckdb_vector_size() }).unwrap_or(1);
        let mut row = 0;
        while row < rows.customers.len() {
            let start = row.checked_sub(1).map_or(0, |before| rows.ends[before]);
            let mut end = row + 1;
            while end < rows.customers.len()
                && end - row < vector_rows
                && rows.ends[end] - start <= CHUNK_EVENTS
            {
                end += 1;
            }
            writer.append(rows, row..end, start, more)?;
            row = end;
        }
        writer.finish()
    }
}

struct Writer {
    raw: ffi::duckdb_appender,
    chunk: ffi::duckdb_data_chunk,
}

impl Drop for Writer {
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

impl Writer {
    fn open(connection: &Connection, schema: &str, table: &str) -> Result<Self> {
        let text = |text: &str| {
            CString::new(text).map_err(|_| Failure("a name holds a NUL character".to_string()))
        };
        let (schema, table) = (text(schema)?, text(table)?);
        // SAFETY: all texts end in NUL and live during the calls; `Writer` destroys the handles even when creation
        // failed, as the C API asks; types are destroyed after the chunk has copied them.
        unsafe {
            let mut raw = ptr::null_mut();
            let state = ffi::duckdb_appender_create_ext(
                connection.handle.raw,
                ptr::null(),
                schema.as_ptr(),
                table.as_ptr(),
                &raw mut raw,
            );
            let mut writer = Self {
                raw,
                chunk: ptr::null_mut(),
            };
            writer.check(state)?;
            let simple = |id| ffi::duckdb_create_logical_type(id);
            let mut time = simple(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT);
            let mut code = simple(ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT);
            let mut types = [
                simple(ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER),
                simple(ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN),
                ffi::duckdb_create_list_type(time),
                ffi::duckdb_create_list_type(code),
            ];
            writer.chunk = ffi::duckdb_create_data_chunk(types.as_mut_ptr(), types.len() as u64);
            for kind in types.iter_mut().chain([&mut time, &mut code]) {
                ffi::duckdb_destroy_logical_type(kind);
            }
            Ok(writer)
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

    fn append(
        &mut self,
        rows: &JourneyRows,
        range: std::ops::Range<usize>,
        start: usize,
        more: &dyn Fn(u32) -> bool,
    ) -> Result<()> {
        let count = range.len();
        let customers = &rows.customers[range.clone()];
        let ends = &rows.ends[range];
        let end = ends.last().copied().unwrap_or(start);
        // SAFETY: the chunk is live and was made with these four types; it has room for the rows, which are no more than
        // a vector holds, and room for the items is reserved before they are copied. The appender copies the chunk.
        unsafe {
            let vector = |index| ffi::duckdb_data_chunk_get_vector(self.chunk, index);
            let numbers: *mut u32 = ffi::duckdb_vector_get_data(vector(0)).cast();
            ptr::copy_nonoverlapping(customers.as_ptr(), numbers, count);
            let flags: *mut bool = ffi::duckdb_vector_get_data(vector(1)).cast();
            for (row, customer) in customers.iter().enumerate() {
                flags.add(row).write(more(*customer));
            }
            fill_lists(vector(2), ends, start, &rows.times[start..end]);
            fill_lists(vector(3), ends, start, &rows.codes[start..end]);
            ffi::duckdb_data_chunk_set_size(self.chunk, count as u64);
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
}

/// # Safety
/// The vector is a list of `T` with room for as many rows as there are ends.
unsafe fn fill_lists<T: Copy>(
    vector: ffi::duckdb_vector,
    ends: &[usize],
    start: usize,
    items: &[T],
) {
    // SAFETY: by the contract above.
    unsafe {
        ffi::duckdb_list_vector_reserve(vector, items.len() as u64);
        ffi::duckdb_list_vector_set_size(vector, items.len() as u64);
        let entries: *mut ffi::duckdb_list_entry = ffi::duckdb_vector_get_data(vector).cast();
        let mut from = start;
        for (row, end) in ends.iter().enumerate() {
            entries.add(row).write(ffi::duckdb_list_entry {
                offset: (from - start) as u64,
                length: (end - from) as u64,
            });
            from = *end;
        }
        let child = ffi::duckdb_list_vector_get_child(vector);
        ptr::copy_nonoverlapping(
            items.as_ptr(),
            ffi::duckdb_vector_get_data(child).cast(),
            items.len(),
        );
    }
}
