//! The inline rows of query tests: comma-separated text with a header line, padded to be read.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::{Date, DateTime, Time};

use super::check::suggest;
use super::workspace::SavedQuery;
use crate::error::{Error, Result, nearest};
use crate::files::{Batch, BatchColumn, ColumnType, Values};
use crate::store::{Table, Value};

/// Rows as written: a header and cells.
pub(super) struct Rows {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// One cell as written. In quotes, the empty text and `NULL` are texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    quoted: bool,
}

type Columns = [(String, Vec<(String, ColumnType)>)];

/// Returns the rows of a text.
pub(super) fn parse(text: &str) -> Result<Rows> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = lines
        .next()
        .ok_or_else(|| Error::data("there is no header line with column names"))?;
    let columns: Vec<String> = cells(header)?.into_iter().map(|cell| cell.text).collect();
    let mut rows = Vec::new();
    for line in lines {
        let row = cells(line)?;
        if row.len() != columns.len() {
            let message = format!(
                "`{line}` has {} cells, the header has {}",
                row.len(),
                columns.len()
            );
            return Err(Error::data(message));
        }
        rows.push(row);
    }
    Ok(Rows { columns, rows })
}

/// Splits a line at its commas; a quote doubles inside quotes.
fn cells(line: &str) -> Result<Vec<Cell>> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let (cell, after) = match rest.strip_prefix('"') {
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (
                    Cell {
                        text: rest[..end].trim_end().to_string(),
                        quoted: false,
                    },
                    &rest[end..],
                )
            }
            Some(quoted) => {
                let end = closing_quote(quoted)
                    .ok_or_else(|| Error::data(format!("`{line}` has an open quote")))?;
                let text = quoted[..end].replace("\"\"", "\"");
                (Cell { text, quoted: true }, quoted[end + 1..].trim_start())
            }
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(cells),
            None => {
                return Err(Error::data(format!(
                    "`{line}` has text behind a closing quote"
                )));
            }
        }
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '"' && letters.next_if(|(_, next)| *next == '"').is_none() {
            return Some(at);
        }
    }
    None
}

/// Returns the inline rows of a table as the store takes rows.
pub(super) fn batch(tables: &Columns, table: &str, text: &str) -> Result<Batch> {
    let Some((_, known)) = tables.iter().find(|(name, _)| name == table) else {
        let problem = Error::data(format!("given.{table}: there is no table `{table}`"));
        return Err(suggest(
            problem,
            table,
            tables.iter().map(|(name, _)| name.as_str()),
        ));
    };
    let inside = |error: Error| error.context(format_args!("given.{table}"));
    let rows = parse(text).map_err(inside)?;
    let mut columns = Vec::new();
    for (index, name) in rows.columns.iter().enumerate() {
        let Some((_, kind)) = known.iter().find(|(column, _)| column == name) else {
            let problem = Error::data(format!("given.{table}: the table has no column `{name}`"));
            return Err(
                match nearest(name, known.iter().map(|(column, _)| column.as_str())) {
                    Some(near) => problem.help(format!("did you mean `{near}`?")),
                    None => {
                        problem.help(format!("declare it in cxtop.toml under [tables.{table}]"))
                    }
                },
            );
        };
        let mut values = Values::new(*kind);
        for row in &rows.rows {
            push(&mut values, &row[index]).ok_or_else(|| {
                inside(Error::data(format!(
                    "`{}` in {name} is no {}",
                    row[index].text,
                    kind.sql()
                )))
            })?;
        }
        columns.push(BatchColumn {
            name: name.clone(),
            values,
        });
    }
    Ok(Batch {
        columns,
        rows: rows.rows.len(),
        ..Batch::default()
    })
}

/// Adds a cell to a column; `None` if it does not fit.
fn push(values: &mut Values, cell: &Cell) -> Option<()> {
    let text = (!cell.is_null()).then_some(cell.text.as_str());
    match values {
        Values::Boolean(column) => column.push(
            text.map(|text| text.to_lowercase().parse())
                .transpose()
                .ok()?,
        ),
        Values::Integer(column) => column.push(text.map(str::parse).transpose().ok()?),
        Values::Double(column) => column.push(text.map(str::parse).transpose().ok()?),
        Values::Date(column) => column.push(match text {
            Some(text) => Some(days(text.parse().ok()?)?),
            None => None,
        }),
        Values::Timestamp(column) => column.push(match text {
            Some(text) => Some(microseconds(time(text)?)?),
            None => None,
        }),
        Values::Text(column) | Values::Json(column) => column.push(text),
    }
    Some(())
}

