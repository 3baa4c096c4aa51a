//! The analyses once more, written from their definitions and nothing else: slow, and as plain as can be. Every attempt
//! is tried with every event, every group of customers is a set.

pub mod activity;
pub mod attempts;
pub mod funnel;
pub mod paths;
pub mod retention;

use std::collections::{BTreeMap, BTreeSet};

use cxtop::store::Value;

use super::arguments::Scope;
use super::world::{Event, World, utc_datetime};

/// A group of customers: a value of `by`.
pub type Segment = Option<String>;

/// Returns the events that exist for a question: of customers, of the right customers, and through the filter.
pub fn events<'w>(world: &'w World, scope: &Scope) -> Vec<&'w Event> {
    world
        .events
        .iter()
        .filter(|event| event.customer.is_some())
        .filter(|event| {
            scope
                .tier
                .is_none_or(|tier| world.tier(event.customer) == Some(tier))
        })
        .filter(|event| scope.filter.is_none_or(|filter| (filter.holds)(event)))
        .collect()
}

impl Scope {
    pub fn contains(&self, world: &World, ts: i64) -> bool {
        self.since.is_none_or(|since| since.moment(world) <= ts)
            && self.until.is_none_or(|until| ts < until.moment(world))
    }

    pub fn value(&self, world: &World, event: &Event) -> Segment {
        self.by.and_then(|by| (by.value)(world, event))
    }
}

/// Returns which groups stay: the largest, of equal ones the first in the alphabet, the one without a value last.
pub fn largest(sizes: &BTreeMap<Segment, usize>, top: Option<usize>) -> BTreeSet<Segment> {
    let mut ranked: Vec<_> = sizes.iter().collect();
    ranked.sort_by_key(|(segment, size)| {
        (
            std::cmp::Reverse(**size),
            segment.is_none(),
            (*segment).clone(),
        )
    });
    ranked
        .into_iter()
        .take(top.unwrap_or(10))
        .map(|(segment, _)| segment.clone())
        .collect()
}

/// Returns a group's name among those that stay.
pub fn grouped(segment: &Segment, stay: &BTreeSet<Segment>) -> Segment {
    if stay.contains(segment) {
        segment.clone()
    } else {
        Some("(other)".to_string())
    }
}

/// Of several values the smallest, NULL last.
pub fn smallest(values: impl Iterator<Item = Segment>) -> Segment {
    values.flatten().min()
}

pub fn text(text: &Segment) -> Value {
    text.clone().map_or(Value::Null, Value::Text)
}

pub fn integer(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap())
}

pub fn moment(ts: Option<i64>) -> Value {
    ts.map_or(Value::Null, |ts| Value::Timestamp(utc_datetime(ts)))
}

#[expect(clippy::cast_precision_loss, reason = "counts of tests are small")]
pub fn ratio(part: usize, whole: usize) -> Value {
    if whole == 0 {
        Value::Null
    } else {
        Value::Double(part as f64 / whole as f64)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of tests are exact"
)]
pub fn seconds(microseconds: i64) -> f64 {
    microseconds as f64 / 1e6
}

/// Returns a quantile by linear interpolation between the two nearest values.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of tests are small"
)]
pub fn quantile(mut values: Vec<f64>, share: f64) -> Value {
    if values.is_empty() {
        return Value::Null;
    }
    values.sort_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    let (below, above) = (
        values[place.floor() as usize],
        values[place.ceil() as usize],
    );
    Value::Double(below + (above - below) * place.fract())
}

#[expect(clippy::cast_precision_loss, reason = "counts of tests are small")]
pub fn mean(values: &[f64]) -> Value {
    if values.is_empty() {
        Value::Null
    } else {
        Value::Double(values.iter().sum::<f64>() / values.len() as f64)
    }
}
