//! Why DuckDB refused a text or stopped.

use serde_json::Value as Json;

use super::engine::Failure;

/// Why DuckDB refused a text or stopped, with the place in the text when DuckDB knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SqlError {
    /// DuckDB's message, without the name of its error class.
    pub message: String,
    /// DuckDB's short name of the mistake, such as `COLUMN_NOT_FOUND`; empty when it has none.
    pub subtype: String,
    /// The byte offset in the text given at which the mistake begins.
    pub position: Option<usize>,
    /// How many bytes it is long; 0 when unknown.
    pub length: usize,
    /// What might have been meant.
    pub candidates: Vec<String>,
    /// Whether the statement was stopped, by a person or by the time limit.
    pub interrupted: bool,
}

/// Above this, a list of candidates is a list of everything (all overloads of a function), not a hint.
const MAX_CANDIDATES: usize = 12;

impl SqlError {
    /// Returns an error that is about no place in particular.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// Says that the text given stood behind this many bytes of our own.
    #[must_use]
    pub(super) fn behind(mut self, prefix: usize) -> Self {
        self.position = self
            .position
            .map(|position| position.saturating_sub(prefix));
        self
    }
}

impl From<Failure> for SqlError {
    /// Reads `Binder Error: {"exception_type": …}`, and takes any other text as it is.
    fn from(failure: Failure) -> Self {
        let text = failure.0.trim();
        let json = text.find('{').and_then(|start| {
            serde_json::Deserializer::from_str(&text[start..])
                .into_iter::<Json>()
                .next()
                .and_then(Result::ok)
        });
        let Some(json) = json.filter(|json| json.get("exception_message").is_some()) else {
            let class = text
                .split_once(" Error: ")
                .filter(|(class, _)| class.chars().all(char::is_alphanumeric));
            let message = class.map_or(text, |(_, message)| message);
            return Self {
                interrupted: text.starts_with("INTERRUPT"),
                ..Self::new(message)
            };
        };
        let field = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
        let (position, length) = place(field("location"), field("position"));
        let candidates: Vec<String> = field("candidates")
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(String::from)
            .collect();
        Self {
            message: field("exception_message").trim().to_string(),
            subtype: field("error_subtype").to_string(),
            position,
            length,
            candidates: if candidates.len() > MAX_CANDIDATES {
                Vec::new()
            } else {
                candidates
            },
            interrupted: field("exception_type").eq_ignore_ascii_case("interrupt")
                || text.starts_with("INTERRUPT"),
        }
    }
}

/// Reads `[start,length]`, or the bare start.
fn place(location: &str, position: &str) -> (Option<usize>, usize) {
    let mut numbers = location
        .trim_matches(['[', ']'])
        .split(',')
        .map(|number| number.trim().parse().ok());
    let start = numbers.next().flatten().or_else(|| position.parse().ok());
    (start, numbers.next().flatten().unwrap_or(0))
}

impl std::fmt::Display for SqlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SqlError {}

impl From<SqlError> for crate::error::Error {
    fn from(error: SqlError) -> Self {
        if error.interrupted {
            Self {
                message: error.message,
                ..Self::interrupted()
            }
        } else {
            Self::data(error.message)
        }
    }
}
