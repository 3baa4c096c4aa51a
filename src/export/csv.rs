//! Comma-separated values: RFC 4180 quoting, `\n` line ends, a header, NULL as nothing.

use std::io::{self, Write};

use super::Guard;
use crate::store::{Table, Value};

/// Writes the table with a header line.
///
/// # Errors
/// When the output cannot be written.
pub fn write(table: &Table, guard: Guard, out: &mut dyn Write) -> io::Result<()> {
    let names = table
        .columns
        .iter()
        .map(|column| guarded(&column.name, guard));
    write_line(names, out)?;
    for row in 0..table.rows() {
        write_line(table.row(row).map(|value| cell(value, guard)), out)?;
    }
    Ok(())
}

fn cell(value: &Value, guard: Guard) -> String {
    match value {
        Value::Text(text) => guarded(text, guard),
        other => other.text(),
    }
}

/// Returns the text with a leading `'` where a spreadsheet would take it for a formula (OWASP CSV injection).
fn guarded(text: &str, guard: Guard) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠']);
    if guard == Guard::On && runs {
        format!("'{text}")
    } else {
        text.to_string()
    }
}

fn write_line(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    let quoted: Vec<String> = cells.map(quoted).collect();
    // A line of one empty cell would read as a blank line, that is, as no row.
    if quoted.len() == 1 && quoted[0].is_empty() {
        return out.write_all(b"\"\"\n");
    }
    out.write_all(quoted.join(",").as_bytes())?;
    out.write_all(b"\n")
}

fn quoted(cell: String) -> String {
    if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
