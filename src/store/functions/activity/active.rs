//! Active customers, and those of one period.

use std::sync::Arc;

use super::customers::Wanted;
use super::periods::{Activity, Bounds, Counted, Scratch};
use crate::analysis::Touch;
use crate::analysis::activity::ActiveTally;
use crate::analysis::calendar::{Clock, Cursor, Period, Periods};
use crate::store::engine::{Answers, Kind, Unit};
use crate::store::functions::by_group::ByGroup;
use crate::store::functions::question::{Customer, Labels, NO_GROUP, Question};
use crate::store::functions::spec::{Refusal, Spec};

/// `active`.
pub struct Active {
    activity: Activity,
    rolling: i64,
    range: Bounds,
}

impl Active {
    fn count(&self, counted: &mut Counted<ActiveTally>, active: &[i64]) {
        counted.customers += u64::from(self.range.has(active, self.rolling));
        counted.counts.add(active, self.rolling);
    }
}

impl Question for Active {
    type Tally = (ByGroup<Counted<ActiveTally>>, Scratch);

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("period", Kind::Timestamp(Unit::Microseconds)),
            ("segment", Kind::Text(None)),
            ("customers", Kind::BigInt),
            ("complete", Kind::Boolean),
        ]
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let rolling = spec.rolling()?;
        let activity = Activity::new(spec, clock, Period::Day)?;
        let range = Bounds::of(&activity);
        Ok(Self {
            activity,
            rolling,
            range,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.activity.marks(name)
    }

    fn take(&self, (groups, scratch): &mut Self::Tally, customer: &Customer<'_>) {
        self.activity
            .periods_by_group(customer, scratch, &mut |group, active| {
                self.count(groups.of(group), active);
            });
    }

    fn take_times(&self, (groups, scratch): &mut Self::Tally, times: &[i64]) -> bool {
        self.activity.periods_of_times(times, scratch, |active| {
            self.count(groups.of(NO_GROUP), active);
        });
        true
    }

    fn merge(&self, (groups, _): &mut Self::Tally, (other, _): Self::Tally) {
        groups.merge(other, |ours, theirs| {
            ours.customers += theirs.customers;
            ours.counts.merge(&theirs.counts);
        });
    }

    fn sizes(&self, (groups, _): &Self::Tally) -> Vec<(u32, u64)> {
        groups.sizes(|counted| counted.customers)
    }

    fn answer(&self, (mut groups, _): Self::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let activity = &self.activity;
        let range = activity.range(groups.all().filter_map(|counted| counted.counts.seen))?;
        groups.retain(|counted| counted.customers > 0);
        let (mut begins, mut segments) = (Vec::new(), Vec::new());
        let (mut customers, mut complete) = (Vec::new(), Vec::new());
        for (group, counted) in groups.in_order() {
            let Some(range) = range.clone() else { continue };
            for (period, count) in counted.counts.customers(*range.start(), *range.end()) {
                begins.push(Some(activity.begin(period)));
                segments.push(labels.of(group));
                customers.push(Some(count));
                complete.push(Some(activity.is_complete(period)));
            }
        }
        Ok(vec![
            Answers::BigInt(begins),
            Answers::Text(segments),
            Answers::BigInt(customers),
            Answers::Boolean(complete),
        ])
    }
}

/// `active_customers`.
pub struct ActiveAt {
    rolling: i64,
    range: Bounds,
    stretch: (i64, i64),
}

impl Wanted for ActiveAt {
    const USUAL: Period = Period::Day;

    fn new(activity: &Activity) -> Refusal<Self> {
        let rolling = activity.spec.rolling()?;
        let at = activity.at()?;
        let range = Bounds::of(activity);
        let mut periods = Periods::new(&activity.clock, activity.period, Cursor::default());
        let stretch = if range.has(&[at], 1) {
            (
                periods.begin_utc(at - rolling + 1),
                periods.begin_utc(at + 1),
            )
        } else {
            // There is no such row, so nobody is behind it.
            (0, 0)
        };
        Ok(Self {
            rolling,
            range,
            stretch,
        })
    }

    fn counts(&self, activity: &Activity, touches: &[Touch]) -> bool {
        self.range.has(&activity.periods(touches), self.rolling)
    }

    fn stretch(&self, _: &Activity, _: &[Touch]) -> Option<(i64, i64)> {
        Some(self.stretch)
    }
}
