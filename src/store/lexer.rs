//! Just enough of SQL to tell words, texts and signs apart: to split files into statements, and to find calls and their
//! arguments.

use std::ops::Range;

/// Returns the places of the words, texts and signs of an SQL text; spaces and comments are left out.
pub fn tokens(sql: &str) -> impl Iterator<Item = Range<usize>> + use<'_> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += blank(&sql[at..]);
        let length = token(&sql[at..])?;
        let range = at..at + length;
        at = range.end;
        Some(range)
    })
}

/// Returns the places of the tokens of a part of a text, counted from the beginning of the whole.
pub fn tokens_in(sql: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'_> {
    let start = part.start;
    tokens(&sql[part]).map(move |token| token.start + start..token.end + start)
}

/// Returns the places of the statements of an SQL text, without the semicolons.
#[must_use]
pub fn statements(sql: &str) -> Vec<Range<usize>> {
    let mut statements = Vec::new();
    let mut current: Option<Range<usize>> = None;
    for token in tokens(sql) {
        if &sql[token.clone()] == ";" {
            statements.extend(current.take());
        } else {
            let start = current.map_or(token.start, |current| current.start);
            current = Some(start..token.end);
        }
    }
    statements.extend(current);
    statements
}

/// Returns the length of the spaces and comments at the start.
fn blank(sql: &str) -> usize {
    let mut rest = sql;
    loop {
        rest = rest.trim_start();
        if rest.starts_with("--") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[block_comment(rest)..];
        } else {
            return sql.len() - rest.len();
        }
    }
}

/// Returns the length of a block comment; they nest.
fn block_comment(sql: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < sql.len() {
        if sql[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if sql[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += sql[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    sql.len()
}

/// Returns the length of the token at the start, if there is one.
fn token(sql: &str) -> Option<usize> {
    let first = sql.chars().next()?;
    let escaped = sql
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case("e'"));
    Some(match first {
        _ if escaped => 1 + quoted(&sql[1..], '\'', true),
        '\'' | '"' => quoted(sql, first, false),
        '$' => dollar_quoted(sql).unwrap_or(1),
        ':' if sql.starts_with(":=") => 2,
        '=' if sql.starts_with("=>") => 2,
        letter if is_word(letter) => sql.find(|letter| !is_word(letter)).unwrap_or(sql.len()),
        other => other.len_utf8(),
    })
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// Returns the length of a quoted text or name; a doubled quote does not end it.
fn quoted(sql: &str, quote: char, backslash: bool) -> usize {
    let mut letters = sql.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if backslash && letter == '\\' {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    sql.len()
}

/// Returns the length of a `$tag$ … $tag$` text, if the text starts with one.
fn dollar_quoted(sql: &str) -> Option<usize> {
    let tag_end = 1 + sql[1..].find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
    let tag = sql[..=tag_end]
        .strip_suffix('$')
        .map(|_| &sql[..=tag_end])?;
    if tag[1..].starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    Some(
        sql[tag.len()..]
            .find(tag)
            .map_or(sql.len(), |end| end + 2 * tag.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(sql: &str) -> Vec<&str> {
        statements(sql)
            .into_iter()
            .map(|range| &sql[range])
            .collect()
    }

    #[test]
    fn semicolons_inside_texts_names_and_comments_end_nothing() {
        assert_eq!(
            split("a ';' b; \"x;\"\"y\" -- c;\n; $t$ ; $$ ; $t$ e; /* ; /* ; */ ; */ E'it\\';' f"),
            ["a ';' b", "\"x;\"\"y\"", "$t$ ; $$ ; $t$ e", "E'it\\';' f"]
        );
    }

    #[test]
    fn what_is_never_closed_ends_with_the_text() {
        assert_eq!(split("a 'b; c"), ["a 'b; c"]);
        assert_eq!(split("a; /* b"), ["a"]);
        assert_eq!(split("$x$ b; ñ"), ["$x$ b; ñ"]);
        assert_eq!(split("ñ;日本;😀"), ["ñ", "日本", "😀"]);
    }
}
