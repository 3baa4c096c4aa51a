//! Retention grids over random journeys.

use proptest::prelude::*;

use super::arguments::{Retention, quoted};
use super::funnels::for_all;
use super::reference::retention::{cohorts, retention, retention_customers};
use super::strategies::{NAMES, PREDICATES, choice, maybe, period, scope, wide_scale, world};
use super::world::World;

fn grid() -> impl Strategy<Value = (World, Retention)> {
    let predicates = any::<bool>().prop_flat_map(|by_name| {
        let pool = if by_name { NAMES } else { PREDICATES };
        (Just(by_name), choice(pool), maybe(choice(pool), 0.6))
    });
    let words = (
        choice(&["first_time", "recurring"]),
        choice(&["on", "on_or_after"]),
        choice(&["calendar", "rolling"]),
    );
    let brackets = maybe(
        prop_oneof![Just(vec![0]), Just(vec![0, 1, 3]), Just(vec![0, 2, 3, 7])],
        0.25,
    );
    let place = wide_scale().prop_flat_map(|scale| (world(scale), scope(scale), period(scale)));
    (
        place,
        predicates,
        words,
        brackets,
        1..6_usize,
        any::<bool>(),
    )
        .prop_map(
            |(
                (world, scope, period),
                (by_name, start, back),
                words,
                brackets,
                periods,
                is_valued,
            )| {
                let (cohort, criterion, windows) = words;
                let scope = scope.fixed(&world);
                let asked = Retention {
                    start,
                    back,
                    by_name,
                    period,
                    periods,
                    cohort,
                    criterion,
                    windows,
                    brackets,
                    is_valued,
                    scope,
                };
                (world, asked)
            },
        )
}

#[test]
fn retention_agrees_with_its_definition() {
    for_all(40, 11, grid(), |street, (world, asked)| {
        let house = street.house(world);
        let expected = retention(world, asked);
        house.check(
            &asked.function("retention"),
            &asked.arguments().sql(),
            &expected,
        )
    });
}

#[test]
fn the_customers_of_a_cell_are_those_it_counts() {
    let case = (grid(), 0..3_usize, choice(&["returned", "not_returned"]));
    for_all(20, 12, case, |street, ((world, asked), at, outcome)| {
        let house = street.house(world);
        let columns = asked.brackets.as_ref().map_or(asked.periods, Vec::len);
        let at = &(at % columns);
        for cohort in cohorts(world, asked).into_iter().take(2) {
            let cohort_start = format!("TIMESTAMP '{}'", cohort.to_string().replace('T', " "));
            let arguments = asked
                .arguments()
                .named("cohort_start", Some(cohort_start))
                .named("at", Some(at))
                .named("outcome", Some(quoted(outcome)));
            let expected = retention_customers(world, asked, cohort, *at, outcome);
            let function = asked.function("retention_customers");
            house.check(&function, &arguments.sql(), &expected)?;
        }
        Ok(())
    });
}
