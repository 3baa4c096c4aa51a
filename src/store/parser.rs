//! A bare, locked instance that only parses: the place to look at a text before it may reach the data.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::engine::{Connection, Database};
use super::sandbox::{self, Limits};
use super::session::Session;
use super::sql_error::SqlError;
use super::table::Value;
use crate::analysis::calendar::Clock;
use crate::error::Result;

/// Turns SQL text into its syntax tree without binding, folding or running anything of it.
pub struct Parser {
    session: Session,
    /// Trees of texts seen before: a changed workspace is mostly the old one, and its files repeat each other's defaults.
    trees: RefCell<HashMap<String, Arc<Json>>>,
}

/// Trees remembered at most; a workspace has some hundred.
const MOST_TREES: usize = 10_000;

/// Texts read ahead in one question at most.
const AT_ONCE: usize = 100;

impl Parser {
    /// Opens the instance: in memory, one thread, no files, no spill, locked.
    ///
    /// # Errors
    ///
    /// When the instance cannot be opened or locked.
    pub fn new() -> Result<Self> {
        let limits = Limits {
            threads: 1,
            memory_limit: Some("64MB".to_string()),
            spill: None,
        };
        let database = Database::open(None, &limits.at_open()).map_err(sandbox::broken)?;
        let connection: Connection = database.connect().map_err(sandbox::broken)?;
        sandbox::restrict(&connection, &limits)?;
        sandbox::lock_down(&connection)?;
        let mut session = Session::new(
            connection,
            std::time::Duration::ZERO,
            Arc::new(Clock::new("UTC", jiff::civil::Weekday::Monday)?),
        )?;
        session.text_limit = usize::MAX;
        Ok(Self {
            session,
            trees: RefCell::default(),
        })
    }

    /// Returns the text as DuckDB's `json_serialize_sql` gives it; a syntax error carries its place.
    ///
    /// # Errors
    ///
    /// When the text is no SELECT that DuckDB can read.
    pub fn parse(&self, sql: &str) -> std::result::Result<Arc<Json>, SqlError> {
        if let Some(tree) = self.trees.borrow().get(sql) {
            return Ok(Arc::clone(tree));
        }
        let tree = Arc::new(self.read(sql)?);
        let mut trees = self.trees.borrow_mut();
        if trees.len() >= MOST_TREES {
            trees.clear();
        }
        trees.insert(sql.to_string(), Arc::clone(&tree));
        Ok(tree)
    }

    /// Reads many texts ahead, so that [`Parser::parse`] has their trees: asking once for all costs less than once for each.
    /// A text that cannot be read is left to be asked for alone, which says what is wrong with it.
    pub fn read_ahead(&self, texts: &[&str]) {
        let is_new = |text: &&str| !self.trees.borrow().contains_key(*text);
        let texts: Vec<&str> = texts.iter().copied().filter(is_new).collect();
        for part in texts.chunks(AT_ONCE) {
            let list = part.iter().map(|text| Value::Text((*text).to_string()));
            let list = ("texts".to_string(), Value::List(list.collect()));
            let answer = self.session.run(
                "SELECT json_serialize_sql(text) AS tree FROM (SELECT unnest(CAST($texts AS VARCHAR[])) AS text)",
                &[list],
                usize::MAX,
            );
            let answers = answer
                .ok()
                .and_then(|table| table.columns.into_iter().next());
            let found = answers.map(|column| column.values).unwrap_or_default();
            if found.len() != part.len() {
                continue;
            }
            let mut trees = self.trees.borrow_mut();
            for (text, tree) in part.iter().zip(found) {
                let tree: Option<Json> = serde_json::from_str(&tree.text()).ok();
                let is_read = |tree: &Json| tree.get("error") == Some(&Json::Bool(false));
                if let Some(tree) = tree.filter(is_read)
                    && trees.len() < MOST_TREES
                {
                    trees.insert((*text).to_string(), Arc::new(tree));
                }
            }
        }
    }

    fn read(&self, sql: &str) -> std::result::Result<Json, SqlError> {
        let text = ("text".to_string(), Value::Text(sql.to_string()));
        let answer = self.session.run(
            "SELECT json_serialize_sql(CAST($text AS VARCHAR)) AS tree",
            &[text],
            1,
        )?;
        let tree = answer
            .column("tree")
            .and_then(|column| column.values.first())
            .map(Value::text)
            .unwrap_or_default();
        let tree: Json =
            serde_json::from_str(&tree).map_err(|error| SqlError::new(error.to_string()))?;
        if tree.get("error") == Some(&Json::Bool(true)) {
            return Err(refused(&tree));
        }
        Ok(tree)
    }
}

/// Reads what the serializer says about a text it does not take.
fn refused(tree: &Json) -> SqlError {
    let field = |name: &str| tree.get(name).and_then(Json::as_str).unwrap_or_default();
    let message = match field("error_type") {
        "not implemented" => "only a SELECT can stand here".to_string(),
        _ => field("error_message").to_string(),
    };
    SqlError {
        subtype: field("error_subtype").to_string(),
        position: field("position").parse().ok(),
        ..SqlError::new(message)
    }
}
