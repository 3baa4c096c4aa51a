//! Reads one file: from where a task says, whole record by whole record, into batches.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::batch::Batch;
use super::blocks::{Crew, Known};
use super::csv::{self, AtEnd};
use super::decode::{Input, Packing};
use super::find::{self, Stat};
use super::identity;
use super::plan::{Start, Task};
use super::record::Checkpoint;
use super::rows::Rows;
use super::schema::Schema;
use super::source::Source;
use super::split::{LONGEST, Piece};
use super::walk::{Records, Walker};
use crate::error::{Error, Place, Result};

/// A batch is handed on when its records took so many bytes.
const BATCH_BYTES: u64 = 2 * 1024 * 1024;

/// What is said of bytes that are no text, behind their number.
pub(super) const REPLACED: &str = "bytes were not UTF-8 and are shown as \u{fffd}";

/// What is only true until a file grows.
pub(super) const PASSING: [&str; 4] = ["it is empty", NO_END, NOT_COMPLETE, NOT_CLOSED];
const NO_END: &str = "its last line has no end";
pub(super) const NOT_COMPLETE: &str = "it is not complete yet";
pub(super) const NOT_CLOSED: &str = "its array is not closed yet";

/// Whether a file can still grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// A last line without an end stays pending.
    Growing,
    /// A last line without an end is a record.
    Final,
}

/// Reads one file's new records.
pub struct FileReader {
    pub(super) source: Source,
    pub(super) file: File,
    pub(super) finality: Finality,
    pub(super) packing: Packing,
    pub(super) walker: Walker,
    pub(super) count: Arc<AtomicU64>,
    pub(super) began: u64,
    /// Reads blocks ahead, once the file turned out to be large.
    pub(super) crew: Option<Crew>,
    /// What it reads them with.
    pub(super) known: Option<Arc<Known>>,
    /// Whether the last batch taught nothing, so that reading ahead pays.
    pub(super) settled: bool,
}

impl FileReader {
    /// Opens the file of a task.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is no file of records, or changed since the task was planned.
    pub fn open(source: &Source, task: &Task, finality: Finality) -> Result<Self> {
        let failed = |error: &io::Error| find::unreadable(&task.path, error);
        let metadata = fs::metadata(&task.path).map_err(|error| failed(&error))?;
        if !metadata.is_file() {
            return Err(Error::data("it is no regular file").at(Place::file(&task.path)));
        }
        let file = File::open(&task.path).map_err(|error| failed(&error))?;
        let stat = Stat::of(&file.metadata().map_err(|error| failed(&error))?);
        let mut mark = match &task.start {
            Start::Resume(checkpoint) | Start::Renamed(checkpoint) => checkpoint.clone(),
            Start::New | Start::Rewritten(_) => Checkpoint::default(),
        };
        mark.path.clone_from(&task.path);
        (mark.device, mark.inode, mark.size, mark.modified) =
            (stat.device, stat.inode, stat.size, stat.modified);
        let mut reader = Self {
            source: source.clone(),
            file,
            finality,
            packing: Packing::Plain,
            count: Arc::default(),
            began: mark.offset,
            walker: Walker {
                records: Records::Nothing,
                input: Input::new(Box::new(io::empty())),
                rows: Rows::new(source)?,
                mark,
                ended: false,
            },
            crew: None,
            known: None,
            settled: false,
        };
        reader
            .begin(&task.start)
            .map_err(|error| match error.place {
                Some(_) => error,
                None => error.at(Place::file(&task.path)),
            })?;
        Ok(reader)
    }

    /// Returns the next rows, some ten thousand of them; `None` at the end of whole records.
    ///
    /// # Errors
    ///
    /// When the file stops being readable, or lacks a column that every record must have.
    pub fn next_batch(&mut self, schema: &mut Schema) -> Result<Option<Batch>> {
        if self.walker.ended {
            return Ok(None);
        }
        if let Some(batch) = self.next_block(schema)? {
            return Ok(Some(batch));
        }
        let before = schema.clone();
        self.walker.rows.begin(schema);
        let rejects = self.walker.mark.rejects;
        if let Records::Parquet(_) = &self.walker.records {
            self.next_parquet(schema)?;
        } else {
            let start = self.walker.mark.offset;
            while !self.walker.ended
                && !self.walker.rows.is_full()
                && self.walker.mark.offset - start < BATCH_BYTES
            {
                self.step(schema)
                    .map_err(|error| error.at(Place::file(&self.walker.mark.path)))?;
            }
        }
        let rows = self.walker.rows.rows();
        let rejected = self.walker.mark.rejects - rejects;
        self.walker.mark.rows += rows as u64;
        if self.walker.ended {
            self.end();
            if rows == 0 && rejected == 0 {
                return Ok(None);
            }
        }
        let batch = self.walker.rows.finish(schema);
        self.settled = !self.walker.rows.has_learned() && *schema == before;
        if !self.settled {
            self.known = None;
        }
        Ok(Some(batch))
    }

