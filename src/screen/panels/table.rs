//! Rows and columns: numbers to the right, the first column always in sight, the rest scrolled under the cursor.

use ratatui::style::Modifier;

use super::fields::{Field, GAP, Side};
use super::scroll;
use crate::panels::number::count;
use crate::panels::{Cursor, Grid};
use crate::screen::number::{fit, whole};
use crate::screen::pen::Pen;
use crate::store::Value;

const MOST_TEXT: usize = 40;
const MOST_NUMBER: usize = 16;

/// Draws the rows that fit, a header above and what is not on show below.
pub fn draw(grid: &Grid, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let rows = grid.table.rows();
    let has_head = pen.height() >= 2;
    let room = pen.height() - usize::from(has_head);
    let has_foot = (rows > room || grid.table.truncated) && room >= 3;
    let visible = room - usize::from(has_foot);
    let top = scroll(cursor, visible, rows);
    let shown = top..(top + visible).min(rows);
    let fields: Vec<Field> = (0..grid.measures.len())
        .map(|column| field(grid, column, shown.clone(), pen))
        .collect();
    let at = cursor.map_or(0, |cursor| {
        cursor.column.min(fields.len().saturating_sub(1))
    });
    let places = places(&fields, at, pen.width());
    for (column, x, width) in places.iter().copied() {
        let field = Field {
            width,
            ..fields[column].clone()
        };
        let here = cursor.is_some() && column == at;
        let head = pen.style.strong().add_modifier(if here {
            Modifier::UNDERLINED
        } else {
            Modifier::empty()
        });
        if has_head {
            field.head(x, 0, head, pen);
        }
        for row in 0..shown.len() {
            let ink = if field.entries[row] == "–" {
                pen.style.faint()
            } else {
                pen.style.plain()
            };
            field.entry(row, x, row + usize::from(has_head), ink, pen);
        }
    }
    if let Some(cursor) = cursor {
        let y = cursor.row.min(rows - 1) - top + usize::from(has_head);
        pen.paint(0, y, pen.width(), pen.style.selected());
        let cell = places.iter().find(|(column, _, _)| *column == at);
        if let Some((_, x, width)) = cell {
            pen.paint(*x, y, *width, pen.style.strong());
        }
    }
    let hidden = fields.len() - places.len();
    if has_foot {
        foot(grid, shown, hidden, pen);
    } else if hidden > 0 && has_head {
        pen.right(pen.width(), 0, 1, "→", pen.style.accent());
    }
}

fn field(grid: &Grid, column: usize, shown: std::ops::Range<usize>, pen: &Pen<'_>) -> Field {
    let source = &grid.table.columns[column];
    let measure = &grid.measures[column];
    let entry = |value: &Value| match value {
        Value::Null => "–".to_string(),
        Value::Double(number) if number.is_nan() => "NaN".to_string(),
        Value::Double(number) if number.is_infinite() => {
            if *number > 0.0 { "∞" } else { "-∞" }.to_string()
        }
        other => match other.number() {
            Some(number) => fit(number, &measure.look, MOST_NUMBER),
            None => other.text(),
        },
    };
    let entries = source
        .values
        .get(shown)
        .unwrap_or_default()
        .iter()
        .map(entry)
        .collect();
    let side = if source.is_number() {
        Side::Right
    } else {
        Side::Left
    };
    let mut field = Field::new(measure.label(), entries, side, pen);
    field.width = field.width.clamp(1, MOST_TEXT);
    field
}

/// Returns which columns are on show, each with its place and width: the first, and those around the cursor.
fn places(fields: &[Field], at: usize, room: usize) -> Vec<(usize, usize, usize)> {
    let Some(first) = fields.first() else {
        return Vec::new();
    };
    let frozen = first.width.min(room);
    let mut start = 1;
    // Columns leave on the left until the cursor's column has room.
    let taken = |start: usize| {
        fields[start..=at]
            .iter()
            .map(|field| GAP + field.width)
            .sum::<usize>()
    };
    while start < at && frozen + taken(start) > room {
        start += 1;
    }
    let mut places = vec![(0, 0, frozen)];
    let mut x = frozen + GAP;
    for (column, field) in fields.iter().enumerate().skip(start) {
        let width = field.width.min(room.saturating_sub(x));
        // A number cut in the middle would be another number.
        let legible = if field.side == Side::Right {
            width == field.width
        } else {
            width >= field.width.min(6)
        };
        if width == 0 || !legible {
            break;
        }
        places.push((column, x, width));
        x += width + GAP;
    }
    places
}

/// Says which rows are on show and what is not.
fn foot(grid: &Grid, shown: std::ops::Range<usize>, hidden: usize, pen: &mut Pen<'_>) {
    let number = |rows: usize| count(whole(rows));
    let total = number(grid.table.rows());
    let of = if grid.table.truncated {
        format!("first {total}, more exist")
    } else {
        total
    };
    let columns = if hidden > 0 {
        format!(" · {hidden} more columns →")
    } else {
        String::new()
    };
    let text = format!(
        "rows {}–{} of {of}{columns}",
        number(shown.start + 1),
        number(shown.end)
    );
    pen.text(0, pen.height() - 1, usize::MAX, &text, pen.style.faint());
}
