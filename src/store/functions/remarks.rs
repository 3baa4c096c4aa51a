//! What has to be said beside a number: how it is defined, and which names of events nobody has.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::catalog::Analysis;
use super::spec::Spec;
use crate::analysis::calendar::{Clock, DAY, HOUR};
use crate::error::nearest;

/// What has to be said beside an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// How the numbers are defined, in one line.
    pub definition: Option<String>,
    /// What may be wrong with the question.
    pub warnings: Vec<String>,
}

/// Returns the definition of a call in one line.
pub fn definition(analysis: Analysis, spec: &Spec, clock: &Clock) -> String {
    let mut parts = match analysis {
        Analysis::Funnel | Analysis::FunnelTrend => funnel(spec),
        Analysis::TimeTo => {
            let window = spec.within.filter(|_| !spec.no_window);
            let window = window.map_or("no limit".to_string(), |window| {
                format!("{} window", length(window))
            });
            vec!["from the first entry".to_string(), window]
        }
        Analysis::Retention => retention(spec),
        Analysis::Active => {
            let unit = spec.period.as_deref().unwrap_or("day").to_lowercase();
            let rolling = spec.rolling.unwrap_or(1);
            let span = if rolling == 1 {
                format!("a {unit}")
            } else {
                format!("{rolling} {unit}s")
            };
            vec![format!("distinct customers in {span}"), doing(spec)]
        }
        Analysis::Lifecycle => {
            vec![
                format!(
                    "by {}",
                    spec.period.as_deref().unwrap_or("week").to_lowercase()
                ),
                doing(spec),
            ]
        }
        Analysis::Stickiness => {
            let unit = spec.period.as_deref().unwrap_or("day").to_lowercase();
            let span = spec
                .span
                .as_deref()
                .map_or("the range".to_string(), |span| format!("the last {span}"));
            vec![format!("active {unit}s in {span}"), doing(spec)]
        }
        Analysis::NextEvents => {
            let gap = spec.gap.unwrap_or(HOUR / 2);
            vec![format!("sessions end after {}", length(gap))]
        }
    };
    parts.extend(range(analysis, spec, clock));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn funnel(spec: &Spec) -> Vec<String> {
    let mode = match spec.mode.as_deref().unwrap_or("ordered") {
        "any" => "any order".to_string(),
        mode => mode.to_lowercase(),
    };
    let window = length(spec.within.unwrap_or(14 * DAY));
    let entries = spec.entries.as_deref().unwrap_or("any").to_lowercase();
    let held = if spec.held { "same value held" } else { "" };
    vec![
        mode,
        format!("{window} window"),
        format!("{entries} entry"),
        held.to_string(),
    ]
}

fn retention(spec: &Spec) -> Vec<String> {
    let cohort = match spec.cohort.as_deref().unwrap_or("first_time") {
        "recurring" => "every start",
        _ => "first start",
    };
    let criterion = match spec.criterion.as_deref().unwrap_or("on") {
        "on" => "back in the period",
        _ => "back in it or later",
    };
    let unit = spec.period.as_deref().unwrap_or("week").to_lowercase();
    let windows = spec.windows.as_deref().unwrap_or("calendar").to_lowercase();
    vec![
        cohort.to_string(),
        criterion.to_string(),
        format!("{windows} {unit}s"),
    ]
}

fn doing(spec: &Spec) -> String {
    match &spec.event {
        Some(event) => format!("doing {event}"),
        None => "any event".to_string(),
    }
}

/// Says which days count.
fn range(analysis: Analysis, spec: &Spec, clock: &Clock) -> Option<String> {
    let what = match analysis {
        Analysis::Funnel | Analysis::FunnelTrend | Analysis::TimeTo => "customers entering ",
        Analysis::Retention => "customers starting ",
        _ => "",
    };
    let day = |utc: i64| {
        let wall = Timestamp::from_microsecond(clock.wall(utc, &mut 0)).ok()?;
        Some(wall.to_zoned(jiff::tz::TimeZone::UTC).date())
    };
    let since = spec.since.and_then(day);
    // The end is not part of the range, so the last day is the one before it.
    let until = spec.until.and_then(|until| day(until.saturating_sub(1)));
    let short = |day: jiff::civil::Date| day.strftime("%-d %b %Y").to_string();
    match (since, until) {
        (Some(since), Some(until)) if since.year() == until.year() => Some(format!(
            "{what}{} – {}",
            since.strftime("%-d %b"),
            short(until)
        )),
        (Some(since), Some(until)) => Some(format!("{what}{} – {}", short(since), short(until))),
        (Some(since), None) => Some(format!("{what}from {}", short(since))),
        (None, Some(until)) => Some(format!("{what}up to {}", short(until))),
        (None, None) => None,
    }
}

fn length(microseconds: i64) -> String {
    const MINUTE: i64 = 60_000_000;
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1_000_000, "s")];
    let whole = units
        .iter()
        .find(|(unit, _)| microseconds % unit == 0 && microseconds >= *unit);
    match whole {
        Some((unit, name)) => format!("{} {name}", microseconds / unit),
        None => format!("{} ms", microseconds / 1_000),
    }
}

/// Says that no event has this name, and which it may have been meant to be.
pub fn unknown_name(name: &str, known: &BTreeSet<String>) -> String {
    let near = nearest(name, known.iter().map(String::as_str));
    let hint = near.map_or(String::new(), |near| format!("; did you mean '{near}'?"));
    format!("no event is named '{name}'{hint}")
}
