//! One prepared statement and the rows it streams.

use std::ffi::c_char;
use std::marker::PhantomData;
use std::ptr;
use std::thread;
use std::time::Duration;

use duckdb::ffi;

use super::super::table::Value;
use super::logical_type::LogicalType;
use super::{Chunk, Connection, Failure, Kind, Result, borrow_text, nul_terminated};

/// One prepared statement; its connection outlives it.
pub struct Statement<'connection> {
    raw: ffi::duckdb_prepared_statement,
    connection: PhantomData<&'connection Connection>,
}

impl Connection {
    /// Prepares exactly one statement; nothing runs, whatever the text holds.
    pub fn prepare(&self, sql: &str) -> Result<Statement<'_>> {
        let sql = nul_terminated(sql)?;
        let mut extracted = ptr::null_mut();
        // SAFETY: `extracted` is destroyed below on every path; the prepared statement takes its own copy.
        unsafe {
            let count =
                ffi::duckdb_extract_statements(self.handle.raw, sql.as_ptr(), &raw mut extracted);
            let prepared = match count {
                0 => Err(Failure(
                    match borrow_text(ffi::duckdb_extract_statements_error(extracted)) {
                        message if message.is_empty() => {
                            "Parser Error: there is no statement".to_string()
                        }
                        message => message,
                    },
                )),
                1 => Self::prepare_first(self.handle.raw, extracted),
                many => Err(Failure(format!(
                    "Parser Error: one statement is expected, {many} were given"
                ))),
            };
            ffi::duckdb_destroy_extracted(&raw mut extracted);
            prepared.map(|raw| Statement {
                raw,
                connection: PhantomData,
            })
        }
    }

    /// # Safety
    /// Both handles are live and the text holds one statement.
    unsafe fn prepare_first(
        connection: ffi::duckdb_connection,
        extracted: ffi::duckdb_extracted_statements,
    ) -> Result<ffi::duckdb_prepared_statement> {
        let mut raw = ptr::null_mut();
        // SAFETY: a statement that failed to prepare still has to be destroyed, after its message is copied.
        unsafe {
            if ffi::duckdb_prepare_extracted_statement(connection, extracted, 0, &raw mut raw)
                == ffi::DuckDBSuccess
            {
                return Ok(raw);
            }
            let failure = Failure(borrow_text(ffi::duckdb_prepare_error(raw)));
            ffi::duckdb_destroy_prepare(&raw mut raw);
            Err(failure)
        }
    }
}

impl Drop for Statement<'_> {
    fn drop(&mut self) {
        // SAFETY: the statement is live and destroyed exactly once.
        unsafe { ffi::duckdb_destroy_prepare(&raw mut self.raw) }
    }
}

