//! Analyses over journeys: one row has all of a customer, or one of several pieces.

use std::ops::Range;
use std::sync::Arc;

use crate::analysis::Touch;
use crate::analysis::calendar::Clock;
use crate::store::engine::{Aggregate, Answers, Cells, Kind, Vector};
use crate::store::functions::question::{Customer, Extras, Groups, Labels, Needs, Question};
use crate::store::functions::spec::Spec;

/// An analysis as an aggregate over `(spec, names, marks, number, more, ts, event)`.
pub struct JourneysForm<Q> {
    clock: Arc<Clock>,
    question: std::marker::PhantomData<fn() -> Q>,
}

impl<Q> JourneysForm<Q> {
    /// Returns the aggregate for a workspace's clock.
    pub fn new(clock: Arc<Clock>) -> Self {
        Self {
            clock,
            question: std::marker::PhantomData,
        }
    }
}

/// What one thread has gathered.
pub struct State<Q: Question> {
    asked: Option<Asked<Q>>,
    tally: Q::Tally,
    pieces: Pieces,
    touches: Vec<Touch>,
    nodes: Vec<u32>,
}

impl<Q: Question> Default for State<Q> {
    fn default() -> Self {
        Self {
            asked: None,
            tally: Q::Tally::default(),
            pieces: Pieces::default(),
            touches: Vec::new(),
            nodes: Vec::new(),
        }
    }
}

/// What is asked, and what it means for each code of an event.
struct Asked<Q> {
    call: String,
    question: Q,
    /// The marks by code.
    marks: Vec<u32>,
    /// The rank of each code's name among all names, from 1; 0 for none.
    ranks: Vec<u32>,
    labels: Labels,
    groups: Groups,
}

/// Pieces of journeys that have several.
#[derive(Default)]
struct Pieces {
    /// Whose piece it is, and where it ends in the events.
    bounds: Vec<(u32, usize)>,
    times: Vec<i64>,
    codes: Vec<u32>,
}

impl Pieces {
    fn push(&mut self, number: u32, times: &[i64], codes: impl Iterator<Item = u32>) {
        self.times.extend_from_slice(times);
        self.codes.extend(codes);
        self.codes.resize(self.times.len(), 0);
        self.bounds.push((number, self.times.len()));
    }

    fn append(&mut self, other: Self) {
        let before = self.times.len();
        self.times.extend(other.times);
        self.codes.extend(other.codes);
        self.bounds.extend(
            other
                .bounds
                .into_iter()
                .map(|(number, end)| (number, end + before)),
        );
    }

    /// Calls `take` with each customer's events in time order.
    fn whole(&self, mut take: impl FnMut(u32, &[(i64, u32)])) {
        let starts = std::iter::once(0).chain(self.bounds.iter().map(|(_, end)| *end));
        let mut pieces: Vec<(u32, Range<usize>)> = self
            .bounds
            .iter()
            .zip(starts)
            .map(|((number, end), start)| (*number, start..*end))
            .collect();
        pieces.sort_unstable_by_key(|(number, range)| (*number, range.start));
        let mut events = Vec::new();
        for own in pieces.chunk_by(|one, next| one.0 == next.0) {
            events.clear();
            for (_, range) in own {
                let times = self.times[range.clone()].iter().copied();
                events.extend(times.zip(self.codes[range.clone()].iter().copied()));
            }
            // Pieces are in order each, which a merging sort makes use of.
            events.sort_by_key(|(ts, _)| *ts);
            take(own[0].0, &events);
        }
    }
}

