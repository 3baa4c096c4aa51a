//! Days and times as people write them, perhaps with slashes, one digit where there could be two, or AM and PM.

use super::digits::{days, micros_of, number};
use super::{DAY, SECOND};

/// Reads the day and, if there is one, the time at the start of `rest`; leaves what follows.
pub(super) fn day_and_time(rest: &mut &[u8]) -> Option<i64> {
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

/// Reads `yyyy-m-d` or `yyyy/m/d`, as days since 1970.
pub(super) fn iso_day(rest: &mut &[u8]) -> Option<i64> {
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
