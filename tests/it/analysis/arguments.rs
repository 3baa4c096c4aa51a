//! What a function is asked, as plain options, and how that is written in SQL.

use super::world::{Bound, Expression, Predicate};

/// What all functions take.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub since: Option<Bound>,
    pub until: Option<Bound>,
    pub by: Option<Expression>,
    pub top: Option<usize>,
    /// Only customers of this tier.
    pub tier: Option<&'static str>,
    pub filter: Option<Predicate>,
}

/// How long a funnel waits.
#[derive(Clone, Debug)]
pub enum Within {
    /// From the entry, in microseconds.
    Entry(i64),
    /// From the step before, for each step.
    Step(Vec<i64>),
}

/// A funnel. Words of the query language stay words, so that a case prints as it would be written.
#[derive(Clone, Debug)]
pub struct Funnel {
    pub steps: Vec<Predicate>,
    /// Whether the steps are names of events.
    pub by_name: bool,
    pub within: Within,
    pub scope: Scope,
    pub mode: &'static str,
    pub entries: &'static str,
    pub attribution: String,
    pub hold: Option<Expression>,
    pub unit: Option<Expression>,
    pub excluding: Option<Predicate>,
    pub between: Option<(usize, usize)>,
    pub exclusion: &'static str,
    pub first_time: Vec<usize>,
}

/// Arguments as they are written, one after the other.
#[derive(Default)]
pub struct Arguments(Vec<String>);

impl Arguments {
    pub fn plain(mut self, text: impl Into<String>) -> Self {
        self.0.push(text.into());
        self
    }

    pub fn named(mut self, name: &str, value: Option<impl std::fmt::Display>) -> Self {
        if let Some(value) = value {
            self.0.push(format!("{name} := {value}"));
        }
        self
    }

    pub fn scope(self, scope: &Scope) -> Self {
        self.named("since", scope.since.map(Bound::sql))
            .named("until", scope.until.map(Bound::sql))
            .named("by", scope.by.map(|by| by.sql))
            .named("top", scope.top)
            .named(
                "customers",
                scope.tier.map(|tier| format!("tier = '{tier}'")),
            )
            .named("filter", scope.filter.map(|filter| filter.sql))
    }

    pub fn sql(&self) -> String {
        self.0.join(", ")
    }
}

pub fn quoted(text: &str) -> String {
    format!("'{text}'")
}

pub fn interval(microseconds: i64) -> String {
    format!("INTERVAL '{microseconds} microseconds'")
}

impl Within {
    fn sql(&self) -> String {
        match self {
            Self::Entry(length) => interval(*length),
            Self::Step(lengths) => {
                let lengths: Vec<String> =
                    lengths.iter().map(|length| interval(*length)).collect();
                format!("[{}]", lengths.join(", "))
            }
        }
    }
}

impl Funnel {
    /// The name of a function of this family, in the form that fits the steps.
    pub fn function(&self, name: &str) -> String {
        if self.by_name {
            name.to_string()
        } else {
            format!("{name}_if")
        }
    }

    pub fn arguments(&self) -> Arguments {
        let steps: Vec<&str> = self
            .steps
            .iter()
            .map(|step| {
                if self.by_name {
                    step.sql.trim_start_matches("event = ")
                } else {
                    step.sql
                }
            })
            .collect();
        let list = |numbers: &[usize]| {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            format!("[{}]", numbers.join(", "))
        };
        let unless = |default: &str, text: &str| (text != default).then(|| quoted(text));
        Arguments::default()
            .plain(format!("[{}]", steps.join(", ")))
            .named("within", Some(self.within.sql()))
            .scope(&self.scope)
            .named("mode", unless("ordered", self.mode))
            .named("entries", unless("any", self.entries))
            .named("attribution", unless("entry", &self.attribution))
            .named("hold", self.hold.map(|hold| hold.sql))
            .named("unit", self.unit.map(|unit| unit.sql))
            .named("excluding", self.excluding.map(|excluding| excluding.sql))
            .named(
                "excluding_between",
                self.between.map(|(from, to)| list(&[from, to])),
            )
            .named("exclusion", unless("keep", self.exclusion))
            .named(
                "first_time",
                (!self.first_time.is_empty()).then(|| list(&self.first_time)),
            )
    }
}
