//! The rules that a call gives an analysis: its words and numbers, each checked.

use super::spec::{Refusal, Spec};
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
            let step =
                step.ok_or("first_time names no step with a NULL, only with numbers such as [1]")?;
            let known = within_steps(step)
                .ok_or_else(|| format!("first_time names step {step}, and there are {steps}"))?;
            first_time |= 1 << (known - 1);
        }
        let between = match self.excluding_between.as_deref() {
            None => (1, steps),
            Some([Some(from), Some(to)]) => match (within_steps(*from), within_steps(*to)) {
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
        unit("period", self.period.as_deref(), usual)
    }

    /// Returns the longer unit that stickiness looks at; none for the whole range.
    pub fn span(&self) -> Refusal<Option<Period>> {
        let Some(name) = self.span.as_deref() else {
            return Ok(None);
        };
        let (span, period) = (
            unit("within", Some(name), Period::Month)?,
            self.period(Period::Day)?,
        );
        if span <= period {
            return Err(format!(
                "within is '{name}', and must be a longer unit than the {}",
                period.name()
            ));
        }
        Ok(Some(span))
    }

    /// Returns the rules of a retention grid.
    pub fn retention(&self) -> Refusal<RetentionRules> {
        let period = self.period(Period::Week)?;
        let columns = match &self.brackets {
            Some(brackets) => {
                // Column 0 is the cohort itself.
                let brackets: Vec<i64> = brackets.iter().map_while(|bracket| *bracket).collect();
                let is_whole = Some(brackets.len()) == self.brackets.as_ref().map(Vec::len);
                let rising = brackets.windows(2).all(|pair| pair[0] < pair[1]);
                let is_near = brackets.last().is_some_and(|last| *last <= FARTHEST_PERIOD);
                if !is_whole || brackets.first() != Some(&0) || !rising || !is_near {
                    return Err(format!(
                        "brackets must be rising whole numbers from 0 to {FARTHEST_PERIOD}, such as [0, 1, 3, 7]"
                    ));
                }
                brackets
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

fn unit(argument: &str, given: Option<&str>, usual: Period) -> Refusal<Period> {
    let Some(name) = given else { return Ok(usual) };
    Period::named(name)
        .filter(|period| *period != Period::Minute)
        .ok_or_else(|| {
            format!(
                "{argument} is '{name}', and can be 'hour', 'day', 'week', 'month', 'quarter', 'year'"
            )
        })
}
