//! Takes an instance's rights away, in the order of RELIABILITY 5.3: what may be set first, what only now, what no more.

use std::path::PathBuf;

use super::engine::{Connection, Failure};
use super::quoting::quoted_text;
use super::sql_error::SqlError;
use crate::error::{Error, Result};

/// What an instance may use.
pub(super) struct Limits {
    pub threads: usize,
    pub memory_limit: Option<String>,
    /// The folder for what does not fit into memory; none forbids it.
    pub spill: Option<PathBuf>,
}

impl Limits {
    /// Returns the settings that must be known before a log is replayed.
    pub fn at_open(&self) -> Vec<(&'static str, String)> {
        let mut settings = Vec::new();
        if self.threads > 0 {
            settings.push(("threads", self.threads.to_string()));
        }
        if let Some(limit) = &self.memory_limit {
            settings.push(("memory_limit", limit.clone()));
        }
        settings
    }
}

/// Takes away what no query needs, while settings can still be changed.
pub(super) fn restrict(connection: &Connection, limits: &Limits) -> Result<()> {
    let spill = limits
        .spill
        .as_ref()
        .map_or(String::new(), |folder| folder.display().to_string());
    let statements = [
        format!("SET temp_directory = {}", quoted_text(&spill)),
        "SET max_temp_directory_size = '2GB'".to_string(),
        "SET autoinstall_known_extensions = false".to_string(),
        "SET autoload_known_extensions = false".to_string(),
        "SET allow_community_extensions = false".to_string(),
        "SET allow_extension_repositories = 'forbidden'".to_string(),
        "SET allow_persistent_secrets = false".to_string(),
        "SET allow_unredacted_secrets = false".to_string(),
        "SET pivot_limit = 1000".to_string(),
        // Without it a column of NULLs has a type of its own, which no reader of results expects.
        "SET GLOBAL legacy_disable_null_type = true".to_string(),
        "SET GLOBAL errors_as_json = true".to_string(),
    ];
    for statement in statements {
        connection.execute(&statement).map_err(broken)?;
    }
    Ok(())
}

/// Closes the doors, one way, and looks whether they are shut.
pub(super) fn lock_down(connection: &Connection) -> Result<()> {
    connection
        .execute(
            "SET enable_external_access = false;
             SET allowed_configs = ['max_execution_time', 'enable_optimizer'];
             SET lock_configuration = true;",
        )
        .map_err(broken)?;
    // One question for all: each look at the settings costs as much as opening a small database.
    let wanted: Vec<String> = LOCKED
        .iter()
        .map(|(name, wanted)| format!("('{name}', '{wanted}')"))
        .collect();
    let check = format!(
        "SELECT CASE WHEN count(*) = 0 THEN 1 ELSE error(string_agg(name || ' is not ' || wanted, ', ')) END
         FROM (VALUES {}) AS locked (name, wanted) LEFT JOIN duckdb_settings() AS setting USING (name)
         WHERE setting.value IS DISTINCT FROM wanted",
        wanted.join(", ")
    );
    connection
        .execute(&check)
        .map_err(|failure| broken(failure).context("the database could not be locked down"))
}

/// What must be true of an instance before a query may run.
const LOCKED: &[(&str, &str)] = &[
    ("enable_external_access", "false"),
    ("lock_configuration", "true"),
    ("autoinstall_known_extensions", "false"),
    ("autoload_known_extensions", "false"),
    ("allow_community_extensions", "false"),
    ("allow_extension_repositories", "forbidden"),
    ("allow_persistent_secrets", "false"),
    ("legacy_disable_null_type", "true"),
    ("errors_as_json", "true"),
];

/// Turns a failure of our own statements into an error.
pub(super) fn broken(failure: Failure) -> Error {
    SqlError::from(failure).into()
}
