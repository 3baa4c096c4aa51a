//! Asking for help: tickets by chat, email and phone, how long an answer takes, and what the wait does to people.

use super::calendar::{DAY, MINUTE};
use super::chance::hours;
use super::feedback::{Moment, Topic};
use super::journey::{Grievance, Journey};
use super::page::Sheet;
use super::record::{self, Property, Survey, Ticket};

/// What a ticket is about, whose work that is, and how often it comes up.
const CATEGORIES: [(&str, &str, f64); 6] = [
    ("how_to", "success", 30.0),
    ("bug", "core", 24.0),
    ("feature_request", "core", 18.0),
    ("billing", "payments", 14.0),
    ("account", "success", 10.0),
    ("checkout", "payments", 4.0),
];

/// Desk, how many go there, hours to the first answer, hours from there to the solution.
const DESKS: [(&str, f64, f64, f64); 3] = [
    ("chat", 42.0, 0.09, 1.4),
    ("email", 44.0, 3.0, 9.0),
    ("phone", 14.0, 0.05, 0.7),
];
/// Hours to the first answer by email once that desk fell behind.
const SLOW_EMAIL_HOURS: f64 = 26.0;

impl Journey<'_> {
    /// Opens a ticket about something.
    pub(super) fn ask_for_help(&mut self, at: i64) {
        let category = CATEGORIES[self
            .chance
            .weighted(CATEGORIES.iter().map(|category| category.2))];
        self.ask_about(at, (category.0, category.1));
    }

    /// Opens a ticket about this, of this team.
    pub(super) fn ask_about(&mut self, at: i64, category: (&'static str, &'static str)) {
        let desk = DESKS[self.chance.weighted(DESKS.iter().map(|desk| desk.1))];
        self.event(
            "ticket_opened",
            at,
            &[Property::Text("category", category.0)],
        );
        if self.clock >= self.end {
            return;
        }
        let created_at = self.clock;
        let slow = desk.0 == "email" && self.world.story.slow_email(created_at.div_euclid(DAY));
        let wait = if slow { SLOW_EMAIL_HOURS } else { desk.2 };
        let answered_at = created_at + hours(self.chance.skewed(wait, 0.5)).max(MINUTE / 2);
        let solved_at = answered_at + hours(self.chance.skewed(desk.3, 0.8)).max(MINUTE);
        let never_solved = self.chance.happens(0.03);
        let quality = 0.86 + self.chance.normal() * 0.15
            - if slow { 0.36 } else { 0.0 }
            - if category.0 == "bug" || category.0 == "checkout" {
                0.07
            } else {
                0.0
            };
        let solved_at =
            Some(solved_at).filter(|solved| *solved < self.known_until && !never_solved);
        let reopens = self.chance.streak(if slow { 0.14 } else { 0.07 }, 3);
        let replies = 1 + reopens + self.chance.streak(0.42, 6);
        let ratings = if self.chance.happens((quality * 2.2 - 0.8).clamp(0.05, 0.96)) {
            "good"
        } else {
            "bad"
        };
        let rated = solved_at.is_some() && self.chance.happens(0.5);
        let first_response_at = Some(answered_at).filter(|answered| *answered < self.known_until);
        let priority = self.priority(category.0);
        self.tickets += 1;
        let ticket = Ticket {
            id: format!("t{:05}-{}", self.customer.number, self.tickets),
            created_at,
            first_response_at,
            solved_at,
            category,
            channel: desk.0,
            priority,
            reopens: if solved_at.is_some() { reopens } else { 0 },
            replies: if first_response_at.is_some() {
                replies
            } else {
                0
            },
            satisfaction: if rated { ratings } else { "" },
        };
        let (id, calendar) = (&self.customer.id, &self.world.calendar);
        self.page.add(Sheet::Tickets, created_at, |out| {
            record::ticket(id, &ticket, calendar, out);
        });
        self.judge_support(&ticket, slow, quality);
    }

    /// What the customer makes of the help, and says about it.
    fn judge_support(&mut self, ticket: &Ticket, slow: bool, quality: f64) {
        self.mood = (self.mood + (quality - 0.78) * 0.35).clamp(0.1, 1.0);
        if quality < 0.55 {
            self.grievance = Grievance::Support;
        }
        let Some(solved_at) = ticket.solved_at else {
            return;
        };
        let topic = if slow {
            Topic::SlowSupport
        } else {
            Topic::Support
        };
        let surveys = [
            (Survey::Csat, 0.42),
            (Survey::Nps, 0.3),
            (Survey::Ces, 0.16),
        ];
        for (survey, share) in surveys {
            if self.chance.happens(share) {
                let at = solved_at + self.chance.between(5, 900) * MINUTE;
                let topic = match ticket.category.0 {
                    "feature_request" if survey == Survey::Ces => Topic::FeatureRequest,
                    "checkout" if self.grievance == Grievance::Bug => Topic::CheckoutBroken,
                    _ => topic,
                };
                let moment = Moment {
                    touchpoint: "support",
                    channel: ticket.channel,
                    at,
                };
                self.answer_about(ticket.category.1, survey, moment, topic, quality);
            }
        }
    }

    fn priority(&mut self, category: &str) -> &'static str {
        let weights = match category {
            "checkout" | "billing" => [5.0, 45.0, 38.0, 12.0],
            "bug" => [14.0, 52.0, 27.0, 7.0],
            "feature_request" => [64.0, 34.0, 2.0, 0.0],
            _ => [38.0, 52.0, 9.0, 1.0],
        };
        ["low", "normal", "high", "urgent"][self.chance.weighted(weights)]
    }
}
