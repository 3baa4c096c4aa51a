//! The gate: lets one harmless SELECT through and refuses everything else, by looking at the parse tree.
//!
//! A statement's type is no defence: a data-changing CTE is a SELECT to `DuckDB` and writes files even in a read-only
//! transaction. So the gate is an allow-list of what a tree may hold. It is hardening, not a jail.

mod functions;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use self::walk::Walk;
use crate::queries::workspace::Shape;
use crate::store::lexer;
use crate::store::{Parser, SqlError};

/// The longest text of a query.
const LONGEST_TEXT: usize = 64 * 1024;

/// What a statement may name beyond `DuckDB`'s own harmless functions: at first no table and no macro.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    tables: BTreeSet<String>,
    /// The tables each macro reads.
    macros: BTreeMap<String, BTreeSet<String>>,
    /// The tables each segment reads.
    segments: BTreeMap<String, BTreeSet<String>>,
    /// Where macros stand that are broken, by name.
    broken: BTreeMap<String, String>,
}

/// What the gate saw on its way through a statement.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) shape: Shape,
    /// The parameters as first written, each with its byte position.
    pub(super) parameters: Vec<(String, usize)>,
    /// The byte positions of divisions whose divisor can be zero.
    pub(super) divisions: Vec<usize>,
    /// The macros called.
    pub(super) calls: BTreeSet<String>,
    /// The byte positions of LIMITs over rows that nothing orders.
    pub(super) limits: Vec<usize>,
    /// Whether the rows have an order: by ORDER BY, as a table function gives them, or because there is one row.
    pub(super) keeps_order: bool,
}

/// Returns the shape of a statement that is one harmless SELECT.
///
/// # Errors
/// What the statement holds that it may not, with the byte position in `sql` where it is known.
pub fn gate(parser: &Parser, sql: &str, allowed: &Allowed) -> Result<Shape, SqlError> {
    inspect(parser, sql, allowed).map(|findings| findings.shape)
}

/// Does the work of [`gate`] and returns all that was seen.
pub(super) fn inspect(parser: &Parser, sql: &str, allowed: &Allowed) -> Result<Findings, SqlError> {
    if sql.len() > LONGEST_TEXT {
        let size = sql.len() / 1024;
        return Err(refused(
            format!(
                "a query may have {} KiB of text, this one has {size}",
                LONGEST_TEXT / 1024
            ),
            None,
        ));
    }
    if let Some(position) = sql.find('\0') {
        return Err(refused("a query may not hold a NUL byte", Some(position)));
    }
    if let Some(second) = lexer::statements(sql).get(1) {
        return Err(refused("only one statement is allowed", Some(second.start)));
    }
    let tree = parser.parse(sql).map_err(|error| advised(sql, error))?;
    let statements = tree["statements"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let statement = match statements {
        [statement] => statement,
        [] => return Err(refused("there is no SELECT in this text", None)),
        _ => return Err(refused("only one statement is allowed", None)),
    };
    let mut findings = Walk::new(allowed).through(statement)?;
    let node = &statement["node"];
    findings.shape.ordered = is_ordered(node);
    findings.keeps_order = findings.shape.ordered || is_given_in_order(node);
    Ok(findings)
}

/// Tells whether a query node has an ORDER BY.
fn is_ordered(node: &Json) -> bool {
    let modifiers = node["modifiers"].as_array();
    modifiers.into_iter().flatten().any(|modifier| {
        modifier["type"] == "ORDER_MODIFIER" && modifier["orders"] != Json::Array(vec![])
    })
}

/// Tells whether a query node returns rows as its one table function, or its list of values, gives them.
fn is_given_in_order(node: &Json) -> bool {
    let is_empty = |key: &str| node[key].as_array().is_none_or(Vec::is_empty);
    let from = node["from_table"]["type"].as_str().unwrap_or_default();
    node["type"] == "SELECT_NODE"
        && ["EMPTY", "TABLE_FUNCTION", "EXPRESSION_LIST"].contains(&from)
        && is_empty("group_expressions")
        && node["aggregate_handling"] != "FORCE_AGGREGATES"
        && is_empty("modifiers")
}

impl Allowed {
    /// Allows a table.
    pub fn table(&mut self, name: &str) {
        self.tables.insert(name.to_lowercase());
    }

    /// Allows a macro that reads these tables.
    pub fn add_macro(&mut self, name: &str, tables: BTreeSet<String>) {
        self.macros.insert(name.to_lowercase(), tables);
    }

    /// Allows a segment that reads these tables.
    pub(super) fn add_segment(&mut self, name: &str, tables: BTreeSet<String>) {
        self.segments.insert(name.to_string(), tables);
    }

    /// Notes that a macro is broken, and where it stands, for the message to those who call it.
    pub(super) fn broken_macro(&mut self, name: &str, place: String) {
        self.macros.remove(&name.to_lowercase());
        self.broken.insert(name.to_lowercase(), place);
    }
}

fn refused(message: impl Into<String>, position: Option<usize>) -> SqlError {
    SqlError {
        message: message.into(),
        subtype: "GATE".to_string(),
        position,
        length: 0,
        candidates: Vec::new(),
        interrupted: false,
    }
}

/// Says in our words why a text has no parse tree.
fn advised(sql: &str, error: SqlError) -> SqlError {
    if error.message.contains("recursion limit") {
        return refused("the query is nested too deeply", None);
    }
    // Every other refusal of the parser has a place; this one says only that it is no SELECT.
    let Some((start, verb)) = first_word(sql).filter(|_| error.position.is_none()) else {
        return error;
    };
    match verb.to_ascii_uppercase().as_str() {
        "PIVOT" | "FROM" | "WITH" | "SELECT" if error.message.contains("CTE body") => error,
        "PIVOT" | "FROM" | "WITH" | "SELECT" => refused(
            "a PIVOT needs its columns written out: FROM (PIVOT t ON c IN ('a', 'b') …)",
            Some(start),
        ),
        verb => refused(
            format!("a query is one SELECT; {verb} is not allowed"),
            Some(start),
        ),
    }
}

/// Returns the first word that is no comment, with its place.
fn first_word(sql: &str) -> Option<(usize, &str)> {
    let mut tokens = lexer::tokens(sql);
    let first = tokens.next()?;
    Some((first.start, &sql[first]))
}
