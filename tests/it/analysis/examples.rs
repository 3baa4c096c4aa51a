//! Corners of funnels that random journeys seldom hit, each as one journey and how many steps it does.

use cxtop::store::{Value, portable};
use jiff::civil::{Weekday, date};

use super::house::{ENGINES, Street, same, understands};
use super::world::{Event, HOUR, World};

/// A journey (`a3` is event `a` three hours in), the arguments behind the steps `a`, `b`, `c`, and the steps done.
const EXAMPLES: &[(&str, &str, usize)] = &[
    ("a0 b1 c2", "", 3),
    ("c0 b0 a0", "", 3),
    ("c0 b0 a1", "", 1),
    ("a0 b1 c2", "within := INTERVAL 2 HOURS", 3),
    (
        "a0 b1 c2",
        "within := INTERVAL '7199999999 microseconds'",
        2,
    ),
    // The first attempt fails, a later one does not.
    ("a0 b1 a5 b6 c7", "within := INTERVAL 2 HOURS", 3),
    (
        "a0 b1 a5 b6 c7",
        "within := INTERVAL 2 HOURS, entries := 'first'",
        2,
    ),
    // The second b is near enough to c.
    (
        "a0 b1 b5 c10",
        "within := [INTERVAL 10 HOURS, INTERVAL 6 HOURS]",
        3,
    ),
    (
        "a0 b1 c10",
        "within := [INTERVAL 10 HOURS, INTERVAL 6 HOURS]",
        2,
    ),
    // x cuts, unless a step is taken in its very instant.
    ("a0 b1 x2 c3", "excluding := event = 'x'", 2),
    ("a0 b1 x2 b2 c3", "excluding := event = 'x'", 3),
    ("a0 x1 b1 c3", "excluding := event = 'x'", 3),
    // Only between b and c: it pays to wait for the second b.
    (
        "a0 b1 x2 b3 c4",
        "excluding := event = 'x', excluding_between := [2, 3]",
        3,
    ),
    (
        "a0 x1 b2 c3",
        "excluding := event = 'x', excluding_between := [2, 3]",
        3,
    ),
    (
        "a0 b1 x2 c3",
        "excluding := event = 'x', excluding_between := [2, 3]",
        2,
    ),
    (
        "a0 b0 x1 b2 c3",
        "excluding := event = 'x', excluding_between := [2, 3]",
        3,
    ),
    // Dropped, also when nothing follows; a later clean attempt counts, and what comes after the last step does not.
    (
        "a0 b1 x2",
        "excluding := event = 'x', exclusion := 'drop'",
        0,
    ),
    (
        "a0 x1 a2 b3",
        "excluding := event = 'x', exclusion := 'drop'",
        2,
    ),
    (
        "a0 b1 c2 x3",
        "excluding := event = 'x', exclusion := 'drop'",
        3,
    ),
    (
        "a0 b1 x9",
        "excluding := event = 'x', exclusion := 'drop', within := INTERVAL 8 HOURS",
        2,
    ),
    (
        "a0 x1 b2",
        "excluding := event = 'x', exclusion := 'drop', excluding_between := [2, 3]",
        2,
    ),
    // Strict: events in one instant stand in the order of the steps, any other event ends the attempt.
    ("a0 z1 b2", "mode := 'strict'", 1),
    ("b0 a0 c1", "mode := 'strict'", 3),
    ("a0 a1 b2 c3", "mode := 'strict'", 3),
    ("a0 b1 z1 c2", "mode := 'strict'", 2),
    // Any order: a window may begin with any step; x ends it.
    ("c0 a1 b2", "mode := 'any'", 3),
    ("c0 a1 b9", "mode := 'any', within := INTERVAL 8 HOURS", 2),
    ("c0 x1 a1 b2", "mode := 'any', excluding := event = 'x'", 2),
    // Only the first ever.
    (
        "a0 b1 b5 a6 b7 c8",
        "first_time := [1], within := INTERVAL 2 HOURS",
        2,
    ),
    ("b0 a1 b2 c3", "first_time := [2]", 1),
];

