//! The way from event to event, one session after the other, and the time from one event to another.

use std::collections::{BTreeMap, BTreeSet};

use cxtop::store::Value;

use super::{Segment, events, integer, moment, quantile, ratio, seconds, text};
use crate::analysis::arguments::{Paths, TimeTo};
use crate::analysis::house::Rows;
use crate::analysis::world::{Event, World, customer_id};

/// One step from an event to its neighbour.
struct Move {
    customer: u8,
    position: usize,
    node: Segment,
    next_node: Segment,
    ts: i64,
}

pub fn next_events(world: &World, asked: &Paths) -> Rows {
    let mut counts: BTreeMap<(usize, Segment, Segment), (usize, BTreeSet<u8>)> = BTreeMap::new();
    for step in moves(world, asked) {
        let (transitions, customers) = counts
            .entry((step.position, step.node, step.next_node))
            .or_default();
        *transitions += 1;
        customers.insert(step.customer);
    }
    let row =
        |((position, node, next_node), (transitions, customers)): (_, (usize, BTreeSet<u8>))| {
            let (position, node, next_node): (usize, Segment, Segment) =
                (position, node, next_node);
            vec![
                integer(position),
                text(&node),
                text(&next_node),
                integer(transitions),
                integer(customers.len()),
            ]
        };
    counts.into_iter().map(row).collect()
}

/// The customers behind one step.
pub fn next_events_customers(
    world: &World,
    asked: &Paths,
    position: usize,
    from: &str,
    to: Option<&str>,
) -> Rows {
    let mut firsts: BTreeMap<u8, i64> = BTreeMap::new();
    for step in moves(world, asked) {
        if step.position == position
            && step.node.as_deref() == Some(from)
            && step.next_node.as_deref() == to
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
            (event.ts, node.is_none(), node, !is_named(event))
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
                        position,
                        node: node(way[position - 1]),
                        next_node: way.get(position).and_then(|event| node(event)),
                        ts: way[position - 1].ts,
                    });
                }
            }
        }
    }
    moves
}

pub fn time_to(world: &World, asked: &TimeTo) -> Rows {
    let found = first_times(world, asked);
    let times: Vec<f64> = found
        .iter()
        .filter_map(|(_, entered, reached)| reached.map(|reached| seconds(reached - entered)))
        .collect();
    vec![vec![
        integer(found.len()),
        integer(times.len()),
        ratio(times.len(), found.len()),
        quantile(times.clone(), 0.25),
        quantile(times.clone(), 0.5),
        quantile(times.clone(), 0.75),
        quantile(times, 0.9),
    ]]
}

/// The customers who got there, or wait.
pub fn time_to_customers(world: &World, asked: &TimeTo, outcome: &str) -> Rows {
    first_times(world, asked)
        .into_iter()
        .filter(|(_, _, reached)| reached.is_some() == (outcome == "reached"))
        .map(|(customer, entered, reached)| {
            vec![
                Value::Text(customer_id(customer)),
                moment(Some(entered)),
                moment(reached),
            ]
        })
        .collect()
}

/// Customer, first event, and the event it took to get there.
fn first_times(world: &World, asked: &TimeTo) -> Vec<(u8, i64, Option<i64>)> {
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
        found.push((customer, entered, reached));
    }
    found
}
