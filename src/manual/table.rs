//! Tables in the width there is: columns as wide as their cells, else narrower ones with cells of several lines, else one
//! entry after the other.

use super::wrap::{columns, longest_word, wrap};
use super::{Look, Part, Run, Side, Table};

/// Columns between two columns of a table.
const GAP: usize = 2;
/// A column whose cells are broken is at least this wide: narrower ones cannot be read.
const NARROWEST: usize = 12;
/// An entry whose cells are all this short is written in one go, a longer one with a line for each cell.
const SHORT: usize = 24;
/// How far the lines of an entry stand behind its first.
const INDENT: usize = 2;

/// Returns the lines of a table.
pub(super) fn lines(table: &Table, room: usize) -> Vec<Vec<Part>> {
    match widths(table, room) {
        Some(widths) => grid(table, &widths),
        None => entries(table, room),
    }
}

/// Returns the width of each column; none where the table does not fit.
fn widths(table: &Table, room: usize) -> Option<Vec<usize>> {
    let cells = |column: usize| {
        std::iter::once(&table.header)
            .chain(&table.rows)
            .filter_map(move |row| row.get(column))
    };
    let count = table.header.len();
    let room = room.checked_sub(GAP * count.saturating_sub(1))?;
    let whole: Vec<usize> = (0..count)
        .map(|column| cells(column).map(|cell| columns(cell)).max().unwrap_or(0))
        .collect();
    if whole.iter().sum::<usize>() <= room {
        return Some(whole);
    }
    let least: Vec<usize> = (0..count)
        .map(|column| {
            let longest = cells(column).map(|cell| longest_word(cell)).max();
            longest.unwrap_or(0).max(NARROWEST).min(whole[column])
        })
        .collect();
    let left = room.checked_sub(least.iter().sum())?;
    let missing: usize = whole.iter().sum::<usize>() - least.iter().sum::<usize>();
    // What is left goes where the most is missing.
    let share = |column: usize| left * (whole[column] - least[column]) / missing.max(1);
    Some(
        (0..count)
            .map(|column| least[column] + share(column))
            .collect(),
    )
}

fn grid(table: &Table, widths: &[usize]) -> Vec<Vec<Part>> {
    let names: Vec<Vec<Run>> = table.header.iter().map(|name| faint(name)).collect();
    let rule: Vec<Vec<Run>> = widths
        .iter()
        .map(|width| vec![Run::new("─".repeat(*width), Look::Faint)])
        .collect();
    [&names, &rule]
        .into_iter()
        .chain(&table.rows)
        .flat_map(|row| grid_row(row, widths, &table.sides))
        .collect()
}

/// Returns the lines of one row: as many as its highest cell has.
fn grid_row(row: &[Vec<Run>], widths: &[usize], sides: &[Side]) -> Vec<Vec<Part>> {
    let mut lines: Vec<Vec<Part>> = vec![Vec::new()];
    let mut left = 0;
    for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
        for (y, runs) in wrap(cell, *width).into_iter().enumerate() {
            if lines.len() <= y {
                lines.push(Vec::new());
            }
            let at = match sides.get(index) {
                Some(Side::Right) => left + width.saturating_sub(columns(&runs)),
                Some(Side::Left) | None => left,
            };
            lines[y].push(Part { at, runs });
        }
        left += width + GAP;
    }
    lines
}

/// Returns the rows one after the other, each cell with the name of its column.
fn entries(table: &Table, room: usize) -> Vec<Vec<Part>> {
    let short = table
        .rows
        .iter()
        .flatten()
        .all(|cell| columns(cell) <= SHORT);
    let mut lines = Vec::new();
    for row in &table.rows {
        if short {
            lines.extend(short_entry(&named(table, row), room));
        } else {
            if !lines.is_empty() {
                lines.push(Vec::new());
            }
            lines.extend(long_entry(table, row, room));
        }
    }
    lines
}

/// Returns each cell of a row behind the name of its column; cells without text say nothing.
fn named(table: &Table, row: &[Vec<Run>]) -> Vec<Vec<Run>> {
    let told = table
        .header
        .iter()
        .zip(row)
        .filter(|(_, cell)| !cell.is_empty());
    told.map(|(name, cell)| {
        let mut runs = faint(name);
        runs.push(Run::new(" ", Look::Plain));
        runs.extend(cell.iter().cloned());
        runs
    })
    .collect()
}

/// Puts as many cells in a line as fit.
fn short_entry(cells: &[Vec<Run>], room: usize) -> Vec<Vec<Part>> {
    let mut lines: Vec<Vec<Part>> = Vec::new();
    let mut used = 0;
    for cell in cells {
        let wide = columns(cell);
        match lines.last_mut() {
            Some(line) if used + GAP + 1 + wide <= room => {
                let at = used + GAP + 1;
                line.push(Part {
                    at,
                    runs: cell.clone(),
                });
                used = at + wide;
            }
            _ => {
                let at = if lines.is_empty() { 0 } else { INDENT };
                let broken = wrap(cell, room.saturating_sub(at));
                used = at + broken.last().map_or(0, |runs| columns(runs));
                lines.extend(broken.into_iter().map(|runs| vec![Part { at, runs }]));
            }
        }
    }
    lines
}

/// Gives each cell lines of its own; the first one says what the entry is about.
fn long_entry(table: &Table, row: &[Vec<Run>], room: usize) -> Vec<Vec<Part>> {
    let about = row.first().map_or(&[][..], Vec::as_slice);
    let mut lines: Vec<Vec<Part>> = wrap(about, room)
        .into_iter()
        .map(|runs| vec![Part { at: 0, runs }])
        .collect();
    let further = table
        .header
        .iter()
        .zip(row)
        .skip(1)
        .filter(|(_, cell)| !cell.is_empty());
    for (name, cell) in further {
        lines.extend(named_cell(&faint(name), cell, room));
    }
    lines
}

/// Puts a cell beside the name of its column, or below it where the name takes most of the line.
fn named_cell(name: &[Run], cell: &[Run], room: usize) -> Vec<Vec<Part>> {
    let column = |runs: &[Run], at: usize| -> Vec<Vec<Part>> {
        wrap(runs, room.saturating_sub(at))
            .into_iter()
            .map(|runs| vec![Part { at, runs }])
            .collect()
    };
    let beside = INDENT + columns(name) + GAP;
    if beside > room / 2 {
        return [column(name, INDENT), column(cell, 2 * INDENT)].concat();
    }
    let mut lines = column(cell, beside);
    if let Some(first) = lines.first_mut() {
        let runs = name.to_vec();
        first.insert(0, Part { at: INDENT, runs });
    }
    lines
}

fn faint(name: &[Run]) -> Vec<Run> {
    name.iter()
        .map(|run| Run::new(&run.text, Look::Faint))
        .collect()
}
