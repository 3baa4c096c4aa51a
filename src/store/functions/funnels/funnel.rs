//! The funnel itself, and the customers of one of its steps.

use std::sync::Arc;

use super::walk::Walk;
use crate::analysis::calendar::Clock;
use crate::analysis::funnel::FunnelTally;
use crate::store::engine::{Answers, Kind};
use crate::store::functions::by_group::ByGroup;
use crate::store::functions::numbers::{big, share};
use crate::store::functions::people::{self, Person};
use crate::store::functions::question::{Customer, Labels, Needs, Question};
use crate::store::functions::rules::word;
use crate::store::functions::spec::{Refusal, Spec};

/// `funnel`.
pub struct Funnel(Walk);

impl Question for Funnel {
    type Tally = ByGroup<FunnelTally>;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("step_no", Kind::Integer),
            ("step", Kind::Text(None)),
            ("segment", Kind::Text(None)),
            ("customers", Kind::BigInt),
            ("conversion", Kind::Double),
            ("from_previous", Kind::Double),
            ("lost", Kind::BigInt),
            ("in_window", Kind::BigInt),
            ("median_seconds", Kind::Double),
            ("mean_seconds", Kind::Double),
        ]
    }

    fn new(spec: Spec, _: Arc<Clock>) -> Refusal<Self> {
        Walk::new(spec).map(Self)
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.0.marks(name)
    }

    fn needs(&self) -> Needs {
        self.0.needs()
    }

    fn take(&self, tally: &mut Self::Tally, customer: &Customer<'_>) {
        self.0.attempts(customer, &mut |group, attempt| {
            tally.of(group).add(&self.0.rules, attempt);
        });
    }

    fn merge(&self, tally: &mut Self::Tally, other: Self::Tally) {
        tally.merge(other, FunnelTally::merge);
    }

    fn sizes(&self, tally: &Self::Tally) -> Vec<(u32, u64)> {
        tally.sizes(FunnelTally::customers)
    }

    fn answer(&self, tally: Self::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let names = self.0.spec.step_labels();
        let (mut numbers, mut steps, mut segments) = (Vec::new(), Vec::new(), Vec::new());
        let (mut customers, mut lost, mut in_window) = (Vec::new(), Vec::new(), Vec::new());
        let (mut conversion, mut from_previous) = (Vec::new(), Vec::new());
        let (mut median, mut mean) = (Vec::new(), Vec::new());
        for (group, mut tally) in tally.in_order() {
            let counts = tally.steps(&self.0.rules);
            for (place, count) in counts.iter().enumerate() {
                numbers.push(i32::try_from(place + 1).ok());
                steps.push(names.get(place).cloned());
                segments.push(labels.of(group));
                customers.push(big(count.customers));
                conversion.push(share(count.customers, counts[0].customers));
                from_previous.push(
                    place
                        .checked_sub(1)
                        .and_then(|before| share(count.customers, counts[before].customers)),
                );
                lost.push(big(count.lost));
                in_window.push(big(count.in_window));
                median.push(count.median_seconds);
                mean.push(count.mean_seconds);
            }
        }
        Ok(vec![
            Answers::Integer(numbers),
            Answers::Text(steps),
            Answers::Text(segments),
            Answers::BigInt(customers),
            Answers::Double(conversion),
            Answers::Double(from_previous),
            Answers::BigInt(lost),
            Answers::BigInt(in_window),
            Answers::Double(median),
            Answers::Double(mean),
        ])
    }
}

/// Which customers of a step are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Reached,
    Lost,
    InWindow,
    Waiting,
    Entered,
}

/// `funnel_customers`, and `time_to_customers`.
pub struct FunnelPeople {
    walk: Walk,
    step: usize,
    outcome: Outcome,
}

impl Question for FunnelPeople {
    type Tally = people::Tally;

    fn columns() -> Vec<(&'static str, Kind)> {
        people::columns()
    }

    fn new(spec: Spec, _: Arc<Clock>) -> Refusal<Self> {
        let outcomes = if spec.of_two {
            &[
                ("reached", Outcome::Reached),
                ("waiting", Outcome::Waiting),
                ("entered", Outcome::Entered),
            ][..]
        } else {
            &[
                ("reached", Outcome::Reached),
                ("lost", Outcome::Lost),
                ("in_window", Outcome::InWindow),
            ]
        };
        let outcome = word("outcome", spec.outcome.as_deref(), outcomes)?;
        if spec.step.is_none() && matches!(outcome, Outcome::Lost | Outcome::InWindow) {
            return Err("outcome needs the step they got to, such as step := 1".to_string());
        }
        let walk = Walk::new(spec)?;
        let steps = walk.rules.steps;
        let given = walk.spec.step.map_or(Ok(steps), usize::try_from);
        // Those who wait have done the first of two steps.
        let given = if outcome == Outcome::Waiting {
            Ok(1)
        } else {
            given
        };
        let step = given.ok().filter(|step| (1..=steps).contains(step));
        let step = step.ok_or_else(|| format!("step must be from 1 to {steps}"))?;
        Ok(Self {
            walk,
            step,
            outcome,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.walk.marks(name)
    }

    fn needs(&self) -> Needs {
        self.walk.needs()
    }

    fn take(&self, tally: &mut people::Tally, customer: &Customer<'_>) {
        let steps = self.walk.rules.steps;
        self.walk.attempts(customer, &mut |group, attempt| {
            let ended = attempt.level() == self.step && self.step < steps;
            let is_wanted = match self.outcome {
                Outcome::Reached => attempt.level() >= self.step,
                Outcome::Lost => ended && !attempt.is_open,
                Outcome::InWindow => ended && attempt.is_open,
                Outcome::Waiting => ended,
                Outcome::Entered => true,
            };
            tally.see(group);
            if is_wanted {
                tally.push(Person {
                    group,
                    number: customer.number,
                    from: Some(attempt.times[0]),
                    to: attempt
                        .times
                        .get(self.step - 1)
                        .copied()
                        .filter(|_| self.outcome != Outcome::Waiting),
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
        Ok(tally.answer(&self.walk.spec, labels))
    }
}
