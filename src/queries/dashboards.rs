//! Dashboards: a grid of panels with shared filters, one TOML file each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::Error;
use crate::store::Value;

/// One file of `dashboards/`. What is sound in it is kept even if other parts are not.
#[derive(Clone, Debug, PartialEq)]
pub struct DashboardFile {
    /// The file name without `.toml`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The dashboard's title; its name when absent.
    pub title: String,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// The filters, in the order written.
    pub filters: Vec<Filter>,
    /// The rows of panels, from the top.
    pub rows: Vec<Row>,
    /// What is wrong with the file.
    pub problems: Vec<Error>,
}

/// A filter reaches every panel whose query declares a parameter of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The parameter's name.
    pub name: String,
    /// What the filter bar calls it.
    pub label: String,
}

/// One row of panels.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The height relative to the other rows.
    pub height: u16,
    /// The panels, from the left.
    pub panels: Vec<Place>,
}

/// One panel's place in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The query's name.
    pub query: String,
    /// The width relative to the other panels of the row.
    pub width: u16,
    /// A title that replaces the query's own.
    pub title: Option<String>,
    /// Fixed parameter values, which win over the filters.
    pub params: BTreeMap<String, Value>,
}
