//! The customers behind one number of an activity.

use std::sync::Arc;

use super::periods::Activity;
use crate::analysis::Touch;
use crate::analysis::calendar::{Clock, Period};
use crate::store::engine::{Answers, Kind};
use crate::store::functions::people::{self, Person};
use crate::store::functions::question::{Customer, Labels, Question};
use crate::store::functions::spec::{Refusal, Spec};

/// Lists the customers of one number of an activity.
pub struct ActivityPeople<W> {
    activity: Activity,
    wanted: W,
}

/// Tells which customers are listed, and between which moments their first and last event is looked up.
pub trait Wanted: Sized + Send + Sync + 'static {
    /// The period of a call that does not say one.
    const USUAL: Period;

    /// Reads what the call asks.
    fn new(activity: &Activity) -> Refusal<Self>;

    /// Tells whether a customer who was active then counts in the numbers at all: the groups that are told apart must be
    /// those of the numbers.
    fn counts(&self, activity: &Activity, touches: &[Touch]) -> bool;

    /// Returns from when until when in UTC the customer's events count, if the customer is listed.
    fn stretch(&self, activity: &Activity, touches: &[Touch]) -> Option<(i64, i64)>;
}

impl<W: Wanted> Question for ActivityPeople<W> {
    type Tally = people::Tally;

    fn columns() -> Vec<(&'static str, Kind)> {
        people::columns()
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let activity = Activity::new(spec, clock, W::USUAL)?;
        let wanted = W::new(&activity)?;
        Ok(Self { activity, wanted })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.activity.marks(name)
    }

    fn take(&self, tally: &mut people::Tally, customer: &Customer<'_>) {
        self.activity.by_group(customer, &mut |group, touches| {
            // Without groups there is nothing to choose, and nothing to look up for it.
            if self.activity.spec.grouped && self.wanted.counts(&self.activity, touches) {
                tally.see(group);
            }
            let Some((from, to)) = self.wanted.stretch(&self.activity, touches) else {
                return;
            };
            let first = touches.partition_point(|touch| touch.ts < from);
            let last = touches.partition_point(|touch| touch.ts < to);
            if first < last {
                tally.push(Person {
                    group,
                    number: customer.number,
                    from: Some(touches[first].ts),
                    to: Some(touches[last - 1].ts),
                });
            }
        });
    }

    fn merge(&self, tally: &mut people::Tally, other: people::Tally) {
        tally.merge(other);
    }

    fn sizes(&self, tally: &people::Tally) -> Vec<(u32, u64)> {
        tally.sizes()
    }

    fn answer(&self, tally: people::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        Ok(tally.answer(&self.activity.spec, labels))
    }
}
