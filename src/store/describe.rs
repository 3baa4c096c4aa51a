//! What a SELECT would return: names and types of its columns, without reading any data.

use super::engine::Kind;
use super::functions::lowering::{self, Lowered};
use super::functions::remarks::definition;
use super::functions::spec::Spec;
use super::lexer;
use super::quoting::quoted_text;
use super::session::Session;
use super::sql_error::SqlError;
use super::table::{Table, Value};

/// Makes DuckDB say the columns of a SELECT instead of its rows.
const PREFIX: &str = "DESCRIBE ";

/// How every value begins that is written into a text.
const WRITTEN: &str = "CAST(";

impl Session {
    /// Returns the names and types of the columns a SELECT would return, without reading any data.
    ///
    /// # Errors
    ///
    /// As [`Session::run`], with places in the text given.
    pub fn describe(
        &self,
        sql: &str,
        values: &[(String, Value)],
    ) -> Result<Vec<(String, String)>, SqlError> {
        self.set_today(values)?;
        // Without values, so that conditions which these switch off are looked at too.
        let lowered = lowering::lower(sql, &self.connection, &[])?;
        if let Some(lowered) = &lowered {
            self.try_calls(lowered, values)?;
        }
        let select = lowered.as_ref().map_or(sql, |lowered| &lowered.sql);
        if let Some(columns) = self.planned(select, values) {
            return Ok(columns);
        }
        let described = self.ask(&format!("{PREFIX}{select}"), values, usize::MAX);
        described
            .map(|table| columns(&table))
            .map_err(|error| lowering::placed(error.behind(PREFIX.len()), sql, lowered.as_ref()))
    }

    /// Looks whether the calls would be refused, as far as that can be told without rows: an argument that asks for some is
    /// known only when the query runs.
    fn try_calls(&self, lowered: &Lowered, values: &[(String, Value)]) -> Result<(), SqlError> {
        let specs = lowered.specs.iter();
        for (analysis, expression) in specs.filter(|(_, expression)| !asks_for_rows(expression)) {
            let refused = match self.spec(expression, values) {
                Ok(None) => continue,
                Ok(Some(spec)) => definition(*analysis, &spec, &self.clock)
                    .err()
                    .map(|refusal| SqlError::new(Spec::of_call(&spec.call, &refusal))),
                // Its place in what was asked is one in what was written.
                Err(error) if lowering::is_of_another_type(&error) => {
                    let written = lowered.sql.find(expression);
                    let position = error.position.and_then(|position| {
                        (written? + position).checked_sub(Self::OF_SPEC.len())
                    });
                    Some(SqlError { position, ..error })
                }
                // Of the names in it the whole text knows more.
                Err(error) => Some(SqlError {
                    position: None,
                    ..error
                })
                .filter(|error| lowered.gave_what_cannot_be_read(error)),
            };
            if let Some(error) = refused {
                return Err(lowered.in_source(error));
            }
        }
        Ok(())
    }

    /// Leaves plans as they are from now on: describing many texts needs no good plan, and finding one is a fifth of the work.
    ///
    /// # Errors
    ///
    /// When the database is lost.
    pub fn skip_optimizing(&self) -> Result<(), SqlError> {
        Ok(self.connection.execute("PRAGMA disable_optimizer")?)
    }

    /// Describes a SELECT from one plan, with the values written into it; with values bound DuckDB plans it twice. None where
    /// anything is wrong, or where a column has its name from a parameter: then DuckDB has to speak of the text as it stands.
    fn planned(&self, select: &str, values: &[(String, Value)]) -> Option<Vec<(String, String)>> {
        let written = with_values(select, values)?;
        let statement = self.connection.prepare(&written).ok()?;
        if !statement.is_select() {
            return None;
        }
        let columns = statement.columns();
        let is_own = |(name, _): &(String, Kind)| !name.contains(WRITTEN);
        columns.iter().all(is_own).then(|| {
            let columns = columns.into_iter();
            columns
                .map(|(name, kind)| (name, kind.to_string()))
                .collect()
        })
    }
}

/// Reads names and types from the answer to a DESCRIBE.
fn columns(described: &Table) -> Vec<(String, String)> {
    let texts = |name| {
        let column = described.column(name).into_iter();
        column.flat_map(|column| column.values.iter().map(Value::text))
    };
    texts("column_name").zip(texts("column_type")).collect()
}

fn asks_for_rows(expression: &str) -> bool {
    let mut words = lexer::tokens(expression).map(|token| &expression[token]);
    words.any(|word| {
        ["select", "from"]
            .iter()
            .any(|begin| word.eq_ignore_ascii_case(begin))
    })
}

/// Writes the values in place of the parameters; none when one has no value, or an empty list, whose type cannot be written.
fn with_values(sql: &str, values: &[(String, Value)]) -> Option<String> {
    let mut written = String::with_capacity(sql.len());
    let mut done = 0;
    let mut tokens = lexer::tokens(sql);
    while let Some(dollar) = tokens.next() {
        if &sql[dollar.clone()] != "$" {
            continue;
        }
        let name = tokens.next()?;
        let named = |(known, _): &&(String, Value)| known.eq_ignore_ascii_case(&sql[name.clone()]);
        let (_, value) = values.iter().find(named)?;
        if matches!(value, Value::List(members) if members.is_empty()) {
            return None;
        }
        written.push_str(&sql[done..dollar.start]);
        written.push_str(&typed(value));
        done = name.end;
    }
    written.push_str(&sql[done..]);
    Some(written)
}

/// Writes a value with the type that binding it would give it: a bare text would fit more than a bound one does.
fn typed(value: &Value) -> String {
    let sql_type = match value {
        Value::Null => return format!("{WRITTEN}NULL AS \"NULL\")"),
        Value::List(values) => {
            let values: Vec<String> = values.iter().map(typed).collect();
            return format!("[{}]", values.join(", "));
        }
        Value::Boolean(_) => "BOOLEAN",
        Value::Integer(_) => "BIGINT",
        Value::Double(_) => "DOUBLE",
        Value::Date(_) => "DATE",
        Value::Timestamp(_) => "TIMESTAMP",
        Value::Text(_) => "VARCHAR",
    };
    format!("{WRITTEN}{} AS {sql_type})", quoted_text(&value.text()))
}
