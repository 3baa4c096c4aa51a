//! One value of a record: what type it looks like, and what it is as a given type.

use super::source::ColumnType;
use super::times::{self, Zone};

/// One value as the file writes it. What is not there at all has no cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// A field of a CSV record, which says nothing about its type.
    Field(&'a str),
    /// A JSON string, unescaped: its author wanted text.
    Quoted(&'a str),
    /// A JSON number, `true` or `false`.
    Bare(&'a str),
    /// A JSON object or array, as JSON text.
    Nested(&'a str),
}

impl<'a> Cell<'a> {
    pub fn text(self) -> &'a str {
        match self {
            Self::Field(text) | Self::Quoted(text) | Self::Bare(text) | Self::Nested(text) => text,
        }
    }
}

/// The type a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    pub kind: ColumnType,
    /// Whether it is an integer that a DOUBLE cannot hold exactly.
    pub large: bool,
}

/// Returns the type a value looks like; none when it is one of the words for NULL.
pub(super) fn guess(cell: Cell<'_>) -> Option<Guess> {
    let kind = |kind| Some(Guess { kind, large: false });
    match cell {
        Cell::Nested(_) => kind(ColumnType::Json),
        Cell::Bare("true" | "false") => kind(ColumnType::Boolean),
        Cell::Bare(number) => Some(guess_number(number).unwrap_or(Guess {
            kind: ColumnType::Text,
            large: false,
        })),
        Cell::Quoted(text) | Cell::Field(text) if is_null_word(text) => None,
        Cell::Quoted(text) => kind(guess_time(text).unwrap_or(ColumnType::Text)),
        Cell::Field(text) if boolean(text).is_some() => kind(ColumnType::Boolean),
        Cell::Field(text) => match guess_number(text) {
            Some(guess) => Some(guess),
            None => kind(guess_time(text).unwrap_or(ColumnType::Text)),
        },
    }
}

/// Returns the narrowest type that holds both without losing anything.
pub(super) fn join(one: Guess, other: Guess) -> Guess {
    use ColumnType::{Date, Double, Integer, Text, Timestamp};
    let large = one.large || other.large;
    let kind = match (one.kind, other.kind) {
        (a, b) if a == b => a,
        (Integer, Double) | (Double, Integer) if !large => Double,
        (Date, Timestamp) | (Timestamp, Date) => Timestamp,
        _ => Text,
    };
    Guess { kind, large }
}

fn guess_number(text: &str) -> Option<Guess> {
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    // A leading zero is part of an identifier, a leading plus of a telephone number.
    let like_number = match digits {
        [b'0', next, ..] => matches!(next, b'.' | b'e' | b'E'),
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => true,
        _ => false,
    };
    if !like_number {
        return None;
    }
    if digits.iter().all(u8::is_ascii_digit) {
        let whole = integer(text)?;
        return Some(Guess {
            kind: ColumnType::Integer,
            large: is_large(whole),
        });
    }
    double(text).map(|_| Guess {
        kind: ColumnType::Double,
        large: false,
    })
}

fn guess_time(text: &str) -> Option<ColumnType> {
    if times::date(text).is_some() {
        return Some(ColumnType::Date);
    }
    times::plain_timestamp(text, &Zone::Utc).map(|_| ColumnType::Timestamp)
}

/// Tells whether an integer is beyond what a DOUBLE holds exactly.
pub(super) fn is_large(whole: i64) -> bool {
    whole.unsigned_abs() > 1 << 53
}

/// Returns the integer a text is; `12.0` is one too.
pub(super) fn integer(text: &str) -> Option<i64> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole);
    }
    let (whole, zeros) = text.split_once('.')?;
    if !zeros.bytes().all(|byte| byte == b'0') {
        return None;
    }
    whole.parse().ok()
}

/// Returns the finite number a text is.
pub(super) fn double(text: &str) -> Option<f64> {
    // The standard parser also takes `inf`, `nan` and `infinity`, which are no numbers here.
    let starts = matches!(
        text.as_bytes().first(),
        Some(b'0'..=b'9' | b'-' | b'+' | b'.')
    );
    if !starts {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Returns the truth value a text is.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "TRUE" | "True" => Some(true),
        "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Tells whether a text stands for "no value" in a column that does not hold text.
pub(super) fn is_null_word(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "na", "n/a", "null", "none", "nil", "nan", "-", "--", "\\n", "#n/a", "#null!",
    ];
    let text = text.trim();
    text.is_empty() || (text.len() <= 6 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// Returns an identifier without the `.0` that a spreadsheet or a float column has put behind it, and without blanks
/// around it.
pub(super) fn identifier(text: &str) -> &str {
    let is_usual = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    let text = if is_usual(bytes.first()) && is_usual(bytes.last()) {
        text
    } else {
        text.trim()
    };
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return text;
    }
    match text.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && !zeros.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit())
                && zeros.bytes().all(|byte| byte == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

/// Tells whether a cell that could be stored still says that the type is another one.
pub(super) fn contradicts(kind: ColumnType, cell: Cell<'_>) -> bool {
    use ColumnType::{Boolean, Double, Integer};
    match (kind, cell) {
        (Boolean | Integer | Double, Cell::Quoted(text)) => !is_null_word(text),
        (Integer, Cell::Field(text)) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            matches!(digits.as_bytes(), [b'+', ..] | [b'0', _, ..])
        }
        (Double, Cell::Field(text) | Cell::Bare(text)) => {
            let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
            let odd = matches!(digits, [b'+', ..] | [b'0', b'0'..=b'9', ..]);
            odd || (digits.len() > 15
                && guess(cell).is_some_and(|guess| guess.large || guess.kind == ColumnType::Text))
        }
        _ => false,
    }
}

/// Tells whether a text is empty, or a few blanks.
pub(super) fn is_blank(text: &str) -> bool {
    let begins = text.as_bytes().first();
    begins.is_none_or(|first| !first.is_ascii_graphic() && text.len() < 8 && text.trim().is_empty())
}

/// Identifiers are text, but nobody is called like this.
pub(super) fn is_null_literal(text: &str) -> bool {
    matches!(text, "null" | "NULL" | "\\N")
}

/// Tells whether a text is a JSON value.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
