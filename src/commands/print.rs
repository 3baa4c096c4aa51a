//! Standard output and standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use serde_json::json;

use crate::args::{Output, RowFormat};
use crate::error::{Error, Result};
use crate::export::{self, Format, Guard};
use crate::store::{Remarks, Table};

/// Writes bytes to standard output; a reader that has gone away is no error.
///
/// # Errors
/// When standard output cannot be written.
pub fn stdout(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::data(format!(
            "could not write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Says something to the user on standard error.
pub fn say(text: &str) {
    // Talk is not data: when standard error is closed, the work goes on.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Replaces the last line on standard error, when that is a terminal; an empty text clears it.
pub fn say_over(text: &str) {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K{text}");
    }
}

/// Prints rows where and how the command line says.
///
/// # Errors
/// When the output cannot be written, or Parquet is to go to a terminal.
pub fn rows(table: &Table, output: &Output) -> Result<()> {
    let guard = if output.raw { Guard::Off } else { Guard::On };
    let format = row_format(output);
    let mut bytes = Vec::new();
    export::write(table, format, guard, &mut bytes)?;
    match &output.out {
        Some(path) => private_file(path)
            .and_then(|mut file| file.write_all(&bytes))
            .map_err(|error| Error::data(format!("could not write {}: {error}", path.display()))),
        None if format == Format::Parquet && io::stdout().is_terminal() => {
            Err(Error::usage("a Parquet file is nothing for a terminal").help("add --out FILE"))
        }
        None => stdout(&bytes),
    }
}

/// Creates the file so that only its owner can read it: exports hold customers' data.
fn private_file(path: &std::path::Path) -> io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

fn row_format(output: &Output) -> Format {
    let extension = output
        .out
        .as_ref()
        .and_then(|path| path.extension())
        .and_then(|extension| extension.to_str());
    match (output.format, extension) {
        (Some(RowFormat::Table), _) => Format::Text,
        (Some(RowFormat::Csv), _) | (None, Some("csv")) => Format::Csv,
        (Some(RowFormat::Json), _) | (None, Some("json")) => Format::Json,
        (Some(RowFormat::Jsonl), _) | (None, Some("jsonl" | "ndjson")) => Format::JsonLines,
        (Some(RowFormat::Md), _) | (None, Some("md")) => Format::Markdown,
        (Some(RowFormat::Parquet), _) | (None, Some("parquet")) => Format::Parquet,
        (None, _) if output.out.is_none() && io::stdout().is_terminal() => Format::Text,
        (None, _) => Format::Csv,
    }
}

/// Says what may be wrong with a question.
pub fn warnings(remarks: &Remarks) {
    for warning in &remarks.warnings {
        say(&format!("cxtop: warning: {warning}"));
    }
}

/// Prints the line of `--timing`: always the last one on standard error.
pub fn timing(load_ms: f64, query_ms: &[f64], rows: u64) {
    say(&json!({ "load_ms": load_ms, "query_ms": query_ms, "rows": rows }).to_string());
}
