//! An SQL text without calls of analyses, and where each part of it came from.

use std::ops::Range;

use crate::store::functions::call::Call;
use crate::store::functions::catalog::{Analysis, Function};
use crate::store::functions::spec::CALL_MARK;
use crate::store::lexer;
use crate::store::sql_error::SqlError;

/// Returns what the value of an argument has to be, in words; none for an expression over columns.
fn wanted(function: &Function, argument: &str) -> Option<&'static str> {
    Some(match (argument, function.analysis) {
        ("within", Analysis::Stickiness) | ("period", _) => "a unit in quotes, such as 'week'",
        ("within" | "gap", _) => "a length of time, such as INTERVAL 7 DAYS",
        ("at", Analysis::Retention)
        | ("steps", Analysis::NextEvents)
        | ("top" | "periods" | "rolling" | "step" | "active_periods" | "position", _) => {
            "a whole number, such as 3"
        }
        ("since" | "until" | "at" | "cohort_start", _) => {
            "a day or a time, such as DATE '2026-01-31'"
        }
        ("first_time" | "excluding_between" | "brackets", _) => {
            "a list of whole numbers, such as [1, 2]"
        }
        ("at_least", _) => "true or false",
        (
            "mode" | "entries" | "exclusion" | "attribution" | "cohort" | "criterion" | "windows"
            | "outcome" | "state",
            _,
        ) => "a word in quotes",
        ("names", _) => "a list of texts in quotes, such as ['Sign-up', 'Purchase']",
        ("steps", _) if !function.by_predicate => {
            "a list of names in single quotes, such as ['signup', 'purchase']"
        }
        ("start" | "back" | "event" | "from" | "to", _) if !function.by_predicate => {
            "a name in single quotes, such as 'signup'"
        }
        _ => return None,
    })
}

/// What the author's text became.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The text for DuckDB.
    pub sql: String,
    /// The macro whose body the author's text is; empty for a query.
    inside: String,
    parts: Vec<Part>,
    /// For errors that are found while it runs.
    calls: Vec<Called>,
    /// For each call what it does, and the expression of its JSON.
    pub specs: Vec<(Analysis, String)>,
}

