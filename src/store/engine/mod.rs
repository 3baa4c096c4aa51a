//! The one module that speaks DuckDB's C API. What it offers is safe to call: handles free themselves, text is checked,
//! cells are read only as the type their column has, and a text with two statements is refused before anything of it
//! runs (the `duckdb` crate's `prepare` would execute the first).
//!
//! Invariant: no raw pointer and no DuckDB type leaves this folder, and every failure carries DuckDB's own message.
#![expect(
    unsafe_code,
    reason = "reading result vectors and filling appended ones has no safe interface in `duckdb`"
)]

mod aggregate;
mod answers;
mod append;
mod bulk;
mod cells;
mod kind;
mod logical_type;
mod order;
mod scalar;
mod statement;
mod vector;

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_void};
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::ptr;
use std::sync::Arc;

use duckdb::ffi;

pub use aggregate::Aggregate;
pub use answers::Answers;
pub use cells::{AppendCells, AppendColumn, Lists};
pub use kind::{Kind, Unit};
pub use order::STORED_TOGETHER;
pub use scalar::ScalarFunction;
pub use statement::Statement;
pub use vector::{Cells, Chunk, Vector};

/// DuckDB's own error message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// A result with DuckDB's own message.
pub type Result<T> = std::result::Result<T, Failure>;

/// One DuckDB instance; closed when the last connection to it is gone.
#[derive(Clone)]
pub struct Database(Arc<DatabaseHandle>);

struct DatabaseHandle(ffi::duckdb_database);

// SAFETY: DuckDB guards an instance with its own locks; the handle is only used to connect and to close.
unsafe impl Send for DatabaseHandle {}
// SAFETY: as above.
unsafe impl Sync for DatabaseHandle {}

impl Drop for DatabaseHandle {
    fn drop(&mut self) {
        // SAFETY: the handle came from `duckdb_open_ext` and is closed exactly once.
        unsafe { ffi::duckdb_close(&raw mut self.0) }
    }
}

struct ConfigHandle(ffi::duckdb_config);

impl Drop for ConfigHandle {
    fn drop(&mut self) {
        // SAFETY: the handle is live or null and is destroyed exactly once.
        unsafe { ffi::duckdb_destroy_config(&raw mut self.0) }
    }
}

impl Database {
    /// Opens a file, or an instance in memory, with the settings that must be known before a log is replayed.
    pub fn open(path: Option<&Path>, settings: &[(&str, String)]) -> Result<Self> {
        let path = path.map_or(Ok(c":memory:".to_owned()), |path| {
            CString::new(path.as_os_str().as_bytes())
        });
        let path = path.map_err(|_| Failure("the path holds a NUL byte".to_string()))?;
        let mut config = ConfigHandle(ptr::null_mut());
        // SAFETY: the handle is destroyed by `ConfigHandle`, whatever the outcome.
        if unsafe { ffi::duckdb_create_config(&raw mut config.0) } != ffi::DuckDBSuccess {
            return Err(Failure("out of memory".to_string()));
        }
        for (name, value) in settings {
            let (c_name, c_value) = (nul_terminated(name)?, nul_terminated(value)?);
            // SAFETY: the handle is live and both texts end in NUL.
            if unsafe { ffi::duckdb_set_config(config.0, c_name.as_ptr(), c_value.as_ptr()) }
                != ffi::DuckDBSuccess
            {
                return Err(Failure(format!("the database refuses {name} = {value}")));
            }
        }
        let mut database = ptr::null_mut();
        let mut message = ptr::null_mut();
        // SAFETY: all pointers are live; on failure DuckDB hands out a message that `take_text` frees.
        let state = unsafe {
            ffi::duckdb_open_ext(path.as_ptr(), &raw mut database, config.0, &raw mut message)
        };
        let message = take_text(message);
        if state == ffi::DuckDBSuccess {
            Ok(Self(Arc::new(DatabaseHandle(database))))
        } else {
            Err(Failure(message))
        }
    }

    /// Opens one more connection.
    pub fn connect(&self) -> Result<Connection> {
        let mut raw = ptr::null_mut();
        // SAFETY: the instance is live, and the new connection keeps it so.
        if unsafe { ffi::duckdb_connect(self.0.0, &raw mut raw) } != ffi::DuckDBSuccess {
            return Err(Failure(
                "the database accepts no more connections".to_string(),
            ));
        }
        let handle = ConnectionHandle {
            raw,
            _database: Arc::clone(&self.0),
        };
        Ok(Connection {
            handle: Arc::new(handle),
            not_sync: PhantomData,
        })
    }
}

