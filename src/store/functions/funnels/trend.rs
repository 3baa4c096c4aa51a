//! A funnel by the period of the entry, and the customers of one of these periods.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::walk::{self, Walk};
use crate::analysis::Touch;
use crate::analysis::calendar::{Clock, Cursor, Period, Periods};
use crate::analysis::funnel::{self, Attempt};
use crate::store::engine::{Answers, Kind, Unit};
use crate::store::functions::by_group::ByGroup;
use crate::store::functions::numbers::{big, share};
use crate::store::functions::people::{self, Person};
use crate::store::functions::question::{Customer, Labels, Needs, Question};
use crate::store::functions::range;
use crate::store::functions::rules::word;
use crate::store::functions::spec::{Refusal, Spec};

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
    customers: ByGroup<u64>,
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
        let mut by_period = |touches: &[Touch], group: &dyn Fn(&Attempt) -> u32| {
            let emit = &mut |period, attempt| {
                emit(customer.groups.of(group(&attempt)), period, attempt);
            };
            funnel::by_period(&walk.rules, &mut periods, touches, holds, emit);
        };
        if walk.is_by_value() {
            for (value, touches) in walk::by_value(customer) {
                by_period(&touches, &|_| value);
            }
        } else {
            by_period(customer.touches, &|attempt| walk.group(customer, attempt));
        }
        *cursor = periods.cursor;
    }
}

impl Question for FunnelTrend {
    type Tally = TrendTally;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("period", Kind::Timestamp(Unit::Microseconds)),
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

    fn needs(&self) -> Needs {
        self.walk.needs()
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
                *tally.customers.of(group) += 1;
            }
        }
    }

    fn merge(&self, tally: &mut TrendTally, other: TrendTally) {
        for (key, (entered, converted)) in other.periods {
            let ours = tally.periods.entry(key).or_default();
            ours.0 += entered;
            ours.1 += converted;
        }
        let add = |ours: &mut u64, theirs| *ours += theirs;
        tally.customers.merge(other.customers, add);
    }

    fn sizes(&self, tally: &TrendTally) -> Vec<(u32, u64)> {
        tally.customers.sizes(|customers| *customers)
    }

    fn answer(&self, tally: TrendTally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let seen = tally.periods.keys().map(|(_, period)| *period);
        let seen = seen.clone().min().zip(seen.max());
        let range = range::of(&self.walk.spec, &self.clock, self.period, seen, false)?;
        let (mut starts, mut segments) = (Vec::new(), Vec::new());
        let (mut entered, mut converted, mut conversion) = (Vec::new(), Vec::new(), Vec::new());
        let mut complete = Vec::new();
        let mut periods = Periods::new(&self.clock, self.period, Cursor::default());
        for (group, _) in tally.customers.in_order() {
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

    fn needs(&self) -> Needs {
        self.trend.needs()
    }

    fn take(&self, tally: &mut people::Tally, customer: &Customer<'_>) {
        let steps = self.trend.walk.rules.steps;
        let mut found: BTreeMap<u32, Attempt> = BTreeMap::new();
        let mut groups = BTreeSet::new();
        let mut cursor = tally.cursor;
        self.trend
            .attempts(customer, &mut cursor, &mut |group, period, attempt| {
                groups.insert(group);
                if period == self.period {
                    // A clock set back can bring a period twice, and a customer with it.
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
