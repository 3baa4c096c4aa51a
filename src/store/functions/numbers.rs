//! Counts and rates as an answer holds them.

/// Returns a count as SQL keeps it.
pub fn big(count: u64) -> Option<i64> {
    i64::try_from(count).ok()
}

/// Returns a rate; over zero there is none.
#[expect(
    clippy::cast_precision_loss,
    reason = "customers are far fewer than 2^53"
)]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
