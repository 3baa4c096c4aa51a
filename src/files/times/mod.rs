//! Reads days and times as people and programs write them, to microseconds since 1970 in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::error::{Error, Result};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// The zone of times that are written without one.
#[derive(Clone, Debug, Default)]
pub(super) enum Zone {
    #[default]
    Utc,
    Named(TimeZone),
}

impl Zone {
    /// Returns the zone of this IANA name.
    pub fn named(name: &str) -> Result<Self> {
        if name.is_empty() || name.eq_ignore_ascii_case("utc") {
            return Ok(Self::Utc);
        }
        TimeZone::get(name).map(Self::Named).map_err(|_| {
            Error::usage(format!("`{name}` is no time zone"))
                .help("zones have names such as `Europe/Berlin`")
        })
    }

    /// Returns the instant of a wall clock time. A time that exists twice is the first of the two; one that does not
    /// exist is none.
    fn instant(&self, wall: i64) -> Option<i64> {
        match self {
            Self::Utc => Some(wall),
            Self::Named(zone) => {
                let civil = civil(wall)?;
                let offset = match zone.to_ambiguous_timestamp(civil).offset() {
                    AmbiguousOffset::Unambiguous { offset } => offset,
                    AmbiguousOffset::Fold { before, .. } => before,
                    AmbiguousOffset::Gap { .. } => return None,
                };
                Some(wall - i64::from(offset.seconds()) * SECOND)
            }
        }
    }
}

/// Returns the instant a text means: ISO 8601 and its relatives, month first with slashes, or an epoch number.
pub(super) fn timestamp(text: &str, zone: &Zone) -> Option<i64> {
    if let Some((wall, is_utc)) = machine_written(text.as_bytes()) {
        return if is_utc {
            Some(wall)
        } else {
            zone.instant(wall)
        };
    }
    let bytes = text.trim().as_bytes();
    let mut rest = bytes;
    if let Some(wall) = day_and_time(&mut rest) {
        return suffix(rest, wall, zone);
    }
    if let Some(epoch) = epoch(bytes) {
        return Some(epoch);
    }
    let basic = basic(bytes, zone);
    if basic.is_some() {
        return basic;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|time| time.timestamp().as_microsecond())
}

/// Reads the usual spelling fast: `2026-01-05T00:02:55.620256Z`, or with a blank, without a fraction or the `Z`; returns
/// the time on the clock, and whether it is UTC. Any other spelling is none here.
fn machine_written(bytes: &[u8]) -> Option<(i64, bool)> {
    let (head, rest) = bytes.split_first_chunk::<19>()?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = head
    else {
        return None;
    };
    let all = [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, n1, n2, s1, s2];
    if !all.iter().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let two = |tens: &u8, ones: &u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let (hour, minute, second) = (two(h1, h2), two(n1, n2), two(s1, s2));
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (micros, rest) = match rest {
        [b'.', rest @ ..] => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (micros_of(&rest[..digits]), &rest[digits..])
        }
        rest => (0, rest),
    };
    let is_utc = match rest {
        [] => false,
        b"Z" => true,
        _ => return None,
    };
    let day = days(two(y1, y2) * 100 + two(y3, y4), two(m1, m2), two(d1, d2))?;
    let wall = day * DAY + ((hour * 60 + minute) * 60 + second) * SECOND + micros;
    Some((wall, is_utc))
}

/// Returns the instant only for texts that can mean nothing else: a full ISO day with a time.
pub(super) fn plain_timestamp(text: &str, zone: &Zone) -> Option<i64> {
    let bytes = text.as_bytes();
    let plain = bytes.len() >= 16 && bytes[4] == b'-' && matches!(bytes[10], b'T' | b't' | b' ');
    if plain { timestamp(text, zone) } else { None }
}

/// Returns the days since 1970 of `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 {
        return None;
    }
    let mut rest = bytes;
    let days = iso_day(&mut rest)?;
    i32::try_from(days).ok()
}

/// Returns the days of an instant that is a midnight.
pub(super) fn midnight(instant: i64) -> Option<i32> {
    if instant.rem_euclid(DAY) == 0 {
        i32::try_from(instant.div_euclid(DAY)).ok()
    } else {
        None
    }
}

/// Tells whether an instant is one that a record of our time can have.
pub(super) fn plausible(instant: i64) -> bool {
    const FIRST: i64 = -25_567 * DAY;
    const LAST: i64 = 84_006 * DAY;
    (FIRST..LAST).contains(&instant)
}

