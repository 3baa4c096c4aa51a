//! Steps in whatever order, each with an event of its own, inside one window.

use super::rules::{Entries, Exclusion, Rules};
use super::ties::Classes;
use super::{Attempt, Reached};
use crate::analysis::touch::{Touch, instants};

/// Returns how many steps the customer did inside one window that starts at a step's event.
pub(super) fn furthest(rules: &Rules, touches: &[Touch]) -> Option<Attempt> {
    let mut rules = rules.clone();
    if rules.entries == Entries::First {
        let first = touches
            .iter()
            .find(|touch| touch.steps() != 0 && rules.is_entry(touch.ts))?
            .ts;
        (rules.since, rules.until) = (first, first.saturating_add(1));
    }
    if touches.iter().any(|touch| touch.is_excluded()) {
        return furthest_with_exclusions(&rules, touches);
    }
    let best = slide(&rules, touches)?;
    let late = Rules {
        since: rules.since.max(rules.now.saturating_sub(rules.window)),
        ..rules.clone()
    };
    let is_open = best.level < rules.steps
        && slide(&late, touches).is_some_and(|late| late.level == best.level);
    Some(Attempt {
        is_open,
        times: times(&rules, touches, best),
        held: 0,
    })
}

/// Looks at every window on its own, because each ends where an exclusion hits it. Takes as long as all windows together
/// are, which matters only for customers with many events in one window and an exclusion.
fn furthest_with_exclusions(rules: &Rules, touches: &[Touch]) -> Option<Attempt> {
    let mut best: Option<(Reached, Vec<i64>)> = None;
    let mut is_open = false;
    let mut from = 0;
    for instant in instants(touches) {
        let start = instant[0].ts;
        let window = &touches[from..];
        from += instant.len();
        let starts = instant.iter().any(|touch| touch.steps() != 0);
        if !starts || !rules.is_entry(start) {
            continue;
        }
        let Some((times, was_cut)) = collect(rules, window) else {
            continue;
        };
        let level = best.as_ref().map_or(0, |(best, _)| best.level);
        if times.len() >= level {
            let goes_on = !was_cut && rules.is_open(start);
            is_open = goes_on || (is_open && times.len() == level);
        }
        let reached = Reached {
            level: times.len(),
            end: times.last().copied().unwrap_or(start),
            entry: start,
        };
        if best.as_ref().is_none_or(|(best, _)| reached.beats(*best)) {
            best = Some((reached, times));
        }
    }
    let (reached, times) = best?;
    Some(Attempt {
        is_open: is_open && reached.level < rules.steps,
        times,
        held: 0,
    })
}

/// Returns when each number of steps was first done in the window that starts with these events, and whether an exclusion
/// ended it; none when an exclusion voids it. An exclusion counts after the steps of its own instant.
fn collect(rules: &Rules, window: &[Touch]) -> Option<(Vec<i64>, bool)> {
    let start = window.first()?.ts;
    let mut inside = Classes::default();
    let mut times = Vec::new();
    for instant in instants(window) {
        let ts = instant[0].ts;
        if !rules.is_inside(start, ts) || times.len() == rules.steps {
            break;
        }
        let mut changed = false;
        for touch in instant {
            changed |= inside.add(*touch);
        }
        if changed {
            times.resize(inside.most(rules.steps).max(times.len()), ts);
        }
        let is_hit = ts > start && instant.iter().any(|touch| touch.is_excluded());
        if is_hit && rules.cuts(times.len()) {
            return (rules.exclusion == Exclusion::Keep).then_some((times, true));
        }
    }
    Some((times, false))
}

/// Lets a window glide over the events: at each instant it holds as much as a window that ends there can.
fn slide(rules: &Rules, touches: &[Touch]) -> Option<Reached> {
    let mut inside = Classes::default();
    let mut left = 0;
    let mut right = 0;
    let mut level = 0;
    let mut best: Option<Reached> = None;
    for instant in instants(touches) {
        let end = instant[0].ts;
        let mut changed = false;
        for touch in instant {
            changed |= inside.add(*touch);
        }
        right += instant.len();
        while left < right {
            let touch = touches[left];
            let starts =
                touch.steps() != 0 && rules.is_inside(touch.ts, end) && touch.ts >= rules.since;
            if starts {
                break;
            }
            changed |= inside.remove(touch);
            left += 1;
        }
        if left == right || !rules.is_entry(touches[left].ts) {
            level = 0;
            continue;
        }
        if changed || level == 0 {
            level = inside.most(rules.steps);
        }
        if best.is_none_or(|best| level > best.level) {
            let entry = latest_start(rules, &touches[left..right], level);
            best = Some(Reached { level, end, entry });
        }
    }
    best
}

/// Returns the latest start from which a window that ends here still holds as many steps.
fn latest_start(rules: &Rules, window: &[Touch], level: usize) -> i64 {
    let mut inside = Classes::of(window);
    let mut latest = window[0].ts;
    for instant in instants(window) {
        let start = instant[0].ts;
        if inside.most(rules.steps) < level || !rules.is_entry(start) {
            break;
        }
        if instant.iter().any(|touch| touch.steps() != 0) {
            latest = start;
        }
        for touch in instant {
            inside.remove(*touch);
        }
    }
    latest
}

/// Returns when each number of steps was first done in the window.
fn times(rules: &Rules, touches: &[Touch], reached: Reached) -> Vec<i64> {
    let mut inside = Classes::default();
    let mut times = Vec::with_capacity(reached.level);
    let from = touches.partition_point(|touch| touch.ts < reached.entry);
    for instant in instants(&touches[from..]) {
        let mut changed = false;
        for touch in instant {
            changed |= inside.add(*touch);
        }
        if changed {
            let level = inside.most(rules.steps).min(reached.level);
            times.resize(level.max(times.len()), instant[0].ts);
        }
        if times.len() == reached.level {
            break;
        }
    }
    times
}
