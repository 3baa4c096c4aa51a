//! What a call asks, as the lowered SQL hands it over: one JSON object, read once.

use serde::Deserialize;

use crate::analysis::calendar::{DAY, HOUR, Period};
use crate::analysis::funnel::{Entries, Exclusion, MOST_STEPS, Mode, Rules};
use crate::analysis::paths::PathRules;
use crate::analysis::retention::RetentionRules;

/// The window of a funnel that does not say one.
const USUAL_WINDOW: i64 = 14 * DAY;
/// The pause that ends a session when a call does not say one.
const USUAL_GAP: i64 = HOUR / 2;
/// The farthest period from another that a call can name: even so many years can be counted in microseconds.
const FARTHEST_PERIOD: i64 = 100_000;
/// The most columns of a retention grid.
const MOST_COLUMNS: i64 = 1_000;
/// The most events of a path.
const MOST_PATH_STEPS: i64 = 100;

/// Everything a call can say. Times and lengths are in microseconds; periods and modes are still words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says that one argument was given"
)]
pub struct Spec {
    /// Which call of the text this is, from 0.
    pub call: usize,
    pub steps: Option<Vec<Option<String>>>,
    pub step_count: Option<usize>,
    pub step_names: Option<Vec<Option<String>>>,
    pub start: Option<String>,
    pub back: Option<String>,
    pub event: Option<String>,
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
    pub excluding_between: Option<Vec<i64>>,
    pub first_time: Option<Vec<i64>>,
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
    pub brackets: Option<Vec<i64>>,
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

/// Stands around the number of the call at the beginning of a refusal, on its way through DuckDB to the author's text.
pub const CALL_MARK: char = '\u{1f}';

/// How a group is chosen for a funnel's customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribution {
    /// The value on the entry.
    Entry,
    /// The first value on the way.
    First,
    /// The last value on the way.
    Last,
    /// The value on this step, from 0.
    Step(usize),
    /// A funnel of its own for each value.
    Each,
}

impl Spec {
    /// Reads the JSON of a call.
    pub fn read(text: &str) -> Refusal<Self> {
        serde_json::from_str(text).map_err(|error| format!("the call could not be read: {error}"))
    }

    /// Says of a refusal which call it is about.
    pub fn of_call(call: usize, message: &str) -> String {
        format!("{CALL_MARK}{call}{CALL_MARK}{message}")
    }

    /// Returns the names of events that the call gives.
    pub fn event_names(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().flatten().flatten();
        let others = [&self.start, &self.back, &self.event];
        steps
            .chain(others.into_iter().flatten())
            .map(String::as_str)
    }

    /// Returns the moment at which windows and periods are open or closed.
    pub fn now(&self) -> i64 {
        self.now.unwrap_or(i64::MAX)
    }

    /// Returns how many groups are told apart.
    pub fn top(&self) -> Refusal<usize> {
        match self.top.unwrap_or(10) {
            top @ 1.. => Ok(usize::try_from(top).unwrap_or(usize::MAX)),
            top => Err(format!("top must be at least 1, not {top}")),
        }
    }

    /// Returns the rules of a funnel.
    pub fn funnel(&self) -> Refusal<Rules> {
        let steps = self.step_count();
        if !(1..=MOST_STEPS).contains(&steps) {
            return Err(format!("steps must be 1 to {MOST_STEPS}, not {steps}"));
        }
        let window = match self.within {
            // The way from one event to another has no limit but one that is given.
            None if self.of_two => i64::MAX,
            None => USUAL_WINDOW,
            Some(within @ 1..) => within,
            Some(_) => {
                return Err(
                    "within must be longer than nothing, such as INTERVAL 7 DAYS".to_string(),
                );
            }
        };
        let within_steps = |step: i64| {
            usize::try_from(step)
                .ok()
                .filter(|step| (1..=steps).contains(step))
        };
        self.check_names(steps)?;
        let mut first_time = 0;
        for step in self.first_time.iter().flatten() {
            let known = within_steps(*step)
                .ok_or_else(|| format!("first_time names step {step}, and there are {steps}"))?;
            first_time |= 1 << (known - 1);
        }
        let between = match self.excluding_between.as_deref() {
            None => (1, steps),
            Some([from, to]) => match (within_steps(*from), within_steps(*to)) {
                (Some(from), Some(to)) if from < to => (from, to),
                _ => {
                    return Err(format!(
                        "excluding_between must be two steps in order from 1 to {steps}"
                    ));
                }
            },
            Some(_) => {
                return Err("excluding_between must be two steps, such as [1, 2]".to_string());
            }
        };
        Ok(Rules {
            window,
            mode: word(
                "mode",
                self.mode.as_deref(),
                &[
                    ("ordered", Mode::Ordered),
                    ("strict", Mode::Strict),
                    ("any", Mode::Any),
                ],
            )?,
            entries: word(
                "entries",
                self.entries.as_deref(),
                &[("any", Entries::Any), ("first", Entries::First)],
            )?,
            since: self.since.unwrap_or(i64::MIN),
            until: self.until.unwrap_or(i64::MAX),
            first_time,
            exclusion: word(
                "exclusion",
                self.exclusion.as_deref(),
                &[("keep", Exclusion::Keep), ("drop", Exclusion::Drop)],
            )?,
            between,
            now: self.now(),
            ..Rules::new(steps, window)
        })
    }

