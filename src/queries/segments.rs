//! Segments: the queries of `segments/`, which other queries use as `FROM segment('name')`.

use jiff::civil::Date;

use super::gate::Allowed;
use super::header::{Fallback, Param};
use super::workspace::{QueryFile, SavedQuery};
use crate::store::{Value, lexer, quoted_text, segment_macro, today_expression};

/// The folder whose queries are segments.
const FOLDER: &str = "segments/";

/// Returns the name under which a query is a segment, if it is one.
pub(super) fn name_of(query: &str) -> Option<&str> {
    query.strip_prefix(FOLDER)
}

/// Allows queries to use the sound segments among these files.
pub(super) fn allow<'a>(files: impl IntoIterator<Item = &'a QueryFile>, allowed: &mut Allowed) {
    for (name, query) in sound(files) {
        allowed.add_segment(name, query.shape.tables.clone());
    }
}

/// Returns the sound segments as statements that define them.
pub(super) fn macros(files: &[QueryFile]) -> impl Iterator<Item = String> {
    sound(files).map(|(name, query)| {
        let body = without_parameters(&query.text, &query.header.params);
        format!(
            "CREATE MACRO {}() AS TABLE SELECT customer_id FROM ({body}\n)",
            segment_macro(name)
        )
    })
}

/// Returns `segment(name)` as one macro over all sound segments, for the stock `DuckDB` command line.
pub(super) fn as_one_macro(files: &[QueryFile], today: Date) -> Option<String> {
    let today = Value::Date(today).literal();
    let parts: Vec<String> = sound(files)
        .map(|(name, query)| {
            let body = without_parameters(&query.text, &query.header.params);
            let body = body.replace(&today_expression(), &today);
            let name = quoted_text(name);
            format!("SELECT customer_id FROM ({body}\n) WHERE p_name = {name}")
        })
        .collect();
    let all = parts.join("\nUNION ALL\n");
    (!parts.is_empty()).then(|| format!("CREATE MACRO segment(p_name) AS TABLE\n{all}"))
}

fn sound<'a>(
    files: impl IntoIterator<Item = &'a QueryFile>,
) -> impl Iterator<Item = (&'a str, &'a SavedQuery)> {
    files
        .into_iter()
        .filter_map(|file| Some((name_of(&file.name)?, file.state.as_ref().ok()?)))
}

/// Writes the usual values of the parameters into a query: a macro cannot have parameters.
fn without_parameters(sql: &str, params: &[Param]) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut at = 0;
    let tokens: Vec<_> = lexer::tokens(sql).collect();
    for pair in tokens.windows(2) {
        let [sign, name] = pair else { continue };
        if &sql[sign.clone()] != "$" || sign.end != name.start {
            continue;
        }
        let name_text = &sql[name.clone()];
        let param = params
            .iter()
            .find(|param| param.name.eq_ignore_ascii_case(name_text));
        let value = match param {
            Some(param) => usual_value(param, params),
            None if name_text.eq_ignore_ascii_case("today") => today_expression(),
            None => continue,
        };
        text.push_str(&sql[at..sign.start]);
        text.push_str(&value);
        at = name.end;
    }
    text.push_str(&sql[at..]);
    text
}

fn usual_value(param: &Param, params: &[Param]) -> String {
    let value = match &param.fallback {
        Fallback::Value(value) => value.literal(),
        Fallback::Sql(expression) => without_parameters(expression, params),
        Fallback::Null => "NULL".to_string(),
    };
    format!("CAST(({value}) AS {})", param.sql_type)
}
