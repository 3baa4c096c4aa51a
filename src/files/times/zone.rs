//! From the time on a clock to the instant: the zone a source has, or what is written behind the time.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::SECOND;
use super::digits::number;
use crate::error::{Error, Result};

/// The zone of times that are written without one.
#[derive(Clone, Debug, Default)]
pub enum Zone {
    /// UTC.
    #[default]
    Utc,
    /// A zone with a name.
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
    pub fn instant(&self, wall: i64) -> Option<i64> {
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

/// Applies what follows the time: nothing, `Z`, an offset, `UTC`, `GMT+2` or the name of a zone.
pub(super) fn suffix(rest: &[u8], wall: i64, zone: &Zone) -> Option<i64> {
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

fn civil(wall: i64) -> Option<DateTime> {
    Timestamp::from_microsecond(wall)
        .ok()
        .map(|instant| TimeZone::UTC.to_datetime(instant))
}
