//! Which periods an answer has rows for.

use std::ops::RangeInclusive;

use super::spec::{Refusal, Spec};
use crate::analysis::calendar::{Clock, Period};

/// The most periods of an answer.
const MOST: i64 = 1_000_000;

/// Returns the periods from `since` to `until`; where the call does not say, from the first to the last that was seen,
/// with `to_today` at least to that of today. None when nothing was seen and nothing is said.
pub fn of(
    spec: &Spec,
    clock: &Clock,
    period: Period,
    seen: Option<(i64, i64)>,
    to_today: bool,
) -> Refusal<Option<RangeInclusive<i64>>> {
    let mut near = 0;
    let mut ordinal = |utc: i64| clock.ordinal(clock.wall(utc, &mut near), period);
    let first = spec
        .since
        .map(&mut ordinal)
        .or(seen.map(|(first, _)| first));
    let today = spec
        .now
        .filter(|_| to_today && (seen.is_some() || spec.since.is_some()))
        .map(&mut ordinal);
    let last = match spec.until {
        Some(until) => Some(ordinal(until.saturating_sub(1))),
        None => seen.map(|(_, last)| last).max(today),
    };
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(None);
    };
    if last.saturating_sub(first) >= MOST {
        return Err(format!(
            "there are {} periods from the first event to the last: give since and until, or a longer period",
            last - first + 1
        ));
    }
    Ok(Some(first..=last))
}
