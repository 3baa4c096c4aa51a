//! All attempts of a funnel, each with all the ways it could have gone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Segment, events};
use crate::analysis::arguments::{Funnel, Within};
use crate::analysis::world::{Event, World, customer_id};

/// One attempt: everything that can be said of a customer who entered at this moment.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub unit: String,
    /// The value whose own funnel this is, with attribution 'each'.
    pub own: Segment,
    pub entered: i64,
    pub held: String,
    /// The entry's place in the journey, for 'strict'.
    pub place: usize,
    /// The earliest moment at which so many steps are done.
    pub reached_at: Vec<i64>,
    pub is_open: bool,
}

/// An event of one journey, and what the funnel sees in it.
struct Seen<'w> {
    event: &'w Event,
    steps: Vec<bool>,
    held: Option<String>,
    is_excluded: bool,
}

/// One journey through one funnel.
struct Journey<'a> {
    world: &'a World,
    funnel: &'a Funnel,
    seen: Vec<Seen<'a>>,
}

/// What all ways of one attempt came to.
#[derive(Default)]
struct Ways {
    /// How many steps were done when, in any way.
    states: BTreeSet<(usize, i64)>,
    /// With any order: the moment from which nothing counts.
    ended: Option<i64>,
}

impl Attempt {
    pub fn level(&self) -> usize {
        self.reached_at.len()
    }
}

/// Returns the attempts of every journey. `own` says in which funnel of its own an event takes part.
pub fn attempts(world: &World, funnel: &Funnel, own: &dyn Fn(&Event) -> Segment) -> Vec<Attempt> {
    let mut journeys: BTreeMap<(String, Segment), Vec<&Event>> = BTreeMap::new();
    for event in events(world, &funnel.scope) {
        let unit = match funnel.unit {
            Some(unit) => (unit.value)(world, event),
            None => event.customer.map(customer_id),
        };
        if let Some(unit) = unit {
            journeys.entry((unit, own(event))).or_default().push(event);
        }
    }
    let mut attempts = Vec::new();
    for ((unit, own), events) in journeys {
        let journey = Journey::new(world, funnel, &events);
        attempts.extend(journey.attempts(&unit, &own));
    }
    attempts
}