    /// Returns how far the file is read: behind the last record that a batch had, or a reject.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let mut mark = self.walker.mark.clone();
        if mark.whole_hash.is_some() {
            mark.offset = if self.walker.ended { mark.size } else { 0 };
        }
        // A file that can no longer be read here is recognised as changed by hashes that fit nothing.
        let windows = identity::windows(&self.file, mark.offset).ok();
        mark.head_hash = windows.map_or(0, |windows| windows.head);
        mark.tail_hash = windows.map_or(0, |windows| windows.tail);
        if mark.replaced > 0 {
            mark.notes.push(format!("{} {REPLACED}", mark.replaced));
        }
        if matches!(self.walker.records, Records::Lines | Records::Values(_)) {
            mark.keys = self.walker.rows.decided_keys();
        }
        mark
    }

    /// Returns how many raw bytes have been read.
    #[must_use]
    pub fn bytes_done(&self) -> u64 {
        match self.packing {
            Packing::Plain => self.walker.mark.offset.saturating_sub(self.began),
            Packing::Gzip | Packing::Zstd => self.count.load(Ordering::Relaxed),
        }
    }

    /// Reads one piece of the input.
    fn step(&mut self, schema: &mut Schema) -> Result<()> {
        if let Records::Csv(None) = self.walker.records {
            return self.read_header(schema);
        }
        if self.walker.rows.needs_header() {
            let tidy = csv::column_names(&self.walker.mark.header);
            self.walker
                .rows
                .use_header(&self.walker.mark.header, &tidy, schema)?;
        }
        match self.walker.find(AtEnd::Wait) {
            Piece::Rest if self.walker.input.bytes().len() > LONGEST => self.walker.discard(),
            Piece::Rest => self.read_rest(schema),
            piece => self.walker.take(piece, schema),
        }
        Ok(())
    }

    /// What is left has no end: it waits, or it is the last record.
    fn read_rest(&mut self, schema: &mut Schema) {
        let left = self.walker.input.bytes().len();
        if left == 0 {
            self.walker.ended = true;
        } else if self.finality == Finality::Growing && self.walker.mark.whole_hash.is_none() {
            self.walker.mark.pending = self.walker.mark.size - self.walker.mark.offset;
            self.walker.ended = true;
        } else if self.walker.input.broken.is_some() {
            self.walker.refuse(left, "it is cut short".to_string());
        } else {
            match self.walker.find(AtEnd::Take) {
                Piece::Rest | Piece::Long { .. } => {
                    self.walker
                        .refuse(left, "the file ends inside it".to_string());
                }
                piece => {
                    let last = matches!(piece, Piece::Record(length) if length == left);
                    if last
                        && self.walker.mark.format.has_lines()
                        && !self.walker.input.bytes().ends_with(b"\r")
                    {
                        self.walker.note(NO_END);
                    }
                    self.walker.take(piece, schema);
                }
            }
        }
    }

    fn read_header(&mut self, schema: &mut Schema) -> Result<()> {
        let source = &self.source;
        let names_all = |columns: &[String]| Rows::names_required(source, columns);
        let refusal = |message: String| {
            Error::data(message)
                .help("put the names of the columns into the first line, or leave the file out")
        };
        let mut header =
            csv::header(&mut self.walker.input, AtEnd::Wait, names_all).map_err(refusal)?;
        let is_final = self.finality == Finality::Final || self.walker.mark.whole_hash.is_some();
        if header.is_none() && is_final {
            header =
                csv::header(&mut self.walker.input, AtEnd::Take, names_all).map_err(refusal)?;
        }
        let Some(header) = header else {
            let blank = self
                .walker
                .input
                .bytes()
                .iter()
                .all(u8::is_ascii_whitespace);
            if is_final && !self.walker.input.bytes().is_empty() && !blank {
                return Err(Error::data("no header was found in it"));
            }
            self.walker.mark.pending = self.walker.mark.size - self.walker.mark.offset;
            self.walker.ended = true;
            return Ok(());
        };
        let tidy = csv::column_names(&header.columns);
        self.walker
            .rows
            .use_header(&header.columns, &tidy, schema)?;
        if !header.before.is_empty() {
            self.walker.note(&format!(
                "{} lines before its header are left out",
                header.before.len()
            ));
        }
        self.walker.pass(header.length);
        self.walker.records = Records::Csv(Some(Box::new(csv::Records::new(header.delimiter))));
        (self.walker.mark.delimiter, self.walker.mark.header) = (header.delimiter, header.columns);
        Ok(())
    }

    fn next_parquet(&mut self, schema: &mut Schema) -> Result<()> {
        let Records::Parquet(reader) = &mut self.walker.records else {
            return Ok(());
        };
        let read = reader.read(&mut self.walker.rows, schema);
        let (rejects, more) =
            read.map_err(|error| error.at(Place::file(&self.walker.mark.path)))?;
        self.walker.mark.rejects += rejects;
        self.walker.ended = !more;
        Ok(())
    }

    fn end(&mut self) {
        if let Some(broken) = self.walker.input.broken.take() {
            self.walker
                .note(&format!("{broken}; what comes before is loaded"));
        }
        let unclosed =
            matches!(&self.walker.records, Records::Values(values) if !values.is_closed());
        if unclosed && self.walker.mark.pending == 0 {
            self.walker.note("its array is not closed");
        }
    }
}

impl std::fmt::Debug for FileReader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FileReader")
            .field("path", &PathBuf::from(&self.walker.mark.path))
            .finish_non_exhaustive()
    }
}
