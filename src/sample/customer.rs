//! Who a customer is: everything that is settled before the first visit.

use super::calendar::{Calendar, DAY, PAST_DAYS, Rhythm, time_of_day, weekday_weight};
use super::chance::Chance;
use super::story::Story;

/// A kind of customer and how that kind behaves, 1 being the average.
#[derive(Debug)]
pub(super) struct Persona {
    /// Its name in the files.
    pub(super) name: &'static str,
    /// The share of customers of this kind.
    share: f64,
    /// How often they come.
    pub(super) activity: f64,
    /// How readily they pay.
    pub(super) upgrade: f64,
    /// How much a higher price drives them away.
    pub(super) price_sensitivity: f64,
    /// The chance that they buy the team plan at once.
    pub(super) team_plan: f64,
    /// When they work.
    pub(super) rhythm: Rhythm,
}

const PERSONAS: [Persona; 4] = [
    Persona {
        name: "freelancer",
        share: 44.0,
        activity: 0.85,
        upgrade: 0.7,
        price_sensitivity: 1.5,
        team_plan: 0.05,
        rhythm: Rhythm::Evening,
    },
    Persona {
        name: "agency",
        share: 22.0,
        activity: 1.2,
        upgrade: 1.3,
        price_sensitivity: 0.8,
        team_plan: 0.6,
        rhythm: Rhythm::Office,
    },
    Persona {
        name: "startup",
        share: 25.0,
        activity: 1.1,
        upgrade: 1.1,
        price_sensitivity: 1.1,
        team_plan: 0.35,
        rhythm: Rhythm::Office,
    },
    Persona {
        name: "enterprise",
        share: 9.0,
        activity: 1.35,
        upgrade: 1.7,
        price_sensitivity: 0.35,
        team_plan: 0.95,
        rhythm: Rhythm::Office,
    },
];

/// Country, share, and how many hours its clock is behind UTC.
const COUNTRIES: [(&str, f64, i64); 6] = [
    ("DE", 31.0, -1),
    ("US", 26.0, 6),
    ("FR", 14.0, -1),
    ("GB", 13.0, 0),
    ("NL", 8.0, -1),
    ("ES", 8.0, -1),
];

/// Acquisition channel, share, share while the campaign runs, visitors that leave for one that signs up.
const CHANNELS: [(&str, f64, f64, i64); 5] = [
    ("organic", 38.0, 24.0, 1),
    ("paid", 22.0, 34.0, 3),
    ("referral", 16.0, 10.0, 1),
    ("email", 12.0, 12.0, 1),
    ("social", 12.0, 20.0, 2),
];

/// Where the app runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    /// A browser.
    Web,
    /// An iPhone or iPad.
    Ios,
    /// An Android phone.
    Android,
}

const PLATFORMS: [Platform; 3] = [Platform::Web, Platform::Ios, Platform::Android];

impl Platform {
    /// Returns the name in the files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Ios => "ios",
            Self::Android => "android",
        }
    }
}

/// What the customer had done before the sample's first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// Nothing: signs up while we watch.
    New,
    /// Signed up before.
    Earlier,
}

/// One customer.
#[derive(Debug)]
pub(super) struct Customer {
    /// The number, from 1.
    pub(super) number: u64,
    /// The id in the files.
    pub(super) id: String,
    /// The kind.
    pub(super) persona: &'static Persona,
    /// The country's code.
    pub(super) country: &'static str,
    /// How many hours the customer's clock is behind UTC.
    pub(super) hours_behind: i64,
    /// The acquisition channel.
    pub(super) channel: &'static str,
    /// Visitors of that channel who come and go for each customer.
    pub(super) lost_visitors: i64,
    /// The platform used most.
    pub(super) platform: Platform,
    /// How often the customer comes, 1 being the median; a few come very often.
    pub(super) activity: f64,
    /// Whether the customer works with others, and so finds more in the app.
    pub(super) collaborates: bool,
    /// Whether the customer has found the timeline export.
    pub(super) exports: bool,
    /// New or not.
    pub(super) arrival: Arrival,
    /// The moment of sign-up.
    pub(super) signed_up_at: i64,
}

impl Customer {
    /// Returns the customer of this number.
    pub(super) fn draw(
        number: u64,
        calendar: &Calendar,
        story: &Story,
        chance: &mut Chance,
    ) -> Self {
        let arrival = if chance.happens(0.17) {
            Arrival::Earlier
        } else {
            Arrival::New
        };
        let day = match arrival {
            Arrival::Earlier => calendar.first_day - 1 - chance.below(PAST_DAYS - 20),
            Arrival::New => sign_up_day(calendar, story, chance),
        };
        let campaign = story.campaign(day);
        let persona = &PERSONAS[chance.weighted(PERSONAS.iter().map(|persona| persona.share))];
        let country = COUNTRIES[chance.weighted(COUNTRIES.iter().map(|country| country.1))];
        let weights = CHANNELS
            .iter()
            .map(|channel| if campaign { channel.2 } else { channel.1 });
        let channel = CHANNELS[chance.weighted(weights)];
        let platform_weights = if campaign {
            [34.0, 18.0, 48.0]
        } else {
            [52.0, 22.0, 26.0]
        };
        let platform = PLATFORMS[chance.weighted(platform_weights)];
        let mut signed_up_at = day * DAY + time_of_day(persona.rhythm, country.2, chance);
        if signed_up_at >= calendar.end {
            // Of the last day only the hours before the export are known.
            signed_up_at -= DAY / 2;
        }
        Self {
            number,
            id: format!("c{number:05}"),
            persona,
            country: country.0,
            hours_behind: country.2,
            channel: channel.0,
            lost_visitors: channel.3,
            platform,
            activity: chance.skewed(1.0, 0.75) * persona.activity,
            collaborates: chance.happens(0.38),
            exports: chance.happens(0.03),
            arrival,
            signed_up_at,
        }
    }

    /// Returns the day of sign-up.
    pub(super) fn sign_up_day(&self) -> i64 {
        self.signed_up_at.div_euclid(DAY)
    }
}

/// Draws a day: more on working days, more as the company grows, twice as many in the campaign.
fn sign_up_day(calendar: &Calendar, story: &Story, chance: &mut Chance) -> i64 {
    let days = calendar.last_day - calendar.first_day + 1;
    loop {
        let passed = chance.unit();
        let day = calendar.first_day
            + super::chance::whole(passed * f64::from(u32::try_from(days).unwrap_or(1)));
        let campaign = if story.campaign(day) { 2.2 } else { 1.0 };
        if chance.happens(weekday_weight(day) * campaign * (0.8 + 0.4 * passed) / 3.2) {
            return day;
        }
    }
}
