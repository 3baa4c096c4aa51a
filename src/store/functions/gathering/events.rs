//! Analyses over rows of `events`, taken in the order they come.

use std::ops::Range;
use std::sync::Arc;

use super::gathered::{Gathered, Part, Row};
use crate::analysis::calendar::Clock;
use crate::store::engine::{Aggregate, Answers, Cells, Kind, Unit, Vector};
use crate::store::functions::question::{Groups, Question};
use crate::store::functions::spec::{Refusal, Spec};
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

/// What one thread has gathered.
#[derive(Default)]
pub struct State {
    spec: Option<Spec>,
    parts: Vec<Part>,
}

impl Part {
    /// Takes an event over; one that is of nobody, or of no time, is left out.
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
        let marks = given.marks(row);
        if spec.only_marked && marks == 0 {
            return Ok(());
        }
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
        .number_of(text)
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

impl<Q: Question> EventsForm<Q> {
    fn answer(&self, spec: Spec, parts: Vec<Part>) -> Refusal<Vec<Answers>> {
        let (grouped, by_unit, top) = (spec.grouped, spec.by_unit, spec.top()?);
        let question = Q::new(spec, Arc::clone(&self.clock))?;
        let gathered = Gathered::of(parts, by_unit, self.threads);
        let mut tally = gathered.count(&question, &Groups::default());
        if grouped {
            let groups = Groups::largest(question.sizes(&tally), top);
            if groups.is_choice() {
                tally = gathered.count(&question, &groups);
            }
        }
        question.answer(tally, &gathered.labels)
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
            spec.top()
                .and_then(|_| Q::new(spec.clone(), Arc::clone(&self.clock)))
                .map_err(|refusal| Spec::of_call(&spec.call, &refusal))?;
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
        let call = spec.call.clone();
        let answer = self.answer(spec, state.parts);
        answer.map_err(|refusal| Spec::of_call(&call, &refusal))
    }
}
