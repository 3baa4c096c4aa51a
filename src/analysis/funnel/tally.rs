//! Many customers' attempts, counted.

use std::collections::HashMap;

use super::{Attempt, Rules};
use crate::analysis::quantiles::median;

/// A funnel's numbers, by group.
#[derive(Debug, Default)]
pub struct FunnelTally {
    groups: HashMap<u32, Steps>,
}

#[derive(Debug, Default)]
struct Steps {
    customers: Vec<u64>,
    in_window: Vec<u64>,
    /// For each step the microseconds from the step before, one a customer.
    durations: Vec<Vec<i64>>,
}

/// One step of a funnel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepCount {
    /// Customers who did at least this step.
    pub customers: u64,
    /// Of these, those who went no further though their window is over.
    pub lost: u64,
    /// Of these, those who went no further yet.
    pub in_window: u64,
    /// The median time from the step before, in seconds.
    pub median_seconds: Option<f64>,
    /// The mean time from the step before, in seconds.
    pub mean_seconds: Option<f64>,
}

impl FunnelTally {
    /// Counts a customer in a group.
    pub fn add(&mut self, rules: &Rules, group: u32, attempt: &Attempt) {
        let steps = self.groups.entry(group).or_insert_with(|| Steps {
            customers: vec![0; rules.steps],
            in_window: vec![0; rules.steps],
            durations: vec![Vec::new(); rules.steps],
        });
        for (step, time) in attempt.times.iter().enumerate() {
            steps.customers[step] += 1;
            if step > 0 {
                steps.durations[step].push(time.saturating_sub(attempt.times[step - 1]));
            }
        }
        if attempt.is_open {
            steps.in_window[attempt.level() - 1] += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (group, theirs) in other.groups {
            let Some(ours) = self.groups.get_mut(&group) else {
                self.groups.insert(group, theirs);
                continue;
            };
            add_all(&mut ours.customers, &theirs.customers);
            add_all(&mut ours.in_window, &theirs.in_window);
            for (ours, theirs) in ours.durations.iter_mut().zip(theirs.durations) {
                ours.extend(theirs);
            }
        }
    }

    /// Returns the groups with the customers who entered.
    pub fn sizes(&self) -> impl Iterator<Item = (u32, u64)> {
        let size = |steps: &Steps| steps.customers.first().copied().unwrap_or(0);
        self.groups
            .iter()
            .map(move |(group, steps)| (*group, size(steps)))
    }

    /// Returns the steps of a group; all zero for a group nobody is in.
    #[must_use]
    pub fn steps(&mut self, rules: &Rules, group: u32) -> Vec<StepCount> {
        let Some(steps) = self.groups.get_mut(&group) else {
            return vec![StepCount::default(); rules.steps];
        };
        let count = |step: usize| {
            let customers = steps.customers[step];
            let in_window = steps.in_window[step];
            let further = steps.customers.get(step + 1).copied();
            let durations = &mut steps.durations[step];
            StepCount {
                customers,
                in_window,
                lost: further.map_or(0, |further| customers - further - in_window),
                mean_seconds: mean_seconds(durations),
                median_seconds: median(durations).map(|microseconds| microseconds / 1e6),
            }
        };
        (0..rules.steps).map(count).collect()
    }
}

fn add_all(ours: &mut [u64], theirs: &[u64]) {
    for (our, their) in ours.iter_mut().zip(theirs) {
        *our += their;
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a mean of microseconds needs no more than 53 bits"
)]
fn mean_seconds(durations: &[i64]) -> Option<f64> {
    let sum: i128 = durations.iter().map(|duration| i128::from(*duration)).sum();
    (!durations.is_empty()).then(|| sum as f64 / durations.len() as f64 / 1e6)
}
