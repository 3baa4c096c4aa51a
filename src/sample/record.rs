//! How one record of each file is written. Events are most of the sample, so they are put together by hand.

use super::calendar::Calendar;
use super::customer::{Customer, Platform};
use super::page::Sheet;

impl Sheet {
    /// Returns the file's name; events have one file a month.
    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Surveys => "surveys.csv",
            Self::Tickets => "tickets.csv",
            Self::Subscriptions => "subscriptions.csv",
            Self::Customers => "customers.csv",
        }
    }

    /// Returns the first line of the file.
    pub(super) fn header(self) -> &'static str {
        match self {
            Self::Events => "",
            Self::Surveys => {
                "customer_id,survey,score,scale_max,comment,touchpoint,channel,team,ts\n"
            }
            Self::Tickets => {
                "ticket_id,customer_id,created_at,first_response_at,solved_at,category,channel,team,priority,status,\
                 reopens,replies,satisfaction\n"
            }
            Self::Subscriptions => "customer_id,plan,mrr,started_at,ended_at,ended_reason\n",
            Self::Customers => {
                "customer_id,country,plan,persona,acquisition_channel,platform,signed_up_at\n"
            }
        }
    }
}

/// One property of an event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Property {
    /// Plain text that JSON need not escape.
    Text(&'static str, &'static str),
    /// An amount of money in whole euros.
    Euros(&'static str, i64),
}

/// One time somebody uses the app.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    /// The customer's number.
    pub(super) customer: u64,
    /// A letter for one who only visits, otherwise nothing.
    pub(super) visitor: &'static str,
    /// The how manyth time.
    pub(super) number: u32,
}

/// What every event of one session shares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    /// Who acts.
    pub(super) id: &'a str,
    /// The session, if a person acts; a bill is paid without one.
    pub(super) session: Option<Session>,
    /// Where.
    pub(super) platform: Platform,
    /// How the customer came to us.
    pub(super) channel: &'static str,
}

/// Writes an event as one line of JSON.
pub(super) fn event(
    scene: Scene<'_>,
    name: &str,
    at: i64,
    properties: &[Property],
    calendar: &Calendar,
    out: &mut Vec<u8>,
) {
    let mut text = |part: &str| out.extend_from_slice(part.as_bytes());
    text("{\"customer_id\":\"");
    text(scene.id);
    text("\",\"event\":\"");
    text(name);
    text("\",\"ts\":\"");
    calendar.write(at, out);
    if let Some(session) = scene.session {
        out.extend_from_slice(b"\",\"session_id\":\"s");
        number(session.customer, out);
        out.extend_from_slice(session.visitor.as_bytes());
        out.push(b'-');
        number(u64::from(session.number), out);
    }
    for part in [
        "\",\"platform\":\"",
        scene.platform.name(),
        "\",\"channel\":\"",
        scene.channel,
        "\"",
    ] {
        out.extend_from_slice(part.as_bytes());
    }
    for property in properties {
        match property {
            Property::Text(key, value) => {
                for part in [",\"", key, "\":\"", value, "\""] {
                    out.extend_from_slice(part.as_bytes());
                }
            }
            Property::Euros(key, euros) => {
                for part in [",\"", key, "\":"] {
                    out.extend_from_slice(part.as_bytes());
                }
                number(euros.unsigned_abs(), out);
                out.extend_from_slice(b".0");
            }
        }
    }
    out.push(b'}');
}

/// An answer to a survey.
#[derive(Debug)]
pub(super) struct Answer {
    /// `nps`, `csat` or `ces`.
    pub(super) survey: Survey,
    /// The score.
    pub(super) score: i64,
    /// What the customer wrote; often nothing.
    pub(super) comment: String,
    /// What it was about.
    pub(super) touchpoint: &'static str,
    /// Where it was asked.
    pub(super) channel: &'static str,
    /// Whose work it was about.
    pub(super) team: &'static str,
}

/// The surveys that are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Survey {
    /// "Would you recommend us?", 0 to 10.
    Nps,
    /// "How satisfied are you?", 1 to 5.
    Csat,
    /// "They made it easy", 1 to 7.
    Ces,
}

impl Survey {
    /// Returns the name in the file and the highest score.
    pub(super) fn scale(self) -> (&'static str, i64) {
        match self {
            Self::Nps => ("nps", 10),
            Self::Csat => ("csat", 5),
            Self::Ces => ("ces", 7),
        }
    }
}

