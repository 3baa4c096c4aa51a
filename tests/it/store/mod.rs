//! The store through its public interface.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails says why by panicking"
)]

mod functions;
mod loading;
mod opening;
mod page;
mod questions;

use std::time::Duration;

use cxtop::store::{Options, Session, Store, Value};
use jiff::civil::Weekday;

fn options() -> Options {
    Options {
        file: None,
        timezone: "Europe/Berlin".to_string(),
        week_start: Weekday::Monday,
        threads: 2,
        memory_limit: None,
        query_timeout: Duration::from_secs(60),
    }
}

fn session() -> Session {
    Store::open(&options()).unwrap().connect().unwrap()
}

/// Returns the answer as text, one line a row, values separated by ` | `.
fn ask(session: &Session, sql: &str) -> String {
    let table = session
        .run(sql, &[], usize::MAX)
        .unwrap_or_else(|error| panic!("{sql}\n{error:?}"));
    let line = |row| table.row(row).map(shown).collect::<Vec<_>>().join(" | ");
    (0..table.rows()).map(line).collect::<Vec<_>>().join("\n")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_string(),
        other => other.text(),
    }
}
