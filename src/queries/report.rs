//! What `check` found, for people and for programs.

use std::fmt::Write;

use crate::error::Error;

/// Something that `check` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What and where.
    pub error: Error,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work.
    Error,
    /// It works, but probably not as meant.
    Warning,
}

impl Severity {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Returns the problems as text: `queries/x.sql:9:3: error[column]: …`, the source line with a caret, and a last line
/// that counts them.
#[must_use]
pub fn human(problems: &[Problem]) -> String {
    let mut text = String::new();
    for Problem { severity, error } in problems {
        let rule = if error.rule.is_empty() {
            String::new()
        } else {
            format!("[{}]", error.rule)
        };
        let labelled = Error {
            message: format!("{}{rule}: {}", severity.word(), error.message),
            ..error.clone()
        };
        let _ = writeln!(text, "{labelled}");
    }
    let count = |severity| {
        problems
            .iter()
            .filter(|problem| problem.severity == severity)
            .count()
    };
    let _ = match (count(Severity::Error), count(Severity::Warning)) {
        (0, 0) => writeln!(text, "everything is sound"),
        (errors, warnings) => writeln!(
            text,
            "{}, {}",
            counted(errors, "error"),
            counted(warnings, "warning")
        ),
    };
    text
}

/// Returns the problems as a JSON array of objects with `path`, `line`, `column`, `severity`, `rule`, `message`, `help`.
#[must_use]
pub fn json(problems: &[Problem]) -> String {
    let objects = problems.iter().map(|Problem { severity, error }| {
        let place = error.place.as_ref();
        serde_json::json!({
            "path": place.map(|place| place.path.display().to_string()),
            "line": place.map(|place| place.line).filter(|line| *line > 0),
            "column": place.map(|place| place.column).filter(|column| *column > 0),
            "severity": severity.word(),
            "rule": error.rule,
            "message": error.message,
            "help": error.help,
        })
    });
    format!("{:#}\n", serde_json::Value::Array(objects.collect()))
}

/// Returns a number with its noun in the right form.
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
