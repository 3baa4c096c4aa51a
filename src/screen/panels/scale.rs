//! Axes: round numbers for the vertical one, calendar labels for the horizontal one.

use crate::panels::Trend;
use crate::queries::{Format, Look};
use crate::screen::text::width;

/// The numbers a vertical axis spans, and where it is labelled.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// The number at the bottom.
    pub low: f64,
    /// The number at the top.
    pub high: f64,
    /// The labelled numbers, from low to high.
    pub ticks: Vec<f64>,
}

/// The share of a step that an axis may reach beyond its data.
const NEAR: f64 = 0.5;
/// Steps in seconds that read well on a clock.
const CLOCK: [f64; 16] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0,
    10_800.0, 21_600.0,
];

impl Scale {
    /// Returns the scale over these numbers with about `wanted` labels; none when there is no number.
    pub fn over(numbers: impl Iterator<Item = f64>, look: &Look, wanted: usize) -> Option<Self> {
        // Beyond this, differences of numbers are infinite.
        let numbers = numbers.map(|number| number.clamp(-1e300, 1e300));
        let (mut low, mut high) = numbers
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
                (low.min(number), high.max(number))
            });
        if low > high {
            return None;
        }
        // Zero is shown where it is near, so that a small number does not look like none.
        if low > 0.0 && low <= (high - low) * 0.5 {
            low = 0.0;
        } else if high < 0.0 && -high <= (high - low) * 0.5 {
            high = 0.0;
        }
        if high - low <= (high.abs() + low.abs()) * 1e-9 {
            let around = if high == 0.0 { 1.0 } else { high.abs() * 0.1 };
            (low, high) = (low - around, high + around);
        }
        let step = step(
            (high - low) / crate::screen::number::whole(wanted.max(1)),
            look,
        );
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        // An end moves out to its round number only if that is near: the rest of the room is for the data.
        let low = if low - first * step <= step * NEAR {
            first * step
        } else {
            low
        };
        let high = if last * step - high <= step * NEAR {
            last * step
        } else {
            high
        };
        let mut ticks = Vec::new();
        let mut tick = first;
        while tick <= last && ticks.len() <= 20 {
            ticks.push(tick * step);
            tick += 1.0;
        }
        ticks.retain(|tick| (low..=high).contains(tick));
        Some(Self { low, high, ticks })
    }

    /// Returns where a number is, from 0 at the bottom to 1 at the top.
    #[must_use]
    pub fn share(&self, number: f64) -> f64 {
        ((number - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// Returns the nearest round step that is not smaller.
fn step(rough: f64, look: &Look) -> f64 {
    if look.format == Format::Duration {
        if let Some(step) = CLOCK.into_iter().find(|step| *step >= rough) {
            return step;
        }
        return nice(rough / 86_400.0).max(0.5) * 86_400.0;
    }
    if look.format == Format::Whole {
        nice(rough).max(1.0)
    } else {
        nice(rough)
    }
}

fn nice(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let power = if power.is_finite() && power > 0.0 {
        power
    } else {
        1.0
    };
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * power >= rough * 0.999_999)
        .unwrap_or(10.0);
    factor * power
}

/// Returns where on a row of `room` columns which label stands: calendar labels that do not touch, the first in full,
/// the others with only what changes, the last period always among them when there is room for two.
pub fn time_labels(
    trend: &Trend,
    room: usize,
    place: impl Fn(usize) -> usize,
) -> Vec<(usize, String)> {
    let count = trend.periods.len();
    let strides = [
        1, 2, 3, 4, 6, 7, 8, 12, 13, 14, 24, 26, 28, 52, 56, 91, 104, 182, 365,
    ];
    let tried = strides
        .into_iter()
        .filter(|stride| *stride < count.max(2))
        .chain([count.max(1)]);
    tried
        .map(|stride| labels_every(trend, stride, room, &place))
        .find(|(fits, _)| *fits)
        .map_or_else(
            || {
                labels_every(trend, count.max(1), room, &place)
                    .1
                    .into_iter()
                    .take(1)
                    .collect()
            },
            |(_, labels)| labels,
        )
}

fn labels_every(
    trend: &Trend,
    stride: usize,
    room: usize,
    place: &impl Fn(usize) -> usize,
) -> (bool, Vec<(usize, String)>) {
    let last = trend.periods.len().saturating_sub(1);
    let mut chosen: Vec<usize> = (0..=last).step_by(stride.max(1)).collect();
    // The last period pushes out a regular one that is too near to it.
    while chosen.len() > 1
        && chosen
            .last()
            .is_some_and(|near| *near != last && place(*near) + 12 > place(last))
    {
        chosen.pop();
    }
    if chosen.last() != Some(&last) {
        chosen.push(last);
    }
    let mut labels: Vec<(usize, String)> = Vec::new();
    let mut free = 0;
    let mut before = None;
    for period in chosen {
        let Some(start) = trend.periods.get(period) else {
            continue;
        };
        let text = trend.step.tick(*start, before);
        let x = place(period).min(room.saturating_sub(width(&text)));
        if x < free || width(&text) > room {
            return (false, labels);
        }
        free = x + width(&text) + 2;
        before = Some(*start);
        labels.push((x, text));
    }
    (true, labels)
}
