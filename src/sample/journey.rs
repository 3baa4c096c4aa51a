//! One customer's life with Nimbus, day by day: a habit that forms or fades, and what is done in a session. The way in
//! is in `onboarding`, paying in `billing`, asking for help in `support`, saying what one thinks in `feedback`.

use super::calendar::{DAY, HOUR, time_of_day, weekday_weight};
use super::chance::{Chance, exponential};
use super::customer::{Arrival, Customer, Platform};
use super::page::{Page, Sheet};
use super::record::{self, Property, Scene, Session, Subscription};
use super::story::World;

/// What a customer holds against us, which becomes the reason to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grievance {
    /// Nothing.
    None,
    /// Something broke.
    Bug,
    /// Help came late or was no help.
    Support,
}

/// Whether the app is part of the customer's week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// It is.
    Attached,
    /// It no longer is.
    Gone,
}

/// A customer's life so far.
pub(super) struct Journey<'a> {
    pub(super) world: &'a World,
    pub(super) customer: Customer,
    pub(super) chance: Chance,
    pub(super) page: Page,
    /// The moment of the latest event; events of one customer never share a moment.
    pub(super) clock: i64,
    /// Nothing from here on is told.
    pub(super) end: i64,
    /// Nothing from here on is known yet: a ticket opened just now has no answer.
    pub(super) known_until: i64,
    pub(super) session: u32,
    pub(super) platform: Platform,
    pub(super) habit: Habit,
    pub(super) onboarded: bool,
    /// How the customer feels about us, from 0 to 1.
    pub(super) mood: f64,
    pub(super) grievance: Grievance,
    pub(super) paid: Option<Subscription>,
    /// Whether a renewal at the higher price has been decided on.
    pub(super) took_price_rise: bool,
    /// Checkouts left without paying.
    pub(super) lost_checkouts: i64,
    pub(super) tickets: u32,
    next_survey_day: i64,
}

/// Feature, and how often it is chosen by those who work alone and by those who work with others.
const FEATURES: [(&str, f64, f64); 5] = [
    ("boards", 44.0, 36.0),
    ("calendar", 22.0, 14.0),
    ("comments", 8.0, 30.0),
    ("reports", 14.0, 10.0),
    ("automations", 6.0, 12.0),
];
const HELP_PAGES: [&str; 6] = [
    "getting-started",
    "import",
    "permissions",
    "billing",
    "automations",
    "notifications",
];

impl<'a> Journey<'a> {
    /// Returns the journey of a customer who has done nothing yet.
    pub(super) fn new(world: &'a World, number: u64, page: Page) -> Self {
        let mut chance = Chance::new(world.seed, number);
        let customer = Customer::draw(number, &world.calendar, &world.story, &mut chance);
        let mood = 0.79 + chance.normal() * 0.11;
        Self {
            world,
            clock: i64::MIN,
            end: world.calendar.end,
            known_until: world.calendar.end,
            session: 0,
            platform: customer.platform,
            habit: Habit::Attached,
            onboarded: false,
            mood,
            grievance: Grievance::None,
            paid: None,
            took_price_rise: false,
            lost_checkouts: 0,
            tickets: 0,
            next_survey_day: customer.sign_up_day() + 21 + chance.below(40),
            customer,
            chance,
            page,
        }
    }

    /// Lives the customer's life up to the end of the sample.
    pub(super) fn live(&mut self) {
        let calendar = &self.world.calendar;
        let (first_day, last_day) = (calendar.first_day, calendar.last_day);
        let mut day = self.customer.sign_up_day();
        if self.customer.arrival == Arrival::Earlier {
            day = first_day;
            self.catch_up();
        } else {
            self.lost_visitors();
            self.visit_and_sign_up(self.customer.signed_up_at);
            day += 1;
        }
        while day <= last_day {
            self.live_day(day);
            day += 1;
        }
        self.close_books();
    }

    /// Adds an event at the given moment, or just after the latest one.
    pub(super) fn event(&mut self, name: &str, at: i64, properties: &[Property]) {
        let session = Session {
            customer: self.customer.number,
            visitor: "",
            number: self.session,
        };
        self.event_in(Some(session), name, at, properties);
    }

    /// Adds an event of a session, or of none.
    pub(super) fn event_in(
        &mut self,
        session: Option<Session>,
        name: &str,
        at: i64,
        properties: &[Property],
    ) {
        self.clock = at.max(self.clock.saturating_add(1));
        if self.clock >= self.end {
            return;
        }
        let scene = Scene {
            id: &self.customer.id,
            session,
            platform: self.platform,
            channel: self.customer.channel,
        };
        let (at, calendar) = (self.clock, &self.world.calendar);
        self.page.add(Sheet::Events, at, |out| {
            record::event(scene, name, at, properties, calendar, out);
        });
    }

    /// Lets some time pass within a session.
    pub(super) fn pause(&mut self, median_seconds: f64) -> i64 {
        self.clock + super::chance::whole(self.chance.skewed(median_seconds * 1000.0, 0.7)) + 1
    }

