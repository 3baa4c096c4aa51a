//! Steps in order, each the customer's very next event.

use super::rules::{Entries, Exclusion, Rules};
use super::{Attempt, Reached};
use crate::analysis::touch::Touch;

/// Returns how far the customer got. `touches` are all events of the customer; `holds`, when not empty, has the value of
/// each row that all steps of an attempt must share, 0 for none.
///
/// Events of one instant are taken in the order of the lowest step they match, those that match none last; among equals in
/// the order of their values.
pub(super) fn furthest(rules: &Rules, touches: &[Touch], holds: &[u32]) -> Option<Attempt> {
    let mut line = touches.to_vec();
    let held = |touch: &Touch| holds.get(touch.row as usize).copied().unwrap_or(0);
    let order = |touch: &Touch| {
        let steps = touch.steps();
        (touch.ts, steps.trailing_zeros(), steps, held(touch))
    };
    line.sort_by_key(order);
    let excluded: Vec<i64> = touches
        .iter()
        .filter(|touch| touch.is_excluded())
        .map(|touch| touch.ts)
        .collect();
    let mut best: Option<(Reached, Vec<i64>, u32)> = None;
    let mut is_open = false;
    let mut first_entry = None;
    for at in 0..line.len() {
        let entry = line[at].ts;
        if line[at].steps() & 1 == 0 || !rules.is_entry(entry) {
            continue;
        }
        let first = *first_entry.get_or_insert(entry);
        if rules.entries == Entries::First && first != entry {
            break;
        }
        let times = run(rules, &line[at..], holds);
        if times.is_empty()
            || (rules.exclusion == Exclusion::Drop && is_void(rules, &times, &excluded))
        {
            continue;
        }
        let level = best.as_ref().map_or(0, |(best, ..)| best.level);
        if times.len() >= level {
            let goes_on = rules.is_open(entry) && !is_cut(rules, &times, &excluded);
            is_open = goes_on || (is_open && times.len() == level);
        }
        let reached = Reached {
            level: times.len(),
            end: times[times.len() - 1],
            entry,
        };
        if best.as_ref().is_none_or(|(best, ..)| reached.beats(*best)) {
            best = Some((reached, times, held(&line[at])));
        }
    }
    let (reached, times, held) = best?;
    Some(Attempt {
        is_open: is_open && reached.level < rules.steps,
        times,
        held,
    })
}

/// Returns the times of the steps that follow each other from the first event on.
fn run(rules: &Rules, line: &[Touch], holds: &[u32]) -> Vec<i64> {
    let value = |touch: &Touch| holds.get(touch.row as usize).copied().unwrap_or(0);
    let held = value(&line[0]);
    if !holds.is_empty() && held == 0 {
        return Vec::new();
    }
    line.iter()
        .take(rules.steps)
        .enumerate()
        .take_while(|(step, touch)| {
            touch.steps() >> step & 1 == 1
                && rules.is_inside(line[0].ts, touch.ts)
                && (holds.is_empty() || value(touch) == held)
        })
        .map(|(_, touch)| touch.ts)
        .collect()
}

/// Tells whether an excluded event comes after the last step, inside the window.
fn is_cut(rules: &Rules, times: &[i64], excluded: &[i64]) -> bool {
    let (entry, last) = (times[0], times[times.len() - 1]);
    let next = excluded.partition_point(|ts| *ts <= last);
    let is_inside = |ts: &i64| rules.is_inside(entry, *ts);
    rules.cuts(times.len()) && excluded.get(next).is_some_and(is_inside)
}

/// Tells whether an excluded event lies inside the window while the attempt is between the steps that matter.
fn is_void(rules: &Rules, times: &[i64], excluded: &[i64]) -> bool {
    let entry = times[0];
    (1..=times.len())
        .filter(|level| rules.cuts(*level))
        .any(|level| {
            let from = times[level - 1].max(entry.saturating_add(1));
            let to = times.get(level).copied().unwrap_or(i64::MAX);
            let next = excluded.partition_point(|ts| *ts < from);
            excluded
                .get(next)
                .is_some_and(|ts| *ts < to && rules.is_inside(entry, *ts))
        })
}
