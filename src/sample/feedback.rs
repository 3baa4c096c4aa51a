//! Answering surveys: how good something was becomes a score, and now and then a few words.

use super::chance::whole;
use super::comments;
use super::journey::Journey;
use super::page::Sheet;
use super::phrases::Feeling;
use super::record::{self, Answer, Survey};

/// What a comment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// The first steps.
    Onboarding,
    /// Paying.
    Checkout,
    /// Paying on Android while that was broken.
    CheckoutBroken,
    /// Help.
    Support,
    /// Help that took a day.
    SlowSupport,
    /// The app.
    Product,
    /// What the app should learn.
    FeatureRequest,
    /// What it costs.
    Price,
    /// That it costs more now.
    PriceRise,
    /// Having it for another month.
    Renewal,
    /// The reason for cancelling.
    Leaving(&'static str),
}

/// When and where a survey is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// What it is about: `onboarding`, `checkout`, `support`, `product` or `renewal`.
    pub(super) touchpoint: &'static str,
    /// Where it is asked: in the app, or by the support desk that helped.
    pub(super) channel: &'static str,
    /// When.
    pub(super) at: i64,
}

impl Journey<'_> {
    /// Answers the survey that is sent every two months.
    pub(super) fn relationship_survey(&mut self, at: i64, day: i64) {
        let dear =
            self.paid.is_some() && self.world.story.price_rise(day) && self.chance.happens(0.3);
        let topic = match self.chance.weighted([64.0, 26.0, 5.0]) {
            _ if dear => Topic::PriceRise,
            0 => Topic::Product,
            1 => Topic::FeatureRequest,
            _ if self.world.story.price_rise(day) => Topic::PriceRise,
            _ => Topic::Price,
        };
        let survey = if self.chance.happens(0.82) {
            Survey::Nps
        } else {
            Survey::Csat
        };
        let onboarded = if self.onboarded { 0.03 } else { -0.07 };
        let quality = self.mood + onboarded - if dear { 0.12 } else { 0.0 };
        self.answer(
            survey,
            Moment {
                touchpoint: "product",
                channel: "in_app",
                at,
            },
            topic,
            quality,
        );
    }

    /// Answers a survey about the team whose work the touchpoint is.
    pub(super) fn answer(&mut self, survey: Survey, moment: Moment, topic: Topic, quality: f64) {
        let team = match moment.touchpoint {
            "checkout" => "payments",
            "product" => "core",
            _ => "success",
        };
        self.answer_about(team, survey, moment, topic, quality);
    }

    /// Answers a survey about this team.
    pub(super) fn answer_about(
        &mut self,
        team: &'static str,
        survey: Survey,
        moment: Moment,
        topic: Topic,
        quality: f64,
    ) {
        if moment.at >= self.end {
            return;
        }
        let noise = self.chance.normal();
        let exact = match survey {
            Survey::Nps => quality * 11.6 - 0.5 + noise * 1.15,
            Survey::Csat => quality * 5.0 + 0.35 + noise * 0.55,
            Survey::Ces => quality * 7.0 + 0.3 + noise * 0.8,
        };
        let (_, scale_max) = survey.scale();
        let lowest = i64::from(survey != Survey::Nps);
        let score = whole(exact + 0.5).clamp(lowest, scale_max);
        let comment = if self.chance.happens(comments::likelihood(topic)) {
            comments::compose(topic, feeling(survey, score), &mut self.chance)
        } else {
            String::new()
        };
        let answer = Answer {
            survey,
            score,
            comment,
            touchpoint: moment.touchpoint,
            channel: moment.channel,
            team,
        };
        let (id, calendar, at) = (&self.customer.id, &self.world.calendar, moment.at);
        self.page.add(Sheet::Surveys, at, |out| {
            record::answer(id, &answer, at, calendar, out);
        });
    }
}

fn feeling(survey: Survey, score: i64) -> Feeling {
    let (bad, good) = match survey {
        Survey::Nps => (6, 9),
        Survey::Csat => (2, 4),
        Survey::Ces => (3, 6),
    };
    if score <= bad {
        Feeling::Bad
    } else if score >= good {
        Feeling::Good
    } else {
        Feeling::Mixed
    }
}
