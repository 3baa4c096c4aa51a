//! The writing side of a load: rows, rejects and checkpoints of one table, transaction by transaction.

use std::path::PathBuf;

use super::reading::{Job, Message};
use super::{FileRecord, Standing, rows};
use crate::error::Result;
use crate::files::{Batch, Checkpoint, ColumnType, Schema, Start};
use crate::store::engine::Connection;
use crate::store::journeys::{EVENTS, Journeys};
use crate::store::open::Store;
use crate::store::progress::Loading;
use crate::store::sandbox::broken;
use crate::store::tables;

/// Writes what is read of one table.
pub struct Writing<'store> {
    store: &'store mut Store,
    table: String,
    /// Whether everything is one transaction, because the table's types are still being learned.
    is_first: bool,
    columns: Vec<(String, ColumnType)>,
    file: Option<OpenFile>,
    in_transaction: bool,
    /// Whether the running transaction changes what a query would answer.
    changes: bool,
    added: Loading,
    standings: Vec<(usize, Standing)>,
}

/// The file that is being written.
struct OpenFile {
    job: usize,
    path: PathBuf,
    record: FileRecord,
    /// Rows written since the last checkpoint was saved.
    unsaved: bool,
    /// The number of the next row.
    next_row: u64,
    /// Records rejected so far.
    rejects: usize,
}

/// A file of nothing but rejects must not fill the memory: of more than these only the number is kept.
const MAX_REJECTS: usize = 10_000;

impl<'store> Writing<'store> {
    /// Prepares to write to a table.
    pub fn new(store: &'store mut Store, table: &str, is_first: bool) -> Result<Self> {
        let columns = tables::columns(&store.writer, table)?;
        let table = table.to_string();
        let (added, standings) = (Loading::default(), Vec::new());
        Ok(Self {
            store,
            table,
            is_first,
            columns,
            file: None,
            in_transaction: false,
            changes: false,
            added,
            standings,
        })
    }

    /// Writes what one message says.
    pub fn take(&mut self, jobs: &[Job], message: Message) -> Result<()> {
        match message {
            Message::Rows { job, batch } => {
                self.open(job, &jobs[job])?;
                self.append(&batch)
            }
            Message::Mark { job, checkpoint } => {
                self.open(job, &jobs[job])?;
                self.save(checkpoint)?;
                if self.is_first { Ok(()) } else { self.commit() }
            }
            Message::End {
                job,
                checkpoint,
                error,
            } => {
                if let Some(checkpoint) = checkpoint {
                    self.open(job, &jobs[job])?;
                    self.end(checkpoint, error.is_some())?;
                }
                if let Some(error) = error {
                    self.standing(jobs[job].source_index).error = Some(error.to_string());
                }
                if self.is_first { Ok(()) } else { self.commit() }
            }
        }
    }

    /// Commits what is left, and adds what was done to the load's sum.
    pub fn finish(mut self, schema: &Schema, loading: &mut Loading) -> Result<()> {
        // Columns that held only NULLs have no batch that created them.
        let missing: Vec<_> = schema
            .columns
            .iter()
            .filter(|column| {
                !self
                    .columns
                    .iter()
                    .any(|(known, _)| known.eq_ignore_ascii_case(&column.name))
            })
            .filter_map(|column| Some((column.name.clone(), column.kind?)))
            .collect();
        if !missing.is_empty() {
            self.begin()?;
            tables::declare(&self.store.writer, &self.table, &missing)?;
        }
        self.commit()?;
        for (index, standing) in self.standings {
            let (_, known) = &mut self.store.memory.sources[index];
            known.notes.extend(standing.notes);
            known.error = standing.error.or(known.error.take());
        }
        loading.files += self.added.files;
        loading.rows += self.added.rows;
        loading.rejects += self.added.rejects;
        loading.notes.extend(self.added.notes);
        Ok(())
    }

    /// Forgets what is not committed.
    pub fn abandon(mut self) {
        self.roll_back();
    }

    fn begin(&mut self) -> Result<()> {
        if !self.in_transaction {
            self.store
                .writer
                .execute("BEGIN TRANSACTION")
                .map_err(broken)?;
            self.in_transaction = true;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Ok(());
        }
        let store = &mut *self.store;
        if let Err(error) = store.memory.journeys.flush(&store.writer) {
            self.roll_back();
            return Err(error);
        }
        if let Err(failure) = self.store.writer.execute("COMMIT") {
            self.roll_back();
            return Err(broken(failure).context(format!("could not store rows of {}", self.table)));
        }
        self.in_transaction = false;
        if std::mem::take(&mut self.changes) {
            self.store.memory.changed(&self.table);
        }
        Ok(())
    }

