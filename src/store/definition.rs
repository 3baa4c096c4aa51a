//! `CREATE MACRO …` as a library file writes it → the same as a temporary macro of one session.

use super::sql_error::SqlError;

/// A macro definition ready to run.
pub struct Definition {
    /// The statement.
    pub sql: String,
    /// Where the macro's name begins in the source, and in `sql`.
    name_at: (usize, usize),
}

/// Rewrites `CREATE [OR REPLACE] [TEMP | TEMPORARY] MACRO | FUNCTION …` so that the macro is this session's own and
/// replaces an older one.
pub fn temporary(source: &str) -> Result<Definition, SqlError> {
    const HEAD: &str = "CREATE OR REPLACE TEMP MACRO";
    let mut rest = Words {
        text: source,
        at: 0,
    };
    let mut word = rest.next();
    let is_create = word.eq_ignore_ascii_case("create");
    while !word.is_empty() {
        word = rest.next();
        if ["macro", "function"]
            .iter()
            .any(|keyword| word.eq_ignore_ascii_case(keyword))
            && is_create
        {
            return Ok(Definition {
                sql: format!("{HEAD}{}", &source[rest.at..]),
                name_at: (rest.at, HEAD.len()),
            });
        }
        if !["or", "replace", "temp", "temporary"]
            .iter()
            .any(|keyword| word.eq_ignore_ascii_case(keyword))
        {
            break;
        }
    }
    Err(SqlError {
        position: Some(0),
        ..SqlError::new("only CREATE MACRO can stand here")
    })
}

impl Definition {
    /// Moves an error's place from the rewritten statement to the source.
    pub fn in_source(&self, mut error: SqlError) -> SqlError {
        let (source, rewritten) = self.name_at;
        error.position = error
            .position
            .map(|position| (position + source).saturating_sub(rewritten));
        error
    }
}

/// The words at the beginning of a text, over white space and comments.
struct Words<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Words<'text> {
    fn next(&mut self) -> &'text str {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len() - rest.trim_start().len();
            let rest = rest.trim_start();
            let comment = if rest.starts_with("--") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                0
            };
            self.at += blank + comment;
            if comment == 0 {
                let length = rest
                    .find(|letter: char| !letter.is_ascii_alphabetic())
                    .unwrap_or(rest.len());
                self.at += length;
                return &rest[..length];
            }
        }
    }
}
