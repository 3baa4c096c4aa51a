//! What `cxtop.toml` says: sources, time zone, today, owners, limits.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::{Date, Weekday};

use crate::files::{ColumnType, Source};

/// What `cxtop.toml` says, with defaults for what it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Shown in the title bar.
    pub title: String,
    /// The IANA name of the zone in which days and weeks are cut.
    pub timezone: String,
    /// The first day of a week.
    pub week_start: Weekday,
    /// Where `$today` comes from.
    pub today: Today,
    /// The input files.
    pub sources: Vec<Source>,
    /// Declared columns beyond the canonical ones, by table, in the order written.
    pub tables: BTreeMap<String, Vec<(String, ColumnType)>>,
    /// The teams that may own queries; empty means any.
    pub owners: Vec<String>,
    /// How long a query may run.
    pub query_timeout: Duration,
    /// How much memory the store may take, such as `2GB`; `DuckDB`'s own choice when absent.
    pub memory_limit: Option<String>,
}

/// Where `$today` comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Today {
    /// The latest day in the data, for samples and archives.
    Data,
    /// The clock, in the workspace's zone.
    #[default]
    Clock,
    /// Always this day.
    Fixed(Date),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            title: "cxtop".to_string(),
            timezone: "UTC".to_string(),
            week_start: Weekday::Monday,
            today: Today::default(),
            sources: Vec::new(),
            tables: BTreeMap::new(),
            owners: Vec::new(),
            query_timeout: Duration::from_secs(60),
            memory_limit: None,
        }
    }
}
