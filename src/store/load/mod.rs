//! Loads what is new in the sources' files.
//!
//! ```text
//! plan → reading (a thread: files → batches) → writing (rows, rejects, checkpoint: one transaction) → versions rise
//! ```
//!
//! Invariant: a row and the checkpoint behind it become visible together or not at all, whatever stops the load.

mod books;
mod oldest;
mod reading;
mod rows;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

pub use books::{Books, FileRecord, key};

use super::journeys::{EVENTS, Journeys};
use super::open::Store;
use super::progress::{Go, Loading, Progress};
use super::quoting::quoted_name;
use super::sandbox::broken;
use super::tables::{self, FILE_COLUMN, LOADED};
use crate::error::Result;
use crate::files::{self, Batch, CANONICAL, Checkpoint, ColumnType, Schema, Source, Start, Task};
use oldest::Oldest;
use reading::{Job, Reading};
use writing::Writing;

/// What the store remembers between loads.
pub struct Memory {
    /// What was read of which file.
    pub books: Books,
    /// Keeps the journeys in step with the events.
    pub journeys: Journeys,
    /// The oldest times of the rows.
    pub oldest: Oldest,
    /// How often each table has changed since the store was opened.
    pub versions: BTreeMap<String, u64>,
    /// The tables that changed and that no finished load has told of yet.
    pub untold: BTreeMap<String, u64>,
    /// The sources of the last load, each with what it has to say.
    pub sources: Vec<(Source, Standing)>,
}

/// What a source has to say besides its numbers.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What the user should know.
    pub notes: Vec<String>,
    /// Why it could not be read.
    pub error: Option<String>,
}

impl Standing {
    /// Returns what was not said the last time.
    fn news<'a>(&'a self, before: Option<&'a Self>) -> impl Iterator<Item = &'a String> {
        let said = move |text: &String| {
            before.is_some_and(|old| old.notes.contains(text) || old.error.as_ref() == Some(text))
        };
        self.notes
            .iter()
            .chain(&self.error)
            .filter(move |text| !said(text))
    }
}

impl Memory {
    /// Reads what earlier processes have left.
    pub fn read(writer: &super::engine::Connection) -> Result<Self> {
        let books = Books::read(writer)?;
        Ok(Self {
            books,
            journeys: Journeys::default(),
            oldest: Oldest::default(),
            versions: BTreeMap::new(),
            untold: BTreeMap::new(),
            sources: Vec::new(),
        })
    }

    /// Forgets what was noted of rows that are taken back.
    pub fn roll_back(&mut self) {
        self.journeys.roll_back();
        self.oldest = Oldest::default();
    }

    /// Counts a table's change.
    pub fn changed(&mut self, table: &str) {
        let version = self.versions.entry(table.to_string()).or_insert(0);
        *version += 1;
        self.untold.insert(table.to_string(), *version);
    }
}

/// The files of one table that are read with one schema.
struct Group {
    table: String,
    schema: Schema,
    jobs: Vec<Job>,
    /// Whether the table's types are still to be learned, which takes all files in one transaction.
    is_first: bool,
}

impl Store {
    /// Reads what is new in the sources' files. A source that cannot be read is noted and does not stop the others.
    ///
    /// # Errors
    ///
    /// When the load was stopped, or the database cannot store rows; what was committed before stays.
    pub fn load(
        &mut self,
        sources: &[Source],
        report: &mut dyn FnMut(&Progress) -> Go,
    ) -> Result<Loading> {
        let began = Instant::now();
        let fresh = sources
            .iter()
            .map(|source| (source.clone(), Standing::default()))
            .collect();
        let before = std::mem::replace(&mut self.memory.sources, fresh);
        let groups = self.plan(sources)?;
        let jobs = || groups.iter().flat_map(|group| &group.jobs);
        let mut reading = Reading {
            progress: Progress {
                files_total: jobs().count() as u64,
                bytes_total: jobs().map(|job| job.task.bytes).sum(),
                ..Progress::default()
            },
            began,
            report,
        };
        let mut loading = Loading::default();
        for group in groups {
            self.read_group(group, &mut reading, &mut loading)?;
        }
        for (source, standing) in &self.memory.sources {
            let known = before
                .iter()
                .find(|(known, _)| known == source)
                .map(|(_, standing)| standing);
            let news = standing
                .news(known)
                .map(|note| format!("{}: {note}", source.table));
            loading.notes.extend(news);
        }
        loading.changed = std::mem::take(&mut self.memory.untold)
            .into_iter()
            .collect();
        loading.bytes = reading.progress.bytes_done;
        loading.elapsed = began.elapsed();
        Ok(loading)
    }

