//! What became of a file's records besides rows: rejects, and how far the file is read.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::decode::Encoding;
use super::format::Format;

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
    /// Bytes of a last line that has no end yet.
    pub pending: u64,
    /// What the reader wants said about this file (an encoding, a repaired header), shown on the Data screen.
    pub notes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_of_an_older_version_is_read() -> serde_json::Result<()> {
        let older = r#"{"path": "a.csv", "device": 1, "inode": 2, "offset": 3, "lines": 4, "size": 5, "modified": 6,
            "head_hash": 7, "tail_hash": 8, "header": ["event"], "delimiter": 44, "rows": 9, "rejects": 10,
            "skipped": 11, "pending": 12, "notes": []}"#;
        let checkpoint: Checkpoint = serde_json::from_str(older)?;
        assert_eq!(
            (checkpoint.rows, checkpoint.rejects, checkpoint.pending),
            (9, 10, 12)
        );
        Ok(())
    }
}
