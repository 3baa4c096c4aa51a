//! Aligned columns for people: header, rule, rows; numbers to the right.

use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::Guard;
use crate::store::{Table, Value};
use crate::text::safe;

/// Longer cells are cut with `…`: one column must not push the others off the screen.
const WIDEST_CELL: usize = 60;

/// Writes the table with a header, and says when rows were left behind.
///
/// # Errors
/// When the output cannot be written.
pub fn write(table: &Table, guard: Guard, out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<Vec<String>> = table
        .columns
        .iter()
        .map(|column| {
            let values = column.values.iter().map(|value| cell(value, guard));
            std::iter::once(shortened(&safe(&column.name)))
                .chain(values)
                .collect()
        })
        .collect();
    let widths: Vec<usize> = columns
        .iter()
        .map(|cells| cells.iter().map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    for line in 0..=table.rows() {
        let cells = columns.iter().enumerate().map(|(index, cells)| {
            let padding = " ".repeat(widths[index].saturating_sub(cells[line].width()));
            let right = table.columns[index].is_number();
            if right {
                format!("{padding}{}", cells[line])
            } else {
                format!("{}{padding}", cells[line])
            }
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        if line == 0 {
            let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
            writeln!(out, "{}", rules.join("  "))?;
        }
    }
    if table.truncated {
        writeln!(out, "first {} rows; there are more", table.rows())?;
    }
    Ok(())
}

fn cell(value: &Value, guard: Guard) -> String {
    match value {
        Value::Null => "·".to_string(),
        other if guard == Guard::Off => other.text(),
        other => shortened(&safe(&other.text())),
    }
}

fn shortened(text: &str) -> String {
    if text.width() <= WIDEST_CELL {
        return text.to_string();
    }
    let mut used = 0;
    let kept: String = text
        .graphemes(true)
        .take_while(|grapheme| {
            used += grapheme.width();
            used < WIDEST_CELL
        })
        .collect();
    format!("{kept}…")
}
