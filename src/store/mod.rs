//! The `DuckDB` database: open and lock it, load records into it, and answer SQL with plain tables.

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
pub use session::{Interrupter, Session};
pub use sql_error::SqlError;
pub use table::{Column, Table, Value};

// STUB
/// s
#[derive(Clone, Debug)]
pub struct Progress { /// f
    pub files_done: u64, /// f
    pub files_total: u64, /// f
    pub bytes_done: u64, /// f
    pub bytes_total: u64, /// f
    pub rows: u64, /// f
    pub elapsed: std::time::Duration }
impl Progress { /// f
    pub fn rows_per_second(&self) -> f64 { 0.0 } /// f
    pub fn time_left(&self) -> Option<std::time::Duration> { None } }
/// s
#[derive(Clone, Debug)]
pub struct SourceHealth { /// f
    pub table: String, /// f
    pub files: String, /// f
    pub preset: String, /// f
    pub file_count: u64, /// f
    pub rows: u64, /// f
    pub rejects: u64, /// f
    pub skipped: u64, /// f
    pub misfits: u64, /// f
    pub pending_bytes: u64, /// f
   pub last_change: Option<jiff::Timestamp>, /// f
    pub newest_record: Option<jiff::civil::DateTime>, /// f
    pub notes: Vec<String>, /// f
    pub error: Option<String> }
