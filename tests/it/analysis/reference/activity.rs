//! Active customers, lifecycle and stickiness: sets of customers, one for every period and group.

use std::collections::{BTreeMap, BTreeSet};

use cxtop::store::Value;
use jiff::civil::DateTime;

use super::{Segment, events, grouped, integer, largest, moment, ratio, text};
use crate::analysis::arguments::Activity;
use crate::analysis::house::Rows;
use crate::analysis::world::{Event, World, customer_id, distance, shifted};

/// The moments at which a customer of a group was active, by period.
type Presence = BTreeMap<(Segment, u8), BTreeMap<DateTime, Vec<i64>>>;

/// The states of a lifecycle, in the order of their columns.
const STATES: [&str; 4] = ["new", "retained", "resurrected", "dormant"];

/// What one list of customers asks for.
pub struct Wanted {
    pub at: DateTime,
    /// A state of the lifecycle; none for active customers.
    pub state: Option<&'static str>,
    pub rolling: i64,
    /// Only of this group.
    pub segment: Segment,
}

pub fn active(world: &World, asked: &Activity, rolling: i64) -> Rows {
    let (presence, range) = grouped_presence(world, asked, rolling - 1);
    let people = |segment: &Segment, period: DateTime| {
        let of_segment = presence.keys().filter(|(group, _)| group == segment);
        let here = of_segment
            .filter(|key| !moments(&presence[key], asked, period, rolling).is_empty())
            .count();
        vec![integer(here)]
    };
    let is_counted =
        |period, key: &(Segment, u8)| !moments(&presence[key], asked, period, rolling).is_empty();
    rows(world, asked, &presence, &range, &is_counted, &people)
}

pub fn lifecycle(world: &World, asked: &Activity) -> Rows {
    let (presence, range) = grouped_presence(world, asked, 1);
    let people = |segment: &Segment, period: DateTime| {
        let here: Vec<&str> = presence
            .iter()
            .filter(|((group, _), _)| group == segment)
            .filter_map(|(_, periods)| state(periods, asked, period))
            .collect();
        let count = |wanted: &&str| integer(here.iter().filter(|state| *state == wanted).count());
        STATES.iter().map(count).collect()
    };
    let is_counted = |period, key: &(Segment, u8)| state(&presence[key], asked, period).is_some();
    rows(world, asked, &presence, &range, &is_counted, &people)
}

/// The customers behind one number of `active` or `lifecycle`.
pub fn customers(world: &World, asked: &Activity, wanted: &Wanted) -> Rows {
    let reach = if wanted.state.is_some() {
        1
    } else {
        wanted.rolling - 1
    };
    let (presence, range) = grouped_presence(world, asked, reach);
    let mut found: BTreeMap<u8, Vec<i64>> = BTreeMap::new();
    if range.contains(&wanted.at) {
        for ((group, customer), periods) in &presence {
            if wanted.segment.is_some() && *group != wanted.segment {
                continue;
            }
            let here = match wanted.state {
                None => moments(periods, asked, wanted.at, wanted.rolling),
                Some(expected) if state(periods, asked, wanted.at) != Some(expected) => vec![],
                Some("dormant") => moments(periods, asked, shifted(wanted.at, asked.period, -1), 1),
                Some(_) => moments(periods, asked, wanted.at, 1),
            };
            found.entry(*customer).or_default().extend(here);
        }
    }
    listed(&found)
}

pub fn stickiness(world: &World, asked: &Activity, within: Option<&str>, at_least: bool) -> Rows {
    let presence = frequency(world, asked, within);
    let most = presence.values().map(BTreeMap::len).max().unwrap_or(0);
    let segments: BTreeSet<&Segment> = presence.keys().map(|(segment, _)| segment).collect();
    let mut rows = Rows::new();
    for segment in segments {
        let counts: Vec<usize> = presence
            .iter()
            .filter(|((group, _), _)| group == segment)
            .map(|(_, periods)| periods.len())
            .collect();
        for number in 1..=most {
            let here = counts
                .iter()
                .filter(|count| **count == number || (at_least && **count > number))
                .count();
            rows.push(vec![
                integer(number),
                text(segment),
                integer(here),
                ratio(here, counts.len()),
            ]);
        }
    }
    rows
}

pub fn stickiness_customers(
    world: &World,
    asked: &Activity,
    within: Option<&str>,
    at_least: bool,
    (number, wanted): (usize, &Segment),
) -> Rows {
    let mut rows = Rows::new();
    for ((group, customer), periods) in frequency(world, asked, within) {
        if wanted.is_some() && group != *wanted {
            continue;
        }
        if periods.len() == number || (at_least && periods.len() > number) {
            let here: Vec<i64> = periods.into_values().flatten().collect();
            rows.extend(listed(&BTreeMap::from([(customer, here)])));
        }
    }
    rows
}

fn presence(world: &World, asked: &Activity, is_inside: &dyn Fn(i64) -> bool) -> Presence {
    let mut presence = Presence::new();
    let matching = |event: &&Event| asked.event.is_none_or(|wanted| (wanted.holds)(event));
    for event in events(world, &asked.scope).into_iter().filter(matching) {
        if is_inside(event.ts) {
            let key = (asked.scope.value(world, event), event.customer.unwrap());
            let period = world.period(event.ts, asked.period);
            let periods = presence.entry(key).or_default();
            periods.entry(period).or_default().push(event.ts);
        }
    }
    presence
}