#[test]
fn corners_of_funnels() {
    let mut street = Street::default();
    for (journey, arguments, steps) in EXAMPLES {
        let world = World {
            zone: "UTC",
            week_start: Weekday::Monday,
            today: date(2026, 1, 1),
            events: journey.split(' ').map(event).collect(),
            tiers: Vec::new(),
        };
        let house = street.house(&world);
        for engine in ENGINES {
            if !understands(engine, arguments) {
                continue;
            }
            let rows = house
                .ask(
                    engine,
                    "funnel",
                    format!("['a', 'b', 'c'], {arguments}").trim_end_matches(", "),
                )
                .unwrap();
            let done = rows
                .iter()
                .filter(|row| row[3] == Value::Integer(1))
                .count();
            assert_eq!(done, *steps, "{engine}: {journey} with {arguments}");
        }
    }
}

/// Calls that say that an argument is not given, each with the call that does not name it.
const NOT_GIVEN: &[(&str, &str)] = &[
    (
        "funnel(['a', 'b'], within := NULL, mode := NULL, names := NULL)",
        "funnel(['a', 'b'])",
    ),
    ("time_to('a', 'b', within := NULL)", "time_to('a', 'b')"),
    (
        "time_to_if(event = 'a', event = 'b', within := NULL)",
        "time_to_if(event = 'a', event = 'b')",
    ),
    (
        "time_to_customers('a', 'b', within := NULL)",
        "time_to_customers('a', 'b')",
    ),
    ("retention('a', back := NULL)", "retention('a')"),
    (
        "retention('a', back := NULL, filter := true)",
        "retention('a', filter := true)",
    ),
    ("active(event := NULL)", "active()"),
    (
        "active(event := NULL, filter := true)",
        "active(filter := true)",
    ),
    ("lifecycle(event := NULL)", "lifecycle()"),
    (
        "stickiness(event := NULL, by := plan)",
        "stickiness(by := plan)",
    ),
];

#[test]
fn an_argument_that_is_null_counts_as_not_given() {
    let mut street = Street::default();
    let world = World {
        zone: "UTC",
        week_start: Weekday::Monday,
        today: date(2026, 1, 1),
        // From a to b are more than the 14 days of a funnel.
        events: "a0 z1 b400".split(' ').map(event).collect(),
        tiers: Vec::new(),
    };
    let house = street.house(&world);
    for (given, plain) in NOT_GIVEN {
        let (name, arguments) = given.split_once('(').unwrap();
        let (_, plain_arguments) = plain.split_once('(').unwrap();
        let ask = |engine, arguments: &str| {
            let arguments = arguments.strip_suffix(')').unwrap();
            house.ask(engine, name, arguments).unwrap()
        };
        let expected = ask(ENGINES[0], plain_arguments);
        for engine in ENGINES {
            if *engine == "twin_" && given.contains("funnel(") {
                // As SQL macros can tell it only of arguments that have no default.
                continue;
            }
            assert!(same(&ask(engine, arguments), &expected), "{engine}{given}");
        }
    }
}

fn event(text: &str) -> Event {
    let (name, hours) = text.split_at(1);
    Event {
        customer: Some(1),
        ts: 1_735_689_600_000_000 + hours.parse::<i64>().unwrap() * HOUR,
        name: ["a", "b", "c", "x", "z"]
            .into_iter()
            .find(|known| *known == name),
        plan: None,
        amount: None,
        order_id: None,
    }
}

#[test]
fn the_script_for_the_stock_shell_is_complete() {
    let script = portable::script("Asia/Kathmandu", Weekday::Sunday, date(2025, 3, 1));
    for left in ["@", "{zone}", "{today}", "{week_shift}"] {
        assert!(!script.contains(left), "{left} is not filled in");
    }
    let names = |text: &str| {
        let starts = text.matches("CREATE OR REPLACE MACRO ");
        starts.count()
    };
    let analyses = portable::analyses("twin_", date(2025, 3, 1));
    assert!(
        analyses.iter().all(|text| names(text) == 1),
        "one macro a text"
    );
    assert!(names(&script) > analyses.len());
}
