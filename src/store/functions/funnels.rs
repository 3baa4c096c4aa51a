//! Funnels as aggregates: the funnel itself, its trend, its customers, and the time from one event to another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::people::{self, Person};
use super::question::{Customer, Labels, NO_GROUP, Question, group_order, smallest};
use super::spec::{Attribution, Refusal, Spec, word};
use crate::analysis::Touch;
use crate::analysis::calendar::{Clock, Cursor, Period, Periods};
use crate::analysis::funnel::{
    self, Attempt, Entries, FunnelTally, Mode, Rules, furthest, furthest_held,
};
use crate::analysis::quantiles::quantile;
use crate::store::engine::{Answers, Kind, Unit};

const TIME: Kind = Kind::Timestamp(Unit::Microseconds);

/// What all funnels share: the rules, and how a customer's group is found.
pub struct Walk {
    spec: Spec,
    rules: Rules,
    attribution: Attribution,
}

impl Walk {
    fn new(spec: Spec) -> Refusal<Self> {
        let rules = spec.funnel()?;
        let attribution = spec.attribution(rules.steps)?;
        Ok(Self {
            spec,
            rules,
            attribution,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        let steps = self.spec.steps.iter().flatten().zip(0_u32..);
        steps
            .filter(|(step, _)| step.is_some() && step.as_deref() == name)
            .fold(0, |marks, (_, place)| marks | 1 << place)
    }

    fn furthest(&self, rules: &Rules, touches: &[Touch], holds: &[u32]) -> Option<Attempt> {
        if self.spec.held {
            furthest_held(rules, touches, holds)
        } else {
            furthest(rules, touches)
        }
    }

    /// Calls `emit` with each group the customer counts in, and how far the customer got there.
    fn attempts(&self, customer: &Customer<'_>, emit: &mut dyn FnMut(u32, &Attempt)) {
        let extras = customer.extras;
        if self.spec.grouped && self.attribution == Attribution::Each {
            for (group, attempt) in self.attempts_by_value(customer) {
                emit(group, &attempt);
            }
        } else if let Some(attempt) = self.furthest(&self.rules, customer.touches, extras.holds) {
            emit(customer.groups.of(self.group(customer, &attempt)), &attempt);
        }
    }

    fn attempts_by_value(&self, customer: &Customer<'_>) -> BTreeMap<u32, Attempt> {
        let extras = customer.extras;
        let mut attempts = BTreeMap::new();
        for (value, touches) in by_value(customer) {
            let Some(attempt) = self.furthest(&self.rules, &touches, extras.holds) else {
                continue;
            };
            let group = customer.groups.of(value);
            let counted = match attempts.remove(&group) {
                Some(other) => funnel::counted(other, attempt),
                None => attempt,
            };
            attempts.insert(group, counted);
        }
        attempts
    }

    /// Returns the group of the counted attempt.
    fn group(&self, customer: &Customer<'_>, attempt: &Attempt) -> u32 {
        if !self.spec.grouped {
            return NO_GROUP;
        }
        let at = |step: usize| self.value_at(customer, attempt, step);
        let values = || {
            (0..attempt.level())
                .map(at)
                .filter(|group| *group != NO_GROUP)
        };
        match self.attribution {
            Attribution::First => values().next().unwrap_or(NO_GROUP),
            Attribution::Last => values().next_back().unwrap_or(NO_GROUP),
            Attribution::Step(step) if step < attempt.level() => at(step),
            Attribution::Step(_) => NO_GROUP,
            Attribution::Entry | Attribution::Each => at(0),
        }
    }

    /// Returns the value on the event that did a step; of several at that instant the smallest.
    fn value_at(&self, customer: &Customer<'_>, attempt: &Attempt, step: usize) -> u32 {
        let ts = attempt.times[step];
        let from = customer.touches.partition_point(|touch| touch.ts < ts);
        let extras = customer.extras;
        let does_step = |touch: &&Touch| {
            let steps = touch.steps();
            let matches = match self.rules.mode {
                Mode::Any => steps != 0,
                Mode::Ordered | Mode::Strict => steps >> step & 1 == 1,
            };
            matches
                && (attempt.held == 0
                    || extras.holds.get(touch.row as usize) == Some(&attempt.held))
        };
        smallest(
            customer.touches[from..]
                .iter()
                .take_while(|touch| touch.ts == ts)
                .filter(does_step)
                .map(|touch| {
                    extras
                        .groups
                        .get(touch.row as usize)
                        .copied()
                        .unwrap_or(NO_GROUP)
                }),
        )
    }
}

/// `funnel`.
pub struct Funnel(Walk);

impl Question for Funnel {
    type Tally = FunnelTally;

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

    fn needs_all(&self) -> bool {
        self.0.rules.mode == Mode::Strict
    }

    fn take(&self, tally: &mut FunnelTally, customer: &Customer<'_>) {
        self.0.attempts(customer, &mut |group, attempt| {
            tally.add(&self.0.rules, group, attempt);
        });
    }

    fn merge(&self, tally: &mut FunnelTally, other: FunnelTally) {
        tally.merge(other);
    }

    fn sizes(&self, tally: &FunnelTally) -> Vec<(u32, u64)> {
        tally.sizes().collect()
    }

    fn answer(&self, mut tally: FunnelTally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let mut groups: Vec<u32> = tally.sizes().map(|(group, _)| group).collect();
        groups.sort_unstable_by_key(|group| group_order(*group));
        if groups.is_empty() {
            groups.push(NO_GROUP);
        }
        let names = self.0.spec.step_labels();
        let (mut numbers, mut steps, mut segments) = (Vec::new(), Vec::new(), Vec::new());
        let (mut customers, mut lost, mut in_window) = (Vec::new(), Vec::new(), Vec::new());
        let (mut conversion, mut from_previous) = (Vec::new(), Vec::new());
        let (mut median, mut mean) = (Vec::new(), Vec::new());
        for group in groups {
            let counts = tally.steps(&self.0.rules, group);
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

/// Returns a count as SQL keeps it.
pub fn big(count: u64) -> Option<i64> {
    i64::try_from(count).ok()
}

/// Returns a rate; over zero there is none.
#[expect(
    clippy::cast_precision_loss,
    reason = "customers are far fewer than 2^53"
)]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// `funnel_trend`.
pub struct FunnelTrend {
    walk: Walk,
    clock: Arc<Clock>,
    period: Period,
}

/// Entered and converted customers by group and period.
#[derive(Default)]
pub struct TrendTally {
    periods: BTreeMap<(u32, i64), (u64, u64)>,
    customers: BTreeMap<u32, u64>,
    cursor: Cursor,
}

impl FunnelTrend {
    /// Calls `emit` with each group and period in which the customer entered, and how far the attempts got.
    fn attempts(
        &self,
        customer: &Customer<'_>,
        cursor: &mut Cursor,
        emit: &mut dyn FnMut(u32, i64, Attempt),
    ) {
        let walk = &self.walk;
        let holds = if walk.spec.held {
            customer.extras.holds
        } else {
            &[]
        };
        let mut periods = Periods::new(&self.clock, self.period, *cursor);
        if walk.spec.grouped && walk.attribution == Attribution::Each {
            for (value, touches) in by_value(customer) {
                let group = customer.groups.of(value);
                funnel::by_period(
                    &walk.rules,
                    &mut periods,
                    &touches,
                    holds,
                    &mut |period, attempt| {
                        emit(group, period, attempt);
                    },
                );
            }
        } else {
            funnel::by_period(
                &walk.rules,
                &mut periods,
                customer.touches,
                holds,
                &mut |period, attempt| {
                    emit(
                        customer.groups.of(walk.group(customer, &attempt)),
                        period,
                        attempt,
                    );
                },
            );
        }
        *cursor = periods.cursor;
    }
}

/// Splits a customer's events by their group.
fn by_value(customer: &Customer<'_>) -> BTreeMap<u32, Vec<Touch>> {
    let mut by_value: BTreeMap<u32, Vec<Touch>> = BTreeMap::new();
    for touch in customer.touches {
        let group = customer.extras.groups.get(touch.row as usize).copied();
        by_value
            .entry(group.unwrap_or(NO_GROUP))
            .or_default()
            .push(*touch);
    }
    by_value
}

impl Question for FunnelTrend {
    type Tally = TrendTally;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("period", TIME),
            ("segment", Kind::Text(None)),
            ("entered", Kind::BigInt),
            ("converted", Kind::BigInt),
            ("conversion", Kind::Double),
            ("complete", Kind::Boolean),
        ]
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let period = spec.period(Period::Week)?;
        let walk = Walk::new(spec)?;
        Ok(Self {
            walk,
            clock,
            period,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.walk.marks(name)
    }

    fn needs_all(&self) -> bool {
        self.walk.rules.mode == Mode::Strict
    }

    fn take(&self, tally: &mut TrendTally, customer: &Customer<'_>) {
        let mut entered: BTreeMap<(u32, i64), bool> = BTreeMap::new();
        let steps = self.walk.rules.steps;
        self.attempts(
            customer,
            &mut tally.cursor,
            &mut |group, period, attempt| {
                *entered.entry((group, period)).or_default() |= attempt.level() == steps;
            },
        );
        let mut last = None;
        for ((group, period), has_converted) in entered {
            let (all, converted) = tally.periods.entry((group, period)).or_default();
            *all += 1;
            *converted += u64::from(has_converted);
            if last != Some(group) {
                last = Some(group);
                *tally.customers.entry(group).or_default() += 1;
            }
        }
    }

    fn merge(&self, tally: &mut TrendTally, other: TrendTally) {
        for (key, (entered, converted)) in other.periods {
            let ours = tally.periods.entry(key).or_default();
            ours.0 += entered;
            ours.1 += converted;
        }
        for (group, customers) in other.customers {
            *tally.customers.entry(group).or_default() += customers;
        }
    }

    fn sizes(&self, tally: &TrendTally) -> Vec<(u32, u64)> {
        tally
            .customers
            .iter()
            .map(|(group, size)| (*group, *size))
            .collect()
    }

    fn answer(&self, tally: TrendTally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let seen = tally.periods.keys().map(|(_, period)| *period);
        let seen = seen.clone().min().zip(seen.max());
        let range = super::range::of(&self.walk.spec, &self.clock, self.period, seen, false)?;
        let mut groups: Vec<u32> = tally.customers.keys().copied().collect();
        groups.sort_unstable_by_key(|group| group_order(*group));
        if groups.is_empty() && range.is_some() {
            groups.push(NO_GROUP);
        }
        let (mut starts, mut segments) = (Vec::new(), Vec::new());
        let (mut entered, mut converted, mut conversion) = (Vec::new(), Vec::new(), Vec::new());
        let mut complete = Vec::new();
        let mut periods = Periods::new(&self.clock, self.period, Cursor::default());
        for group in groups {
            for period in range.clone().into_iter().flatten() {
                let (in_it, of_them) = tally
                    .periods
                    .get(&(group, period))
                    .copied()
                    .unwrap_or_default();
                starts.push(Some(self.clock.begin(period, self.period)));
                segments.push(labels.of(group));
                entered.push(big(in_it));
                converted.push(big(of_them));
                conversion.push(share(of_them, in_it));
                let end = periods
                    .begin_utc(period + 1)
                    .saturating_add(self.walk.rules.window);
                complete.push(Some(end <= self.walk.rules.now));
            }
        }
        Ok(vec![
            Answers::BigInt(starts),
            Answers::Text(segments),
            Answers::BigInt(entered),
            Answers::BigInt(converted),
            Answers::Double(conversion),
            Answers::Boolean(complete),
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
        let outcome = word(
            "outcome",
            spec.outcome.as_deref(),
            &[
                ("reached", Outcome::Reached),
                ("lost", Outcome::Lost),
                ("in_window", Outcome::InWindow),
                ("waiting", Outcome::Waiting),
            ],
        )?;
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

    fn needs_all(&self) -> bool {
        self.walk.rules.mode == Mode::Strict
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

/// `funnel_trend_customers`.
pub struct TrendPeople {
    trend: FunnelTrend,
    period: i64,
    outcome: TrendOutcome,
}

/// Which customers of a period are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TrendOutcome {
    Entered,
    Converted,
    Lost,
}

impl Question for TrendPeople {
    type Tally = people::Tally;

    fn columns() -> Vec<(&'static str, Kind)> {
        people::columns()
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let outcome = word(
            "outcome",
            spec.outcome.as_deref(),
            &[
                ("entered", TrendOutcome::Entered),
                ("converted", TrendOutcome::Converted),
                ("lost", TrendOutcome::Lost),
            ],
        )?;
        let at = spec
            .at
            .ok_or("at says which period, such as at := DATE '2026-01-05'")?;
        let trend = FunnelTrend::new(spec, clock)?;
        let period = trend.clock.ordinal(at, trend.period);
        Ok(Self {
            trend,
            period,
            outcome,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.trend.marks(name)
    }

    fn needs_all(&self) -> bool {
        self.trend.needs_all()
    }

    fn take(&self, tally: &mut people::Tally, customer: &Customer<'_>) {
        let steps = self.trend.walk.rules.steps;
        let mut found: BTreeMap<u32, Attempt> = BTreeMap::new();
        let mut groups = std::collections::BTreeSet::new();
        let mut cursor = tally.cursor;
        self.trend
            .attempts(customer, &mut cursor, &mut |group, period, attempt| {
                groups.insert(group);
                if period == self.period {
                    let counted = match found.remove(&group) {
                        Some(other) => funnel::counted(other, attempt),
                        None => attempt,
                    };
                    found.insert(group, counted);
                }
            });
        tally.cursor = cursor;
        for group in groups {
            tally.see(group);
        }
        for (group, attempt) in found {
            let has_converted = attempt.level() == steps;
            let is_wanted = match self.outcome {
                TrendOutcome::Entered => true,
                TrendOutcome::Converted => has_converted,
                TrendOutcome::Lost => !has_converted,
            };
            if is_wanted {
                tally.push(Person {
                    group,
                    number: customer.number,
                    from: attempt.times.first().copied(),
                    to: attempt.times.last().copied(),
                });
            }
        }
    }

    fn merge(&self, tally: &mut people::Tally, other: people::Tally) {
        tally.merge(other);
    }

    fn sizes(&self, tally: &people::Tally) -> Vec<(u32, u64)> {
        tally.sizes()
    }

    fn answer(&self, tally: people::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        Ok(tally.answer(&self.trend.walk.spec, labels))
    }
}

/// `time_to`.
pub struct TimeTo(Walk);

/// Customers who did the first event, and how long each took to the second.
#[derive(Default)]
pub struct TimeTally {
    groups: BTreeMap<u32, (u64, Vec<i64>)>,
}

impl Question for TimeTo {
    type Tally = TimeTally;

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

    fn take(&self, tally: &mut TimeTally, customer: &Customer<'_>) {
        self.0.attempts(customer, &mut |group, attempt| {
            let (customers, durations) = tally.groups.entry(group).or_default();
            *customers += 1;
            if let [from, to] = attempt.times[..] {
                durations.push(to.saturating_sub(from));
            }
        });
    }

    fn merge(&self, tally: &mut TimeTally, other: TimeTally) {
        for (group, (customers, durations)) in other.groups {
            let ours = tally.groups.entry(group).or_default();
            ours.0 += customers;
            ours.1.extend(durations);
        }
    }

    fn sizes(&self, tally: &TimeTally) -> Vec<(u32, u64)> {
        tally
            .groups
            .iter()
            .map(|(group, (customers, _))| (*group, *customers))
            .collect()
    }

    fn answer(&self, mut tally: TimeTally, labels: &Labels) -> Refusal<Vec<Answers>> {
        if tally.groups.is_empty() {
            tally.groups.insert(NO_GROUP, (0, Vec::new()));
        }
        let mut groups: Vec<_> = tally.groups.into_iter().collect();
        groups.sort_by_key(|(group, _)| group_order(*group));
        let (mut segments, mut customers, mut reached) = (Vec::new(), Vec::new(), Vec::new());
        let mut shares = Vec::new();
        let mut quantiles: [Vec<Option<f64>>; 4] = Default::default();
        for (group, (all, mut durations)) in groups {
            let there = durations.len() as u64;
            segments.push(labels.of(group));
            customers.push(big(all));
            reached.push(big(there));
            shares.push(share(there, all));
            for (column, at) in quantiles.iter_mut().zip([0.25, 0.5, 0.75, 0.9]) {
                column.push(quantile(&mut durations, at).map(|microseconds| microseconds / 1e6));
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