/// Seconds, milliseconds, microseconds or nanoseconds, by magnitude. Eight digits that make a day are that day.
fn epoch(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let (whole, fraction) = match digits.iter().position(|byte| *byte == b'.') {
        Some(point) => (&digits[..point], &digits[point + 1..]),
        None => (digits, &digits[digits.len()..]),
    };
    if whole.is_empty() || whole.len() > 19 || !whole.iter().chain(fraction).all(u8::is_ascii_digit)
    {
        return None;
    }
    let mut value: i64 = 0;
    for digit in whole {
        value = value
            .checked_mul(10)?
            .checked_add(i64::from(digit - b'0'))?;
    }
    if whole.len() == 8 && fraction.is_empty() && !negative {
        let day = days(value / 10_000, value / 100 % 100, value % 100);
        if let Some(day) = day.filter(|_| (1900..2200).contains(&(value / 10_000))) {
            return Some(day * DAY);
        }
    }
    let micros = match value {
        0..100_000_000_000 => value * SECOND + micros_of(fraction),
        100_000_000_000..100_000_000_000_000 => value * 1_000 + micros_of(fraction) / 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => value,
        _ => value / 1_000,
    };
    Some(if negative { -micros } else { micros })
}

/// Reads the day and, if there is one, the time at the start of `rest`; leaves what follows.
fn day_and_time(rest: &mut &[u8]) -> Option<i64> {
    let start = *rest;
    let iso = iso_day(rest);
    if iso.is_none() {
        *rest = start;
    }
    let day = iso.or_else(|| slashed_day(rest))?;
    let mut wall = day * DAY;
    let mut after = *rest;
    if !matches!(after.first(), Some(b'T' | b't' | b' ')) {
        return Some(wall);
    }
    while let [b'T' | b't' | b' ', tail @ ..] = after {
        after = tail;
    }
    if let Some(time) = clock(&mut after) {
        wall += time;
        *rest = after;
    }
    Some(wall)
}

fn iso_day(rest: &mut &[u8]) -> Option<i64> {
    let bytes = *rest;
    if bytes.len() < 8 || !matches!(bytes[4], b'-' | b'/') {
        return None;
    }
    let separator = bytes[4];
    let year = number(rest, 4, 4)?;
    *rest = &rest[1..];
    let month = number(rest, 1, 2)?;
    if rest.first() != Some(&separator) {
        return None;
    }
    *rest = &rest[1..];
    let day = number(rest, 1, 2)?;
    days(year, month, day)
}

/// `m/d/yyyy`: month first, always, because one file must not be read by two rules.
fn slashed_day(rest: &mut &[u8]) -> Option<i64> {
    let month = number(rest, 1, 2)?;
    *rest = rest.strip_prefix(b"/")?;
    let day = number(rest, 1, 2)?;
    *rest = rest.strip_prefix(b"/")?;
    let year = number(rest, 4, 4)?;
    days(year, month, day)
}

