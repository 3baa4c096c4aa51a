//! Query nodes and the parts of FROM.

use serde_json::{Map, Value as Json};

use super::Walk;
use super::tree::position;
use crate::queries::gate::refused;
use crate::store::SqlError;

const MOST_CTES: usize = 64;
const MOST_JOINS: usize = 32;

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

impl Walk<'_> {
    /// Checks a query node: its CTEs see those before them, and all of them are in sight of the rest.
    pub(super) fn node(&mut self, kind: &str, object: &Map<String, Json>) -> Result<(), SqlError> {
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

    /// Checks a part of FROM.
    pub(super) fn reference(
        &mut self,
        kind: &str,
        object: &Map<String, Json>,
    ) -> Result<(), SqlError> {
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
