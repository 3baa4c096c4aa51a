//! Retention: who started when, and who came back in which period.

use std::collections::{BTreeMap, BTreeSet};

use cxtop::store::Value;
use jiff::civil::DateTime;

use super::{Segment, events, grouped, integer, largest, moment, ratio, smallest, text};
use crate::analysis::arguments::Retention;
use crate::analysis::house::Rows;
use crate::analysis::world::{DAY, Event, HOUR, World, customer_id, distance, shifted};

/// A customer in a cohort.
struct Member<'w> {
    customer: u8,
    cohort: DateTime,
    started: i64,
    segment: Segment,
    /// All events of the customer that the question sees.
    events: Vec<&'w Event>,
}

/// A column of the grid: periods from `low` up to but not including `high`.
struct Column {
    number: usize,
    low: i64,
    high: i64,
}

pub fn retention(world: &World, asked: &Retention) -> Rows {
    let members = members(world, asked);
    let mut cohorts: BTreeMap<(DateTime, Segment), Vec<&Member>> = BTreeMap::new();
    for member in &members {
        let key = (member.cohort, member.segment.clone());
        cohorts.entry(key).or_default().push(member);
    }
    let mut rows = Rows::new();
    for ((cohort, segment), members) in &cohorts {
        for column in columns(asked) {
            if !has_begun(world, asked, *cohort, &column) {
                continue;
            }
            let returned = members
                .iter()
                .filter(|member| returned(world, asked, member, &column).is_some())
                .count();
            let mut row = vec![
                Value::Timestamp(*cohort),
                integer(column.number),
                text(segment),
                integer(members.len()),
                integer(returned),
                ratio(returned, members.len()),
                Value::Boolean(is_complete(world, asked, *cohort, &column)),
            ];
            if asked.is_valued {
                let value: i64 = members
                    .iter()
                    .map(|member| value(world, asked, member, &column))
                    .sum();
                row[5] = ratio(usize::try_from(value).unwrap(), members.len());
                row.push(Value::Double(f64::from(i32::try_from(value).unwrap())));
            }
            rows.push(row);
        }
    }
    rows
}

/// The customers behind one cell.
pub fn retention_customers(
    world: &World,
    asked: &Retention,
    cohort: DateTime,
    at: usize,
    outcome: &str,
) -> Rows {
    let mut rows = Rows::new();
    for member in members(world, asked) {
        let Some(column) = columns(asked)
            .into_iter()
            .find(|column| column.number == at)
        else {
            continue;
        };
        let returned = returned(world, asked, &member, &column);
        if member.cohort == cohort
            && has_begun(world, asked, cohort, &column)
            && returned.is_some() == (outcome == "returned")
        {
            rows.push(vec![
                Value::Text(customer_id(member.customer)),
                moment(Some(member.started)),
                moment(returned),
            ]);
        }
    }
    rows
}

/// The cohorts there are, so that a test can ask for one.
pub fn cohorts(world: &World, asked: &Retention) -> Vec<DateTime> {
    let members = members(world, asked);
    let cohorts: BTreeSet<DateTime> = members.iter().map(|member| member.cohort).collect();
    cohorts.into_iter().collect()
}

