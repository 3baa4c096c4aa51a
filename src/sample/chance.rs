//! Random numbers that are the same on every machine: one `ChaCha` stream a customer, and only arithmetic that IEEE 754
//! defines exactly (the exponential of the system's library is not), so that committed sample files stay reproducible.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One stream of random choices.
pub(super) struct Chance {
    rng: ChaCha8Rng,
}

impl Chance {
    /// Returns the stream of one number (a customer, say) under a seed; streams do not depend on one another.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self { rng }
    }

    /// Returns a number in `[0, 1)`.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.rng.next_u32()) / 4_294_967_296.0
    }

    /// Tells whether something of this probability happens.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Returns a whole number in `[0, bound)`.
    pub(super) fn below(&mut self, bound: i64) -> i64 {
        (i64::from(self.rng.next_u32() >> 1) * bound) >> 31
    }

    /// Returns a whole number in `[low, high]`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// Returns one of the choices, or nothing when there are none.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> Option<&'a T> {
        let index = self.unit() * f64::from(u32::try_from(choices.len()).unwrap_or(u32::MAX));
        choices
            .get(usize::try_from(whole(index)).unwrap_or_default())
            .copied()
    }

    /// Returns the index of one of the weights, each as likely as its weight says.
    pub(super) fn weighted(&mut self, weights: impl IntoIterator<Item = f64> + Clone) -> usize {
        let total: f64 = weights.clone().into_iter().sum();
        let mut left = self.unit() * total;
        let mut chosen = 0;
        for (index, weight) in weights.into_iter().enumerate() {
            chosen = index;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        chosen
    }

    /// Returns a number near 0 with a standard deviation of 1, never beyond ±3.5.
    pub(super) fn normal(&mut self) -> f64 {
        // Four uniform numbers add up to a bell with a variance of 4/12.
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732_050_807_568_877_2
    }

    /// Returns a positive number with this median and a long tail upwards, as waiting times and activity have.
    pub(super) fn skewed(&mut self, median: f64, spread: f64) -> f64 {
        median * exponential(self.normal() * spread)
    }

    /// Returns how often something of this probability happens in a row, at most `limit` times.
    pub(super) fn streak(&mut self, probability: f64, limit: i64) -> i64 {
        let mut count = 0;
        while count < limit && self.happens(probability) {
            count += 1;
        }
        count
    }
}

/// Returns e to the power of `x`, near enough for |x| < 10, by multiplication alone.
pub(super) fn exponential(x: f64) -> f64 {
    let mut power = 1.0 + x / 4096.0;
    for _ in 0..12 {
        power *= power;
    }
    power
}

/// Returns the whole part of a number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, and every number here is far smaller"
)]
pub(super) fn whole(number: f64) -> i64 {
    number as i64
}

/// Returns milliseconds from a number of hours.
pub(super) fn hours(number: f64) -> i64 {
    whole(number * 3_600_000.0)
}
