//! Steps in order, where an excluded event voids the attempts it falls into.

use std::collections::VecDeque;

use super::rules::{Entries, Rules};
use super::{Attempt, Reached, step_times, ties};
use crate::analysis::touch::{Touch, instants};

/// Attempts by the number of steps done, each in the order of entry. Every attempt has to be kept: which of them an
/// exclusion hits depends on where its window ends. An attempt moves at most once for each step, so all is linear.
struct Attempts<'rules> {
    rules: &'rules Rules,
    by_level: Vec<VecDeque<Reached>>,
    first_entry: Option<i64>,
    best: Option<Reached>,
    is_open: bool,
}

/// Returns how far the customer got with an attempt that no exclusion hit.
pub(super) fn furthest(rules: &Rules, touches: &[Touch]) -> Option<Attempt> {
    let mut attempts = Attempts {
        rules,
        by_level: vec![VecDeque::new(); rules.steps + 1],
        first_entry: None,
        best: None,
        is_open: false,
    };
    for instant in instants(touches) {
        attempts.let_windows_end(instant[0].ts);
        attempts.take(instant);
    }
    attempts.let_windows_end(i64::MAX);
    let best = attempts.best?;
    Some(Attempt {
        is_open: attempts.is_open && best.level < rules.steps,
        times: step_times(rules, touches, best),
        held: 0,
    })
}

impl Attempts<'_> {
    /// What is over without an exclusion counts.
    fn let_windows_end(&mut self, ts: i64) {
        for level in 1..self.rules.steps {
            while let Some(attempt) = self.by_level[level].front().copied() {
                if ts != i64::MAX && self.rules.is_inside(attempt.entry, ts) {
                    break;
                }
                self.by_level[level].pop_front();
                self.count(attempt);
            }
        }
    }

    fn count(&mut self, attempt: Reached) {
        let level = self.best.map_or(0, |best| best.level);
        if attempt.level >= level {
            let is_open = self.rules.is_open(attempt.entry);
            self.is_open = is_open || (self.is_open && attempt.level == level);
        }
        if self.best.is_none_or(|best| attempt.beats(best)) {
            self.best = Some(attempt);
        }
    }

    fn take(&mut self, instant: &[Touch]) {
        let ts = instant[0].ts;
        // From the highest level down, so that an attempt moves once.
        for level in (1..self.rules.steps).rev() {
            let more = ties::reach(self.rules.steps, level, instant);
            if more > 0 {
                let moved = std::mem::take(&mut self.by_level[level]);
                self.arrive(
                    level + more,
                    ts,
                    moved.into_iter().map(|attempt| attempt.entry),
                );
            }
        }
        let is_first =
            self.rules.entries == Entries::Any || self.first_entry.is_none_or(|first| first == ts);
        let more = ties::reach(self.rules.steps, 0, instant);
        if more > 0 && self.rules.is_entry(ts) && is_first {
            self.first_entry.get_or_insert(ts);
            self.arrive(more, ts, std::iter::once(ts));
        }
        if instant.iter().any(|touch| touch.is_excluded()) {
            for level in 1..self.rules.steps {
                if self.rules.cuts(level) {
                    self.by_level[level].retain(|attempt| attempt.entry == ts);
                }
            }
        }
    }

    fn arrive(&mut self, level: usize, ts: i64, entries: impl Iterator<Item = i64>) {
        for entry in entries {
            let attempt = Reached {
                level,
                end: ts,
                entry,
            };
            if level == self.rules.steps {
                self.count(attempt);
            } else {
                self.by_level[level].push_back(attempt);
            }
        }
    }
}
