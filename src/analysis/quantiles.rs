//! Medians and other quantiles of whole numbers.

/// Returns the median; of an even count the mean of the middle two. Reorders the values; linear in their number.
#[must_use]
pub fn median(values: &mut [i64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Returns a quantile between 0 and 1 with linear interpolation between neighbours, as `DuckDB`'s `quantile_cont` (type
/// 7 of Hyndman and Fan 1996, "Sample quantiles in statistical packages"). Reorders the values; linear in their number.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a position in a slice is far below 2^53"
)]
pub fn quantile(values: &mut [i64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let position = last as f64 * share.clamp(0.0, 1.0);
    let below = (position.floor() as usize).min(last);
    let (_, low, above) = values.select_nth_unstable(below);
    let low = *low;
    let rest = position - below as f64;
    let high = if rest > 0.0 {
        above.iter().min().copied().unwrap_or(low)
    } else {
        low
    };
    // The difference is exact where the sum of two large numbers would not be.
    Some(low as f64 + (high.wrapping_sub(low)) as f64 * rest)
}
