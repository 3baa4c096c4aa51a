//! Next and previous events, and the time from one event to another, over random journeys.

use proptest::prelude::*;

use super::arguments::{Paths, Scope, TimeTo, quoted};
use super::funnels::for_all;
use super::reference::paths::{next_events, next_events_customers, time_to, time_to_customers};
use super::strategies::{BY, NAMES, PREDICATES, choice, event_scale, maybe, scope, world};
use super::world::World;

/// These have no groups.
fn place() -> impl Strategy<Value = (i64, World, Scope)> {
    event_scale().prop_flat_map(|scale| {
        (Just(scale), world(scale), scope(scale)).prop_map(|(scale, world, scope)| {
            let scope = Scope {
                by: None,
                top: None,
                ..scope.fixed(&world)
            };
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
    let case = (
        place(),
        anchors,
        maybe(choice(BY), 0.3),
        1..5_usize,
        (0..4_i64, -1..=1_i64),
    );
    for_all(
        40,
        31,
        case,
        |street, ((scale, world, scope), anchors, node, steps, gap)| {
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
            let to = (steps % 2 == 0).then_some("b");
            let arguments = asked
                .arguments()
                .named("position", Some(2))
                .named("from_node", Some(quoted("a")))
                .named("to_node", Some(to.map_or("NULL".to_string(), quoted)));
            let expected = next_events_customers(world, &asked, 2, "a", to);
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
    let case = (place(), predicates, within, choice(&["reached", "waiting"]));
    for_all(
        30,
        32,
        case,
        |street, ((scale, world, scope), (by_name, from, to), within, outcome)| {
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
            let expected = time_to_customers(world, &asked, outcome);
            let arguments = arguments.named("outcome", Some(quoted(outcome)));
            house.check(
                &asked.function("time_to_customers"),
                &arguments.sql(),
                &expected,
            )
        },
    );
}
