//! Calendar steps: how far apart the periods of an answer are, and how a period is written.

use jiff::civil::DateTime;

/// How far apart periods are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Less than a day apart.
    Hour,
    /// Days.
    #[default]
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
}

impl Step {
    /// Returns the smallest step between these times, which are in order.
    #[must_use]
    pub fn between(times: &[DateTime]) -> Self {
        let gap = times
            .windows(2)
            .map(|pair| seconds(pair[1]) - seconds(pair[0]))
            .filter(|gap| *gap > 0)
            .min();
        match gap.map(|gap| gap / 3600) {
            None => Self::Day,
            Some(hours) if hours < 24 => Self::Hour,
            Some(hours) if hours < 7 * 24 => Self::Day,
            Some(hours) if hours < 28 * 24 => Self::Week,
            Some(hours) if hours < 89 * 24 => Self::Month,
            Some(hours) if hours < 365 * 24 => Self::Quarter,
            Some(_) => Self::Year,
        }
    }

    /// Returns the longest time a step can take, in seconds; a wider gap means that a period is missing.
    #[must_use]
    pub fn longest_seconds(self) -> i64 {
        let days = match self {
            Self::Hour => return 23 * 3600,
            Self::Day => 6,
            Self::Week => 13,
            Self::Month => 45,
            Self::Quarter => 135,
            Self::Year => 540,
        };
        days * 86_400
    }

    /// Returns the name of one such period.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Returns the letter that stands before a period's number: `w3`.
    #[must_use]
    pub fn letter(self) -> &'static str {
        &self.name()[..1]
    }

    /// Returns the whole name of the period that begins at this time.
    #[must_use]
    pub fn full(self, start: DateTime) -> String {
        match self {
            Self::Hour => start.strftime("%Y-%m-%d %H:%M").to_string(),
            Self::Day => start.strftime("%a %Y-%m-%d").to_string(),
            Self::Week => start.strftime("week of %Y-%m-%d").to_string(),
            Self::Month => start.strftime("%B %Y").to_string(),
            Self::Quarter => format!("Q{} {}", quarter(start), start.year()),
            Self::Year => start.year().to_string(),
        }
    }

    /// Returns the label of a tick, with what it shares with the tick before it left out.
    #[must_use]
    pub fn tick(self, start: DateTime, before: Option<DateTime>) -> String {
        let same_year = before.is_some_and(|before| before.year() == start.year());
        let same_month = same_year && before.is_some_and(|before| before.month() == start.month());
        let same_day = same_month && before.is_some_and(|before| before.day() == start.day());
        let pattern = match self {
            Self::Year => "%Y",
            Self::Quarter if same_year => return format!("Q{}", quarter(start)),
            Self::Quarter => return format!("Q{} {}", quarter(start), start.year()),
            Self::Month if same_year => "%b",
            Self::Month => "%b %Y",
            Self::Hour if same_day => "%H:%M",
            Self::Hour if same_year => "%b %-d %H:%M",
            Self::Hour => "%b %-d %Y %H:%M",
            Self::Day | Self::Week if same_month => "%-d",
            Self::Day | Self::Week if same_year => "%b %-d",
            Self::Day | Self::Week => "%b %-d %Y",
        };
        start.strftime(pattern).to_string()
    }

    /// Returns a label of fixed width, for a column of periods.
    #[must_use]
    pub fn column(self, start: DateTime) -> String {
        let pattern = match self {
            Self::Hour => "%m-%d %H:%M",
            Self::Day | Self::Week => "%Y-%m-%d",
            Self::Month => "%Y %b",
            Self::Quarter => return format!("{} Q{}", start.year(), quarter(start)),
            Self::Year => "%Y",
        };
        start.strftime(pattern).to_string()
    }
}

/// Returns the seconds between year 1 and a time, for distances only.
#[must_use]
pub fn seconds(time: DateTime) -> i64 {
    let days = time
        .date()
        .duration_since(jiff::civil::date(1, 1, 1))
        .as_hours()
        / 24;
    days * 86_400
        + i64::from(time.hour()) * 3600
        + i64::from(time.minute()) * 60
        + i64::from(time.second())
}

fn quarter(time: DateTime) -> i8 {
    (time.month() - 1) / 3 + 1
}
