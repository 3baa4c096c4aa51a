//! Paying: checkout with its errors, monthly renewals, plan changes, cancellations and their reasons.

use super::calendar::{DAY, HOUR, MINUTE};
use super::feedback::{Moment, Topic};
use super::journey::{Grievance, Habit, Journey};
use super::page::Sheet;
use super::record::{self, Property, Subscription, Survey};

/// A month of billing.
const MONTH: i64 = 30 * DAY;

impl Journey<'_> {
    /// Thinks about paying during a session, and goes to checkout with the given chance or what the moment makes of it.
    pub(super) fn consider_paying(&mut self, probability: f64) {
        let day = self.clock.div_euclid(DAY);
        let onboarded = if self.onboarded { 1.5 } else { 0.4 };
        let discount = if self.world.story.campaign(day) {
            2.6
        } else {
            1.0
        };
        let once_bitten = if self.lost_checkouts > 0 { 0.7 } else { 1.0 };
        let likely =
            probability * onboarded * discount * once_bitten * self.customer.persona.upgrade;
        if self.paid.is_none() && self.chance.happens(likely) {
            self.checkout(day);
        }
    }

    /// Renews what falls due on this day, or cancels it.
    pub(super) fn renew(&mut self, day: i64) {
        let Some(mut paid) = self
            .paid
            .take_if(|paid| paid.renews_at.div_euclid(DAY) == day)
        else {
            return;
        };
        let at = paid.renews_at;
        if let Some(reason) = self.reason_to_leave(day) {
            self.cancel(&paid, at, reason);
            return;
        }
        let euros = self.price(paid.plan, day) * paid.seats;
        if let Some(plan) = self.another_plan(paid.plan) {
            let ended = Some((at, ""));
            self.book(&paid, ended);
            paid = Subscription {
                plan,
                seats: 1,
                monthly_euros: self.price(plan, day),
                started_at: at,
                ..paid
            };
            self.session += 1;
            let properties = [
                Property::Text("plan", plan),
                Property::Euros("amount", paid.monthly_euros),
            ];
            self.event("purchase", at, &properties);
        } else {
            paid.monthly_euros = euros;
            self.event_in(
                None,
                "renewal",
                at,
                &[
                    Property::Text("plan", paid.plan),
                    Property::Euros("amount", euros),
                ],
            );
        }
        paid.renews_at = at + MONTH;
        self.paid = Some(paid);
        if self.chance.happens(0.1) {
            let dear = self.world.story.price_rise(day) && self.chance.happens(0.5);
            let topic = if dear {
                Topic::PriceRise
            } else {
                Topic::Renewal
            };
            let quality = self.mood - if dear { 0.3 } else { 0.0 };
            let at = at + self.chance.between(1, 20) * HOUR;
            self.answer(
                Survey::Nps,
                Moment {
                    touchpoint: "renewal",
                    channel: "in_app",
                    at,
                },
                topic,
                quality,
            );
        }
    }

    /// Gives a customer from before the sample a subscription that renews from its first day on.
    pub(super) fn begin_subscription_before(&mut self, started_at: i64, start: i64) {
        let (plan, seats) = self.choose_plan();
        let monthly_euros = self.price(plan, 0) * seats;
        let renews_at = start + (started_at - start).rem_euclid(MONTH);
        self.paid = Some(Subscription {
            plan,
            seats,
            monthly_euros,
            started_at,
            renews_at,
        });
    }

    /// Writes the rows of tables that tell how things stand at the end.
    pub(super) fn close_books(&mut self) {
        let paid = self.paid.clone();
        if let Some(paid) = &paid {
            self.book(paid, None);
        }
        let plan = paid.map_or("free", |paid| paid.plan);
        self.enter_customer(plan);
    }

    /// Writes the customer's own row.
    pub(super) fn enter_customer(&mut self, plan: &str) {
        let (customer, calendar) = (&self.customer, &self.world.calendar);
        if customer.signed_up_at < self.end {
            let at = customer.signed_up_at;
            self.page.add(Sheet::Customers, at, |out| {
                record::customer(customer, plan, calendar, out);
            });
        }
    }

    /// Writes a subscription's row.
    pub(super) fn book(&mut self, paid: &Subscription, ended: Option<(i64, &str)>) {
        let (id, calendar) = (&self.customer.id, &self.world.calendar);
        self.page.add(Sheet::Subscriptions, paid.started_at, |out| {
            record::subscription(id, paid, ended, calendar, out);
        });
    }

    fn checkout(&mut self, day: i64) {
        let broken = self.platform.name() == "android" && self.world.story.android_bug(day);
        let (plan, seats) = self.choose_plan();
        let mut tries = 0;
        loop {
            tries += 1;
            let at = self.pause(60.0);
            self.event("checkout_started", at, &[Property::Text("plan", plan)]);
            let fails = if broken { 0.9 } else { 0.06 };
            if !self.chance.happens(fails) {
                break;
            }
            let at = self.pause(30.0);
            let errors = [
                "card_declined",
                "card_declined",
                "bank_timeout",
                "address_invalid",
            ];
            let error = if broken {
                "payment_sheet_crash"
            } else {
                self.chance.pick(&errors).unwrap_or("card_declined")
            };
            self.event(
                "checkout_error",
                at,
                &[Property::Text("error", error), Property::Text("plan", plan)],
            );
            let again = if broken { 0.55 } else { 0.6 };
            if tries == 4 || !self.chance.happens(again) {
                self.give_up(broken);
                return;
            }
        }
        let finishes = if broken { 0.5 } else { 0.72 };
        if !self.chance.happens(finishes) || self.clock >= self.end {
            self.lost_checkouts += 1;
            return;
        }
        let at = self.pause(80.0);
        let monthly_euros = self.price(plan, day) * seats;
        self.event(
            "purchase",
            at,
            &[
                Property::Text("plan", plan),
                Property::Euros("amount", monthly_euros),
            ],
        );
        if self.clock >= self.end {
            return;
        }
        let (started_at, renews_at) = (self.clock, self.clock + MONTH);
        self.paid = Some(Subscription {
            plan,
            seats,
            monthly_euros,
            started_at,
            renews_at,
        });
        self.took_price_rise = self.world.story.price_rise(day);
        if self.chance.happens(0.3) {
            let at = self.clock + self.chance.between(1, 90) * MINUTE;
            let survey = if self.chance.happens(0.5) {
                Survey::Csat
            } else {
                Survey::Nps
            };
            let quality = self.mood + 0.04;
            self.answer(
                survey,
                Moment {
                    touchpoint: "checkout",
                    channel: "in_app",
                    at,
                },
                Topic::Checkout,
                quality,
            );
        }
    }

    /// Leaves checkout after an error; when it was our fault, people say so.
    fn give_up(&mut self, broken: bool) {
        self.lost_checkouts += 1;
        self.mood -= if broken { 0.28 } else { 0.08 };
        if broken {
            self.grievance = Grievance::Bug;
        }
        let complains = if broken { 0.55 } else { 0.2 };
        if self.chance.happens(complains) {
            let at = self.pause(150.0);
            self.ask_about(at, ("checkout", "payments"));
        }
        if self.chance.happens(if broken { 0.75 } else { 0.2 }) {
            let at = self.clock + self.chance.between(2, 600) * MINUTE;
            let topic = if broken {
                Topic::CheckoutBroken
            } else {
                Topic::Checkout
            };
            let survey = if self.chance.happens(0.65) {
                Survey::Nps
            } else {
                Survey::Csat
            };
            let quality = self.mood - if broken { 0.25 } else { 0.12 };
            self.answer(
                survey,
                Moment {
                    touchpoint: "checkout",
                    channel: "in_app",
                    at,
                },
                topic,
                quality,
            );
        }
        if broken && self.chance.happens(0.25) {
            self.habit = Habit::Gone;
        }
    }

    fn choose_plan(&mut self) -> (&'static str, i64) {
        if self.chance.happens(self.customer.persona.team_plan) {
            let large = self.customer.persona.name == "enterprise";
            (
                "team",
                1 + self.chance.streak(if large { 0.6 } else { 0.15 }, 5),
            )
        } else {
            ("pro", 1)
        }
    }

    fn price(&self, plan: &str, day: i64) -> i64 {
        match (plan, self.world.story.price_rise(day)) {
            ("pro", false) => 12,
            ("pro", true) => 15,
            (_, false) => 49,
            (_, true) => 59,
        }
    }

    fn another_plan(&mut self, plan: &str) -> Option<&'static str> {
        match plan {
            "pro" if self.customer.activity > 1.1 => self.chance.happens(0.045).then_some("team"),
            "team" if self.mood < 0.75 => self.chance.happens(0.03).then_some("pro"),
            _ => None,
        }
    }

    fn reason_to_leave(&mut self, day: i64) -> Option<&'static str> {
        if self.world.story.price_rise(day) && !self.took_price_rise {
            self.took_price_rise = true;
            self.mood -= 0.08;
            if self
                .chance
                .happens(0.17 * self.customer.persona.price_sensitivity)
            {
                return Some("price");
            }
        }
        let unused = if self.habit == Habit::Gone { 0.3 } else { 0.0 };
        let unhappy = if self.mood < 0.6 { 0.1 } else { 0.0 };
        if !self.chance.happens(0.035 + unused + unhappy) {
            return None;
        }
        match self.grievance {
            Grievance::Bug if self.chance.happens(0.6) => return Some("bug"),
            Grievance::Support if self.chance.happens(0.6) => return Some("support"),
            _ => {}
        }
        let reasons = [
            "no_longer_needed",
            "missing_feature",
            "competitor",
            "price",
            "bug",
            "support",
        ];
        Some(reasons[self.chance.weighted([32.0, 24.0, 20.0, 10.0, 8.0, 6.0])])
    }

    fn cancel(&mut self, paid: &Subscription, at: i64, reason: &'static str) {
        if at >= self.end {
            self.paid = Some(paid.clone());
            return;
        }
        self.session += 1;
        self.event("plan_cancelled", at, &[Property::Text("plan", paid.plan)]);
        let ended_at = self.clock;
        self.book(paid, Some((ended_at, reason)));
        if self.chance.happens(0.85) {
            self.habit = Habit::Gone;
        }
        if self.chance.happens(0.6) {
            let at = ended_at + self.chance.between(1, 60) * MINUTE;
            let quality = (self.mood - 0.3).min(0.6);
            let rise = self.world.story.price_rise(ended_at.div_euclid(DAY));
            let topic = if reason == "price" && !rise {
                Topic::Price
            } else {
                Topic::Leaving(reason)
            };
            let moment = Moment {
                touchpoint: "renewal",
                channel: "in_app",
                at,
            };
            self.answer(Survey::Nps, moment, topic, quality);
        }
    }
}
