//! Calls of the analyses → SQL over journeys or over events. Arguments are taken over word by word, so that an error in
//! them is found at the author's own text.
//!
//! ```text
//! text ─ call → asked (which rows, which marks, which fields) → writing → lowered (SQL, and where each part is from)
//!                expressions: what tokens alone tell      pruning: conditions that a NULL parameter switches off
//! ```
//!
//! Invariant: what is written around an argument never changes what the argument itself means.

mod asked;
mod expressions;
mod lowered;
mod pruning;
mod writing;

use std::collections::BTreeSet;

use crate::store::sql_error::SqlError;
use crate::store::table::Value;
pub use lowered::Lowered;

/// The variable of a session that holds the day of today.
pub const TODAY: &str = "cxtop_today";

/// The columns that expressions can name.
pub trait Columns {
    /// Returns the columns of a table.
    fn of(&self, table: &str) -> Result<BTreeSet<String>, SqlError>;
}

/// Replaces the calls of an SQL text; none when there are none. Conditions that these values switch off are left out, so
/// give no values where the whole text has to be looked at.
///
/// # Errors
///
/// When a call is wrong, at its place in the text.
pub fn lower(
    sql: &str,
    columns: &dyn Columns,
    values: &[(String, Value)],
) -> Result<Option<Lowered>, SqlError> {
    let lowered = writing::write(sql, columns, values)?;
    Ok(lowered.has_calls().then_some(lowered))
}
