//! Text from data, made harmless; text in ASCII.
//!
//! Everything that is drawn, printed or logged passes through [`safe`] first: values, names, file names, error messages
//! (they quote data).

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

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
        if !kept.is_empty() && kept.width() > 0 {
            safe.push_str(kept);
        }
    }
    safe
}

/// Returns how a grapheme is spelt where only ASCII exists, if there is a way.
#[must_use]
pub fn spelling(grapheme: &str) -> Option<&'static str> {
    Some(match grapheme {
        "±" => "+/-",
        "…" => "..",
        "–" | "—" | "−" | "·" | "─" | "╌" | "━" | "⎯" => "-",
        "│" | "┊" | "┆" | "┃" | "▏" | "▎" | "▍" | "⏎" => "|",
        "┤" | "├" | "└" | "┴" | "┼" | "┬" | "┌" | "┐" | "┘" => "+",
        "▲" | "↑" => "^",
        "▼" | "↓" | "▾" => "v",
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
        "∓" => "-/+",
        "√" => "sqrt",
        "²" => "^2",
        "π" => "pi",
        "¼" => "1/4",
        "½" => "1/2",
        "¾" => "3/4",
        "₁" => "1",
        "₂" => "2",
        "ᵢ" => "i",
        _ => return None,
    })
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
