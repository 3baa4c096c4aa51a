//! Random worlds: coarse grids of time, so that events meet in one instant and on the edges of windows; clock changes
//! in the middle; few customers with long journeys.

use std::ops::Range;

use cxtop::store::Value;
use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::sample::Index;

use super::arguments::Scope;
use super::house::Rows;
use super::world::{Bound, DAY, Event, Expression, HOUR, Predicate, World, customer_id};

macro_rules! predicates {
    ($($sql:literal => $holds:expr),* $(,)?) => { &[$(Predicate { sql: $sql, holds: $holds }),*] };
}

/// Steps by the names of events.
pub const NAMES: &[Predicate] = predicates! {
    "event = 'a'" => |event| event.name == Some("a"),
    "event = 'b'" => |event| event.name == Some("b"),
    "event = 'c'" => |event| event.name == Some("c"),
};

/// Predicates that overlap.
pub const PREDICATES: &[Predicate] = predicates! {
    "event = 'a'" => |event| event.name == Some("a"),
    "event = 'b'" => |event| event.name == Some("b"),
    "event = 'c'" => |event| event.name == Some("c"),
    "event IN ('a', 'b')" => |event| matches!(event.name, Some("a" | "b")),
    "event = 'b' AND amount > 1" => |event| event.name == Some("b") && event.amount > Some(1),
    "amount >= 2" => |event| event.amount >= Some(2),
    "plan = 'p'" => |event| event.plan == Some("p"),
    "event IS NULL OR event = 'c'" => |event| matches!(event.name, None | Some("c")),
};

/// Breakdowns.
pub const BY: &[Expression] = &[
    Expression {
        sql: "plan",
        value: |_, event| event.plan.map(str::to_string),
    },
    Expression {
        sql: "event",
        value: |_, event| event.name.map(str::to_string),
    },
    Expression {
        sql: "amount % 3",
        value: |_, event| event.amount.map(|amount| (amount % 3).to_string()),
    },
    Expression {
        sql: "tier",
        value: |world, event| world.tier(event.customer).map(str::to_string),
    },
];

/// What steps can have in common.
pub const HOLD: &[Expression] = &[
    Expression {
        sql: "order_id",
        value: |_, event| event.order_id.map(str::to_string),
    },
    Expression {
        sql: "amount",
        value: |_, event| event.amount.map(|amount| amount.to_string()),
    },
];

/// What can be counted instead of customers.
pub const UNIT: &[Expression] = &[
    Expression {
        sql: "order_id",
        value: |_, event| event.order_id.map(str::to_string),
    },
    Expression {
        sql: "customer_id || plan",
        value: |_, event| {
            let customer = event.customer.map(customer_id)?;
            event.plan.map(|plan| customer + plan)
        },
    },
];

/// Zones with the moment of a clock change and the day on which weeks begin.
const CLOCKS: &[(&str, &str, Weekday)] = &[
    ("Europe/Berlin", "2025-03-30T01:00:00Z", Weekday::Monday),
    ("Europe/Berlin", "2025-10-26T01:00:00Z", Weekday::Monday),
    ("America/New_York", "2025-03-09T07:00:00Z", Weekday::Sunday),
    ("America/New_York", "2025-11-02T06:00:00Z", Weekday::Sunday),
    ("Asia/Kathmandu", "2024-12-31T18:15:00Z", Weekday::Wednesday),
    ("UTC", "2024-03-01T00:00:00Z", Weekday::Monday),
];

pub fn choice<T: Copy + std::fmt::Debug + 'static>(from: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(from)
}

pub fn maybe<S: Strategy>(of: S, share: f64) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::weighted(share, of)
}

/// How far the points of the grid lie apart.
pub fn event_scale() -> impl Strategy<Value = i64> {
    choice(&[HOUR, 6 * HOUR, DAY, 5 * DAY])
}

/// How far they lie apart where weeks and months are counted.
pub fn wide_scale() -> impl Strategy<Value = i64> {
    choice(&[6 * HOUR, DAY, 5 * DAY, 20 * DAY])
}

