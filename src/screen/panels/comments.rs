//! What customers wrote, as many lines each as it takes, with score and time.
//!
//! ```text
//! 10  Love the new onboarding, it took five minutes
//!     and my whole team was in.
//!     Jun 29 14:02 · nps · c1042 · email
//!  2  Payment failed three times on my phone.
//!     Jun 28 09:11 · csat · c0077 · app
//! ```

use super::scroll;
use crate::panels::Cursor;
use crate::panels::comments::{Comments, Quote};
use crate::screen::pen::Pen;
use crate::screen::style::Ink;
use crate::screen::text::wrap;

/// With fewer lines than this each comment gets one.
const LEAST_FULL: usize = 5;
/// A comment takes no more lines than this, unless it is the one under the cursor.
const MOST_LINES: usize = 3;
const GAP: usize = 2;

/// One comment laid out: its lines of words, and the line about it.
struct Laid {
    words: Vec<String>,
    /// When and where, below the words; empty when there is nothing to say.
    below: String,
}

impl Laid {
    fn height(&self) -> usize {
        self.words.len() + usize::from(!self.below.is_empty())
    }
}

/// Draws the comments from the first on show.
pub fn draw(comments: &Comments, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let scores: Vec<String> = comments
        .quotes
        .iter()
        .map(|quote| comments.score_text(quote))
        .collect();
    let widest = scores.iter().map(|score| pen.measure(score)).max();
    let score_width = widest.unwrap_or(0).min(pen.width() / 3);
    let left = if score_width == 0 {
        0
    } else {
        score_width + GAP
    };
    if pen.height() < LEAST_FULL {
        return one_line_each(comments, &scores, left, cursor, pen);
    }
    let (room, height, glyphs) = (pen.width() - left, pen.height(), pen.style.glyphs);
    let at = cursor.map(|cursor| cursor.row.min(comments.quotes.len() - 1));
    let lay = |row: usize| {
        let most = if at == Some(row) {
            height - 1
        } else {
            MOST_LINES
        };
        let quote = &comments.quotes[row];
        Laid {
            words: wrap(&quote.text, room, most, glyphs),
            below: about(quote),
        }
    };
    let top = first_row(cursor, comments.quotes.len(), height, |row| {
        lay(row).height()
    });
    let mut y = 0;
    for (row, score) in scores.iter().enumerate().skip(top) {
        if y >= height {
            break;
        }
        let laid = lay(row);
        let (plain, strong, faint) = (pen.style.plain(), pen.style.strong(), pen.style.faint());
        pen.right(score_width, y, score_width, score, strong);
        let first = y;
        for line in &laid.words {
            pen.text(left, y, room, line, plain);
            y += 1;
        }
        if !laid.below.is_empty() {
            pen.text(left, y, room, &laid.below, faint);
            y += 1;
        }
        if at == Some(row) {
            mark(left, first, &laid, pen);
        }
    }
}

/// Returns the first comment to show, so that the one under the cursor is whole.
fn first_row(
    cursor: Option<Cursor>,
    rows: usize,
    room: usize,
    height: impl Fn(usize) -> usize,
) -> usize {
    let Some(cursor) = cursor else {
        return 0;
    };
    let at = cursor.row.min(rows.saturating_sub(1));
    let mut used = 0;
    let fits = |row: &usize| {
        used += height(*row);
        used <= room
    };
    let first = (0..=at).rev().take_while(fits).last().unwrap_or(at);
    cursor.top.clamp(first, at)
}

/// Shows which comment the cursor is on, without making its words harder to read.
fn mark(left: usize, y: usize, laid: &Laid, pen: &mut Pen<'_>) {
    let selected = pen.style.selected();
    if left > 0 {
        for row in y..y + laid.height() {
            pen.paint(0, row, left - GAP, selected);
        }
    } else {
        let width = laid.words.first().map_or(0, |line| pen.measure(line));
        pen.paint(0, y, width, selected);
    }
}

fn one_line_each(
    comments: &Comments,
    scores: &[String],
    left: usize,
    cursor: Option<Cursor>,
    pen: &mut Pen<'_>,
) {
    let top = scroll(cursor, pen.height(), comments.quotes.len());
    for (y, row) in (top..comments.quotes.len()).take(pen.height()).enumerate() {
        let quote = &comments.quotes[row];
        let (strong, faint) = (pen.style.strong(), pen.style.faint());
        let here = cursor.is_some_and(|cursor| cursor.row == row);
        let ink: Ink = if here { strong } else { pen.style.plain() };
        pen.right(left.saturating_sub(GAP), y, left, &scores[row], strong);
        let taken = pen.text(left, y, usize::MAX, &quote.text, ink);
        let when = quote
            .at
            .map_or(String::new(), |at| at.strftime("%b %-d").to_string());
        let end = left + taken + GAP;
        if end + pen.measure(&when) <= pen.width() {
            pen.right(pen.width(), y, pen.width() - end, &when, faint);
        }
        if here {
            pen.paint(0, y, pen.width(), pen.style.selected());
        }
    }
}

/// Says when and where a comment was made.
fn about(quote: &Quote) -> String {
    let when = quote.at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string());
    let rest = quote.details.iter().map(|(_, value)| value.clone());
    when.into_iter().chain(rest).collect::<Vec<_>>().join(" · ")
}
