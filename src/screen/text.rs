//! Text in the glyphs a terminal has, cut to the width there is.

use std::borrow::Cow;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

use super::style::Glyphs;
pub use crate::text::{safe, spelling};

/// Returns safe text in the glyphs the terminal has.
#[must_use]
pub fn shown(text: &str, glyphs: Glyphs) -> String {
    let text = safe(text);
    match glyphs {
        Glyphs::Unicode => text,
        Glyphs::Ascii if text.is_ascii() => text,
        Glyphs::Ascii => text.graphemes(true).map(ascii).collect(),
    }
}

/// Returns what stands for a grapheme where only ASCII exists.
#[must_use]
pub fn ascii(grapheme: &str) -> Cow<'_, str> {
    if grapheme.is_ascii() {
        return Cow::Borrowed(grapheme);
    }
    match spelling(grapheme) {
        Some(spelling) => Cow::Borrowed(spelling),
        None => Cow::Owned("?".repeat(grapheme_width(grapheme).max(1))),
    }
}

/// Returns the columns a text takes up on screen.
#[must_use]
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

/// Returns the columns a grapheme takes up; a control character, which [`safe`] would replace, takes one.
#[must_use]
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.contains(char::is_control) {
        1
    } else {
        grapheme.cell_width().into()
    }
}

/// Returns the text, or its beginning and an ellipsis where it is wider than there is room for.
#[must_use]
pub fn cut(text: &str, room: usize, glyphs: Glyphs) -> Cow<'_, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    let ellipsis = match glyphs {
        Glyphs::Unicode if room > 0 => "…",
        Glyphs::Ascii if room > 3 => "..",
        Glyphs::Unicode | Glyphs::Ascii => "",
    };
    let room = room.saturating_sub(width(ellipsis));
    let mut used = 0;
    let kept: String = text
        .graphemes(true)
        .take_while(|grapheme| {
            used += grapheme_width(grapheme);
            used <= room
        })
        .collect();
    Cow::Owned(format!("{}{ellipsis}", kept.trim_end()))
}

/// Returns the lines of a text in the glyphs the terminal has: broken between words, at most `most` lines of `room` columns.
/// What does not fit ends in an ellipsis.
#[must_use]
pub fn wrap(text: &str, room: usize, most: usize, glyphs: Glyphs) -> Vec<String> {
    let text = shown(text, glyphs);
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && lines.len() + 1 < most {
        let end = line_end(rest, room);
        lines.push(rest[..end].trim_end().to_string());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() && most > 0 {
        lines.push(cut(rest, room, glyphs).into_owned());
    }
    lines
}

/// Returns where a line of this width ends: behind the last word that fits, or inside a word that is wider than the line.
fn line_end(text: &str, room: usize) -> usize {
    let (mut used, mut behind_word) = (0, None);
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_width(grapheme);
        if grapheme == " " {
            behind_word = Some(at);
        } else if used > room {
            // A grapheme wider than the line still has to go somewhere.
            return behind_word.unwrap_or(if at == 0 { grapheme.len() } else { at });
        }
    }
    text.len()
}
