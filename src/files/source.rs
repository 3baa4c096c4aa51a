//! What the workspace says about input: which files feed which table, and how their columns are named and typed.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The files (a glob) that feed one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The table the records go to.
    pub table: String,
    /// The glob, absolute or relative to the current folder.
    pub files: PathBuf,
    /// The vendor preset's name; `auto` recognises it.
    pub preset: String,
    /// Which input column feeds a table column, by table column; only what the usual names do not already give.
    pub columns: BTreeMap<String, ColumnRule>,
    /// What happens to a personal column before anything is stored.
    pub privacy: BTreeMap<String, Privacy>,
    /// Declared types by table column; they win over what the data looks like.
    pub types: BTreeMap<String, ColumnType>,
}

/// Where a table column comes from.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ColumnRule {
    /// The input column or key.
    pub from: String,
    /// The time zone of times written without one; UTC when absent.
    pub zone: Option<String>,
}

/// What happens to a personal column before anything is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Replaced by a keyed hash, so that equal values stay equal.
    Hash,
    /// Not stored.
    Drop,
    /// Replaced by `***` where there is a value.
    Mask,
}

/// The type of a table column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnType {
    /// BOOLEAN.
    Boolean,
    /// BIGINT.
    Integer,
    /// DOUBLE.
    Double,
    /// DATE.
    Date,
    /// TIMESTAMP in UTC.
    Timestamp,
    /// VARCHAR.
    Text,
    /// JSON: VARCHAR that holds a JSON value.
    Json,
}

impl ColumnType {
    /// Returns the SQL name of the type.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Boolean => "BOOLEAN",
            Self::Integer => "BIGINT",
            Self::Double => "DOUBLE",
            Self::Date => "DATE",
            Self::Timestamp => "TIMESTAMP",
            Self::Text => "VARCHAR",
            Self::Json => "JSON",
        }
    }

    /// Returns the type of this SQL name, if a table column can have it; aliases such as `INT` and `FLOAT` count.
    #[must_use]
    pub fn from_sql(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().as_str() {
            "BOOLEAN" | "BOOL" => Self::Boolean,
            "BIGINT" | "INTEGER" | "INT" | "SMALLINT" | "TINYINT" => Self::Integer,
            "DOUBLE" | "FLOAT" | "REAL" | "DECIMAL" => Self::Double,
            "DATE" => Self::Date,
            "TIMESTAMP" | "DATETIME" => Self::Timestamp,
            "VARCHAR" | "TEXT" | "STRING" => Self::Text,
            "JSON" => Self::Json,
            _ => return None,
        })
    }
}

/// The canonical columns of the tables every workspace has, with their types (DESIGN 3). The first time column is the
/// table's own time; a record of `events` without a time is a reject. One without a customer counts where customers do not.
pub const CANONICAL: &[(&str, &[(&str, ColumnType)])] = &[
    (
        "events",
        &[
            ("customer_id", ColumnType::Text),
            ("event", ColumnType::Text),
            ("ts", ColumnType::Timestamp),
            ("session_id", ColumnType::Text),
            ("properties", ColumnType::Json),
        ],
    ),
    (
        "surveys",
        &[
            ("customer_id", ColumnType::Text),
            ("survey", ColumnType::Text),
            ("score", ColumnType::Double),
            ("scale_max", ColumnType::Double),
            ("comment", ColumnType::Text),
            ("touchpoint", ColumnType::Text),
            ("channel", ColumnType::Text),
            ("team", ColumnType::Text),
            ("ts", ColumnType::Timestamp),
        ],
    ),
    (
        "tickets",
        &[
            ("ticket_id", ColumnType::Text),
            ("customer_id", ColumnType::Text),
            ("created_at", ColumnType::Timestamp),
            ("first_response_at", ColumnType::Timestamp),
            ("solved_at", ColumnType::Timestamp),
            ("category", ColumnType::Text),
            ("channel", ColumnType::Text),
            ("team", ColumnType::Text),
            ("priority", ColumnType::Text),
            ("status", ColumnType::Text),
            ("reopens", ColumnType::Integer),
            ("replies", ColumnType::Integer),
            ("satisfaction", ColumnType::Text),
        ],
    ),
    (
        "subscriptions",
        &[
            ("customer_id", ColumnType::Text),
            ("plan", ColumnType::Text),
            ("mrr", ColumnType::Double),
            ("started_at", ColumnType::Timestamp),
            ("ended_at", ColumnType::Timestamp),
            ("ended_reason", ColumnType::Text),
        ],
    ),
    ("customers", &[("customer_id", ColumnType::Text)]),
];
