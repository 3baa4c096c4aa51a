//! A small world of events, and what any reading of it needs: predicates, expressions, periods.

use std::fmt::Write as _;

use cxtop::files::{Batch, BatchColumn, TextValues, Values};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SpanRound, Timestamp, ToSpan, Unit};

pub const HOUR: i64 = 3_600_000_000;
pub const DAY: i64 = 24 * HOUR;

/// One event; everything but the time may be NULL.
#[derive(Clone, Debug)]
pub struct Event {
    pub customer: Option<u8>,
    pub ts: i64,
    pub name: Option<&'static str>,
    pub plan: Option<&'static str>,
    pub amount: Option<i64>,
    pub order_id: Option<&'static str>,
}

/// Everything an answer depends on.
#[derive(Clone, Debug)]
pub struct World {
    pub zone: &'static str,
    pub week_start: Weekday,
    pub today: Date,
    pub events: Vec<Event>,
    /// The rows of `customers`: not every customer has one.
    pub tiers: Vec<(u8, Option<&'static str>)>,
}

/// A predicate on events, in both languages.
#[derive(Clone, Copy)]
pub struct Predicate {
    pub sql: &'static str,
    pub holds: fn(&Event) -> bool,
}

/// An expression over events, in both languages; the value as text.
#[derive(Clone, Copy)]
pub struct Expression {
    pub sql: &'static str,
    pub value: fn(&World, &Event) -> Option<String>,
}

impl std::fmt::Debug for Predicate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sql)
    }
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sql)
    }
}

/// Where a range begins or ends.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    Day(Date),
    Moment(i64),
}

impl Bound {
    pub fn sql(self) -> String {
        match self {
            Self::Day(day) => format!("DATE '{day}'"),
            Self::Moment(ts) => format!("TIMESTAMP '{}'", utc_text(ts)),
        }
    }

    pub fn moment(self, world: &World) -> i64 {
        match self {
            Self::Day(day) => world.utc(day.at(0, 0, 0, 0)),
            Self::Moment(ts) => ts,
        }
    }
}

/// The wall clock's reading in UTC.
pub fn utc_datetime(ts: i64) -> DateTime {
    TimeZone::UTC.to_datetime(Timestamp::from_microsecond(ts).unwrap())
}

pub fn utc_text(ts: i64) -> String {
    utc_datetime(ts).to_string().replace('T', " ")
}

impl World {
    pub fn timezone(&self) -> TimeZone {
        TimeZone::get(self.zone).unwrap()
    }

    pub fn wall(&self, ts: i64) -> DateTime {
        self.timezone()
            .to_datetime(Timestamp::from_microsecond(ts).unwrap())
    }

    pub fn utc(&self, wall: DateTime) -> i64 {
        self.timezone().to_timestamp(wall).unwrap().as_microsecond()
    }

    /// The first moment of today.
    pub fn now(&self) -> i64 {
        self.utc(self.today.at(0, 0, 0, 0))
    }

    /// The wall-clock start of the period in which something happened.
    pub fn period(&self, ts: i64, unit: &str) -> DateTime {
        self.period_of_wall(self.wall(ts), unit)
    }

    pub fn period_of_wall(&self, wall: DateTime, unit: &str) -> DateTime {
        let day = wall.date();
        let first = match unit {
            "hour" => return day.at(wall.hour(), 0, 0, 0),
            "day" => day,
            "week" => {
                let mut first = day;
                while first.weekday() != self.week_start {
                    first = first.yesterday().unwrap();
                }
                first
            }
            "month" => day.first_of_month(),
            "quarter" => {
                let month = 1 + (day.month() - 1) / 3 * 3;
                Date::new(day.year(), month, 1).unwrap()
            }
            "year" => day.first_of_year(),
            _ => panic!("no period {unit}"),
        };
        first.at(0, 0, 0, 0)
    }

    pub fn tier(&self, customer: Option<u8>) -> Option<&'static str> {
        let (_, tier) = self
            .tiers
            .iter()
            .find(|(known, _)| Some(*known) == customer)?;
        *tier
    }

    /// The rows of `events`, in the order given.
    pub fn event_rows(events: &[Event]) -> Batch {
        let text = |of: fn(&Event) -> Option<String>| {
            let mut values = TextValues::default();
            for event in events {
                values.push(of(event).as_deref());
            }
            Values::Text(values)
        };
        let columns = vec![
            ("customer_id", text(|event| event.customer.map(customer_id))),
            ("event", text(|event| event.name.map(str::to_string))),
            (
                "ts",
                Values::Timestamp(events.iter().map(|event| Some(event.ts)).collect()),
            ),
            ("plan", text(|event| event.plan.map(str::to_string))),
            (
                "amount",
                Values::Integer(events.iter().map(|event| event.amount).collect()),
            ),
            ("order_id", text(|event| event.order_id.map(str::to_string))),
        ];
        batch(columns, events.len())
    }

    /// The rows of `customers`.
    pub fn customer_rows(&self) -> Batch {
        let (mut ids, mut tiers) = (TextValues::default(), TextValues::default());
        for (customer, tier) in &self.tiers {
            ids.push(Some(&customer_id(*customer)));
            tiers.push(*tier);
        }
        batch(
            vec![
                ("customer_id", Values::Text(ids)),
                ("tier", Values::Text(tiers)),
            ],
            self.tiers.len(),
        )
    }

    /// The world as SQL, to look into a failure by hand.
    pub fn sql(&self) -> String {
        let quoted = |text: Option<&str>| text.map_or("NULL".to_string(), |t| format!("'{t}'"));
        let mut sql = String::new();
        for event in &self.events {
            let _ = writeln!(
                sql,
                "({}, {}, '{}', {}, {}, {}),",
                quoted(event.customer.map(customer_id).as_deref()),
                quoted(event.name),
                utc_text(event.ts),
                quoted(event.plan),
                event
                    .amount
                    .map_or("NULL".to_string(), |amount| amount.to_string()),
                quoted(event.order_id),
            );
        }
        sql
    }
}

pub fn customer_id(customer: u8) -> String {
    format!("c{customer}")
}

fn batch(columns: Vec<(&str, Values)>, rows: usize) -> Batch {
    Batch {
        columns: columns
            .into_iter()
            .map(|(name, values)| BatchColumn {
                name: name.to_string(),
                values,
            })
            .collect(),
        rows,
        ..Batch::default()
    }
}

/// The start of the period so many further.
pub fn shifted(start: DateTime, unit: &str, count: i64) -> DateTime {
    let span = match unit {
        "hour" => count.hours(),
        "day" => count.days(),
        "week" => count.weeks(),
        "month" => count.months(),
        "quarter" => (3 * count).months(),
        _ => count.years(),
    };
    start.checked_add(span).unwrap()
}

/// How many periods lie between two starts of periods.
pub fn distance(from: DateTime, to: DateTime, unit: &str) -> i64 {
    let months = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month());
    let hours = || {
        let span = to.since((Unit::Hour, from)).unwrap();
        span.round(SpanRound::new().largest(Unit::Hour).days_are_24_hours())
            .unwrap()
            .get_hours()
    };
    match unit {
        "hour" => i64::from(hours()),
        "day" => i64::from(hours()) / 24,
        "week" => i64::from(hours()) / (24 * 7),
        "month" => months(to) - months(from),
        "quarter" => (months(to) - months(from)) / 3,
        _ => i64::from(to.year() - from.year()),
    }
}
