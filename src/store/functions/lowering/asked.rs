//! What a call asks, before it is written: over which rows, which events matter, and the fields of its JSON.

use std::ops::Range;

use super::expressions::{Sum, is_text, list_items, named_event, only_event, sum_of};
use crate::analysis::funnel::MOST_STEPS;
use crate::store::functions::call::{Call, wrong};
use crate::store::functions::catalog::Analysis;
use crate::store::sql_error::SqlError;

/// How an event gets a mark.
#[derive(Clone)]
pub enum Mark {
    /// Where this is true.
    Predicate(Range<usize>),
    /// Where it has the name that this gives.
    Name(Range<usize>),
    /// As [`Mark::Name`], and always where this gives no name.
    NameIfGiven(Range<usize>),
    /// Always.
    Every,
}

/// What is kept of an event beside its group.
#[derive(Default)]
pub enum Held {
    /// Nothing.
    #[default]
    Nothing,
    /// The value of this expression.
    Value(Range<usize>),
    /// Its name.
    Name,
}

/// How the value of an argument is written for JSON.
#[derive(Clone, Copy)]
pub enum Form {
    Boolean,
    Integer,
    Integers,
    Text,
    Texts,
    /// A moment of the workspace's zone, in microseconds of UTC.
    Moment,
    /// A time on the wall, in microseconds.
    Wall,
    /// A length of time in microseconds.
    Length,
}

impl Form {
    /// Returns what stands before the value and behind it.
    pub fn around(self) -> (&'static str, &'static str) {
        match self {
            Self::Boolean => ("CAST((", ") AS BOOLEAN)"),
            Self::Integer => ("CAST((", ") AS BIGINT)"),
            Self::Integers => ("CAST((", ") AS BIGINT[])"),
            Self::Text => ("CAST((", ") AS VARCHAR)"),
            Self::Texts => ("CAST((", ") AS VARCHAR[])"),
            Self::Moment => ("epoch_us(_cxtop_moment(", "))"),
            Self::Wall => ("epoch_us(CAST((", ") AS TIMESTAMP))"),
            Self::Length => ("epoch_us(CAST((", ") AS INTERVAL))"),
        }
    }
}

/// The value of a field of the JSON.
pub enum Value {
    /// This text of SQL.
    Written(String),
    /// An argument.
    Given(Range<usize>, Form),
    /// A list of these texts.
    Texts(Vec<Range<usize>>),
}

/// What a call asks.
#[derive(Default)]
pub struct Asked {
    /// Whether rows of events are needed, because journeys do not know what the call wants to know.
    pub over_events: bool,
    /// Over journeys: whether the names of events do not matter.
    pub of_any_name: bool,
    /// The marks of an event, one for each step or end.
    pub marks: Vec<Mark>,
    /// The mark of events that end attempts.
    pub excluded: Option<Mark>,
    /// Whether events without a mark can be left out.
    pub only_marked: bool,
    /// The names that all events with a mark have, where they are known.
    pub named: Option<Vec<String>>,
    /// What all steps must share, or the node of a path.
    pub held: Held,
    /// What a cell adds up instead of counting customers.
    pub sum: Option<Sum>,
    /// The fields of the JSON.
    pub fields: Vec<(&'static str, Value)>,
}

/// The arguments whose field of the JSON has the same name, whatever the function.
const SAME_NAME: &[(&str, Form)] = &[
    ("since", Form::Moment),
    ("until", Form::Moment),
    ("top", Form::Integer),
    ("mode", Form::Text),
    ("entries", Form::Text),
    ("exclusion", Form::Text),
    ("excluding_between", Form::Integers),
    ("first_time", Form::Integers),
    ("attribution", Form::Text),
    ("period", Form::Text),
    ("periods", Form::Integer),
    ("cohort", Form::Text),
    ("criterion", Form::Text),
    ("windows", Form::Text),
    ("brackets", Form::Integers),
    ("rolling", Form::Integer),
    ("at_least", Form::Boolean),
    ("gap", Form::Length),
    ("step", Form::Integer),
    ("outcome", Form::Text),
    ("cohort_start", Form::Wall),
    ("state", Form::Text),
    ("active_periods", Form::Integer),
    ("position", Form::Integer),
    ("from_node", Form::Text),
    ("to_node", Form::Text),
    ("segment", Form::Text),
];

/// Arguments that look at single columns of an event, which journeys do not have.
const OF_EVENTS: &[&str] = &["by", "filter", "hold", "unit", "excluding", "value", "node"];

impl Asked {
    /// Reads a call of a text, which is the one after `place` others.
    ///
    /// # Errors
    ///
    /// When its arguments do not go together, at their place.
    pub fn of(sql: &str, call: &Call, place: usize) -> Result<Self, SqlError> {
        let mut asked = Self {
            over_events: OF_EVENTS.iter().any(|argument| call.has(argument)),
            ..Self::default()
        };
        asked.write("call", place.to_string());
        asked.common(call)?;
        match call.function.analysis {
            Analysis::Funnel | Analysis::FunnelTrend => asked.funnel(sql, call)?,
            Analysis::TimeTo => asked.time_to(sql, call),
            Analysis::Retention => asked.retention(sql, call)?,
            Analysis::Active | Analysis::Lifecycle | Analysis::Stickiness => {
                asked.activity(sql, call);
            }
            Analysis::NextEvents => asked.paths(sql, call)?,
        }
        if asked.only_marked {
            asked.flag("only_marked");
            asked.named = asked.names_with_a_mark(sql);
        }
        Ok(asked)
    }

