//! The workspace's clock: UTC to wall-clock time and back, and where periods begin.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::error::{Error, Result};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
/// Microseconds of a minute.
pub const MINUTE: i64 = 60_000_000;
/// Microseconds of an hour.
pub const HOUR: i64 = 60 * MINUTE;

/// The clock changes of one zone, as a table that is quick to search. Times are microseconds since 1970.
#[derive(Clone)]
pub struct Clock {
    /// From when each offset holds, in UTC; the first holds since ever.
    starts: Vec<i64>,
    /// The offsets, wall-clock time minus UTC.
    offsets: Vec<i64>,
    /// The number of days from Monday to the day a week begins with.
    week_start: i64,
}

/// Finds the periods of many UTC times; quick when one time is near the next.
pub struct Periods<'clock> {
    clock: &'clock Clock,
    period: Period,
    /// Of periods that are equally long on the clock: their length, and where number 0 begins.
    even: Option<(i64, i64)>,
    /// Where the search was last.
    pub cursor: Cursor,
}

/// Where a search for periods was last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cursor {
    near: usize,
    /// The period last found, and from when until when in UTC it lasts.
    last: (i64, i64, i64),
}

impl<'clock> Periods<'clock> {
    /// Returns a finder of periods of this length that goes on where another with the same clock and length was.
    #[must_use]
    pub fn new(clock: &'clock Clock, period: Period, cursor: Cursor) -> Self {
        Self {
            clock,
            period,
            even: clock.even(period),
            cursor,
        }
    }

    /// Returns the number of the period of a UTC time, as [`Clock::ordinal`].
    #[inline]
    pub fn of(&mut self, utc: i64) -> i64 {
        let (ordinal, from, until) = self.cursor.last;
        if from <= utc && utc < until {
            return ordinal;
        }
        self.find(utc)
    }

    /// Returns when the period of this number begins, in UTC.
    pub fn begin_utc(&mut self, ordinal: i64) -> i64 {
        self.clock.utc(
            self.clock.begin(ordinal, self.period),
            &mut self.cursor.near,
        )
    }

    /// Returns until when in UTC the period lasts that was found last, or the part of it with one offset.
    #[inline]
    #[must_use]
    pub fn until(&self) -> i64 {
        self.cursor.last.2
    }

    fn find(&mut self, utc: i64) -> i64 {
        let wall = self.clock.wall(utc, &mut self.cursor.near);
        let (ordinal, begin, end) = if let Some((length, origin)) = self.even {
            let ordinal = wall.saturating_sub(origin).div_euclid(length);
            let begin = ordinal.saturating_mul(length).saturating_add(origin);
            (ordinal, begin, begin.saturating_add(length))
        } else {
            let ordinal = self.clock.ordinal(wall, self.period);
            let begin = |ordinal| self.clock.begin(ordinal, self.period);
            (ordinal, begin(ordinal), begin(ordinal.saturating_add(1)))
        };
        // Where the clock changes, an hour can come twice: its stretches in UTC are cut to the offset that holds here.
        let offset = wall.saturating_sub(utc);
        let (from, until) = self.clock.stretch(self.cursor.near);
        let (begin, end) = (begin.saturating_sub(offset), end.saturating_sub(offset));
        self.cursor.last = (ordinal, begin.max(from), end.min(until));
        ordinal
    }
}

/// The unit of a period; a longer one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// From midnight to midnight of the zone.
    Day,
    /// Seven days from the workspace's first day of the week.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months from January, April, July or October.
    Quarter,
    /// A calendar year.
    Year,
}

impl Period {
    const ALL: [Self; 7] = [
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// Returns the period of this name, in upper or lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|period| period.name().eq_ignore_ascii_case(name))
    }

    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

impl Clock {
    /// Reads a zone's clock changes from 1800 to 2200; later times keep the last offset.
    ///
    /// # Errors
    ///
    /// When there is no zone of this name.
    pub fn new(zone: &str, week_start: Weekday) -> Result<Self> {
        let zone = TimeZone::get(zone).map_err(|_| {
            Error::usage(format!("there is no time zone {zone}"))
                .help("give an IANA name, such as Europe/Berlin")
        })?;
        let (first, last) = (-5_364_662_400, 7_258_118_400);
        let (Ok(first), Ok(last)) = (Timestamp::from_second(first), Timestamp::from_second(last))
        else {
            return Err(Error::usage("the time zone table could not be made"));
        };
        let mut clock = Self {
            starts: vec![i64::MIN],
            offsets: vec![microseconds(zone.to_offset(first).seconds())],
            week_start: week_start.to_monday_zero_offset().into(),
        };
        for change in zone
            .following(first)
            .take_while(|change| change.timestamp() < last)
        {
            clock.starts.push(change.timestamp().as_microsecond());
            clock.offsets.push(microseconds(change.offset().seconds()));
        }
        Ok(clock)
    }