impl<'a> Journey<'a> {
    fn new(world: &'a World, funnel: &'a Funnel, events: &[&'a Event]) -> Self {
        let held = |event: &Event| match funnel.hold {
            Some(hold) => (hold.value)(world, event),
            None => Some(String::new()),
        };
        let matches =
            |event: &Event, step: usize| held(event).is_some() && (funnel.steps[step].holds)(event);
        let first = |step: usize| {
            let of_step = events.iter().filter(|event| matches(event, step));
            of_step.map(|event| event.ts).min()
        };
        let counts = |event: &Event, step: usize| {
            matches(event, step)
                && (!funnel.first_time.contains(&(step + 1)) || first(step) == Some(event.ts))
        };
        let mut seen: Vec<Seen> = events
            .iter()
            .map(|event| Seen {
                event,
                steps: (0..funnel.steps.len())
                    .map(|step| counts(event, step))
                    .collect(),
                held: held(event),
                is_excluded: funnel.excluding.is_some_and(|x| (x.holds)(event)),
            })
            .collect();
        seen.sort_by_key(|seen| {
            let lowest = seen.steps.iter().position(|step| *step);
            // The bitmask ascending: the last step weighs most.
            let mask: Vec<bool> = seen.steps.iter().rev().copied().collect();
            let held = (seen.held.is_none(), seen.held.clone());
            (seen.event.ts, lowest.is_none(), lowest, mask, held)
        });
        Self {
            world,
            funnel,
            seen,
        }
    }

    fn attempts(&self, unit: &str, own: &Segment) -> Vec<Attempt> {
        let starts = |seen: &Seen| match self.funnel.mode {
            "any" => seen.steps.contains(&true),
            _ => seen.steps[0],
        };
        let mut entries: Vec<usize> = (0..self.seen.len())
            .filter(|place| starts(&self.seen[*place]))
            .filter(|place| self.funnel.scope.contains(self.world, self.ts(*place)))
            .collect();
        if self.funnel.entries == "first" {
            let first = entries.iter().map(|place| self.ts(*place)).min();
            entries.retain(|place| Some(self.ts(*place)) == first);
        }
        // Entry events of one instant are one attempt, except where each has its own place in the row.
        let mut groups: BTreeMap<(i64, String, usize), Vec<usize>> = BTreeMap::new();
        for place in entries {
            let own_place = if self.funnel.mode == "strict" {
                place
            } else {
                0
            };
            let held = self.seen[place].held.clone().unwrap();
            groups
                .entry((self.ts(place), held, own_place))
                .or_default()
                .push(place);
        }
        groups
            .into_iter()
            .filter_map(|((entered, held, place), entries)| {
                let ways = self.ways(entered, &held, &entries);
                let reached_at = ways.reached_at();
                let attempt = Attempt {
                    unit: unit.to_string(),
                    own: own.clone(),
                    entered,
                    held,
                    place,
                    is_open: self.is_open(entered, &ways, reached_at.len()),
                    reached_at,
                };
                (!self.is_void(&attempt)).then_some(attempt)
            })
            .collect()
    }

    fn ts(&self, place: usize) -> i64 {
        self.seen[place].event.ts
    }

    fn ways(&self, entered: i64, held: &str, entries: &[usize]) -> Ways {
        let mut ways = Ways::default();
        match self.funnel.mode {
            "strict" => self.walk(entered, held, entries[0], &mut ways),
            "any" => self.collect(entered, held, &mut ways),
            _ => {
                for entry in entries {
                    ways.states.insert((1, entered));
                    self.branch(entered, held, &mut vec![*entry], &mut ways);
                }
            }
        }
        ways
    }

    /// Tries every event as the next step.
    fn branch(&self, entered: i64, held: &str, taken: &mut Vec<usize>, ways: &mut Ways) {
        let done = taken.len();
        if done == self.funnel.steps.len() {
            return;
        }
        let last = self.ts(taken[done - 1]);
        for place in 0..self.seen.len() {
            let next = self.ts(place);
            if self.seen[place].steps[done]
                && self.seen[place].held.as_deref() == Some(held)
                && !taken.contains(&place)
                && next >= last
                && next <= self.latest(entered, last, done)
                && !self.is_cut(done, |x| last < x && x < next)
            {
                ways.states.insert((done + 1, next));
                taken.push(place);
                self.branch(entered, held, taken, ways);
                taken.pop();
            }
        }
    }

    /// Follows the events one by one.
    fn walk(&self, entered: i64, held: &str, entry: usize, ways: &mut Ways) {
        ways.states.insert((1, entered));
        for done in 1..self.funnel.steps.len() {
            let Some(next) = self.seen.get(entry + done) else {
                return;
            };
            let last = self.ts(entry + done - 1);
            if !next.steps[done]
                || next.held.as_deref() != Some(held)
                || next.event.ts > self.latest(entered, last, done)
            {
                return;
            }
            ways.states.insert((done + 1, next.event.ts));
        }
    }

    /// Counts how many steps the events of a window can fill, each with its own event.
    fn collect(&self, entered: i64, held: &str, ways: &mut Ways) {
        let mut instants: Vec<i64> = self.seen.iter().map(|seen| seen.event.ts).collect();
        instants.dedup();
        let latest = self.latest(entered, entered, 1);
        for instant in instants {
            if instant < entered || instant > latest {
                continue;
            }
            let inside: Vec<&Seen> = self
                .seen
                .iter()
                .filter(|seen| (entered..=instant).contains(&seen.event.ts))
                .filter(|seen| seen.held.as_deref() == Some(held))
                .collect();
            let done = largest_matching(&inside, self.funnel.steps.len());
            for filled in 1..=done {
                ways.states.insert((filled, instant));
            }
            if instant > entered && self.is_cut(done, |x| x == instant) {
                ways.ended = Some(instant);
                return;
            }
        }
    }

    /// Until when the next step may come.
    fn latest(&self, entered: i64, last: i64, done: usize) -> i64 {
        match &self.funnel.within {
            Within::Entry(length) => entered + length,
            Within::Step(lengths) => last + lengths[done - 1],
        }
    }

    /// Tells whether an excluded event counts against an attempt that has done so many steps.
    fn is_in_stretch(&self, done: usize) -> bool {
        let all = (1, self.funnel.steps.len());
        let (from, to) = self.funnel.between.unwrap_or(all);
        from <= done && done < to
    }

    fn excluded(&self) -> impl Iterator<Item = i64> {
        let excluded = self.seen.iter().filter(|seen| seen.is_excluded);
        excluded.map(|seen| seen.event.ts)
    }

    fn is_cut(&self, done: usize, lies_there: impl Fn(i64) -> bool) -> bool {
        self.funnel.exclusion == "keep"
            && self.is_in_stretch(done)
            && self.excluded().any(lies_there)
    }

    fn is_void(&self, attempt: &Attempt) -> bool {
        let done_at = |x: i64| {
            let done = attempt.reached_at.iter().filter(|at| **at <= x);
            done.count()
        };
        self.funnel.exclusion == "drop"
            && self.excluded().any(|x| {
                let done = done_at(x);
                x > attempt.entered
                    && done < self.funnel.steps.len()
                    && self.is_in_stretch(done)
                    && x <= self.latest(attempt.entered, attempt.reached_at[done - 1], done)
            })
    }

    fn is_open(&self, entered: i64, ways: &Ways, level: usize) -> bool {
        level < self.funnel.steps.len()
            && ways.ended.is_none()
            && ways.states.iter().any(|(done, at)| {
                let ends = self.latest(entered, *at, level);
                *done == level
                    && ends >= self.world.now()
                    && (self.funnel.mode == "any" || !self.is_cut(level, |x| *at < x && x <= ends))
            })
    }
}

impl Ways {
    fn reached_at(&self) -> Vec<i64> {
        let level = self.states.iter().map(|(done, _)| *done).max().unwrap();
        let earliest = |step| {
            let states = self.states.iter().filter(|(done, _)| *done >= step);
            states.map(|(_, at)| *at).min().unwrap()
        };
        (1..=level).map(earliest).collect()
    }
}

/// The most steps that can be filled, each by an event of its own (Kuhn's augmenting paths).
fn largest_matching(seen: &[&Seen], steps: usize) -> usize {
    fn place(
        event: usize,
        seen: &[&Seen],
        filled: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        for step in 0..filled.len() {
            if seen[event].steps[step] && !tried[step] {
                tried[step] = true;
                if filled[step].is_none_or(|other| place(other, seen, filled, tried)) {
                    filled[step] = Some(event);
                    return true;
                }
            }
        }
        false
    }
    let mut filled = vec![None; steps];
    (0..seen.len())
        .filter(|event| place(*event, seen, &mut filled, &mut vec![false; steps]))
        .count()
}
