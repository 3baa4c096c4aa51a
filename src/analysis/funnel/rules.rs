//! What a funnel asks.

use crate::analysis::touch::Touch;

/// The most steps a funnel can have: one bit each, and one for exclusions.
pub const MOST_STEPS: usize = 31;

/// In which order steps have to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// In the order given; anything may come between.
    #[default]
    Ordered,
    /// In the order given, each the customer's very next event.
    Strict,
    /// In any order.
    Any,
}

/// Which entries may convert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entries {
    /// Every one.
    #[default]
    Any,
    /// Only the customer's first.
    First,
}

/// What an excluded event does to the attempt it falls into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exclusion {
    /// The attempt ends; the steps before it count.
    #[default]
    Keep,
    /// The attempt counts for nothing.
    Drop,
}

/// What a funnel asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many steps there are, from 1 to [`MOST_STEPS`].
    pub steps: usize,
    /// The window from the entry to the last step in microseconds, its end included; `i64::MAX` for none.
    pub window: i64,
    /// In which order steps have to come.
    pub mode: Mode,
    /// Which entries may convert.
    pub entries: Entries,
    /// Entries count from here, in microseconds UTC.
    pub since: i64,
    /// Entries count before here.
    pub until: i64,
    /// The steps that count only at the customer's first event that matches them, as a mask.
    pub first_time: u32,
    /// What an excluded event does.
    pub exclusion: Exclusion,
    /// Between which steps an excluded event matters, from 1.
    pub between: (usize, usize),
    /// The moment at which windows are open or closed.
    pub now: i64,
}

impl Rules {
    /// Returns the rules of a funnel with this many steps and this window in microseconds; all else as by default.
    #[must_use]
    pub fn new(steps: usize, window: i64) -> Self {
        Self {
            steps,
            window,
            mode: Mode::Ordered,
            entries: Entries::Any,
            since: i64::MIN,
            until: i64::MAX,
            first_time: 0,
            exclusion: Exclusion::Keep,
            between: (1, steps),
            now: i64::MAX,
        }
    }

    /// Tells whether an event is an entry that counts.
    pub(super) fn enters(&self, touch: &Touch) -> bool {
        let starts = match self.mode {
            Mode::Any => touch.steps() != 0,
            Mode::Ordered | Mode::Strict => touch.steps() & 1 == 1,
        };
        starts && self.is_entry(touch.ts)
    }

    /// Tells whether an entry at this moment counts.
    pub(super) fn is_entry(&self, ts: i64) -> bool {
        self.since <= ts && ts < self.until
    }

    /// Tells whether a moment is inside the window of an entry.
    pub(super) fn is_inside(&self, entry: i64, ts: i64) -> bool {
        ts.saturating_sub(entry) <= self.window
    }

    /// Tells whether the window of an entry is still open.
    pub(super) fn is_open(&self, entry: i64) -> bool {
        entry.saturating_add(self.window) >= self.now
    }

    /// Tells whether an excluded event matters to an attempt that has done this many steps.
    pub(super) fn cuts(&self, level: usize) -> bool {
        level >= self.between.0 && level < self.between.1 && level < self.steps
    }
}
