//! Asks the engines under test, and holds their answers against what was expected.

use std::collections::HashMap;
use std::time::Duration;

use cxtop::files::{Batch, Source};
use cxtop::store::{Go, Options, Session, Store, Table, Value, portable};
use jiff::civil::{Date, Weekday};

use super::world::World;

/// What the names of the functions begin with, for every engine under test: the SQL twins, and the product's own.
pub const ENGINES: &[&str] = &["twin_", ""];

/// Open stores, one for every clock: opening one takes longer than asking it.
#[derive(Default)]
pub struct Street {
    houses: HashMap<(&'static str, Weekday), House>,
}

/// One store with the twins at hand.
pub struct House {
    store: Store,
    session: Session,
    today: Option<Date>,
}

pub type Rows = Vec<Vec<Value>>;

impl Street {
    /// Returns the house of a world's clock, with nothing but this world in it.
    pub fn house(&mut self, world: &World) -> &mut House {
        let house = self
            .houses
            .entry((world.zone, world.week_start))
            .or_insert_with(|| House::open(world.zone, world.week_start));
        house.store.withdraw().unwrap();
        house.move_in(world);
        house
    }
}

impl House {
    pub fn open(zone: &str, week_start: Weekday) -> Self {
        let store = Store::open(&Options {
            file: None,
            timezone: zone.to_string(),
            week_start,
            threads: 1,
            memory_limit: None,
            query_timeout: Duration::from_secs(300),
        })
        .unwrap();
        let session = store.connect().unwrap();
        Self {
            store,
            session,
            today: None,
        }
    }

    /// Fills an empty house with a world.
    pub fn move_in(&mut self, world: &World) {
        self.insert("events", &World::event_rows(&world.events));
        self.insert("customers", &world.customer_rows());
        if self.today != Some(world.today) {
            // Macros look others up when they are used, so after the first time only today has to be said again.
            for create_macro in portable::analyses("twin_", world.today) {
                if self.today.is_none() || create_macro.contains("cxtop_today() AS") {
                    self.session.define(&create_macro).unwrap();
                }
            }
            self.today = Some(world.today);
        }
    }

    pub fn insert(&mut self, table: &str, batch: &Batch) {
        self.store.insert(table, batch).unwrap();
    }

    /// Reads what is new in the files.
    pub fn load(&mut self, sources: &[Source]) {
        self.store.load(sources, &mut |_| Go::On).unwrap();
    }

    /// Runs a query as it is.
    pub fn run(&self, sql: &str) -> Result<Table, String> {
        let today = self.today.map_or(Value::Null, Value::Date);
        self.session
            .run(sql, &[("today".to_string(), today)], usize::MAX)
            .map_err(|error| format!("{sql}\n{error:?}"))
    }

    /// Asks one engine.
    pub fn ask(&self, engine: &str, function: &str, arguments: &str) -> Result<Rows, String> {
        let table = self.run(&format!("FROM {engine}{function}({arguments})"))?;
        Ok((0..table.rows())
            .map(|row| table.row(row).cloned().collect())
            .collect())
    }

    /// Asks all engines, whose answers must be the rows expected, in any order.
    pub fn check(&self, function: &str, arguments: &str, expected: &Rows) -> Result<(), String> {
        for engine in ENGINES {
            if !understands(engine, arguments) {
                continue;
            }
            let answer = self.ask(engine, function, arguments)?;
            if !same(&answer, expected) {
                return Err(format!(
                    "FROM {engine}{function}({arguments})\n{}expected\n{}",
                    shown(&answer),
                    shown(expected)
                ));
            }
        }
        Ok(())
    }
}

/// Tells whether an engine takes these arguments: windows from step to step are only in the twins so far.
pub fn understands(engine: &str, arguments: &str) -> bool {
    !engine.is_empty() || !arguments.contains("within := [")
}

/// Tells whether two answers hold the same rows; numbers may differ in the last digits.
pub fn same(one: &Rows, other: &Rows) -> bool {
    let (one, other) = (sorted(one), sorted(other));
    one.len() == other.len()
        && one
            .iter()
            .zip(&other)
            .all(|(one, other)| one.len() == other.len() && one.iter().zip(other).all(equal))
}

fn equal((one, other): (&Value, &Value)) -> bool {
    match (one, other) {
        (Value::Double(one), Value::Double(other)) => {
            (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
        }
        _ => one == other,
    }
}

/// Rows in an order that does not depend on the last digits of numbers.
fn sorted(rows: &Rows) -> Rows {
    let key = |row: &Vec<Value>| {
        row.iter()
            .map(|value| match value {
                Value::Double(number) => format!("{number:.3}"),
                Value::Null => "~".to_string(),
                other => other.text(),
            })
            .collect::<Vec<_>>()
    };
    let mut rows = rows.clone();
    rows.sort_by_cached_key(key);
    rows
}

fn shown(rows: &Rows) -> String {
    let mut text = String::new();
    for row in sorted(rows) {
        let cells: Vec<String> = row
            .iter()
            .map(|value| match value {
                Value::Null => "NULL".to_string(),
                other => other.text(),
            })
            .collect();
        text.push_str("    ");
        text.push_str(&cells.join(" | "));
        text.push('\n');
    }
    text
}
