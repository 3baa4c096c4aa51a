//! Days and times of the sample: which days it spans, when people are at work, and how a moment is written.

use jiff::civil::Date;

use super::Options;
use super::chance::Chance;
use crate::error::{Error, Result};

/// A day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;
/// An hour in milliseconds.
pub(super) const HOUR: i64 = 3_600_000;
/// A minute in milliseconds.
pub(super) const MINUTE: i64 = 60_000;

/// The export is taken in the afternoon of the last day, so that a live feed still has hours of that day to fill.
const LAST_HOUR: i64 = 15;
/// How far before the first day customers may have signed up.
pub(super) const PAST_DAYS: i64 = 420;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// How busy each hour of a working day is, in local time.
const OFFICE_HOURS: [f64; 24] = [
    0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 1.0, 2.5, 6.0, 9.0, 10.0, 9.0, 6.0, 7.5, 9.0, 8.5, 7.0, 5.0, 3.0,
    2.2, 2.0, 1.6, 1.0, 0.6,
];
/// The same for people who work when others do not.
const EVENING_HOURS: [f64; 24] = [
    1.2, 0.8, 0.4, 0.2, 0.2, 0.3, 0.8, 1.8, 3.5, 5.0, 5.5, 5.0, 4.0, 4.5, 5.0, 5.0, 4.5, 4.5, 5.0,
    6.5, 7.5, 7.0, 5.0, 2.8,
];
const WEEKDAYS: [f64; 7] = [1.12, 1.15, 1.12, 1.08, 0.9, 0.36, 0.32];

/// When somebody is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rhythm {
    /// Office hours.
    Office,
    /// Evenings too.
    Evening,
}

/// The days of the sample. A day is counted from 1970-01-01, a moment is milliseconds from then, both in UTC.
pub(super) struct Calendar {
    /// The first day with events.
    pub(super) first_day: i64,
    /// The last day with events.
    pub(super) last_day: i64,
    /// The moment the export was taken: nothing later is known.
    pub(super) end: i64,
    texts_from: i64,
    texts: Vec<[u8; 10]>,
}

impl Calendar {
    /// Returns the calendar of these options.
    pub(super) fn new(options: &Options) -> Result<Self> {
        if options.days == 0 || options.days > 3660 {
            return Err(
                Error::usage("the sample must span between 1 and 3660 days").help("set --days")
            );
        }
        let last_day = options
            .until
            .duration_since(EPOCH)
            .as_hours()
            .div_euclid(24);
        let first_day = last_day + 1 - i64::from(options.days);
        let texts_from = first_day - PAST_DAYS;
        let texts = (texts_from..=last_day + 60).map(day_text).collect();
        Ok(Self {
            first_day,
            last_day,
            end: last_day * DAY + LAST_HOUR * HOUR,
            texts_from,
            texts,
        })
    }

    /// Writes a moment as ISO 8601 with milliseconds and a Z.
    pub(super) fn write(&self, at: i64, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.day(at.div_euclid(DAY)));
        let rest = at.rem_euclid(DAY);
        out.push(b'T');
        digits(rest / HOUR, 2, out);
        out.push(b':');
        digits(rest / MINUTE % 60, 2, out);
        out.push(b':');
        digits(rest / 1000 % 60, 2, out);
        out.push(b'.');
        digits(rest % 1000, 3, out);
        out.push(b'Z');
    }

    /// Returns a day as `2026-06-30`.
    pub(super) fn day(&self, day: i64) -> [u8; 10] {
        let known = usize::try_from(day - self.texts_from)
            .ok()
            .and_then(|index| self.texts.get(index));
        known.copied().unwrap_or_else(|| day_text(day))
    }

    /// Returns a day's month as `2026-06`.
    pub(super) fn month(&self, day: i64) -> String {
        String::from_utf8_lossy(&self.day(day)[..7]).into_owned()
    }
}

/// Returns how busy a day is, 1 being the average.
pub(super) fn weekday_weight(day: i64) -> f64 {
    // 1970-01-01 was a Thursday; Monday comes first.
    let index = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
    WEEKDAYS.get(index).copied().unwrap_or(1.0)
}

/// Returns a moment of the day at which somebody with this rhythm is likely at work, in milliseconds from 00:00 UTC.
pub(super) fn time_of_day(rhythm: Rhythm, hours_behind: i64, chance: &mut Chance) -> i64 {
    let table = match rhythm {
        Rhythm::Office => OFFICE_HOURS,
        Rhythm::Evening => EVENING_HOURS,
    };
    let hour = i64::try_from(chance.weighted(table)).unwrap_or_default();
    (hour + hours_behind).rem_euclid(24) * HOUR + chance.below(HOUR)
}

/// Writes a number with leading zeros.
pub(super) fn digits(number: i64, width: u32, out: &mut Vec<u8>) {
    let mut unit = 10_i64.pow(width - 1);
    while unit > 0 {
        out.push(b'0' + u8::try_from(number / unit % 10).unwrap_or_default());
        unit /= 10;
    }
}

fn day_text(day: i64) -> [u8; 10] {
    let date = EPOCH.saturating_add(jiff::Span::new().days(day));
    let mut text = Vec::with_capacity(10);
    digits(i64::from(date.year()), 4, &mut text);
    text.push(b'-');
    digits(i64::from(date.month()), 2, &mut text);
    text.push(b'-');
    digits(i64::from(date.day()), 2, &mut text);
    text.try_into().unwrap_or(*b"1970-01-01")
}
