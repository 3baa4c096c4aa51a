//! New, retained, resurrected and dormant customers, and those of one period.

use std::sync::Arc;

use super::customers::Wanted;
use super::periods::{Activity, Bounds, Counted, Scratch};
use crate::analysis::Touch;
use crate::analysis::activity::{LifecycleState, LifecycleTally};
use crate::analysis::calendar::{Clock, Cursor, Period, Periods};
use crate::store::engine::{Answers, Kind, Unit};
use crate::store::functions::by_group::ByGroup;
use crate::store::functions::question::{Customer, Labels, NO_GROUP, Question};
use crate::store::functions::rules::word;
use crate::store::functions::spec::{Refusal, Spec};

/// `lifecycle`.
pub struct Lifecycle {
    activity: Activity,
    range: Bounds,
}

/// Who was active in the period before the range is dormant in its first one, and counts too.
const REACH: i64 = 2;

impl Lifecycle {
    fn count(&self, counted: &mut Counted<LifecycleTally>, active: &[i64]) {
        counted.customers += u64::from(self.range.has(active, REACH));
        counted.counts.add(active);
    }
}

impl Question for Lifecycle {
    type Tally = (ByGroup<Counted<LifecycleTally>>, Scratch);

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("period", Kind::Timestamp(Unit::Microseconds)),
            ("segment", Kind::Text(None)),
            ("new", Kind::BigInt),
            ("retained", Kind::BigInt),
            ("resurrected", Kind::BigInt),
            ("dormant", Kind::BigInt),
            ("complete", Kind::Boolean),
        ]
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let activity = Activity::new(spec, clock, Period::Week)?;
        let range = Bounds::of(&activity);
        Ok(Self { activity, range })
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
        let (mut begins, mut segments, mut complete) = (Vec::new(), Vec::new(), Vec::new());
        let mut states: [Vec<Option<i64>>; 4] = Default::default();
        for (group, counted) in groups.in_order() {
            for period in range.clone().into_iter().flatten() {
                begins.push(Some(activity.begin(period)));
                segments.push(labels.of(group));
                for (state, count) in states.iter_mut().zip(counted.counts.period(period)) {
                    state.push(Some(count));
                }
                complete.push(Some(activity.is_complete(period)));
            }
        }
        let mut answers = vec![Answers::BigInt(begins), Answers::Text(segments)];
        answers.extend(states.map(Answers::BigInt));
        answers.push(Answers::Boolean(complete));
        Ok(answers)
    }
}

/// `lifecycle_customers`.
pub struct InState {
    at: i64,
    state: LifecycleState,
    range: Bounds,
}

impl Wanted for InState {
    const USUAL: Period = Period::Week;

    fn new(activity: &Activity) -> Refusal<Self> {
        let state = word(
            "state",
            activity.spec.state.as_deref(),
            &[
                ("new", LifecycleState::New),
                ("retained", LifecycleState::Retained),
                ("resurrected", LifecycleState::Resurrected),
                ("dormant", LifecycleState::Dormant),
            ],
        )?;
        Ok(Self {
            at: activity.at()?,
            state,
            range: Bounds::of(activity),
        })
    }

    fn counts(&self, activity: &Activity, touches: &[Touch]) -> bool {
        self.range.has(&activity.periods(touches), REACH)
    }

    fn stretch(&self, activity: &Activity, touches: &[Touch]) -> Option<(i64, i64)> {
        if !self.range.has(&[self.at], 1) {
            return None;
        }
        let state = LifecycleState::of(&activity.periods(touches), self.at);
        (state == Some(self.state)).then(|| {
            let mut periods = Periods::new(&activity.clock, activity.period, Cursor::default());
            // Who is dormant was last seen in the period before.
            let period = self.at - i64::from(self.state == LifecycleState::Dormant);
            (periods.begin_utc(period), periods.begin_utc(period + 1))
        })
    }
}
