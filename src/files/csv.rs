//! CSV and its relatives: the delimiter, the header, and records that may span lines.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr2};

use super::decode::Input;
use super::split::{self, Ends, LONGEST, Line, Piece};
use super::{names, times, values};

/// An open quote swallows at most so many lines before it is taken for a mistake.
const LONGEST_QUOTE: usize = 1_000;

/// Finds CSV records and takes them apart.
pub(super) struct Records {
    delimiter: u8,
    core: Reader,
    /// The fields of the last record, in `text` when it had quotes, else in the input.
    ends: Vec<(usize, usize)>,
    text: Vec<u8>,
    core_ends: Vec<usize>,
    quoted: bool,
    /// Whether what was found last is one line.
    one_line: bool,
}

/// Whether the input can still grow behind its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtEnd {
    /// A last line without an end waits.
    Wait,
    /// A last line without an end is whole.
    Take,
}

impl Records {
    pub fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            ends: Vec::new(),
            text: vec![0; 4096],
            core_ends: vec![0; 64],
            quoted: false,
            one_line: false,
        }
    }

    /// Finds the next record and takes it apart.
    pub fn next(&mut self, input: &mut Input, at_end: AtEnd) -> Piece {
        let (length, end) = match split::line(input, 0, Ends::Any) {
            Line::Whole { length, end } => (length, end),
            Line::Long => return Piece::Rest,
            Line::Open if at_end == AtEnd::Wait || input.bytes().is_empty() => return Piece::Rest,
            Line::Open => (input.bytes().len(), 0),
        };
        let end = if end == 0 && input.bytes().ends_with(b"\r") {
            1
        } else {
            end
        };
        self.one_line = true;
        let line = &input.bytes()[..length - end];
        if line.iter().all(u8::is_ascii_whitespace) && self.delimiter != b'\t' || line.is_empty() {
            return Piece::Blank(length);
        }
        if memchr(b'"', line).is_some() {
            if !simply_quoted(line, self.delimiter, &mut self.ends) {
                return self.next_quoted(input, length, at_end);
            }
            self.quoted = false;
            return Piece::Record(length);
        }
        self.quoted = false;
        self.ends.clear();
        let mut start = 0;
        for at in memchr::memchr_iter(self.delimiter, line) {
            self.ends.push((start, at));
            start = at + 1;
        }
        self.ends.push((start, line.len()));
        Piece::Record(length)
    }

    /// Returns the fields of the record that was found last; `record` is its bytes.
    pub fn fields<'a>(&'a self, record: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let bytes = if self.quoted { &self.text } else { record };
        self.ends.iter().map(|(start, end)| &bytes[*start..*end])
    }

    /// Returns the fields as text, unless the record is no UTF-8.
    pub fn texts<'a>(&'a self, record: &'a [u8]) -> Option<impl Iterator<Item = &'a str>> {
        let end = self.ends.last().map_or(0, |(_, end)| *end);
        let bytes = if self.quoted { &self.text } else { record };
        let text = std::str::from_utf8(&bytes[..end]).ok()?;
        Some(
            self.ends
                .iter()
                .map(move |(start, end)| text.get(*start..*end).unwrap_or_default()),
        )
    }

    /// Tells whether what was found last is known to be one line.
    pub fn is_one_line(&self) -> bool {
        self.one_line
    }

    /// Returns how many fields the record has that was found last.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// Takes a record with quotes apart: it goes on over the next lines while a quote is open.
    fn next_quoted(&mut self, input: &mut Input, first: usize, at_end: AtEnd) -> Piece {
        self.core.reset();
        (self.quoted, self.one_line) = (true, false);
        let mut length = first;
        let mut from = 0;
        let mut written = 0;
        let mut fields = 0;
        for _ in 0..LONGEST_QUOTE {
            let more = self.feed(&input.bytes()[from..length], &mut written, &mut fields);
            // A line end that the parser swallows shows that a quote is open.
            if !more || !self.feed_open_line(input, length, &mut written, &mut fields) {
                self.note_fields(fields);
                return Piece::Record(length);
            }
            from = length;
            match split::line(input, from, Ends::Any) {
                Line::Whole { length: next, .. } => length += next,
                Line::Open if at_end == AtEnd::Wait => return Piece::Rest,
                Line::Open if input.bytes().len() > from => length = input.bytes().len(),
                Line::Open | Line::Long => break,
            }
        }
        Piece::Bad(first, "a quote is opened and never closed".to_string())
    }

    /// Feeds an artificial line end when the last line of the file has none.
    fn feed_open_line(
        &mut self,
        input: &Input,
        length: usize,
        written: &mut usize,
        fields: &mut usize,
    ) -> bool {
        let ended = matches!(input.bytes().get(length - 1), Some(b'\n' | b'\r'));
        ended || self.feed(b"\n", written, fields)
    }

    /// Feeds bytes to the parser; returns whether the record goes on.
    fn feed(&mut self, mut bytes: &[u8], written: &mut usize, fields: &mut usize) -> bool {
        loop {
            let (result, taken, more_text, more_fields) = self.core.read_record(
                bytes,
                &mut self.text[*written..],
                &mut self.core_ends[*fields..],
            );
            bytes = &bytes[taken..];
            *written += more_text;
            *fields += more_fields;
            match result {
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => {
                    self.core_ends.resize(self.core_ends.len() * 2, 0);
                }
                ReadRecordResult::InputEmpty => return true,
                ReadRecordResult::Record | ReadRecordResult::End => return false,
            }
        }
    }

    fn note_fields(&mut self, fields: usize) {
        self.ends.clear();
        let mut start = 0;
        for end in &self.core_ends[..fields] {
            self.ends.push((start, *end));
            start = *end;
        }
    }
}

