//! The `DuckDB` database.

pub mod table;

pub use table::{Column, Table, Value};
