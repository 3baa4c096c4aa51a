//! The walk through a parse tree: every node, table, function and expression must be on an allow-list.

use serde_json::{Map, Value as Json};

use super::{Allowed, Findings, functions, refused};
use crate::error::nearest;
use crate::store::{self, SqlError};

const MOST_CTES: usize = 64;
const MOST_JOINS: usize = 32;
const DEEPEST: usize = 100;

/// Query nodes that only read. `DuckDB` also has nodes that insert, update, delete and copy.
const NODES: &[&str] = &[
    "SELECT_NODE",
    "SET_OPERATION_NODE",
    "RECURSIVE_CTE_NODE",
    "CTE_NODE",
];

const REFERENCES: &[&str] = &[
    "BASE_TABLE",
    "EMPTY",
    "EXPRESSION_LIST",
    "JOIN",
    "PIVOT",
    "SUBQUERY",
    "TABLE_FUNCTION",
];

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

const MODIFIERS: &[&str] = &[
    "DISTINCT_MODIFIER",
    "LIMIT_MODIFIER",
    "LIMIT_PERCENT_MODIFIER",
    "ORDER_MODIFIER",
];

/// A walk and what it has seen so far.
pub(super) struct Walk<'a> {
    allowed: &'a Allowed,
    findings: Findings,
    /// The names of the CTEs in sight, in lower case.
    scope: Vec<String>,
    ctes: usize,
    joins: usize,
    depth: usize,
}

impl<'a> Walk<'a> {
    /// Returns a walk that has seen nothing yet.
    pub(super) fn new(allowed: &'a Allowed) -> Self {
        Self {
            allowed,
            findings: Findings::default(),
            scope: Vec::new(),
            ctes: 0,
            joins: 0,
            depth: 0,
        }
    }

    /// Goes through a statement and returns what it saw, or the first thing that is not allowed.
    pub(super) fn through(mut self, statement: &Json) -> Result<Findings, SqlError> {
        self.value(statement)?;
        Ok(self.findings)
    }

    fn value(&mut self, value: &Json) -> Result<(), SqlError> {
        match value {
            Json::Array(values) => values.iter().try_for_each(|value| self.value(value)),
            Json::Object(object) => self.object(object),
            _ => Ok(()),
        }
    }