impl<Q: Question> Asked<Q> {
    fn read(
        [spec, names, given_marks]: [&Vector<'_>; 3],
        row: usize,
        clock: &Arc<Clock>,
    ) -> Result<Self, String> {
        let Cells::Text(texts) = &spec.cells else {
            return Err("the call could not be read".to_string());
        };
        let spec = Spec::read(&String::from_utf8_lossy(texts.bytes(row)))?;
        let call = spec.call.clone();
        let question = spec.top().and_then(|_| Q::new(spec, Arc::clone(clock)));
        let question = question.map_err(|refusal| Spec::of_call(&call, &refusal))?;
        let mut known: Vec<String> = Vec::new();
        if let Cells::List(places, items) = &names.cells
            && let Cells::Text(texts) = &items.cells
            && !names.is_null(row)
        {
            let text = |item| String::from_utf8_lossy(texts.bytes(item)).into_owned();
            known = places[row].range().map(text).collect();
        }
        let marks = if let Cells::List(places, items) = &given_marks.cells
            && let Cells::U32(all) = &items.cells
            && !given_marks.is_null(row)
        {
            places[row].of(all).to_vec()
        } else {
            let all = std::iter::once(None).chain(known.iter().map(Some));
            all.map(|name| question.marks(name.map(String::as_str)))
                .collect()
        };
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_by(|one, other| known[*one].cmp(&known[*other]));
        let mut ranks = vec![0; known.len() + 1];
        for (rank, code) in (1..).zip(&order) {
            ranks[code + 1] = rank;
        }
        let texts = order.iter().map(|code| known[*code].clone()).collect();
        Ok(Self {
            call,
            question,
            marks,
            ranks,
            labels: Labels {
                holds: texts,
                ..Labels::default()
            },
            groups: Groups::default(),
        })
    }

    fn marks_of(&self, code: usize) -> u32 {
        self.marks.get(code).copied().unwrap_or(0)
    }

    /// Counts a customer whose events are in time order.
    fn take(
        &self,
        tally: &mut Q::Tally,
        number: u32,
        events: impl Iterator<Item = (i64, usize)>,
        scratch: (&mut Vec<Touch>, &mut Vec<u32>),
    ) {
        let (touches, nodes) = scratch;
        touches.clear();
        nodes.clear();
        let needs = self.question.needs();
        if needs == Needs::Named {
            for (row, (ts, code)) in (0..).zip(events) {
                let marks = self.marks_of(code);
                touches.push(Touch { ts, marks, row });
                nodes.push(self.ranks.get(code).copied().unwrap_or(0));
            }
        } else {
            for (ts, code) in events {
                let marks = self.marks_of(code);
                if marks != 0 || needs == Needs::All {
                    touches.push(Touch { ts, marks, row: 0 });
                }
            }
        }
        if touches.is_empty() {
            return;
        }
        let customer = Customer {
            number,
            touches,
            extras: Extras {
                holds: nodes,
                ..Extras::default()
            },
            groups: &self.groups,
        };
        self.question.take(tally, &customer);
    }
}

impl<Q: Question> Aggregate for JourneysForm<Q> {
    type State = State<Q>;

    fn arguments(&self) -> Vec<Kind> {
        let list = |kind| Kind::List(Box::new(kind));
        vec![
            Kind::Text(None),
            list(Kind::Text(None)),
            list(Kind::UInteger),
            Kind::UInteger,
            Kind::Boolean,
            list(Kind::BigInt),
            list(Kind::USmallInt),
        ]
    }

    fn columns(&self) -> Vec<(&'static str, Kind)> {
        Q::columns()
    }

    fn update(
        &self,
        state: &mut Self::State,
        given: &[Vector<'_>],
        rows: Range<usize>,
    ) -> Result<(), String> {
        let [spec, names, marks, numbers, more, times, codes] = given else {
            return Err("the call has the wrong arguments".to_string());
        };
        if state.asked.is_none() {
            state.asked = Some(Asked::read([spec, names, marks], rows.start, &self.clock)?);
        }
        let (Some(asked), Cells::U32(owners), Cells::U8(flags), Cells::List(places, items)) =
            (&state.asked, &numbers.cells, &more.cells, &times.cells)
        else {
            return Ok(());
        };
        let (Cells::I64(all_times), Cells::List(code_places, code_items)) =
            (&items.cells, &codes.cells)
        else {
            return Ok(());
        };
        let Cells::U16(all_codes) = &code_items.cells else {
            return Ok(());
        };
        for row in rows {
            if numbers.is_null(row) || times.is_null(row) {
                continue;
            }
            let own_times = places[row].of(all_times);
            // Codes that no analysis asks for are not read: then the list is NULL and every event is like the others.
            let own_codes = if codes.is_null(row) {
                &[]
            } else {
                code_places[row].of(all_codes)
            };
            if flags[row] != 0 {
                let codes = own_codes.iter().copied().map(u32::from);
                state.pieces.push(owners[row], own_times, codes);
                continue;
            }
            let scratch = (&mut state.touches, &mut state.nodes);
            if own_codes.is_empty() {
                if asked.marks_of(0) != 0 && asked.question.take_times(&mut state.tally, own_times)
                {
                    continue;
                }
                let events = own_times.iter().map(|ts| (*ts, 0));
                asked.take(&mut state.tally, owners[row], events, scratch);
            } else {
                let events = own_times
                    .iter()
                    .copied()
                    .zip(own_codes.iter().copied().map(usize::from));
                asked.take(&mut state.tally, owners[row], events, scratch);
            }
        }
        Ok(())
    }

    fn combine(&self, state: &mut Self::State, other: Self::State) {
        let Some(theirs) = other.asked else { return };
        state.pieces.append(other.pieces);
        let ours = state.asked.get_or_insert(theirs);
        ours.question.merge(&mut state.tally, other.tally);
    }

    fn finish(&self, mut state: Self::State) -> Result<Vec<Answers>, String> {
        let Some(asked) = &state.asked else {
            return Ok(Vec::new());
        };
        let (touches, nodes, tally) = (&mut state.touches, &mut state.nodes, &mut state.tally);
        state.pieces.whole(|number, events| {
            let events = events.iter().map(|(ts, code)| (*ts, *code as usize));
            asked.take(tally, number, events, (touches, nodes));
        });
        let answer = asked.question.answer(state.tally, &asked.labels);
        answer.map_err(|refusal| Spec::of_call(&asked.call, &refusal))
    }
}
