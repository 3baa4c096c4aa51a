//! Funnels: the attempt that counts for each customer, and what is counted of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use cxtop::store::Value;
use jiff::civil::DateTime;

use super::attempts::{Attempt, attempts};
use super::{
    Segment, events, grouped, integer, largest, mean, moment, quantile, ratio, seconds, smallest,
    text,
};
use crate::analysis::arguments::{Funnel, Within};
use crate::analysis::house::Rows;
use crate::analysis::world::{Event, World, customer_id, distance, shifted};

/// The attempt that counts for one customer (or unit) in one group.
struct Counted {
    unit: String,
    segment: Segment,
    attempt: Attempt,
    is_open: bool,
    /// The period of the entry, where customers are counted by it.
    period: Option<DateTime>,
}

/// Which list of customers is asked for.
pub struct Wanted {
    pub step: usize,
    pub outcome: &'static str,
    pub segment: Segment,
}

pub fn funnel(world: &World, funnel: &Funnel, names: &[String]) -> Rows {
    let counted = counted(world, funnel, None);
    let mut segments: BTreeSet<Segment> = counted.iter().map(|one| one.segment.clone()).collect();
    if segments.is_empty() {
        segments.insert(None);
    }
    let mut rows = Rows::new();
    for segment in segments {
        let inside: Vec<&Counted> = counted
            .iter()
            .filter(|one| one.segment == segment)
            .collect();
        let at_least = |step: usize| inside.iter().filter(move |one| one.attempt.level() >= step);
        for step in 1..=names.len() {
            let customers = at_least(step).count();
            let is_last = step == names.len();
            let open = at_least(step).filter(|one| one.attempt.level() == step && one.is_open);
            let in_window = if is_last { 0 } else { open.count() };
            let lost = if is_last {
                0
            } else {
                customers - at_least(step + 1).count() - in_window
            };
            let times: Vec<f64> = at_least(step)
                .filter(|_| step > 1)
                .map(|one| {
                    seconds(one.attempt.reached_at[step - 1] - one.attempt.reached_at[step - 2])
                })
                .collect();
            let before = if step > 1 {
                ratio(customers, at_least(step - 1).count())
            } else {
                Value::Null
            };
            rows.push(vec![
                integer(step),
                Value::Text(names[step - 1].clone()),
                text(&segment),
                integer(customers),
                ratio(customers, at_least(1).count()),
                before,
                integer(lost),
                integer(in_window),
                quantile(times.clone(), 0.5),
                mean(&times),
            ]);
        }
    }
    rows
}

pub fn funnel_customers(world: &World, funnel: &Funnel, wanted: &Wanted) -> Rows {
    let is_last = wanted.step == funnel.steps.len();
    let is_wanted = |one: &&Counted| {
        let level = one.attempt.level();
        let is_ended = level == wanted.step && !is_last;
        let has_outcome = match wanted.outcome {
            "reached" => level >= wanted.step,
            "lost" => is_ended && !one.is_open,
            _ => is_ended && one.is_open,
        };
        has_outcome && (wanted.segment.is_none() || one.segment == wanted.segment)
    };
    let mut listed = BTreeMap::new();
    for one in counted(world, funnel, None).iter().filter(is_wanted) {
        let reached = &one.attempt.reached_at;
        note_earliest(&mut listed, one, (reached[0], reached[wanted.step - 1]));
    }
    rows_of(listed)
}

/// Keeps a customer's earliest moments: one who has several groups is listed once.
fn note_earliest(listed: &mut BTreeMap<String, (i64, i64)>, one: &Counted, moments: (i64, i64)) {
    let earliest = listed.entry(one.unit.clone()).or_insert(moments);
    *earliest = moments.min(*earliest);
}

fn rows_of(listed: BTreeMap<String, (i64, i64)>) -> Rows {
    let row = |(unit, (entered, reached))| {
        vec![
            Value::Text(unit),
            moment(Some(entered)),
            moment(Some(reached)),
        ]
    };
    listed.into_iter().map(row).collect()
}

pub fn funnel_trend(world: &World, funnel: &Funnel, unit: &str) -> Rows {
    let counted = counted(world, funnel, Some(unit));
    let entered = || counted.iter().filter_map(|one| one.period);
    let since = funnel.scope.since.map(|since| since.moment(world));
    let until = funnel.scope.until.map(|until| until.moment(world) - 1);
    let bound = |bound: Option<i64>| bound.map(|ts| world.period(ts, unit));
    let (Some(first), Some(last)) = (
        bound(since).or_else(|| entered().min()),
        bound(until).or_else(|| entered().max()),
    ) else {
        return Rows::new();
    };
    let mut segments: BTreeSet<Segment> = counted.iter().map(|one| one.segment.clone()).collect();
    if segments.is_empty() {
        segments.insert(None);
    }
    let window = match &funnel.within {
        Within::Entry(length) => *length,
        Within::Step(lengths) => lengths.iter().sum(),
    };
    let mut rows = Rows::new();
    for count in 0..=distance(first, last, unit) {
        let period = shifted(first, unit, count);
        for segment in &segments {
            let inside: Vec<&Counted> = counted
                .iter()
                .filter(|one| one.period == Some(period) && one.segment == *segment)
                .collect();
            let all = funnel.steps.len();
            let converted = inside.iter().filter(|one| one.attempt.level() == all);
            let converted = converted.count();
            let ends = world.utc(shifted(period, unit, 1)) + window;
            rows.push(vec![
                Value::Timestamp(period),
                text(segment),
                integer(inside.len()),
                integer(converted),
                ratio(converted, inside.len()),
                Value::Boolean(ends <= world.now()),
            ]);
        }
    }
    rows
}