/// One connection. It can move between threads; one thread uses it at a time.
pub struct Connection {
    handle: Arc<ConnectionHandle>,
    not_sync: PhantomData<Cell<()>>,
}

struct ConnectionHandle {
    raw: ffi::duckdb_connection,
    _database: Arc<DatabaseHandle>,
}

// SAFETY: a connection may be used from any thread, one at a time; `Connection` is not `Sync`, and the only call other
// threads make is `duckdb_interrupt`, which is meant for that.
unsafe impl Send for ConnectionHandle {}
// SAFETY: as above.
unsafe impl Sync for ConnectionHandle {}

impl Drop for ConnectionHandle {
    fn drop(&mut self) {
        // SAFETY: the handle came from `duckdb_connect` and is disconnected exactly once.
        unsafe { ffi::duckdb_disconnect(&raw mut self.raw) }
    }
}

impl Connection {
    /// Runs any number of statements and drops what they return.
    pub fn execute(&self, sql: &str) -> Result<()> {
        let sql = nul_terminated(sql)?;
        // SAFETY: a zeroed result is what the C API expects to fill; it is destroyed whatever the outcome.
        unsafe {
            let mut result: ffi::duckdb_result = std::mem::zeroed();
            let state = ffi::duckdb_query(self.handle.raw, sql.as_ptr(), &raw mut result);
            let failure = (state != ffi::DuckDBSuccess)
                .then(|| Failure(borrow_text(ffi::duckdb_result_error(&raw mut result))));
            ffi::duckdb_destroy_result(&raw mut result);
            failure.map_or(Ok(()), Err)
        }
    }

    /// Returns what stops this connection's running statement from another thread.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(Arc::clone(&self.handle))
    }
}

/// Stops the statement a connection is running. Calling it again, or when nothing runs, does no harm; a call before the
/// statement has begun is lost, so a watchdog repeats it until the answer is there.
#[derive(Clone)]
pub struct Interrupter(Arc<ConnectionHandle>);

impl Interrupter {
    /// Asks the running statement to stop.
    pub fn interrupt(&self) {
        // SAFETY: the handle is live as long as this holds it, and interrupting from another thread is allowed.
        unsafe { ffi::duckdb_interrupt(self.0.raw) }
    }
}

/// Makes files that this process creates from now on readable by its user only.
pub fn create_private_files() {
    // SAFETY: `umask` cannot fail and touches no memory of ours.
    unsafe { libc::umask(0o077) };
}

fn nul_terminated(text: &str) -> Result<CString> {
    CString::new(text)
        .map_err(|_| Failure("Parser Error: the text holds a NUL character".to_string()))
}

/// Copies a text that DuckDB keeps.
fn borrow_text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: a non-null text of the C API ends in NUL and lives at least until the next call.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

/// Copies a text that DuckDB hands over, and frees it.
fn take_text(text: *mut c_char) -> String {
    let copy = borrow_text(text);
    // SAFETY: the C API says that such a text is freed by `duckdb_free`; NULL is allowed.
    unsafe { ffi::duckdb_free(text.cast()) };
    copy
}

/// Returns whether DuckDB has taken the function of this name.
fn accepted(name: &str, state: ffi::duckdb_state) -> Result<()> {
    if state == ffi::DuckDBSuccess {
        Ok(())
    } else {
        Err(Failure(format!("the function {name} was refused")))
    }
}

/// Does the work of a call from DuckDB, and returns what has to be reported there; a panic must not cross into C++.
fn refusal(work: impl FnOnce() -> std::result::Result<(), String>) -> Option<CString> {
    let done = catch_unwind(AssertUnwindSafe(work));
    let done = done.unwrap_or_else(|_| Err("the function failed".to_string()));
    let message = done.err()?.replace('\0', " ");
    Some(CString::new(message).unwrap_or_default())
}

/// Called by DuckDB when it needs what it was given no longer.
unsafe extern "C" fn forget<T>(given: *mut c_void) {
    // SAFETY: the pointer came from `Box::into_raw` of this type and is handed back exactly once.
    drop(unsafe { Box::from_raw(given.cast::<T>()) });
}
