//! One worker's connection: it asks, it never changes anything.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::engine::{Connection, Interrupter as EngineInterrupter, Kind, Statement};
use super::functions::lowering::{self, Columns, Lowered};
use super::functions::remarks::{Remarks, definition, unknown_name};
use super::functions::spec::Spec;
use super::sql_error::SqlError;
use super::table::{Column, Table, Value};
use super::tables::BOOKS;
use super::{definition, values};
use crate::analysis::calendar::Clock;

/// How many bytes of a text a panel can show at most (RELIABILITY 4).
const TEXT_LIMIT: usize = 4096;

/// How often the end of a transaction may be interrupted.
const END_ATTEMPTS: usize = 1_000;

/// A table's name, and its columns with their SQL types.
pub type TableShape = (String, Vec<(String, String)>);

/// One worker's connection to the store. Every question runs in a read-only transaction of its own.
pub struct Session {
    pub(super) connection: Connection,
    /// Texts longer than this many bytes are cut and end in `…`; `usize::MAX` for exports.
    pub text_limit: usize,
    /// The workspace's clock, for saying days.
    clock: Arc<Clock>,
    /// The day that the analyses take for today.
    today: Cell<Option<Date>>,
}

/// Stops a session's running question from another thread. It can be called again and again; a call before the question
/// has begun is lost, so a watchdog repeats it until the answer is there.
#[derive(Clone)]
pub struct Interrupter(EngineInterrupter);

impl Interrupter {
    /// Asks the running question to stop.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

impl Session {
    pub(super) fn new(
        connection: Connection,
        query_timeout: Duration,
        clock: Arc<Clock>,
    ) -> Result<Self, SqlError> {
        connection.execute(&format!(
            "SET max_execution_time = {}",
            query_timeout.as_millis()
        ))?;
        Ok(Self {
            connection,
            text_limit: TEXT_LIMIT,
            clock,
            today: Cell::new(None),
        })
    }

    /// Answers one SELECT with at most `limit` rows. Of the values only those are bound whose names the statement has.
    ///
    /// # Errors
    ///
    /// When DuckDB refuses the text, a parameter has no value, or the question was stopped.
    pub fn run(
        &self,
        sql: &str,
        values: &[(String, Value)],
        limit: usize,
    ) -> Result<Table, SqlError> {
        self.set_today(values)?;
        let lowered = lowering::lower(sql, self, values)?;
        self.ask_lowered(sql, lowered.as_ref(), values, limit)
    }

    pub(super) fn ask_lowered(
        &self,
        sql: &str,
        lowered: Option<&Lowered>,
        values: &[(String, Value)],
        limit: usize,
    ) -> Result<Table, SqlError> {
        match lowered {
            None => self.ask(sql, values, limit),
            Some(lowered) => self
                .ask(&lowered.sql, values, limit)
                .map_err(|error| lowered.in_source(error)),
        }
    }

    /// Returns what has to be said beside the answer of a SELECT that calls analyses; nothing of others.
    #[must_use]
    pub fn remarks(&self, sql: &str, values: &[(String, Value)]) -> Remarks {
        // The answer itself says what is wrong with the text; a remark that cannot be made is left out.
        self.make_remarks(sql, values).unwrap_or_default()
    }

    fn make_remarks(&self, sql: &str, values: &[(String, Value)]) -> Result<Remarks, SqlError> {
        let mut remarks = Remarks::default();
        let Some(lowered) = lowering::lower(sql, self, values)? else {
            return Ok(remarks);
        };
        let mut given: Vec<String> = Vec::new();
        for (analysis, expression) in &lowered.specs {
            let asked = self.ask(&format!("SELECT {expression} AS spec"), values, 1)?;
            let spec = asked
                .columns
                .first()
                .and_then(|column| column.values.first());
            let Some(Value::Text(spec)) = spec else {
                continue;
            };
            let Ok(spec) = Spec::read(spec) else { continue };
            given.extend(spec.event_names().map(String::from));
            let definition = definition(*analysis, &spec, &self.clock);
            remarks.definition.get_or_insert(definition);
        }
        remarks.warnings = self.unknown_names(given)?;
        Ok(remarks)
    }

