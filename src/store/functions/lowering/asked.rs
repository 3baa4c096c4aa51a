//! What a call asks, before it is written: over which rows, which events matter, and the fields of its JSON.

use std::ops::Range;

use super::expressions::{Sum, event_literals, is_text, named_event, only_event, sum_of};
use super::fields::{Field, Form, SAME_NAME};
use crate::store::functions::call::{Call, wrong};
use crate::store::functions::catalog::Analysis;
use crate::store::sql_error::SqlError;
use crate::store::table::Value;

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

impl Mark {
    /// Returns the expression that the author wrote.
    fn expression(&self) -> Option<Range<usize>> {
        match self {
            Self::Predicate(expression)
            | Self::Name(expression)
            | Self::NameIfGiven(expression) => Some(expression.clone()),
            Self::Every => None,
        }
    }
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

/// The rows a call goes over.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Over {
    /// Those of events, because journeys do not know what the call wants to know.
    Events,
    /// Journeys, in which the call names the events.
    #[default]
    Journeys,
    /// Journeys; which marks events have is found once for each name, because nothing else matters to them.
    JourneysByName,
}

/// What a call asks.
#[derive(Default)]
pub struct Asked {
    /// The rows it goes over.
    pub over: Over,
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
    pub fields: Vec<(&'static str, Field)>,
}

/// Arguments that look at single columns of an event, which journeys do not have.
const OF_EVENTS: &[&str] = &["by", "filter", "hold", "unit", "value", "node"];

impl Asked {
    /// Reads a call of a text; `place` says which one, for errors that are found while it runs.
    ///
    /// # Errors
    ///
    /// When its arguments do not go together, at their place.
    pub fn of(sql: &str, call: &Call, place: &str) -> Result<Self, SqlError> {
        let mut asked = Self::default();
        if looks_at_columns(call) || call.has("excluding") {
            asked.over = Over::Events;
        }
        asked.write("call", Value::Text(place.to_string()).literal());
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
        let named = asked.event_names(sql);
        if !named.is_empty() {
            asked.fields.push(("named", Field::Texts(named)));
        }
        Ok(asked)
    }

    /// Tells whether the call goes over rows of events.
    pub fn is_over_events(&self) -> bool {
        self.over == Over::Events
    }

    /// Goes over journeys after all where the marks need no more of an event than its name, which this tells of predicates.
    pub fn prefer_journeys(
        &mut self,
        call: &Call,
        need_only_names: impl FnOnce(&[Range<usize>]) -> bool,
    ) {
        let predicates = self.marks.iter().chain(&self.excluded);
        let predicates: Vec<_> = predicates.filter_map(Mark::expression).collect();
        if self.is_over_events() && !looks_at_columns(call) && need_only_names(&predicates) {
            self.over = Over::JourneysByName;
        }
    }

    /// Returns where names of events stand in the marks.
    fn event_names(&self, sql: &str) -> Vec<Range<usize>> {
        let names = |mark: &Mark| match mark {
            Mark::Predicate(predicate) => event_literals(sql, predicate),
            Mark::Name(name) | Mark::NameIfGiven(name) => vec![name.clone()],
            Mark::Every => Vec::new(),
        };
        self.marks
            .iter()
            .chain(&self.excluded)
            .flat_map(names)
            .collect()
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

    pub(super) fn give(&mut self, key: &'static str, value: Range<usize>, form: Form) {
        self.fields.push((key, Field::Given(value, form)));
    }

    pub(super) fn write(&mut self, key: &'static str, text: String) {
        self.fields.push((key, Field::Written(text)));
    }

    pub(super) fn flag(&mut self, key: &'static str) {
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
            if self.is_over_events() {
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
            (Some(start), None) if !self.is_over_events() => self.write("start", start),
            (Some(start), Some(Some(back))) if !self.is_over_events() => {
                self.write("start", start);
                self.write("back", back);
            }
            _ => {
                self.over = Over::Events;
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
            Some(name) if !self.is_over_events() => self.write("event", name),
            _ => {
                self.over = Over::Events;
                self.flag("of_condition");
                self.marks = vec![Mark::Predicate(predicate)];
            }
        }
    }
}

fn looks_at_columns(call: &Call) -> bool {
    OF_EVENTS.iter().any(|argument| call.has(argument))
}
