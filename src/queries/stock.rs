//! `cxtop sql --print`: a saved query as the text that runs it in the stock `DuckDB` command line.
//!
//! The query's own bytes stand between `PREPARE` and `EXECUTE`, unchanged. Before them come the macros it uses: those of
//! `lib/`, and the program's own functions written in SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use jiff::civil::Date;

use super::answer::complete;
use super::parameters::Bound;
use super::segments;
use super::workspace::{SavedQuery, Workspace};
use crate::error::Result;
use crate::store::lexer::{statements, tokens};
use crate::store::{Session, Value, portable};

impl Workspace {
    /// Returns the text that runs a saved query with these values in the stock `DuckDB` command line, over a database that
    /// has the query's tables.
    ///
    /// # Errors
    /// A default value could not be worked out.
    pub fn stock_text(
        &self,
        query: &SavedQuery,
        bound: &Bound,
        session: &Session,
    ) -> Result<String> {
        let values = complete(session, &query.path, bound)?;
        let mut text = String::new();
        let today = values.iter().find_map(|(name, value)| match value {
            Value::Date(day) if name == "today" => Some(*day),
            _ => None,
        });
        for statement in self.macros_of(&query.text, today.unwrap_or_default()) {
            let _ = writeln!(text, "{statement};");
        }
        let body = query.text.trim_end().trim_end_matches(';');
        // A last line that is a comment would hide a semicolon behind it.
        let _ = write!(text, "PREPARE q AS\n{body}\n;\nEXECUTE q");
        let used: Vec<String> = values
            .iter()
            .filter(|(name, _)| query.shape.parameters.contains(&name.to_lowercase()))
            .map(|(name, value)| {
                let declared = query.param(name).map(|param| param.sql_type.as_str());
                format!("{name} := {}", literal(value, declared.ok()))
            })
            .collect();
        if !used.is_empty() {
            let _ = write!(text, "({})", used.join(", "));
        }
        text.push_str(";\n");
        Ok(text)
    }

    /// Returns the definitions of all macros that a text uses, each after those it uses itself.
    fn macros_of(&self, sql: &str, today: Date) -> Vec<String> {
        let ours = portable::script(&self.config.timezone, self.config.week_start, today);
        let segment = segments::as_one_macro(&self.queries, today);
        let lib = self.lib.iter().flat_map(|file| &file.statements);
        let definitions = statements(&ours)
            .into_iter()
            .map(|range| &ours[range])
            .chain(segment.as_deref())
            .chain(lib.map(String::as_str));
        let known: BTreeMap<String, String> = definitions.filter_map(definition).collect();
        let mut ordered = Vec::new();
        collect(sql, &known, &mut BTreeSet::new(), &mut ordered);
        ordered
    }
}

/// Returns the name of a macro and its definition as a temporary one.
fn definition(statement: &str) -> Option<(String, String)> {
    let mut words = tokens(statement).map(|token| (token.start, &statement[token]));
    let keyword = |(_, word): &(usize, &str)| {
        ["macro", "function"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    };
    words.by_ref().find(keyword)?;
    let (start, name) = words.next()?;
    let definition = format!("CREATE OR REPLACE TEMP MACRO {}", &statement[start..]);
    Some((name.to_lowercase(), definition))
}

/// Adds the macros that a text calls, what they call first.
fn collect(
    sql: &str,
    known: &BTreeMap<String, String>,
    seen: &mut BTreeSet<String>,
    ordered: &mut Vec<String>,
) {
    let words: Vec<&str> = tokens(sql).map(|token| &sql[token]).collect();
    for pair in words.windows(2).filter(|pair| pair[1] == "(") {
        let name = pair[0].to_lowercase();
        if let Some(definition) = known.get(&name)
            && seen.insert(name)
        {
            collect(definition, known, seen, ordered);
            ordered.push(definition.clone());
        }
    }
}

/// Returns a value as SQL writes it, in its parameter's type where the literal does not say one.
fn literal(value: &Value, sql_type: Option<&str>) -> String {
    match (value, sql_type) {
        (Value::Null | Value::Double(_) | Value::List(_), Some(sql_type)) => {
            format!("CAST({} AS {sql_type})", value.literal())
        }
        _ => value.literal(),
    }
}