    /// Uses the app once, from the given moment on.
    pub(super) fn use_app(&mut self, at: i64) {
        self.session += 1;
        self.platform = if self.chance.happens(0.9) {
            self.customer.platform
        } else {
            Platform::Web
        };
        self.event("login", at, &[]);
        let completes = if self.new_onboarding() { 0.2 } else { 0.12 };
        if !self.onboarded && self.chance.happens(completes) {
            self.complete_onboarding();
        }
        self.use_features();
        let needs_help = if self.onboarded { 0.05 } else { 0.13 };
        if self.chance.happens(needs_help) {
            self.view_help();
        }
        let invites = if self.customer.collaborates {
            0.08
        } else {
            0.01
        };
        if self.chance.happens(invites) {
            let at = self.pause(50.0);
            self.event("invite_sent", at, &[]);
        }
        self.consider_paying(0.045);
        if self.chance.happens(0.052) {
            let at = self.pause(120.0);
            self.ask_for_help(at);
        }
        self.platform = self.customer.platform;
    }

    fn live_day(&mut self, day: i64) {
        self.renew(day);
        if self.habit == Habit::Gone {
            // Some come back and try again.
            if self.chance.happens(0.0016) {
                self.habit = Habit::Attached;
            } else {
                return;
            }
        }
        let weeks = self.weeks_since_sign_up(day);
        if self.chance.happens(self.fading(weeks)) {
            self.habit = Habit::Gone;
            return;
        }
        let novelty = exponential(-weeks / 4.0);
        let rate = 0.115 * self.customer.activity * weekday_weight(day) * (0.62 + 0.75 * novelty);
        if self.chance.happens(rate.min(0.93)) {
            let at = day * DAY
                + time_of_day(
                    self.customer.persona.rhythm,
                    self.customer.hours_behind,
                    &mut self.chance,
                );
            self.use_app(at);
            if self.customer.activity > 1.6 && self.chance.happens(0.3) {
                let at = self.clock + HOUR + self.chance.below(3 * HOUR);
                self.use_app(at);
            }
        }
        if day >= self.next_survey_day {
            self.next_survey_day = day + 55 + self.chance.below(20);
            if self.chance.happens(0.42) {
                let at = day * DAY
                    + time_of_day(
                        self.customer.persona.rhythm,
                        self.customer.hours_behind,
                        &mut self.chance,
                    );
                self.relationship_survey(at, day);
            }
        }
    }

    /// Returns the chance that the habit ends today: high at first, lower once the app has proved useful.
    fn fading(&self, weeks: f64) -> f64 {
        let (early, late) = if self.onboarded {
            (0.17, 0.03)
        } else {
            (0.6, 0.14)
        };
        let weekly = late + (early - late) / (1.0 + weeks);
        let release = if self.world.story.new_onboarding(self.customer.sign_up_day()) {
            0.48
        } else {
            1.2
        };
        let company = if self.customer.collaborates { 0.7 } else { 1.1 };
        let paying = if self.paid.is_some() { 0.4 } else { 1.0 };
        let unhappy = (1.75 - self.mood).max(0.7);
        weekly / 7.0 * release * company * paying * unhappy
    }

    /// Brings a customer from before the sample to its first day.
    fn catch_up(&mut self) {
        let start = self.world.calendar.first_day * DAY;
        self.clock = start;
        self.onboarded = self.chance.happens(0.72);
        if self.chance.happens(0.3) {
            self.habit = Habit::Gone;
        } else if self.chance.happens(0.36 * self.customer.persona.upgrade) {
            let since = ((start - self.customer.signed_up_at) / HOUR).max(1);
            let started_at = self.customer.signed_up_at + self.chance.below(since) * HOUR;
            self.begin_subscription_before(started_at, start);
        }
        self.next_survey_day = self.world.calendar.first_day + self.chance.below(60);
    }

    /// Uses some features, or none.
    pub(super) fn use_features(&mut self) {
        let uses = self.chance.streak(0.52, 7);
        for _ in 0..uses {
            let feature = if self.customer.exports && self.chance.happens(0.12) {
                "timeline_export"
            } else {
                let collaborates = self.customer.collaborates;
                let weights = FEATURES
                    .iter()
                    .map(|feature| if collaborates { feature.2 } else { feature.1 });
                FEATURES[self.chance.weighted(weights)].0
            };
            let at = self.pause(70.0);
            self.event("feature_used", at, &[Property::Text("feature", feature)]);
        }
    }

    /// Looks something up.
    pub(super) fn view_help(&mut self) {
        let page = self.chance.pick(&HELP_PAGES).unwrap_or("getting-started");
        let at = self.pause(45.0);
        self.event("help_viewed", at, &[Property::Text("page", page)]);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a number of days is far below 2^52"
    )]
    fn weeks_since_sign_up(&self, day: i64) -> f64 {
        (day - self.customer.sign_up_day()) as f64 / 7.0
    }
}
