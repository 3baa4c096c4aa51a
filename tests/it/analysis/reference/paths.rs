//! The way from event to event, one session after the other, and the time from one event to another.

use std::collections::{BTreeMap, BTreeSet};

use cxtop::store::Value;

use super::{
    Segment, events, grouped, integer, largest, moment, quantile, ratio, seconds, smallest, text,
};
use crate::analysis::arguments::{Paths, Scope, TimeTo};
use crate::analysis::house::Rows;
use crate::analysis::world::{Event, World, customer_id};

/// One step from an event to its neighbour.
struct Move {
    customer: u8,
    /// The group of the event that started the way.
    segment: Segment,
    position: usize,
    node: Segment,
    next_node: Segment,
    ts: i64,
}

/// Which list of customers is asked for.
pub struct Wanted<'t> {
    pub position: usize,
    pub from: Option<&'t str>,
    pub to: Option<&'t str>,
    /// One group, or all.
    pub segment: Option<String>,
}

pub fn next_events(world: &World, asked: &Paths) -> Rows {
    type Key = (Segment, usize, Segment, Segment);
    let mut counts: BTreeMap<Key, (usize, BTreeSet<u8>)> = BTreeMap::new();
    for step in moves(world, asked) {
        let (transitions, customers) = counts
            .entry((step.segment, step.position, step.node, step.next_node))
            .or_default();
        *transitions += 1;
        customers.insert(step.customer);
    }
    let mut rows = Rows::new();
    for ((segment, position, node, next_node), (transitions, customers)) in counts {
        let row = vec![
            integer(position),
            text(&node),
            text(&next_node),
            integer(transitions),
            integer(customers.len()),
        ];
        rows.push(in_segment(&asked.scope, &segment, row));
    }
    rows
}

/// A row, with the name of its group where groups are asked for.
fn in_segment(scope: &Scope, segment: &Segment, row: Vec<Value>) -> Vec<Value> {
    let segment = scope.by.map(|_| text(segment));
    segment.into_iter().chain(row).collect()
}

/// Returns which groups stay, of groups in which customers were seen.
fn staying(seen: impl Iterator<Item = (Segment, u8)>, scope: &Scope) -> BTreeSet<Segment> {
    let mut customers: BTreeMap<Segment, BTreeSet<u8>> = BTreeMap::new();
    for (segment, customer) in seen {
        customers.entry(segment).or_default().insert(customer);
    }
    let sizes = customers
        .into_iter()
        .map(|(segment, customers)| (segment, customers.len()));
    largest(&sizes.collect(), scope.top)
}

/// The customers behind one step.
pub fn next_events_customers(world: &World, asked: &Paths, wanted: &Wanted<'_>) -> Rows {
    let mut firsts: BTreeMap<u8, i64> = BTreeMap::new();
    for step in moves(world, asked) {
        if step.position == wanted.position
            && step.node.as_deref() == wanted.from
            && step.next_node.as_deref() == wanted.to
            && (wanted.segment.is_none() || step.segment == wanted.segment)
        {
            let first = firsts.entry(step.customer).or_insert(step.ts);
            *first = step.ts.min(*first);
        }
    }
    firsts
        .into_iter()
        .map(|(customer, ts)| vec![Value::Text(customer_id(customer)), moment(Some(ts))])
        .collect()
}

fn moves(world: &World, asked: &Paths) -> Vec<Move> {
    let mut journeys: BTreeMap<u8, Vec<&Event>> = BTreeMap::new();
    for event in events(world, &asked.scope) {
        journeys
            .entry(event.customer.unwrap())
            .or_default()
            .push(event);
    }
    let node = |event: &Event| match asked.node {
        Some(node) => (node.value)(world, event),
        None => event.name.map(str::to_string),
    };
    let wanted = asked.before.or(asked.after);
    let is_named = |event: &Event| wanted.is_some_and(|wanted| (wanted.holds)(event));
    let mut moves = Vec::new();
    for (customer, mut events) in journeys {
        events.sort_by_key(|event| {
            let node = node(event);
            let value = asked.scope.value(world, event);
            let group = (value.is_none(), value);
            (event.ts, node.is_none(), node, !is_named(event), group)
        });
        let mut sessions: Vec<Vec<&Event>> = Vec::new();
        for event in events {
            match sessions.last_mut() {
                Some(session) if event.ts - session.last().unwrap().ts <= asked.gap => {
                    session.push(event);
                }
                _ => sessions.push(vec![event]),
            }
        }
        for mut session in sessions {
            if asked.before.is_some() {
                session.reverse();
            }
            for anchor in 0..session.len() {
                let counts = if wanted.is_some() {
                    is_named(session[anchor])
                } else {
                    anchor == 0
                };
                if !counts || !asked.scope.contains(world, session[anchor].ts) {
                    continue;
                }
                let way = &session[anchor..];
                for position in (1..=asked.steps).take_while(|position| *position <= way.len()) {
                    moves.push(Move {
                        customer,
                        segment: asked.scope.value(world, way[0]),
                        position,
                        node: node(way[position - 1]),
                        next_node: way.get(position).and_then(|event| node(event)),
                        ts: way[position - 1].ts,
                    });
                }
            }
        }
    }
    let seen = moves
        .iter()
        .map(|step| (step.segment.clone(), step.customer));
    let stay = staying(seen, &asked.scope);
    for step in &mut moves {
        step.segment = grouped(&step.segment, &stay);
    }
    moves
}

