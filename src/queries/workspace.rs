//! The workspace: everything a `queries/` folder says, read in one go.

use std::path::PathBuf;

use jiff::civil::Date;
use std::collections::BTreeSet;

use super::cases::TestFile;
use super::config::Config;
use super::dashboards::DashboardFile;
use super::header::Header;
use crate::error::{Error, Result};

/// Everything a `queries/` folder says. A broken file is in it with its error and harms no other file.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder.
    pub root: PathBuf,
    /// What `cxtop.toml` says.
    pub config: Config,
    /// The saved queries, by name.
    pub queries: Vec<QueryFile>,
    /// The macro files of `lib/`.
    pub lib: Vec<LibFile>,
    /// The dashboards, by file name.
    pub dashboards: Vec<DashboardFile>,
    /// Dated notes drawn on trends, by date.
    pub annotations: Vec<Annotation>,
    /// The query tests.
    pub tests: Vec<TestFile>,
    /// What is wrong with files that have no entry of their own, such as `annotations.toml`.
    pub problems: Vec<Error>,
}

/// One `.sql` file and what came of reading it.
#[derive(Clone, Debug)]
pub struct QueryFile {
    /// The path under the workspace without `.sql`: `scores/nps`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The file's text, which goes to `DuckDB` unchanged.
    pub text: String,
    /// The query, or the first thing that is wrong with it.
    pub state: Result<SavedQuery>,
}

/// A query whose header is sound and whose SQL has passed the gate.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedQuery {
    /// The path under the workspace without `.sql`: `scores/nps`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The file's text, which goes to `DuckDB` unchanged.
    pub text: String,
    /// What the file says about itself.
    pub header: Header,
    /// What the SQL reads and takes.
    pub shape: Shape,
}

/// What a gated statement reads and takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The tables it reads, also through macros, in lower case; the query runs again when one of them changes.
    pub tables: BTreeSet<String>,
    /// The parameters it takes, without `$`, in lower case.
    pub parameters: BTreeSet<String>,
    /// Whether the result has an order.
    pub ordered: bool,
}

/// One file of `lib/`: macros that every query can use.
#[derive(Clone, Debug)]
pub struct LibFile {
    /// The file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// Its `CREATE MACRO` statements; none if the file has an error.
    pub statements: Vec<String>,
    /// What is wrong with it.
    pub error: Option<Error>,
}

/// A dated note drawn on trends: a release, an outage, a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The day.
    pub date: Date,
    /// What happened.
    pub text: String,
    /// What sort of thing it is, such as `release`; empty when not said.
    pub kind: String,
}

impl Workspace {
    /// Returns the file of this query name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&QueryFile> {
        self.queries.iter().find(|query| query.name == name)
    }
}
