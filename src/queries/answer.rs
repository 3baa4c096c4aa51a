//! Asking the database: from a gated statement and its values to a table, or to an error with a place in the file.

use std::path::Path;

use super::measure::measure;
use super::parameters::Bound;
use crate::error::{Error, Kind, Place, Result, nearest};
use crate::store::{Remarks, Session, SqlError, Table, Value};

/// Runs a gated statement. Computed values are worked out first; the journey map's own questions are asked after it.
///
/// # Errors
/// What `DuckDB` says, with its place in the file.
pub fn ask(
    session: &Session,
    sql: &str,
    path: &Path,
    bound: &Bound,
    limit: usize,
) -> Result<Table> {
    let values = complete(session, path, bound)?;
    let answer = session.run(sql, &values, limit);
    let table = answer.map_err(|error| located(path, sql, &error))?;
    measure(session, &bound.legs, table)
}

/// Runs a gated statement, and says beside the answer how its numbers are defined and what may be wrong with the question.
///
/// # Errors
/// As [`ask`].
pub fn ask_with_remarks(
    session: &Session,
    sql: &str,
    path: &Path,
    bound: &Bound,
    limit: usize,
) -> Result<Table> {
    let values = complete(session, path, bound)?;
    let answer = session.run_with_remarks(sql, &values, limit);
    let table = answer.map_err(|error| located(path, sql, &error))?;
    measure(session, &bound.legs, table)
}

/// Returns how the numbers of a gated statement are defined, and what may be wrong with the question, for those who ask
/// for the answer alone.
///
/// # Errors
/// When a computed value cannot be worked out.
pub fn remarks(session: &Session, sql: &str, path: &Path, bound: &Bound) -> Result<Remarks> {
    Ok(session.remarks(sql, &complete(session, path, bound)?))
}

/// Returns all values of a run, the computed ones worked out.
pub(super) fn complete(
    session: &Session,
    path: &Path,
    bound: &Bound,
) -> Result<Vec<(String, Value)>> {
    let mut values = bound.values.clone();
    let today: Vec<(String, Value)> = bound
        .values
        .iter()
        .filter(|(name, _)| name == "today")
        .cloned()
        .collect();
    for (name, expression) in &bound.computed {
        let table = session
            .run(&format!("SELECT {expression} AS value"), &today, 1)
            .map_err(|error| {
                let error = located(path, "", &error)
                    .context(format_args!("parameter `{name}`: default_sql"));
                Error {
                    place: Some(Place::file(path)),
                    ..error
                }
            })?;
        let value = table
            .columns
            .into_iter()
            .next()
            .and_then(|column| column.values.into_iter().next());
        values.push((name.clone(), value.unwrap_or(Value::Null)));
    }
    Ok(values)
}

/// Returns the error with its place in the file, and with what was probably meant.
#[must_use]
pub fn located(path: &Path, text: &str, error: &SqlError) -> Error {
    if error.message.contains("maximum execution time") {
        let slow = Error::data("the query took too long and was stopped")
            .at(Place::file(path))
            .rule("time");
        return slow.help("make it smaller, or raise [limits] query_timeout_seconds in cxtop.toml");
    }
    if error.interrupted {
        return Error {
            kind: Kind::Interrupted,
            ..Error::data(sentence(&error.message))
        };
    }
    let position = error
        .position
        .or_else(|| quoted_name(&error.message).and_then(|name| text.find(name)));
    let place = Place::in_text(path, text, position.unwrap_or_default());
    let located = Error::data(sentence(&error.message))
        .at(place)
        .rule(rule(&error.subtype));
    match suggestion(error, text) {
        Some(help) => located.help(help),
        None => located,
    }
}

/// Returns the short name of the broken rule.
fn rule(subtype: &str) -> &'static str {
    match subtype {
        "SYNTAX_ERROR" => "syntax",
        "COLUMN_NOT_FOUND" => "column",
        "MISSING_ENTRY" => "name",
        "NO_MATCHING_FUNCTION" => "function",
        "GATE" => "gate",
        _ => "sql",
    }
}

fn suggestion(error: &SqlError, text: &str) -> Option<String> {
    let wrong = error
        .position
        .and_then(|start| text.get(start..start + error.length))
        .unwrap_or_default();
    let wrong = wrong
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .trim_matches('"');
    // DuckDB offers what is least far, which can be far.
    let near = match &error.candidates[..] {
        [only] if wrong.is_empty() => Some(only.as_str()),
        candidates => nearest(wrong, candidates.iter().map(|candidate| candidate.trim()))
            .filter(|_| !wrong.is_empty()),
    };
    near.map(|near| format!("did you mean `{near}`?"))
}

/// Returns the name in quotes that a message speaks of.
fn quoted_name(message: &str) -> Option<&str> {
    let between = |quote: char| {
        let start = message.find(quote)? + 1;
        let name = &message[start..start + message[start..].find(quote)?];
        (!name.is_empty()).then_some(name)
    };
    between('"').or_else(|| between('\''))
}

/// Returns the first line of a message as the program writes messages: lower case, no full stop.
fn sentence(message: &str) -> String {
    let line = message
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .trim_end_matches(['.', '!']);
    let mut letters = line.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => line.to_string(),
    }
}