    /// Reads ahead what the first new row of `events` needs: with millions of customers that takes a second.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub fn read_ahead(&mut self) -> Result<()> {
        self.memory.journeys.know(&self.writer)
    }

    /// Appends rows that come from no file, such as the rows of a query's test.
    ///
    /// # Errors
    ///
    /// When a column cannot hold its values.
    pub fn insert(&mut self, table: &str, batch: &Batch) -> Result<()> {
        self.transaction(|store| {
            let known = tables::columns(&store.writer, table)?;
            rows::add_columns(&store.writer, table, &known, batch)?;
            let journeys = &mut store.memory.journeys;
            writing::append_rows(&store.writer, journeys, table, batch, (0, 0))?;
            journeys.flush(&store.writer)
        })?;
        if let Some(times) = time_column(table, batch) {
            self.memory.oldest.take(table, times);
        }
        self.memory
            .books
            .note_inserted(table, rows::newest(table, batch));
        self.memory.changed(table);
        Ok(())
    }

    /// Takes back the rows of every [`Store::insert`], so that the next test begins with empty tables.
    ///
    /// # Errors
    /// When the database fails.
    pub fn withdraw(&mut self) -> Result<()> {
        let tables = self.memory.books.forget_inserted();
        self.transaction(|store| {
            let journeys = &mut store.memory.journeys;
            for table in &tables {
                let condition = format!("{FILE_COLUMN} = 0");
                if table == EVENTS {
                    journeys.will_delete(&store.writer, &condition)?;
                }
                let delete = format!(
                    "DELETE FROM {LOADED}.{} WHERE {condition}",
                    quoted_name(table)
                );
                store.writer.execute(&delete).map_err(broken)?;
            }
            journeys.flush(&store.writer)
        })?;
        for table in &tables {
            self.memory.oldest.forget(table);
            self.memory.changed(table);
        }
        Ok(())
    }

    /// Finds out what has to be read, one group a table that is new, one a source otherwise.
    fn plan(&mut self, sources: &[Source]) -> Result<Vec<Group>> {
        let mut groups: Vec<Group> = Vec::new();
        for (index, source) in sources.iter().enumerate() {
            let jobs = match self.jobs(index, source) {
                Ok(jobs) => jobs,
                Err(error) => {
                    self.memory.sources[index].1.error = Some(error.to_string());
                    continue;
                }
            };
            let is_first = !self.memory.books.knows(&source.table);
            if let Some(group) = groups
                .iter_mut()
                .find(|group| is_first && group.table == source.table)
            {
                group.jobs.extend(jobs);
                continue;
            }
            if jobs.is_empty() {
                continue;
            }
            let columns = self.table_columns(&source.table, sources)?;
            let schema = if is_first {
                let types = columns.into_iter().collect();
                Schema::new(&Source {
                    types,
                    ..source.clone()
                })
            } else {
                Schema::known(source, &columns)
            };
            groups.push(Group {
                table: source.table.clone(),
                schema,
                jobs,
                is_first,
            });
        }
        self.note_files_of_no_source();
        Ok(groups)
    }

    /// Says which files no source finds any more, at the first source of their table.
    fn note_files_of_no_source(&mut self) {
        for index in 0..self.memory.sources.len() {
            let table = self.memory.sources[index].0.table.clone();
            let mut before = self.memory.sources[..index].iter();
            if before.any(|(source, _)| source.table == table) {
                continue;
            }
            let keys = keys_of(&self.memory.sources, &table);
            let left = self.memory.books.of_no_source(&table, &keys);
            let left: Vec<_> = left.map(|record| record.checkpoint.clone()).collect();
            let note = kept_rows(&left, "no longer named by a source");
            self.memory.sources[index].1.notes.extend(note);
        }
    }

    /// Returns a table's columns: those it has, and those its sources declare.
    fn table_columns(&self, table: &str, sources: &[Source]) -> Result<Vec<(String, ColumnType)>> {
        let mut columns = tables::columns(&self.writer, table)?;
        let declared = sources
            .iter()
            .filter(|source| source.table == table)
            .flat_map(|source| &source.types);
        for (name, kind) in declared {
            if !columns
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(name))
            {
                columns.push((name.clone(), *kind));
            }
        }
        Ok(columns)
    }

    /// Returns the files of a source that have something new.
    fn jobs(&mut self, index: usize, source: &Source) -> Result<Vec<Job>> {
        let key = books::key(source);
        let books = &mut self.memory.books;
        let keys = keys_of(&self.memory.sources, &source.table);
        let own = books.of_source(&source.table, &key);
        let mut known: Vec<FileRecord> = own
            .chain(books.of_no_source(&source.table, &keys))
            .cloned()
            .collect();
        let checkpoints: Vec<_> = known
            .iter()
            .map(|record| record.checkpoint.clone())
            .collect();
        let plan = files::plan(source, &checkpoints)?;
        let (mut notes, mut gone) = (plan.notes, Vec::new());
        for record in &mut known {
            let is_gone = plan.gone.contains(&record.checkpoint);
            if is_gone && record.source == key {
                gone.push(record.checkpoint.clone());
            } else if !is_gone && record.source != key {
                // A file is the same whatever pattern finds it, so its rows are not read again.
                record.source.clone_from(&key);
                books.adopt(&self.writer, record.id, &key)?;
            }
        }
        notes.extend(kept_rows(&gone, "gone"));
        self.memory.sources[index].1.notes.extend(notes);
        let mut jobs: Vec<Job> = plan
            .tasks
            .into_iter()
            .map(|task| self.job(index, source, &key, &known, task))
            .collect();
        // A file that was renamed gives its old path free for the file that is there now.
        jobs.sort_by_key(|job| !matches!(job.task.start, Start::Renamed(_)));
        Ok(jobs)
    }

    fn job(
        &mut self,
        source_index: usize,
        source: &Source,
        key: &str,
        known: &[FileRecord],
        task: Task,
    ) -> Job {
        let old = match &task.start {
            Start::New => None,
            Start::Resume(old) | Start::Renamed(old) | Start::Rewritten(old) => known
                .iter()
                .find(|record| record.checkpoint == *old)
                .cloned(),
        };
        let record = old.unwrap_or_else(|| FileRecord {
            id: self.memory.books.new_id(),
            table: source.table.clone(),
            source: key.to_string(),
            ..FileRecord::default()
        });
        Job {
            source_index,
            source: source.clone(),
            task,
            record,
            finality: self.finality,
        }
    }

    /// Reads and writes one group; learns the types of a new table by reading again when they turn out wrong.
    fn read_group(
        &mut self,
        group: Group,
        reading: &mut Reading<'_>,
        loading: &mut Loading,
    ) -> Result<()> {
        let Group {
            table,
            mut schema,
            jobs,
            is_first,
        } = group;
        loop {
            let before = reading.progress.clone();
            let mut writing = Writing::new(self, &table, is_first)?;
            let read = reading.read(&jobs, schema, &mut |message| writing.take(&jobs, message));
            schema = match read {
                Ok(schema) => schema,
                Err(error) => {
                    writing.abandon();
                    return Err(error);
                }
            };
            if schema.contradicted {
                writing.abandon();
                schema.contradicted = false;
                reading.progress = before;
                continue;
            }
            if is_first {
                schema.settle();
            }
            return writing.finish(&schema, loading);
        }
    }
}