fn members<'w>(world: &'w World, asked: &Retention) -> Vec<Member<'w>> {
    let mut journeys: BTreeMap<u8, Vec<&Event>> = BTreeMap::new();
    for event in events(world, &asked.scope) {
        journeys
            .entry(event.customer.unwrap())
            .or_default()
            .push(event);
    }
    let mut members = Vec::new();
    for (customer, events) in journeys {
        let starts = || events.iter().filter(|event| (asked.start.holds)(event));
        let inside = |ts: &i64| asked.scope.contains(world, *ts);
        let mut openers: BTreeMap<DateTime, i64> = BTreeMap::new();
        if asked.cohort == "first_time" {
            let first = starts().map(|event| event.ts).min();
            openers.extend(
                first
                    .filter(inside)
                    .map(|ts| (world.period(ts, asked.period), ts)),
            );
        } else {
            for ts in starts().map(|event| event.ts).filter(inside) {
                let opener = openers.entry(world.period(ts, asked.period)).or_insert(ts);
                *opener = ts.min(*opener);
            }
        }
        for (cohort, started) in openers {
            let at_once = starts().filter(|event| event.ts == started);
            members.push(Member {
                customer,
                cohort,
                started,
                segment: smallest(at_once.map(|event| asked.scope.value(world, event))),
                events: events.clone(),
            });
        }
    }
    let mut sizes: BTreeMap<Segment, usize> = BTreeMap::new();
    for member in &members {
        *sizes.entry(member.segment.clone()).or_default() += 1;
    }
    let stay = largest(&sizes, asked.scope.top);
    for member in &mut members {
        member.segment = grouped(&member.segment, &stay);
    }
    members
}

fn columns(asked: &Retention) -> Vec<Column> {
    let lows: Vec<i64> = match &asked.brackets {
        Some(brackets) => brackets.clone(),
        None => (0..).take(asked.periods).collect(),
    };
    lows.iter()
        .enumerate()
        .map(|(number, low)| Column {
            number,
            low: *low,
            high: lows.get(number + 1).copied().unwrap_or(low + 1),
        })
        .collect()
}

fn length(unit: &str) -> i64 {
    match unit {
        "hour" => HOUR,
        "day" => DAY,
        "week" => 7 * DAY,
        "month" => 30 * DAY,
        "quarter" => 90 * DAY,
        _ => 365 * DAY,
    }
}

/// When the customer first came back in the column's time.
fn returned(world: &World, asked: &Retention, member: &Member, column: &Column) -> Option<i64> {
    if column.number == 0 {
        return Some(member.started);
    }
    let backs = member.events.iter().filter(|event| {
        is_back(asked, event)
            && event.ts > member.started
            && lies_in(world, asked, member, event, column)
    });
    backs.map(|event| event.ts).min()
}

/// The sum over the customer's events of a cell; the start belongs to its own column.
fn value(world: &World, asked: &Retention, member: &Member, column: &Column) -> i64 {
    let events = member.events.iter().filter(|event| {
        let opens = event.ts == member.started && (asked.start.holds)(event);
        (column.number == 0 && opens)
            || (is_back(asked, event)
                && event.ts >= member.started
                && lies_in(world, asked, member, event, column))
    });
    events.filter_map(|event| event.amount).sum()
}

fn is_back(asked: &Retention, event: &Event) -> bool {
    asked.back.is_none_or(|back| (back.holds)(event))
}

fn lies_in(
    world: &World,
    asked: &Retention,
    member: &Member,
    event: &Event,
    column: &Column,
) -> bool {
    let number = if asked.windows == "rolling" {
        (event.ts - member.started) / length(asked.period)
    } else {
        distance(
            member.cohort,
            world.period(event.ts, asked.period),
            asked.period,
        )
    };
    column.low <= number && (number < column.high || asked.criterion == "on_or_after")
}

fn has_begun(world: &World, asked: &Retention, cohort: DateTime, column: &Column) -> bool {
    if asked.windows == "rolling" {
        world.utc(cohort) + column.low * length(asked.period) < world.now() + DAY
    } else {
        let tomorrow = world.today.tomorrow().unwrap().at(0, 0, 0, 0);
        shifted(cohort, asked.period, column.low) < tomorrow
    }
}

fn is_complete(world: &World, asked: &Retention, cohort: DateTime, column: &Column) -> bool {
    if asked.windows == "rolling" {
        let last_start = world.utc(shifted(cohort, asked.period, 1));
        last_start + column.high * length(asked.period) <= world.now()
    } else {
        shifted(cohort, asked.period, column.high) <= world.today.at(0, 0, 0, 0)
    }
}
