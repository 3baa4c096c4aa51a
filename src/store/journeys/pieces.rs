//! Pieces of journeys: writing what came since the last commit, and merging what has become many.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::error::Result;
use crate::store::engine::{AppendCells, AppendColumn, Cells, Connection, Lists};
use crate::store::sandbox::broken;
use crate::store::tables::BOOKS;

/// Events that are not in any piece yet.
#[derive(Default)]
pub struct Pending {
    customers: Vec<u32>,
    times: Vec<i64>,
    codes: Vec<u16>,
}

/// Customers whose first pieces are marked one by one; for more a join is quicker.
const FEW: usize = 2_000;

impl Pending {
    /// Adds an event.
    pub fn push(&mut self, customer: u32, ts: i64, code: u16) {
        self.customers.push(customer);
        self.times.push(ts);
        self.codes.push(code);
    }

    /// Returns how many events are pending.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Forgets the events of some customers.
    pub fn forget(&mut self, customers: &BTreeSet<u32>) {
        let mut left = Self::default();
        for row in 0..self.len() {
            if !customers.contains(&self.customers[row]) {
                left.push(self.customers[row], self.times[row], self.codes[row]);
            }
        }
        *self = left;
    }

    /// Writes one piece for each customer, and returns how many rows are new pieces of journeys that were there before.
    /// Customers with a number below `known` have a journey already.
    pub fn write(self, writer: &Connection, known: usize) -> Result<u64> {
        if self.customers.is_empty() {
            return Ok(0);
        }
        let is_known = |customer: u32| (customer as usize) < known;
        let rows = self.into_rows();
        let touched: Vec<u32> = rows
            .customers
            .iter()
            .copied()
            .filter(|customer| is_known(*customer))
            .collect();
        if !touched.is_empty() && touched.len() <= FEW {
            mark(
                writer,
                &format!("number IN {}", list_of(touched.iter().copied())),
            )?;
        }
        rows.append(writer, &is_known)?;
        if touched.len() > FEW {
            mark(
                writer,
                &format!("number IN (SELECT number FROM {BOOKS}.journeys WHERE more)"),
            )?;
        }
        Ok(touched.len() as u64 * 2)
    }

    /// Sorts the events by customer and time: a count, then each event to its place, then each customer by time.
    fn into_rows(self) -> JourneyRows {
        let most = self
            .customers
            .iter()
            .max()
            .map_or(0, |most| *most as usize + 1);
        if self.len() < most / 8 {
            return self.into_few_rows();
        }
        let mut starts = vec![0_usize; most + 1];
        for customer in &self.customers {
            starts[*customer as usize + 1] += 1;
        }
        for customer in 0..most {
            starts[customer + 1] += starts[customer];
        }
        let mut next = starts.clone();
        let mut times = vec![0; self.len()];
        let mut codes = vec![0; self.len()];
        for ((customer, ts), code) in self.customers.iter().zip(&self.times).zip(&self.codes) {
            let place = next[*customer as usize];
            next[*customer as usize] += 1;
            times[place] = *ts;
            codes[place] = *code;
        }
        let mut rows = JourneyRows {
            customers: Vec::new(),
            ends: Vec::new(),
            times,
            codes,
        };
        for (customer, bounds) in (0..).zip(starts.windows(2)) {
            if bounds[0] < bounds[1] {
                rows.customers.push(customer);
                rows.ends.push(bounds[1]);
            }
        }
        rows.sort();
        rows
    }

    fn into_few_rows(self) -> JourneyRows {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order
            .sort_unstable_by_key(|row| (self.customers[*row], self.times[*row], self.codes[*row]));
        let mut rows = JourneyRows::default();
        for row in order {
            if rows.customers.last() != Some(&self.customers[row]) {
                rows.customers.push(self.customers[row]);
                rows.ends.push(rows.times.len());
            }
            rows.times.push(self.times[row]);
            rows.codes.push(self.codes[row]);
            if let Some(end) = rows.ends.last_mut() {
                *end = rows.times.len();
            }
        }
        rows
    }
}

