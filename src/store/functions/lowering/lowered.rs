//! An SQL text without calls of analyses, and where each part of it came from.

use std::ops::Range;

use crate::store::functions::call::Call;
use crate::store::functions::catalog::Analysis;
use crate::store::functions::spec::CALL_MARK;
use crate::store::sql_error::SqlError;

/// What the author's text became.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The text for DuckDB.
    pub sql: String,
    parts: Vec<Part>,
    /// For errors that are found while it runs.
    calls: Vec<Called>,
    /// For each call what it does, and the expression of its JSON.
    pub specs: Vec<(Analysis, String)>,
}

/// The places of a call in the author's text.
#[derive(Debug)]
struct Called {
    name: Range<usize>,
    arguments: Vec<Given>,
}

#[derive(Debug)]
struct Given {
    argument: &'static str,
    place: Range<usize>,
    /// The text in quotes that the whole value is.
    literal: Option<String>,
}

/// A part of the text for DuckDB.
#[derive(Debug)]
struct Part {
    /// Where it begins there.
    at: usize,
    /// Where it came from.
    from: Origin,
}

#[derive(Debug)]
enum Origin {
    /// Taken over from here on.
    Taken(usize),
    /// Written for the call here.
    Written(Range<usize>),
}

impl Lowered {
    /// Tells whether anything was written for a call.
    pub(super) fn has_calls(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part.from, Origin::Written(_)))
    }

    /// Remembers where a call and its arguments stand, and returns which call of the text it is.
    pub(super) fn begin_call(&mut self, author: &str, call: &Call) -> usize {
        let arguments = call.arguments.iter().map(|argument| {
            let text = &author[argument.value.clone()];
            let literal = text
                .strip_prefix('\'')
                .and_then(|text| text.strip_suffix('\''));
            Given {
                argument: argument.name,
                place: argument.value.clone(),
                literal: literal.map(String::from),
            }
        });
        self.calls.push(Called {
            name: call.name.clone(),
            arguments: arguments.collect(),
        });
        self.calls.len() - 1
    }

    /// Adds a part of the author's text as it is.
    pub(super) fn copy(&mut self, author: &str, part: Range<usize>) {
        if !part.is_empty() {
            self.begin(Origin::Taken(part.start));
            self.sql.push_str(&author[part]);
        }
    }

    /// Adds a text that stands for the call at this place.
    pub(super) fn write(&mut self, text: &str, call: &Range<usize>) {
        self.begin(Origin::Written(call.clone()));
        self.sql.push_str(text);
    }

    fn begin(&mut self, from: Origin) {
        let at = self.sql.len();
        self.parts.push(Part { at, from });
    }

    /// Moves an error's place from the text for DuckDB to the author's text.
    #[must_use]
    pub fn in_source(&self, error: SqlError) -> SqlError {
        match error.position {
            Some(position) => self.moved(error, position),
            None => self.at_its_argument(error),
        }
    }

    fn moved(&self, mut error: SqlError, position: usize) -> SqlError {
        let behind = self.parts.partition_point(|part| part.at <= position);
        let Some(part) = behind.checked_sub(1).map(|part| &self.parts[part]) else {
            return error;
        };
        match &part.from {
            Origin::Taken(source) => error.position = Some(source + position - part.at),
            Origin::Written(call) => {
                error.position = Some(call.start);
                error.length = call.len();
            }
        }
        error
    }

    /// Places an error that has no place of its own: an analysis begins with the name of the argument, and a text that
    /// cannot be read as what it should be is quoted.
    fn at_its_argument(&self, mut error: SqlError) -> SqlError {
        let calls = match marked_call(&error.message) {
            None => &self.calls[..],
            Some((call, message)) => {
                error.message = message;
                self.calls.get(call..=call).unwrap_or_default()
            }
        };
        let word = error.message.split([' ', ',', ':']).next();
        let arguments = || calls.iter().flat_map(|call| &call.arguments);
        let place = arguments()
            .find(|given| Some(given.argument) == word)
            .or_else(|| arguments().find(|given| given.is_quoted_in(&error.message)))
            .map(|given| &given.place)
            .or_else(|| calls.first().map(|call| &call.name));
        if let Some(place) = place {
            error.position = Some(place.start);
            error.length = place.len();
        }
        error
    }
}

/// Returns which call a refusal is about, and the refusal without that mark.
fn marked_call(message: &str) -> Option<(usize, String)> {
    let (before, rest) = message.split_once(CALL_MARK)?;
    let (call, refusal) = rest.split_once(CALL_MARK)?;
    Some((call.parse().ok()?, format!("{before}{refusal}")))
}

impl Given {
    fn is_quoted_in(&self, message: &str) -> bool {
        self.literal.as_ref().is_some_and(|text| {
            message.contains(&format!("'{text}'")) || message.contains(&format!("\"{text}\""))
        })
    }
}
