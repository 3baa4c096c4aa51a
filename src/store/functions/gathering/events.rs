//! Analyses over rows of `events`: gathered in the order they come, sorted by customer and time at the end.

use std::ops::Range;
use std::sync::Arc;
use std::thread;

use crate::analysis::Touch;
use crate::analysis::calendar::Clock;
use crate::store::engine::{Aggregate, Answers, Cells, Kind, Unit, Vector};
use crate::store::functions::question::{Customer, Extras, Groups, Labels, Question};
use crate::store::functions::spec::Spec;
use crate::store::journeys::Names;

/// An analysis as an aggregate over `(spec, number, unit, ts, marks, group, hold, value)`.
pub struct EventsForm<Q> {
    clock: Arc<Clock>,
    threads: usize,
    question: std::marker::PhantomData<fn() -> Q>,
}

impl<Q> EventsForm<Q> {
    /// Returns the aggregate for a workspace's clock; the counting is shared by this many threads.
    pub fn new(clock: Arc<Clock>, threads: usize) -> Self {
        Self {
            clock,
            threads,
            question: std::marker::PhantomData,
        }
    }
}

/// One event.
#[derive(Clone, Copy)]
struct Row {
    ts: i64,
    customer: u32,
    marks: u32,
    group: u32,
    /// The held value, or the place of the number to add up.
    hold: u32,
}

/// Rows of one thread; numbers of texts are its own.
#[derive(Default)]
struct Part {
    rows: Vec<Row>,
    units: Names,
    groups: Names,
    holds: Names,
    values: Vec<f64>,
}

/// What one thread has gathered.
#[derive(Default)]
pub struct State {
    spec: Option<Spec>,
    parts: Vec<Part>,
}

impl Part {
    fn take(&mut self, spec: &Spec, given: &Given<'_>, row: usize) -> Result<(), String> {
        let customer = if spec.by_unit {
            match given.unit(row) {
                Some(unit) => number(&mut self.units, unit)?,
                None => return Ok(()),
            }
        } else {
            match given.number(row) {
                Some(number) => number,
                None => return Ok(()),
            }
        };
        let Some(ts) = given.ts(row) else {
            return Ok(());
        };
        let group = match Given::text(given.group, row).filter(|_| spec.grouped) {
            Some(text) => number(&mut self.groups, text)? + 1,
            None => 0,
        };
        let hold = if spec.valued {
            self.values.push(given.value(row));
            u32::try_from(self.values.len()).map_err(|_| "there are too many events".to_string())?
        } else {
            match Given::text(given.hold, row).filter(|_| spec.held) {
                Some(text) => number(&mut self.holds, text)? + 1,
                None => 0,
            }
        };
        let marks = given.marks(row);
        self.rows.push(Row {
            ts,
            customer,
            marks,
            group,
            hold,
        });
        Ok(())
    }
}

fn number(names: &mut Names, text: &[u8]) -> Result<u32, String> {
    names
        .number(&String::from_utf8_lossy(text))
        .ok_or_else(|| "there are too many different values".to_string())
}

/// The argument columns.
struct Given<'a> {
    numbers: &'a Vector<'a>,
    units: &'a Vector<'a>,
    times: &'a Vector<'a>,
    marks: &'a Vector<'a>,
    group: &'a Vector<'a>,
    hold: &'a Vector<'a>,
    values: &'a Vector<'a>,
}

impl<'a> Given<'a> {
    fn number(&self, row: usize) -> Option<u32> {
        match &self.numbers.cells {
            Cells::U32(cells) if !self.numbers.is_null(row) => Some(cells[row]),
            _ => None,
        }
    }

    fn unit(&self, row: usize) -> Option<&[u8]> {
        Self::text(self.units, row)
    }

    fn ts(&self, row: usize) -> Option<i64> {
        match &self.times.cells {
            Cells::I64(cells) if !self.times.is_null(row) => Some(cells[row]),
            _ => None,
        }
    }

    fn marks(&self, row: usize) -> u32 {
        match &self.marks.cells {
            Cells::U32(cells) if !self.marks.is_null(row) => cells[row],
            _ => 0,
        }
    }

    fn value(&self, row: usize) -> f64 {
        match &self.values.cells {
            Cells::F64(cells) if !self.values.is_null(row) => cells[row],
            _ => 0.0,
        }
    }

