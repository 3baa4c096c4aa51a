//! Journeys: for each customer the times and the names of all events in time order, as lists in one row, so that an
//! analysis reads them without grouping or sorting anything.
//!
//! ```text
//! rows of `events` ─ take → pending ─ flush, before COMMIT → _cxtop.customers, _cxtop.event_names
//!                                                           → _cxtop.journeys: one piece a touched customer
//! rows deleted ──── redo → the touched customers' journeys anew, from `events`
//! ```
//!
//! A customer's first piece is the whole journey. Later events become pieces of their own, and `more` says that a customer
//! has several: they are put together when they are read, so that a batch costs what it brings and a customer with
//! millions of events is not rewritten for one more. When many have pieces, the pieces are merged.
//!
//! Invariant: inside any transaction the pieces of a customer hold exactly the customer's rows of `events`.

mod names;
mod pieces;

use std::collections::BTreeSet;

pub use names::Names;

use super::engine::{AppendCells, AppendColumn, Cells, Connection};
use super::sandbox::broken;
use super::table::Value;
use super::tables::{self, BOOKS, LOADED};
use crate::error::{Error, Result};
use crate::files::{Batch, TextValues, Values};
use pieces::Pending;

/// The table whose rows journeys are made of.
pub const EVENTS: &str = "events";
/// The number of a row's customer.
pub const CUSTOMER_COLUMN: &str = "_cxtop_customer";

/// Pending events are written before there are more, so that a load of any size fits into the memory.
const MOST_PENDING: usize = 1 << 27;

/// Keeps the journeys in step with the rows of `events`.
#[derive(Default)]
pub struct Journeys {
    /// Known customers and events; none until they are needed.
    known: Option<Known>,
    pending: Pending,
    /// Customers whose journeys have to be made anew.
    redo: BTreeSet<u32>,
}

/// What each row of a batch is to the journeys.
pub struct Taken {
    /// The number of its customer, which the row has to carry.
    pub customers: Vec<Option<u32>>,
    /// The code of its event; 0 where there is no name, or no customer.
    pub codes: Vec<u16>,
}

struct Known {
    customers: Names,
    events: Names,
    /// The last customer and event, which often are the next ones too.
    last: (u32, u32),
    /// How many rows of `_cxtop.journeys` are pieces.
    pieces: u64,
}

/// Creates the tables where they are missing.
pub fn create(writer: &Connection) -> Result<()> {
    let sql = format!(
        "CREATE TABLE IF NOT EXISTS {BOOKS}.customers (number UINTEGER, customer_id VARCHAR);
         CREATE TABLE IF NOT EXISTS {BOOKS}.event_names (number UINTEGER, name VARCHAR);
         CREATE TABLE IF NOT EXISTS {BOOKS}.journeys
             (number UINTEGER, more BOOLEAN, ts BIGINT[], event USMALLINT[]);"
    );
    writer.execute(&sql).map_err(broken)
}

impl Journeys {
    /// Takes the rows of a batch, and returns whose they are and which events.
    pub fn take(&mut self, writer: &Connection, batch: &Batch) -> Result<Taken> {
        let mut taken = Taken {
            customers: vec![None; batch.rows],
            codes: vec![0; batch.rows],
        };
        let Some(columns) = Columns::of(batch) else {
            return Ok(taken);
        };
        self.know(writer)?;
        let Some(known) = &mut self.known else {
            return Ok(taken);
        };
        for (row, customer) in columns.customers.iter().enumerate() {
            let Some(customer) = customer else { continue };
            let number = known.customer(customer)?;
            let code = known.event(columns.events.and_then(|events| events.get(row)))?;
            if let Some(ts) = columns.times.get(row).copied().flatten() {
                self.pending.push(number, ts, code);
            }
            taken.customers[row] = Some(number);
            taken.codes[row] = code;
        }
        Ok(taken)
    }

    /// Tells whether so much is pending that it should be written.
    pub fn is_full(&self) -> bool {
        self.pending.len() >= MOST_PENDING
    }

    /// Notes the customers of rows that are about to be deleted.
    pub fn will_delete(&mut self, writer: &Connection, condition: &str) -> Result<()> {
        let sql = format!(
            "SELECT DISTINCT {CUSTOMER_COLUMN}::BIGINT FROM {LOADED}.{EVENTS}
             WHERE {CUSTOMER_COLUMN} IS NOT NULL AND {condition}"
        );
        for row in tables::ask(writer, &sql, &[])? {
            if let [Value::Integer(number)] = &row[..] {
                self.redo.extend(u32::try_from(*number));
            }
        }
        Ok(())
    }

    /// Writes what is pending, inside the running transaction.
    pub fn flush(&mut self, writer: &Connection) -> Result<()> {
        if self.pending.len() == 0 && self.redo.is_empty() {
            return Ok(());
        }
        self.know(writer)?;
        let Some(known) = &mut self.known else {
            return Ok(());
        };
        known.write_names(writer)?;
        let redo = std::mem::take(&mut self.redo);
        let mut pending = std::mem::take(&mut self.pending);
        if !redo.is_empty() {
            pending.forget(&redo);
            make_anew(writer, &redo)?;
        }
        known.pieces += pending.write(writer, known.customers.kept())?;
        known.customers.keep();
        known.events.keep();
        if known.has_too_many_pieces() {
            pieces::merge(writer)?;
            known.pieces = 0;
        }
        Ok(())
    }

    /// Forgets what is not committed.
    pub fn roll_back(&mut self) {
        // What a flush has written is gone too, so what is known has to be read again.
        self.known = None;
        self.pending = Pending::default();
        self.redo.clear();
    }

