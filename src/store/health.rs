//! How the sources are doing.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::load::{self, Standing};
use super::open::Store;
use super::values;
use crate::error::Result;
use crate::files::Source;

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

impl Store {
    /// Returns how the sources of the last load are doing.
    ///
    /// # Errors
    ///
    /// None as long as all of it is kept in memory.
    pub fn health(&self) -> Result<Vec<SourceHealth>> {
        Ok(self
            .memory
            .sources
            .iter()
            .map(|(source, standing)| self.health_of(source, standing))
            .collect())
    }

    /// Returns the latest day in the data, as the workspace's zone has days.
    ///
    /// # Errors
    ///
    /// None as long as all of it is kept in memory.
    pub fn latest_day(&self) -> Result<Option<Date>> {
        // A subscription may begin or end in the future; what customers did and said has happened.
        let happened = |table: &str| ["events", "surveys", "tickets"].contains(&table);
        let newest = |wanted: &dyn Fn(&str) -> bool| {
            self.memory
                .books
                .newest()
                .filter(|(table, _)| wanted(table))
                .map(|(_, newest)| newest)
                .max()
        };
        let latest = newest(&happened).or_else(|| newest(&|_| true));
        Ok(latest.and_then(|latest| self.day(latest)))
    }

    /// Returns the first day in what customers did and said, as the workspace's zone has days; none in an empty store.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn earliest_day(&mut self) -> Result<Option<Date>> {
        let earliest = self.memory.oldest.of_customers(&self.writer)?;
        Ok(earliest.and_then(|earliest| self.day(earliest)))
    }

    /// Returns the day of a moment as the workspace's zone has days.
    fn day(&self, utc: i64) -> Option<Date> {
        let wall = self.clock.wall(utc, &mut 0);
        values::time_of_microseconds(wall).map(DateTime::date)
    }

    fn health_of(&self, source: &Source, standing: &Standing) -> SourceHealth {
        let mut health = SourceHealth {
            table: source.table.clone(),
            files: source.files.display().to_string(),
            preset: source.preset.clone(),
            notes: standing.notes.clone(),
            error: standing.error.clone(),
            ..SourceHealth::default()
        };
        for record in self
            .memory
            .books
            .of_source(&source.table, &load::key(source))
        {
            let checkpoint = &record.checkpoint;
            health.file_count += 1;
            health.rows += checkpoint.rows;
            health.rejects += checkpoint.rejects;
            health.misfits += record.misfits;
            health.pending_bytes += checkpoint.pending;
            let changed = Timestamp::from_nanosecond(checkpoint.modified.into()).ok();
            health.last_change = health.last_change.max(changed);
            health.newest_record = health
                .newest_record
                .max(record.newest.and_then(values::time_of_microseconds));
            let name = checkpoint
                .path
                .file_name()
                .unwrap_or(checkpoint.path.as_os_str())
                .to_string_lossy();
            health.notes.extend(
                checkpoint
                    .notes
                    .iter()
                    .map(|note| format!("{name}: {note}")),
            );
        }
        health
    }
}
