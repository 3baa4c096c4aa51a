//! What FROM names: tables, table functions, segments.

use serde_json::{Map, Value as Json};

use super::Walk;
use super::tree::{function_name, path, position};
use crate::error::nearest;
use crate::queries::gate::{functions, refused};
use crate::store::{self, SqlError};

impl Walk<'_> {
    /// Checks the name of a table, which may be that of a CTE in sight.
    pub(super) fn table(&mut self, object: &Map<String, Json>) -> Result<(), SqlError> {
        let written = path(object);
        let names: Vec<String> = written.iter().map(|name| name.to_lowercase()).collect();
        let plain = object.get("at_clause").is_none_or(Json::is_null);
        match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [name] if plain && self.scope.iter().any(|cte| cte == name) => Ok(()),
            [name] | ["main", name] if plain && self.allowed.tables.contains(name) => {
                self.findings.shape.tables.insert(name.to_string());
                Ok(())
            }
            _ => {
                let name = written.join(".");
                if name.contains(['/', '\\', '*', '?'])
                    || (written.len() == 1 && name.contains('.'))
                {
                    let message = format!("a query cannot read files, but this one names '{name}'");
                    return Err(refused(message, position(object)));
                }
                let known = self
                    .allowed
                    .tables
                    .iter()
                    .chain(&self.scope)
                    .map(String::as_str);
                let mut error = refused(format!("there is no table `{name}`"), position(object));
                error.subtype = "MISSING_ENTRY".to_string();
                error.length = name.len();
                error.candidates = candidates(&name, known);
                Err(error)
            }
        }
    }

    /// Checks a call of a table function, and notes what it reads.
    pub(super) fn table_function(&mut self, object: &Map<String, Json>) -> Result<(), SqlError> {
        let place = position(object);
        let Some(call) = object["function"].as_object() else {
            return Err(refused("FROM holds a part that is not allowed", place));
        };
        let name = function_name(call, place)?;
        if name == "segment" {
            self.segment(call, place)?;
        } else if let Some(tables) = self.allowed.macros.get(&name) {
            self.findings.shape.tables.extend(tables.iter().cloned());
            self.findings.calls.insert(name);
        } else if functions::is_table_function(&name) {
            self.analysis(&name, call);
        } else {
            return Err(self.unknown_table_function(&name, place));
        }
        self.value(&call["arguments"])?;
        self.children(object, &["function"])
    }

    /// Notes what an analysis reads: the events, and the customers where an argument may name their attributes.
    fn analysis(&mut self, name: &str, call: &Map<String, Json>) {
        if !store::is_analysis(name) {
            return;
        }
        let tables = &mut self.findings.shape.tables;
        tables.insert("events".to_string());
        let expressions = ["customers", "by", "filter", "hold", "unit"];
        let named = call["arguments"].as_array().into_iter().flatten();
        let names_attributes = named
            .filter_map(|argument| argument["name"].as_str())
            .any(|name| {
                expressions
                    .iter()
                    .any(|argument| argument.eq_ignore_ascii_case(name))
            });
        if names_attributes || name.ends_with("_if") {
            tables.insert("customers".to_string());
        }
    }

    /// Notes what a segment reads.
    fn segment(&mut self, call: &Map<String, Json>, place: Option<usize>) -> Result<(), SqlError> {
        let given = call["arguments"]
            .as_array()
            .and_then(|arguments| match &arguments[..] {
                [argument] => argument["expression"]["literal"]
                    .as_object()
                    .filter(|literal| literal["kind"] == "STRING")
                    .and_then(|literal| literal["text"].as_str()),
                _ => None,
            });
        let Some(name) = given else {
            return Err(refused(
                "segment takes one name as a plain text, such as segment('power_users')",
                place,
            ));
        };
        let Some(tables) = self.allowed.segments.get(name) else {
            let mut error = refused(format!("there is no segment '{name}'"), place);
            let known = self.allowed.segments.keys().map(String::as_str);
            error.candidates = candidates(name, known);
            return Err(error);
        };
        self.findings.shape.tables.extend(tables.iter().cloned());
        Ok(())
    }

    fn unknown_table_function(&self, name: &str, place: Option<usize>) -> SqlError {
        if let Some(broken) = self.allowed.broken.get(name) {
            return refused(
                format!("`{name}` waits for {broken}, which has an error"),
                place,
            );
        }
        let macros = self.allowed.macros.keys().map(String::as_str);
        let mut known: Vec<&str> = functions::table_functions().collect();
        known.extend(macros);
        let mut error = refused(format!("`{name}` is not allowed in FROM"), place);
        error.candidates = candidates(name, known.into_iter());
        error
    }
}

fn candidates<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    nearest(name, known)
        .map(str::to_string)
        .into_iter()
        .collect()
}
