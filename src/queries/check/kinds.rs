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
    for goal in &query.header.goals {
        let column = columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(&goal.column) && !column.is_number());
        problems.extend(column.map(|column| {
            let (goal_name, name, sql_type) = (&goal.name, &column.name, &column.sql_type);
            let message =
                format!("goal `{goal_name}`: column `{name}` is {sql_type}, not a number");
            let key = format!("goals.{goal_name}");
            let place = place_of(&query.path, &query.text, &key);
            Error::data(message).at(place).rule("goal")
        }));
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
    let found = |name: &str| {
        columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    };
    // A name with `#` behind it has to be a number.
    let lacks = |names: &[&str]| {
        names.iter().find_map(|wanted| {
            let name = wanted.trim_end_matches('#');
            match found(name) {
                None => Some(format!("a column `{name}`")),
                Some(column) if name != *wanted && !column.is_number() => {
                    Some(format!("numbers in the column `{name}`"))
                }
                Some(_) => None,
            }
        })
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
        Kind::Funnel => ("funnel", lacks(&["step", "customers#"])),
        Kind::Retention => (
            "retention",
            lacks(&["cohort", "period#", "size#", "returned#"]),
        ),
        Kind::Comments => ("comments", lacks(&["comment"])),
        Kind::Journey => ("journey", lacks(&["stage", "touchpoint", "customers#"])),
        Kind::Scorecard => ("scorecard", lacks(&["metric", "value#"])),
        Kind::Tree if lacks(&["parent", "label"]).is_some() => (
            "tree",
            lacks(&["position#", "node", "next_node", "transitions#"])
                .map(|missing| format!("{missing}, or `parent`, `label` and a number column")),
        ),
        Kind::Tree => (
            "tree",
            (numbers == 0).then(|| "a number column".to_string()),
        ),
        Kind::Table => return None,
    };
    needs.map(|needs| format!("kind `{word}` needs {needs}"))
}
