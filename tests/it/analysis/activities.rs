//! Active customers, lifecycle and stickiness over random journeys.

use proptest::prelude::*;
use proptest::sample::Index;

use super::arguments::{Activity, quoted};
use super::funnels::for_all;
use super::reference::activity::{
    Wanted, active, customers, lifecycle, stickiness, stickiness_customers,
};
use super::strategies::{
    NAMES, PREDICATES, a_group, choice, maybe, period, scope, wide_scale, world,
};
use super::world::World;

fn activity() -> impl Strategy<Value = (World, Activity)> {
    let predicate = any::<bool>().prop_flat_map(|by_name| {
        let pool = if by_name { NAMES } else { PREDICATES };
        (Just(by_name), maybe(choice(pool), 0.5))
    });
    let place = wide_scale().prop_flat_map(|scale| (world(scale), scope(scale), period(scale)));
    (place, predicate).prop_map(|((world, scope, period), (by_name, event))| {
        let scope = scope.fixed(&world);
        let asked = Activity {
            event,
            by_name,
            period,
            scope,
        };
        (world, asked)
    })
}

#[test]
fn active_customers_agree_with_their_definition() {
    let case = (activity(), 1..5_i64);
    for_all(30, 21, case, |street, ((world, asked), rolling)| {
        let arguments = asked.arguments().named("rolling", Some(rolling));
        let house = street.house(world);
        let expected = active(world, asked, *rolling);
        house.check(&asked.function("active"), &arguments.sql(), &expected)
    });
}

#[test]
fn lifecycles_agree_with_their_definition() {
    for_all(30, 22, activity(), |street, (world, asked)| {
        let house = street.house(world);
        let expected = lifecycle(world, asked);
        house.check(
            &asked.function("lifecycle"),
            &asked.arguments().sql(),
            &expected,
        )
    });
}

#[test]
fn the_customers_of_a_period_are_those_it_counts() {
    let states = choice(&[
        None,
        Some("new"),
        Some("retained"),
        Some("resurrected"),
        Some("dormant"),
    ]);
    let place = (any::<Index>(), maybe(any::<Index>(), 0.5));
    let case = (activity(), states, 1..4_i64, place);
    for_all(
        30,
        23,
        case,
        |street, ((world, asked), state, rolling, (index, group))| {
            let moments: Vec<i64> = world.events.iter().map(|event| event.ts).collect();
            if moments.is_empty() {
                return Ok(());
            }
            let group = group.filter(|_| asked.scope.by.is_some());
            let numbers = match state {
                None => active(world, asked, *rolling),
                Some(_) => lifecycle(world, asked),
            };
            let wanted = Wanted {
                at: world.period(*index.get(&moments), asked.period),
                state: *state,
                rolling: *rolling,
                segment: a_group(&numbers, 1, group),
            };
            let at = format!("TIMESTAMP '{}'", wanted.at.to_string().replace('T', " "));
            let arguments = asked
                .arguments()
                .named("at", Some(at))
                .named("segment", wanted.segment.as_deref().map(quoted));
            let (name, arguments) = match state {
                None => (
                    "active_customers",
                    arguments.named("rolling", Some(rolling)),
                ),
                Some(state) => (
                    "lifecycle_customers",
                    arguments.named("state", Some(quoted(state))),
                ),
            };
            let house = street.house(world);
            let expected = customers(world, asked, &wanted);
            house.check(&asked.function(name), &arguments.sql(), &expected)
        },
    );
}

#[test]
fn stickiness_agrees_with_its_definition() {
    let within = maybe(choice(&["week", "month", "quarter"]), 0.4);
    // The longer unit is longer: anything else is refused.
    let units = ["hour", "day", "week", "month", "quarter", "year"];
    let length = move |unit: &str| units.iter().position(|known| *known == unit);
    let list = (1..4_usize, any::<Index>());
    let case = (activity(), within, any::<bool>(), list);
    for_all(
        30,
        24,
        case,
        |street, ((world, asked), within, at_least, (number, group))| {
            let within = &within.filter(|within| length(within) > length(asked.period));
            let arguments = asked
                .arguments()
                .named("within", within.map(quoted))
                .named("at_least", at_least.then_some(true));
            let house = street.house(world);
            let expected = stickiness(world, asked, *within, *at_least);
            house.check(&asked.function("stickiness"), &arguments.sql(), &expected)?;
            let segment = a_group(&expected, 1, asked.scope.by.map(|_| *group));
            if asked.scope.by.is_some() && segment.is_none() {
                return Ok(());
            }
            let wanted = (*number, &segment);
            let expected = stickiness_customers(world, asked, *within, *at_least, wanted);
            let arguments = arguments
                .named("active_periods", Some(number))
                .named("segment", segment.as_deref().map(quoted));
            let function = asked.function("stickiness_customers");
            house.check(&function, &arguments.sql(), &expected)
        },
    );
}
