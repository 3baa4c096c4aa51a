//! What must hold of every answer, whatever the journeys.

use std::collections::BTreeMap;
use std::fs;

use cxtop::files::Source;
use cxtop::store::Value;
use proptest::prelude::*;

use super::funnels::for_all;
use super::house::{ENGINES, House, Rows, Street, same};
use super::strategies::{event_scale, world};
use super::world::{Event, World, customer_id, utc_text};

/// One question to every function, with the options that look at most of the data.
const QUESTIONS: &[(&str, &str)] = &[
    (
        "funnel",
        "['a', 'b', 'a'], within := INTERVAL 3 DAYS, by := plan, top := 1",
    ),
    (
        "funnel_if",
        "[event = 'a', event IN ('a', 'b')], mode := 'any', hold := order_id, by := tier, attribution := 'last'",
    ),
    (
        "funnel_if",
        "[event = 'b', amount > 1, event = 'a'], mode := 'strict'",
    ),
    (
        "funnel_trend",
        "['a', 'b'], period := 'day', within := INTERVAL 1 DAY",
    ),
    (
        "retention",
        "'a', back := 'b', period := 'day', periods := 4, cohort := 'recurring', by := plan",
    ),
    (
        "retention_if",
        "event = 'a', value := sum(amount), period := 'day', periods := 3, windows := 'rolling'",
    ),
    ("active", "period := 'day', rolling := 3, by := plan"),
    ("lifecycle", "period := 'day'"),
    ("stickiness", "period := 'hour', by := event, top := 2"),
    ("next_events", "after := event = 'a', gap := INTERVAL 1 DAY"),
    (
        "next_events",
        "node := amount % 2, gap := INTERVAL 1 DAY, by := plan, top := 1",
    ),
    ("time_to", "'a', 'b', by := plan"),
];

/// Questions that list customers, so that each customer's own result can be seen.
const LISTS: &[(&str, &str)] = &[
    ("funnel_customers", "['a', 'b'], step := 2"),
    (
        "funnel_customers_if",
        "[event = 'a', amount > 1], step := 1, outcome := 'lost', mode := 'any'",
    ),
    ("time_to_customers", "'a', 'b'"),
    (
        "stickiness_customers",
        "active_periods := 1, at_least := true",
    ),
    (
        "next_events_customers",
        "from_node := 'a', to_node := 'b', gap := INTERVAL 1 DAY",
    ),
];

fn cases() -> impl Strategy<Value = World> {
    event_scale().prop_flat_map(world)
}

fn ask_all(house: &House, engine: &str, questions: &[(&str, &str)]) -> Result<Vec<Rows>, String> {
    questions
        .iter()
        .map(|(function, arguments)| house.ask(engine, function, arguments))
        .collect()
}

fn expect_same(one: &[Rows], other: &[Rows], what: &str) -> Result<(), String> {
    for ((one, other), question) in one.iter().zip(other).zip(QUESTIONS) {
        if !same(one, other) {
            return Err(format!("{what}: {question:?}\n{one:?}\n{other:?}"));
        }
    }
    Ok(())
}

fn with_events(world: &World, events: Vec<Event>) -> World {
    World {
        events,
        ..world.clone()
    }
}

#[test]
fn the_order_of_rows_and_how_they_arrive_never_change_an_answer() {
    let case = cases().prop_flat_map(|world| {
        let shuffled = Just(world.events.clone()).prop_shuffle();
        (Just(world), shuffled, 1..6_usize)
    });
    for_all(4, 41, case, |street, (world, shuffled, pieces)| {
        for engine in ENGINES {
            let at_once = ask_all(street.house(world), engine, QUESTIONS)?;
            // Appends, with a question after each, must leave what a fresh load of the same rows gives.
            let size = shuffled.len().div_ceil(*pieces).max(1);
            let house = street.house(&with_events(world, Vec::new()));
            for piece in shuffled.chunks(size) {
                house.insert("events", &World::event_rows(piece));
                ask_all(house, engine, &QUESTIONS[..1])?;
            }
            let appended = ask_all(house, engine, QUESTIONS)?;
            expect_same(&at_once, &appended, "appended")?;
        }
        Ok(())
    });
}

#[test]
fn after_every_append_an_answer_is_that_of_a_fresh_load() {
    let case = (cases(), 2..4_usize);
    for_all(2, 42, case, |street, (world, pieces)| {
        let mut growing = House::open(world.zone, world.week_start);
        growing.move_in(&with_events(world, Vec::new()));
        let size = world.events.len().div_ceil(*pieces).max(1);
        for (number, piece) in world.events.chunks(size).enumerate() {
            growing.insert("events", &World::event_rows(piece));
            let known = (size * (number + 1)).min(world.events.len());
            let fresh = with_events(world, world.events[..known].to_vec());
            for engine in ENGINES {
                let grown = ask_all(&growing, engine, QUESTIONS)?;
                let fresh = ask_all(street.house(&fresh), engine, QUESTIONS)?;
                expect_same(&grown, &fresh, "incremental")?;
            }
        }
        Ok(())
    });
}

