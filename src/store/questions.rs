//! The program's own questions: what no saved query may ask, because it is about the tables and the loading and not about
//! customers.

use std::collections::BTreeSet;

use super::functions::remarks::unknown_name;
use super::session::Session;
use super::sql_error::SqlError;
use super::table::Value;
use super::tables::BOOKS;

/// Rejects shown at most: nobody reads more, and a file of the wrong kind has one for every line.
const MOST_REJECTS: usize = 1_000;

/// An input record that could not be loaded, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The file.
    pub file: String,
    /// The line on which the record starts, from 1; 0 for formats without lines.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// The record's beginning.
    pub excerpt: String,
}

/// A table's name, and its columns with their SQL types.
pub type TableShape = (String, Vec<(String, String)>);

impl Session {
    /// Returns the newest rejects of a table, file by file in the order of their lines; at most 1,000.
    ///
    /// # Errors
    /// What the database says.
    pub fn rejects(&self, table: &str) -> Result<Vec<Rejected>, SqlError> {
        let newest = format!(
            "SELECT file, line, reason, excerpt FROM (
                 SELECT * FROM {BOOKS}.rejects WHERE table_name = $table ORDER BY \"at\" DESC, line DESC LIMIT {MOST_REJECTS}
             ) ORDER BY file, line"
        );
        let table = self.run(
            &newest,
            &[("table".to_string(), Value::Text(table.to_string()))],
            MOST_REJECTS,
        )?;
        let texts =
            (0..table.rows()).map(|row| table.row(row).map(Value::text).collect::<Vec<_>>());
        Ok(texts
            .filter_map(|row| match &row[..] {
                [file, line, reason, excerpt] => Some(Rejected {
                    file: file.clone(),
                    line: line.parse().unwrap_or(0),
                    reason: reason.clone(),
                    excerpt: excerpt.clone(),
                }),
                _ => None,
            })
            .collect())
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

    /// Says which of these names no event has, each once, in the order given.
    pub(super) fn unknown_names(&self, mut given: Vec<String>) -> Result<Vec<String>, SqlError> {
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
}