    /// Returns the names that all events with a mark have: the database finds these without a look at other columns.
    fn names_with_a_mark(&self, sql: &str) -> Option<Vec<String>> {
        let name = |mark: &Mark| match mark {
            Mark::Predicate(predicate) => only_event(sql, predicate),
            Mark::Name(name) | Mark::NameIfGiven(name) => {
                let text = &sql[name.clone()];
                is_text(text).then(|| text.to_string())
            }
            Mark::Every => None,
        };
        self.marks.iter().chain(&self.excluded).map(name).collect()
    }

    fn give(&mut self, key: &'static str, value: Range<usize>, form: Form) {
        self.fields.push((key, Value::Given(value, form)));
    }

    fn write(&mut self, key: &'static str, text: String) {
        self.fields.push((key, Value::Written(text)));
    }

    fn flag(&mut self, key: &'static str) {
        self.write(key, "true".to_string());
    }

    fn common(&mut self, call: &Call) -> Result<(), SqlError> {
        for (argument, form) in SAME_NAME {
            if let Some(value) = call.argument(argument) {
                self.give(argument, value, *form);
            }
        }
        let analysis = call.function.analysis;
        if let Some(at) = call.argument("at") {
            let is_column = analysis == Analysis::Retention;
            let form = if is_column { Form::Integer } else { Form::Wall };
            self.give("at", at, form);
        }
        if let Some(within) = call.argument("within") {
            match analysis {
                Analysis::Stickiness => self.give("span", within, Form::Text),
                _ => self.give("within", within, Form::Length),
            }
        }
        if let Some(segment) = call.argument("segment")
            && !call.has("by")
        {
            let message = "segment names a group, and without by there are none";
            return Err(wrong(&segment, message.to_string()));
        }
        for (argument, key) in [
            ("by", "grouped"),
            ("hold", "held"),
            ("unit", "by_unit"),
            ("segment", "of_segment"),
        ] {
            if call.has(argument) {
                self.flag(key);
            }
        }
        Ok(())
    }

    fn funnel(&mut self, sql: &str, call: &Call) -> Result<(), SqlError> {
        let Some(steps) = call.argument("steps") else {
            return Ok(());
        };
        self.held = call.argument("hold").map_or(Held::Nothing, Held::Value);
        self.only_marked = keeps_only_marked(sql, call);
        self.excluded = call.argument("excluding").map(Mark::Predicate);
        let names = call.argument("names");
        let has_names = names.is_some();
        if let Some(names) = names {
            self.give("step_names", names, Form::Texts);
        }
        let items = list_items(sql, &steps);
        if let Some(items) = &items {
            check_count(&steps, items.len())?;
        }
        match items {
            Some(items) if call.function.by_predicate => {
                self.predicate_steps(sql, items, has_names);
            }
            None if call.function.by_predicate => {
                return Err(wrong(&steps, "steps must be written as a list of predicates, such as [event = 'signup', amount > 50]".to_string()));
            }
            Some(items) if self.over_events => {
                if !has_names {
                    self.fields
                        .push(("step_names", Value::Texts(items.clone())));
                }
                self.marks_for_steps(items, Mark::Name);
            }
            None if self.over_events => {
                return Err(wrong(&steps, "steps must be written as a list of names here, because by, filter, hold, unit and excluding look at events one by one".to_string()));
            }
            _ => self.give("steps", steps, Form::Texts),
        }
        Ok(())
    }

    fn predicate_steps(&mut self, sql: &str, items: Vec<Range<usize>>, has_names: bool) {
        let simple: Option<Vec<_>> = items.iter().map(|item| named_event(sql, item)).collect();
        match simple {
            Some(names) if !self.over_events => self.step_list(&names, has_names),
            _ => self.marks_for_steps(items, Mark::Predicate),
        }
    }

    fn marks_for_steps(&mut self, items: Vec<Range<usize>>, mark: fn(Range<usize>) -> Mark) {
        self.over_events = true;
        self.write("step_count", items.len().to_string());
        self.marks = items.into_iter().map(mark).collect();
    }

