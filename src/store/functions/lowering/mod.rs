//! Calls of the analyses → SQL over journeys or over events. Arguments are taken over word by word, so that an error in
//! them is found at the author's own text.
//!
//! ```text
//! text ─ call → asked, steps (which rows, which marks, which fields)
//!             → writing: rows, fields → lowered (SQL, and where each part is from)
//!   expressions: what tokens alone tell     pruning: conditions that a NULL parameter switches off
//!   columns: what they can name
//! ```
//!
//! Invariant: what is written around an argument never changes what the argument itself means.

mod asked;
mod columns;
mod expressions;
mod fields;
mod lowered;
mod pruning;
mod rows;
mod steps;
mod writing;

use crate::store::engine::Connection;
use crate::store::sql_error::SqlError;
use crate::store::table::Value;
pub use lowered::{Lowered, placed};

/// The variable of a session that holds the day of today.
pub const TODAY: &str = "cxtop_today";

/// Replaces the calls of an SQL text; none when there are none. Conditions that these values switch off are left out, so
/// give no values where the whole text has to be looked at.
///
/// # Errors
///
/// When a call is wrong, at its place in the text.
pub fn lower(
    sql: &str,
    connection: &Connection,
    values: &[(String, Value)],
) -> Result<Option<Lowered>, SqlError> {
    let lowered = writing::write(sql, connection, values, "")?;
    Ok(lowered.has_calls().then_some(lowered))
}

/// Replaces the calls in the `CREATE MACRO` of this name; none when there are none.
///
/// # Errors
///
/// As [`lower`].
pub fn lower_macro(
    name: &str,
    create_macro: &str,
    connection: &Connection,
) -> Result<Option<Lowered>, SqlError> {
    let lowered = writing::write(create_macro, connection, &[], name)?;
    Ok(lowered.has_calls().then_some(lowered))
}