    fn roll_back(&mut self) {
        if !std::mem::take(&mut self.in_transaction) {
            return;
        }
        // A transaction that DuckDB has already ended cannot be rolled back, and need not be.
        let _ = self.store.writer.execute("ROLLBACK");
        self.file = None;
        self.store.memory.roll_back();
        self.store.memory.books.reread(&self.store.writer);
    }

    /// Makes a file the one that is being written.
    fn open(&mut self, job: usize, of: &Job) -> Result<()> {
        self.begin()?;
        if self.file.as_ref().is_some_and(|file| file.job == job) {
            return Ok(());
        }
        let mut record = of.record.clone();
        if let Start::Rewritten(old) = &of.task.start {
            self.forget(&mut record)?;
            let note = format!(
                "{} was rewritten: its {} rows were read again",
                of.task.path.display(),
                old.rows
            );
            self.standing(of.source_index).notes.push(note);
        }
        let next_row = record.checkpoint.rows + 1;
        let rejects = usize::try_from(record.checkpoint.rejects).unwrap_or(usize::MAX);
        let path = of.task.path.clone();
        self.file = Some(OpenFile {
            job,
            path,
            record,
            unsaved: false,
            next_row,
            rejects,
        });
        self.added.files += 1;
        Ok(())
    }

    /// Removes what was loaded from a file.
    fn forget(&mut self, record: &mut FileRecord) -> Result<()> {
        let store = &mut *self.store;
        rows::delete(
            &store.writer,
            &mut store.memory.journeys,
            &self.table,
            record.id,
            0,
        )?;
        store.memory.oldest.forget(&self.table);
        self.changes |= record.checkpoint.rows > 0;
        *record = FileRecord {
            checkpoint: Checkpoint::default(),
            misfits: 0,
            newest: None,
            ..record.clone()
        };
        Ok(())
    }

    fn append(&mut self, batch: &Batch) -> Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        for (name, kind) in
            rows::add_columns(&self.store.writer, &self.table, &self.columns, batch)?
        {
            if !self.is_first {
                self.added.notes.push(format!(
                    "{}: new column {name} ({})",
                    self.table,
                    kind.sql()
                ));
            }
            self.columns.push((name, kind));
        }
        let store = &mut *self.store;
        append_rows(
            &store.writer,
            &mut store.memory.journeys,
            &self.table,
            batch,
            (file.record.id, file.next_row),
        )?;
        let kept = batch
            .rejects
            .len()
            .min(MAX_REJECTS.saturating_sub(file.rejects));
        rows::append_rejects(
            &self.store.writer,
            &self.table,
            &file.path,
            file.record.id,
            &batch.rejects[..kept],
        )?;
        file.rejects += batch.rejects.len();
        file.next_row += batch.rows as u64;
        file.unsaved = true;
        file.record.newest = file.record.newest.max(rows::newest(&self.table, batch));
        if let Some(times) = super::time_column(&self.table, batch) {
            self.store.memory.oldest.take(&self.table, times);
        }
        file.record.misfits += batch.misfits.iter().map(|(_, count)| count).sum::<u64>();
        self.added.rows += batch.rows as u64;
        self.added.rejects += batch.rejects.len() as u64;
        self.changes |= batch.rows > 0;
        Ok(())
    }

    /// Saves how far the file is read, in the transaction of its rows.
    fn save(&mut self, checkpoint: Checkpoint) -> Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        file.record.checkpoint = checkpoint;
        file.unsaved = false;
        self.store
            .memory
            .books
            .save(&self.store.writer, &file.record)
    }

    fn end(&mut self, checkpoint: Checkpoint, failed: bool) -> Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        // Rows behind a checkpoint that cannot be gone on from would come again.
        if failed && checkpoint.offset == 0 && file.unsaved {
            let store = &mut *self.store;
            rows::delete(
                &store.writer,
                &mut store.memory.journeys,
                &self.table,
                file.record.id,
                file.record.checkpoint.rows,
            )?;
            store.memory.oldest.forget(&self.table);
            self.file = None;
            return Ok(());
        }
        self.save(checkpoint)?;
        self.file = None;
        Ok(())
    }

    fn standing(&mut self, source_index: usize) -> &mut Standing {
        let position = self
            .standings
            .iter()
            .position(|(index, _)| *index == source_index)
            .unwrap_or_else(|| {
                self.standings.push((source_index, Standing::default()));
                self.standings.len() - 1
            });
        &mut self.standings[position].1
    }
}

/// Appends a batch's rows, and of events also to the journeys. `from` is the file's number and that of its next row.
pub(super) fn append_rows(
    writer: &Connection,
    journeys: &mut Journeys,
    table: &str,
    batch: &Batch,
    from: (i32, u64),
) -> Result<()> {
    let taken = if table == EVENTS {
        Some(journeys.take(writer, batch)?)
    } else {
        None
    };
    rows::append(writer, table, batch, from.0, from.1, taken.as_ref())?;
    if journeys.is_full() {
        journeys.flush(writer)?;
    }
    Ok(())
}
