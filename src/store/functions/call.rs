//! Finds calls of the analyses in an SQL text, with the places of their arguments.

use std::ops::Range;

use super::catalog::{self, Function};
use crate::error::nearest;
use crate::store::lexer;
use crate::store::sql_error::SqlError;

/// A call of an analysis.
pub struct Call {
    /// What is called.
    pub function: &'static Function,
    /// Where the name stands.
    pub name: Range<usize>,
    /// Where the call stands, from the name to the closing bracket.
    pub place: Range<usize>,
    /// The arguments in the order given.
    pub arguments: Vec<Argument>,
    /// Whether the text gives the call a name of its own.
    pub has_alias: bool,
}

/// An argument of a call.
pub struct Argument {
    /// Its name, also where the text does not say it.
    pub name: &'static str,
    /// Where its value stands.
    pub value: Range<usize>,
}

impl Call {
    /// Returns where the value of an argument stands, if it is given.
    pub fn argument(&self, name: &str) -> Option<Range<usize>> {
        self.arguments
            .iter()
            .find(|argument| argument.name == name)
            .map(|argument| argument.value.clone())
    }

    /// Tells whether an argument is given.
    pub fn has(&self, name: &str) -> bool {
        self.argument(name).is_some()
    }
}

/// Returns the uses of segments in a part of a text: the place from the name to the closing bracket, and the segment.
pub fn segments(sql: &str, part: Range<usize>) -> Vec<(Range<usize>, String)> {
    let tokens: Vec<Range<usize>> = lexer::tokens_in(sql, part).collect();
    tokens
        .windows(4)
        .filter_map(|window| {
            let text = |place: usize| &sql[window[place].clone()];
            let is_segment =
                text(0).eq_ignore_ascii_case("segment") && (text(1), text(3)) == ("(", ")");
            let name = text(2).strip_prefix('\'')?.strip_suffix('\'')?;
            is_segment.then(|| (window[0].start..window[3].end, name.replace("''", "'")))
        })
        .collect()
}

/// Words after a table that are not a name for it.
const NOT_A_NAME: &[&str] = &[
    "where",
    "group",
    "order",
    "having",
    "limit",
    "offset",
    "qualify",
    "window",
    "join",
    "left",
    "right",
    "full",
    "inner",
    "outer",
    "cross",
    "natural",
    "asof",
    "positional",
    "semi",
    "anti",
    "on",
    "using",
    "union",
    "intersect",
    "except",
    "select",
    "from",
    "tablesample",
    "pivot",
    "unpivot",
    "and",
    "or",
    "then",
    "when",
    "else",
    "end",
];

/// Returns the outermost calls in a part of a text; those inside their arguments are found when these are read.
///
/// # Errors
///
/// When an argument is unknown, missing, or given twice.
pub fn calls(sql: &str, part: Range<usize>) -> Result<Vec<Call>, SqlError> {
    let tokens: Vec<Range<usize>> = lexer::tokens_in(sql, part).collect();
    let mut calls = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match call(sql, &tokens, at)? {
            Some((call, next)) => {
                calls.push(call);
                at = next;
            }
            None => at += 1,
        }
    }
    Ok(calls)
}

/// Reads the call that begins with this token, and returns the token behind it.
fn call(sql: &str, tokens: &[Range<usize>], at: usize) -> Result<Option<(Call, usize)>, SqlError> {
    let text = |place: usize| tokens.get(place).map_or("", |token| &sql[token.clone()]);
    let Some(function) = catalog::named(text(at)) else {
        return Ok(None);
    };
    if text(at + 1) != "(" || !stands_for_a_table(text(at.wrapping_sub(1))) {
        return Ok(None);
    }
    let Some(close) = closing(sql, tokens, at + 1) else {
        return Ok(None);
    };
    // WITH funnel(a, b) AS (…) names a table of the query's own.
    let names_a_table = text(close + 1).eq_ignore_ascii_case("as")
        && (text(close + 2) == "("
            || text(close + 2).eq_ignore_ascii_case("materialized")
            || text(close + 2).eq_ignore_ascii_case("not"));
    if names_a_table {
        return Ok(None);
    }
    let next = text(close + 1);
    let is_word =
        next.starts_with(|letter: char| letter.is_alphabetic() || letter == '_' || letter == '"');
    let has_alias = is_word
        && !NOT_A_NAME
            .iter()
            .any(|word| next.eq_ignore_ascii_case(word));
    let name = tokens[at].clone();
    let arguments = arguments(sql, function, &name, &tokens[at + 2..close])?;
    let call = Call {
        function,
        place: name.start..tokens[close].end,
        name,
        arguments,
        has_alias,
    };
    Ok(Some((call, close + 1)))
}

