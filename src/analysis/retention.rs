//! Who comes back: cohorts by the period of the start, and in which later periods their customers return.

use std::collections::BTreeMap;

use super::calendar::{DAY, HOUR, MINUTE, Period, Periods};
use super::touch::Touch;

/// The mark of an event that puts a customer into a cohort.
pub const START: u32 = 1;
/// The mark of an event that counts as coming back.
pub const BACK: u32 = 2;

/// What a retention grid asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRules {
    /// The unit of cohorts and columns.
    pub period: Period,
    /// From which unit after the start each column counts; a column ends where the next begins, the last after one unit.
    pub columns: Vec<i64>,
    /// Whether every period with a start opens a cohort, or only the customer's first start ever.
    pub recurring: bool,
    /// Whether a return in a later column counts too.
    pub or_after: bool,
    /// The length of a column's unit in microseconds from the customer's own start; none for calendar periods.
    pub rolling: Option<i64>,
    /// Starts count from here, in microseconds UTC.
    pub since: i64,
    /// Starts count before here.
    pub until: i64,
}

/// One customer in one cohort.
#[derive(Debug, Default)]
pub struct Membership {
    /// The number of the cohort's period.
    pub cohort: i64,
    /// When the start event was, in microseconds UTC.
    pub started: i64,
    /// For each column the first return in it, in microseconds UTC.
    pub returned: Vec<Option<i64>>,
    /// For each column the sum of the returns' values.
    pub values: Vec<f64>,
}

impl RetentionRules {
    /// Returns how long a unit lasts when it is counted from the customer's own start, in microseconds.
    #[must_use]
    pub fn rolling_length(period: Period) -> i64 {
        match period {
            Period::Minute => MINUTE,
            Period::Hour => HOUR,
            Period::Day => DAY,
            Period::Week => 7 * DAY,
            Period::Month => 30 * DAY,
            Period::Quarter => 90 * DAY,
            Period::Year => 365 * DAY,
        }
    }

    /// Returns the unit behind the end of a column.
    #[must_use]
    pub fn column_end(&self, column: usize) -> i64 {
        self.columns
            .get(column + 1)
            .copied()
            .unwrap_or_else(|| self.columns.last().map_or(0, |last| last + 1))
    }

    fn column(&self, unit: i64) -> Option<usize> {
        let column = self
            .columns
            .partition_point(|begin| *begin <= unit)
            .checked_sub(1)?;
        (unit < self.column_end(column)).then_some(column)
    }
}

/// Calls `emit` with each cohort the customer is in. `touches` are the customer's starts and returns in time order;
/// `values`, when not empty, has a value for each row. Linear in their number for first-time cohorts, times the number
/// of cohorts for recurring ones.
pub fn memberships(
    rules: &RetentionRules,
    periods: &mut Periods<'_>,
    touches: &[Touch],
    values: &[f64],
    membership: &mut Membership,
    emit: &mut dyn FnMut(&Membership),
) {
    let is_start = |touch: &Touch| touch.marks & START != 0;
    let mut last_cohort = None;
    for (at, opener) in touches
        .iter()
        .enumerate()
        .filter(|(_, touch)| is_start(touch))
    {
        let is_in = rules.since <= opener.ts && opener.ts < rules.until;
        if is_in {
            let cohort = periods.of(opener.ts);
            if last_cohort != Some(cohort) {
                last_cohort = Some(cohort);
                (membership.cohort, membership.started) = (cohort, opener.ts);
                fill(rules, periods, touches, at, values, membership);
                emit(membership);
            }
        }
        if !rules.recurring {
            return;
        }
    }
}

fn fill(
    rules: &RetentionRules,
    periods: &mut Periods<'_>,
    touches: &[Touch],
    opener: usize,
    values: &[f64],
    membership: &mut Membership,
) {
    let columns = rules.columns.len();
    membership.returned.clear();
    membership.returned.resize(columns, None);
    membership.values.clear();
    membership.values.resize(columns, 0.0);
    let from = touches.partition_point(|touch| touch.ts < membership.started);
    for (at, touch) in touches.iter().enumerate().skip(from) {
        // A start of the same instant is no return, but its value is of the cohort's own column.
        let opens = touch.ts == membership.started && touch.marks & START != 0;
        let value = values.get(touch.row as usize).copied().unwrap_or(0.0);
        if touch.marks & BACK == 0 {
            if opens && let Some(sum) = membership.values.first_mut() {
                *sum += value;
            }
            continue;
        }
        let unit = match rules.rolling {
            Some(length) => touch.ts.saturating_sub(membership.started) / length,
            None => periods.of(touch.ts).saturating_sub(membership.cohort),
        };
        let column = rules.column(unit);
        let begun = rules.columns.partition_point(|begin| *begin <= unit);
        let own = if rules.or_after {
            0..begun
        } else {
            column.map_or(0..0, |column| column..column + 1)
        };
        if opens && (own.start > 0 || own.is_empty()) {
            membership.values[0] += value;
        }
        membership.values[own]
            .iter_mut()
            .for_each(|sum| *sum += value);
        if at == opener {
            continue;
        }
        if rules.or_after {
            for first in membership.returned[..begun].iter_mut().rev() {
                // Earlier columns were reached by an earlier return already.
                if first.is_some() {
                    break;
                }
                *first = Some(touch.ts);
            }
        } else if let Some(column) = column {
            membership.returned[column].get_or_insert(touch.ts);
        }
    }
    // The first column is the cohort itself.
    if let Some(returned) = membership.returned.first_mut() {
        *returned = Some(membership.started);
    }
}

/// A retention grid's numbers, by group and cohort.
#[derive(Debug, Default)]
pub struct RetentionTally {
    /// By group and number of the cohort's period.
    pub cohorts: BTreeMap<(u32, i64), Cohort>,
}

/// The customers who started in the same period.
#[derive(Clone, Debug, Default)]
pub struct Cohort {
    /// How many they are.
    pub size: u64,
    /// How many of them returned, by column.
    pub returned: Vec<u64>,
    /// The sums of the returns' values, by column.
    pub values: Vec<f64>,
}

impl RetentionTally {
    /// Counts a customer in a group's cohort.
    pub fn add(&mut self, group: u32, membership: &Membership) {
        let columns = membership.returned.len();
        let cohort = self
            .cohorts
            .entry((group, membership.cohort))
            .or_insert_with(|| Cohort {
                size: 0,
                returned: vec![0; columns],
                values: vec![0.0; columns],
            });
        cohort.size += 1;
        for (count, returned) in cohort.returned.iter_mut().zip(&membership.returned) {
            *count += u64::from(returned.is_some());
        }
        for (sum, value) in cohort.values.iter_mut().zip(&membership.values) {
            *sum += value;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (key, theirs) in other.cohorts {
            let Some(ours) = self.cohorts.get_mut(&key) else {
                self.cohorts.insert(key, theirs);
                continue;
            };
            ours.size += theirs.size;
            for (our, their) in ours.returned.iter_mut().zip(theirs.returned) {
                *our += their;
            }
            for (our, their) in ours.values.iter_mut().zip(theirs.values) {
                *our += their;
            }
        }
    }

    /// Returns the groups with the sizes of all their cohorts together.
    #[must_use]
    pub fn sizes(&self) -> BTreeMap<u32, u64> {
        let mut sizes = BTreeMap::new();
        for ((group, _), cohort) in &self.cohorts {
            *sizes.entry(*group).or_default() += cohort.size;
        }
        sizes
    }
}
