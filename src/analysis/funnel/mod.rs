//! Funnels over one customer's journey: how far did the customer get, and when.
//!
//! ```text
//! Rules + touches in time order → furthest → Attempt (level, times, open)
//!   ordered  any entry, any event between        strict    the very next event
//!   dropping an exclusion voids the attempt      any_order steps in whatever order
//!   ties     events of one instant               trend     the same, by period of entry
//! ```
//!
//! The counted attempt is the one that gets furthest; among equals the one that gets there first, and of these the one
//! that entered last. Within it each step has its earliest possible time.
//!
//! Invariant: the order of events of the same instant never changes an answer, and no event fills two steps of an attempt.

mod any_order;
mod dropping;
mod ordered;
mod rules;
mod strict;
mod tally;
mod ties;
mod trend;

pub use rules::{Entries, Exclusion, MOST_STEPS, Mode, Rules};
pub use tally::{FunnelTally, StepCount};
pub use trend::by_period;

use super::touch::Touch;

/// How far a customer got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// When each step that was reached was done, in microseconds UTC; the first is the entry.
    pub times: Vec<i64>,
    /// Whether the window of an attempt that got this far is still open.
    pub is_open: bool,
    /// The value that all steps share, where [`furthest_held`] asks for one; else 0.
    pub held: u32,
}

impl Attempt {
    /// Returns the number of steps that were reached.
    #[must_use]
    pub fn level(&self) -> usize {
        self.times.len()
    }
}

/// An attempt before its times are looked up: how far, when there, and entered when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reached {
    level: usize,
    end: i64,
    entry: i64,
}

impl Reached {
    /// Tells whether this attempt counts rather than the other: furthest, then earliest there, then latest entry.
    fn beats(self, other: Self) -> bool {
        let further = self.level.cmp(&other.level);
        let earlier = other.end.cmp(&self.end);
        let entered_later = self.entry.cmp(&other.entry);
        further.then(earlier).then(entered_later).is_gt()
    }
}

/// Returns how far the customer got; `None` without an entry.
///
/// `touches` are the customer's events in time order: for [`Mode::Strict`] all of them, otherwise at least those that
/// have a mark. Linear in their number times the number of steps, whatever the number of entries. Source: ANALYSIS of the
/// project; the recurrence is that of `windowFunnel`, with the latest entry kept for each step.
#[must_use]
pub fn furthest(rules: &Rules, touches: &[Touch]) -> Option<Attempt> {
    if rules.first_time == 0 {
        return furthest_of(rules, touches);
    }
    furthest_of(rules, &first_times(rules, touches))
}

fn furthest_of(rules: &Rules, touches: &[Touch]) -> Option<Attempt> {
    match (rules.mode, rules.exclusion) {
        (Mode::Ordered, Exclusion::Drop) => dropping::furthest(rules, touches),
        (Mode::Ordered, _) => ordered::furthest(rules, touches),
        (Mode::Strict, _) => strict::furthest(rules, touches, &[]),
        (Mode::Any, _) => any_order::furthest(rules, touches),
    }
}

/// As [`furthest`], for attempts all of whose steps carry the same value: `holds` has one value a row, 0 for none.
#[must_use]
pub fn furthest_held(rules: &Rules, touches: &[Touch], holds: &[u32]) -> Option<Attempt> {
    let value = |touch: &Touch| holds.get(touch.row as usize).copied().unwrap_or(0);
    let mut touches = only_with_value(touches, holds);
    if rules.first_time != 0 {
        touches = first_times(rules, &touches);
    }
    let touches = &touches;
    if rules.mode == Mode::Strict {
        return strict::furthest(rules, touches, holds);
    }
    let mut rules = rules.clone();
    if rules.entries == Entries::First {
        // The first entry is the first of all values, not of each.
        rules.since = touches.iter().find(|touch| rules.enters(touch))?.ts;
        rules.until = rules.since.saturating_add(1);
    }
    let mut values: Vec<u32> = touches
        .iter()
        .filter(|touch| touch.steps() != 0)
        .map(value)
        .filter(|held| *held != 0)
        .collect();
    values.sort_unstable();
    values.dedup();
    let mut by_value: Vec<Vec<Touch>> = vec![Vec::new(); values.len()];
    for touch in touches {
        let own = values.binary_search(&value(touch)).ok();
        if touch.is_excluded() {
            for (index, part) in by_value.iter_mut().enumerate() {
                let marks = if own == Some(index) {
                    touch.marks
                } else {
                    Touch::EXCLUDED
                };
                part.push(Touch { marks, ..*touch });
            }
        } else if let Some(own) = own {
            by_value[own].push(*touch);
        }
    }
    let mut best: Option<Attempt> = None;
    for (held, part) in values.iter().zip(&by_value) {
        let Some(mut found) = furthest_of(&rules, part) else {
            continue;
        };
        found.held = *held;
        best = Some(match best {
            None => found,
            Some(best) => counted(best, found),
        });
    }
    best
}

/// Returns the attempt of two that counts; it is open when either is that got as far.
#[must_use]
pub fn counted(one: Attempt, other: Attempt) -> Attempt {
    let reached = |attempt: &Attempt| Reached {
        level: attempt.level(),
        end: attempt.times.last().copied().unwrap_or(i64::MAX),
        entry: attempt.times.first().copied().unwrap_or(i64::MIN),
    };
    let is_open = (one.is_open && one.level() >= other.level())
        || (other.is_open && other.level() >= one.level());
    let mut counted = if reached(&other).beats(reached(&one)) {
        other
    } else {
        one
    };
    counted.is_open = is_open;
    counted
}

/// Takes all step marks from events without a value: they can be no step, so they are not the first of their kind either.
fn only_with_value(touches: &[Touch], holds: &[u32]) -> Vec<Touch> {
    let marks = |touch: &Touch| match holds.get(touch.row as usize) {
        None | Some(0) => touch.marks & Touch::EXCLUDED,
        Some(_) => touch.marks,
    };
    touches
        .iter()
        .map(|touch| Touch {
            marks: marks(touch),
            ..*touch
        })
        .collect()
}

/// Takes the mark of a first-time step from every event after the customer's first instant that matches it.
fn first_times(rules: &Rules, touches: &[Touch]) -> Vec<Touch> {
    let mut first = [None; MOST_STEPS];
    let keep = |touch: &Touch| {
        let mut marks = touch.marks;
        let mut left = touch.steps() & rules.first_time;
        while left != 0 {
            let step = left.trailing_zeros();
            left &= left - 1;
            if *first[step as usize].get_or_insert(touch.ts) != touch.ts {
                marks &= !(1 << step);
            }
        }
        Touch { marks, ..*touch }
    };
    touches.iter().map(keep).collect()
}

/// Fills in the time of each step of the attempt that entered at this moment: instant by instant as far as it gets.
fn step_times(rules: &Rules, touches: &[Touch], reached: Reached) -> Vec<i64> {
    let mut times = Vec::with_capacity(reached.level);
    let from = touches.partition_point(|touch| touch.ts < reached.entry);
    for instant in super::touch::instants(&touches[from..]) {
        let more = match instant {
            [touch] => usize::from(touch.steps() >> times.len() & 1 == 1),
            _ => ties::reach(rules.steps, times.len(), instant),
        };
        let more = more.min(reached.level - times.len());
        times.extend(std::iter::repeat_n(instant[0].ts, more));
        if times.len() == reached.level {
            break;
        }
    }
    times
}