/// One of the groups that an answer names in a column, where it names any.
pub fn a_group(answer: &Rows, column: usize, one: Option<Index>) -> Option<String> {
    let names: Vec<String> = answer
        .iter()
        .filter_map(|row| match &row[column] {
            Value::Text(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let one = one.filter(|_| !names.is_empty())?;
    Some(one.get(&names).clone())
}

/// A period of which the grid covers some, but not thousands.
pub fn period(scale: i64) -> impl Strategy<Value = &'static str> {
    choice(match scale / DAY {
        0 => &["hour", "day", "week"],
        1 => &["day", "week", "month"],
        5 => &["day", "week", "month", "quarter"],
        _ => &["week", "month", "quarter", "year"],
    })
}

/// A place on the grid, some a microsecond beside it.
fn moment(scale: i64) -> impl Strategy<Value = i64> {
    let beside = prop_oneof![8 => Just(0), 1 => Just(-1), 1 => Just(1)];
    (-5..=6_i64, beside).prop_map(move |(steps, beside)| steps * scale + beside)
}

fn event(scale: i64) -> impl Strategy<Value = Event> {
    (
        moment(scale),
        choice(&[Some("a"), Some("a"), Some("b"), Some("b"), Some("c"), None]),
        choice(&[Some("p"), Some("q"), None]),
        maybe(0..4_i64, 0.8),
        choice(&[Some("o1"), Some("o1"), Some("o2"), None]),
    )
        .prop_map(|(ts, name, plan, amount, order_id)| Event {
            customer: None,
            ts,
            name,
            plan,
            amount,
            order_id,
        })
}

/// A world around a clock change, whose today lies somewhere in it. The journeys are short, so that every attempt can be
/// tried out, and there are many of them, so that a question meets many situations. The first belongs to nobody.
pub fn world(scale: i64) -> impl Strategy<Value = World> {
    world_of(scale, 0..10)
}

/// A world of so many journeys.
pub fn world_of(scale: i64, journeys: Range<usize>) -> impl Strategy<Value = World> {
    let journeys = prop::collection::vec(prop::collection::vec(event(scale), 0..9), journeys);
    let tiers = prop::collection::vec(maybe(choice(&[Some("gold"), Some("blue"), None]), 0.7), 10);
    (choice(CLOCKS), tiers, journeys, -3..9_i64).prop_map(
        move |((zone, change, week_start), tiers, journeys, today)| {
            let change: Timestamp = change.parse().unwrap();
            let mut events = Vec::new();
            for (customer, journey) in (0..).zip(journeys) {
                events.extend(journey.into_iter().map(|event| Event {
                    customer: (customer > 0).then_some(customer),
                    ts: change.as_microsecond() + event.ts,
                    ..event
                }));
            }
            let today = change.checked_add((today * scale).microseconds()).unwrap();
            World {
                zone,
                week_start,
                today: jiff::tz::TimeZone::UTC.to_datetime(today).date(),
                events,
                tiers: (0..)
                    .zip(tiers)
                    .filter_map(|(customer, tier)| Some((customer, tier?)))
                    .collect(),
            }
        },
    )
}

/// A scope whose bounds count from the first event, until [`Loose::fixed`] knows it.
#[derive(Clone, Debug)]
pub struct Loose {
    scope: Scope,
    since: Option<(i64, bool)>,
    until: Option<(i64, bool)>,
}

/// What all functions take; often nothing, so that other options show what they do.
pub fn scope(scale: i64) -> impl Strategy<Value = Loose> {
    let bound = || maybe((moment(scale), any::<bool>()), 0.4);
    let full = (
        bound(),
        bound(),
        maybe(choice(BY), 0.6),
        maybe(1..4_usize, 0.3),
        maybe(Just("gold"), 0.15),
        maybe(choice(PREDICATES), 0.2),
    );
    let plain = (
        Just(None),
        Just(None),
        Just(None),
        Just(None),
        Just(None),
        Just(None),
    );
    prop_oneof![2 => full.boxed(), 1 => plain.boxed()].prop_map(
        |(since, until, by, top, tier, filter)| Loose {
            scope: Scope {
                since: None,
                until: None,
                by,
                top,
                tier,
                filter,
            },
            since,
            until,
        },
    )
}

impl Loose {
    pub fn fixed(self, world: &World) -> Scope {
        let middle = world.events.iter().map(|event| event.ts).max();
        let middle = middle.unwrap_or_else(|| world.now());
        let bound = |(off, is_day): (i64, bool)| {
            if is_day {
                Bound::Day(world.wall(middle + off).date())
            } else {
                Bound::Moment(middle + off)
            }
        };
        Scope {
            since: self
                .since
                .map(|(off, is_day)| bound((off - 3 * DAY, is_day))),
            until: self.until.map(bound),
            ..self.scope
        }
    }
}
