//! The usual JSON record: a flat object of plain values whose keys come in the order of the record before.
//!
//! It is taken apart in one pass, without a look at the keys' names as long as they are where they were. Whatever is
//! more than that (nesting, escapes, a new key, a mistake) is not decided here: the whole record is then read by
//! `json`, and nothing of it has been taken yet.

use super::rows::Way;

/// More keys than these are looked for by `json` only.
const MOST_KEYS: usize = 256;

/// The keys of the records so far, in their order, and the plain values of the record at hand.
#[derive(Clone, Default)]
pub(super) struct Flat {
    keys: Vec<Key>,
    /// The values of the record that was scanned last.
    pub values: Vec<Plain>,
    /// The last record that had a value for each column.
    columns: Vec<u64>,
    /// Counts records, to tell whether a key or a column comes twice in one.
    record: u64,
}

#[derive(Clone)]
struct Key {
    /// The key as it is written, with its quotes.
    written: Box<[u8]>,
    way: Option<Way>,
    /// The last record that had it.
    seen: u64,
}

/// A value that is no more than a slice of its record.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    pub way: Way,
    pub start: usize,
    pub end: usize,
    pub quoted: bool,
}

impl Flat {
    /// Takes a record apart; `way` knows where the values of a key go. Returns whether it is one that can be.
    pub fn scan(&mut self, record: &[u8], way: impl Fn(&str) -> Option<Way>) -> bool {
        self.record += 1;
        self.values.clear();
        self.walk(record, way).is_some()
    }

    fn walk(&mut self, record: &[u8], way: impl Fn(&str) -> Option<Way>) -> Option<()> {
        let mut at = after(record, 0, b'{')?;
        let mut expected = 0;
        loop {
            let start = blank(record, at);
            let (key, end) = self.key(record, start, expected, &way)?;
            expected = key + 1;
            at = blank(record, after(record, blank(record, end), b':')?);
            let (end, kind) = value(record, at)?;
            let key = &mut self.keys[key];
            if key.seen == self.record {
                return None;
            }
            key.seen = self.record;
            if kind != Kind::Null {
                let quoted = kind == Kind::Text;
                let quote = usize::from(quoted);
                let known = key.way.or_else(|| name(&key.written).and_then(&way));
                key.way = known;
                let way = known?;
                if let Way::Builder(column) = way
                    && !self.is_first(column)
                {
                    return None;
                }
                self.values.push(Plain {
                    way,
                    start: at + quote,
                    end: end - quote,
                    quoted,
                });
            }
            at = blank(record, end);
            match record.get(at)? {
                b',' => at += 1,
                b'}' => return (at + 1 == record.len()).then_some(()),
                _ => return None,
            }
        }
    }

    /// Tells whether the record has no other value for this column.
    fn is_first(&mut self, column: usize) -> bool {
        if column >= self.columns.len() {
            self.columns.resize(column + 1, 0);
        }
        std::mem::replace(&mut self.columns[column], self.record) != self.record
    }

