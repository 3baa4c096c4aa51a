//! Recognises what a file holds, by its content first; its name is only a hint.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::decode::Packing;
use crate::error::{Error, Place, Result};

/// How a file's records are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Fields between delimiters, a header first.
    #[default]
    Csv,
    /// One JSON object a line.
    Lines,
    /// JSON objects one after the other, over any number of lines.
    Objects,
    /// One JSON array of objects.
    Array,
    /// Parquet.
    Parquet,
}

impl Format {
    /// Tells whether such a file only makes sense as a whole, so that it is never read on from the middle.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Array | Self::Parquet)
    }

    /// Tells whether a record ends with its line.
    pub(super) fn has_lines(self) -> bool {
        matches!(self, Self::Csv | Self::Lines)
    }
}

/// Returns how the first bytes of a file are packed.
pub(super) fn packing(first: &[u8]) -> Packing {
    match first {
        [0x1F, 0x8B, ..] => Packing::Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing::Zstd,
        _ => Packing::Plain,
    }
}

/// Tells whether the first bytes are those of a Parquet file.
pub(super) fn is_parquet(first: &[u8]) -> bool {
    first.starts_with(b"PAR1")
}

/// Refuses, in words, what looks like a file of records by its name only.
pub(super) fn refuse(path: &Path, first: &[u8]) -> Result<()> {
    let error =
        |message: &str, help: &str| Err(Error::data(message).at(Place::file(path)).help(help));
    if first.starts_with(b"PK\x03\x04") {
        let workbook = memchr::memmem::find(first, b"[Content_Types].xml").is_some()
            || memchr::memmem::find(first, b"xl/").is_some();
        return if workbook {
            error(
                "it is a spreadsheet, not a text file",
                "save it as CSV and load that",
            )
        } else {
            error("it is a ZIP archive", "unpack it and load the files inside")
        };
    }
    if first.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return error(
            "it is a spreadsheet, not a text file",
            "save it as CSV and load that",
        );
    }
    let text = first.trim_ascii_start();
    let begins = |word: &str| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    };
    if begins("<!doctype html") || begins("<html") {
        return error(
            "it is a web page, not data",
            "the export may have needed a login: download it again",
        );
    }
    if begins("<?xml") {
        return error("it is XML, which is not read", "export CSV or JSON");
    }
    if path
        .extension()
        .is_some_and(|extension| extension == "parquet")
        && !first.is_empty()
    {
        return error(
            "it is no Parquet file, whatever its name says",
            "export it again",
        );
    }
    Ok(())
}

/// Recognises the format of a text from its first characters.
pub(super) fn recognise(path: &Path, sample: &[u8]) -> Format {
    let text = sample.trim_ascii_start();
    match text.first() {
        Some(b'{') => json_lines_or_objects(text),
        Some(b'[') if named(path, &["ndjson", "jsonl"]) => Format::Lines,
        Some(b'[') => Format::Array,
        _ if named(path, &["ndjson", "jsonl", "json"]) => Format::Lines,
        _ => Format::Csv,
    }
}

/// Objects over several lines begin with a line that is no whole object, and go on with one that does not open one.
fn json_lines_or_objects(text: &[u8]) -> Format {
    let mut lines = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let mut values =
        serde_json::Deserializer::from_slice(first).into_iter::<serde::de::IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => match first[values.byte_offset()..].trim_ascii().first() {
            Some(b'{') => Format::Objects,
            _ => Format::Lines,
        },
        Some(Err(error)) if error.is_eof() => match lines.next() {
            Some([b'{', ..]) => Format::Lines,
            // Without a second line this is not known yet: an object that is not whole waits.
            Some(_) | None => Format::Objects,
        },
        _ => Format::Lines,
    }
}

/// Tells whether the name, without `.gz` and `.zst`, ends with one of these extensions.
fn named(path: &Path, extensions: &[&str]) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let name = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    extensions.iter().any(|extension| {
        name.rsplit_once('.')
            .is_some_and(|(_, last)| last == *extension)
    })
}
