//! What columns each kind of panel needs, and whether goals and looks name columns that exist.

use super::suggest;
use crate::error::Error;
use crate::queries::header::{Header, Kind};
use crate::queries::saved::place_of;
use crate::queries::workspace::SavedQuery;
use crate::store::Column;

/// What many kinds need.
const NUMBER: &str = "a number column";

/// Returns what is wrong between a query's header and the columns it returns.
pub(super) fn check(query: &SavedQuery, columns: &[Column]) -> Vec<Error> {
    let mut problems = Vec::new();
    if let Some(needs) = missing(&query.header, columns) {
        let found: Vec<String> = columns
            .iter()
            .map(|column| format!("{} {}", column.name, column.sql_type))
            .collect();
        let place = place_of(&query.path, &query.text, "kind");
        let help = format!("the query returns {}", found.join(", "));
        let message = format!("kind `{}` needs {needs}", query.header.kind.word());
        problems.push(Error::data(message).at(place).rule("kind").help(help));
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

/// Says what a kind misses among the columns. It asks for no less than the kind's panel does, which sees the same columns.
fn missing(header: &Header, columns: &[Column]) -> Option<String> {
    let found = |name: &str| {
        let named = |column: &&Column| column.name.eq_ignore_ascii_case(name);
        columns.iter().find(named)
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
    // What only says how sure another number is, is no number of its own.
    let number = |is_other: &dyn Fn(&str) -> bool| {
        let is_own = |column: &Column| {
            let name = column.name.to_lowercase();
            column.is_number() && !header.is_support(&name) && !is_other(&name)
        };
        (!columns.iter().any(is_own)).then(|| NUMBER.to_string())
    };
    match header.kind {
        Kind::Table => None,
        Kind::Value if found("value").is_some() => lacks(&["value#"]),
        Kind::Value => number(&|name| name.starts_with("previous")),
        Kind::Trend if !columns.iter().any(Column::is_time) => Some("a time column".to_string()),
        Kind::Trend => number(&|_| false),
        Kind::Bars if !columns.iter().any(is_text) => Some("a text column".to_string()),
        // Where there is nothing but n, n is what the bars are about.
        Kind::Bars if columns.iter().any(Column::is_number) => None,
        Kind::Bars => Some(NUMBER.to_string()),
        Kind::Distribution => {
            let is_group = |column: &Column| column.name.eq_ignore_ascii_case("group");
            let buckets = columns.iter().filter(|column| !is_group(column));
            let mut counts = buckets.skip(1).filter(|column| column.is_number());
            let is_count = |column: &Column| !column.name.to_lowercase().ends_with("margin");
            (!counts.any(is_count)).then(|| "a bucket and then a number column".to_string())
        }
        Kind::Funnel => lacks(&["step", "customers#"]),
        Kind::Retention => lacks(&["cohort", "period#", "size#", "returned#"]),
        Kind::Comments if found("comment").is_some_and(|column| !is_text(column)) => {
            Some("text in the column `comment`".to_string())
        }
        Kind::Comments => lacks(&["comment"]),
        Kind::Journey => lacks(&["stage", "touchpoint", "customers#"]),
        Kind::Scorecard => lacks(&["metric", "value#"]),
        Kind::Tree if found("parent").is_none() => {
            lacks(&["position#", "node", "next_node", "transitions#"])
                .map(|missing| format!("{missing}, or `parent`, `label` and {NUMBER}"))
        }
        Kind::Tree => {
            lacks(&["label"]).or_else(|| number(&|name| ["parent", "label"].contains(&name)))
        }
    }
}

fn is_text(column: &Column) -> bool {
    !column.is_number() && !column.is_time()
}
