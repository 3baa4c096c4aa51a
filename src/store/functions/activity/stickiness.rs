//! In how many periods customers were active, and those with one such number.

use std::sync::Arc;

use super::customers::Wanted;
use super::periods::{Activity, Scratch};
use crate::analysis::Touch;
use crate::analysis::activity::StickinessTally;
use crate::analysis::calendar::{Clock, Period};
use crate::store::engine::{Answers, Kind};
use crate::store::functions::by_group::ByGroup;
use crate::store::functions::numbers::{big, share};
use crate::store::functions::question::{Customer, Labels, Question};
use crate::store::functions::spec::{Refusal, Spec};

/// `stickiness`.
pub struct Stickiness {
    activity: Activity,
    since: i64,
    until: i64,
    at_least: bool,
}

impl Stickiness {
    /// Returns the events of the range.
    fn inside<'a>(&self, touches: &'a [Touch]) -> &'a [Touch] {
        let from = touches.partition_point(|touch| touch.ts < self.since);
        let to = touches.partition_point(|touch| touch.ts < self.until);
        &touches[from..to.max(from)]
    }
}

impl Question for Stickiness {
    type Tally = (ByGroup<StickinessTally>, Scratch);

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("active_periods", Kind::Integer),
            ("segment", Kind::Text(None)),
            ("customers", Kind::BigInt),
            ("share", Kind::Double),
        ]
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let (mut since, mut until) = (
            spec.since.unwrap_or(i64::MIN),
            spec.until.unwrap_or(i64::MAX),
        );
        if let Some(span) = spec.span()? {
            let end = spec.until.unwrap_or_else(|| spec.now());
            let mut near = 0;
            let last = clock.ordinal(clock.wall(end, &mut near), span);
            until = clock.utc(clock.begin(last, span), &mut near);
            since = clock.utc(clock.begin(last - 1, span), &mut near);
        }
        let at_least = spec.at_least.unwrap_or(false);
        let activity = Activity::new(spec, clock, Period::Day)?;
        Ok(Self {
            activity,
            since,
            until,
            at_least,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.activity.marks(name)
    }

    fn take(&self, (groups, scratch): &mut Self::Tally, customer: &Customer<'_>) {
        let inside = Customer {
            touches: self.inside(customer.touches),
            ..*customer
        };
        self.activity
            .periods_by_group(&inside, scratch, &mut |group, active| {
                groups.of(group).add(active.len());
            });
    }

    fn merge(&self, (groups, _): &mut Self::Tally, (other, _): Self::Tally) {
        groups.merge(other, |ours, theirs| ours.merge(&theirs));
    }

    fn sizes(&self, (groups, _): &Self::Tally) -> Vec<(u32, u64)> {
        groups.sizes(StickinessTally::customers)
    }

    fn answer(&self, (groups, _): Self::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let most = groups.all().map(|counts| counts.counts(false).len());
        let most = most.max().unwrap_or(0);
        let (mut periods, mut segments) = (Vec::new(), Vec::new());
        let (mut customers, mut shares) = (Vec::new(), Vec::new());
        for (group, tally) in groups.in_order() {
            let mut counts = tally.counts(self.at_least);
            counts.resize(most, 0);
            for (active, count) in (1..).zip(counts) {
                periods.push(Some(active));
                segments.push(labels.of(group));
                customers.push(big(count));
                shares.push(share(count, tally.customers()));
            }
        }
        Ok(vec![
            Answers::Integer(periods),
            Answers::Text(segments),
            Answers::BigInt(customers),
            Answers::Double(shares),
        ])
    }
}

/// `stickiness_customers`.
pub struct ActiveFor {
    stickiness: Stickiness,
    active_periods: usize,
}

impl Wanted for ActiveFor {
    const USUAL: Period = Period::Day;

    fn new(activity: &Activity) -> Refusal<Self> {
        let wanted = activity.spec.active_periods.filter(|wanted| *wanted >= 1);
        let wanted =
            wanted.ok_or("active_periods says in how many periods, such as active_periods := 3")?;
        Ok(Self {
            stickiness: Stickiness::new(activity.spec.clone(), Arc::clone(&activity.clock))?,
            active_periods: usize::try_from(wanted).unwrap_or(usize::MAX),
        })
    }

    fn counts(&self, _: &Activity, touches: &[Touch]) -> bool {
        !self.stickiness.inside(touches).is_empty()
    }

    fn stretch(&self, activity: &Activity, touches: &[Touch]) -> Option<(i64, i64)> {
        let active = activity.periods(self.stickiness.inside(touches)).len();
        let is_wanted = active == self.active_periods
            || (self.stickiness.at_least && active > self.active_periods);
        is_wanted.then_some((self.stickiness.since, self.stickiness.until))
    }
}
