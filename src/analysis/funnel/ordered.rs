//! Steps in order, anything between; every entry may convert, or only the first.

use super::rules::{Entries, MOST_STEPS, Rules};
use super::{Attempt, Reached, step_times, ties};
use crate::analysis::touch::{Touch, instants};

/// No attempt has got there.
const NONE: i64 = i64::MIN;

/// The attempts of one customer: of those that did the same number of steps only the latest entry matters, because it has
/// all the chances of the others and more time left.
struct Climb<'rules> {
    rules: &'rules Rules,
    /// By the number of steps done: the latest entry that can go on.
    latest: [i64; MOST_STEPS + 1],
    /// When the first attempt entered.
    first_entry: Option<i64>,
    best: Option<Reached>,
}

/// Returns how far the customer got.
pub(super) fn furthest(rules: &Rules, touches: &[Touch]) -> Option<Attempt> {
    let climb = Climb::up(rules, touches);
    let best = climb.best?;
    let last = climb.latest[best.level];
    let is_open = best.level < rules.steps
        && (last != NONE && rules.is_open(last)
            || is_open_before_an_exclusion(rules, touches, best.level));
    Some(Attempt {
        is_open,
        times: step_times(rules, touches, best),
        held: 0,
    })
}

/// Tells whether an attempt got this far whose window is open now and ends before an excluded event that comes later. The
/// latest attempt does not speak for those: it is the one that such an event cuts. Attempts whose windows end between
/// the same two excluded events share a climb, so the work grows with the excluded events after now.
fn is_open_before_an_exclusion(rules: &Rules, touches: &[Touch], level: usize) -> bool {
    if touches.last().is_none_or(|last| last.ts <= rules.now) {
        return false;
    }
    let first = touches
        .iter()
        .find(|touch| touch.steps() & 1 == 1 && rules.is_entry(touch.ts));
    let mut before = rules.now;
    let later = touches
        .iter()
        .filter(|touch| touch.is_excluded() && touch.ts > rules.now);
    for excluded in later {
        let mut near = Rules {
            since: rules.since.max(before.saturating_sub(rules.window)),
            until: rules.until.min(excluded.ts.saturating_sub(rules.window)),
            ..rules.clone()
        };
        if let (Entries::First, Some(first)) = (rules.entries, first) {
            near.since = near.since.max(first.ts);
            near.until = near.until.min(first.ts.saturating_add(1));
        }
        before = excluded.ts;
        let from = touches.partition_point(|touch| touch.ts < near.since);
        let to = touches.partition_point(|touch| touch.ts < excluded.ts);
        if near.since < near.until
            && from < to
            && Climb::up(&near, &touches[from..to]).latest[level] != NONE
        {
            return true;
        }
    }
    false
}

impl<'rules> Climb<'rules> {
    /// Takes all events, until all steps are done.
    fn up(rules: &'rules Rules, touches: &[Touch]) -> Self {
        let mut climb = Self {
            rules,
            latest: [NONE; MOST_STEPS + 1],
            first_entry: None,
            best: None,
        };
        for instant in instants(touches) {
            match instant {
                [touch] if !touch.is_excluded() => climb.take(*touch),
                _ => climb.take_instant(instant),
            }
            if climb.best.is_some_and(|best| best.level == rules.steps) {
                break;
            }
        }
        climb
    }

    /// Takes an event that is alone at its instant. The highest step comes first, so that the event fills only one.
    fn take(&mut self, touch: Touch) {
        let mut left = touch.steps();
        while left != 0 {
            let step = left.ilog2() as usize;
            left ^= 1 << step;
            let entry = self.entry_for(step, touch.ts);
            if entry != NONE {
                self.arrive(step + 1, entry, touch.ts);
            }
        }
    }

    /// Takes events of one instant together.
    fn take_instant(&mut self, instant: &[Touch]) {
        let ts = instant[0].ts;
        let before = self.latest;
        let mut arrived = [NONE; MOST_STEPS + 1];
        let has_entry = instant.iter().any(|touch| touch.steps() & 1 == 1);
        for level in 0..self.rules.steps {
            let entry = match level {
                0 if !has_entry => NONE,
                0 => self.entry_for(0, ts),
                _ if before[level] != NONE && self.rules.is_inside(before[level], ts) => {
                    before[level]
                }
                _ => NONE,
            };
            if entry == NONE {
                continue;
            }
            let more = ties::reach(self.rules.steps, level, instant);
            for place in &mut arrived[level + 1..=level + more] {
                *place = entry.max(*place);
            }
        }
        for level in (1..=self.rules.steps).rev() {
            if arrived[level] != NONE {
                self.arrive(level, arrived[level], ts);
            }
        }
        if instant.iter().any(|touch| touch.is_excluded()) {
            for (level, arrived) in arrived.iter().enumerate() {
                // What is over cannot be cut any more.
                let goes_on =
                    self.latest[level] != NONE && self.rules.is_inside(self.latest[level], ts);
                if self.rules.cuts(level) && goes_on {
                    self.latest[level] = *arrived;
                }
            }
        }
    }

    /// Returns the latest entry that can do this step now, counted from 0.
    fn entry_for(&mut self, step: usize, ts: i64) -> i64 {
        if step > 0 {
            let entry = self.latest[step];
            return if entry != NONE && self.rules.is_inside(entry, ts) {
                entry
            } else {
                NONE
            };
        }
        if !self.rules.is_entry(ts) {
            return NONE;
        }
        let first = *self.first_entry.get_or_insert(ts);
        if self.rules.entries == Entries::First && first != ts {
            NONE
        } else {
            ts
        }
    }

    fn arrive(&mut self, level: usize, entry: i64, ts: i64) {
        self.latest[level] = entry.max(self.latest[level]);
        let reached = Reached {
            level,
            end: ts,
            entry,
        };
        if self.best.is_none_or(|best| reached.beats(best)) {
            self.best = Some(reached);
        }
    }
}
