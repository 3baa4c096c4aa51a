//! Reads one file: from where a task says, whole record by whole record, into batches.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::csv::{self, AtEnd};
use super::decode::{Input, Packing};
use super::find::{self, Stat};
use super::format::Format;
use super::identity;
use super::parquet;
use super::plan::{Start, Task};
use super::record::{Batch, Checkpoint};
use super::rows::Rows;
use super::schema::Schema;
use super::source::Source;
use super::split::{self, Ends, LONGEST, Line, Piece, Values};
use crate::error::{Error, Place, Result};

/// A batch is handed on when its records took so many bytes.
const BATCH_BYTES: u64 = 32 * 1024 * 1024;

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
    pub(super) records: Records,
    pub(super) input: Input,
    pub(super) rows: Rows,
    pub(super) count: Arc<AtomicU64>,
    pub(super) began: u64,
    /// What the next checkpoint says; its offset is that of the next record.
    pub(super) mark: Checkpoint,
    pub(super) ended: bool,
}

/// How the records of the file at hand are found.
pub(super) enum Records {
    /// Without its header as long as that is not whole.
    Csv(Option<Box<csv::Records>>),
    Lines,
    Values(Values),
    Parquet(Box<parquet::Reader>),
    /// There is nothing to read.
    Nothing,
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
            records: Records::Nothing,
            input: Input::new(Box::new(io::empty())),
            rows: Rows::new(source)?,
            count: Arc::default(),
            began: mark.offset,
            mark,
            ended: false,
        };
        reader
            .begin(&task.start)
            .map_err(|error| match error.place {
                Some(_) => error,
                None => error.at(Place::file(&task.path)),
            })?;
        Ok(reader)
    }

    /// Returns the next rows, about 16,000 of them; `None` at the end of whole records.
    ///
    /// # Errors
    ///
    /// When the file stops being readable, or lacks a column that every record must have.
    pub fn next_batch(&mut self, schema: &mut Schema) -> Result<Option<Batch>> {
        if self.ended {
            return Ok(None);
        }
        self.rows.begin(schema);
        let rejects = self.mark.rejects;
        if let Records::Parquet(_) = &self.records {
            self.next_parquet(schema)?;
        } else {
            let start = self.mark.offset;
            while !self.ended && !self.rows.is_full() && self.mark.offset - start < BATCH_BYTES {
                self.step(schema)
                    .map_err(|error| error.at(Place::file(&self.mark.path)))?;
            }
        }
        let (rows, rejected) = (self.rows.rows(), self.mark.rejects - rejects);
        self.mark.rows += rows as u64;
        if self.ended {
            self.end();
            if rows == 0 && rejected == 0 {
                return Ok(None);
            }
        }
        Ok(Some(self.rows.finish(schema)))
    }

    /// Returns how far the file is read: behind the last record that a batch had, or a reject.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        let mut mark = self.mark.clone();
        if mark.whole_hash.is_some() {
            mark.offset = if self.ended { mark.size } else { 0 };
        }
        // A file that can no longer be read here is recognised as changed by hashes that fit nothing.
        let windows = identity::windows(&self.file, mark.offset).ok();
        mark.head_hash = windows.map_or(0, |windows| windows.head);
        mark.tail_hash = windows.map_or(0, |windows| windows.tail);
        if mark.replaced > 0 {
            mark.notes.push(format!("{} {REPLACED}", mark.replaced));
        }
        if matches!(self.records, Records::Lines | Records::Values(_)) {
            mark.keys = self.rows.decided_keys();
        }
        mark
    }

    /// Returns how many raw bytes have been read.
    #[must_use]
    pub fn bytes_done(&self) -> u64 {
        match self.packing {
            Packing::Plain => self.mark.offset.saturating_sub(self.began),
            Packing::Gzip | Packing::Zstd => self.count.load(Ordering::Relaxed),
        }
    }

    /// Reads one piece of the input.
    fn step(&mut self, schema: &mut Schema) -> Result<()> {
        if let Records::Csv(None) = self.records {
            return self.read_header(schema);
        }
        if self.rows.needs_header() {
            let tidy = csv::column_names(&self.mark.header);
            self.rows.use_header(&self.mark.header, &tidy, schema)?;
        }
        match self.find(AtEnd::Wait) {
            Piece::Rest if self.input.bytes().len() > LONGEST => self.discard(),
            Piece::Rest => self.read_rest(schema),
            piece => self.take(piece, schema),
        }
        Ok(())
    }

    fn find(&mut self, at_end: AtEnd) -> Piece {
        match &mut self.records {
            Records::Csv(Some(records)) => records.next(&mut self.input, at_end),
            Records::Values(values) => values.next(&mut self.input),
            Records::Lines => match split::line(&mut self.input, 0, Ends::Newline) {
                Line::Whole { length, .. } => whole_line(&self.input, length),
                Line::Open if at_end == AtEnd::Take && !self.input.bytes().is_empty() => {
                    whole_line(&self.input, self.input.bytes().len())
                }
                Line::Open | Line::Long => Piece::Rest,
            },
            Records::Csv(None) | Records::Parquet(_) | Records::Nothing => Piece::Rest,
        }
    }

    fn take(&mut self, piece: Piece, schema: &mut Schema) {
        match piece {
            Piece::Record(length) => self.take_record(length, schema),
            Piece::Blank(length) => self.pass(length),
            Piece::Bad(length, reason) => self.refuse(length, reason),
            Piece::Long { .. } | Piece::Rest => self.ended = true,
        }
    }

    fn take_record(&mut self, length: usize, schema: &mut Schema) {
        let record = &self.input.bytes()[..length];
        let added = match &self.records {
            Records::Csv(Some(records)) if records.width() != self.mark.header.len() => Err(
                format!("{} of {} fields", records.width(), self.mark.header.len()),
            ),
            Records::Csv(Some(records)) => add_fields(
                &mut self.rows,
                records,
                record,
                &self.mark.header,
                &mut self.mark.replaced,
            ),
            _ => {
                let text = String::from_utf8_lossy(record);
                if let std::borrow::Cow::Owned(text) = &text {
                    self.mark.replaced += text.matches('\u{fffd}').count() as u64;
                }
                self.rows.add_json(text.trim(), schema)
            }
        };
        match added {
            Ok(()) => self.pass(length),
            Err(reason) => self.refuse(length, reason),
        }
    }

    /// What is left has no end: it waits, or it is the last record.
    fn read_rest(&mut self, schema: &mut Schema) {
        let left = self.input.bytes().len();
        if left == 0 {
            self.ended = true;
        } else if self.finality == Finality::Growing && self.mark.whole_hash.is_none() {
            self.mark.pending = self.mark.size - self.mark.offset;
            self.ended = true;
        } else if self.input.broken.is_some() {
            self.refuse(left, "it is cut short".to_string());
        } else {
            match self.find(AtEnd::Take) {
                Piece::Rest | Piece::Long { .. } => {
                    self.refuse(left, "the file ends inside it".to_string());
                }
                piece => {
                    let last = matches!(piece, Piece::Record(length) if length == left);
                    if last && self.mark.format.has_lines() && !self.input.bytes().ends_with(b"\r")
                    {
                        self.note(NO_END);
                    }
                    self.take(piece, schema);
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
        let mut header = csv::header(&mut self.input, AtEnd::Wait, names_all).map_err(refusal)?;
        let is_final = self.finality == Finality::Final || self.mark.whole_hash.is_some();
        if header.is_none() && is_final {
            header = csv::header(&mut self.input, AtEnd::Take, names_all).map_err(refusal)?;
        }
        let Some(header) = header else {
            let blank = self.input.bytes().iter().all(u8::is_ascii_whitespace);
            if is_final && !self.input.bytes().is_empty() && !blank {
                return Err(Error::data("no header was found in it"));
            }
            self.mark.pending = self.mark.size - self.mark.offset;
            self.ended = true;
            return Ok(());
        };
        let tidy = csv::column_names(&header.columns);
        self.rows.use_header(&header.columns, &tidy, schema)?;
        if !header.before.is_empty() {
            self.note(&format!(
                "{} lines before its header are left out",
                header.before.len()
            ));
        }
        self.pass(header.length);
        self.records = Records::Csv(Some(Box::new(csv::Records::new(header.delimiter))));
        (self.mark.delimiter, self.mark.header) = (header.delimiter, header.columns);
        Ok(())
    }

    /// Goes behind bytes of the input.
    fn pass(&mut self, length: usize) {
        let taken = &self.input.bytes()[..length];
        self.mark.offset += self.mark.encoding.raw_length(taken);
        self.mark.lines += line_ends(taken, self.mark.format);
        self.input.consume(length);
    }

    fn refuse(&mut self, length: usize, reason: String) {
        let start = &self.input.bytes()[..length.min(1_000)];
        let text = String::from_utf8_lossy(start).into_owned();
        let blank = text.len() - text.trim_start().len();
        let line = self.mark.lines + 1 + line_ends(&text.as_bytes()[..blank], self.mark.format);
        self.rows.reject(line, reason, text.trim_start());
        self.mark.rejects += 1;
        self.pass(length);
    }

    /// Rejects a line that is too long without holding it.
    fn discard(&mut self) {
        let encoding = self.mark.encoding;
        let ends = if self.mark.format == Format::Csv {
            Ends::Any
        } else {
            Ends::Newline
        };
        let (piece, ended) =
            split::discard_line(&mut self.input, ends, |bytes| encoding.raw_length(bytes));
        if let Piece::Long { raw, start } = piece {
            self.rows.reject(
                self.mark.lines + 1,
                "it is longer than 32 MiB".to_string(),
                &start,
            );
            self.mark.rejects += 1;
            self.mark.offset += raw;
            self.mark.lines += u64::from(ended);
        }
    }

    fn next_parquet(&mut self, schema: &mut Schema) -> Result<()> {
        let Records::Parquet(reader) = &mut self.records else {
            return Ok(());
        };
        let read = reader.read(&mut self.rows, schema);
        let (rejects, more) = read.map_err(|error| error.at(Place::file(&self.mark.path)))?;
        self.mark.rejects += rejects;
        self.ended = !more;
        Ok(())
    }

    fn end(&mut self) {
        if let Some(broken) = self.input.broken.take() {
            self.note(&format!("{broken}; what comes before is loaded"));
        }
        let unclosed = matches!(&self.records, Records::Values(values) if !values.is_closed());
        if unclosed && self.mark.pending == 0 {
            self.note("its array is not closed");
        }
    }

    pub(super) fn note(&mut self, note: &str) {
        if !self.mark.notes.iter().any(|known| known == note) {
            self.mark.notes.push(note.to_string());
        }
    }
}

fn whole_line(input: &Input, length: usize) -> Piece {
    let line = &input.bytes()[..length];
    if line.iter().all(u8::is_ascii_whitespace) {
        Piece::Blank(length)
    } else {
        Piece::Record(length)
    }
}

fn add_fields(
    rows: &mut Rows,
    records: &csv::Records,
    record: &[u8],
    header: &[String],
    replaced: &mut u64,
) -> std::result::Result<(), String> {
    let first = records.fields(record).next().unwrap_or_default();
    if header[0].as_bytes() == first
        && records
            .fields(record)
            .zip(header)
            .all(|(field, name)| field == name.as_bytes())
    {
        return Err("the header again".to_string());
    }
    if let Some(fields) = records.texts(record) {
        return rows.add_fields(fields);
    }
    let fields: Vec<String> = records
        .fields(record)
        .map(|field| String::from_utf8_lossy(field).into_owned())
        .collect();
    *replaced += fields
        .iter()
        .map(|field| field.matches('\u{fffd}').count() as u64)
        .sum::<u64>();
    rows.add_fields(fields.iter().map(String::as_str))
}

fn line_ends(bytes: &[u8], format: Format) -> u64 {
    let newlines = memchr::memchr_iter(b'\n', bytes).count();
    let lone = if format == Format::Csv && memchr::memchr(b'\r', bytes).is_some() {
        let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
        memchr::memchr_iter(b'\r', bytes).filter(lone).count()
    } else {
        0
    };
    (newlines + lone) as u64
}

impl std::fmt::Debug for FileReader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("FileReader")
            .field("path", &PathBuf::from(&self.mark.path))
            .finish_non_exhaustive()
    }
}