    /// Asks for events by the names that these texts give. The author wrote predicates, so the steps have numbers.
    fn step_list(&mut self, names: &[String], has_names: bool) {
        self.write("steps", format!("[{}]", names.join(", ")));
        if !has_names {
            let labels: Vec<String> = (1..=names.len())
                .map(|step| format!("'step {step}'"))
                .collect();
            self.write("step_names", format!("[{}]", labels.join(", ")));
        }
    }

    fn time_to(&mut self, sql: &str, call: &Call) {
        self.only_marked = true;
        self.write("entries", "'first'".to_string());
        self.flag("of_two");
        let (Some(from), Some(to)) = (call.argument("from"), call.argument("to")) else {
            return;
        };
        if call.function.by_predicate {
            return self.predicate_steps(sql, vec![from, to], false);
        }
        if self.over_events {
            return self.marks_for_steps(vec![from, to], Mark::Name);
        }
        self.fields.push(("steps", Value::Texts(vec![from, to])));
    }

    fn retention(&mut self, sql: &str, call: &Call) -> Result<(), SqlError> {
        let Some(start) = call.argument("start") else {
            return Ok(());
        };
        let back = call.argument("back");
        self.only_marked = back.is_some();
        if let Some(value) = call.argument("value") {
            self.flag("valued");
            self.sum = Some(sum_of(sql, &value)?);
        }
        if !call.function.by_predicate {
            if self.over_events {
                let back = back.map_or(Mark::Every, Mark::NameIfGiven);
                self.marks = vec![Mark::Name(start), back];
            } else {
                self.give("start", start, Form::Text);
                if let Some(back) = back {
                    self.give("back", back, Form::Text);
                }
            }
            return Ok(());
        }
        let start_name = named_event(sql, &start);
        let back_name = back.as_ref().map(|back| named_event(sql, back));
        match (start_name, back_name) {
            (Some(start), None) if !self.over_events => self.write("start", start),
            (Some(start), Some(Some(back))) if !self.over_events => {
                self.write("start", start);
                self.write("back", back);
            }
            _ => {
                self.over_events = true;
                let back = back.map_or(Mark::Every, Mark::Predicate);
                self.marks = vec![Mark::Predicate(start), back];
            }
        }
        Ok(())
    }

    fn activity(&mut self, sql: &str, call: &Call) {
        self.only_marked = true;
        match call.argument("event") {
            None => {
                self.of_any_name = true;
                self.marks = vec![Mark::Every];
            }
            Some(event) if call.function.by_predicate => self.predicate_event(sql, event),
            Some(event) => {
                self.give("event", event.clone(), Form::Text);
                self.marks = vec![Mark::NameIfGiven(event)];
            }
        }
    }

    fn paths(&mut self, sql: &str, call: &Call) -> Result<(), SqlError> {
        let (after, before) = (call.argument("after"), call.argument("before"));
        if let (Some(_), Some(before)) = (&after, &before) {
            let message = "before and after cannot be asked for at once";
            return Err(wrong(before, message.to_string()));
        }
        if let Some(steps) = call.argument("steps") {
            self.give("path_steps", steps, Form::Integer);
        }
        self.flag("held");
        self.held = call.argument("node").map_or(Held::Name, Held::Value);
        if call.has("from_node") {
            self.flag("from_nothing");
        }
        if call.has("to_node") {
            self.flag("to_end");
        }
        if before.is_some() {
            self.flag("backwards");
        }
        match after.or(before) {
            None => self.marks = vec![Mark::Every],
            Some(anchor) => {
                self.flag("anchored");
                self.predicate_event(sql, anchor);
            }
        }
        Ok(())
    }

    fn predicate_event(&mut self, sql: &str, predicate: Range<usize>) {
        match named_event(sql, &predicate) {
            Some(name) if !self.over_events => self.write("event", name),
            _ => {
                self.over_events = true;
                self.flag("of_condition");
                self.marks = vec![Mark::Predicate(predicate)];
            }
        }
    }
}

fn check_count(steps: &Range<usize>, count: usize) -> Result<(), SqlError> {
    if (1..=MOST_STEPS).contains(&count) {
        return Ok(());
    }
    let message = format!("a funnel has 1 to {MOST_STEPS} steps, not {count}");
    Err(wrong(steps, message))
}

/// Tells whether events that match no step can be left out: not where the very next event matters.
fn keeps_only_marked(sql: &str, call: &Call) -> bool {
    call.argument("mode").is_none_or(|mode| {
        let mode = sql[mode].trim_matches('\'');
        mode.eq_ignore_ascii_case("ordered") || mode.eq_ignore_ascii_case("any")
    })
}
