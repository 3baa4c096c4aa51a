//! A funnel by the period of the entry.

use super::{Attempt, Entries, Rules, furthest, furthest_held};
use crate::analysis::calendar::Periods;
use crate::analysis::touch::Touch;

/// Calls `emit` once for each period in which the customer entered, with its number and how far the attempts that
/// entered in it got. `holds` as for [`furthest_held`], or empty.
pub fn by_period(
    rules: &Rules,
    periods: &mut Periods<'_>,
    touches: &[Touch],
    holds: &[u32],
    emit: &mut dyn FnMut(i64, Attempt),
) {
    let mut rules = rules.clone();
    let held;
    let touches = if holds.is_empty() {
        touches
    } else {
        held = super::only_with_value(touches, holds);
        &held
    };
    let firsts = super::first_times(&rules, touches);
    rules.first_time = 0;
    let (since, until) = (rules.since, rules.until);
    let mut left: &[Touch] = &firsts;
    while let Some(at) = left.iter().position(|touch| rules.enters(touch)) {
        let entry = left[at].ts;
        let ordinal = periods.of(entry);
        let end = periods
            .begin_utc(ordinal.saturating_add(1))
            .max(entry.saturating_add(1));
        (rules.since, rules.until) = (entry, end.min(until));
        // Nothing before the first entry or after the last window matters.
        let last = end.saturating_add(rules.window);
        let near = &left[left.partition_point(|touch| touch.ts < entry)..];
        let near = &near[..near.partition_point(|touch| touch.ts <= last)];
        let attempt = if holds.is_empty() {
            furthest(&rules, near)
        } else {
            furthest_held(&rules, near, holds)
        };
        if let Some(attempt) = attempt {
            emit(ordinal, attempt);
        }
        if rules.entries == Entries::First {
            return;
        }
        left = &left[left.partition_point(|touch| touch.ts < end)..];
        (rules.since, rules.until) = (since, until);
    }
}
