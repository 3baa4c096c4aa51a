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
pub use lowered::{Lowered, is_of_another_type, placed};

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::civil::Weekday;

    use super::*;
    use crate::store::{Options, Store};

    #[test]
    fn what_needs_no_more_of_events_than_their_names_goes_over_journeys() {
        let store = Store::open(&Options {
            file: None,
            timezone: "UTC".to_string(),
            week_start: Weekday::Monday,
            threads: 1,
            memory_limit: None,
            query_timeout: Duration::ZERO,
        })
        .unwrap();
        let session = store.connect().unwrap();
        session
            .define("CREATE MACRO is_use(e) AS e IN ('a', 'b')")
            .unwrap();
        let cases = [
            ("funnel(['a', 'b'])", true),
            ("funnel(['a', 'b'], excluding := event LIKE 'c%')", true),
            ("funnel(['a', 'b'], filter := event <> 'c')", false),
            ("funnel(['a', 'b'], by := event)", false),
            ("funnel_if([event = 'a', event IN ('b', 'c')])", true),
            ("funnel_if([events.event = $name, event IS NULL])", true),
            ("funnel_if([event = 'a', session_id = 'b'])", false),
            (
                "funnel_if([event = 'a', event IN (SELECT unnest($names))])",
                false,
            ),
            ("funnel_if([event = 'a', number > 1])", false),
            ("funnel_if([event = 'a', count(*) > 1])", false),
            (
                "funnel_if([event = 'a', events::VARCHAR LIKE '%b%'])",
                false,
            ),
            ("funnel_if([event = 'a', to_json(events.*) IS NULL])", false),
            (
                "funnel_if([event = 'a', coalesce(*COLUMNS(*)) = 'b'])",
                false,
            ),
            ("active()", true),
            ("funnel(['a', 'b'], unit := session_id)", false),
            ("active_if(event := is_use(event))", true),
            ("active_if(event := is_use(session_id))", false),
            (
                "retention_if(start := event = 'a', back := is_use(event))",
                true,
            ),
            ("next_events(after := event = 'a' OR is_use(event))", true),
        ];
        for (call, over_journeys) in cases {
            let sql = format!("FROM {call}");
            let lowered = lower(&sql, &session.connection, &[]).unwrap().unwrap();
            assert_eq!(
                lowered.sql.contains("_cxtop.journeys"),
                over_journeys,
                "{call}"
            );
            assert_eq!(
                !lowered.sql.contains("loaded.events"),
                over_journeys,
                "{call}"
            );
        }
    }
}
