//! Active customers, their lifecycle and their stickiness as aggregates.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::funnels::{big, share};
use super::people::{self, Person};
use super::question::{Customer, Labels, NO_GROUP, Question, group_order};
use super::range;
use super::spec::{Refusal, Spec, word};
use crate::analysis::Touch;
use crate::analysis::activity::{
    ActiveTally, LifecycleState, LifecycleTally, StickinessTally, active_periods,
};
use crate::analysis::calendar::{Clock, Cursor, Period, Periods};
use crate::store::engine::{Answers, Kind, Unit};

const TIME: Kind = Kind::Timestamp(Unit::Microseconds);

/// What all questions about activity share.
pub struct Activity {
    spec: Spec,
    clock: Arc<Clock>,
    period: Period,
}

impl Activity {
    fn new(spec: Spec, clock: Arc<Clock>, usual: Period) -> Refusal<Self> {
        let period = spec.period(usual)?;
        Ok(Self {
            spec,
            clock,
            period,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        let is_wanted =
            self.spec.any_event || (name.is_some() && name == self.spec.event.as_deref());
        u32::from(is_wanted)
    }

    /// Calls `emit` for each group with the customer's events in it.
    fn by_group(&self, customer: &Customer<'_>, emit: &mut dyn FnMut(u32, &[Touch])) {
        if !self.spec.grouped {
            emit(NO_GROUP, customer.touches);
            return;
        }
        let group = |touch: &Touch| {
            let own = customer.extras.groups.get(touch.row as usize).copied();
            customer.groups.of(own.unwrap_or(NO_GROUP))
        };
        let mut by_group: BTreeMap<u32, Vec<Touch>> = BTreeMap::new();
        for touch in customer.touches {
            by_group.entry(group(touch)).or_default().push(*touch);
        }
        for (group, touches) in by_group {
            emit(group, &touches);
        }
    }

    /// Calls `emit` for each group with the periods in which the customer was active in it.
    fn periods_by_group(
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

    fn begin(&self, period: i64) -> i64 {
        self.clock.begin(period, self.period)
    }

    fn is_complete(&self, period: i64) -> bool {
        let mut periods = Periods::new(&self.clock, self.period, Cursor::default());
        periods.begin_utc(period.saturating_add(1)) <= self.spec.now()
    }

    /// Returns the period that a list is asked for.
    fn at(&self) -> Refusal<i64> {
        let at = self
            .spec
            .at
            .ok_or("at says which period, such as at := DATE '2026-01-05'")?;
        Ok(self.clock.ordinal(at, self.period))
    }
}

/// The periods between which a call asks for rows.
struct Bounds {
    first: i64,
    last: i64,
}

impl Bounds {
    fn of(activity: &Activity) -> Self {
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
    fn has(&self, active: &[i64], rolling: i64) -> bool {
        let first = self.first.saturating_sub(rolling - 1);
        let next = active.partition_point(|period| *period < first);
        active.get(next).is_some_and(|period| *period <= self.last)
    }
}

/// What is used again and again.
#[derive(Default)]
struct Scratch {
    cursor: Cursor,
    active: Vec<i64>,
}

/// `active`.
pub struct Active {
    activity: Activity,
    rolling: i64,
    range: Bounds,
}

/// Active customers by group.
#[derive(Default)]
pub struct ActiveGroups {
    groups: BTreeMap<u32, (u64, ActiveTally)>,
    scratch: Scratch,
}

impl Question for Active {
    type Tally = ActiveGroups;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("period", TIME),
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

    fn take(&self, tally: &mut ActiveGroups, customer: &Customer<'_>) {
        let groups = &mut tally.groups;
        self.activity
            .periods_by_group(customer, &mut tally.scratch, &mut |group, active| {
                let (customers, counts) = groups.entry(group).or_default();
                *customers += u64::from(self.range.has(active, self.rolling));
                counts.add(active, self.rolling);
            });
    }

    fn merge(&self, tally: &mut ActiveGroups, other: ActiveGroups) {
        for (group, (customers, counts)) in other.groups {
            let ours = tally.groups.entry(group).or_default();
            ours.0 += customers;
            ours.1.merge(&counts);
        }
    }

    fn sizes(&self, tally: &ActiveGroups) -> Vec<(u32, u64)> {
        tally
            .groups
            .iter()
            .map(|(group, (customers, _))| (*group, *customers))
            .collect()
    }

    fn answer(&self, mut tally: ActiveGroups, labels: &Labels) -> Refusal<Vec<Answers>> {
        let activity = &self.activity;
        let seen = seen(tally.groups.values().filter_map(|(_, counts)| counts.seen));
        tally.groups.retain(|_, (customers, _)| *customers > 0);
        let range = range::of(&activity.spec, &activity.clock, activity.period, seen, true)?;
        if tally.groups.is_empty() {
            tally.groups.insert(NO_GROUP, Default::default());
        }
        let mut groups: Vec<_> = tally.groups.into_iter().collect();
        groups.sort_by_key(|(group, _)| group_order(*group));
        let (mut begins, mut segments) = (Vec::new(), Vec::new());
        let (mut customers, mut complete) = (Vec::new(), Vec::new());
        for (group, (_, counts)) in groups {
            let Some(range) = range.clone() else { continue };
            for (period, count) in counts.customers(*range.start(), *range.end()) {
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

/// Returns the first and the last of some stretches together.
fn seen(stretches: impl Iterator<Item = (i64, i64)>) -> Option<(i64, i64)> {
    stretches.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

/// `lifecycle`.
pub struct Lifecycle {
    activity: Activity,
    range: Bounds,
}

/// Lifecycles by group.
#[derive(Default)]
pub struct LifecycleGroups {
    groups: BTreeMap<u32, (u64, LifecycleTally)>,
    scratch: Scratch,
}

impl Question for Lifecycle {
    type Tally = LifecycleGroups;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("period", TIME),
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

    fn take(&self, tally: &mut LifecycleGroups, customer: &Customer<'_>) {
        let groups = &mut tally.groups;
        self.activity
            .periods_by_group(customer, &mut tally.scratch, &mut |group, active| {
                let (customers, counts) = groups.entry(group).or_default();
                // Who was active just before the range is dormant in its first period.
                *customers += u64::from(self.range.has(active, 2));
                counts.add(active);
            });
    }

    fn merge(&self, tally: &mut LifecycleGroups, other: LifecycleGroups) {
        for (group, (customers, counts)) in other.groups {
            let ours = tally.groups.entry(group).or_default();
            ours.0 += customers;
            ours.1.merge(&counts);
        }
    }

    fn sizes(&self, tally: &LifecycleGroups) -> Vec<(u32, u64)> {
        tally
            .groups
            .iter()
            .map(|(group, (customers, _))| (*group, *customers))
            .collect()
    }

    fn answer(&self, mut tally: LifecycleGroups, labels: &Labels) -> Refusal<Vec<Answers>> {
        let activity = &self.activity;
        let seen = seen(tally.groups.values().filter_map(|(_, counts)| counts.seen));
        tally.groups.retain(|_, (customers, _)| *customers > 0);
        let range = range::of(&activity.spec, &activity.clock, activity.period, seen, true)?;
        if tally.groups.is_empty() {
            tally.groups.insert(NO_GROUP, Default::default());
        }
        let mut groups: Vec<_> = tally.groups.into_iter().collect();
        groups.sort_by_key(|(group, _)| group_order(*group));
        let (mut begins, mut segments, mut complete) = (Vec::new(), Vec::new(), Vec::new());
        let mut states: [Vec<Option<i64>>; 4] = Default::default();
        for (group, (_, counts)) in groups {
            for period in range.clone().into_iter().flatten() {
                begins.push(Some(activity.begin(period)));
                segments.push(labels.of(group));
                for (state, count) in states.iter_mut().zip(counts.period(period)) {
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

/// `stickiness`.
pub struct Stickiness {
    activity: Activity,
    since: i64,
    until: i64,
    at_least: bool,
}

/// Stickiness by group.
#[derive(Default)]
pub struct StickinessGroups {
    groups: BTreeMap<u32, StickinessTally>,
    scratch: Scratch,
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
    type Tally = StickinessGroups;

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

    fn take(&self, tally: &mut StickinessGroups, customer: &Customer<'_>) {
        let groups = &mut tally.groups;
        let inside = Customer {
            touches: self.inside(customer.touches),
            ..*customer
        };
        self.activity
            .periods_by_group(&inside, &mut tally.scratch, &mut |group, active| {
                groups.entry(group).or_default().add(active.len());
            });
    }

    fn merge(&self, tally: &mut StickinessGroups, other: StickinessGroups) {
        for (group, counts) in other.groups {
            tally.groups.entry(group).or_default().merge(&counts);
        }
    }

    fn sizes(&self, tally: &StickinessGroups) -> Vec<(u32, u64)> {
        tally
            .groups
            .iter()
            .map(|(group, counts)| (*group, counts.customers()))
            .collect()
    }

    fn answer(&self, tally: StickinessGroups, labels: &Labels) -> Refusal<Vec<Answers>> {
        let mut groups: Vec<_> = tally.groups.into_iter().collect();
        groups.sort_by_key(|(group, _)| group_order(*group));
        let most = groups
            .iter()
            .map(|(_, counts)| counts.counts(false).len())
            .max()
            .unwrap_or(0);
        let (mut periods, mut segments) = (Vec::new(), Vec::new());
        let (mut customers, mut shares) = (Vec::new(), Vec::new());
        for (group, tally) in groups {
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
            tally.see(group);
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

/// `active_customers`.
pub struct ActiveAt {
    stretch: (i64, i64),
}

impl Wanted for ActiveAt {
    const USUAL: Period = Period::Day;

    fn new(activity: &Activity) -> Refusal<Self> {
        let rolling = activity.spec.rolling()?;
        let at = activity.at()?;
        if !Bounds::of(activity).has(&[at], 1) {
            // There is no such row, so nobody is behind it.
            return Ok(Self { stretch: (0, 0) });
        }
        let mut periods = Periods::new(&activity.clock, activity.period, Cursor::default());
        let stretch = (
            periods.begin_utc(at - rolling + 1),
            periods.begin_utc(at + 1),
        );
        Ok(Self { stretch })
    }

    fn stretch(&self, _: &Activity, _: &[Touch]) -> Option<(i64, i64)> {
        Some(self.stretch)
    }
}

/// `lifecycle_customers`.
pub struct InState {
    at: i64,
    state: LifecycleState,
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
        })
    }

    fn stretch(&self, activity: &Activity, touches: &[Touch]) -> Option<(i64, i64)> {
        if !Bounds::of(activity).has(&[self.at], 1) {
            return None;
        }
        let mut periods = Periods::new(&activity.clock, activity.period, Cursor::default());
        let mut active = Vec::new();
        active_periods(
            touches.iter().map(|touch| touch.ts),
            &mut periods,
            &mut active,
        );
        (LifecycleState::of(&active, self.at) == Some(self.state)).then(|| {
            let period = self.at - i64::from(self.state == LifecycleState::Dormant);
            (periods.begin_utc(period), periods.begin_utc(period + 1))
        })
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

    fn stretch(&self, activity: &Activity, touches: &[Touch]) -> Option<(i64, i64)> {
        let mut periods = Periods::new(&activity.clock, activity.period, Cursor::default());
        let mut active = Vec::new();
        let inside = self.stickiness.inside(touches);
        active_periods(
            inside.iter().map(|touch| touch.ts),
            &mut periods,
            &mut active,
        );
        let is_wanted = active.len() == self.active_periods
            || (self.stickiness.at_least && active.len() > self.active_periods);
        is_wanted.then_some((self.stickiness.since, self.stickiness.until))
    }
}
