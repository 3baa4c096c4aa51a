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
                let lengths: Vec<String> = lengths.iter().map(|length| interval(*length)).collect();
                format!("[{}]", lengths.join(", "))
            }
        }
    }
}

impl Funnel {
    /// The name of a function of this family, in the form that fits the steps.
    pub fn function(&self, name: &str) -> String {
        function(name, self.by_name)
    }

    /// What each step is called in an answer.
    pub fn labels(&self) -> Vec<String> {
        let label = |(place, step): (usize, &Predicate)| {
            if self.by_name {
                argument(*step, true).trim_matches('\'').to_string()
            } else {
                format!("step {}", place + 1)
            }
        };
        self.steps.iter().enumerate().map(label).collect()
    }

    pub fn arguments(&self) -> Arguments {
        let steps = self.steps.iter().map(|step| argument(*step, self.by_name));
        let steps: Vec<&str> = steps.collect();
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

/// A retention grid.
#[derive(Clone, Debug)]
pub struct Retention {
    pub start: Predicate,
    pub back: Option<Predicate>,
    pub by_name: bool,
    pub period: &'static str,
    pub periods: usize,
    pub cohort: &'static str,
    pub criterion: &'static str,
    pub windows: &'static str,
    pub brackets: Option<Vec<i64>>,
    /// Whether `sum(amount)` is asked for.
    pub is_valued: bool,
    pub scope: Scope,
}

/// What is asked about active customers.
#[derive(Clone, Debug)]
pub struct Activity {
    pub event: Option<Predicate>,
    pub by_name: bool,
    pub period: &'static str,
    pub scope: Scope,
}

/// What is asked about the way from event to event.
#[derive(Clone, Debug)]
pub struct Paths {
    pub after: Option<Predicate>,
    pub before: Option<Predicate>,
    pub node: Option<Expression>,
    pub steps: usize,
    pub gap: i64,
    pub scope: Scope,
}

/// From the first of one event to the first of another.
#[derive(Clone, Debug)]
pub struct TimeTo {
    pub from: Predicate,
    pub to: Predicate,
    pub by_name: bool,
    pub within: Option<i64>,
    pub scope: Scope,
}

fn function(name: &str, by_name: bool) -> String {
    let suffix = if by_name { "" } else { "_if" };
    format!("{name}{suffix}")
}

/// A predicate as the argument of a function: the event's name, or the whole.
fn argument(predicate: Predicate, by_name: bool) -> &'static str {
    if by_name {
        predicate.sql.trim_start_matches("event = ")
    } else {
        predicate.sql
    }
}

impl Retention {
    pub fn function(&self, name: &str) -> String {
        function(name, self.by_name)
    }

    pub fn arguments(&self) -> Arguments {
        let brackets = self.brackets.as_ref().map(|days| format!("{days:?}"));
        Arguments::default()
            .named("start", Some(argument(self.start, self.by_name)))
            .named("back", self.back.map(|back| argument(back, self.by_name)))
            .named("period", Some(quoted(self.period)))
            .named("periods", Some(self.periods))
            .named("cohort", Some(quoted(self.cohort)))
            .named("criterion", Some(quoted(self.criterion)))
            .named("windows", Some(quoted(self.windows)))
            .named("brackets", brackets)
            .named("value", self.is_valued.then_some("sum(amount)"))
            .scope(&self.scope)
    }
}

impl Activity {
    pub fn function(&self, name: &str) -> String {
        function(name, self.by_name)
    }

    pub fn arguments(&self) -> Arguments {
        let event = self.event.map(|event| argument(event, self.by_name));
        Arguments::default()
            .named("event", event)
            .named("period", Some(quoted(self.period)))
            .scope(&self.scope)
    }
}

impl Paths {
    pub fn arguments(&self) -> Arguments {
        Arguments::default()
            .named("after", self.after.map(|after| after.sql))
            .named("before", self.before.map(|before| before.sql))
            .named("node", self.node.map(|node| node.sql))
            .named("steps", Some(self.steps))
            .named("gap", Some(interval(self.gap)))
            .scope(&self.scope)
    }
}

impl TimeTo {
    pub fn function(&self, name: &str) -> String {
        function(name, self.by_name)
    }

    pub fn arguments(&self) -> Arguments {
        Arguments::default()
            .plain(argument(self.from, self.by_name))
            .plain(argument(self.to, self.by_name))
            .named("within", self.within.map(interval))
            .scope(&self.scope)
    }
}
