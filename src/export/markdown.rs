//! A Markdown table: numbers to the right, `|` and line ends escaped.

use std::io::{self, Write};

use crate::store::{Column, Table};

/// Writes the table with its header.
///
/// # Errors
/// When the output cannot be written.
pub fn write(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    write_line(
        table.columns.iter().map(|column| escaped(&column.name)),
        out,
    )?;
    write_line(table.columns.iter().map(alignment), out)?;
    for row in 0..table.rows() {
        write_line(table.row(row).map(|value| escaped(&value.text())), out)?;
    }
    Ok(())
}

fn alignment(column: &Column) -> String {
    if column.is_number() {
        "---:".to_string()
    } else {
        "---".to_string()
    }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
        .replace("\r\n", "<br>")
        .replace(['\n', '\r'], "<br>")
}

fn write_line(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
}
