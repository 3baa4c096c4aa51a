//! How fast the kernels of `analysis` are, without a database: `cargo bench`. Never part of the tests, and never a pass
//! or a failure by time. Throughput counts events.

#![expect(
    clippy::panic,
    reason = "a benchmark that cannot begin says why by panicking"
)]

use cxtop::analysis::Touch;
use cxtop::analysis::activity::{ActiveTally, LifecycleTally, active_periods};
use cxtop::analysis::calendar::{Clock, Cursor, Period, Periods};
use cxtop::analysis::funnel::{Exclusion, Mode, Rules, furthest};
use cxtop::analysis::paths::{self, PathRules};
use cxtop::analysis::retention::{Membership, RetentionRules, memberships};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use jiff::civil::Weekday;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DAY: i64 = 86_400_000_000;
/// 1 January 2026, UTC.
const BEGIN: i64 = 1_767_225_600_000_000;

fn main() {
    divan::main();
}

/// Journeys of this many events in 180 days; each event matches one of `steps` steps or none.
fn journeys(customers: usize, events: usize, steps: u32) -> Vec<Vec<Touch>> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut journey = || {
        let mut times: Vec<i64> = (0..events)
            .map(|_| BEGIN + random.random_range(0..180 * DAY))
            .collect();
        times.sort_unstable();
        let touch = |(row, ts)| Touch {
            ts,
            marks: (1 << random.random_range(0..=steps)) & ((1 << steps) - 1),
            row,
        };
        (0..).zip(times).map(touch).collect()
    };
    (0..customers).map(|_| journey()).collect()
}

/// A crowd of ordinary customers, and one with a million events.
const CROWDS: [(usize, usize); 2] = [(20_000, 20), (1, 1_000_000)];

fn each(
    bencher: Bencher<'_, '_>,
    (customers, events): (usize, usize),
    steps: u32,
    mut take: impl FnMut(&[Touch]),
) {
    let journeys = journeys(customers, events, steps);
    bencher
        .counter(ItemsCount::new(customers * events))
        .bench_local(|| {
            for journey in &journeys {
                take(black_box(journey));
            }
        });
}

fn funnel(bencher: Bencher<'_, '_>, crowd: (usize, usize), rules: &Rules, steps: u32) {
    each(bencher, crowd, steps, |journey| {
        black_box(furthest(rules, journey));
    });
}

#[divan::bench(args = CROWDS)]
fn funnel_of_3_steps(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    funnel(bencher, crowd, &Rules::new(3, 7 * DAY), 3);
}

#[divan::bench(args = CROWDS)]
fn funnel_of_6_steps(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    funnel(bencher, crowd, &Rules::new(6, 7 * DAY), 6);
}

#[divan::bench(args = CROWDS)]
fn strict_funnel(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    let rules = Rules {
        mode: Mode::Strict,
        ..Rules::new(3, 7 * DAY)
    };
    funnel(bencher, crowd, &rules, 3);
}

#[divan::bench(args = CROWDS)]
fn funnel_in_any_order(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    let rules = Rules {
        mode: Mode::Any,
        ..Rules::new(3, 7 * DAY)
    };
    funnel(bencher, crowd, &rules, 3);
}

#[divan::bench(args = CROWDS)]
fn funnel_that_drops_the_excluded(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    let rules = Rules {
        exclusion: Exclusion::Drop,
        ..Rules::new(3, 7 * DAY)
    };
    let mut journeys = journeys(crowd.0, crowd.1, 4);
    for touch in journeys.iter_mut().flatten() {
        // The fourth mark stands for the excluded event.
        if touch.marks == 8 {
            touch.marks = Touch::EXCLUDED;
        }
    }
    bencher
        .counter(ItemsCount::new(crowd.0 * crowd.1))
        .bench_local(|| {
            for journey in &journeys {
                black_box(furthest(&rules, black_box(journey)));
            }
        });
}

fn berlin() -> Clock {
    Clock::new("Europe/Berlin", Weekday::Monday).unwrap_or_else(|error| panic!("{error}"))
}

#[divan::bench(args = CROWDS)]
fn weekly_retention(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    let rules = RetentionRules {
        period: Period::Week,
        columns: (0..12).collect(),
        recurring: false,
        or_after: false,
        rolling: None,
        since: i64::MIN,
        until: i64::MAX,
    };
    let clock = berlin();
    let mut membership = Membership::default();
    let mut cursor = Cursor::default();
    each(bencher, crowd, 2, |journey| {
        let mut periods = Periods::new(&clock, Period::Week, cursor);
        let mut emit = |membership: &Membership| {
            black_box(membership);
        };
        memberships(
            &rules,
            &mut periods,
            journey,
            &[],
            &mut membership,
            &mut emit,
        );
        cursor = periods.cursor;
    });
}

/// Finds the days of each journey, and hands them on.
fn days(bencher: Bencher<'_, '_>, crowd: (usize, usize), mut take: impl FnMut(&[i64])) {
    let clock = berlin();
    let (mut cursor, mut active) = (Cursor::default(), Vec::new());
    each(bencher, crowd, 1, |journey| {
        let mut periods = Periods::new(&clock, Period::Day, cursor);
        active_periods(
            journey.iter().map(|touch| touch.ts),
            &mut periods,
            &mut active,
        );
        cursor = periods.cursor;
        take(&active);
    });
}

#[divan::bench(args = CROWDS)]
fn customers_active_in_30_days(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    let mut tally = ActiveTally::default();
    days(bencher, crowd, |active| tally.add(active, 30));
    black_box(tally.customers(0, 30_000));
}

#[divan::bench(args = CROWDS)]
fn lifecycle_by_day(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    let mut tally = LifecycleTally::default();
    days(bencher, crowd, |active| tally.add(active));
    black_box(tally.customers());
}

#[divan::bench(args = CROWDS)]
fn next_events(bencher: Bencher<'_, '_>, crowd: (usize, usize)) {
    let rules = PathRules {
        steps: 3,
        gap: DAY / 48,
        backwards: false,
        anchored: false,
        since: i64::MIN,
        until: i64::MAX,
    };
    let nodes: Vec<u32> = (0..12).cycle().take(crowd.1).collect();
    each(bencher, crowd, 1, |journey| {
        paths::transitions(&rules, journey, &nodes, &mut |transition, _, _| {
            black_box(transition);
        });
    });
}
