//! What a call says of the steps of a funnel, or of the two ends of a way.

use std::ops::Range;

use super::asked::{Asked, Held, Mark, Over};
use super::expressions::{list_items, named_event};
use super::fields::{Field, Form};
use crate::analysis::funnel::MOST_STEPS;
use crate::store::functions::call::{Call, wrong};
use crate::store::sql_error::SqlError;

impl Asked {
    /// Reads the steps of a funnel.
    pub fn funnel(&mut self, sql: &str, call: &Call) -> Result<(), SqlError> {
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
            Some(items) if self.is_over_events() => {
                if !has_names {
                    self.fields
                        .push(("step_names", Field::Texts(items.clone())));
                }
                self.marks_for_steps(items, Mark::Name);
            }
            None if self.is_over_events() => {
                return Err(wrong(&steps, "steps must be written as a list of names here, because by, filter, hold, unit and excluding look at events one by one".to_string()));
            }
            _ => self.give("steps", steps, Form::Texts),
        }
        Ok(())
    }

    fn predicate_steps(&mut self, sql: &str, items: Vec<Range<usize>>, has_names: bool) {
        let simple: Option<Vec<_>> = items.iter().map(|item| named_event(sql, item)).collect();
        match simple {
            Some(names) if !self.is_over_events() => self.step_list(&names, has_names),
            _ => self.marks_for_steps(items, Mark::Predicate),
        }
    }

    fn marks_for_steps(&mut self, items: Vec<Range<usize>>, mark: fn(Range<usize>) -> Mark) {
        self.over = Over::Events;
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

    /// Reads the two events of a way: the first two steps of a funnel.
    pub fn time_to(&mut self, sql: &str, call: &Call) {
        self.only_marked = true;
        self.write("entries", "'first'".to_string());
        self.flag("of_two");
        let (Some(from), Some(to)) = (call.argument("from"), call.argument("to")) else {
            return;
        };
        if call.function.by_predicate {
            return self.predicate_steps(sql, vec![from, to], false);
        }
        if self.is_over_events() {
            return self.marks_for_steps(vec![from, to], Mark::Name);
        }
        self.fields.push(("steps", Field::Texts(vec![from, to])));
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