    /// Says which of these names no event has, each once, in the order given.
    fn unknown_names(&self, mut given: Vec<String>) -> Result<Vec<String>, SqlError> {
        let values = given.iter().cloned().map(Value::Text).collect();
        let among = [("given".to_string(), Value::List(values))];
        let mut seen = self.event_names("WHERE list_contains($given, name)", &among)?;
        given.retain(|name| seen.insert(name.clone()));
        if given.is_empty() {
            return Ok(given);
        }
        let known = self.event_names("", &[])?;
        Ok(given
            .iter()
            .map(|name| unknown_name(name, &known))
            .collect())
    }

    fn event_names(
        &self,
        condition: &str,
        values: &[(String, Value)],
    ) -> Result<BTreeSet<String>, SqlError> {
        let sql = format!("SELECT name FROM {BOOKS}.event_names {condition}");
        let names = self.ask(&sql, values, usize::MAX)?;
        let cells = names.columns.iter().flat_map(|column| &column.values);
        Ok(cells.map(Value::text).collect())
    }

    /// Tells the analyses which day is today.
    pub(super) fn set_today(&self, values: &[(String, Value)]) -> Result<(), SqlError> {
        let Some((_, Value::Date(day))) = values.iter().find(|(name, _)| name == "today") else {
            return Ok(());
        };
        if self.today.get() != Some(*day) {
            let set = format!("SET VARIABLE {} = DATE '{day}'", lowering::TODAY);
            self.connection.execute(&set)?;
            self.today.set(Some(*day));
        }
        Ok(())
    }

    fn ask(&self, sql: &str, values: &[(String, Value)], limit: usize) -> Result<Table, SqlError> {
        let answer = catch_unwind(AssertUnwindSafe(|| {
            self.connection.execute("BEGIN TRANSACTION READ ONLY")?;
            self.answer(sql, values, limit)
        }))
        .unwrap_or_else(|_| Err(SqlError::new("the program failed while it read the answer")));
        let ended = self.end_transaction();
        answer.and_then(|table| ended.map(|()| table))
    }

    /// Defines a macro for this session from a `CREATE MACRO` statement; one of the same name is replaced.
    ///
    /// # Errors
    ///
    /// When the text is not one `CREATE MACRO`, or its body does not fit the tables.
    pub fn define(&self, create_macro: &str) -> Result<(), SqlError> {
        let lowered = lowering::lower(create_macro, self, &[])?;
        let Some(lowered) = lowered else {
            return self.define_lowered(create_macro);
        };
        self.define_lowered(&lowered.sql)
            .map_err(|error| lowered.in_source(error))
    }

    fn define_lowered(&self, create_macro: &str) -> Result<(), SqlError> {
        let definition = definition::temporary(create_macro)?;
        // Preparing first makes sure that it is one statement before any of it runs.
        let prepared = self
            .connection
            .prepare(&definition.sql)
            .and_then(|mut statement| statement.stream().map(drop));
        prepared.map_err(|failure| definition.in_source(failure.into()))
    }

    /// Forgets all macros that [`Session::define`] made.
    ///
    /// # Errors
    ///
    /// When the database is lost.
    pub fn forget_definitions(&self) -> Result<(), SqlError> {
        let made = self.run(
            "SELECT DISTINCT function_name, function_type = 'table_macro' AS is_table FROM duckdb_functions()
             WHERE database_name = 'temp' AND function_type IN ('macro', 'table_macro')",
            &[],
            usize::MAX,
        )?;
        for row in 0..made.rows() {
            if let [name, is_table] = made.row(row).collect::<Vec<_>>()[..] {
                let kind = if *is_table == Value::Boolean(true) {
                    "MACRO TABLE"
                } else {
                    "MACRO"
                };
                self.connection.execute(&format!(
                    "DROP {kind} IF EXISTS temp.{}",
                    quote(&name.text())
                ))?;
            }
        }
        Ok(())
    }

    /// Returns what stops this session's running question.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.connection.interrupter())
    }

