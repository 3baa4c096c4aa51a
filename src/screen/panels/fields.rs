//! Columns of text beside a picture: each as wide as its widest entry, numbers to the right.

use crate::screen::pen::Pen;
use crate::screen::style::Ink;

/// The columns between two fields.
pub const GAP: usize = 2;

/// Below this width titles get no room of their own.
const NARROW: usize = 48;

/// One column of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// What stands above it.
    pub title: String,
    /// One entry a row.
    pub entries: Vec<String>,
    /// Which side the entries stand on.
    pub side: Side,
    /// The columns it takes.
    pub width: usize,
    /// The ink of each entry, where it is not the plain one.
    pub inks: Vec<Ink>,
}

/// Which side of its column an entry stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

impl Field {
    /// Returns a field as wide as its title and entries.
    pub fn new(title: impl Into<String>, entries: Vec<String>, side: Side, pen: &Pen<'_>) -> Self {
        let title = title.into();
        let widest = entries
            .iter()
            .map(|entry| pen.measure(entry))
            .max()
            .unwrap_or(0);
        Self {
            width: widest.max(pen.measure(&title)),
            title,
            entries,
            side,
            inks: Vec::new(),
        }
    }

    /// Gives each entry an ink.
    pub fn inked(self, inks: Vec<Ink>) -> Self {
        Self { inks, ..self }
    }

    /// Tells whether there is nothing to show in it.
    pub fn is_empty(&self) -> bool {
        self.entries.iter().all(String::is_empty)
    }

    /// Writes the title.
    pub fn head(&self, x: usize, y: usize, ink: Ink, pen: &mut Pen<'_>) {
        self.write(x, y, &self.title, ink, pen);
    }

    /// Writes one entry.
    pub fn entry(&self, row: usize, x: usize, y: usize, ink: Ink, pen: &mut Pen<'_>) {
        self.write(
            x,
            y,
            self.entries.get(row).map_or("", String::as_str),
            ink,
            pen,
        );
    }

    fn write(&self, x: usize, y: usize, text: &str, ink: Ink, pen: &mut Pen<'_>) {
        match self.side {
            Side::Left => {
                pen.text(x, y, self.width, text, ink);
            }
            // A number cut in the middle would be another number.
            Side::Right if x + self.width > pen.width() => {}
            Side::Right => pen.right(x + self.width, y, self.width, text, ink),
        }
    }
}

/// Returns the columns that fields take together.
pub fn total(fields: &[Field]) -> usize {
    fields.iter().map(|field| field.width + GAP).sum()
}

/// Writes the titles of fields, from a column on.
pub fn heads(fields: &[Field], left: usize, y: usize, pen: &mut Pen<'_>) {
    let faint = pen.style.faint();
    let mut x = left + GAP;
    for field in fields {
        field.head(x, y, faint, pen);
        x += field.width + GAP;
    }
}

/// Writes one row of fields, from a column on: each entry in its ink, or all of them in one.
pub fn entries(
    fields: &[Field],
    row: usize,
    (left, y): (usize, usize),
    only: Option<Ink>,
    pen: &mut Pen<'_>,
) {
    let mut x = left + GAP;
    for field in fields {
        let own = field.inks.get(row).copied();
        let ink = only.or(own).unwrap_or(pen.style.plain());
        field.entry(row, x, y, ink, pen);
        x += field.width + GAP;
    }
}

/// Makes names and fields give way to the bars between them: the last fields go, but not the first `keep`; where all is
/// narrow, the room that only titles need; then all fields but the first, and the end of the names. Returns where the bars
/// begin and how long they can be.
pub fn beside_bars(
    names: &mut [Field],
    fields: &mut Vec<Field>,
    keep: usize,
    least_bar: usize,
    pen: &Pen<'_>,
) -> (usize, usize) {
    let width = pen.width();
    let left_of_bars = total(names);
    drop_last(fields, keep, width.saturating_sub(left_of_bars + least_bar));
    if width < NARROW {
        squeeze(fields, pen);
    }
    let least_name = names.first().map_or(0, |name| name.width.min(8));
    while fields.len() > 1 && total(fields) + least_name > width {
        fields.pop();
    }
    // Between a name and its bar one column is enough.
    let most = (width + 1).saturating_sub(total(fields));
    let spare = left_of_bars.saturating_sub(most);
    if let Some(name) = names.first_mut() {
        name.width = name.width.saturating_sub(spare);
    }
    let gaps = names.iter().filter(|name| name.width > 0).count() * GAP;
    let text: usize = names.iter().map(|name| name.width).sum();
    let left = (text + gaps).saturating_sub(1).min(width);
    (left, width.saturating_sub(left + total(fields)))
}

/// Takes the room that only titles need.
fn squeeze(fields: &mut [Field], pen: &Pen<'_>) {
    for field in fields {
        field.width = field
            .entries
            .iter()
            .map(|entry| pen.measure(entry))
            .max()
            .unwrap_or(0)
            .max(1);
    }
}

/// Drops the last fields until the rest fits, but never the first `keep`.
pub fn drop_last(fields: &mut Vec<Field>, keep: usize, room: usize) {
    while fields.len() > keep && total(fields) > room {
        fields.pop();
    }
}

/// A field that knows when it gives way.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The field.
    pub field: Field,
    /// Where there is too little room, fields of the highest rank go first, and of one rank the last.
    pub rank: usize,
}

/// Returns the fields that fit: those of the highest rank are dropped first, but never the last one. Where all is narrow,
/// titles get no room of their own.
pub fn give_way(mut ranked: Vec<Ranked>, room: usize, pen: &Pen<'_>) -> Vec<Field> {
    if pen.width() < NARROW {
        for ranked in &mut ranked {
            squeeze(std::slice::from_mut(&mut ranked.field), pen);
        }
    }
    let wide =
        |ranked: &[Ranked]| -> usize { ranked.iter().map(|ranked| ranked.field.width + GAP).sum() };
    while ranked.len() > 1 && wide(&ranked) > room {
        let last = (0..ranked.len()).max_by_key(|index| ranked[*index].rank);
        ranked.remove(last.unwrap_or_default());
    }
    ranked.into_iter().map(|ranked| ranked.field).collect()
}
