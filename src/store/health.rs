//! How the sources are doing.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// How one source is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceHealth {
    /// The table it feeds.
    pub table: String,
    /// Its glob.
    pub files: String,
    /// The vendor preset.
    pub preset: String,
    /// How many files are loaded.
    pub file_count: u64,
    /// How many rows came from them.
    pub rows: u64,
    /// How many records could not be loaded.
    pub rejects: u64,
    /// How many records were left out on purpose.
    pub skipped: u64,
    /// How many values did not fit their column and became NULL.
    pub misfits: u64,
    /// Bytes of last lines that have no end yet.
    pub pending_bytes: u64,
    /// When one of the files last changed.
    pub last_change: Option<Timestamp>,
    /// The newest time in the records.
    pub newest_record: Option<DateTime>,
    /// What the user should know.
    pub notes: Vec<String>,
    /// Why the source could not be read, the last time it was tried.
    pub error: Option<String>,
}