    fn text(vector: &'a Vector<'a>, row: usize) -> Option<&'a [u8]> {
        match &vector.cells {
            Cells::Text(texts) if !vector.is_null(row) => Some(texts.bytes(row)),
            _ => None,
        }
    }
}

impl<Q: Question> Aggregate for EventsForm<Q> {
    type State = State;

    fn arguments(&self) -> Vec<Kind> {
        let text = || Kind::Text(None);
        let time = Kind::Timestamp(Unit::Microseconds);
        vec![
            text(),
            Kind::UInteger,
            text(),
            time,
            Kind::UInteger,
            text(),
            text(),
            Kind::Double,
        ]
    }

    fn columns(&self) -> Vec<(&'static str, Kind)> {
        Q::columns()
    }

    fn update(
        &self,
        state: &mut State,
        given: &[Vector<'_>],
        rows: Range<usize>,
    ) -> Result<(), String> {
        let [spec, numbers, units, times, marks, group, hold, values] = given else {
            return Err("the call has the wrong arguments".to_string());
        };
        if let (None, Cells::Text(texts)) = (&state.spec, &spec.cells) {
            let spec = Spec::read(&String::from_utf8_lossy(texts.bytes(rows.start)))?;
            // What is wrong with a call is said before all is gathered.
            Q::new(spec.clone(), Arc::clone(&self.clock))?;
            state.spec = Some(spec);
            state.parts.push(Part::default());
        }
        let given = Given {
            numbers,
            units,
            times,
            marks,
            group,
            hold,
            values,
        };
        if let (Some(spec), Some(part)) = (&state.spec, state.parts.first_mut()) {
            for row in rows {
                part.take(spec, &given, row)?;
            }
        }
        Ok(())
    }

    fn combine(&self, state: &mut State, other: State) {
        if state.spec.is_none() {
            state.spec = other.spec;
        }
        state.parts.extend(other.parts);
    }

    fn finish(&self, state: State) -> Result<Vec<Answers>, String> {
        let Some(spec) = state.spec else {
            return Ok(Vec::new());
        };
        let top = spec.top()?;
        let (grouped, by_unit) = (spec.grouped, spec.by_unit);
        let question = Q::new(spec, Arc::clone(&self.clock))?;
        let mut gathered = Gathered::of(state.parts, by_unit);
        gathered.sort(self.threads);
        let tally = gathered.count(&question, &Groups::default(), self.threads);
        if !grouped {
            return question.answer(tally, &gathered.labels);
        }
        let groups = Groups::largest(question.sizes(&tally), top);
        if groups.is_choice() {
            let tally = gathered.count(&question, &groups, self.threads);
            question.answer(tally, &gathered.labels)
        } else {
            question.answer(tally, &gathered.labels)
        }
    }
}

/// The rows of all threads, with the same numbers for the same texts.
struct Gathered {
    /// Stretches of rows that hold whole customers.
    shares: Vec<Vec<Row>>,
    parts: Vec<Vec<Row>>,
    values: Vec<f64>,
    labels: Labels,
}

impl Gathered {
    fn of(parts: Vec<Part>, by_unit: bool) -> Self {
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
            shares: Vec::new(),
            parts: all,
            values,
            labels: Labels {
                texts: groups.texts,
                units: units.texts,
            },
        }
    }

    /// Sorts the rows by customer and time; each thread does its share of the customers.
    fn sort(&mut self, threads: usize) {
        let parts = std::mem::take(&mut self.parts);
        let most = parts.iter().flatten().map(|row| row.customer).max();
        let Some(most) = most else { return };
        let customers = most as usize + 1;
        let per_thread = customers.div_ceil(threads.max(1));
        self.shares = thread::scope(|scope| {
            let sorters: Vec<_> = (0..customers)
                .step_by(per_thread)
                .map(|first| {
                    let parts = &parts;
                    scope.spawn(move || {
                        sorted_share(parts, first..(first + per_thread).min(customers))
                    })
                })
                .collect();
            sorters
                .into_iter()
                .map(|sorter| sorter.join().unwrap_or_default())
                .collect()
        });
    }

    fn count<Q: Question>(&self, question: &Q, groups: &Groups, threads: usize) -> Q::Tally {
        let mut sum = Q::Tally::default();
        if threads <= 1 || self.shares.len() <= 1 {
            for share in &self.shares {
                self.count_share(question, groups, share, &mut sum);
            }
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
                if let Ok(tally) = counter.join() {
                    question.merge(&mut sum, tally);
                }
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
    let by_time = |row: &Row| (row.ts, row.group);
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
