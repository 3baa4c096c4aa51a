//! Numbers cut to the room there is. A number is never cut in the middle: it gets shorter as a whole, or is `#`.

use super::text::width;
use crate::panels::number::{decimals, digits, percent, show};
use crate::queries::{Format, Look};

/// What stands for a number that is not there.
pub const MISSING: &str = "n/a";

/// Returns the longest way to write a number that fits.
#[must_use]
pub fn fit(value: f64, look: &Look, room: usize) -> String {
    let whole_percent = if look.format == Format::Percent {
        Some(percent(value, 0))
    } else {
        None
    };
    let candidates = [
        Some(show(value, look)),
        Some(digits(value, look)),
        whole_percent,
    ];
    let candidates = candidates.into_iter().flatten().chain(shorter(value, look));
    candidates
        .into_iter()
        .find(|text| width(text) <= room)
        .unwrap_or_else(|| "#".repeat(room))
}

/// Returns a count in the room there is.
#[must_use]
pub fn fit_count(value: f64, room: usize) -> String {
    fit(
        value,
        &Look {
            format: Format::Whole,
            ..Look::default()
        },
        room,
    )
}

/// Returns a number of things as a number that can be divided.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "what is drawn is far below 2^53"
)]
pub fn whole(count: usize) -> f64 {
    count as f64
}

/// Returns the nearest number of cells, 0 for what is no length.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what a screen can have"
)]
pub fn cells(length: f64) -> usize {
    if length.is_finite() {
        length.round().clamp(0.0, 65_535.0) as usize
    } else {
        0
    }
}

fn shorter(value: f64, look: &Look) -> Vec<String> {
    if look.format == Format::Duration {
        let text = digits(value, look);
        return text
            .split(' ')
            .next()
            .map(str::to_string)
            .into_iter()
            .collect();
    }
    if look.format == Format::Percent {
        return Vec::new();
    }
    let size = value.abs();
    let rounded = [1, 0].map(|places| decimals(value, places));
    // Below a thousand, a whole number says enough; 0.4 must not become 0.
    if size < 1000.0 {
        return rounded.into_iter().filter(|_| size >= 1.0).collect();
    }
    let units = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")];
    // 999,950 is 1.0M, not 1000.0k.
    let unit = units
        .into_iter()
        .find(|(unit, _)| size >= unit * 0.9995)
        .unwrap_or((1e3, "k"));
    [1, 0]
        .map(|places| format!("{}{}", decimals(value / unit.0, places), unit.1))
        .into()
}
