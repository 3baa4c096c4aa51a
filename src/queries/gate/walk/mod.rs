//! The walk through a parse tree: every node, table, function and expression must be on an allow-list.
//!
//! ```text
//! mod     any part → what kind of part it is     nodes        SELECT and its relatives, FROM
//! tree    the names and places in a part         tables       what FROM names
//!                                                expressions  functions, parameters, divisions
//! ```
//!
//! Invariant: a part whose kind is on no list is refused, so also one that only a later `DuckDB` has.

mod expressions;
mod nodes;
mod tables;
mod tree;

use serde_json::{Map, Value as Json};

use self::tree::position;
use super::{Allowed, Findings, refused};
use crate::store::SqlError;

const DEEPEST: usize = 100;

const MODIFIERS: &[&str] = &[
    "DISTINCT_MODIFIER",
    "LIMIT_MODIFIER",
    "LIMIT_PERCENT_MODIFIER",
    "ORDER_MODIFIER",
];

/// A walk through a statement and what it has seen so far.
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
}