    /// Reads the known customers and events, once; with millions of customers it takes a second.
    pub fn know(&mut self, writer: &Connection) -> Result<()> {
        if self.known.is_some() {
            return Ok(());
        }
        self.known = Some(Known {
            customers: read_names(writer, "customers", "customer_id")?,
            events: read_names(writer, "event_names", "name")?,
            last: (u32::MAX, u32::MAX),
            pieces: count(writer, "journeys WHERE more")?,
        });
        Ok(())
    }
}

impl Known {
    fn customer(&mut self, name: &str) -> Result<u32> {
        if self.last.0 != u32::MAX && self.customers.get(self.last.0) == name {
            return Ok(self.last.0);
        }
        let number = self
            .customers
            .number(name)
            .ok_or_else(|| Error::data("there are more than four billion customers"))?;
        self.last.0 = number;
        Ok(number)
    }

    /// Returns the code of an event: its number plus one, 0 for an event without a name.
    fn event(&mut self, name: Option<&str>) -> Result<u16> {
        let Some(name) = name else { return Ok(0) };
        if self.last.1 == u32::MAX || self.events.get(self.last.1) != name {
            self.last.1 = self.events.number(name).unwrap_or(u32::MAX);
        }
        u16::try_from(self.last.1.saturating_add(1)).map_err(|_| {
            Error::data("the column event has more than 65,535 different values").help(
                "map the column that names the kind of event, not one with an address or an id in it",
            )
        })
    }

    fn has_too_many_pieces(&self) -> bool {
        const FEW: u64 = 50_000;
        self.pieces > FEW.max(self.customers.len() as u64 / 4)
    }

    /// Stores the new customers and events.
    fn write_names(&self, writer: &Connection) -> Result<()> {
        write_names(writer, "customers", "customer_id", &self.customers)?;
        write_names(writer, "event_names", "name", &self.events)
    }
}

/// The columns of a batch that journeys are made of.
struct Columns<'batch> {
    customers: &'batch TextValues,
    events: Option<&'batch TextValues>,
    times: &'batch [Option<i64>],
}

impl<'batch> Columns<'batch> {
    fn of(batch: &'batch Batch) -> Option<Self> {
        let values = |name: &str| {
            batch
                .columns
                .iter()
                .find(|column| column.name == name)
                .map(|column| &column.values)
        };
        let texts = |values: &'batch Values| match values {
            Values::Text(texts) => Some(texts),
            _ => None,
        };
        let Some(Values::Timestamp(times)) = values("ts") else {
            return None;
        };
        Some(Self {
            customers: values("customer_id").and_then(texts)?,
            events: values("event").and_then(texts),
            times,
        })
    }
}

fn count(writer: &Connection, rows: &str) -> Result<u64> {
    let count = tables::ask(writer, &format!("SELECT count(*) FROM {BOOKS}.{rows}"), &[])?;
    Ok(match count.first().and_then(|row| row.first()) {
        Some(Value::Integer(count)) => u64::try_from(*count).unwrap_or(0),
        _ => 0,
    })
}

fn read_names(writer: &Connection, table: &str, column: &str) -> Result<Names> {
    let mut names = Names::default();
    names.expect(usize::try_from(count(writer, table)?).unwrap_or(0));
    let sql = format!("SELECT {column} FROM {BOOKS}.{table} ORDER BY number");
    let mut statement = writer.prepare(&sql).map_err(broken)?;
    let mut rows = statement.stream().map_err(broken)?;
    while let Some(chunk) = rows.next_chunk().map_err(broken)? {
        let vectors: Vec<_> = chunk.vectors().collect();
        if let Some(Cells::Text(texts)) = vectors.first().map(|vector| &vector.cells) {
            for row in 0..chunk.rows() {
                names.number(&String::from_utf8_lossy(texts.bytes(row)));
            }
        }
    }
    names.keep();
    Ok(names)
}

fn write_names(writer: &Connection, table: &str, column: &str, names: &Names) -> Result<()> {
    let numbers: Vec<Option<u32>> = names.fresh().map(|(number, _)| Some(number)).collect();
    if numbers.is_empty() {
        return Ok(());
    }
    let mut texts = TextValues::default();
    names.fresh().for_each(|(_, name)| texts.push(Some(name)));
    let columns = [
        AppendColumn {
            name: "number",
            cells: AppendCells::Number(&numbers),
        },
        AppendColumn {
            name: column,
            cells: AppendCells::Text(&texts),
        },
    ];
    writer
        .append(BOOKS, table, &columns, numbers.len(), None)
        .map_err(broken)
}

/// Makes the journeys of some customers from the rows that `events` has now.
fn make_anew(writer: &Connection, customers: &BTreeSet<u32>) -> Result<()> {
    let chosen = pieces::list_of(customers.iter().copied());
    let sql = format!(
        "DELETE FROM {BOOKS}.journeys WHERE number IN {chosen};
         INSERT INTO {BOOKS}.journeys
         SELECT {CUSTOMER_COLUMN}, false, list(epoch_us(ts) ORDER BY ts, code), list(code ORDER BY ts, code)
         FROM (SELECT {CUSTOMER_COLUMN}, ts, coalesce(names.number + 1, 0)::USMALLINT AS code
               FROM {LOADED}.{EVENTS} AS rows LEFT JOIN {BOOKS}.event_names AS names ON names.name = rows.event
               WHERE {CUSTOMER_COLUMN} IN {chosen} AND ts IS NOT NULL)
         GROUP BY {CUSTOMER_COLUMN}"
    );
    writer.execute(&sql).map_err(broken)
}
