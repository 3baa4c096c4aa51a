//! Many customers' attempts, counted.

use super::{Attempt, Rules};
use crate::analysis::quantiles::median;

/// A funnel's numbers.
#[derive(Debug, Default)]
pub struct FunnelTally {
    /// Empty until there is a customer.
    steps: Vec<Step>,
}

#[derive(Debug, Default)]
struct Step {
    customers: u64,
    in_window: u64,
    /// The microseconds from the step before, one a customer.
    durations: Vec<i64>,
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
    /// Counts a customer.
    pub fn add(&mut self, rules: &Rules, attempt: &Attempt) {
        self.steps.resize_with(rules.steps, Step::default);
        for (place, time) in attempt.times.iter().enumerate() {
            let step = &mut self.steps[place];
            step.customers += 1;
            if place > 0 {
                let duration = time.saturating_sub(attempt.times[place - 1]);
                step.durations.push(duration);
            }
        }
        if attempt.is_open {
            self.steps[attempt.level() - 1].in_window += 1;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        if self.steps.is_empty() {
            *self = other;
            return;
        }
        for (ours, theirs) in self.steps.iter_mut().zip(other.steps) {
            ours.customers += theirs.customers;
            ours.in_window += theirs.in_window;
            ours.durations.extend(theirs.durations);
        }
    }

    /// Returns how many customers entered.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.steps.first().map_or(0, |first| first.customers)
    }

    /// Returns the steps; all zero where nobody entered.
    #[must_use]
    pub fn steps(&mut self, rules: &Rules) -> Vec<StepCount> {
        self.steps.resize_with(rules.steps, Step::default);
        let customers: Vec<u64> = self.steps.iter().map(|step| step.customers).collect();
        let count = |(place, step): (usize, &mut Step)| StepCount {
            customers: step.customers,
            in_window: step.in_window,
            lost: customers
                .get(place + 1)
                .map_or(0, |further| step.customers - further - step.in_window),
            mean_seconds: mean_seconds(&step.durations),
            median_seconds: median(&mut step.durations).map(|microseconds| microseconds / 1e6),
        };
        self.steps.iter_mut().enumerate().map(count).collect()
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
