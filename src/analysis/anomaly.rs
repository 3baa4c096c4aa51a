//! Is this day unusual? The modified z-score against the same weekdays before it.

/// Earlier values that are needed for a judgement.
const FEWEST: usize = 4;

/// A score beyond this, in either direction, is unusual (Iglewicz and Hoaglin 1993).
pub const UNUSUAL: f64 = 3.5;

/// Returns how unusual a value is beside the values of the same weekday in the weeks before: 0.6745 times its distance
/// from their median, over the median absolute deviation (Iglewicz and Hoaglin 1993, "How to detect and handle
/// outliers"). When more than half of them are equal the mean absolute deviation stands in, with 1 / 1.253314. `None` for
/// fewer than four earlier values, or when they are all equal: nothing says then what is usual.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a handful of weeks")]
pub fn anomaly(value: f64, earlier: &[f64]) -> Option<f64> {
    let mut known: Vec<f64> = earlier
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    if known.len() < FEWEST || !value.is_finite() {
        return None;
    }
    let center = median(&mut known);
    let mut distances: Vec<f64> = known.iter().map(|value| (value - center).abs()).collect();
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    let typical = median(&mut distances);
    if typical > 0.0 {
        Some(0.6745 * (value - center) / typical)
    } else if mean > 0.0 {
        Some((value - center) / (1.253_314 * mean))
    } else {
        None
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}
