//! The time range that every panel of the dashboard shares.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

/// The time range of the dashboard. It reaches every query that declares `$since` or `$until`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// Each query's own range: its declared defaults.
    #[default]
    Own,
    /// So many days, today included.
    Last {
        /// The number of days.
        days: i32,
    },
    /// Everything there is.
    All,
    /// From this day until before that day.
    Between {
        /// The first day.
        since: Date,
        /// The day after the last.
        until: Date,
    },
}

/// What [`Range::All`] falls back to while nobody knows the first day of the data.
const TWO_YEARS: i32 = 728;

/// The ranges of the menu, from short to long; `+` and `-` walk along them.
pub const STEPS: [i32; 6] = [7, 28, 84, 182, 364, TWO_YEARS];

/// The days that ranges are reckoned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The day the workspace calls today.
    pub today: Date,
    /// The first day of the data, if known.
    pub earliest: Option<Date>,
}

impl Range {
    /// Returns the ranges of the menu.
    #[must_use]
    pub fn menu() -> Vec<Self> {
        let last = STEPS[..4].iter().map(|days| Self::Last { days: *days });
        std::iter::once(Self::Own)
            .chain(last)
            .chain([Self::All])
            .collect()
    }

    /// Returns the range that a typed text means: `30d`, `8w`, `6m`, `all`, `default`, `2026-01-01..2026-03-01` (the last
    /// day is part of it) or `2026-01-01..`.
    #[must_use]
    pub fn parse(text: &str, calendar: Calendar) -> Option<Self> {
        let text = text.trim();
        match text {
            "all" => return Some(Self::All),
            "default" => return Some(Self::Own),
            _ => {}
        }
        if let Some((since, until)) = text.split_once("..") {
            let since: Date = since.trim().parse().ok()?;
            let until: Date = match until.trim() {
                "" => calendar.today,
                day => day.parse().ok()?,
            };
            return (since <= until).then_some(Self::Between {
                since,
                until: after(until),
            });
        }
        let unit = text.chars().last()?;
        let count: i32 = text[..text.len() - unit.len_utf8()].trim().parse().ok()?;
        let days = match unit {
            'd' => count,
            'w' => count.checked_mul(7)?,
            'm' => count.checked_mul(30)?,
            'y' => count.checked_mul(364)?,
            _ => return None,
        };
        (1..=36_500).contains(&days).then_some(Self::Last { days })
    }

    /// Returns the first day and the day after the last; none when each query has its own.
    #[must_use]
    pub fn bounds(self, calendar: Calendar) -> Option<(Date, Date)> {
        let end = after(calendar.today);
        match self {
            Self::Own => None,
            Self::Last { days } => Some((end.saturating_sub(days.days()), end)),
            Self::All => {
                let since = calendar
                    .earliest
                    .unwrap_or_else(|| end.saturating_sub(TWO_YEARS.days()));
                Some((since.min(calendar.today), end))
            }
            Self::Between { since, until } => Some((since, until)),
        }
    }

    /// Returns the range moved by its own length, `steps` times; never beyond today.
    #[must_use]
    pub fn shifted(self, steps: i32, calendar: Calendar) -> Self {
        let Some((since, until)) = self.or_usual().bounds(calendar) else {
            return self;
        };
        let length = (until - since).get_days();
        let by = length.saturating_mul(steps).days();
        let (since, until) = (since.saturating_add(by), until.saturating_add(by));
        if until > calendar.today {
            Self::Last { days: length }
        } else {
            Self::Between { since, until }
        }
    }

    /// Returns the next longer range; it ends where this one ends.
    #[must_use]
    pub fn wider(self, calendar: Calendar) -> Self {
        let days = self.days(calendar);
        match STEPS.iter().find(|step| **step > days) {
            Some(step) => self.with_days(*step),
            None => Self::All,
        }
    }

    /// Returns the next shorter range; it ends where this one ends.
    #[must_use]
    pub fn narrower(self, calendar: Calendar) -> Self {
        let days = self.days(calendar);
        match STEPS.iter().rev().find(|step| **step < days) {
            Some(step) => self.with_days(*step),
            None => self,
        }
    }

    fn days(self, calendar: Calendar) -> i32 {
        self.or_usual()
            .bounds(calendar)
            .map_or(0, |(since, until)| (until - since).get_days())
    }

    fn with_days(self, days: i32) -> Self {
        match self {
            Self::Between { until, .. } => Self::Between {
                since: until.saturating_sub(days.days()),
                until,
            },
            _ => Self::Last { days },
        }
    }

    /// Moving and stretching need a length; queries with their own ranges mostly show a quarter.
    fn or_usual(self) -> Self {
        if self == Self::Own {
            Self::Last { days: 84 }
        } else {
            self
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own => write!(f, "default range"),
            Self::Last { days } if *days > 7 && days % 7 == 0 => write!(f, "last {}w", days / 7),
            Self::Last { days } => write!(f, "last {days}d"),
            Self::All => write!(f, "all time"),
            Self::Between { since, until } => {
                write!(f, "{since}..{}", until.saturating_sub(1.day()))
            }
        }
    }
}

fn after(day: Date) -> Date {
    day.saturating_add(1.day())
}
