//! Funnels over random journeys: every engine must say what the definition says.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestRunner};

use super::arguments::{Funnel, Scope, Within, quoted};
use super::house::Street;
use super::reference::funnel::{
    Wanted, funnel, funnel_customers, funnel_trend, funnel_trend_customers,
};
use super::strategies::{
    HOLD, NAMES, PREDICATES, UNIT, a_group, choice, event_scale, maybe, scope, world, world_of,
};
use super::world::World;

fn lengths(scale: i64) -> impl Strategy<Value = i64> {
    // To the microsecond around whole steps of the grid, on which events lie.
    (0..7_i64, -1..=1_i64).prop_map(move |(steps, off)| (steps * scale + off).max(1))
}

fn within(scale: i64, steps: usize) -> BoxedStrategy<Within> {
    prop_oneof![
        4 => lengths(scale).prop_map(Within::Entry),
        1 => prop::collection::vec(lengths(scale), steps - 1).prop_map(Within::Step),
    ]
    .boxed()
}

fn any_funnel(scale: i64, scope: Scope) -> impl Strategy<Value = Funnel> {
    let steps = (any::<bool>(), 2..=4_usize).prop_flat_map(|(by_name, count)| {
        let pool = if by_name { NAMES } else { PREDICATES };
        (Just(by_name), prop::collection::vec(choice(pool), count))
    });
    let stretch = prop_oneof![
        2 => Just(None),
        1 => (1..=3_usize, 1..=3_usize).prop_map(|(from, length)| Some((from, from + length))),
    ];
    let mode = prop_oneof![3 => Just("ordered"), 1 => Just("strict"), 1 => Just("any")];
    let attribution = choice(&["entry", "entry", "first", "last", "step 2", "each"]);
    let exclusion = (
        maybe(choice(PREDICATES), 0.6),
        stretch,
        choice(&["keep", "drop"]),
    );
    let first_time = prop_oneof![3 => Just(vec![]), 1 => Just(vec![1]), 1 => Just(vec![2]), 1 => Just(vec![1, 2])];
    let words = (mode, choice(&["any", "any", "first"]), attribution);
    let expressions = (maybe(choice(HOLD), 0.25), maybe(choice(UNIT), 0.15));
    (steps, words, expressions, exclusion, first_time).prop_flat_map(
        move |(
            (by_name, steps),
            (mode, entries, attribution),
            (hold, unit),
            exclusion,
            first_time,
        )| {
            let (excluding, between, exclusion) = exclusion;
            let scope = scope.clone();
            let whole = mode == "any";
            within(scale, steps.len()).prop_map(move |within| Funnel {
                by_name: by_name && unit.is_none(),
                steps: steps.clone(),
                within: match within {
                    Within::Step(lengths) if whole => Within::Entry(lengths[0]),
                    other => other,
                },
                scope: scope.clone(),
                mode,
                entries,
                attribution: attribution.to_string(),
                hold,
                unit,
                excluding,
                between: between
                    .filter(|_| steps.len() > 1)
                    .map(|(from, to)| (from.min(steps.len() - 1), to))
                    .map(|(from, to)| (from, to.clamp(from + 1, steps.len()))),
                exclusion,
                first_time: first_time.clone(),
            })
        },
    )
}

fn funnel_case() -> impl Strategy<Value = (World, Funnel)> {
    event_scale().prop_flat_map(|scale| {
        (world(scale), scope(scale)).prop_flat_map(move |(world, scope)| {
            let scope = scope.fixed(&world);
            (Just(world), any_funnel(scale, scope))
        })
    })
}

/// Funnels in which taking every step as early as possible is not always best: nothing else is asked, so that it shows.
fn patient_funnel() -> impl Strategy<Value = (World, Funnel)> {
    let shape = prop_oneof![
        Just((NAMES, "ordered", "keep")),
        Just((PREDICATES, "ordered", "keep")),
        Just((PREDICATES, "ordered", "drop")),
        Just((PREDICATES, "any", "keep")),
        Just((PREDICATES, "strict", "keep")),
    ];
    let stretch = (0..=2_usize, 2..=3_usize);
    let case = (event_scale(), shape, stretch, 3..=4_usize, any::<bool>());
    case.prop_flat_map(
        |(scale, (pool, mode, exclusion), (from, to), count, is_by_step)| {
            let steps = prop::collection::vec(choice(pool), count);
            let lengths = prop::collection::vec(lengths(scale), count - 1);
            let excluding = maybe(choice(PREDICATES), 0.75);
            (world_of(scale, 30..60), steps, lengths, excluding).prop_map(
                move |(world, steps, lengths, excluding)| {
                    let last = to.min(steps.len());
                    let funnel = Funnel {
                        steps,
                        by_name: false,
                        within: if is_by_step && mode != "any" {
                            Within::Step(lengths)
                        } else {
                            Within::Entry(lengths.iter().sum())
                        },
                        scope: Scope::default(),
                        mode,
                        entries: "any",
                        attribution: "entry".to_string(),
                        hold: None,
                        unit: None,
                        excluding,
                        between: (from > 0 && from < last).then_some((from, last)),
                        exclusion,
                        first_time: vec![],
                    };
                    (world, funnel)
                },
            )
        },
    )
}