/// Journeys, one after the other.
#[derive(Default)]
struct JourneyRows {
    /// Whose they are.
    customers: Vec<u32>,
    /// Where each ends in the events.
    ends: Vec<usize>,
    /// When the events were, in microseconds.
    times: Vec<i64>,
    /// Which events they were.
    codes: Vec<u16>,
}

impl JourneyRows {
    /// Appends the journeys inside the running transaction; `more` says of whom there are other pieces.
    fn append(&self, writer: &Connection, more: &dyn Fn(u32) -> bool) -> Result<()> {
        let customers = self.customers.iter();
        let numbers: Vec<_> = customers.clone().copied().map(Some).collect();
        let flags: Vec<_> = customers.map(|customer| Some(more(*customer))).collect();
        let ends = &self.ends;
        let columns = [
            AppendColumn {
                name: "number",
                cells: AppendCells::Number(&numbers),
            },
            AppendColumn {
                name: "more",
                cells: AppendCells::Boolean(&flags),
            },
            AppendColumn {
                name: "ts",
                cells: AppendCells::Integers(Lists {
                    ends,
                    items: &self.times,
                }),
            },
            AppendColumn {
                name: "event",
                cells: AppendCells::Codes(Lists {
                    ends,
                    items: &self.codes,
                }),
            },
        ];
        writer
            .append(BOOKS, "journeys", &columns, numbers.len(), None)
            .map_err(broken)
    }

    /// Brings the events of each customer into the order of time.
    fn sort(&mut self) {
        let mut start = 0;
        let mut pairs: Vec<(i64, u16)> = Vec::new();
        for end in &self.ends {
            let (times, codes) = (&mut self.times[start..*end], &mut self.codes[start..*end]);
            start = *end;
            if times.is_sorted() {
                continue;
            }
            pairs.clear();
            pairs.extend(times.iter().copied().zip(codes.iter().copied()));
            pairs.sort_unstable();
            for (place, (ts, code)) in pairs.iter().enumerate() {
                times[place] = *ts;
                codes[place] = *code;
            }
        }
    }
}

/// Says of first pieces that there are more.
fn mark(writer: &Connection, condition: &str) -> Result<()> {
    let sql = format!("UPDATE {BOOKS}.journeys SET more = true WHERE NOT more AND {condition}");
    writer.execute(&sql).map_err(broken)
}

/// Puts the pieces of every customer together. The table is written anew, because deleted rows would stay in it.
pub fn merge(writer: &Connection) -> Result<()> {
    let mut pieces = Pending::default();
    {
        let sql = format!("SELECT number, ts, event FROM {BOOKS}.journeys WHERE more");
        let mut statement = writer.prepare(&sql).map_err(broken)?;
        let mut rows = statement.stream().map_err(broken)?;
        while let Some(chunk) = rows.next_chunk().map_err(broken)? {
            let vectors: Vec<_> = chunk.vectors().collect();
            let [numbers, times, codes] = &vectors[..] else {
                break;
            };
            let (Cells::U32(numbers), Cells::List(places, times), Cells::List(code_places, codes)) =
                (&numbers.cells, &times.cells, &codes.cells)
            else {
                break;
            };
            let (Cells::I64(times), Cells::U16(codes)) = (&times.cells, &codes.cells) else {
                break;
            };
            for row in 0..chunk.rows() {
                let times = places[row].of(times);
                let codes = code_places[row].of(codes);
                for (ts, code) in times.iter().zip(codes) {
                    pieces.push(numbers[row], *ts, *code);
                }
            }
        }
    }
    let sql = format!(
        "CREATE OR REPLACE TABLE {BOOKS}.journeys AS SELECT * FROM {BOOKS}.journeys WHERE NOT more"
    );
    writer.execute(&sql).map_err(broken)?;
    let rows = pieces.into_rows();
    rows.append(writer, &|_| false)
}

/// Writes numbers as an SQL list.
pub fn list_of(numbers: impl Iterator<Item = u32>) -> String {
    let mut list = String::from("(");
    for (place, number) in numbers.enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        // Writing into a text cannot fail.
        let _ = write!(list, "{comma}{number}");
    }
    list.push(')');
    list
}
