//! What a call asks, as the lowered SQL hands it over: one JSON object, read once.

use serde::Deserialize;

/// Everything a call can say. Times and lengths are in microseconds; periods and modes are still words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says that one argument was given"
)]
pub struct Spec {
    /// Which call of which text this is: its number from 0, in a macro behind the macro's name and a `/`.
    pub call: String,
    pub steps: Option<Vec<Option<String>>>,
    pub step_count: Option<usize>,
    pub step_names: Option<Vec<Option<String>>>,
    pub start: Option<String>,
    pub back: Option<String>,
    pub event: Option<String>,
    /// The names of events that stand in what is looked up event by event.
    pub named: Option<Vec<Option<String>>>,
    /// Whether a condition of the SQL chooses the events, and not a name.
    pub of_condition: bool,
    pub within: Option<i64>,
    pub of_two: bool,
    pub since: Option<i64>,
    pub until: Option<i64>,
    pub now: Option<i64>,
    pub mode: Option<String>,
    pub entries: Option<String>,
    pub exclusion: Option<String>,
    pub excluding_between: Option<Vec<Option<i64>>>,
    pub first_time: Option<Vec<Option<i64>>>,
    pub attribution: Option<String>,
    pub grouped: bool,
    pub only_marked: bool,
    pub held: bool,
    pub valued: bool,
    pub by_unit: bool,
    pub top: Option<i64>,
    pub period: Option<String>,
    pub periods: Option<i64>,
    pub cohort: Option<String>,
    pub criterion: Option<String>,
    pub windows: Option<String>,
    pub brackets: Option<Vec<Option<i64>>>,
    pub rolling: Option<i64>,
    pub span: Option<String>,
    pub at_least: Option<bool>,
    pub backwards: bool,
    pub anchored: bool,
    pub path_steps: Option<i64>,
    pub gap: Option<i64>,
    pub step: Option<i64>,
    pub outcome: Option<String>,
    pub at: Option<i64>,
    pub cohort_start: Option<i64>,
    pub state: Option<String>,
    pub active_periods: Option<i64>,
    pub position: Option<i64>,
    pub from_node: Option<String>,
    pub from_nothing: bool,
    pub to_node: Option<String>,
    pub to_end: bool,
    pub segment: Option<String>,
    pub of_segment: bool,
}

/// What is wrong with a call, in words for its author.
pub type Refusal<T> = Result<T, String>;

/// Stands around the call of a [`Spec`] at the beginning of a refusal, on its way through DuckDB to the author's text.
pub const CALL_MARK: char = '\u{1f}';

impl Spec {
    /// Reads the JSON of a call.
    pub fn read(text: &str) -> Refusal<Self> {
        serde_json::from_str(text).map_err(|error| format!("the call could not be read: {error}"))
    }

    /// Says of a refusal which call it is about.
    pub fn of_call(call: &str, message: &str) -> String {
        format!("{CALL_MARK}{call}{CALL_MARK}{message}")
    }

    /// Returns the names of events that the call gives.
    pub fn event_names(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().chain(&self.named).flatten().flatten();
        let others = [&self.start, &self.back, &self.event];
        steps
            .chain(others.into_iter().flatten())
            .map(String::as_str)
    }

    /// Returns the moment at which windows and periods are open or closed.
    pub fn now(&self) -> i64 {
        self.now.unwrap_or(i64::MAX)
    }

    /// Returns the number of a funnel's steps.
    pub fn step_count(&self) -> usize {
        self.step_count
            .unwrap_or_else(|| self.steps.as_ref().map_or(0, Vec::len))
    }

    /// Returns the names of a funnel's steps.
    pub fn step_labels(&self) -> Vec<String> {
        let names = self.step_names.as_ref().or(self.steps.as_ref());
        (0..self.step_count())
            .map(|step| {
                names
                    .and_then(|names| names.get(step).cloned().flatten())
                    .unwrap_or_else(|| format!("step {}", step + 1))
            })
            .collect()
    }
}