    /// Returns which key is written here, and where it ends.
    fn key(
        &mut self,
        record: &[u8],
        at: usize,
        expected: usize,
        way: &impl Fn(&str) -> Option<Way>,
    ) -> Option<(usize, usize)> {
        let rest = &record[at..];
        if let Some(key) = self.keys.get(expected)
            && rest.starts_with(&key.written)
        {
            return Some((expected, at + key.written.len()));
        }
        let (end, Kind::Text) = value(record, at)? else {
            return None;
        };
        let written = &record[at..end];
        let same = |key: &Key| *key.written == *written;
        let later = self.keys.get(expected..).unwrap_or_default();
        let known = later
            .iter()
            .position(same)
            .map(|place| expected + place)
            .or_else(|| self.keys.iter().position(same));
        if let Some(place) = known {
            return Some((place, end));
        }
        if self.keys.len() == MOST_KEYS {
            return None;
        }
        self.keys.push(Key {
            written: written.into(),
            way: name(written).and_then(way),
            seen: 0,
        });
        Some((self.keys.len() - 1, end))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Bare,
    Null,
}

/// Finds the end of the plain value that begins here.
fn value(record: &[u8], at: usize) -> Option<(usize, Kind)> {
    let rest = record.get(at..)?;
    match rest.first()? {
        b'"' => {
            let length = plain_text(&rest[1..])?;
            Some((at + 1 + length + 1, Kind::Text))
        }
        b'n' => rest.starts_with(b"null").then_some((at + 4, Kind::Null)),
        b't' => rest.starts_with(b"true").then_some((at + 4, Kind::Bare)),
        b'f' => rest.starts_with(b"false").then_some((at + 5, Kind::Bare)),
        _ => Some((at + number(rest)?, Kind::Bare)),
    }
}

/// Returns how many bytes come before the quote that ends a text, if none of them means anything but itself.
fn plain_text(rest: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // Eight bytes at once: the high bit of each byte that is a quote, a backslash or a control character. A byte
    // behind such a one may be marked for no reason, so only the first mark counts.
    let marks = |word: u64| {
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let backslash = zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        (quote | backslash | control) & HIGH
    };
    let mut length = 0;
    for bytes in rest.as_chunks().0 {
        let marks = marks(u64::from_le_bytes(*bytes));
        if marks != 0 {
            length += (marks.trailing_zeros() / 8) as usize;
            return (rest[length] == b'"').then_some(length);
        }
        length += 8;
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    length += rest[length..].iter().position(special)?;
    (rest[length] == b'"').then_some(length)
}

/// Returns how long the number is that begins here.
fn number(rest: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let count = rest[from..].iter().take_while(|byte| byte.is_ascii_digit());
        Some(from + count.count()).filter(|end| *end > from)
    };
    let start = usize::from(rest.first() == Some(&b'-'));
    let mut end = match rest.get(start)? {
        b'0' => start + 1,
        _ => digits(start)?,
    };
    if rest.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        end = digits(end + 1 + sign)?;
    }
    Some(end)
}

fn blank(record: &[u8], mut at: usize) -> usize {
    while matches!(record.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

fn after(record: &[u8], at: usize, byte: u8) -> Option<usize> {
    (record.get(at) == Some(&byte)).then_some(at + 1)
}

/// Returns a key without its quotes.
fn name(written: &[u8]) -> Option<&str> {
    let inner = written.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    std::str::from_utf8(inner).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_apart_is_what_json_says() {
        let mut flat = Flat::default();
        let way = |key: &str| (key != "new").then_some(Way::Builder(key.len()));
        for (record, values) in [
            (r#"{"a":"x","bb":-1.5e+3}"#, "x -1.5e+3"),
            (r#"{ "bb" : 0 , "a" : "x\u00fc" }"#, "no"),
            (
                r#"{"bb":true,"a":null,"ccc":"twelve bytes and more"}"#,
                "true twelve bytes and more",
            ),
            (
                r#"{"ccc":"größer als acht","a":0.25}"#,
                "größer als acht 0.25",
            ),
            (r#"{"a":1,"a":2}"#, "no"),
            (r#"{"a":1,"b":2}"#, "no"),
            (r#"{"new":1}"#, "no"),
            (r#"{"new":null}"#, ""),
            (r#"{"a":01}"#, "no"),
            (r#"{"a":1.}"#, "no"),
            (r#"{"a":-}"#, "no"),
            (r#"{"a":nul}"#, "no"),
            (r#"{"a":{}}"#, "no"),
            (r#"{"a":1}}"#, "no"),
            (r#"{"a":1,}"#, "no"),
            (r#"{"a":"x}"#, "no"),
            ("{\"a\":\"a tab:\t\"}", "no"),
            ("{}", "no"),
            ("", "no"),
        ] {
            let is_flat = flat.scan(record.as_bytes(), way);
            let found: Vec<&str> = flat
                .values
                .iter()
                .map(|value| &record[value.start..value.end])
                .collect();
            let found = if is_flat {
                found.join(" ")
            } else {
                "no".to_string()
            };
            assert_eq!(found, values, "{record}");
        }
    }
}