/// Takes a line apart whose quotes are only around whole fields, with none inside; returns whether it is one.
fn simply_quoted(line: &[u8], delimiter: u8, fields: &mut Vec<(usize, usize)>) -> bool {
    fields.clear();
    let mut start = 0;
    loop {
        let rest = &line[start..];
        let (field, end) = if let [b'"', inner @ ..] = rest {
            let Some(length) = memchr(b'"', inner) else {
                return false;
            };
            ((start + 1, start + 1 + length), start + length + 2)
        } else {
            let length = memchr2(delimiter, b'"', rest).unwrap_or(rest.len());
            ((start, start + length), start + length)
        };
        fields.push(field);
        match line.get(end) {
            None => return true,
            Some(byte) if *byte == delimiter => start = end + 1,
            Some(_) => return false,
        }
    }
}

/// Where the header of a CSV file is, and how its fields are delimited.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub delimiter: u8,
    pub columns: Vec<String>,
    /// Raw lines before the header that are no records: a hint for spreadsheets, a title.
    pub before: Vec<String>,
    /// How many bytes of the input the header and the lines before it take.
    pub length: usize,
}

/// Finds the header in the first lines; `None` when it is not whole yet.
///
/// The header is the first of ten records that names every column in `wanted`; without such a record, the first one.
pub(super) fn header(
    input: &mut Input,
    at_end: AtEnd,
    names_all: impl Fn(&[String]) -> bool,
) -> Result<Option<Header>, String> {
    input.fill_to(64 * 1024);
    let hint = delimiter_hint(input.bytes());
    let delimiter = hint.map_or_else(|| delimiter(input.bytes()), |(delimiter, _)| delimiter);
    let sample = input.bytes()[hint.map_or(0, |(_, length)| length)..].to_vec();
    let skipped = input.bytes().len() - sample.len();
    let mut part = Input::of(sample);
    let mut records = Records::new(delimiter);
    let mut taken = skipped;
    let mut before: Vec<String> = Vec::new();
    let mut first: Option<Header> = None;
    let mut seen = 0;
    while seen < 10 {
        match records.next(&mut part, at_end) {
            Piece::Record(length) => {
                seen += 1;
                let columns: Vec<String> = records
                    .fields(part.bytes())
                    .map(|field| String::from_utf8_lossy(field).trim().to_string())
                    .collect();
                let text = String::from_utf8_lossy(&part.bytes()[..length])
                    .trim_end()
                    .to_string();
                part.consume(length);
                taken += length;
                let found = names_all(&columns);
                let header = Header {
                    delimiter,
                    columns,
                    before: before.clone(),
                    length: taken,
                };
                if found {
                    return Ok(Some(header));
                }
                before.push(text);
                first.get_or_insert(header);
            }
            Piece::Blank(length) | Piece::Bad(length, _) => {
                part.consume(length);
                taken += length;
            }
            Piece::Rest | Piece::Long { .. } => break,
        }
    }
    match first {
        Some(header) if header.columns.iter().any(|name| is_data(name)) => {
            Err("its first line is data, not the names of the columns".to_string())
        }
        other => Ok(other),
    }
}

/// Tells whether a field of a first line can only be a value.
fn is_data(field: &str) -> bool {
    let number = values::double(field).is_some() && field.contains('.');
    number
        || times::date(field).is_some()
        || times::plain_timestamp(field, &times::Zone::Utc).is_some()
}

/// Returns the delimiter that a first line `sep=;` names, and that line's length.
fn delimiter_hint(bytes: &[u8]) -> Option<(u8, usize)> {
    let rest = bytes.strip_prefix(b"sep=")?;
    let delimiter = *rest.first()?;
    let end = memchr(b'\n', rest).filter(|end| *end <= 2)?;
    Some((delimiter, 4 + end + 1))
}

/// Returns the delimiter under which most of the first records have the same number of fields, more than one.
fn delimiter(sample: &[u8]) -> u8 {
    let score = |delimiter: u8| {
        let mut records = Records::new(delimiter);
        let mut part = Input::of(sample.to_vec());
        let mut widths = Vec::new();
        while widths.len() < 20 {
            match records.next(&mut part, AtEnd::Take) {
                Piece::Record(length) => {
                    widths.push(records.width());
                    part.consume(length);
                }
                Piece::Blank(length) | Piece::Bad(length, _) => part.consume(length),
                Piece::Rest | Piece::Long { .. } => break,
            }
        }
        widths
            .iter()
            .filter(|width| **width > 1)
            .map(|width| {
                (
                    widths.iter().filter(|other| *other == width).count(),
                    *width,
                )
            })
            .max()
            .unwrap_or_default()
    };
    let best = [b',', b';', b'\t', b'|']
        .into_iter()
        .rev()
        .max_by_key(|delimiter| score(*delimiter));
    best.unwrap_or(b',')
}

/// Returns the tidy, unique names of a header's columns; empty ones are named by their place.
pub(super) fn column_names(header: &[String]) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    let mut tidy_names = Vec::with_capacity(header.len());
    for (index, name) in header.iter().enumerate() {
        let tidy = match names::tidy(name) {
            empty if empty.is_empty() => format!("column_{}", index + 1),
            tidy => tidy,
        };
        let name = names::unique(&tidy, |name| taken.contains(name));
        taken.insert(name.clone());
        tidy_names.push(name);
    }
    tidy_names
}

/// The number of bytes that are looked at to find a header must hold the longest record.
const _: () = assert!(LONGEST > 64 * 1024);