    /// Returns the tables users see, each with its columns and their types.
    ///
    /// # Errors
    ///
    /// When the database is lost.
    pub fn shape(&self) -> Result<Vec<TableShape>, SqlError> {
        let columns = self.run(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()
             WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
             ORDER BY table_name, column_index",
            &[],
            usize::MAX,
        )?;
        let mut tables: Vec<TableShape> = Vec::new();
        for row in 0..columns.rows() {
            if let [table, column, sql_type] =
                &columns.row(row).map(Value::text).collect::<Vec<_>>()[..]
            {
                if tables.last().is_none_or(|(name, _)| name != table) {
                    tables.push((table.clone(), Vec::new()));
                }
                if let Some((_, list)) = tables.last_mut() {
                    list.push((column.clone(), sql_type.clone()));
                }
            }
        }
        Ok(tables)
    }

    /// Ends the transaction. An interrupt that comes late hits the end instead of the question, so the end is repeated
    /// until there is no transaction.
    fn end_transaction(&self) -> Result<(), SqlError> {
        let mut ended = Ok(());
        for _ in 0..END_ATTEMPTS {
            ended = self.connection.execute("ROLLBACK").map_err(SqlError::from);
            match &ended {
                Err(error) if error.message.contains("no transaction is active") => return Ok(()),
                Err(_) => {}
                Ok(()) => break,
            }
        }
        ended
    }

    fn answer(
        &self,
        sql: &str,
        values: &[(String, Value)],
        limit: usize,
    ) -> Result<Table, SqlError> {
        let statement = self.connection.prepare(sql)?;
        if !statement.is_select() {
            return Err(SqlError::new("only a SELECT can be run here"));
        }
        answer(statement, values, limit, self.text_limit)
    }
}

impl Columns for Session {
    fn of(&self, table: &str) -> Result<BTreeSet<String>, SqlError> {
        let statement = self
            .connection
            .prepare(&format!("SELECT * FROM main.{} LIMIT 0", quote(table)))?;
        let columns = statement.columns().into_iter();
        Ok(columns.map(|(name, _)| name.to_lowercase()).collect())
    }
}

/// Runs a prepared statement and reads its first rows.
pub(super) fn answer(
    mut statement: Statement<'_>,
    values: &[(String, Value)],
    limit: usize,
    text_limit: usize,
) -> Result<Table, SqlError> {
    bind(&mut statement, values)?;
    let mut rows = statement.stream()?;
    let mut columns = rows
        .columns()
        .iter()
        .map(empty_column)
        .collect::<Result<Vec<_>, _>>()?;
    let mut left = limit;
    while let Some(chunk) = rows.next_chunk()? {
        let taken = chunk.rows().min(left);
        for (column, vector) in columns.iter_mut().zip(chunk.vectors()) {
            column
                .values
                .extend((0..taken).map(|row| values::value(&vector, row, text_limit)));
        }
        left -= taken;
        if taken < chunk.rows() {
            return Ok(Table {
                columns,
                truncated: true,
                remarks: Remarks::default(),
            });
        }
    }
    Ok(Table {
        columns,
        truncated: false,
        remarks: Remarks::default(),
    })
}

/// Binds the values whose names the statement has; upper and lower case are one, as in SQL.
fn bind(statement: &mut Statement<'_>, values: &[(String, Value)]) -> Result<(), SqlError> {
    for (index, name) in statement.parameters().iter().enumerate() {
        let Some((_, value)) = values
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
        else {
            return Err(SqlError::new(format!(
                "there is no value for the parameter ${name}"
            )));
        };
        statement.bind(index, value)?;
    }
    Ok(())
}

fn empty_column((name, kind): &(String, Kind)) -> Result<Column, SqlError> {
    if let Kind::Other(sql_type) = kind {
        return Err(SqlError::new(format!(
            "column \"{name}\" has the type {sql_type}; cast it: {name}::VARCHAR"
        )));
    }
    Ok(Column {
        name: name.clone(),
        sql_type: kind.to_string(),
        values: Vec::new(),
    })
}

/// Writes a name as a quoted identifier.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
