//! The time from one event to another.

use std::sync::Arc;

use super::walk::Walk;
use crate::analysis::calendar::Clock;
use crate::analysis::funnel::Entries;
use crate::analysis::quantiles::quantile;
use crate::store::engine::{Answers, Kind};
use crate::store::functions::by_group::ByGroup;
use crate::store::functions::numbers::{big, share};
use crate::store::functions::question::{Customer, Labels, Question};
use crate::store::functions::spec::{Refusal, Spec};

/// `time_to`.
pub struct TimeTo(Walk);

/// Customers who did the first event, and how long each took to the second.
#[derive(Default)]
pub struct TimeTally {
    customers: u64,
    durations: Vec<i64>,
}

impl Question for TimeTo {
    type Tally = ByGroup<TimeTally>;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("segment", Kind::Text(None)),
            ("customers", Kind::BigInt),
            ("reached", Kind::BigInt),
            ("share", Kind::Double),
            ("p25", Kind::Double),
            ("median", Kind::Double),
            ("p75", Kind::Double),
            ("p90", Kind::Double),
        ]
    }

    fn new(spec: Spec, _: Arc<Clock>) -> Refusal<Self> {
        let mut walk = Walk::new(spec)?;
        walk.rules.entries = Entries::First;
        Ok(Self(walk))
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.0.marks(name)
    }

    fn take(&self, tally: &mut Self::Tally, customer: &Customer<'_>) {
        self.0.attempts(customer, &mut |group, attempt| {
            let tally = tally.of(group);
            tally.customers += 1;
            if let [from, to] = attempt.times[..] {
                tally.durations.push(to.saturating_sub(from));
            }
        });
    }

    fn merge(&self, tally: &mut Self::Tally, other: Self::Tally) {
        tally.merge(other, |ours, theirs| {
            ours.customers += theirs.customers;
            ours.durations.extend(theirs.durations);
        });
    }

    fn sizes(&self, tally: &Self::Tally) -> Vec<(u32, u64)> {
        tally.sizes(|tally| tally.customers)
    }

    fn answer(&self, tally: Self::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let (mut segments, mut customers, mut reached) = (Vec::new(), Vec::new(), Vec::new());
        let mut shares = Vec::new();
        let mut quantiles: [Vec<Option<f64>>; 4] = Default::default();
        for (group, mut tally) in tally.in_order() {
            let there = tally.durations.len() as u64;
            segments.push(labels.of(group));
            customers.push(big(tally.customers));
            reached.push(big(there));
            shares.push(share(there, tally.customers));
            for (column, at) in quantiles.iter_mut().zip([0.25, 0.5, 0.75, 0.9]) {
                column.push(
                    quantile(&mut tally.durations, at).map(|microseconds| microseconds / 1e6),
                );
            }
        }
        let mut answers = vec![
            Answers::Text(segments),
            Answers::BigInt(customers),
            Answers::BigInt(reached),
            Answers::Double(shares),
        ];
        answers.extend(quantiles.map(Answers::Double));
        Ok(answers)
    }
}
