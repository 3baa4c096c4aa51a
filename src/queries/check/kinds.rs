//! What columns each kind of panel needs, and whether goals and looks name columns that exist.

use super::suggest;
use crate::error::Error;
use crate::queries::header::Kind;
use crate::queries::saved::place_of;
use crate::queries::workspace::SavedQuery;
use crate::store::Column;

/// Returns what is wrong between a query's header and the columns it returns.
pub(super) fn check(query: &SavedQuery, columns: &[(String, String)]) -> Vec<Error> {
    let columns: Vec<Column> = columns
        .iter()
        .map(|(name, sql_type)| Column {
            name: name.clone(),
            sql_type: sql_type.clone(),
            values: Vec::new(),
        })
        .collect();
    let mut problems = Vec::new();
    if let Some(missing) = missing(query.header.kind, &columns) {
        let found: Vec<String> = columns
            .iter()
            .map(|column| format!("{} {}", column.name, column.sql_type))
            .collect();
        let place = place_of(&query.path, &query.text, "kind");
        let help = format!("the query returns {}", found.join(", "));
        problems.push(Error::data(missing).at(place).rule("kind").help(help));
    }
    let mut named = |wanted: &str, what: String, key: &str| {
        if !columns
            .iter()
            .any(|column| column.name.eq_ignore_ascii_case(wanted))
        {
            let problem = Error::data(format!("{what}: the query returns no column `{wanted}`"));
            let problem = problem
                .at(place_of(&query.path, &query.text, key))
                .rule("column");
            problems.push(suggest(
                problem,
                wanted,
                columns.iter().map(|column| column.name.as_str()),
            ));
        }
    };
    for goal in &query.header.goals {
        let key = format!("goals.{}", goal.name);
        named(&goal.column, format!("goal `{}`", goal.name), &key);
        for (column, _) in &goal.row {
            named(column, format!("goal `{}`: row", goal.name), &key);
        }
    }
    for (column, look) in &query.header.columns {
        named(column, "[columns]".to_string(), "columns");
        if let Some(margin) = &look.margin {
            named(margin, format!("[columns] {column}: margin"), "columns");
        }
    }
    problems
}

/// Says which column a kind misses.
fn missing(kind: Kind, columns: &[Column]) -> Option<String> {
    let numbers = columns.iter().filter(|column| column.is_number()).count();
    let texts = columns
        .iter()
        .filter(|column| !column.is_number() && !column.is_time())
        .count();
    let lacks = |names: &[&str]| {
        let missing = names.iter().find(|name| {
            !columns
                .iter()
                .any(|column| column.name.eq_ignore_ascii_case(name))
        });
        missing.map(|name| format!("a column `{name}`"))
    };
    let (word, needs) = match kind {
        Kind::Value => (
            "value",
            (numbers == 0).then(|| "a number column".to_string()),
        ),
        Kind::Trend if !columns.iter().any(Column::is_time) => {
            ("trend", Some("a time column".to_string()))
        }
        Kind::Trend => (
            "trend",
            (numbers == 0).then(|| "a number column".to_string()),
        ),
        Kind::Bars if texts == 0 => ("bars", Some("a text column".to_string())),
        Kind::Bars => (
            "bars",
            (numbers == 0).then(|| "a number column".to_string()),
        ),
        Kind::Distribution => {
            let counts = columns.iter().skip(1).any(Column::is_number);
            (
                "distribution",
                (!counts).then(|| "a bucket and then a number column".to_string()),
            )
        }
        Kind::Funnel => ("funnel", lacks(&["step", "customers"])),
        Kind::Retention => (
            "retention",
            lacks(&["cohort", "period", "size", "returned"]),
        ),
        Kind::Table => return None,
    };
    needs.map(|needs| format!("kind `{word}` needs {needs}"))
}
