//! Who was active when: rolling active customers, the lifecycle, and stickiness.
//!
//! All start from the periods in which one customer was active, in order and each once.

use super::calendar::Periods;
use super::paged::Paged;

/// Puts the periods of some UTC times in order into `active`, each once.
pub fn active_periods(
    times: impl Iterator<Item = i64>,
    periods: &mut Periods<'_>,
    active: &mut Vec<i64>,
) {
    active.clear();
    let mut until = i64::MIN;
    for ts in times {
        if ts < until {
            continue;
        }
        let period = periods.of(ts);
        until = periods.until();
        if active.last().is_none_or(|last| *last < period) {
            active.push(period);
        } else if active.last() != Some(&period) {
            // Where the clock is set back, wall-clock hours come twice and out of order.
            if let Err(place) = active.binary_search(&period) {
                active.insert(place, period);
            }
        }
    }
}

/// Distinct customers in the `rolling` periods that end with each period.
#[derive(Clone, Debug, Default)]
pub struct ActiveTally {
    /// How many more customers count from each period on than in the one before.
    changes: Paged,
    /// The first and the last period with an event.
    pub seen: Option<(i64, i64)>,
}

impl ActiveTally {
    /// Counts a customer's active periods. One pass: a customer active in period p counts from p to p + rolling − 1, cut
    /// short by the next active period, so nobody counts twice.
    pub fn add(&mut self, active: &[i64], rolling: i64) {
        let (Some(first), Some(last)) = (active.first(), active.last()) else {
            return;
        };
        self.see(*first, *last);
        let mut open: Option<(i64, i64)> = None;
        for period in active {
            let end = period.saturating_add(rolling);
            open = Some(match open {
                Some((begin, until)) if *period <= until => (begin, end),
                Some((begin, until)) => {
                    self.count(begin, until);
                    (*period, end)
                }
                None => (*period, end),
            });
        }
        if let Some((begin, until)) = open {
            self.count(begin, until);
        }
    }

    fn count(&mut self, begin: i64, until: i64) {
        self.changes.add(begin, 1);
        self.changes.add(until, -1);
    }

    fn see(&mut self, first: i64, last: i64) {
        self.seen = Some(match self.seen {
            Some((from, to)) => (from.min(first), to.max(last)),
            None => (first, last),
        });
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.changes.merge(&other.changes);
        if let Some((first, last)) = other.seen {
            self.see(first, last);
        }
    }

    /// Returns the customers of every period from the first to the last given, both included.
    #[must_use]
    pub fn customers(&self, first: i64, last: i64) -> Vec<(i64, i64)> {
        let mut customers = self.changes.sum_before(first);
        (first..=last)
            .map(|period| {
                customers += self.changes.get(period);
                (period, customers)
            })
            .collect()
    }
}

/// New, retained, resurrected and dormant customers of each period.
#[derive(Clone, Debug, Default)]
pub struct LifecycleTally {
    new: Paged,
    retained: Paged,
    resurrected: Paged,
    dormant: Paged,
    /// The first and the last period with an event.
    pub seen: Option<(i64, i64)>,
}

/// What a customer is in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifecycleState {
    /// Active for the first time ever.
    New,
    /// Active now and in the period before.
    Retained,
    /// Active now and some time ago, not in the period before.
    Resurrected,
    /// Active in the period before, not now.
    Dormant,
}

impl LifecycleState {
    /// Returns the state of a customer in a period, from the periods in which the customer was active, in order.
    #[must_use]
    pub fn of(active: &[i64], period: i64) -> Option<Self> {
        match active.binary_search(&period) {
            Ok(0) => Some(Self::New),
            Ok(place) if active[place - 1] == period - 1 => Some(Self::Retained),
            Ok(_) => Some(Self::Resurrected),
            Err(0) => None,
            Err(place) => (active[place - 1] == period - 1).then_some(Self::Dormant),
        }
    }
}

impl LifecycleTally {
    /// Counts a customer's active periods.
    pub fn add(&mut self, active: &[i64]) {
        let Some((first, rest)) = active.split_first() else {
            return;
        };
        self.new.add(*first, 1);
        let mut before = *first;
        for period in rest {
            if *period == before + 1 {
                self.retained.add(*period, 1);
            } else {
                self.dormant.add(before + 1, 1);
                self.resurrected.add(*period, 1);
            }
            before = *period;
        }
        self.dormant.add(before + 1, 1);
        self.see(*first, before);
    }

    fn see(&mut self, first: i64, last: i64) {
        self.seen = Some(match self.seen {
            Some((from, to)) => (from.min(first), to.max(last)),
            None => (first, last),
        });
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.new.merge(&other.new);
        self.retained.merge(&other.retained);
        self.resurrected.merge(&other.resurrected);
        self.dormant.merge(&other.dormant);
        if let Some((first, last)) = other.seen {
            self.see(first, last);
        }
    }

    /// Returns new, retained, resurrected and dormant customers of a period.
    #[must_use]
    pub fn period(&self, period: i64) -> [i64; 4] {
        [&self.new, &self.retained, &self.resurrected, &self.dormant].map(|state| state.get(period))
    }

    /// Returns how many customers there ever were.
    #[must_use]
    pub fn customers(&self) -> i64 {
        self.new.sum_before(i64::MAX)
    }
}

/// Customers by their number of active periods.
#[derive(Clone, Debug, Default)]
pub struct StickinessTally {
    /// Place n: customers active in exactly n + 1 periods.
    exactly: Vec<u64>,
}

impl StickinessTally {
    /// Counts a customer who was active in this many periods.
    pub fn add(&mut self, active: usize) {
        if active == 0 {
            return;
        }
        if self.exactly.len() < active {
            self.exactly.resize(active, 0);
        }
        self.exactly[active - 1] += 1;
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        if self.exactly.len() < other.exactly.len() {
            self.exactly.resize(other.exactly.len(), 0);
        }
        for (our, their) in self.exactly.iter_mut().zip(&other.exactly) {
            *our += their;
        }
    }

    /// Returns how many customers were active at all.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.exactly.iter().sum()
    }

    /// Returns the customers active in exactly, or in at least, 1, 2, … periods.
    #[must_use]
    pub fn counts(&self, at_least: bool) -> Vec<u64> {
        let mut counts = self.exactly.clone();
        if at_least {
            for place in (1..counts.len()).rev() {
                counts[place - 1] += counts[place];
            }
        }
        counts
    }
}
