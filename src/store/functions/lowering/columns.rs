//! The columns that expressions can name.

use std::collections::BTreeSet;

use crate::store::engine::Connection;
use crate::store::quoting::quoted_name;
use crate::store::sql_error::SqlError;

/// Finds the columns that expressions can name, once for a text and only when it matters.
pub struct Columns<'session> {
    connection: &'session Connection,
    known: Option<Known>,
}

/// The columns of the tables that calls look at, in lower case.
pub struct Known {
    /// Those of `customers`.
    pub customers: BTreeSet<String>,
    /// Those of `events`.
    pub events: BTreeSet<String>,
}

impl<'session> Columns<'session> {
    /// Returns a finder for the tables of a connection.
    pub fn new(connection: &'session Connection) -> Self {
        Self {
            connection,
            known: None,
        }
    }

    /// Returns the columns.
    ///
    /// # Errors
    ///
    /// When the database is lost.
    pub fn known(&mut self) -> Result<&Known, SqlError> {
        match self.known {
            Some(ref known) => Ok(known),
            None => Ok(self.known.insert(Known {
                customers: names(self.connection, "customers")?,
                events: names(self.connection, "events")?,
            })),
        }
    }
}

fn names(connection: &Connection, table: &str) -> Result<BTreeSet<String>, SqlError> {
    // Preparing is enough: nothing has to run for the names.
    let statement = connection.prepare(&format!("FROM main.{}", quoted_name(table)))?;
    let columns = statement.columns().into_iter();
    Ok(columns.map(|(name, _)| name.to_lowercase()).collect())
}
