//! Text from data, made harmless and cut to the width there is.
//!
//! Everything that is drawn, printed or logged passes through [`safe`] first: values, names, file names, error messages
//! (they quote data).

use std::borrow::Cow;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

use super::style::Glyphs;

/// No cell shows more; reading on would only cost time.
const MOST_BYTES: usize = 4096;
/// A letter with more combining marks than this has crashed terminals (CVE-2021-26937).
const MOST_MARKS: usize = 4;
const MOST_GRAPHEME_BYTES: usize = 32;

/// Returns text that cannot act on a terminal: control characters become visible, invisible and direction-changing
/// characters are dropped, piles of combining marks are cut.
#[must_use]
pub fn safe(text: &str) -> String {
    if text.len() <= MOST_BYTES && text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return text.to_string();
    }
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let visible: String = text[..end].chars().filter_map(visible).collect();
    let mut safe = String::with_capacity(visible.len());
    for grapheme in visible.graphemes(true) {
        let mut kept = String::new();
        for letter in grapheme.chars().take(MOST_MARKS) {
            if kept.len() + letter.len_utf8() <= MOST_GRAPHEME_BYTES {
                kept.push(letter);
            }
        }
        // A joiner that lost what it joined to would join the next letter.
        let kept = kept.trim_end_matches('\u{200D}');
        if !kept.is_empty() && kept.cell_width() > 0 {
            safe.push_str(kept);
        }
    }
    safe
}

/// Returns the character to show for one of the data's, if any.
fn visible(letter: char) -> Option<char> {
    match letter {
        '\n' | '\u{2028}' | '\u{2029}' => Some('⏎'),
        '\t' => Some(' '),
        '\u{0}'..='\u{1F}' => char::from_u32(0x2400 + u32::from(letter)),
        '\u{7F}' => Some('␡'),
        '\u{80}'..='\u{9F}' => Some('\u{FFFD}'),
        // Soft hyphen, direction marks, zero-width space and joiners of words, byte-order mark, tags.
        '\u{AD}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{200C}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => None,
        other => Some(other),
    }
}

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
    Cow::Borrowed(match grapheme {
        "±" => "+/-",
        "…" => "..",
        "–" | "—" | "·" | "─" | "╌" | "━" | "⎯" => "-",
        "│" | "┊" | "┆" | "┃" | "▏" | "▎" | "▍" | "⏎" => "|",
        "┤" | "├" | "└" | "┴" | "┼" | "┬" | "┌" | "┐" | "┘" => "+",
        "▲" | "↑" => "^",
        "▼" | "↓" => "v",
        "→" | "▶" | "▸" | "›" => ">",
        "←" | "◀" | "◂" | "‹" => "<",
        "≥" => ">=",
        "≤" => "<=",
        "∞" => "inf",
        "×" | "✗" | "✖" | "▪" => "x",
        "✓" | "✔" => "ok",
        "€" => "EUR",
        "“" | "”" => "\"",
        "‘" | "’" => "'",
        "█" | "▉" | "▊" | "▋" | "▌" | "▐" | "▀" | "▄" | "■" => "#",
        "▓" | "▆" | "▇" | "●" | "◆" => "*",
        "▒" | "▃" | "▅" => "=",
        "░" | "▁" | "▂" => ".",
        "○" | "◇" | "◉" => "o",
        _ => {
            let width = grapheme_width(grapheme).max(1);
            return Cow::Owned("?".repeat(width));
        }
    })
}

/// Returns the columns a text takes up on screen.
#[must_use]
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

/// Returns the columns a grapheme takes up; a control character, which [`safe`] would replace, takes one.
#[must_use]
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.contains(char::is_control) { 1 } else { grapheme.cell_width().into() }
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
