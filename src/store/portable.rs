//! The functions of saved queries as plain SQL macros: slower than the product's own, for the stock `DuckDB` shell, and
//! the second opinion that tests hold the product to.
//!
//! In the files a name that begins with `@` takes the prefix; `{zone}`, `{week_shift}` and `{today}` are filled in.
//! Invariant: the macros name nothing but `events`, `customers`, each other and what `DuckDB` brings along.

use jiff::civil::{Date, Weekday};

/// What cxtop's engine has as Rust functions.
const ENGINE: &[&str] = &[
    include_str!("portable/clock.sql"),
    include_str!("portable/intervals.sql"),
];

/// The macros of the engine.
const STATISTICS: &str = include_str!("functions/statistics.sql");

/// The analyses, each file after those it uses.
const ANALYSES: &[&str] = &[
    include_str!("portable/arguments.sql"),
    include_str!("portable/attempts.sql"),
    include_str!("portable/funnel.sql"),
    include_str!("portable/retention.sql"),
    include_str!("portable/activity.sql"),
    include_str!("portable/paths.sql"),
];

/// What stands above the script.
const HEAD: &str = "-- The functions of cxtop as DuckDB macros, for times in UTC and the zone {zone}. They need the tables events
-- (customer_id, event, ts, and what your queries name) and customers (customer_id and attributes); without attributes:
-- CREATE TABLE IF NOT EXISTS customers (customer_id VARCHAR);

";

/// Returns the whole script for the stock `DuckDB` shell (1.5 or later), in which days begin in the zone given.
#[must_use]
pub fn script(zone: &str, week_start: Weekday, today: Date) -> String {
    let shift = week_start.to_monday_zero_offset().to_string();
    let text = [HEAD]
        .iter()
        .chain(ENGINE)
        .chain([STATISTICS].iter())
        .chain(ANALYSES)
        .copied()
        .collect::<String>();
    filled(&text, "", today)
        .replace("{zone}", &zone.replace('\'', "''"))
        .replace("{week_shift}", &shift)
}

/// Returns the analyses as one `CREATE MACRO` each, for a session that has the engine's functions. All their names begin
/// with the prefix.
#[must_use]
pub fn analyses(prefix: &str, today: Date) -> Vec<String> {
    filled(&ANALYSES.concat(), prefix, today)
        .split(";\n")
        .filter(|text| text.contains("CREATE "))
        .map(str::to_string)
        .collect()
}

fn filled(text: &str, prefix: &str, today: Date) -> String {
    text.replace('@', prefix)
        .replace("{today}", &today.to_string())
}