fn time(text: &str) -> Option<DateTime> {
    text.parse().ok().or_else(|| {
        text.parse::<Date>()
            .ok()
            .map(|date| date.to_datetime(Time::midnight()))
    })
}

fn days(date: Date) -> Option<i32> {
    i32::try_from(date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24).ok()
}

fn microseconds(time: DateTime) -> Option<i64> {
    i64::try_from(
        time.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0))
            .as_micros(),
    )
    .ok()
}

/// Returns a case's parameter value in the type the query declares; `today` is always there.
pub(super) fn parameter(query: &SavedQuery, name: &str, value: &Value) -> Result<Value> {
    if name.eq_ignore_ascii_case("today") {
        return match value {
            Value::Date(_) => Ok(value.clone()),
            _ => Err(Error::data("`today` must be a date such as 2025-01-31")),
        };
    }
    query.param(name)?.fit(value.clone())
}

impl Cell {
    /// Returns a cell that is read back as this value.
    pub(super) fn of(value: &Value) -> Self {
        let text = match value {
            Value::Null => {
                return Self {
                    text: "NULL".to_string(),
                    quoted: false,
                };
            }
            value => value.text().replace(['\n', '\r'], " "),
        };
        let special =
            text.is_empty() || text == "NULL" || text != text.trim() || text.contains([',', '"']);
        Self {
            text,
            quoted: special,
        }
    }

    fn is_null(&self) -> bool {
        !self.quoted && (self.text.is_empty() || self.text == "NULL")
    }

    /// Tells whether the cell means this value; numbers to nine digits.
    pub(super) fn means(&self, value: &Value) -> bool {
        match value {
            Value::Null => self.is_null(),
            _ if self.is_null() => false,
            Value::Boolean(truth) => self.text.eq_ignore_ascii_case(&truth.to_string()),
            Value::Date(_) | Value::Timestamp(_) => {
                time(&self.text).is_some() && time(&self.text) == value.time()
            }
            Value::Double(number) => self.text.parse().is_ok_and(|wanted| close(wanted, *number)),
            Value::Integer(number) => {
                self.text.parse() == Ok(*number)
                    || value.number().is_some_and(|number| {
                        self.text.parse().is_ok_and(|wanted| close(wanted, number))
                    })
            }
            Value::Text(_) | Value::List(_) => self.text == Self::of(value).text,
        }
    }

    fn written(&self) -> String {
        if self.quoted {
            format!("\"{}\"", self.text.replace('"', "\"\""))
        } else {
            self.text.clone()
        }
    }
}

fn close(left: f64, right: f64) -> bool {
    // Infinities are as far from themselves as from anything.
    left.to_bits() == right.to_bits()
        || (left.is_nan() && right.is_nan())
        || (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
}

/// Returns the rows of a table with only these columns, as cells.
pub(super) fn of_table(table: &Table, columns: &[String]) -> Vec<Vec<Cell>> {
    let columns: Vec<_> = columns
        .iter()
        .filter_map(|name| table.column(name))
        .collect();
    (0..table.rows())
        .map(|row| {
            columns
                .iter()
                .map(|column| Cell::of(&column.values[row]))
                .collect()
        })
        .collect()
}

/// Writes lines of cells, padded so that the columns stand under each other.
pub(super) fn aligned<'a>(lines: impl Iterator<Item = &'a Vec<Cell>> + Clone) -> Vec<String> {
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for line in lines.clone() {
        for (index, cell) in line.iter().enumerate() {
            let width = widths.entry(index).or_default();
            *width = (*width).max(cell.written().chars().count() + 1);
        }
    }
    let written = |line: &Vec<Cell>| {
        let mut text = String::new();
        for (index, cell) in line.iter().enumerate() {
            let last = index + 1 == line.len();
            let cell = if last {
                cell.written()
            } else {
                format!("{},", cell.written())
            };
            let width = if last {
                0
            } else {
                widths.get(&index).copied().unwrap_or(0) + 1
            };
            let _ = write!(text, "{cell:<width$}");
        }
        text
    };
    lines.map(written).collect()
}

/// Returns the header line of these columns.
pub(super) fn header(columns: &[String]) -> Vec<Cell> {
    columns
        .iter()
        .map(|name| Cell::of(&Value::Text(name.clone())))
        .collect()
}
