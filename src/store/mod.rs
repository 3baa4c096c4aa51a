//! The `DuckDB` database: open and lock it, load records into it, and answer SQL with plain tables.

mod calendar;
mod definition;
mod engine;
mod functions;
pub mod health;
mod load;
mod lock;
pub mod open;
pub mod parser;
mod print;
pub mod progress;
pub mod questions;
mod sandbox;
pub mod session;
pub mod sql_error;
pub mod table;
mod tables;
mod values;

pub use health::SourceHealth;
pub use open::{Options, Store};
pub use parser::Parser;
pub use progress::{Go, Loading, Progress};
pub use questions::Rejected;
pub use session::{Interrupter, Session};
pub use sql_error::SqlError;
pub use table::{Column, Table, Value};
