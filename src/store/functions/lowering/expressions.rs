//! What can be told of an author's expression by its tokens alone.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::store::functions::call::{self, wrong};
use crate::store::lexer;
use crate::store::sql_error::SqlError;

/// What a cell adds up.
pub enum Sum {
    /// The values of this expression.
    Of(Range<usize>),
    /// One for each event.
    Count,
}

/// Returns the words of an expression that can be columns, in lower case.
pub fn words(sql: &str, value: &Range<usize>) -> BTreeSet<String> {
    let can_be_a_name = |token: &&str| {
        token.starts_with(|letter: char| letter.is_alphabetic() || letter == '_' || letter == '"')
    };
    lexer::tokens_in(sql, value.clone())
        .map(|token| &sql[token])
        .filter(can_be_a_name)
        .map(|token| token.trim_matches('"').to_lowercase())
        .collect()
}

/// Returns the columns that an expression names as those of this table, in lower case: `customers.plan`.
pub fn columns_of(sql: &str, value: &Range<usize>, table: &str) -> BTreeSet<String> {
    let tokens: Vec<String> = lexer::tokens_in(sql, value.clone())
        .map(|token| sql[token].trim_matches('"').to_lowercase())
        .collect();
    tokens
        .windows(3)
        .filter(|three| three[0] == table && three[1] == ".")
        .map(|three| three[2].clone())
        .collect()
}

/// Returns the items of a list that is written as one.
pub fn list_items(sql: &str, value: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let tokens: Vec<Range<usize>> = lexer::tokens_in(sql, value.clone()).collect();
    let [first, inner @ .., last] = &tokens[..] else {
        return None;
    };
    if &sql[first.clone()] != "[" || &sql[last.clone()] != "]" {
        return None;
    }
    let mut depth = 0_i32;
    for token in inner {
        match &sql[token.clone()] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            word if depth == 0 && word.eq_ignore_ascii_case("for") => return None,
            _ => {}
        }
        // A bracket that closes before the end means that this is more than one list.
        if depth < 0 {
            return None;
        }
    }
    let places = call::items(sql, inner).into_iter().filter_map(|item| {
        let (first, last) = (item.first()?, item.last()?);
        Some(first.start..last.end)
    });
    Some(places.collect())
}

/// Tells whether an expression is one text in quotes.
pub fn is_text(expression: &str) -> bool {
    expression.starts_with('\'') && lexer::tokens(expression).count() == 1
}

/// Returns the text of a name, if a predicate is only `event = 'name'`.
pub fn named_event(sql: &str, predicate: &Range<usize>) -> Option<String> {
    let tokens: Vec<&str> = lexer::tokens_in(sql, predicate.clone())
        .map(|token| &sql[token])
        .collect();
    match tokens[..] {
        [column, "=", name]
            if column.trim_matches('"').eq_ignore_ascii_case("event") && name.starts_with('\'') =>
        {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// Returns the text of the only name that events can have for which a predicate is true: `event = 'name' AND …`.
pub fn only_event(sql: &str, predicate: &Range<usize>) -> Option<String> {
    let tokens: Vec<Range<usize>> = lexer::tokens_in(sql, predicate.clone()).collect();
    let text = |token: &Range<usize>| &sql[token.clone()];
    let mut depth = 0_i32;
    // OR binds less than AND, and the AND of a BETWEEN is another one.
    let is_other = |token: &Range<usize>| {
        match text(token) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            word if depth == 0 => {
                return ["or", "between", "case", "not"]
                    .iter()
                    .any(|other| word.eq_ignore_ascii_case(other));
            }
            _ => {}
        }
        false
    };
    if tokens.iter().any(is_other) {
        return None;
    }
    let is_and = |token: Option<&Range<usize>>| {
        token.is_none_or(|token| text(token).eq_ignore_ascii_case("and"))
    };
    let [first, _, third, ..] = &tokens[..] else {
        return None;
    };
    let is_conjunct = is_and(tokens.get(3));
    is_conjunct
        .then(|| named_event(sql, &(first.start..third.end)))
        .flatten()
}

/// Returns the texts in quotes that a predicate compares the name of an event with: `event = 'name'`, `event IN ('name')`.
pub fn event_literals(sql: &str, predicate: &Range<usize>) -> Vec<Range<usize>> {
    let tokens: Vec<Range<usize>> = lexer::tokens_in(sql, predicate.clone()).collect();
    let text = |place: usize| tokens.get(place).map_or("", |token| &sql[token.clone()]);
    let is_literal = |place: &usize| text(*place).starts_with('\'');
    let mut literals = Vec::new();
    for place in 0..tokens.len() {
        if !text(place).trim_matches('"').eq_ignore_ascii_case("event") {
            continue;
        }
        if text(place + 1) == "=" {
            literals.extend(Some(place + 2).filter(is_literal));
        } else if text(place + 1).eq_ignore_ascii_case("in") && text(place + 2) == "(" {
            let inner = (place + 3..tokens.len()).take_while(|place| text(*place) != ")");
            literals.extend(inner.filter(is_literal));
        }
    }
    literals
        .into_iter()
        .map(|place| tokens[place].clone())
        .collect()
}

/// Tells whether an expression looks at all columns of a row: `events` as a whole, a star, or `COLUMNS`.
pub fn sees_whole_rows(sql: &str, expression: &Range<usize>) -> bool {
    let tokens: Vec<&str> = lexer::tokens_in(sql, expression.clone())
        .map(|token| &sql[token])
        .collect();
    let is_word = |token: &str, word| token.trim_matches('"').eq_ignore_ascii_case(word);
    tokens.iter().enumerate().any(|(place, token)| {
        let before = place.checked_sub(1).map_or("", |before| tokens[before]);
        let after = tokens.get(place + 1).copied().unwrap_or_default();
        is_word(token, "events") && after != "."
            || is_word(token, "columns")
            || *token == "*" && ["", "(", ",", "."].contains(&before)
    })
}

/// Reads `sum(expression)` or `count(*)`.
///
/// # Errors
///
/// When it is neither, at its place.
pub fn sum_of(sql: &str, value: &Range<usize>) -> Result<Sum, SqlError> {
    let tokens: Vec<Range<usize>> = lexer::tokens_in(sql, value.clone()).collect();
    let text = |token: &Range<usize>| &sql[token.clone()];
    match &tokens[..] {
        [name, open, star, close]
            if text(name).eq_ignore_ascii_case("count")
                && (text(open), text(star), text(close)) == ("(", "*", ")") =>
        {
            Ok(Sum::Count)
        }
        [name, open, first, rest @ .., close]
            if text(name).eq_ignore_ascii_case("sum")
                && (text(open), text(close)) == ("(", ")") =>
        {
            let last = rest.last().unwrap_or(first);
            Ok(Sum::Of(first.start..last.end))
        }
        _ => Err(wrong(
            value,
            "value must be sum(expression) or count(*)".to_string(),
        )),
    }
}