#[test]
fn files_in_any_order_and_appended_lines_give_the_same_answers() {
    let case = (cases(), 1..4_usize);
    for_all(3, 43, case, |street, (world, pieces)| {
        let folder = tempfile::tempdir().unwrap();
        let mut house = House::open(world.zone, world.week_start);
        house.move_in(&with_events(world, Vec::new()));
        let size = world.events.len().div_ceil(*pieces).max(1);
        let sources = [Source {
            table: "events".to_string(),
            files: folder.path().join("*.ndjson"),
            preset: "auto".to_string(),
            columns: BTreeMap::new(),
            privacy: BTreeMap::new(),
            types: BTreeMap::new(),
        }];
        // Later files come first, and each gets its second half later.
        for (number, piece) in world
            .events
            .chunks(size)
            .enumerate()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            let path = folder.path().join(format!("{number}.ndjson"));
            let lines: Vec<String> = piece.iter().map(line).collect();
            for half in [lines.len() / 2, lines.len()] {
                fs::write(&path, lines[..half].concat()).unwrap();
                house.load(&sources);
            }
        }
        for engine in ENGINES {
            let followed = ask_all(&house, engine, QUESTIONS)?;
            let inserted = ask_all(street.house(world), engine, QUESTIONS)?;
            expect_same(&followed, &inserted, "files")?;
        }
        Ok(())
    });
}

fn line(event: &Event) -> String {
    let object = serde_json::json!({
        "customer_id": event.customer.map(customer_id),
        "event": event.name,
        "ts": utc_text(event.ts),
        "plan": event.plan,
        "amount": event.amount,
        "order_id": event.order_id,
    });
    format!("{object}\n")
}

#[test]
fn an_unrelated_customer_changes_nobody_elses_result() {
    let case = (
        cases(),
        prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    );
    for_all(5, 44, case, |street, (world, copies)| {
        let mut events = world.events.clone();
        if !world.events.is_empty() {
            events.extend(copies.iter().map(|copy| Event {
                customer: Some(20),
                ..copy.get(&world.events).clone()
            }));
        }
        for engine in ENGINES {
            let alone = ask_all(street.house(world), engine, LISTS)?;
            let together = ask_all(
                street.house(&with_events(world, events.clone())),
                engine,
                LISTS,
            )?;
            for ((alone, mut together), question) in alone.into_iter().zip(together).zip(LISTS) {
                together.retain(|row| row[0] != Value::Text(customer_id(20)));
                if !same(&alone, &together) {
                    return Err(format!("{question:?}\n{alone:?}\n{together:?}"));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn funnels_fall_grids_begin_with_everybody_and_lifecycles_add_up() {
    for_all(10, 45, cases(), |street, world| {
        let house = street.house(world);
        for engine in ENGINES {
            for mode in ["ordered", "strict", "any"] {
                let arguments = format!("['a', 'b', 'a', 'c'], mode := '{mode}'");
                let bars = house.ask(engine, "funnel", &arguments)?;
                let customers: Vec<i64> = bars.iter().map(|row| number(&row[3])).collect();
                if !customers.is_sorted_by(|one, next| one >= next) {
                    return Err(format!("a funnel rises: {customers:?}"));
                }
            }
            for row in house.ask(engine, "retention", "'a', period := 'day', periods := 3")? {
                if row[1] == Value::Integer(0) && row[3] != row[4] {
                    return Err(format!("a cohort has not all its customers: {row:?}"));
                }
            }
            let active = house.ask(engine, "active", "period := 'day'")?;
            let lifecycle = house.ask(engine, "lifecycle", "period := 'day'")?;
            let sums: Vec<i64> = lifecycle
                .iter()
                .map(|row| number(&row[2]) + number(&row[3]) + number(&row[4]))
                .collect();
            let active: Vec<i64> = active.iter().map(|row| number(&row[2])).collect();
            if sums != active {
                return Err(format!("{sums:?} are not {active:?}"));
            }
        }
        Ok(())
    });
}

fn number(value: &Value) -> i64 {
    match value {
        Value::Integer(number) => *number,
        other => panic!("{other:?} is no count"),
    }
}

#[test]
fn a_heavy_customer_and_a_customer_without_events_are_counted_like_others() {
    let mut street = Street::default();
    let hour = 3_600_000_000;
    let events: Vec<Event> = (0..6_000_i64)
        .map(|number| Event {
            customer: Some(0),
            ts: 1_735_689_600_000_000 + number / 3 * hour,
            name: Some(["a", "b", "c"][usize::try_from(number).unwrap() % 3]),
            plan: None,
            amount: Some(1),
            order_id: None,
        })
        .collect();
    let world = World {
        zone: "UTC",
        week_start: jiff::civil::Weekday::Monday,
        today: jiff::civil::date(2025, 6, 1),
        events,
        tiers: vec![(0, None), (7, Some("gold"))],
    };
    let house = street.house(&world);
    for engine in ENGINES {
        let answer = |function, arguments: &str| house.ask(engine, function, arguments).unwrap();
        let counts = |rows: &Rows| rows.iter().map(|row| number(&row[3])).collect::<Vec<_>>();
        // Every hour has all three at once; 32 are one too many.
        let bars = answer("funnel", "['a', 'b', 'c', 'a'], within := INTERVAL 1 HOUR");
        assert_eq!(counts(&bars), [1, 1, 1, 1]);
        let bars = answer(
            "funnel",
            "['a', 'a'], within := INTERVAL '3599999999 microseconds'",
        );
        assert_eq!(counts(&bars), [1, 0]);
        let thirty_one = vec!["'a'"; 31].join(", ");
        let bars = answer(
            "funnel",
            &format!("[{thirty_one}], within := INTERVAL 30 HOURS, mode := 'any'"),
        );
        assert_eq!(counts(&bars), [1; 31]);
        let bars = answer("funnel", "['a', 'b'], customers := tier = 'gold'");
        assert_eq!(counts(&bars), [0, 0]);
    }
}
