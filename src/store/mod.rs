//! The `DuckDB` database: open and lock it, load records into it, and answer SQL with plain tables.
//!
//! ```text
//! open: lock, sandbox, tables, functions → Store ── load: files → rows, rejects, checkpoints
//!                                            └─ connect → Session: SQL → values, print → Table
//! Parser: SQL → syntax tree, in an instance that holds nothing
//! ```
//!
//! It knows SQL and the canonical tables. It does not know saved queries, dashboards or the screen, and it does not judge
//! whether a text is harmless: `queries` looks at the syntax tree first.
//!
//! Invariant: one process writes, through one [`Store`]; a [`Session`] never changes anything; no DuckDB type leaves.

mod describe;
mod engine;
mod functions;
pub mod health;
mod journeys;
pub mod lexer;
mod load;
mod lock;
mod macros;
pub mod open;
pub mod parser;
pub mod portable;
mod print;
pub mod progress;
pub mod questions;
mod quoting;
mod sandbox;
pub mod session;
pub mod sql_error;
pub mod table;
mod tables;
mod values;

pub use engine::Interrupter;
pub use functions::remarks::Remarks;
pub use functions::{CustomersBehind, customers_behind};
pub use functions::{analyses, is_analysis, segment_macro, today_expression};
pub use health::SourceHealth;
pub use open::{Options, Store};
pub use parser::Parser;
pub use progress::{Go, Loading, Progress};
pub use questions::{Rejected, TableShape};
pub use quoting::{quoted_name, quoted_text};
pub use session::Session;
pub use sql_error::SqlError;
pub use table::{Column, Table, Value};
