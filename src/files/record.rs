//! What reading a file yields: typed batches of rows, rejects, and how far the file is read.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::decode::Encoding;
use super::format::Format;
use super::source::ColumnType;

/// Rows read from one file, column by column, with everything the store needs to commit them at once.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The table columns this batch has values for. A column that the table does not have yet is new.
    pub columns: Vec<BatchColumn>,
    /// The number of rows in every column.
    pub rows: usize,
    /// Records that could not be loaded.
    pub rejects: Vec<Reject>,
    /// Records left out on purpose (preview answers), with the number.
    pub skipped: u64,
    /// Values that did not fit their column and became NULL, by column name.
    pub misfits: Vec<(String, u64)>,
}

/// One column of a [`Batch`].
#[derive(Clone, Debug)]
pub struct BatchColumn {
    /// The table column's name.
    pub name: String,
    /// The values.
    pub values: Values,
}

/// The values of one column; `None` is NULL.
#[derive(Clone, Debug)]
pub enum Values {
    /// Truth values.
    Boolean(Vec<Option<bool>>),
    /// 64-bit integers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Double(Vec<Option<f64>>),
    /// Days since 1970-01-01.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01 00:00 UTC.
    Timestamp(Vec<Option<i64>>),
    /// Text; for [`ColumnType::Json`] the text of a JSON value.
    Text(TextValues),
    /// As [`Values::Text`], for a JSON column.
    Json(TextValues),
}

/// Many texts in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextValues {
    /// All texts, one after the other, valid UTF-8.
    pub bytes: String,
    /// Where each text ends in `bytes`; `None` is NULL, which takes no bytes.
    pub ends: Vec<Option<usize>>,
}

/// An input record that could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The physical line on which the record starts, from 1; 0 for formats without lines.
    pub line: u64,
    /// Why.
    pub reason: String,
    /// The record's beginning, at most 200 characters, made safe to show.
    pub excerpt: String,
}

/// How far a file has been read, and how to recognise it again (RELIABILITY 1.3). Stored in the transaction of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The path as found by the glob.
    pub path: PathBuf,
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
    /// Raw bytes read so far: always just behind a whole record.
    pub offset: u64,
    /// Physical lines before `offset`.
    pub lines: u64,
    /// The file's size when it was last looked at.
    pub size: u64,
    /// Modification time in nanoseconds since 1970.
    pub modified: i64,
    /// Hash of the first min(4096, offset) bytes.
    pub head_hash: u64,
    /// Hash of the last min(4096, offset) bytes before `offset`.
    pub tail_hash: u64,
    /// The column names of the header, for CSV and TSV.
    pub header: Vec<String>,
    /// The CSV delimiter; 0 for other formats.
    pub delimiter: u8,
    /// The format the content was taken for.
    #[serde(default)]
    pub format: Format,
    /// The text encoding the content was taken for.
    #[serde(default)]
    pub encoding: Encoding,
    /// Which JSON key feeds which canonical column, as decided when the file was first read.
    #[serde(default)]
    pub keys: Vec<(String, String)>,
    /// Bytes that were no UTF-8 and were replaced.
    #[serde(default)]
    pub replaced: u64,
    /// Hash of the whole file, for files that are only ever read as a whole (compressed, JSON array, Parquet).
    #[serde(default)]
    pub whole_hash: Option<u64>,
    /// Rows loaded from this file.
    pub rows: u64,
    /// Records rejected from this file.
    pub rejects: u64,
    /// Records skipped on purpose.
    pub skipped: u64,
    /// Bytes of a last line that has no end yet.
    pub pending: u64,
    /// What the reader wants said about this file (an encoding, a repaired header), shown on the Data screen.
    pub notes: Vec<String>,
}

impl Values {
    /// Returns an empty column of the type.
    #[must_use]
    pub fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Boolean => Self::Boolean(Vec::new()),
            ColumnType::Integer => Self::Integer(Vec::new()),
            ColumnType::Double => Self::Double(Vec::new()),
            ColumnType::Date => Self::Date(Vec::new()),
            ColumnType::Timestamp => Self::Timestamp(Vec::new()),
            ColumnType::Text => Self::Text(TextValues::default()),
            ColumnType::Json => Self::Json(TextValues::default()),
        }
    }

    /// Returns the type of the column.
    #[must_use]
    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Integer(_) => ColumnType::Integer,
            Self::Double(_) => ColumnType::Double,
            Self::Date(_) => ColumnType::Date,
            Self::Timestamp(_) => ColumnType::Timestamp,
            Self::Text(_) => ColumnType::Text,
            Self::Json(_) => ColumnType::Json,
        }
    }
}

impl TextValues {
    /// Adds one text, or NULL.
    pub fn push(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.bytes.push_str(text);
                self.ends.push(Some(self.bytes.len()));
            }
            None => self.ends.push(None),
        }
    }

    /// Returns the number of texts, NULLs included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there is no text, not even a NULL.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Removes texts from the end until only `length` are left.
    pub fn truncate(&mut self, length: usize) {
        self.ends.truncate(length);
        let end = self.ends.iter().rev().find_map(|end| *end).unwrap_or(0);
        self.bytes.truncate(end);
    }

    /// Returns the texts in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let end = (*end)?;
            let text = &self.bytes[start..end];
            start = end;
            Some(text)
        })
    }
}