/// The customers of the period that begins at a time: each once, whatever groups there are.
pub fn funnel_trend_customers(
    world: &World,
    funnel: &Funnel,
    unit: &str,
    at: DateTime,
    wanted: (&str, &Segment),
) -> Rows {
    let (outcome, segment) = wanted;
    let mut listed = BTreeMap::new();
    for one in counted(world, funnel, Some(unit)) {
        let level = one.attempt.level();
        let is_wanted = match outcome {
            "converted" => level == funnel.steps.len(),
            "lost" => level < funnel.steps.len(),
            _ => true,
        };
        if is_wanted && one.period == Some(at) && (segment.is_none() || one.segment == *segment) {
            let reached = &one.attempt.reached_at;
            note_earliest(&mut listed, &one, (reached[0], reached[level - 1]));
        }
    }
    rows_of(listed)
}

/// Returns who counts, in which of the groups that stay.
fn counted(world: &World, funnel: &Funnel, period: Option<&str>) -> Vec<Counted> {
    let is_each = funnel.attribution == "each";
    let own_value = |event: &Event| funnel.scope.value(world, event).filter(|_| is_each);
    let mut all = counted_in(world, funnel, period, &own_value);
    let mut sizes: BTreeMap<Segment, BTreeSet<String>> = BTreeMap::new();
    for one in &all {
        let group = sizes.entry(one.segment.clone()).or_default();
        group.insert(one.unit.clone());
    }
    let sizes = sizes
        .into_iter()
        .map(|(segment, units)| (segment, units.len()));
    let stay = largest(&sizes.collect(), funnel.scope.top);
    if is_each {
        // The small groups have one funnel together.
        return counted_in(world, funnel, period, &|event| {
            grouped(&own_value(event), &stay)
        });
    }
    for one in &mut all {
        one.segment = grouped(&one.segment, &stay);
    }
    all
}

fn counted_in(
    world: &World,
    funnel: &Funnel,
    period: Option<&str>,
    own: &dyn Fn(&Event) -> Segment,
) -> Vec<Counted> {
    type Key = (String, Segment, Option<DateTime>);
    let mut groups: BTreeMap<Key, Vec<Attempt>> = BTreeMap::new();
    for attempt in attempts(world, funnel, own) {
        let period = period.map(|unit| world.period(attempt.entered, unit));
        let key = (attempt.unit.clone(), attempt.own.clone(), period);
        groups.entry(key).or_default().push(attempt);
    }
    let count = |((unit, own, period), attempts): (Key, Vec<Attempt>)| {
        let level = attempts.iter().map(Attempt::level).max()?;
        let mut furthest: Vec<Attempt> = attempts
            .into_iter()
            .filter(|attempt| attempt.level() == level)
            .collect();
        let is_open = furthest.iter().any(|attempt| attempt.is_open);
        furthest.sort_by_key(|attempt| {
            let last = attempt.reached_at[level - 1];
            let held = attempt.held.clone();
            (last, Reverse(attempt.entered), held, Reverse(attempt.place))
        });
        let attempt = furthest.into_iter().next()?;
        let segment = if funnel.attribution == "each" {
            own
        } else {
            attributed(world, funnel, &unit, &attempt)
        };
        Some(Counted {
            unit,
            segment,
            attempt,
            is_open,
            period,
        })
    };
    groups.into_iter().filter_map(count).collect()
}

/// Returns the value of `by` that an attempt counts for.
fn attributed(world: &World, funnel: &Funnel, unit: &str, attempt: &Attempt) -> Segment {
    let value = |step: usize| {
        let here = events(world, &funnel.scope).into_iter().filter(|event| {
            let whose = match funnel.unit {
                Some(unit) => (unit.value)(world, event),
                None => event.customer.map(customer_id),
            };
            let held = funnel.hold.map(|hold| (hold.value)(world, event));
            let matches = |step: &super::super::world::Predicate| (step.holds)(event);
            event.ts == attempt.reached_at[step - 1]
                && whose.as_deref() == Some(unit)
                && held.is_none_or(|held| held.as_deref() == Some(&attempt.held))
                && match funnel.mode {
                    "any" => funnel.steps.iter().any(matches),
                    _ => matches(&funnel.steps[step - 1]),
                }
        });
        smallest(here.map(|event| funnel.scope.value(world, event)))
    };
    let mut values = (1..=attempt.level()).map(value);
    match funnel.attribution.as_str() {
        "entry" => value(1),
        "first" => values.flatten().next(),
        "last" => values.flatten().last(),
        step => {
            let step: usize = step.trim_start_matches("step ").parse().unwrap();
            values.nth(step - 1).flatten()
        }
    }
}
