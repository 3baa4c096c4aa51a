//! Goes through text record by record: each becomes a row, a reject, or nothing.

use std::borrow::Cow;

use super::csv::{self, AtEnd};
use super::decode::Input;
use super::format::Format;
use super::parquet;
use super::record::Checkpoint;
use super::rows::Rows;
use super::schema::Schema;
use super::split::{self, Ends, Line, Piece, Values};

/// A place in a text, and the rows of the batch at hand.
pub(super) struct Walker {
    pub records: Records,
    pub input: Input,
    pub rows: Rows,
    /// What the next checkpoint says; its offset is that of the next record.
    pub mark: Checkpoint,
    /// Whether there are no more whole records.
    pub ended: bool,
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

impl Walker {
    /// Finds the next record.
    pub fn find(&mut self, at_end: AtEnd) -> Piece {
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

    /// Takes what was found.
    pub fn take(&mut self, piece: Piece, schema: &mut Schema) {
        match piece {
            Piece::Record(length) => self.take_record(length, schema),
            Piece::Blank(length) => self.pass(length),
            Piece::Bad(length, reason) => self.refuse(length, reason),
            Piece::Long { .. } | Piece::Rest => self.ended = true,
        }
    }

    /// Takes all whole records of an input that is in memory.
    pub fn take_all(&mut self, schema: &mut Schema) {
        loop {
            match self.find(AtEnd::Wait) {
                Piece::Rest | Piece::Long { .. } => return,
                piece => self.take(piece, schema),
            }
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
                let text = std::str::from_utf8(record)
                    .map_or_else(|_| String::from_utf8_lossy(record), Cow::Borrowed);
                if let Cow::Owned(text) = &text {
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

    /// Goes behind bytes of the input.
    pub fn pass(&mut self, length: usize) {
        let taken = &self.input.bytes()[..length];
        self.mark.offset += self.mark.encoding.raw_length(taken);
        let is_one_line = match &self.records {
            Records::Lines => true,
            Records::Csv(Some(records)) => records.is_one_line(),
            _ => false,
        };
        self.mark.lines += if is_one_line {
            u64::from(matches!(taken.last(), Some(b'\n' | b'\r')))
        } else {
            line_ends(taken, self.mark.format)
        };
        self.input.consume(length);
    }

    /// Rejects bytes of the input.
    pub fn refuse(&mut self, length: usize, reason: String) {
        let start = &self.input.bytes()[..length.min(1_000)];
        let text = String::from_utf8_lossy(start).into_owned();
        let blank = text.len() - text.trim_start().len();
        let line = self.mark.lines + 1 + line_ends(&text.as_bytes()[..blank], self.mark.format);
        self.rows.reject(line, reason, text.trim_start());
        self.mark.rejects += 1;
        self.pass(length);
    }

    /// Rejects a line that is too long without holding it.
    pub fn discard(&mut self) {
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

    /// Keeps what is to be said about the file, once.
    pub fn note(&mut self, note: &str) {
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
) -> Result<(), String> {
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
