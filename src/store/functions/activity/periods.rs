//! The periods in which a customer was active, and those a call asks for.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::analysis::Touch;
use crate::analysis::activity::active_periods;
use crate::analysis::calendar::{Clock, Cursor, Period, Periods};
use crate::store::functions::question::{Customer, NO_GROUP};
use crate::store::functions::range;
use crate::store::functions::spec::{Refusal, Spec};

/// What all questions about activity share.
pub struct Activity {
    /// What the call asks.
    pub spec: Spec,
    /// The clock of the workspace.
    pub clock: Arc<Clock>,
    /// How long a period is.
    pub period: Period,
}

impl Activity {
    /// Reads what a call asks; `usual` is the period of a call that does not say one.
    pub fn new(spec: Spec, clock: Arc<Clock>, usual: Period) -> Refusal<Self> {
        let period = spec.period(usual)?;
        Ok(Self {
            spec,
            clock,
            period,
        })
    }

    /// Returns 1 for events of the name that counts as activity; without one all do.
    pub fn marks(&self, name: Option<&str>) -> u32 {
        let wanted = self.spec.event.as_deref();
        u32::from(wanted.is_none() || name == wanted)
    }

    /// Calls `emit` for each group with the customer's events in it.
    pub fn by_group(&self, customer: &Customer<'_>, emit: &mut dyn FnMut(u32, &[Touch])) {
        if !self.spec.grouped {
            emit(NO_GROUP, customer.touches);
            return;
        }
        let group = |touch: &Touch| customer.groups.of(customer.extras.group(touch));
        let mut by_group: BTreeMap<u32, Vec<Touch>> = BTreeMap::new();
        for touch in customer.touches {
            by_group.entry(group(touch)).or_default().push(*touch);
        }
        for (group, touches) in by_group {
            emit(group, &touches);
        }
    }

    /// Calls `emit` for each group with the periods in which the customer was active in it.
    pub fn periods_by_group(
        &self,
        customer: &Customer<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(u32, &[i64]),
    ) {
        let mut periods = Periods::new(&self.clock, self.period, scratch.cursor);
        let active = &mut scratch.active;
        self.by_group(customer, &mut |group, touches| {
            active_periods(touches.iter().map(|touch| touch.ts), &mut periods, active);
            emit(group, active);
        });
        scratch.cursor = periods.cursor;
    }

    /// Calls `emit` with the periods of some times, which are in order.
    pub fn periods_of_times(
        &self,
        times: &[i64],
        scratch: &mut Scratch,
        emit: impl FnOnce(&[i64]),
    ) {
        let mut periods = Periods::new(&self.clock, self.period, scratch.cursor);
        active_periods(times.iter().copied(), &mut periods, &mut scratch.active);
        scratch.cursor = periods.cursor;
        emit(&scratch.active);
    }

    /// Returns the periods of some events, in order and each once.
    pub fn periods(&self, touches: &[Touch]) -> Vec<i64> {
        let mut periods = Periods::new(&self.clock, self.period, Cursor::default());
        let mut active = Vec::new();
        active_periods(
            touches.iter().map(|touch| touch.ts),
            &mut periods,
            &mut active,
        );
        active
    }

    /// Returns when a period begins on the clock.
    pub fn begin(&self, period: i64) -> i64 {
        self.clock.begin(period, self.period)
    }

    /// Tells whether a period is over.
    pub fn is_complete(&self, period: i64) -> bool {
        let mut periods = Periods::new(&self.clock, self.period, Cursor::default());
        periods.begin_utc(period.saturating_add(1)) <= self.spec.now()
    }

    /// Returns the periods that an answer has rows for, from the first and the last period with an event in each group.
    pub fn range(
        &self,
        seen: impl Iterator<Item = (i64, i64)>,
    ) -> Refusal<Option<RangeInclusive<i64>>> {
        let seen = seen.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        range::of(&self.spec, &self.clock, self.period, seen, true)
    }

    /// Returns the period that a list is asked for.
    pub fn at(&self) -> Refusal<i64> {
        let at = self
            .spec
            .at
            .ok_or("at says which period, such as at := DATE '2026-01-05'")?;
        Ok(self.clock.ordinal(at, self.period))
    }
}

/// The periods between which a call asks for rows.
pub struct Bounds {
    first: i64,
    last: i64,
}

impl Bounds {
    /// Returns those of a call.
    pub fn of(activity: &Activity) -> Self {
        let mut near = 0;
        let mut ordinal = |utc: i64| {
            let wall = activity.clock.wall(utc, &mut near);
            activity.clock.ordinal(wall, activity.period)
        };
        Self {
            first: activity.spec.since.map_or(i64::MIN, &mut ordinal),
            last: activity
                .spec
                .until
                .map_or(i64::MAX, |until| ordinal(until.saturating_sub(1))),
        }
    }

    /// Tells whether a customer who was active in these periods counts in any row.
    pub fn has(&self, active: &[i64], rolling: i64) -> bool {
        let first = self.first.saturating_sub(rolling - 1);
        let next = active.partition_point(|period| *period < first);
        active.get(next).is_some_and(|period| *period <= self.last)
    }
}

/// What is used again and again.
#[derive(Default)]
pub struct Scratch {
    cursor: Cursor,
    active: Vec<i64>,
}

/// What is counted of a group, from all events ever, and how many of its customers count in any row.
#[derive(Default)]
pub struct Counted<T> {
    /// The customers who count in any row.
    pub customers: u64,
    /// What is counted.
    pub counts: T,
}
