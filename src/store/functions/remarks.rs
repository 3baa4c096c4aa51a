//! What has to be said beside a number: how it is defined, and which names of events nobody has.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::catalog::Analysis;
use super::spec::{Refusal, Spec};
use crate::analysis::calendar::{Clock, DAY, HOUR, MINUTE, Period};
use crate::analysis::funnel::{Entries, Mode};
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
pub fn definition(analysis: Analysis, spec: &Spec, clock: &Clock) -> Refusal<String> {
    let mut parts = match analysis {
        Analysis::Funnel | Analysis::FunnelTrend => funnel(spec)?,
        Analysis::TimeTo => vec!["from the first entry".to_string(), window(spec)?],
        Analysis::Retention => retention(spec)?,
        Analysis::Active => {
            let unit = spec.period(Period::Day)?.name();
            let span = match spec.rolling()? {
                1 => format!("a {unit}"),
                rolling => format!("{rolling} {unit}s"),
            };
            vec![format!("distinct customers in {span}"), doing(spec)]
        }
        Analysis::Lifecycle => {
            let unit = spec.period(Period::Week)?.name();
            vec![format!("by {unit}"), doing(spec)]
        }
        Analysis::Stickiness => {
            let unit = spec.period(Period::Day)?.name();
            let span = spec.span()?.map_or("the range".to_string(), |span| {
                format!("the last {}", span.name())
            });
            vec![format!("active {unit}s in {span}"), doing(spec)]
        }
        Analysis::NextEvents => vec![format!("sessions end after {}", length(spec.paths()?.gap))],
    };
    parts.extend(range(analysis, spec, clock));
    Ok(parts.join(" · "))
}

fn funnel(spec: &Spec) -> Refusal<Vec<String>> {
    let rules = spec.funnel()?;
    let mode = match rules.mode {
        Mode::Ordered => "ordered",
        Mode::Strict => "strict",
        Mode::Any => "any order",
    };
    let entries = match rules.entries {
        Entries::Any => "any entry",
        Entries::First => "first entry",
    };
    let mut parts = vec![mode.to_string(), window(spec)?, entries.to_string()];
    parts.extend(spec.held.then(|| "same value held".to_string()));
    Ok(parts)
}

fn window(spec: &Spec) -> Refusal<String> {
    Ok(match spec.funnel()?.window {
        i64::MAX => "no limit".to_string(),
        window => format!("{} window", length(window)),
    })
}

fn retention(spec: &Spec) -> Refusal<Vec<String>> {
    let rules = spec.retention()?;
    let cohort = if rules.recurring {
        "every start"
    } else {
        "first start"
    };
    let criterion = if rules.or_after {
        "back in it or later"
    } else {
        "back in the period"
    };
    let windows = rules.rolling.map_or("calendar", |_| "rolling");
    Ok(vec![
        cohort.to_string(),
        criterion.to_string(),
        format!("{windows} {}s", rules.period.name()),
    ])
}

fn doing(spec: &Spec) -> String {
    match &spec.event {
        Some(event) => format!("doing {event}"),
        None if spec.of_condition => "events that match".to_string(),
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