impl Statement<'_> {
    /// Tells whether the statement is a SELECT, or a DESCRIBE, which DuckDB counts as one.
    pub fn is_select(&self) -> bool {
        // SAFETY: the statement is live.
        let kind = unsafe { ffi::duckdb_prepared_statement_type(self.raw) };
        kind == ffi::duckdb_statement_type_DUCKDB_STATEMENT_TYPE_SELECT
    }

    /// Returns the names of the parameters, without `$`, in binding order.
    pub fn parameters(&self) -> Vec<String> {
        // SAFETY: the statement is live; a parameter's name is a text of the caller's to free.
        unsafe {
            (1..=ffi::duckdb_nparams(self.raw))
                .map(|index| {
                    super::take_text(ffi::duckdb_parameter_name(self.raw, index).cast_mut())
                })
                .collect()
        }
    }

    /// Returns the names and types of the columns that the statement will return. They are known only where no parameter's
    /// type depends on its value.
    pub fn columns(&self) -> Vec<(String, Kind)> {
        // SAFETY: the statement is live and the indices stay below its column count; names and types are the caller's to free.
        unsafe {
            (0..ffi::duckdb_prepared_statement_column_count(self.raw))
                .map(|index| {
                    let name = ffi::duckdb_prepared_statement_column_name(self.raw, index);
                    let kind = ffi::duckdb_prepared_statement_column_logical_type(self.raw, index);
                    (super::take_text(name.cast_mut()), Kind::take(kind))
                })
                .collect()
        }
    }

    /// Binds a value to the parameter at this position, from 0.
    pub fn bind(&mut self, parameter: usize, value: &Value) -> Result<()> {
        let bound = BoundValue::new(value)?;
        // SAFETY: statement and value are live; the statement copies the value.
        let state = unsafe { ffi::duckdb_bind_value(self.raw, parameter as u64 + 1, bound.0) };
        if state == ffi::DuckDBSuccess {
            return Ok(());
        }
        // SAFETY: the statement is live.
        Err(Failure(borrow_text(unsafe {
            ffi::duckdb_prepare_error(self.raw)
        })))
    }

    /// Runs the statement to its end, for what it does and not for its rows.
    pub fn run(&mut self) -> Result<()> {
        self.finish(ffi::duckdb_pending_prepared).map(|_| ())
    }

    /// Starts the statement, and returns when there are rows; more of them are computed as they are fetched.
    pub fn stream(&mut self) -> Result<Rows<'_>> {
        let mut rows = self.finish(ffi::duckdb_pending_prepared_streaming)?;
        // SAFETY: the result is live, and the indices stay below its column count.
        rows.columns = unsafe {
            (0..ffi::duckdb_column_count(&raw mut rows.result))
                .map(|index| {
                    let name = borrow_text(ffi::duckdb_column_name(&raw mut rows.result, index));
                    (
                        name,
                        Kind::take(ffi::duckdb_column_logical_type(&raw mut rows.result, index)),
                    )
                })
                .collect()
        };
        Ok(rows)
    }

    /// Begins the statement, and works on it until its result is there.
    fn finish(
        &mut self,
        begin: unsafe extern "C" fn(
            ffi::duckdb_prepared_statement,
            *mut ffi::duckdb_pending_result,
        ) -> ffi::duckdb_state,
    ) -> Result<Rows<'_>> {
        // SAFETY: the statement is live. A statement that could not begin is still a pending one, with its error. A zeroed
        // result is what the C API expects to fill; `Rows` destroys it whatever the outcome.
        let (state, mut rows) = unsafe {
            let mut pending = ptr::null_mut();
            begin(self.raw, &raw mut pending);
            work_on(pending);
            let mut result: ffi::duckdb_result = std::mem::zeroed();
            let state = ffi::duckdb_execute_pending(pending, &raw mut result);
            ffi::duckdb_destroy_pending(&raw mut pending);
            (
                state,
                Rows {
                    result,
                    columns: Vec::new(),
                    statement: PhantomData,
                },
            )
        };
        if state == ffi::DuckDBSuccess {
            return Ok(rows);
        }
        Err(rows
            .failure()
            .unwrap_or_else(|| Failure("the statement failed".to_string())))
    }
}

/// How long a thread waits that has no part of a statement to work on while others have.
const BREATH: Duration = Duration::from_micros(50);

/// Takes part in the work on a statement until there is a result. Left alone, DuckDB asks for work without a pause, which
/// takes a tenth of the machine from the threads that have some, and more where several statements run.
///
/// # Safety
/// The pending result is live.
unsafe fn work_on(pending: ffi::duckdb_pending_result) {
    loop {
        // SAFETY: by the contract above.
        match unsafe { ffi::duckdb_pending_execute_task(pending) } {
            ffi::duckdb_pending_state_DUCKDB_PENDING_RESULT_NOT_READY => {}
            ffi::duckdb_pending_state_DUCKDB_PENDING_NO_TASKS_AVAILABLE => thread::sleep(BREATH),
            _ => return,
        }
    }
}

/// The rows of a running statement.
pub struct Rows<'statement> {
    result: ffi::duckdb_result,
    columns: Vec<(String, Kind)>,
    statement: PhantomData<&'statement ()>,
}

impl Drop for Rows<'_> {
    fn drop(&mut self) {
        // SAFETY: the result is destroyed exactly once; destroying a failed one is allowed.
        unsafe { ffi::duckdb_destroy_result(&raw mut self.result) }
    }
}

