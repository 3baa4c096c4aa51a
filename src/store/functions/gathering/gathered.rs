//! Rows of events that threads gathered: put together, sorted by customer and time, and counted.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

use crate::analysis::Touch;
use crate::store::functions::question::{Customer, Extras, Groups, Labels, Question};
use crate::store::journeys::Names;

/// One event.
#[derive(Clone, Copy)]
pub struct Row {
    /// Microseconds since 1970, UTC.
    pub ts: i64,
    /// The number of the customer, or of the text of a unit.
    pub customer: u32,
    /// What the question sees in the event.
    pub marks: u32,
    /// The number of the group's text from 1 on; 0 for none.
    pub group: u32,
    /// The number of the held value's text from 1 on; 0 for none. Or the place of the number to add up.
    pub hold: u32,
}

/// Rows of one thread; numbers of texts are its own.
#[derive(Default)]
pub struct Part {
    /// The events.
    pub rows: Vec<Row>,
    /// The texts of units that are counted instead of customers.
    pub units: Names,
    /// The texts of groups.
    pub groups: Names,
    /// The texts of held values.
    pub holds: Names,
    /// The numbers to add up.
    pub values: Vec<f64>,
}

/// The rows of all threads, with the same numbers for the same texts, sorted by customer and time.
pub struct Gathered {
    /// Stretches of rows that hold whole customers: for each thread one.
    shares: Vec<Vec<Row>>,
    values: Vec<f64>,
    /// The texts of groups, of held values and of units.
    pub labels: Labels,
}

impl Gathered {
    /// Puts the rows of all threads together and sorts them, on this many threads.
    pub fn of(parts: Vec<Part>, by_unit: bool, threads: usize) -> Self {
        let mut values = Vec::new();
        let groups = Common::of(parts.iter().map(|part| &part.groups));
        let holds = Common::of(parts.iter().map(|part| &part.holds));
        let units = Common::of(parts.iter().map(|part| &part.units));
        let mut all = Vec::new();
        for (index, mut part) in parts.into_iter().enumerate() {
            let has_values = !part.values.is_empty();
            let offset = u32::try_from(values.len()).unwrap_or(u32::MAX);
            for row in &mut part.rows {
                if row.group != 0 {
                    row.group = groups.numbers[index][row.group as usize - 1];
                }
                if has_values {
                    row.hold = row.hold - 1 + offset;
                } else if row.hold != 0 {
                    row.hold = holds.numbers[index][row.hold as usize - 1];
                }
                if by_unit {
                    row.customer = units.numbers[index][row.customer as usize];
                }
            }
            values.append(&mut part.values);
            all.push(part.rows);
        }
        Self {
            shares: sorted_shares(&all, threads),
            values,
            labels: Labels {
                texts: groups.texts,
                holds: holds.texts,
                units: units.texts,
            },
        }
    }

    /// Counts all customers; each thread counts its share.
    pub fn count<Q: Question>(&self, question: &Q, groups: &Groups) -> Q::Tally {
        let mut sum = Q::Tally::default();
        if let [share] = &self.shares[..] {
            self.count_share(question, groups, share, &mut sum);
            return sum;
        }
        thread::scope(|scope| {
            let counters: Vec<_> = self
                .shares
                .iter()
                .map(|share| {
                    scope.spawn(move || {
                        let mut tally = Q::Tally::default();
                        self.count_share(question, groups, share, &mut tally);
                        tally
                    })
                })
                .collect();
            for counter in counters {
                question.merge(&mut sum, joined(counter));
            }
        });
        sum
    }

    fn count_share<Q: Question>(
        &self,
        question: &Q,
        groups: &Groups,
        share: &[Row],
        tally: &mut Q::Tally,
    ) {
        let (mut touches, mut own_groups) = (Vec::new(), Vec::new());
        let (mut holds, mut values) = (Vec::new(), Vec::new());
        for rows in share.chunk_by(|one, next| one.customer == next.customer) {
            touches.clear();
            own_groups.clear();
            holds.clear();
            values.clear();
            for (place, row) in (0..).zip(rows) {
                touches.push(Touch {
                    ts: row.ts,
                    marks: row.marks,
                    row: place,
                });
                own_groups.push(row.group);
                holds.push(row.hold);
                if let Some(value) = self.values.get(row.hold as usize) {
                    values.push(*value);
                }
            }
            let customer = Customer {
                number: rows[0].customer,
                touches: &touches,
                extras: Extras {
                    groups: &own_groups,
                    holds: &holds,
                    values: &values,
                },
                groups,
            };
            question.take(tally, &customer);
        }
    }
}