fn stands_for_a_table(before: &str) -> bool {
    [
        ",",
        "(",
        "from",
        "join",
        "lateral",
        "pivot",
        "unpivot",
        "pivot_wider",
        "pivot_longer",
    ]
    .iter()
    .any(|word| before.eq_ignore_ascii_case(word))
}

/// Returns the token that closes the bracket at a token.
pub fn closing(sql: &str, tokens: &[Range<usize>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match &sql[token.clone()] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
    }
    None
}

/// Splits tokens at the commas that stand outside all brackets.
pub fn items<'tokens>(sql: &str, tokens: &'tokens [Range<usize>]) -> Vec<&'tokens [Range<usize>]> {
    let mut depth = 0_i32;
    let mut items = Vec::new();
    let mut start = 0;
    for (place, token) in tokens.iter().enumerate() {
        match &sql[token.clone()] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => {
                items.push(&tokens[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    if start < tokens.len() {
        items.push(&tokens[start..]);
    }
    items
}

fn arguments(
    sql: &str,
    function: &'static Function,
    name: &Range<usize>,
    tokens: &[Range<usize>],
) -> Result<Vec<Argument>, SqlError> {
    let known = function.arguments();
    let mut arguments: Vec<Argument> = Vec::new();
    for (place, item) in items(sql, tokens).into_iter().enumerate() {
        let is_named = item
            .get(1)
            .is_some_and(|sign| matches!(&sql[sign.clone()], ":=" | "=>"));
        let (argument, value) = match item {
            [word, _, value @ ..] if is_named => (named(sql, function, &known, word)?, value),
            [first, ..] => {
                let positional = function.positional().get(place).ok_or_else(|| {
                    wrong(
                        first,
                        format!("{} takes this argument by name only", function.name),
                    )
                    .among(&known)
                })?;
                (*positional, item)
            }
            [] => continue,
        };
        let (Some(first), Some(last)) = (value.first(), value.last()) else {
            return Err(wrong(&item[0], format!("{argument} has no value")));
        };
        if arguments.iter().any(|known| known.name == argument) {
            return Err(wrong(&item[0], format!("{argument} is given twice")));
        }
        arguments.push(Argument {
            name: argument,
            value: first.start..last.end,
        });
    }
    let missing = function
        .required()
        .iter()
        .find(|required| !arguments.iter().any(|argument| argument.name == **required));
    if let Some(missing) = missing {
        return Err(wrong(
            name,
            format!("{} needs the argument {missing}", function.name),
        ));
    }
    Ok(arguments)
}

fn named(
    sql: &str,
    function: &Function,
    known: &[&'static str],
    word: &Range<usize>,
) -> Result<&'static str, SqlError> {
    let given = sql[word.clone()].trim_matches('"');
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(given));
    found.copied().ok_or_else(|| {
        let mut message = format!("{} has no argument \"{given}\"", function.name);
        if nearest(given, known.iter().copied()).is_none() {
            message = format!("{message}; it takes {}", known.join(", "));
        }
        wrong(word, message).among(known)
    })
}

/// Returns an error at a place of the text.
pub fn wrong(place: &Range<usize>, message: String) -> SqlError {
    SqlError {
        position: Some(place.start),
        length: place.len(),
        ..SqlError::new(message)
    }
}

impl SqlError {
    /// Adds what may have been meant.
    fn among(mut self, known: &[&'static str]) -> Self {
        self.candidates = known.iter().map(|known| (*known).to_string()).collect();
        self
    }
}