/// What DuckDB says where an argument holds an aggregate.
const GROUPED: &str = "must appear in the GROUP BY clause";
const ONE_BY_ONE: &str = "an argument is worked out for each event alone, so no aggregate such as count(*) can stand in it";

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
    calls_functions: bool,
    /// What the value has to be, in words; none for an expression over columns.
    wanted: Option<&'static str>,
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
    /// Begins with nothing, for the body of this macro or, without a name, for a query.
    pub(super) fn new(inside: &str) -> Self {
        Self {
            inside: inside.to_string(),
            ..Self::default()
        }
    }

    /// Tells whether anything was written for a call.
    pub(super) fn has_calls(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part.from, Origin::Written(_)))
    }

    /// Remembers where a call and its arguments stand, and returns which call of which text it is.
    pub(super) fn begin_call(&mut self, author: &str, call: &Call) -> String {
        let arguments = call.arguments.iter().map(|argument| {
            let text = &author[argument.value.clone()];
            let literal = text
                .strip_prefix('\'')
                .and_then(|text| text.strip_suffix('\''));
            Given {
                argument: argument.name,
                place: argument.value.clone(),
                literal: literal.map(String::from),
                calls_functions: text.contains('('),
                wanted: wanted(call.function, argument.name),
            }
        });
        self.calls.push(Called {
            name: call.name.clone(),
            arguments: arguments.collect(),
        });
        let number = self.calls.len() - 1;
        match self.inside.as_str() {
            "" => number.to_string(),
            inside => format!("{inside}/{number}"),
        }
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

    /// Tells whether the error is about a text in quotes that is the whole value of an argument.
    #[must_use]
    pub fn gave_what_cannot_be_read(&self, error: &SqlError) -> bool {
        let mut arguments = self.calls.iter().flat_map(|call| &call.arguments);
        arguments.any(|given| given.is_quoted_in(&error.message))
    }

    fn moved(&self, mut error: SqlError, position: usize) -> SqlError {
        let behind = self.parts.partition_point(|part| part.at <= position);
        let Some(part) = behind.checked_sub(1).map(|part| &self.parts[part]) else {
            return error;
        };
        match &part.from {
            Origin::Taken(source) => error.position = Some(source + position - part.at),
            Origin::Written(call) => {
                let mut place = call;
                // The other columns of the rows are ours, so its words would be about what the author never wrote.
                if error.message.contains(GROUPED) {
                    error.message = ONE_BY_ONE.to_string();
                    place = self.aggregated(call).unwrap_or(call);
                }
                error.position = Some(place.start);
                error.length = place.len();
            }
        }
        self.in_words_of_its_argument(error)
    }

    /// Says what a value has to be, where DuckDB only says that it cannot be cast, or takes a word without quotes for a
    /// column.
    fn in_words_of_its_argument(&self, mut error: SqlError) -> SqlError {
        let at = error.position;
        let mut arguments = self.calls.iter().flat_map(|call| &call.arguments);
        let given = arguments.find(|given| at.is_some_and(|at| given.place.contains(&at)));
        let Some((given, wanted)) = given.and_then(|given| Some((given, given.wanted?))) else {
            return error;
        };
        let is_word = error.subtype == "COLUMN_NOT_FOUND" && !given.calls_functions;
        if is_of_another_type(&error) || is_word {
            error.message = format!("{} must be {wanted}", given.argument);
            (error.position, error.length) = (Some(given.place.start), given.place.len());
            error.candidates.clear();
        }
        error
    }

    /// Returns the argument of a call that seems to hold an aggregate: a value that calls a function.
    fn aggregated(&self, name: &Range<usize>) -> Option<&Range<usize>> {
        let call = self.calls.iter().find(|call| call.name == *name)?;
        let mut arguments = call.arguments.iter();
        let given = arguments.find(|given| given.calls_functions && given.argument == "by");
        let given = given.or_else(|| call.arguments.iter().find(|given| given.calls_functions));
        given.map(|given| &given.place)
    }

    /// Places an error that has no place of its own: an analysis begins with the name of the argument, and a text that
    /// cannot be read as what it should be is quoted.
    fn at_its_argument(&self, mut error: SqlError) -> SqlError {
        let calls = match marked_call(&error.message) {
            None => &self.calls[..],
            Some((call, message)) => {
                let call = call.parse().ok();
                error.message = message;
                call.and_then(|call: usize| self.calls.get(call..=call))
                    .unwrap_or_default()
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

/// Tells whether a value cannot be cast to the type that its argument has.
pub fn is_of_another_type(error: &SqlError) -> bool {
    let message = error.message.to_lowercase();
    message.starts_with("unimplemented type for cast") || message.contains("_cxtop_moment(")
}

/// Places the error of a query: in the text that was lowered, or at the call of the macro that refused its arguments.
pub fn placed(error: SqlError, sql: &str, lowered: Option<&Lowered>) -> SqlError {
    let marked = marked_call(&error.message);
    if let Some((name, message)) = marked.as_ref().and_then(|(call, message)| {
        let (name, _) = call.rsplit_once('/')?;
        Some((name, message))
    }) {
        let called = |token: &Range<usize>| sql[token.clone()].eq_ignore_ascii_case(name);
        let place = lexer::tokens(sql).find(called);
        return SqlError {
            message: format!("in the macro {name}: {message}"),
            length: place.as_ref().map_or(0, ExactSizeIterator::len),
            position: place.map(|place| place.start),
            ..error
        };
    }
    match lowered {
        None => error,
        Some(lowered) => lowered.in_source(error),
    }
}

/// Returns the call that a refusal is about, and the refusal without that mark.
fn marked_call(message: &str) -> Option<(String, String)> {
    let (before, rest) = message.split_once(CALL_MARK)?;
    let (call, refusal) = rest.split_once(CALL_MARK)?;
    Some((call.to_string(), format!("{before}{refusal}")))
}

impl Given {
    fn is_quoted_in(&self, message: &str) -> bool {
        self.literal.as_ref().is_some_and(|text| {
            message.contains(&format!("'{text}'")) || message.contains(&format!("\"{text}\""))
        })
    }
}