    fn check_names(&self, steps: usize) -> Refusal<()> {
        match self.step_names.as_ref().map_or(steps, Vec::len) {
            names if names == steps => Ok(()),
            names => Err(format!(
                "names has {names} texts, and there are {steps} steps"
            )),
        }
    }

    fn step_count(&self) -> usize {
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

    /// Returns how a funnel's customers get their group.
    pub fn attribution(&self, steps: usize) -> Refusal<Attribution> {
        let text = self.attribution.as_deref().unwrap_or("entry").trim();
        if let Some(step) = text.strip_prefix("step ") {
            return match step.trim().parse::<usize>() {
                Ok(step) if (1..=steps).contains(&step) => Ok(Attribution::Step(step - 1)),
                _ => Err(format!(
                    "attribution '{text}' names no step from 1 to {steps}"
                )),
            };
        }
        word(
            "attribution",
            Some(text),
            &[
                ("entry", Attribution::Entry),
                ("first", Attribution::First),
                ("last", Attribution::Last),
                ("each", Attribution::Each),
            ],
        )
        .map_err(|message| format!("{message} or 'step 2'"))
    }

    /// Returns the unit of cohorts, columns and rows.
    pub fn period(&self, usual: Period) -> Refusal<Period> {
        unit(self.period.as_deref(), usual)
    }

    /// Returns the longer unit that stickiness looks at; none for the whole range.
    pub fn span(&self) -> Refusal<Option<Period>> {
        self.span
            .as_deref()
            .map(|span| unit(Some(span), Period::Month))
            .transpose()
    }

    /// Returns the rules of a retention grid.
    pub fn retention(&self) -> Refusal<RetentionRules> {
        let period = self.period(Period::Week)?;
        let columns = match &self.brackets {
            Some(brackets) => {
                // Column 0 is the cohort itself.
                let rising = brackets.windows(2).all(|pair| pair[0] < pair[1]);
                let is_near = brackets.last().is_some_and(|last| *last <= FARTHEST_PERIOD);
                if brackets.first() != Some(&0) || !rising || !is_near {
                    return Err(format!(
                        "brackets must be rising whole numbers from 0 to {FARTHEST_PERIOD}, such as [0, 1, 3, 7]"
                    ));
                }
                brackets.clone()
            }
            None => match self.periods.unwrap_or(12) {
                periods @ 1..=MOST_COLUMNS => (0..periods).collect(),
                periods => {
                    return Err(format!(
                        "periods must be from 1 to {MOST_COLUMNS}, not {periods}"
                    ));
                }
            },
        };
        let rolls = word(
            "windows",
            self.windows.as_deref(),
            &[("calendar", false), ("rolling", true)],
        )?;
        Ok(RetentionRules {
            period,
            columns,
            recurring: word(
                "cohort",
                self.cohort.as_deref(),
                &[("first_time", false), ("recurring", true)],
            )?,
            or_after: word(
                "criterion",
                self.criterion.as_deref(),
                &[("on", false), ("on_or_after", true)],
            )?,
            rolling: rolls.then(|| RetentionRules::rolling_length(period)),
            since: self.since.unwrap_or(i64::MIN),
            until: self.until.unwrap_or(i64::MAX),
        })
    }

    /// Returns how many periods a row of active customers looks back, itself included.
    pub fn rolling(&self) -> Refusal<i64> {
        match self.rolling.unwrap_or(1) {
            rolling @ 1..=FARTHEST_PERIOD => Ok(rolling),
            rolling => Err(format!(
                "rolling must be from 1 to {FARTHEST_PERIOD} periods, not {rolling}"
            )),
        }
    }

    /// Returns the rules of paths.
    pub fn paths(&self) -> Refusal<PathRules> {
        let steps = match self.path_steps.unwrap_or(3) {
            steps @ 1..=MOST_PATH_STEPS => usize::try_from(steps).unwrap_or(1),
            steps => {
                return Err(format!(
                    "steps must be from 1 to {MOST_PATH_STEPS}, not {steps}"
                ));
            }
        };
        match self.gap.unwrap_or(USUAL_GAP) {
            gap @ 1.. => Ok(PathRules {
                steps,
                gap,
                backwards: self.backwards,
                anchored: self.anchored,
                since: self.since.unwrap_or(i64::MIN),
                until: self.until.unwrap_or(i64::MAX),
            }),
            _ => Err("gap must be longer than nothing, such as INTERVAL 30 MINUTES".to_string()),
        }
    }
}

/// Reads one of some words; the first is the usual one.
pub fn word<T: Copy>(argument: &str, given: Option<&str>, words: &[(&str, T)]) -> Refusal<T> {
    let given = given.unwrap_or(words[0].0);
    let found = words
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(given.trim()));
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("'{word}'")).collect();
        format!("{argument} is '{given}', and can be {}", known.join(", "))
    })
}

fn unit(given: Option<&str>, usual: Period) -> Refusal<Period> {
    let Some(name) = given else { return Ok(usual) };
    Period::named(name)
        .filter(|period| *period != Period::Minute)
        .ok_or_else(|| {
            format!(
                "period is '{name}', and can be 'hour', 'day', 'week', 'month', 'quarter', 'year'"
            )
        })
}
