//! Next and previous events, and the time from one event to another, over random journeys.

use proptest::prelude::*;
use proptest::sample::Index;

use super::arguments::{Paths, Scope, TimeTo, quoted};
use super::funnels::for_all;
use super::reference::paths::{
    Wanted, next_events, next_events_customers, time_to, time_to_customers,
};
use super::strategies::{BY, NAMES, PREDICATES, a_group, choice, event_scale, maybe, scope, world};
use super::world::World;

fn place() -> impl Strategy<Value = (i64, World, Scope)> {
    event_scale().prop_flat_map(|scale| {
        (Just(scale), world(scale), scope(scale)).prop_map(|(scale, world, scope)| {
            let scope = scope.fixed(&world);
            (scale, world, scope)
        })
    })
}

#[test]
fn next_events_agree_with_their_definition() {
    let anchors = prop_oneof![
        2 => choice(PREDICATES).prop_map(|after| (Some(after), None)),
        2 => choice(PREDICATES).prop_map(|before| (None, Some(before))),
        1 => Just((None, None)),
    ];
    let ends = || choice(&[Some("a"), Some("b"), None]);
    let case = (
        place(),
        anchors,
        maybe(choice(BY), 0.3),
        1..5_usize,
        (0..4_i64, -1..=1_i64),
        (ends(), ends(), maybe(any::<Index>(), 0.5)),
    );
    for_all(
        60,
        31,
        case,
        |street, ((scale, world, scope), anchors, node, steps, gap, (from, to, group))| {
            let asked = Paths {
                after: anchors.0,
                before: anchors.1,
                node: *node,
                steps: *steps,
                gap: (gap.0 * scale + gap.1).max(1),
                scope: scope.clone(),
            };
            let house = street.house(world);
            let expected = next_events(world, &asked);
            house.check("next_events", &asked.arguments().sql(), &expected)?;
            if *steps == 1 || node.is_some() {
                return Ok(());
            }
            let wanted = Wanted {
                position: 2,
                from: *from,
                to: *to,
                segment: a_group(&expected, 0, group.filter(|_| scope.by.is_some())),
            };
            let end = |node: Option<&str>| Some(node.map_or("NULL".to_string(), quoted));
            let arguments = asked
                .arguments()
                .named("position", Some(wanted.position))
                .named("from_node", end(wanted.from))
                .named("to_node", end(wanted.to))
                .named("segment", wanted.segment.as_deref().map(quoted));
            let expected = next_events_customers(world, &asked, &wanted);
            house.check("next_events_customers", &arguments.sql(), &expected)
        },
    );
}

#[test]
fn the_time_to_an_event_agrees_with_its_definition() {
    let predicates = any::<bool>().prop_flat_map(|by_name| {
        let pool = if by_name { NAMES } else { PREDICATES };
        (Just(by_name), choice(pool), choice(pool))
    });
    let within = maybe((0..5_i64, -1..=1_i64), 0.5);
    let list = (
        choice(&["reached", "waiting", "entered"]),
        maybe(any::<Index>(), 0.5),
    );
    let case = (place(), predicates, within, list);
    for_all(
        45,
        32,
        case,
        |street, ((scale, world, scope), (by_name, from, to), within, (outcome, group))| {
            let asked = TimeTo {
                from: *from,
                to: *to,
                by_name: *by_name,
                within: within.map(|(steps, off)| (steps * scale + off).max(1)),
                scope: scope.clone(),
            };
            let house = street.house(world);
            let arguments = asked.arguments();
            let expected = time_to(world, &asked);
            house.check(&asked.function("time_to"), &arguments.sql(), &expected)?;
            let segment = a_group(&expected, 0, group.filter(|_| scope.by.is_some()));
            let expected = time_to_customers(world, &asked, outcome, &segment);
            let arguments = arguments
                .named("outcome", Some(quoted(outcome)))
                .named("segment", segment.as_deref().map(quoted));
            house.check(
                &asked.function("time_to_customers"),
                &arguments.sql(),
                &expected,
            )
        },
    );
}
