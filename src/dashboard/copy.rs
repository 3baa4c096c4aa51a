//! What leaves the dashboard: copied values and tables, and files to edit.

use super::data::Health;
use super::event::{Notice, Request};
use super::tile::Tile;
use super::{Dashboard, View};
use crate::store::{Table, Value};

/// The most that terminals take through OSC 52.
pub const MOST_COPIED: usize = 74_000;

impl Dashboard {
    pub(super) fn copy_value(&mut self) -> Vec<Request> {
        let text = match self.view {
            View::Dashboard => self.focused().and_then(value_of),
            View::Data => self.data.open.as_ref().and_then(|open| {
                let record = open.records.as_ref()?.get(open.row)?;
                Some(format!(
                    "{}:{}: {}: {}",
                    record.file, record.line, record.reason, record.excerpt
                ))
            }),
            View::Log => self
                .log
                .lines
                .iter()
                .rev()
                .nth(self.log.scrolled)
                .map(|line| line.notice.text.clone()),
            View::Manual => self.example_on_screen(),
        };
        self.copy(text)
    }

    pub(super) fn copy_table(&mut self) -> Vec<Request> {
        let text = match self.view {
            View::Dashboard => self
                .focused()
                .and_then(Tile::shown)
                .map(|panel| tab_separated(panel.grid())),
            View::Data => {
                let mut lines = vec!["table\tfiles\trows\trejects\tstate".to_string()];
                lines.extend(self.data.sources.iter().map(|source| {
                    let health = Health::of(source).word();
                    format!(
                        "{}\t{}\t{}\t{}\t{health}",
                        source.table, source.files, source.rows, source.rejects
                    )
                }));
                Some(lines.join("\n"))
            }
            View::Log => {
                let texts: Vec<&str> = self
                    .log
                    .lines
                    .iter()
                    .map(|line| line.notice.text.as_str())
                    .collect();
                Some(texts.join("\n"))
            }
            View::Manual => Some(self.section_as_text()),
        };
        self.copy(text)
    }

    fn copy(&mut self, text: Option<String>) -> Vec<Request> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return self.say(Notice::info("there is nothing to copy here"));
        };
        if text.len() > MOST_COPIED {
            let size = text.len() / 1_000;
            return self.say(Notice::warning(format!(
                "{size} kB is more than terminals copy; `cxtop run` writes files"
            )));
        }
        self.say(Notice::info(format!(
            "copied {} bytes, through the terminal (OSC 52)",
            text.len()
        )));
        vec![Request::Copy(text)]
    }

    /// Opens the file behind what is on show.
    pub(super) fn edit(&mut self) -> Vec<Request> {
        let query = self
            .focused()
            .and_then(|tile| self.workspace.query(&tile.place.query));
        let path = query
            .map(|query| &query.path)
            .or_else(|| self.file.as_ref().map(|file| &file.path));
        match path {
            Some(path) => vec![Request::Edit(path.clone())],
            None => self.say(Notice::info("there is no file to edit here")),
        }
    }
}

/// Returns the value under the cursor; without one the panel's first number, or its error.
fn value_of(tile: &Tile) -> Option<String> {
    if let (Some(failure), None) = (tile.state.failure(), &tile.mark) {
        return Some(failure.error.to_string());
    }
    let panel = tile.shown()?;
    match (panel, tile.cursor()) {
        (crate::panels::Panel::Table(grid), Some(cursor)) => Some(
            grid.table
                .columns
                .get(cursor.column)?
                .values
                .get(cursor.row)?
                .text(),
        ),
        (_, Some(cursor)) => Some(panel.readout(cursor)),
        (_, None) => {
            let column = panel
                .grid()
                .column("value")
                .or_else(|| panel.grid().columns.iter().find(|c| c.is_number()))?;
            Some(column.values.first()?.text())
        }
    }
}

/// Returns a table as tab-separated text with a header line.
fn tab_separated(table: &Table) -> String {
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| cell(&column.name))
        .collect();
    let mut text = names.join("\t") + "\n";
    for row in 0..table.rows() {
        let cells: Vec<String> = table.row(row).map(cell_of).collect();
        text += &cells.join("\t");
        text.push('\n');
    }
    text
}

fn cell_of(value: &Value) -> String {
    match value {
        Value::Text(text) => cell(text),
        other => other.text(),
    }
}

/// A text that a spreadsheet would take for a formula gets an apostrophe; tabs and line ends would break the table.
fn cell(text: &str) -> String {
    let flat = text.replace(['\t', '\n', '\r'], " ");
    if flat.starts_with(['=', '+', '-', '@', '\0', '＝', '＋', '－', '＠']) {
        format!("'{flat}")
    } else {
        flat
    }
}