/// A request for help.
#[derive(Debug)]
pub(super) struct Ticket {
    /// The id.
    pub(super) id: String,
    /// When it was opened.
    pub(super) created_at: i64,
    /// When somebody answered, if somebody has.
    pub(super) first_response_at: Option<i64>,
    /// When it was solved, if it is.
    pub(super) solved_at: Option<i64>,
    /// What it is about, and whose work that is.
    pub(super) category: (&'static str, &'static str),
    /// `chat`, `email` or `phone`.
    pub(super) channel: &'static str,
    /// `low`, `normal`, `high` or `urgent`.
    pub(super) priority: &'static str,
    /// How often it came back.
    pub(super) reopens: i64,
    /// How many answers it took.
    pub(super) replies: i64,
    /// `good`, `bad` or nothing.
    pub(super) satisfaction: &'static str,
}

/// Writes an answer as one line of CSV.
pub(super) fn answer(id: &str, answer: &Answer, at: i64, calendar: &Calendar, out: &mut Vec<u8>) {
    let (survey, scale_max) = answer.survey.scale();
    field(id, out);
    field(survey, out);
    number(answer.score.unsigned_abs(), out);
    out.push(b',');
    number(scale_max.unsigned_abs(), out);
    out.push(b',');
    quoted(&answer.comment, out);
    field(answer.touchpoint, out);
    field(answer.channel, out);
    field(answer.team, out);
    calendar.write(at, out);
}

/// Writes a ticket as one line of CSV.
pub(super) fn ticket(id: &str, ticket: &Ticket, calendar: &Calendar, out: &mut Vec<u8>) {
    let status = match (ticket.first_response_at, ticket.solved_at) {
        (_, Some(_)) => "solved",
        (Some(_), None) => "pending",
        (None, None) => "open",
    };
    field(&ticket.id, out);
    field(id, out);
    moment(Some(ticket.created_at), calendar, out);
    moment(ticket.first_response_at, calendar, out);
    moment(ticket.solved_at, calendar, out);
    field(ticket.category.0, out);
    field(ticket.channel, out);
    field(ticket.category.1, out);
    field(ticket.priority, out);
    field(status, out);
    number(ticket.reopens.unsigned_abs(), out);
    out.push(b',');
    number(ticket.replies.unsigned_abs(), out);
    out.push(b',');
    out.extend_from_slice(ticket.satisfaction.as_bytes());
}

/// A plan that is or was paid for.
#[derive(Clone, Debug)]
pub(super) struct Subscription {
    /// `pro` or `team`.
    pub(super) plan: &'static str,
    /// How many teams it covers.
    pub(super) seats: i64,
    /// What is paid a month, in euros.
    pub(super) monthly_euros: i64,
    /// The first payment.
    pub(super) started_at: i64,
    /// The next payment.
    pub(super) renews_at: i64,
}

/// Writes a subscription as one line of CSV; one that ended for no reason gave way to another plan.
pub(super) fn subscription(
    id: &str,
    paid: &Subscription,
    ended: Option<(i64, &str)>,
    calendar: &Calendar,
    out: &mut Vec<u8>,
) {
    field(id, out);
    field(paid.plan, out);
    number(paid.monthly_euros.unsigned_abs(), out);
    out.extend_from_slice(b".0,");
    moment(Some(paid.started_at), calendar, out);
    moment(ended.map(|ended| ended.0), calendar, out);
    out.extend_from_slice(ended.map_or("", |ended| ended.1).as_bytes());
}

/// Writes a customer as one line of CSV.
pub(super) fn customer(customer: &Customer, plan: &str, calendar: &Calendar, out: &mut Vec<u8>) {
    let platform = customer.platform.name();
    for value in [
        &customer.id,
        customer.country,
        plan,
        customer.persona.name,
        customer.channel,
        platform,
    ] {
        field(value, out);
    }
    calendar.write(customer.signed_up_at, out);
}

fn field(value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(value.as_bytes());
    out.push(b',');
}

fn moment(at: Option<i64>, calendar: &Calendar, out: &mut Vec<u8>) {
    if let Some(at) = at {
        calendar.write(at, out);
    }
    out.push(b',');
}

fn quoted(value: &str, out: &mut Vec<u8>) {
    if value.contains([',', '"']) {
        out.push(b'"');
        out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(value.as_bytes());
    }
    out.push(b',');
}

fn number(value: u64, out: &mut Vec<u8>) {
    let mut unit = 1;
    while value / unit >= 10 {
        unit *= 10;
    }
    while unit > 0 {
        out.push(b'0' + u8::try_from(value / unit % 10).unwrap_or_default());
        unit /= 10;
    }
}
