//! Times as programs write them: the usual spelling, the one without separators, and numbers of seconds.

use super::digits::{days, micros_of, number};
use super::zone::{Zone, suffix};
use super::{DAY, SECOND};

/// Reads the usual spelling fast: `2026-01-05T00:02:55.620256Z`, or with a blank, without a fraction or the `Z`; returns
/// the time on the clock, and whether it is UTC. Any other spelling is none here.
pub(super) fn usual(bytes: &[u8]) -> Option<(i64, bool)> {
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

/// Seconds, milliseconds, microseconds or nanoseconds, by magnitude. Eight digits that make a day are that day.
pub(super) fn epoch(bytes: &[u8]) -> Option<i64> {
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

/// `20240309T100000Z` and `20240309T100000`.
pub(super) fn basic(bytes: &[u8], zone: &Zone) -> Option<i64> {
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