/// Runs a property over random cases, the same ones every time.
pub fn for_all<T: std::fmt::Debug>(
    cases: u32,
    seed: u64,
    strategy: impl Strategy<Value = T>,
    property: impl Fn(&mut Street, &T) -> Result<(), String>,
) {
    let cases = std::env::var("CXTOP_CASES").map_or(cases, |cases| cases.parse().unwrap());
    let seed = std::env::var("CXTOP_SEED").map_or(seed, |seed| seed.parse().unwrap());
    let config = ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    };
    let street = RefCell::new(Street::default());
    let result = TestRunner::new(config).run(&strategy, |case| {
        property(&mut street.borrow_mut(), &case).map_err(TestCaseError::fail)
    });
    if let Err(failure) = result {
        panic!("seed {seed}: {failure}");
    }
}

#[test]
fn funnels_agree_with_their_definition() {
    for_all(40, 1, funnel_case(), |street, (world, asked)| {
        let house = street.house(world);
        house
            .check(
                &asked.function("funnel"),
                &asked.arguments().sql(),
                &funnel(world, asked, &asked.labels()),
            )
            .map_err(|failure| format!("{failure}\n{}", world.sql()))
    });
}

#[test]
fn funnels_that_hold_a_value_agree_with_their_definition() {
    let modes = choice(&["ordered", "strict", "any"]);
    let case = (
        funnel_case(),
        choice(HOLD),
        modes,
        choice(&["any", "first"]),
    );
    let case = case.prop_map(|((world, mut asked), hold, mode, entries)| {
        (asked.hold, asked.mode, asked.entries) = (Some(hold), mode, entries);
        if let (Within::Step(lengths), "any") = (&asked.within, mode) {
            asked.within = Within::Entry(lengths[0]);
        }
        (world, asked)
    });
    for_all(40, 6, case, |street, (world, asked)| {
        let house = street.house(world);
        house
            .check(
                &asked.function("funnel"),
                &asked.arguments().sql(),
                &funnel(world, asked, &asked.labels()),
            )
            .map_err(|failure| format!("{failure}\n{}", world.sql()))
    });
}

#[test]
fn funnels_wait_for_the_step_that_leads_further() {
    for_all(25, 4, patient_funnel(), |street, (world, asked)| {
        let house = street.house(world);
        let expected = funnel(world, asked, &asked.labels());
        house.check("funnel_if", &asked.arguments().sql(), &expected)
    });
}

#[test]
fn the_customers_of_a_funnel_are_those_it_counts() {
    let case = funnel_case().prop_flat_map(|(world, asked)| {
        let steps = 1..=asked.steps.len();
        let outcome = choice(&["reached", "lost", "in_window"]);
        (Just(world), Just(asked), steps, outcome)
    });
    for_all(20, 2, case, |street, (world, asked, step, outcome)| {
        let wanted = Wanted {
            step: *step,
            outcome,
            segment: None,
        };
        let arguments = asked
            .arguments()
            .named("step", Some(step))
            .named("outcome", Some(quoted(outcome)));
        let house = street.house(world);
        let expected = funnel_customers(world, asked, &wanted);
        let function = asked.function("funnel_customers");
        house.check(&function, &arguments.sql(), &expected)
    });
}

#[test]
fn funnel_trends_agree_with_their_definition() {
    let case = (
        funnel_case(),
        choice(&["hour", "day", "week", "month", "quarter", "year"]),
    );
    for_all(20, 3, case, |street, ((world, asked), unit)| {
        let arguments = asked.arguments().named("period", Some(quoted(unit)));
        let house = street.house(world);
        let expected = funnel_trend(world, asked, unit);
        house.check(&asked.function("funnel_trend"), &arguments.sql(), &expected)
    });
}

#[test]
fn the_customers_of_a_period_are_those_its_trend_counts() {
    let place = (any::<Index>(), maybe(any::<Index>(), 0.5));
    let case = (
        funnel_case(),
        choice(&["day", "week", "month"]),
        choice(&["entered", "converted", "lost"]),
        place,
    );
    for_all(
        30,
        5,
        case,
        |street, ((world, asked), unit, outcome, (event, group))| {
            if world.events.is_empty() {
                return Ok(());
            }
            let at = world.period(event.get(&world.events).ts, unit);
            let column_of_segments = 1;
            let group = group.filter(|_| asked.scope.by.is_some());
            let segment = a_group(&funnel_trend(world, asked, unit), column_of_segments, group);
            let wall = at.to_string().replace('T', " ");
            let arguments = asked
                .arguments()
                .named("period", Some(quoted(unit)))
                .named("at", Some(format!("TIMESTAMP '{wall}'")))
                .named("outcome", Some(quoted(outcome)))
                .named("segment", segment.as_deref().map(quoted));
            let wanted = (*outcome, &segment);
            let expected = funnel_trend_customers(world, asked, unit, at, wanted);
            let house = street.house(world);
            let function = asked.function("funnel_trend_customers");
            house.check(&function, &arguments.sql(), &expected)
        },
    );
}