/// The presence in the groups that stay, and the periods of the answer.
fn grouped_presence(world: &World, asked: &Activity, reach: i64) -> (Presence, Vec<DateTime>) {
    let all = presence(world, asked, &|_| true);
    let range = range(world, asked, &all);
    let counted = |period: &DateTime| {
        range.first().is_some_and(|first| {
            shifted(*first, asked.period, -reach) <= *period && Some(period) <= range.last()
        })
    };
    let presence = merged(all, asked, &counted);
    (presence, range)
}

/// Puts small groups together; their size is the number of customers in the periods that count.
fn merged(all: Presence, asked: &Activity, counted: &dyn Fn(&DateTime) -> bool) -> Presence {
    let mut sizes: BTreeMap<Segment, usize> = BTreeMap::new();
    for ((segment, _), periods) in &all {
        if periods.keys().any(counted) {
            *sizes.entry(segment.clone()).or_default() += 1;
        }
    }
    let stay = largest(&sizes, asked.scope.top);
    let mut merged = Presence::new();
    for ((segment, customer), periods) in all {
        let group = merged
            .entry((grouped(&segment, &stay), customer))
            .or_default();
        for (period, moments) in periods {
            group.entry(period).or_default().extend(moments);
        }
    }
    merged
}

/// Every period of the answer.
fn range(world: &World, asked: &Activity, presence: &Presence) -> Vec<DateTime> {
    let unit = asked.period;
    let periods = || presence.values().flat_map(BTreeMap::keys).copied();
    let since = asked.scope.since.map(|since| since.moment(world));
    let until = asked.scope.until.map(|until| until.moment(world) - 1);
    let today = world.period_of_wall(world.today.at(0, 0, 0, 0), unit);
    let first = since
        .map(|ts| world.period(ts, unit))
        .or_else(|| periods().min());
    let last = until
        .map(|ts| world.period(ts, unit))
        .or_else(|| periods().chain([today]).max());
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    (0..=distance(first, last, unit))
        .map(|count| shifted(first, unit, count))
        .collect()
}

fn rows(
    world: &World,
    asked: &Activity,
    presence: &Presence,
    range: &[DateTime],
    is_counted: &dyn Fn(DateTime, &(Segment, u8)) -> bool,
    people: &dyn Fn(&Segment, DateTime) -> Vec<Value>,
) -> Rows {
    let mut segments: BTreeSet<Segment> = presence
        .keys()
        .filter(|key| range.iter().any(|period| is_counted(*period, key)))
        .map(|(segment, _)| segment.clone())
        .collect();
    if segments.is_empty() {
        segments.insert(None);
    }
    let mut rows = Rows::new();
    for period in range {
        for segment in &segments {
            let mut row = vec![Value::Timestamp(*period), text(segment)];
            row.extend(people(segment, *period));
            let ends = shifted(*period, asked.period, 1);
            row.push(Value::Boolean(ends <= world.today.at(0, 0, 0, 0)));
            rows.push(row);
        }
    }
    rows
}

/// The moments in so many periods that end with this one.
fn moments(
    periods: &BTreeMap<DateTime, Vec<i64>>,
    asked: &Activity,
    period: DateTime,
    rolling: i64,
) -> Vec<i64> {
    let first = shifted(period, asked.period, 1 - rolling);
    periods
        .range(first..=period)
        .flat_map(|(_, moments)| moments.clone())
        .collect()
}

fn state(
    periods: &BTreeMap<DateTime, Vec<i64>>,
    asked: &Activity,
    period: DateTime,
) -> Option<&'static str> {
    let now = periods.contains_key(&period);
    let before = periods.contains_key(&shifted(period, asked.period, -1));
    let ever = periods.range(..period).next().is_some();
    match (now, before, ever) {
        (true, _, false) => Some("new"),
        (true, true, _) => Some("retained"),
        (true, false, true) => Some("resurrected"),
        (false, true, _) => Some("dormant"),
        (false, false, _) => None,
    }
}

/// The presence inside the range of stickiness.
fn frequency(world: &World, asked: &Activity, within: Option<&str>) -> Presence {
    let all = match within {
        None => presence(world, asked, &|ts| asked.scope.contains(world, ts)),
        Some(unit) => {
            let end = asked.scope.until.map(|until| until.moment(world));
            let end = world.period(end.unwrap_or_else(|| world.now()), unit);
            let (first, last) = (world.utc(shifted(end, unit, -1)), world.utc(end));
            presence(world, asked, &|ts| first <= ts && ts < last)
        }
    };
    merged(all, asked, &|_| true)
}

fn listed(found: &BTreeMap<u8, Vec<i64>>) -> Rows {
    found
        .iter()
        .filter(|(_, moments)| !moments.is_empty())
        .map(|(customer, moments)| {
            vec![
                Value::Text(customer_id(*customer)),
                moment(moments.iter().min().copied()),
                moment(moments.iter().max().copied()),
            ]
        })
        .collect()
}
