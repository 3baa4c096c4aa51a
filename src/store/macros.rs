//! Macros of one session: `CREATE MACRO …` as a library file writes it → the same as a temporary macro.

use super::functions::lowering;
use super::lexer;
use super::quoting::quoted_name;
use super::session::Session;
use super::sql_error::SqlError;
use super::table::Value;

impl Session {
    /// Defines a macro for this session from a `CREATE MACRO` statement; one of the same name is replaced.
    ///
    /// # Errors
    ///
    /// When the text is not one `CREATE MACRO`, or its body does not fit the tables.
    pub fn define(&self, create_macro: &str) -> Result<(), SqlError> {
        let name = name(create_macro)?;
        let lowered = lowering::lower_macro(name, create_macro, &self.connection)?;
        let Some(lowered) = lowered else {
            return self.define_lowered(create_macro);
        };
        self.define_lowered(&lowered.sql)
            .map_err(|error| lowered.in_source(error))
    }

    fn define_lowered(&self, create_macro: &str) -> Result<(), SqlError> {
        let definition = temporary(create_macro)?;
        self.has_macros.set(true);
        // Preparing first makes sure that it is one statement before any of it runs.
        let prepared = self
            .connection
            .prepare(&definition.sql)
            .and_then(|mut statement| statement.stream().map(drop));
        prepared.map_err(|failure| definition.in_source(failure.into()))
    }

    /// Forgets all macros that [`Session::define`] made.
    ///
    /// # Errors
    ///
    /// When the database is lost.
    pub fn forget_definitions(&self) -> Result<(), SqlError> {
        // The catalogue takes tens of milliseconds to list its functions.
        if !self.has_macros.get() {
            return Ok(());
        }
        let made = self.run(
            "SELECT DISTINCT function_name, function_type = 'table_macro' AS is_table FROM duckdb_functions()
             WHERE database_name = 'temp' AND function_type IN ('macro', 'table_macro')",
            &[],
            usize::MAX,
        )?;
        for row in 0..made.rows() {
            if let [name, is_table] = made.row(row).collect::<Vec<_>>()[..] {
                let kind = if *is_table == Value::Boolean(true) {
                    "MACRO TABLE"
                } else {
                    "MACRO"
                };
                self.connection.execute(&format!(
                    "DROP {kind} IF EXISTS temp.{}",
                    quoted_name(&name.text())
                ))?;
            }
        }
        Ok(())
    }
}

/// A macro definition ready to run.
struct Definition {
    /// The statement.
    sql: String,
    /// Where the macro's name begins in the source, and in `sql`.
    name_at: (usize, usize),
}

/// Returns the name of the macro that a definition makes.
fn name(source: &str) -> Result<&str, SqlError> {
    let (at, _) = temporary(source)?.name_at;
    let token = lexer::tokens(&source[at..]).next();
    Ok(token.map_or("", |token| source[at..][token].trim_matches('"')))
}

/// Rewrites `CREATE [OR REPLACE] [TEMP | TEMPORARY] MACRO | FUNCTION …` so that the macro is this session's own and
/// replaces an older one.
fn temporary(source: &str) -> Result<Definition, SqlError> {
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
    fn in_source(&self, mut error: SqlError) -> SqlError {
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