impl Rows<'_> {
    /// Returns the names and types of the columns.
    pub fn columns(&self) -> &[(String, Kind)] {
        &self.columns
    }

    /// Returns the next rows, at most a couple of thousand, or nothing at the end.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk<'_>>> {
        // SAFETY: the result is live; the chunk belongs to the caller and is destroyed by `Chunk`.
        let chunk = unsafe { Chunk::take(ffi::duckdb_fetch_chunk(self.result), &self.columns) };
        if let Some(chunk) = chunk.filter(|chunk| chunk.rows() > 0) {
            return Ok(Some(chunk));
        }
        // SAFETY: the result is live.
        let message = borrow_text(unsafe { ffi::duckdb_result_error(&raw mut self.result) });
        if message.is_empty() {
            Ok(None)
        } else {
            Err(Failure(message))
        }
    }

    fn failure(&mut self) -> Option<Failure> {
        // SAFETY: the result is live.
        let message = borrow_text(unsafe { ffi::duckdb_result_error(&raw mut self.result) });
        (!message.is_empty()).then_some(Failure(message))
    }
}

/// A value in DuckDB's own form.
struct BoundValue(ffi::duckdb_value);

impl Drop for BoundValue {
    fn drop(&mut self) {
        // SAFETY: the value is destroyed exactly once.
        unsafe { ffi::duckdb_destroy_value(&raw mut self.0) }
    }
}

impl BoundValue {
    fn new(value: &Value) -> Result<Self> {
        // SAFETY: each call copies what it is given; text is valid UTF-8 of the stated length.
        Ok(Self(unsafe {
            match value {
                Value::Null => ffi::duckdb_create_null_value(),
                Value::Boolean(truth) => ffi::duckdb_create_bool(*truth),
                Value::Integer(number) => ffi::duckdb_create_int64(*number),
                Value::Double(number) => ffi::duckdb_create_double(*number),
                Value::Date(date) => ffi::duckdb_create_date(ffi::duckdb_date {
                    days: super::super::values::days(*date),
                }),
                Value::Timestamp(time) => ffi::duckdb_create_timestamp(ffi::duckdb_timestamp {
                    micros: super::super::values::microseconds(*time),
                }),
                Value::Text(text) => ffi::duckdb_create_varchar_length(
                    text.as_ptr().cast::<c_char>(),
                    text.len() as u64,
                ),
                Value::List(values) => return Self::list(values),
            }
        }))
    }

    fn list(values: &[Value]) -> Result<Self> {
        let values = alike(values)?;
        let id = match values.iter().find(|value| **value != Value::Null) {
            None => ffi::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL,
            Some(Value::Boolean(_)) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN,
            Some(Value::Integer(_)) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT,
            Some(Value::Double(_)) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE,
            Some(Value::Date(_)) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE,
            Some(Value::Timestamp(_)) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP,
            Some(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR,
        };
        let items = values.iter().map(Self::new).collect::<Result<Vec<_>>>()?;
        let mut raw: Vec<ffi::duckdb_value> = items.iter().map(|item| item.0).collect();
        // SAFETY: the items and the type are live during the call, which copies both.
        let list = unsafe {
            let item_type = LogicalType::simple(id);
            ffi::duckdb_create_list_value(item_type.raw(), raw.as_mut_ptr(), raw.len() as u64)
        };
        if list.is_null() {
            return Err(Failure(
                "Invalid Input Error: the values of a list must have one type".to_string(),
            ));
        }
        Ok(Self(list))
    }
}

/// Brings whole and other numbers of one list to one type.
fn alike(values: &[Value]) -> Result<Vec<Value>> {
    if values.iter().any(|value| matches!(value, Value::List(_))) {
        return Err(Failure(
            "Invalid Input Error: a parameter cannot be a list of lists".to_string(),
        ));
    }
    let any_double = values.iter().any(|value| matches!(value, Value::Double(_)));
    let as_double = |value: &Value| match value {
        Value::Integer(_) if any_double => value.number().map_or(Value::Null, Value::Double),
        other => other.clone(),
    };
    Ok(values.iter().map(as_double).collect())
}
