//! One worker's connection: it asks, it never changes anything.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::engine::{Connection, Interrupter, Kind, Statement};
use super::functions::lowering::{self, Lowered};
use super::functions::remarks::{Remarks, definition};
use super::functions::spec::Spec;
use super::sql_error::SqlError;
use super::table::{Column, Table, Value};
use super::values;
use crate::analysis::calendar::Clock;

/// How many bytes of a text a panel can show at most (RELIABILITY 4).
const TEXT_LIMIT: usize = 4096;

/// How many texts of that length an answer can hold at most: one mebibyte of text, however long its rows are.
const LONG_TEXTS: usize = 256;

/// How often the end of a transaction may be interrupted.
const END_ATTEMPTS: usize = 1_000;

/// One worker's connection to the store. Every question runs in a read-only transaction of its own.
pub struct Session {
    pub(super) connection: Connection,
    /// Texts longer than this many bytes are cut and end in `…`; `usize::MAX` for exports.
    pub text_limit: usize,
    /// The workspace's clock, for saying days.
    pub(super) clock: Arc<Clock>,
    /// The day that the analyses take for today.
    today: Cell<Option<Date>>,
    /// Whether the session has macros of its own.
    pub(super) has_macros: Cell<bool>,
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
            has_macros: Cell::new(false),
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
        let lowered = lowering::lower(sql, &self.connection, values)?;
        self.ask_lowered(sql, lowered.as_ref(), values, limit)
    }

    /// Answers as [`Session::run`], and says beside the answer of a SELECT that calls analyses what has to be said.
    ///
    /// # Errors
    ///
    /// As [`Session::run`].
    pub fn run_with_remarks(
        &self,
        sql: &str,
        values: &[(String, Value)],
        limit: usize,
    ) -> Result<Table, SqlError> {
        self.set_today(values)?;
        let lowered = lowering::lower(sql, &self.connection, values)?;
        let mut table = self.ask_lowered(sql, lowered.as_ref(), values, limit)?;
        table.remarks = self.remarks_of(lowered.as_ref(), values);
        Ok(table)
    }

    /// Returns what has to be said beside the answer of a SELECT that calls analyses, for those who ask for the answer
    /// alone; nothing of others.
    #[must_use]
    pub fn remarks(&self, sql: &str, values: &[(String, Value)]) -> Remarks {
        // The answer itself says what is wrong with the text.
        let lowered = lowering::lower(sql, &self.connection, values).unwrap_or_default();
        self.remarks_of(lowered.as_ref(), values)
    }

    fn remarks_of(&self, lowered: Option<&Lowered>, values: &[(String, Value)]) -> Remarks {
        // A remark that cannot be made is left out: the answer is there without it.
        let remarks = lowered.map(|lowered| self.make_remarks(lowered, values));
        remarks.and_then(Result::ok).unwrap_or_default()
    }

    pub(super) fn ask_lowered(
        &self,
        sql: &str,
        lowered: Option<&Lowered>,
        values: &[(String, Value)],
        limit: usize,
    ) -> Result<Table, SqlError> {
        let asked = lowered.map_or(sql, |lowered| &lowered.sql);
        self.ask(asked, values, limit)
            .map_err(|error| lowering::placed(error, sql, lowered))
    }

    /// Stands before the expression of what a call asks.
    pub(super) const OF_SPEC: &str = "SELECT ";

    /// Returns what a call asks, with these values in its arguments.
    pub(super) fn spec(
        &self,
        expression: &str,
        values: &[(String, Value)],
    ) -> Result<Option<Spec>, SqlError> {
        let asked = self.ask(&format!("{}{expression} AS spec", Self::OF_SPEC), values, 1)?;
        let cells = asked.columns.first().map(|column| &column.values);
        Ok(match cells.and_then(|cells| cells.first()) {
            Some(Value::Text(spec)) => Spec::read(spec).ok(),
            _ => None,
        })
    }

    fn make_remarks(
        &self,
        lowered: &Lowered,
        values: &[(String, Value)],
    ) -> Result<Remarks, SqlError> {
        let mut remarks = Remarks::default();
        let mut given: Vec<String> = Vec::new();
        for (analysis, expression) in &lowered.specs {
            let Some(spec) = self.spec(expression, values)? else {
                continue;
            };
            given.extend(spec.event_names().map(String::from));
            if let Ok(definition) = definition(*analysis, &spec, &self.clock) {
                remarks.definition.get_or_insert(definition);
            }
        }
        remarks.warnings = self.unknown_names(given)?;
        Ok(remarks)
    }

    /// Tells the analyses which day is today.
    pub(super) fn set_today(&self, values: &[(String, Value)]) -> Result<(), SqlError> {
        let Some((_, Value::Date(day))) = values.iter().find(|(name, _)| name == "today") else {
            return Ok(());
        };
        if self.today.get() != Some(*day) {
            let literal = Value::Date(*day).literal();
            let set = format!("SET VARIABLE {} = {literal}", lowering::TODAY);
            self.connection.execute(&set)?;
            self.today.set(Some(*day));
        }
        Ok(())
    }

    pub(super) fn ask(
        &self,
        sql: &str,
        values: &[(String, Value)],
        limit: usize,
    ) -> Result<Table, SqlError> {
        let answer = catch_unwind(AssertUnwindSafe(|| {
            self.connection.execute("BEGIN TRANSACTION READ ONLY")?;
            self.answer(sql, values, limit)
        }))
        .unwrap_or_else(|_| Err(SqlError::new("the program failed while it read the answer")));
        let ended = self.end_transaction();
        answer.and_then(|table| ended.map(|()| table))
    }

    /// Returns what stops this session's running question.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        self.connection.interrupter()
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
    let mut bytes_left = text_limit.saturating_mul(LONG_TEXTS);
    let mut truncated = false;
    while !truncated && let Some(chunk) = rows.next_chunk()? {
        let vectors: Vec<_> = chunk.vectors().collect();
        let mut taken = 0;
        while taken < chunk.rows().min(left) && bytes_left > 0 {
            for (column, vector) in columns.iter_mut().zip(&vectors) {
                let value = values::value(vector, taken, text_limit);
                bytes_left = bytes_left.saturating_sub(value.text_bytes());
                column.values.push(value);
            }
            taken += 1;
        }
        left -= taken;
        truncated = taken < chunk.rows();
    }
    Ok(Table {
        columns,
        truncated,
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
