//! Large digits of three rows.

use crate::screen::pen::Pen;
use crate::screen::style::{Glyphs, Ink};

/// The rows a large number takes.
pub const ROWS: usize = 3;

/// Returns the three rows of a character that has a large form.
fn large(letter: char) -> Option<[&'static str; ROWS]> {
    Some(match letter {
        '0' => ["┏━┓", "┃ ┃", "┗━┛"],
        '1' => ["╺┓ ", " ┃ ", "╺┻╸"],
        '2' => ["╺━┓", "┏━┛", "┗━╸"],
        '3' => ["╺━┓", " ━┫", "╺━┛"],
        '4' => ["╻ ╻", "┗━┫", "  ╹"],
        '5' => ["┏━╸", "┗━┓", "╺━┛"],
        '6' => ["┏━╸", "┣━┓", "┗━┛"],
        '7' => ["╺━┓", "  ┃", "  ╹"],
        '8' => ["┏━┓", "┣━┫", "┗━┛"],
        '9' => ["┏━┓", "┗━┫", "╺━┛"],
        '-' => ["  ", "╺╸", "  "],
        '.' => [" ", " ", "."],
        ',' => [" ", " ", ","],
        _ => return None,
    })
}

/// Returns the columns a text takes when drawn large; none where the terminal has no glyphs for it.
pub fn width(text: &str, glyphs: Glyphs) -> Option<usize> {
    if glyphs == Glyphs::Ascii || !text.chars().any(|letter| letter.is_ascii_digit()) {
        return None;
    }
    Some(
        text.chars()
            .map(|letter| large(letter).map_or(1, |rows| rows[0].chars().count()))
            .sum(),
    )
}

/// Draws a text with large digits; other letters stand small on the bottom row.
pub fn draw(pen: &mut Pen<'_>, text: &str, ink: Ink) {
    let mut x = 0;
    for letter in text.chars() {
        let small = letter.to_string();
        let rows = large(letter).unwrap_or([" ", " ", &small]);
        for (y, row) in rows.iter().enumerate() {
            pen.text(x, y, usize::MAX, row, ink);
        }
        x += rows[0].chars().count();
    }
}
