//! Inserting many rows at once, on all of DuckDB's threads.
//!
//! An appender copies its rows twice and leaves their compression to one thread. So whole row groups go in as the
//! answer of a table function that several threads ask, each for one row group after the other.

use std::cell::RefCell;
use std::ffi::{CString, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use duckdb::ffi;

use super::super::quoting::quoted_name;
use super::cells::{AppendCells, AppendColumn, chunk_length};
use super::order::{STORED_TOGETHER, stored_order};
use super::{Connection, Result, accepted, forget, nul_terminated, refusal};

/// The table function; only an insert of this module has rows for it.
const NAME: &str = "_cxtop_offered_rows";

thread_local! {
    /// What this thread is inserting.
    static OFFER: RefCell<Option<Arc<Offer>>> = const { RefCell::new(None) };
}

/// Rows on their way into a table.
struct Offer {
    columns: Vec<(CString, AppendCells<'static>)>,
    kinds: Option<&'static [u16]>,
    rows: usize,
}

/// Where one of DuckDB's threads is.
#[derive(Default)]
struct Place {
    /// How many rows are stored before its row group.
    before: usize,
    /// The rows of its row group in the order in which they are stored.
    order: Vec<usize>,
    /// How many of them are stored.
    stored: usize,
}

impl Connection {
    /// Makes inserts of whole row groups possible. They do not keep the order of the row groups, so this connection
    /// must not promise it for anything else.
    pub fn prepare_bulk(&self) -> Result<()> {
        let name = nul_terminated(NAME)?;
        // SAFETY: the handle is destroyed after the catalog has copied the function.
        let state = unsafe {
            let mut function = ffi::duckdb_create_table_function();
            ffi::duckdb_table_function_set_name(function, name.as_ptr());
            ffi::duckdb_table_function_set_bind(function, Some(bind));
            ffi::duckdb_table_function_set_init(function, Some(init));
            ffi::duckdb_table_function_set_local_init(function, Some(init_thread));
            ffi::duckdb_table_function_set_function(function, Some(fill_chunk));
            let state = ffi::duckdb_register_table_function(self.handle.raw, function);
            ffi::duckdb_destroy_table_function(&raw mut function);
            state
        };
        accepted(NAME, state)?;
        self.execute("SET SESSION preserve_insertion_order = false")
    }

    /// Inserts the rows that make whole row groups; returns how many that were.
    pub(super) fn insert_row_groups(
        &self,
        schema: &str,
        table: &str,
        columns: &[AppendColumn<'_>],
        rows: usize,
        kinds: Option<&[u16]>,
    ) -> Result<usize> {
        let rows = rows - rows % STORED_TOGETHER;
        if rows == 0 {
            return Ok(0);
        }
        let names = columns.iter().map(|column| quoted_name(column.name));
        let names: Vec<String> = names.collect();
        let sql = format!(
            "INSERT INTO {}.{} ({}) FROM {NAME}()",
            quoted_name(schema),
            quoted_name(table),
            names.join(", ")
        );
        let offer = Arc::new(Offer::new(columns, rows, kinds)?);
        OFFER.set(Some(offer));
        let inserted = self.prepare(&sql).and_then(|mut insert| insert.run());
        OFFER.set(None);
        inserted.map(|()| rows)
    }
}

impl Offer {
    fn new(columns: &[AppendColumn<'_>], rows: usize, kinds: Option<&[u16]>) -> Result<Self> {
        // SAFETY: cells and kinds are only used by the statement that this offer is made for, which has ended, threads and
        // all, before the caller's borrow does.
        let (cells, kinds): (Vec<AppendCells<'static>>, Option<&'static [u16]>) = unsafe {
            let cells = columns.iter().map(|column| {
                std::mem::transmute::<AppendCells<'_>, AppendCells<'static>>(column.cells)
            });
            let cells = cells.collect();
            (
                cells,
                std::mem::transmute::<Option<&[u16]>, Option<&'static [u16]>>(kinds),
            )
        };
        let names = columns.iter().map(|column| nul_terminated(column.name));
        let columns = names
            .zip(cells)
            .map(|(name, cells)| Ok((name?, cells)))
            .collect::<Result<_>>()?;
        Ok(Self {
            columns,
            kinds,
            rows,
        })
    }
}

/// Called by DuckDB on the thread that runs the insert: tells the columns.
unsafe extern "C" fn bind(info: ffi::duckdb_bind_info) {
    // SAFETY: DuckDB passes a live handle; names and types live during the calls that copy them, and the boxed offer is
    // freed by `forget`.
    unsafe {
        let wrong = refusal(|| {
            let offer = OFFER.with_borrow(Clone::clone);
            let offer = offer.ok_or("Binder Error: this function is the store's own")?;
            for (name, cells) in &offer.columns {
                let kind = cells.logical_type();
                ffi::duckdb_bind_add_result_column(info, name.as_ptr(), kind.raw());
            }
            ffi::duckdb_bind_set_cardinality(info, offer.rows as u64, true);
            let offer = Box::into_raw(Box::new(offer)).cast::<c_void>();
            ffi::duckdb_bind_set_bind_data(info, offer, Some(forget::<Arc<Offer>>));
            Ok(())
        });
        if let Some(message) = wrong {
            ffi::duckdb_bind_set_error(info, message.as_ptr());
        }
    }
}

/// Called by DuckDB once a statement: what its threads share is the next row group.
unsafe extern "C" fn init(info: ffi::duckdb_init_info) {
    // SAFETY: DuckDB passes a live handle with the data of `bind`; the box is freed by `forget`.
    unsafe {
        let wrong = refusal(|| {
            let offer = &*ffi::duckdb_init_get_bind_data(info).cast::<Arc<Offer>>();
            ffi::duckdb_init_set_max_threads(info, (offer.rows / STORED_TOGETHER) as u64);
            let next = Box::into_raw(Box::new(AtomicUsize::new(0))).cast::<c_void>();
            ffi::duckdb_init_set_init_data(info, next, Some(forget::<AtomicUsize>));
            Ok(())
        });
        if let Some(message) = wrong {
            ffi::duckdb_init_set_error(info, message.as_ptr());
        }
    }
}

/// Called by DuckDB on each thread that takes part.
unsafe extern "C" fn init_thread(info: ffi::duckdb_init_info) {
    // SAFETY: DuckDB passes a live handle; the box is freed by `forget`.
    unsafe {
        let place = Box::into_raw(Box::new(Place::default())).cast::<c_void>();
        ffi::duckdb_init_set_init_data(info, place, Some(forget::<Place>));
    }
}

/// Called by DuckDB for each chunk of rows, on any of the threads.
unsafe extern "C" fn fill_chunk(info: ffi::duckdb_function_info, output: ffi::duckdb_data_chunk) {
    // SAFETY: DuckDB passes live handles, the data of the functions above, and a thread's own place to that thread only.
    // The vectors have the types that `bind` told.
    unsafe {
        let wrong = refusal(|| {
            let offer = &*ffi::duckdb_function_get_bind_data(info).cast::<Arc<Offer>>();
            let next = &*ffi::duckdb_function_get_init_data(info).cast::<AtomicUsize>();
            let place = &mut *ffi::duckdb_function_get_local_init_data(info).cast::<Place>();
            let (rows, stored) = place.next_rows(offer, next);
            for (index, (_, cells)) in (0..).zip(&offer.columns) {
                let vector = ffi::duckdb_data_chunk_get_vector(output, index);
                let filled = cells.fill(vector, rows, stored);
                filled.map_err(|failure| failure.0)?;
            }
            ffi::duckdb_data_chunk_set_size(output, rows.len() as u64);
            Ok(())
        });
        if let Some(message) = wrong {
            ffi::duckdb_function_set_error(info, message.as_ptr());
        }
    }
}

impl Place {
    /// Returns the rows of the next chunk, and how many are stored before them; no rows at the end.
    fn next_rows(&mut self, offer: &Offer, next: &AtomicUsize) -> (&[usize], usize) {
        if self.stored == self.order.len() {
            self.move_on(offer, next);
        }
        let start = self.stored;
        let cells = offer.columns.iter().map(|(_, cells)| cells);
        self.stored += chunk_length(cells, &self.order[start..]);
        (&self.order[start..self.stored], self.before + start)
    }

    /// Goes to the next row group that no thread has, if there is one.
    fn move_on(&mut self, offer: &Offer, next: &AtomicUsize) {
        let start = next.fetch_add(1, Ordering::Relaxed) * STORED_TOGETHER;
        let end = offer.rows.min(start + STORED_TOGETHER);
        (self.before, self.stored) = (start, 0);
        self.order = stored_order(start.min(end)..end, offer.kinds);
    }
}
