//! How far a load has come, and what it did.

use std::time::Duration;

/// What a load did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loading {
    /// The tables whose rows changed, each with its new version.
    pub changed: Vec<(String, u64)>,
    /// How many files were read.
    pub files: u64,
    /// How many rows were loaded.
    pub rows: u64,
    /// How many records could not be loaded.
    pub rejects: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// What the user should know: a rewritten file, a new column, a source that failed.
    pub notes: Vec<String>,
}

/// How far a load has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Files read to their end.
    pub files_done: u64,
    /// Files to read.
    pub files_total: u64,
    /// Bytes read.
    pub bytes_done: u64,
    /// Bytes to read.
    pub bytes_total: u64,
    /// Rows loaded.
    pub rows: u64,
    /// Time since the load began.
    pub elapsed: Duration,
}

/// Whether a load goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// Go on.
    On,
    /// Stop, and forget what is not committed.
    Stop,
}

impl Progress {
    /// Returns how many rows were loaded a second.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a speed that is shown with three digits"
    )]
    pub fn rows_per_second(&self) -> f64 {
        if self.elapsed.is_zero() {
            0.0
        } else {
            self.rows as f64 / self.elapsed.as_secs_f64()
        }
    }

    /// Returns how long the rest takes at the speed so far; none before anything is read.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub fn time_left(&self) -> Option<Duration> {
        if self.bytes_done == 0 {
            return None;
        }
        let left = self.bytes_total.saturating_sub(self.bytes_done) as f64 / self.bytes_done as f64;
        Duration::try_from_secs_f64(self.elapsed.as_secs_f64() * left).ok()
    }
}