/// Returns what a thread has found; its panic goes on here, because an answer without its share would be wrong.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Sorts the rows by customer and time; each thread does its share of the customers.
fn sorted_shares(parts: &[Vec<Row>], threads: usize) -> Vec<Vec<Row>> {
    let Some(most) = parts.iter().flatten().map(|row| row.customer).max() else {
        return Vec::new();
    };
    let customers = most as usize + 1;
    let per_thread = customers.div_ceil(threads.max(1));
    thread::scope(|scope| {
        let sorters: Vec<_> = (0..customers)
            .step_by(per_thread)
            .map(|first| {
                let own = first..(first + per_thread).min(customers);
                scope.spawn(move || sorted_share(parts, own))
            })
            .collect();
        sorters.into_iter().map(joined).collect()
    })
}

/// Counts each customer's rows, puts every row to its place, and sorts each customer by time.
fn sorted_share(parts: &[Vec<Row>], customers: Range<usize>) -> Vec<Row> {
    let is_own = |row: &&Row| customers.contains(&(row.customer as usize));
    let mut next = vec![0_usize; customers.len() + 1];
    for row in parts.iter().flatten().filter(is_own) {
        next[row.customer as usize - customers.start + 1] += 1;
    }
    for place in 1..next.len() {
        next[place] += next[place - 1];
    }
    let nothing = Row {
        ts: 0,
        customer: 0,
        marks: 0,
        group: 0,
        hold: 0,
    };
    let mut sorted = vec![nothing; next[customers.len()]];
    for row in parts.iter().flatten().filter(is_own) {
        let place = &mut next[row.customer as usize - customers.start];
        sorted[*place] = *row;
        *place += 1;
    }
    let by_time = |row: &Row| (row.ts, row.group, row.hold);
    for rows in sorted.chunk_by_mut(|one, next| one.customer == next.customer) {
        if !rows.is_sorted_by_key(by_time) {
            rows.sort_unstable_by_key(by_time);
        }
    }
    sorted
}

/// The texts of several threads under common numbers, which follow the order of the texts, from 1 on.
struct Common {
    texts: Vec<String>,
    /// For each thread the common number of each of its texts.
    numbers: Vec<Vec<u32>>,
}

impl Common {
    fn of<'names>(parts: impl Iterator<Item = &'names Names>) -> Self {
        let parts: Vec<&Names> = parts.collect();
        let mut texts: Vec<&str> = parts
            .iter()
            .flat_map(|names| names.fresh().map(|(_, text)| text))
            .collect();
        texts.sort_unstable();
        texts.dedup();
        let place = |text: &str| {
            let found = texts.binary_search(&text).unwrap_or(0);
            u32::try_from(found + 1).unwrap_or(u32::MAX)
        };
        let numbers = parts
            .iter()
            .map(|names| names.fresh().map(|(_, text)| place(text)).collect())
            .collect();
        Self {
            numbers,
            texts: texts.into_iter().map(String::from).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;

    use super::*;
    use crate::analysis::calendar::Clock;
    use crate::store::engine::{Answers, Kind};
    use crate::store::functions::spec::{Refusal, Spec};

    /// A question that breaks over one of its customers.
    struct Broken(u32);

    impl Question for Broken {
        type Tally = u64;

        fn columns() -> Vec<(&'static str, Kind)> {
            Vec::new()
        }

        fn new(_: Spec, _: Arc<Clock>) -> Refusal<Self> {
            Ok(Self(0))
        }

        fn marks(&self, _: Option<&str>) -> u32 {
            1
        }

        fn take(&self, tally: &mut u64, customer: &Customer<'_>) {
            if customer.number == self.0 {
                resume_unwind(Box::new("broken"));
            }
            *tally += 1;
        }

        fn merge(&self, tally: &mut u64, other: u64) {
            *tally += other;
        }

        fn sizes(&self, _: &u64) -> Vec<(u32, u64)> {
            Vec::new()
        }

        fn answer(&self, _: u64, _: &Labels) -> Refusal<Vec<Answers>> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn a_thread_that_breaks_breaks_the_answer() {
        let row = |customer| Row {
            ts: 0,
            customer,
            marks: 1,
            group: 0,
            hold: 0,
        };
        let part = Part {
            rows: (0..8).map(row).collect(),
            ..Part::default()
        };
        let gathered = Gathered::of(vec![part], false, 2);
        let count = |question: &Broken| gathered.count(question, &Groups::default());
        assert_eq!(count(&Broken(99)), 8);
        for customer in [0, 7] {
            let question = Broken(customer);
            assert!(catch_unwind(AssertUnwindSafe(|| count(&question))).is_err());
        }
    }
}
