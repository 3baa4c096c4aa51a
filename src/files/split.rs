//! Finds where records end: lines, and JSON values over several lines. CSV records are found in `csv`.

use memchr::{memchr, memchr2};

use super::decode::Input;

/// The longest record that is read; a longer one is a reject. It bounds memory.
pub(super) const LONGEST: usize = 32 * 1024 * 1024;

/// The next piece of the input.
#[derive(Debug)]
pub(super) enum Piece {
    /// A whole record: this many bytes at the front of the input.
    Record(usize),
    /// Nothing: blank lines, commas between elements.
    Blank(usize),
    /// Not a record, and why.
    Bad(usize, String),
    /// A record longer than [`LONGEST`], already taken from the input: its decoded length in raw bytes and its start.
    Long { raw: u64, start: String },
    /// Only a part of a record, or nothing, is left.
    Rest,
}

/// The characters that end a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// `\n` only.
    Newline,
    /// `\n`, `\r\n`, and a lone `\r` as old files have it.
    Any,
}

/// A line found in the input.
pub(super) enum Line {
    /// Its length with its end, and how long the end is.
    Whole { length: usize, end: usize },
    /// The last line has no end.
    Open,
    /// Longer than allowed.
    Long,
}

/// Finds the line that starts `from` bytes into the input.
pub(super) fn line(input: &mut Input, from: usize, ends: Ends) -> Line {
    let mut searched = from;
    loop {
        let bytes = input.bytes();
        let unsearched = bytes.get(searched..).unwrap_or_default();
        let found = match ends {
            Ends::Newline => memchr(b'\n', unsearched),
            Ends::Any => memchr2(b'\n', b'\r', unsearched),
        };
        if let Some(found) = found {
            let at = searched + found;
            if bytes[at] == b'\n' {
                return Line::Whole {
                    length: at + 1 - from,
                    end: 1,
                };
            }
            match bytes.get(at + 1) {
                Some(b'\n') => {
                    return Line::Whole {
                        length: at + 2 - from,
                        end: 2,
                    };
                }
                Some(_) => {
                    return Line::Whole {
                        length: at + 1 - from,
                        end: 1,
                    };
                }
                // Whether a newline follows is not known yet.
                None => searched = at,
            }
        } else {
            searched = bytes.len();
        }
        if bytes.len() - from > LONGEST {
            return Line::Long;
        }
        if !input.fill() {
            return Line::Open;
        }
    }
}

/// Takes a line that is too long from the input, without ever holding it; `None` when it has no end yet.
pub(super) fn discard_line(
    input: &mut Input,
    ends: Ends,
    raw_length: impl Fn(&[u8]) -> u64,
) -> (Piece, bool) {
    let start = String::from_utf8_lossy(&input.bytes()[..400]).into_owned();
    let mut raw = 0;
    let mut ended = false;
    loop {
        let bytes = input.bytes();
        let found = match ends {
            Ends::Newline => memchr(b'\n', bytes),
            Ends::Any => memchr2(b'\n', b'\r', bytes),
        };
        // A character that is not whole yet stays for the next round, so that lengths are right.
        let length = found.map_or(bytes.len(), |found| found + 1);
        raw += raw_length(&bytes[..length]);
        input.consume(length);
        ended |= found.is_some();
        if ended || !input.fill() {
            return (Piece::Long { raw, start }, ended);
        }
    }
}

/// The state of a walk over JSON values that may span lines.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Whether the walk is inside the one array of the file.
    array: Option<Walk>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    Before,
    Inside,
    After,
}

impl Values {
    pub fn array() -> Self {
        Self {
            array: Some(Walk::Before),
        }
    }

    pub fn objects() -> Self {
        Self { array: None }
    }

    /// Tells whether an array has been closed; objects need no closing.
    pub fn is_closed(&self) -> bool {
        matches!(self.array, None | Some(Walk::After))
    }

    /// Finds the next value.
    pub fn next(&mut self, input: &mut Input) -> Piece {
        input.fill_to(1);
        let bytes = input.bytes();
        let Some(first) = bytes.first() else {
            return Piece::Rest;
        };
        let blank = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        if blank > 0 {
            return Piece::Blank(blank);
        }
        match (self.array, first) {
            (Some(Walk::Before), b'[') => {
                self.array = Some(Walk::Inside);
                Piece::Blank(1)
            }
            (Some(Walk::Inside), b',') => Piece::Blank(1),
            (Some(Walk::Inside), b']') => {
                self.array = Some(Walk::After);
                Piece::Blank(1)
            }
            (Some(Walk::After), _) => {
                input.fill_to(LONGEST);
                Piece::Bad(
                    input.bytes().len(),
                    "something follows the end of the array".to_string(),
                )
            }
            _ => value(input, self.array.is_some()),
        }
    }
}

/// Finds the end of the value at the front: its brackets close, or, for a bare word, a separator comes.
fn value(input: &mut Input, in_array: bool) -> Piece {
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    let mut at = 0;
    loop {
        if at == input.bytes().len() {
            if at > LONGEST {
                return Piece::Bad(at, "it is longer than 32 MiB".to_string());
            }
            if !input.fill() {
                return Piece::Rest;
            }
        }
        let bytes = input.bytes();
        while at < bytes.len() {
            let byte = bytes[at];
            at += 1;
            if in_text {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => in_text = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 1 => depth -= 1,
                b'}' | b']' if depth == 1 => return Piece::Record(at),
                b'}' | b']' if in_array => return Piece::Record((at - 1).max(1)),
                b',' if depth == 0 && in_array => return Piece::Record((at - 1).max(1)),
                b'\n' if depth == 0 && !in_array => return Piece::Record(at),
                _ => {}
            }
        }
    }
}
