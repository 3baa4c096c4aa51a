//! Expressions: the parameters and functions they name, and divisions that can be by zero.

use serde_json::{Map, Value as Json};

use super::Walk;
use super::tree::{arguments, function_name, position};
use crate::queries::gate::{functions, refused};
use crate::store::SqlError;

const EXPRESSIONS: &[&str] = &[
    "BETWEEN",
    "CASE",
    "CAST",
    "COLLATE",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    "LAMBDA",
    "LAMBDA_REF",
    "OPERATOR",
    "PARAMETER",
    "POSITIONAL_REFERENCE",
    "STAR",
    "SUBQUERY",
    "TYPE",
    "WINDOW",
];

impl Walk<'_> {
    /// Checks an expression and all that is in it.
    pub(super) fn expression(
        &mut self,
        class: &str,
        object: &Map<String, Json>,
    ) -> Result<(), SqlError> {
        if !EXPRESSIONS.contains(&class) {
            return Err(refused(
                format!("this query holds an expression that is not allowed ({class})"),
                position(object),
            ));
        }
        match class {
            "PARAMETER" => self.parameter(object)?,
            "COLUMN_REF" => clock(object)?,
            "FUNCTION" | "WINDOW" if object.contains_key("function_name") => {
                self.function(object)?;
            }
            _ => {}
        }
        self.children(object, &[])
    }

    fn parameter(&mut self, object: &Map<String, Json>) -> Result<(), SqlError> {
        let name = object["identifier"].as_str().unwrap_or_default();
        if name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
            return Err(refused(
                "a parameter needs a name: write $name, not ? or $1",
                position(object),
            ));
        }
        if self.findings.shape.parameters.insert(name.to_lowercase()) {
            self.findings
                .parameters
                .push((name.to_string(), position(object).unwrap_or_default()));
        }
        Ok(())
    }

    fn function(&mut self, object: &Map<String, Json>) -> Result<(), SqlError> {
        let place = position(object);
        let name = function_name(object, place)?;
        if let Some(broken) = self.allowed.broken.get(&name) {
            return Err(refused(
                format!("`{name}` waits for {broken}, which has an error"),
                place,
            ));
        }
        if let Some(tables) = self.allowed.macros.get(&name) {
            self.findings.shape.tables.extend(tables.iter().cloned());
            self.findings.calls.insert(name);
            return Ok(());
        }
        let arguments: Vec<&Json> = arguments(object);
        if let Some(reason) = functions::refusal(&name, &arguments) {
            return Err(refused(reason, place));
        }
        if functions::is_volatile(&name) {
            return Err(refused(
                format!("`{name}` changes from run to run; use $today"),
                place,
            ));
        }
        if name == "/" && arguments.get(1).is_some_and(|divisor| can_be_zero(divisor)) {
            self.findings.divisions.extend(place);
        }
        Ok(())
    }
}

/// Refuses a name that gives the time of the run without brackets.
fn clock(object: &Map<String, Json>) -> Result<(), SqlError> {
    match object["column_names"].as_array().map(Vec::as_slice) {
        Some([Json::String(name)]) if functions::is_clock(&name.to_lowercase()) => Err(refused(
            format!("`{name}` changes from run to run; use $today"),
            position(object),
        )),
        _ => Ok(()),
    }
}

/// Tells whether a divisor can be zero: it is neither a number other than 0 nor guarded by `nullif` or `greatest`.
fn can_be_zero(divisor: &Json) -> bool {
    if divisor["class"] == "CAST" {
        return can_be_zero(&divisor["child"]);
    }
    if let Some(literal) = divisor["literal"]["text"].as_str() {
        return literal.parse::<f64>() == Ok(0.0);
    }
    match divisor["function_name"].as_str() {
        Some("nullif" | "greatest" | "sqrt" | "to_days") => false,
        Some("*" | "-" | "+") => divisor["arguments"]
            .as_array()
            .into_iter()
            .flatten()
            .all(|argument| can_be_zero(&argument["expression"])),
        _ => divisor["type"] != "OPERATOR_NULLIF" && divisor["type"] != "OPERATOR_COALESCE",
    }
}