    /// Returns the wall-clock time of a UTC time. `near` is where the last search ended, for the next one to begin.
    pub fn wall(&self, utc: i64, near: &mut usize) -> i64 {
        if !self.holds(*near, utc) {
            *near = self.starts.partition_point(|start| *start <= utc) - 1;
        }
        utc.saturating_add(self.offsets[*near])
    }

    /// Returns the UTC time of a wall-clock time. An hour that a clock change skips is read as if the clock had not been
    /// changed yet; of an hour that comes twice the first is taken.
    pub fn utc(&self, wall: i64, near: &mut usize) -> i64 {
        let mut change = self.starts.partition_point(|start| *start <= wall);
        // Offsets are below a day, so the right entry is this one or a neighbour.
        while change < self.starts.len()
            && self.starts[change].saturating_add(self.offsets[change]) <= wall
        {
            change += 1;
        }
        let mut index = change - 1;
        while index > 0
            && wall
                < self.starts[index]
                    .saturating_add(self.offsets[index].max(self.offsets[index - 1]))
        {
            index -= 1;
        }
        *near = index;
        wall.saturating_sub(self.offsets[index])
    }

    /// Returns the number of the period of a wall-clock time, counted from 1970 on; the next period has the next number.
    #[must_use]
    pub fn ordinal(&self, wall: i64, period: Period) -> i64 {
        let days = wall.div_euclid(DAY);
        match period {
            Period::Minute => wall.div_euclid(MINUTE),
            Period::Hour => wall.div_euclid(HOUR),
            Period::Day => days,
            Period::Week => (days + 3 - self.week_start).div_euclid(7),
            Period::Month | Period::Quarter | Period::Year => {
                let (year, month, _) = civil(days);
                match period {
                    Period::Month => year * 12 + month - 1,
                    Period::Quarter => year * 4 + (month - 1) / 3,
                    _ => year,
                }
            }
        }
    }

    /// Returns the wall-clock time at which the period of this number begins: the inverse of [`Clock::ordinal`].
    #[must_use]
    pub fn begin(&self, ordinal: i64, period: Period) -> i64 {
        match period {
            Period::Minute => ordinal.saturating_mul(MINUTE),
            Period::Hour => ordinal.saturating_mul(HOUR),
            Period::Day => ordinal.saturating_mul(DAY),
            // 1970-01-01 was a Thursday, three days after a Monday.
            Period::Week => (ordinal.saturating_mul(7) - 3 + self.week_start).saturating_mul(DAY),
            Period::Month => {
                days_of(ordinal.div_euclid(12), ordinal.rem_euclid(12) + 1).saturating_mul(DAY)
            }
            Period::Quarter => {
                days_of(ordinal.div_euclid(4), ordinal.rem_euclid(4) * 3 + 1).saturating_mul(DAY)
            }
            Period::Year => days_of(ordinal, 1).saturating_mul(DAY),
        }
    }

    /// Returns the wall-clock time at which the period of a wall-clock time begins.
    #[must_use]
    pub fn floor(&self, wall: i64, period: Period) -> i64 {
        self.begin(self.ordinal(wall, period), period)
    }

    fn even(&self, period: Period) -> Option<(i64, i64)> {
        let length = match period {
            Period::Minute => MINUTE,
            Period::Hour => HOUR,
            Period::Day => DAY,
            Period::Week => 7 * DAY,
            Period::Month | Period::Quarter | Period::Year => return None,
        };
        Some((length, self.begin(0, period)))
    }

    /// Returns from when until when in UTC an offset holds.
    fn stretch(&self, index: usize) -> (i64, i64) {
        let until = self.starts.get(index + 1).copied().unwrap_or(i64::MAX);
        (self.starts[index], until)
    }

    fn holds(&self, index: usize, utc: i64) -> bool {
        self.starts[index] <= utc && self.starts.get(index + 1).is_none_or(|next| utc < *next)
    }
}

fn microseconds(seconds: i32) -> i64 {
    i64::from(seconds) * 1_000_000
}

/// Returns year, month and day of a day count, for any year (Howard Hinnant, "chrono-compatible low-level date algorithms").
#[must_use]
pub fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Returns the day count of a month's first day; the inverse of [`civil`], from the same source.
fn days_of(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}
