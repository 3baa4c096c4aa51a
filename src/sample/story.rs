//! The planted stories: what happened to Nimbus, and when. Everything is counted in days before the last one, so that
//! every span that reaches far enough back has them.

use std::fmt::Write as _;

use super::Options;
use super::calendar::Calendar;
use crate::error::Result;

/// What is the same for all customers.
pub(super) struct World {
    /// The sample's days.
    pub(super) calendar: Calendar,
    /// What happened.
    pub(super) story: Story,
    /// The seed of all chance.
    pub(super) seed: u64,
}

impl World {
    /// Returns the world of these options.
    pub(super) fn new(options: &Options) -> Result<Self> {
        let calendar = Calendar::new(options)?;
        Ok(Self {
            story: Story::new(&calendar),
            calendar,
            seed: options.seed,
        })
    }
}

/// The stories' days.
pub(super) struct Story {
    campaign: (i64, i64),
    android_bug: (i64, i64),
    slow_email: i64,
    new_onboarding: i64,
    price_rise: i64,
}

impl Story {
    /// Returns the stories of a sample that ends on the calendar's last day.
    pub(super) fn new(calendar: &Calendar) -> Self {
        let before = |days: i64| calendar.last_day - days;
        Self {
            new_onboarding: before(120),
            campaign: (before(90), before(77)),
            android_bug: (before(85), before(76)),
            slow_email: before(57),
            price_rise: before(43),
        }
    }

    /// Tells whether the spring campaign runs: more sign-ups, many of them on Android, and a discount.
    pub(super) fn campaign(&self, day: i64) -> bool {
        (self.campaign.0..=self.campaign.1).contains(&day)
    }

    /// Tells whether paying fails on Android.
    pub(super) fn android_bug(&self, day: i64) -> bool {
        (self.android_bug.0..=self.android_bug.1).contains(&day)
    }

    /// Tells whether email tickets wait for a day.
    pub(super) fn slow_email(&self, day: i64) -> bool {
        day >= self.slow_email
    }

    /// Tells whether the new onboarding is out.
    pub(super) fn new_onboarding(&self, day: i64) -> bool {
        day >= self.new_onboarding
    }

    /// Tells whether the higher prices hold.
    pub(super) fn price_rise(&self, day: i64) -> bool {
        day >= self.price_rise
    }

    /// Returns the dated notes that a dashboard draws on its trends, as TOML. What users would have to find out for
    /// themselves (the support desk that fell behind) is not among them.
    pub(super) fn annotations(&self, calendar: &Calendar) -> String {
        let notes = [
            (self.new_onboarding, "release", "new onboarding"),
            (self.campaign.0, "campaign", "spring campaign starts"),
            (self.android_bug.0, "release", "Android 4.2"),
            (
                self.android_bug.1 + 1,
                "outage",
                "Android 4.2.1 repairs checkout",
            ),
            (
                self.price_rise,
                "price",
                "prices rise: pro 12 to 15, team 49 to 59",
            ),
        ];
        let mut text = String::from("# Written by `cxtop generate`.\n");
        for (day, kind, note) in notes {
            let date = calendar.day(day);
            let date = String::from_utf8_lossy(&date);
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "\n[[annotation]]\ndate = {date}\nkind = \"{kind}\"\ntext = \"{note}\"\n"
            );
        }
        text
    }
}
