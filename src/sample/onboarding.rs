//! The way in: visits of those who sign up and of those who never do, sign-up, and the first steps.

use super::calendar::{DAY, HOUR, MINUTE, time_of_day};
use super::customer::Platform;
use super::feedback::{Moment, Topic};
use super::journey::Journey;
use super::page::Sheet;
use super::record::{self, Property, Scene, Session, Survey};

const LANDING_PAGES: [&str; 5] = ["home", "pricing", "features", "blog", "templates"];

impl Journey<'_> {
    /// The first session: looks around, signs up, and perhaps shares a first board.
    pub(super) fn visit_and_sign_up(&mut self, signed_up_at: i64) {
        let earlier = self.chance.streak(0.45, 3);
        let mut at = signed_up_at - 2 * MINUTE - self.chance.below(20 * MINUTE);
        for visit in (1..=earlier).rev() {
            let before = at - visit * DAY - self.chance.below(6 * HOUR);
            if before > self.clock.max(self.world.calendar.first_day * DAY) {
                self.session += 1;
                self.visit(before);
            }
        }
        at = at.max(self.world.calendar.first_day * DAY);
        self.session += 1;
        self.visit(at);
        self.event("signup", signed_up_at, &[]);
        self.customer.signed_up_at = self.clock;
        if self.chance.happens(0.93) {
            let at = self.pause(40.0);
            self.event("onboarding_started", at, &[]);
            let completes = if self.new_onboarding() { 0.52 } else { 0.25 };
            if self.chance.happens(completes) {
                self.complete_onboarding();
                self.use_features();
            } else if self.chance.happens(0.4) {
                self.view_help();
            }
        }
        if self.chance.happens(0.6) {
            self.consider_paying(0.06);
        }
    }

    /// Visitors of the same kind who look and leave. They have no account: each is a letter beside the customer.
    pub(super) fn lost_visitors(&mut self) {
        let visitors = self
            .chance
            .below(2 * self.customer.lost_visitors + 1)
            .min(7);
        for letter in ["a", "b", "c", "d", "e", "f", "g"]
            .into_iter()
            .take(usize::try_from(visitors).unwrap_or(0))
        {
            let id = format!("v{:05}{letter}", self.customer.number);
            let day = self.customer.sign_up_day() - self.chance.below(4);
            let from = self.world.calendar.first_day * DAY;
            let mut at = day * DAY
                + time_of_day(
                    self.customer.persona.rhythm,
                    self.customer.hours_behind,
                    &mut self.chance,
                );
            let platform = if self.chance.happens(0.6) {
                self.customer.platform
            } else {
                Platform::Web
            };
            for number in 1..=1 + u32::try_from(self.chance.streak(0.25, 2)).unwrap_or(0) {
                let session = Some(Session {
                    customer: self.customer.number,
                    visitor: letter,
                    number,
                });
                let scene = Scene {
                    id: &id,
                    session,
                    platform,
                    channel: self.customer.channel,
                };
                let page = self.chance.pick(&LANDING_PAGES).unwrap_or("home");
                if (from..self.end).contains(&at) {
                    let calendar = &self.world.calendar;
                    let properties = [Property::Text("page", page)];
                    self.page.add(Sheet::Events, at, |out| {
                        record::event(scene, "visit", at, &properties, calendar, out);
                    });
                }
                at += self.chance.between(1, 30) * MINUTE * i64::from(number);
            }
        }
    }

    /// Shares a first board, the milestone after which people stay.
    pub(super) fn complete_onboarding(&mut self) {
        let minutes = if self.new_onboarding() { 5.0 } else { 13.0 };
        let at = self.pause(minutes * 60.0);
        self.event(
            "onboarding_completed",
            at,
            &[Property::Text("milestone", "first_board_shared")],
        );
        self.onboarded = true;
        if self.chance.happens(0.16) {
            let quality = self.mood + if self.new_onboarding() { 0.1 } else { -0.12 };
            let survey = if self.chance.happens(0.65) {
                Survey::Ces
            } else {
                Survey::Csat
            };
            let at = self.clock + self.chance.between(1, 40) * MINUTE;
            self.answer(
                survey,
                Moment {
                    touchpoint: "onboarding",
                    channel: "in_app",
                    at,
                },
                Topic::Onboarding,
                quality,
            );
        }
    }

    /// Tells whether the customer got the new onboarding.
    pub(super) fn new_onboarding(&self) -> bool {
        self.world.story.new_onboarding(self.customer.sign_up_day())
    }

    fn visit(&mut self, at: i64) {
        for _ in 0..=self.chance.streak(0.3, 2) {
            let page = self.chance.pick(&LANDING_PAGES).unwrap_or("home");
            let at = if self.clock < at {
                at
            } else {
                self.pause(25.0)
            };
            self.event("visit", at, &[Property::Text("page", page)]);
        }
    }
}
