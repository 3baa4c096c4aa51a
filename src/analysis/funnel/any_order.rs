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
    let excluded = Excluded::of(&rules, touches);
    let best = best_window(&rules, touches, &excluded)?;
    let late = Rules {
        since: rules.since.max(rules.now.saturating_sub(rules.window)),
        ..rules.clone()
    };
    let is_open = best.level < rules.steps
        && best_window(&late, touches, &excluded).is_some_and(|late| late.level == best.level);
    Some(Attempt {
        is_open,
        times: times(&rules, touches, best),
        held: 0,
    })
}

/// The moments of excluded events.
struct Excluded {
    times: Vec<i64>,
    drops: bool,
}

impl Excluded {
    fn of(rules: &Rules, touches: &[Touch]) -> Self {
        let excluded = touches.iter().filter(|touch| touch.is_excluded());
        Self {
            times: excluded.map(|touch| touch.ts).collect(),
            drops: rules.exclusion == Exclusion::Drop,
        }
    }

    /// Returns the first excluded moment after this one.
    fn after(&self, ts: i64) -> i64 {
        let at = self.times.partition_point(|excluded| *excluded <= ts);
        self.times.get(at).copied().unwrap_or(i64::MAX)
    }
}

fn best_window(rules: &Rules, touches: &[Touch], excluded: &Excluded) -> Option<Reached> {
    if !excluded.drops {
        return slide(
            rules,
            touches,
            &|start, end| excluded.after(start) >= end,
            1,
        );
    }
    // A window with an excluded event counts only when all steps are done before it.
    let is_clean = |start: i64| {
        !rules.is_inside(start, excluded.after(start)) || excluded.after(start) == i64::MAX
    };
    let clean = slide(rules, touches, &|start, _| is_clean(start), 1);
    let in_time = |start: i64, end: i64| !is_clean(start) && excluded.after(start) >= end;
    let complete = slide(rules, touches, &in_time, rules.steps);
    match (clean, complete) {
        (Some(clean), Some(complete)) if clean.beats(complete) => Some(clean),
        (clean, None) => clean,
        (_, complete) => complete,
    }
}

/// Lets a window glide over the events. `may_start` says whether a window may start there and still hold an end; once it
/// says no it must not say yes for a later end. Windows with fewer than `least` steps do not count.
fn slide(
    rules: &Rules,
    touches: &[Touch],
    may_start: &dyn Fn(i64, i64) -> bool,
    least: usize,
) -> Option<Reached> {
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
            let starts = touch.steps() != 0
                && rules.is_inside(touch.ts, end)
                && touch.ts >= rules.since
                && may_start(touch.ts, end);
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
        if level >= least && best.is_none_or(|best| level > best.level) {
            let entry = latest_start(rules, &touches[left..right], may_start, level);
            best = Some(Reached { level, end, entry });
        }
    }
    best
}

/// Returns the latest start from which a window that ends here still holds as many steps.
fn latest_start(
    rules: &Rules,
    window: &[Touch],
    may_start: &dyn Fn(i64, i64) -> bool,
    level: usize,
) -> i64 {
    let end = window[window.len() - 1].ts;
    let mut inside = Classes::of(window);
    let mut latest = window[0].ts;
    for instant in instants(window) {
        let start = instant[0].ts;
        if inside.most(rules.steps) < level || !rules.is_entry(start) {
            break;
        }
        if instant.iter().any(|touch| touch.steps() != 0) && may_start(start, end) {
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