/// Returns how the books name the sources of a table.
fn keys_of(sources: &[(Source, Standing)], table: &str) -> BTreeSet<String> {
    sources
        .iter()
        .filter(|(source, _)| source.table == table)
        .map(|(source, _)| books::key(source))
        .collect()
}

/// Says of files whose rows are kept what has become of them.
fn kept_rows(files: &[Checkpoint], state: &str) -> Option<String> {
    let rows: u64 = files.iter().map(|file| file.rows).sum();
    match files {
        _ if rows == 0 => None,
        [file] => Some(format!(
            "{} is {state}; its {rows} rows are kept",
            file.path.display()
        )),
        [file, ..] => Some(format!(
            "{} and {} more are {state}; their {rows} rows are kept",
            file.path.display(),
            files.len() - 1
        )),
        [] => None,
    }
}

/// Returns the name of the column that tells when a record of a canonical table happened.
fn time_name(table: &str) -> Option<&'static str> {
    let (_, columns) = CANONICAL.iter().find(|(name, _)| *name == table)?;
    let mut times = columns
        .iter()
        .filter(|(_, kind)| *kind == ColumnType::Timestamp);
    times.next().map(|(name, _)| *name)
}

/// Returns the column that tells when a record of the table happened: the canonical one, or the first time there is.
fn time_column<'batch>(table: &str, batch: &'batch Batch) -> Option<&'batch [Option<i64>]> {
    let canonical = time_name(table);
    batch
        .columns
        .iter()
        .find_map(|column| match &column.values {
            files::Values::Timestamp(times) if canonical.is_none_or(|name| name == column.name) => {
                Some(times.as_slice())
            }
            _ => None,
        })
}