/// `h:mm`, `h:mm:ss`, `h:mm:ss.fraction`, each perhaps with AM or PM, as microseconds since midnight.
fn clock(rest: &mut &[u8]) -> Option<i64> {
    let mut bytes = *rest;
    let mut hour = number(&mut bytes, 1, 2)?;
    bytes = bytes.strip_prefix(b":")?;
    let minute = number(&mut bytes, 2, 2)?;
    let mut second = 0;
    let mut micros = 0;
    if let Some(tail) = bytes.strip_prefix(b":") {
        bytes = tail;
        second = number(&mut bytes, 2, 2)?;
        if let [b'.' | b',', tail @ ..] = bytes {
            let digits = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
            micros = micros_of(&tail[..digits]);
            bytes = &tail[digits..];
        }
    }
    let after = bytes.trim_ascii_start();
    if let [half @ (b'A' | b'a' | b'P' | b'p'), b'M' | b'm', tail @ ..] = after {
        // `America/…` begins like a half of the day.
        if !tail.first().is_some_and(u8::is_ascii_alphabetic) {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if matches!(half, b'P' | b'p') { 12 } else { 0 };
            bytes = tail;
        }
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    *rest = bytes;
    Some(((hour * 60 + minute) * 60 + second) * SECOND + micros)
}

/// Applies what follows the time: nothing, `Z`, an offset, `UTC`, `GMT+2` or the name of a zone.
fn suffix(rest: &[u8], wall: i64, zone: &Zone) -> Option<i64> {
    match rest {
        [] => return zone.instant(wall),
        b"Z" | b"z" => return Some(wall),
        [b'+' | b'-', ..] => return Some(wall - offset(rest)?),
        _ => {}
    }
    match rest.trim_ascii_start() {
        [] => zone.instant(wall),
        b"Z" | b"z" | b"UTC" | b"GMT" => Some(wall),
        offset_only @ [b'+' | b'-', ..] => Some(wall - offset(offset_only)?),
        [b'U', b'T', b'C', shift @ ..] | [b'G', b'M', b'T', shift @ ..] => {
            Some(wall - offset(shift)?)
        }
        name if name.contains(&b'/') => {
            let zone = TimeZone::get(std::str::from_utf8(name).ok()?).ok()?;
            Zone::Named(zone).instant(wall)
        }
        _ => None,
    }
}

/// `+hh:mm`, `+hhmm`, `+hh` or `+h`, as microseconds east.
fn offset(bytes: &[u8]) -> Option<i64> {
    let (sign, mut rest) = match bytes {
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let hours = number(&mut rest, 1, 2)?;
    rest = rest.strip_prefix(b":").unwrap_or(rest);
    let minutes = if rest.is_empty() {
        0
    } else {
        number(&mut rest, 2, 2)?
    };
    let sane = rest.is_empty() && hours <= 18 && minutes < 60;
    sane.then_some(sign * (hours * 60 + minutes) * 60 * SECOND)
}

/// `20240309T100000Z` and `20240309T100000`.
fn basic(bytes: &[u8], zone: &Zone) -> Option<i64> {
    if bytes.len() < 15 || !matches!(bytes[8], b'T' | b't') {
        return None;
    }
    let mut rest = bytes;
    let (year, month, day) = (
        number(&mut rest, 4, 4)?,
        number(&mut rest, 2, 2)?,
        number(&mut rest, 2, 2)?,
    );
    rest = &rest[1..];
    let (hour, minute, second) = (
        number(&mut rest, 2, 2)?,
        number(&mut rest, 2, 2)?,
        number(&mut rest, 2, 2)?,
    );
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let wall = days(year, month, day)? * DAY + ((hour * 60 + minute) * 60 + second) * SECOND;
    suffix(rest, wall, zone)
}

/// Reads `least` to `most` digits.
fn number(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let digits = rest
        .iter()
        .take(most)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits < least {
        return None;
    }
    let (value, tail) = rest.split_at(digits);
    *rest = tail;
    Some(
        value
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
    )
}

/// The first six digits of a fraction as microseconds.
fn micros_of(fraction: &[u8]) -> i64 {
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10
            + fraction
                .get(place)
                .map_or(0, |digit| i64::from(digit - b'0'));
    }
    micros
}

/// Days since 1970 of a day that exists, in the years 1 to 9999.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || !(1..=longest).contains(&day) {
        return None;
    }
    // Years start in March here, so that the leap day is the last one.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468,
    )
}

fn civil(wall: i64) -> Option<DateTime> {
    Timestamp::from_microsecond(wall)
        .ok()
        .map(|instant| TimeZone::UTC.to_datetime(instant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_instant_is_that_instant() {
        let instant = 1_709_978_400 * SECOND;
        for text in [
            "2024-03-09T10:00:00Z",
            "2024-03-09T15:30:00+0530",
            "2024-03-09 06:30:00-03:30",
            "2024-03-10T00:00:00+14:00",
            "2024-03-09 10:00:00 UTC",
            "2024-03-09t10:00:00z",
            "2024-03-09T10:00:00",
            "2024-03-09T10:00:00.",
            "2024-03-09T10:00:00.000000Z",
            "2024-03-09 10:00:00.0000001",
            "2024-03-09 10:00",
            "2024/03/09 10:00",
            "3/9/2024 10:00",
            "03/09/2024 10:00:00 AM",
            "20240309T100000Z",
            "Sat, 09 Mar 2024 10:00:00 GMT",
            "2024-03-09 12:00:00 GMT+2",
            "2024/03/09 12:00:00 PM GMT+2",
            "2024-03-09 05:00:00 America/New_York",
            "1709978400",
            "1709978400.0",
            "1709978400000",
            "1709978400000000",
            "1709978400000000000",
        ] {
            assert_eq!(timestamp(text, &Zone::Utc), Some(instant), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "2024-02-30",
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-03-09T25:00:00Z",
            "2024-03-09T24:00:00Z",
            "2024-03-09T10:60:00Z",
            "2016-12-31T23:59:60Z",
            "0000-00-00 00:00:00",
            "10000-01-01",
            "infinity",
            "Total",
            "",
            "2024-03-09 05:00:00 EST",
            "13/02/2024",
            "1e30",
            "9223372036854775808",
            "true",
            "2024-03-09Tx",
        ] {
            assert_eq!(timestamp(text, &Zone::Utc), None, "{text}");
        }
    }

    #[test]
    fn wall_clock_times_follow_their_zone() -> Result<()> {
        let zone = Zone::named("America/New_York")?;
        assert_eq!(
            timestamp("2024-03-10 01:59:59", &zone),
            timestamp("2024-03-10T06:59:59Z", &Zone::Utc)
        );
        assert_eq!(timestamp("2024-03-10 02:30:00", &zone), None);
        assert_eq!(
            timestamp("2024-11-03 01:30:00", &zone),
            timestamp("2024-11-03T05:30:00Z", &Zone::Utc)
        );
        Ok(())
    }
}
