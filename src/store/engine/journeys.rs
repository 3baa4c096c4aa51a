//! Appending journeys: rows with lists, which the general appender does not know.

use std::ops::Range;
use std::ptr;

use duckdb::ffi;

use super::append::Appender;
use super::logical_type::LogicalType;
use super::{Connection, Kind, Result};

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
        let list = |item| Kind::List(Box::new(item));
        let columns = [
            ("number", Kind::UInteger),
            ("more", Kind::Boolean),
            ("ts", list(Kind::BigInt)),
            ("event", list(Kind::USmallInt)),
        ];
        let columns = columns.map(|(name, kind)| (name, LogicalType::of(&kind)));
        let mut appender = Appender::open(self, schema, table, columns.into())?;
        let mut row = 0;
        while row < rows.customers.len() {
            let start = row.checked_sub(1).map_or(0, |before| rows.ends[before]);
            let mut end = row + 1;
            while end < rows.customers.len()
                && end - row < appender.vector_rows
                && rows.ends[end] - start <= CHUNK_EVENTS
            {
                end += 1;
            }
            append(&mut appender, rows, row..end, start, more)?;
            row = end;
        }
        appender.finish()
    }
}

/// Fills the chunk with some of the journeys, whose events begin at `start`, and appends it.
fn append(
    appender: &mut Appender,
    rows: &JourneyRows,
    range: Range<usize>,
    start: usize,
    more: &dyn Fn(u32) -> bool,
) -> Result<()> {
    let count = range.len();
    let customers = &rows.customers[range.clone()];
    let ends = &rows.ends[range];
    let end = ends.last().copied().unwrap_or(start);
    // SAFETY: the appender was opened for these four types; its chunk has room for the rows, which are no more than it
    // holds, and room for the items is reserved before they are copied.
    unsafe {
        let numbers: *mut u32 = ffi::duckdb_vector_get_data(appender.vector(0)).cast();
        ptr::copy_nonoverlapping(customers.as_ptr(), numbers, count);
        let flags: *mut bool = ffi::duckdb_vector_get_data(appender.vector(1)).cast();
        for (row, customer) in customers.iter().enumerate() {
            flags.add(row).write(more(*customer));
        }
        fill_lists(appender.vector(2), ends, start, &rows.times[start..end]);
        fill_lists(appender.vector(3), ends, start, &rows.codes[start..end]);
    }
    appender.append_chunk(count)
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
