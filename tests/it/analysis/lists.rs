//! The customers behind a number must be as many as the number says, in every group.

use cxtop::store::{Table, Value, customers_behind};

use super::funnels::for_all;
use super::house::{House, Street};
use super::strategies::{event_scale, world};
use super::world::{Event, HOUR, World};
use jiff::Timestamp;
use jiff::civil::{Weekday, date};
use proptest::strategy::Strategy;

/// One question to every function, with groups of which some are put together, and the columns that count customers.
const NUMBERS: &[(&str, &[&str])] = &[
    (
        "funnel_if([event = 'a', amount > 1], by := event, attribution := 'each', top := 1)",
        &["customers", "lost", "in_window"],
    ),
    (
        "funnel_trend(['a', 'b'], period := 'week', by := plan, top := 1)",
        &["entered", "converted"],
    ),
    (
        "time_to('a', 'b', by := plan, top := 1)",
        &["reached", "customers"],
    ),
    (
        "retention('a', period := 'day', periods := 3, by := plan, top := 1)",
        &["returned", "size"],
    ),
    (
        "active(period := 'week', by := event, top := 1)",
        &["customers"],
    ),
    (
        "lifecycle(period := 'week', by := event, top := 1)",
        &["new", "retained", "resurrected", "dormant"],
    ),
    ("stickiness(by := event, top := 1)", &["customers"]),
    // The largest groups of a range are not those of all time.
    (
        "active(rolling := 2, by := event, top := 1, since := (SELECT max(ts) - INTERVAL 3 DAYS FROM events))",
        &["customers"],
    ),
    (
        "lifecycle(period := 'day', by := event, top := 1, since := (SELECT max(ts) - INTERVAL 2 DAYS FROM events))",
        &["new", "retained", "resurrected", "dormant"],
    ),
    (
        "stickiness(by := event, top := 1, until := (SELECT min(ts) + INTERVAL 4 DAYS FROM events))",
        &["customers"],
    ),
    (
        "stickiness(within := 'month', by := event, top := 1, until := (SELECT max(ts) FROM events))",
        &["customers"],
    ),
    ("next_events(gap := INTERVAL 1 DAY)", &["customers"]),
    (
        "next_events(after := amount > 0, node := plan, by := event, top := 1, gap := INTERVAL 1 DAY)",
        &["customers"],
    ),
    (
        "next_events(before := event = 'b', by := tier, top := 1, gap := INTERVAL 1 DAY)",
        &["customers"],
    ),
];

/// So many rows of an answer are looked at.
const ROWS: usize = 12;

#[test]
fn behind_every_number_are_as_many_customers_as_it_says() {
    let case = event_scale().prop_flat_map(world);
    for_all(6, 51, case, |street, world| {
        let house = street.house(world);
        for (question, columns) in NUMBERS {
            let sql = format!("FROM {question}");
            let answer = house.run(&sql)?;
            for row in 0..answer.rows().min(ROWS) {
                for column in *columns {
                    check(house, &sql, &answer, row, column)?;
                }
            }
        }
        Ok(())
    });
}

fn check(house: &House, sql: &str, answer: &Table, row: usize, column: &str) -> Result<(), String> {
    let named: Vec<(String, Value)> = answer
        .columns
        .iter()
        .map(|column| (column.name.clone(), column.values[row].clone()))
        .collect();
    let number = answer
        .column(column)
        .map(|column| column.values[row].clone());
    let list = customers_behind(sql, &named, column).ok_or(format!("{sql} has no list"))?;
    let customers = house.run(&list.sql)?.rows();
    if number == Some(Value::Integer(i64::try_from(customers).unwrap())) {
        return Ok(());
    }
    Err(format!(
        "{customers} customers of {}, and {column} of {named:?}",
        list.sql
    ))
}

#[test]
fn a_list_reads_a_call_that_ends_in_a_comment() {
    let row = [(
        "period".to_string(),
        Value::Timestamp(date(2026, 1, 5).at(0, 0, 0, 0)),
    )];
    let house = House::open("UTC", Weekday::Monday);
    for call in [
        "active()",
        "active( -- everything\n)",
        "active(event := 'a' -- only these\n)",
        "active(event := 'a', -- only these\n)",
    ] {
        let list = customers_behind(&format!("FROM {call}"), &row, "customers").unwrap();
        let answer = house.run(&list.sql);
        assert_eq!(answer.map(|table| table.rows()), Ok(0), "{call}");
    }
}

#[test]
fn a_customer_of_a_day_that_comes_twice_is_listed_once() {
    // At one minute past midnight the clock went back into the day before.
    let back: Timestamp = "2010-11-07T02:31:00Z".parse().unwrap();
    let event = |name, minutes| Event {
        customer: Some(1),
        ts: back.as_microsecond() + minutes * HOUR / 60,
        name: Some(name),
        plan: None,
        amount: None,
        order_id: None,
    };
    let world = World {
        zone: "America/St_Johns",
        week_start: Weekday::Sunday,
        today: date(2010, 12, 1),
        // In time for the first a, too early for the second.
        events: vec![event("a", -31), event("b", -21), event("a", 9)],
        tiers: Vec::new(),
    };
    let mut street = Street::default();
    let house = street.house(&world);
    let call = "funnel_trend(['a', 'b'], period := 'day', within := INTERVAL 15 MINUTES)";
    let answer = house.run(&format!("FROM {call}")).unwrap();
    for column in ["entered", "converted"] {
        check(house, &format!("FROM {call}"), &answer, 0, column).unwrap();
    }
    let lost = call.replace(
        "funnel_trend(",
        "funnel_trend_customers(at := DATE '2010-11-06', outcome := 'lost', steps := ",
    );
    assert_eq!(house.run(&format!("FROM {lost}")).unwrap().rows(), 0);
    assert_eq!(answer.rows(), 1);
}