/// When a customer began and got there.
struct FirstTime {
    customer: u8,
    segment: Segment,
    entered: i64,
    reached: Option<i64>,
}

pub fn time_to(world: &World, asked: &TimeTo) -> Rows {
    let found = first_times(world, asked);
    let mut segments: BTreeSet<Segment> = found.iter().map(|one| one.segment.clone()).collect();
    if segments.is_empty() {
        segments.insert(None);
    }
    let mut rows = Rows::new();
    for segment in segments {
        let inside = || found.iter().filter(|one| one.segment == segment);
        let times: Vec<f64> = inside()
            .filter_map(|one| Some(seconds(one.reached? - one.entered)))
            .collect();
        let row = vec![
            integer(inside().count()),
            integer(times.len()),
            ratio(times.len(), inside().count()),
            quantile(times.clone(), 0.25),
            quantile(times.clone(), 0.5),
            quantile(times.clone(), 0.75),
            quantile(times, 0.9),
        ];
        rows.push(in_segment(&asked.scope, &segment, row));
    }
    rows
}

/// The customers who got there, or wait: of one group, or of all.
pub fn time_to_customers(world: &World, asked: &TimeTo, outcome: &str, segment: &Segment) -> Rows {
    first_times(world, asked)
        .into_iter()
        .filter(|one| outcome == "entered" || one.reached.is_some() == (outcome == "reached"))
        .filter(|one| segment.is_none() || one.segment == *segment)
        .map(|one| {
            vec![
                Value::Text(customer_id(one.customer)),
                moment(Some(one.entered)),
                moment(one.reached),
            ]
        })
        .collect()
}

fn first_times(world: &World, asked: &TimeTo) -> Vec<FirstTime> {
    let mut journeys: BTreeMap<u8, Vec<&Event>> = BTreeMap::new();
    for event in events(world, &asked.scope) {
        journeys
            .entry(event.customer.unwrap())
            .or_default()
            .push(event);
    }
    let mut found = Vec::new();
    for (customer, events) in journeys {
        let inside =
            |event: &&&Event| (asked.from.holds)(event) && asked.scope.contains(world, event.ts);
        let Some(entered) = events.iter().filter(inside).map(|event| event.ts).min() else {
            continue;
        };
        // Any pair of two events counts whose first is one of the first.
        let mut reached: Option<i64> = None;
        for (one, first) in events.iter().enumerate() {
            for (other, second) in events.iter().enumerate() {
                let in_time = asked
                    .within
                    .is_none_or(|within| second.ts - entered <= within);
                if one != other
                    && first.ts == entered
                    && (asked.from.holds)(first)
                    && (asked.to.holds)(second)
                    && second.ts >= entered
                    && in_time
                {
                    reached = Some(reached.map_or(second.ts, |before| before.min(second.ts)));
                }
            }
        }
        let firsts = events
            .iter()
            .filter(inside)
            .filter(|event| event.ts == entered);
        let segment = smallest(firsts.map(|event| asked.scope.value(world, event)));
        found.push(FirstTime {
            customer,
            segment,
            entered,
            reached,
        });
    }
    let seen = found.iter().map(|one| (one.segment.clone(), one.customer));
    let stay = staying(seen, &asked.scope);
    for one in &mut found {
        one.segment = grouped(&one.segment, &stay);
    }
    found
}
