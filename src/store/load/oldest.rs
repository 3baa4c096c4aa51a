//! The oldest time of the rows of a table: asked of the database once, then kept in step with what is written, because a look
//! through all rows for every new one would cost the more the more there are.

use std::collections::BTreeMap;

use super::time_name;
use crate::error::Result;
use crate::store::engine::Connection;
use crate::store::table::Value;
use crate::store::tables::{self, LOADED};

/// The tables whose rows say what customers did and said.
const OF_CUSTOMERS: &[&str] = &["events", "surveys", "tickets"];

/// The oldest times in microseconds of UTC, as far as they are known.
#[derive(Default)]
pub struct Oldest {
    /// By table; none where the table has no times.
    known: BTreeMap<String, Option<i64>>,
}

impl Oldest {
    /// Returns the oldest time of all that customers did and said; none in an empty store.
    pub fn of_customers(&mut self, writer: &Connection) -> Result<Option<i64>> {
        let mut oldest = None;
        for table in OF_CUSTOMERS {
            let known = match self.known.get(*table) {
                Some(known) => *known,
                None => ask(writer, table)?,
            };
            self.known.insert((*table).to_string(), known);
            oldest = earlier(oldest, known);
        }
        Ok(oldest)
    }

    /// Takes in rows that are written to a table.
    pub fn take(&mut self, table: &str, times: &[Option<i64>]) {
        if let Some(known) = self.known.get_mut(table) {
            *known = earlier(*known, times.iter().flatten().min().copied());
        }
    }

    /// Takes in that rows of a table are gone, or not certain to stay.
    pub fn forget(&mut self, table: &str) {
        self.known.remove(table);
    }
}

fn ask(writer: &Connection, table: &str) -> Result<Option<i64>> {
    let Some(column) = time_name(table) else {
        return Ok(None);
    };
    let sql = format!("SELECT epoch_us(min({column})) FROM {LOADED}.{table}");
    let rows = tables::ask(writer, &sql, &[])?;
    Ok(match rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(time)) => Some(*time),
        _ => None,
    })
}

fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}
