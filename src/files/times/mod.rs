//! Reads days and times as people and programs write them, to microseconds since 1970 in UTC.
//!
//! ```text
//! programs   2026-01-05T00:02:55Z, 20240309T100000Z, 1709978400      zone    Z, +02:00, Europe/Berlin
//! people     2024/03/09 9:05, 3/9/2024 10:00 AM                      digits  numbers, and days that exist
//! ```
//!
//! Invariant: a spelling means the same in every file, and a text that has no meaning is none.

mod digits;
mod people;
mod programs;
mod zone;

pub(super) use self::zone::Zone;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Returns the instant a text means: ISO 8601 and its relatives, month first with slashes, or an epoch number.
pub(super) fn timestamp(text: &str, zone: &Zone) -> Option<i64> {
    if let Some((wall, is_utc)) = programs::usual(text.as_bytes()) {
        return if is_utc {
            Some(wall)
        } else {
            zone.instant(wall)
        };
    }
    let bytes = text.trim().as_bytes();
    let mut rest = bytes;
    if let Some(wall) = people::day_and_time(&mut rest) {
        return zone::suffix(rest, wall, zone);
    }
    if let Some(epoch) = programs::epoch(bytes) {
        return Some(epoch);
    }
    let basic = programs::basic(bytes, zone);
    if basic.is_some() {
        return basic;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|time| time.timestamp().as_microsecond())
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
    let days = people::iso_day(&mut rest).filter(|_| rest.is_empty())?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

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
    fn a_day_is_nothing_but_a_day() {
        assert_eq!(date("2024-01-10"), Some(19_732));
        assert_eq!(date("2024/01/10"), Some(19_732));
        for text in [
            "2024-1-10x",
            "2024-1-5ab",
            "2024-01-5T",
            "2024-1-5  ",
            "2024-1-5",
        ] {
            assert_eq!(date(text), None, "{text}");
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
