//! What the Data screen shows: the state of every source, and the rejects of one of them.

use super::event::Rejected;
use crate::store::SourceHealth;

/// What the Data screen shows.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The sources.
    pub sources: Vec<SourceHealth>,
    /// The source under the cursor, from 0.
    pub row: usize,
    /// The opened source's rejects, if one is open.
    pub open: Option<Rejects>,
}

/// The rejects of one table.
#[derive(Clone, Debug)]
pub struct Rejects {
    /// The table.
    pub table: String,
    /// The records, newest last; none until they have been read.
    pub records: Option<Vec<Rejected>>,
    /// The record under the cursor, from 0.
    pub row: usize,
}

/// How a source is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Everything was loaded.
    Good,
    /// Some records were rejected, or values did not fit.
    Rejects,
    /// No file matches.
    Empty,
    /// It cannot be read.
    Failed,
}

impl Health {
    /// Returns how a source is doing.
    #[must_use]
    pub fn of(source: &SourceHealth) -> Self {
        match source {
            source if source.error.is_some() => Self::Failed,
            source if source.file_count == 0 => Self::Empty,
            source if source.rejects > 0 || source.misfits > 0 => Self::Rejects,
            _ => Self::Good,
        }
    }

    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Rejects => "rejects",
            Self::Empty => "no files",
            Self::Failed => "failed",
        }
    }
}

impl Data {
    /// Takes over the state of the sources; the cursor stays on its source.
    pub fn renew(&mut self, sources: Vec<SourceHealth>) {
        let key = self
            .sources
            .get(self.row)
            .map(|source| (source.table.clone(), source.files.clone()));
        let again = sources
            .iter()
            .position(|source| Some((source.table.clone(), source.files.clone())) == key);
        self.row = again
            .unwrap_or(self.row)
            .min(sources.len().saturating_sub(1));
        self.sources = sources;
    }

    /// Takes over the rejects of a table, if that table is still open.
    pub fn fill(&mut self, table: &str, records: Vec<Rejected>) {
        if let Some(open) = self.open.as_mut().filter(|open| open.table == table) {
            open.row = open.row.min(records.len().saturating_sub(1));
            open.records = Some(records);
        }
    }
}