    fn object(&mut self, object: &Map<String, Json>) -> Result<(), SqlError> {
        let Some(kind) = object.get("type") else {
            return self.children(object, &[]);
        };
        let kind = kind.as_str().unwrap_or_default();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(refused(
                format!("the query is nested more than {DEEPEST} levels deep"),
                position(object),
            ));
        }
        if let Some(class) = object.get("class") {
            self.expression(class.as_str().unwrap_or_default(), object)?;
        } else if object.contains_key("cte_map") {
            self.node(kind, object)?;
        } else if object.contains_key("sample") {
            self.reference(kind, object)?;
        } else if object.contains_key("null_order") || MODIFIERS.contains(&kind) {
            self.children(object, &[])?;
        } else {
            return Err(refused(
                format!("this query holds a part that is not allowed ({kind})"),
                position(object),
            ));
        }
        self.depth -= 1;
        Ok(())
    }

    fn children(&mut self, object: &Map<String, Json>, except: &[&str]) -> Result<(), SqlError> {
        object
            .iter()
            .filter(|(key, _)| !except.contains(&key.as_str()))
            .try_for_each(|(_, value)| self.value(value))
    }

    /// A query node: its CTEs see those before them, and all of them are in sight of the rest.
    fn node(&mut self, kind: &str, object: &Map<String, Json>) -> Result<(), SqlError> {
        if !NODES.contains(&kind) {
            let verb = kind.split('_').next().unwrap_or(kind);
            return Err(refused(
                format!("a query may only read, but this one holds {verb}"),
                position(object),
            ));
        }
        sampled(object)?;
        self.findings.limits.extend(loose_limit(object));
        let outside = self.scope.len();
        let ctes = object
            .get("cte_map")
            .and_then(|ctes| ctes["map"].as_array());
        for cte in ctes.into_iter().flatten() {
            self.ctes += 1;
            if self.ctes > MOST_CTES {
                return Err(refused(
                    format!("a query may have {MOST_CTES} named steps (WITH)"),
                    None,
                ));
            }
            self.value(&cte["value"])?;
            self.scope
                .push(cte["key"].as_str().unwrap_or_default().to_lowercase());
        }
        // A recursive step also sees itself.
        if let Some(name) = object.get("cte_name").and_then(Json::as_str) {
            self.scope.push(name.to_lowercase());
        }
        self.children(object, &["cte_map"])?;
        self.scope.truncate(outside);
        Ok(())
    }

    fn reference(&mut self, kind: &str, object: &Map<String, Json>) -> Result<(), SqlError> {
        if kind == "SHOW_REF" {
            return Err(refused(
                "DESCRIBE, SHOW and SUMMARIZE are not allowed in a query",
                position(object),
            ));
        }
        if !REFERENCES.contains(&kind) {
            return Err(refused(
                format!("FROM holds a part that is not allowed ({kind})"),
                position(object),
            ));
        }
        sampled(object)?;
        match kind {
            "BASE_TABLE" => self.table(object),
            "TABLE_FUNCTION" => self.table_function(object),
            "JOIN" => {
                self.joins += 1;
                if self.joins > MOST_JOINS {
                    return Err(refused(
                        format!("a query may have {MOST_JOINS} joins"),
                        position(object),
                    ));
                }
                self.children(object, &[])
            }
            _ => self.children(object, &[]),
        }
    }

    fn table(&mut self, object: &Map<String, Json>) -> Result<(), SqlError> {
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

    fn table_function(&mut self, object: &Map<String, Json>) -> Result<(), SqlError> {
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

    fn expression(&mut self, class: &str, object: &Map<String, Json>) -> Result<(), SqlError> {
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
        if self.allowed.volatile.contains(&name) || functions::is_clock_call(&name) {
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

/// Returns a function's name in lower case; a name with a schema before it is refused.
fn function_name(call: &Map<String, Json>, place: Option<usize>) -> Result<String, SqlError> {
    let path = path(call);
    match &path[..] {
        [name] => Ok(name.to_lowercase()),
        [] => Err(refused("a function without a name is not allowed", place)),
        [.., last] => Err(refused(
            format!("write {last}(…) without a name and a dot before it"),
            place,
        )),
    }
}

/// Returns where a LIMIT stands over rows that nothing orders.
fn loose_limit(node: &Map<String, Json>) -> Option<usize> {
    let modifiers = node.get("modifiers")?.as_array()?;
    let limit = modifiers.iter().find(|modifier| {
        ["LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER"]
            .contains(&modifier["type"].as_str().unwrap_or_default())
    })?;
    let ordered = modifiers
        .iter()
        .any(|modifier| modifier["type"] == "ORDER_MODIFIER");
    // OFFSET alone has a modifier too, without a limit.
    let number = limit["limit"].as_object().filter(|_| !ordered)?;
    Some(position(number).unwrap_or_default())
}

/// Refuses a sample, which has other rows in each run.
fn sampled(object: &Map<String, Json>) -> Result<(), SqlError> {
    match object.get("sample") {
        None | Some(Json::Null) => Ok(()),
        Some(_) => {
            let message =
                "a sample has other rows in each run; filter by hash(customer_id) % 10 = 0";
            Err(refused(message, position(object)))
        }
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

fn arguments(call: &Map<String, Json>) -> Vec<&Json> {
    let arguments = call.get("arguments").and_then(Json::as_array);
    arguments
        .into_iter()
        .flatten()
        .map(|argument| argument.get("expression").unwrap_or(argument))
        .collect()
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

fn path(object: &Map<String, Json>) -> Vec<String> {
    let path = object
        .get("qualified_name")
        .and_then(|name| name["path"].as_array());
    path.into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .map(str::to_string)
        .collect()
}

fn position(object: &Map<String, Json>) -> Option<usize> {
    // A part without a place of its own has the largest number there is.
    object
        .get("query_location")?
        .as_u64()
        .and_then(|place| u32::try_from(place).ok())
        .map(|place| place as usize)
}

fn candidates<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    nearest(name, known)
        .map(str::to_string)
        .into_iter()
        .collect()
}
