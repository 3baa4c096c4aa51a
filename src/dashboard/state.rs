//! How far a panel's question has come. One enum, so that a panel cannot be fresh and failed at once.

use std::time::{Duration, Instant};

use jiff::Zoned;

use super::event::{Now, Ticket};
use crate::error::Error;
use crate::panels::Panel;
use crate::store::Table;

/// A query that runs longer than this says so; quicker ones would only make the title flicker.
pub const QUIET_FOR: Duration = Duration::from_millis(300);

/// How far a panel's question has come.
#[derive(Clone, Debug)]
pub enum State {
    /// Not asked yet: there is no data to ask about.
    Waiting,
    /// Asked for the first time.
    Running(Run),
    /// Answered, and nothing has changed since.
    Fresh(Answer),
    /// Asked again; what was there stays on screen.
    Refreshing(Run, Last),
    /// Answered, but the data has changed since.
    Stale(Answer),
    /// The user stopped the query; what was there stays on screen.
    Stopped(Option<Answer>),
    /// The query or its file is broken; the last good answer is kept.
    Failed(Failure),
}

/// What a panel showed before it was asked again.
#[derive(Clone, Debug)]
pub enum Last {
    /// An answer.
    Answer(Answer),
    /// An error.
    Failure(Failure),
}

/// A question on its way.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Names the question.
    pub ticket: Ticket,
    /// When it was asked, or when a worker began with it.
    pub since: Instant,
}

/// A good answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The answer, ready to draw.
    pub panel: Panel,
    /// When it came.
    pub at: Zoned,
    /// How long the query ran.
    pub elapsed: Duration,
}

/// A broken query, or an answer that its panel cannot draw.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What is wrong.
    pub error: Error,
    /// When it was noticed.
    pub at: Zoned,
    /// The last good answer.
    pub answer: Option<Answer>,
}

impl State {
    /// Returns the question on its way, if one is.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        match self {
            Self::Running(run) | Self::Refreshing(run, _) => Some(run),
            _ => None,
        }
    }

    /// Returns the newest good answer.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Waiting | Self::Running(_) => None,
            Self::Fresh(answer)
            | Self::Stale(answer)
            | Self::Refreshing(_, Last::Answer(answer)) => Some(answer),
            Self::Stopped(answer) => answer.as_ref(),
            Self::Failed(failure) | Self::Refreshing(_, Last::Failure(failure)) => {
                failure.answer.as_ref()
            }
        }
    }

    /// Returns what is wrong, if something is.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) | Self::Refreshing(_, Last::Failure(failure)) => Some(failure),
            _ => None,
        }
    }

    /// Returns the state after the question was asked.
    #[must_use]
    pub fn asked(self, run: Run) -> Self {
        match self {
            Self::Waiting | Self::Running(_) | Self::Stopped(None) => Self::Running(run),
            Self::Fresh(answer) | Self::Stale(answer) | Self::Stopped(Some(answer)) => {
                Self::Refreshing(run, Last::Answer(answer))
            }
            Self::Refreshing(_, last) => Self::Refreshing(run, last),
            Self::Failed(failure) => Self::Refreshing(run, Last::Failure(failure)),
        }
    }

    /// Returns the state after something went wrong; the last good answer is kept.
    #[must_use]
    pub fn failed(self, error: Error, now: &Now) -> Self {
        Self::Failed(Failure {
            error,
            at: now.wall.clone(),
            answer: self.into_answer(),
        })
    }

    /// Returns the state after the user stopped the question; without one nothing changes.
    #[must_use]
    pub fn stopped(self) -> Self {
        match self {
            Self::Running(_) => Self::Stopped(None),
            Self::Refreshing(_, Last::Answer(answer)) => Self::Stopped(Some(answer)),
            Self::Refreshing(_, Last::Failure(failure)) => Self::Failed(failure),
            other => other,
        }
    }

    /// Returns the state after the data has changed: an answer is stale from now on.
    #[must_use]
    pub fn outdated(self) -> Self {
        match self {
            Self::Fresh(answer) => Self::Stale(answer),
            other => other,
        }
    }

    fn into_answer(self) -> Option<Answer> {
        match self {
            Self::Waiting | Self::Running(_) => None,
            Self::Fresh(answer)
            | Self::Stale(answer)
            | Self::Refreshing(_, Last::Answer(answer)) => Some(answer),
            Self::Stopped(answer) => answer,
            Self::Failed(failure) | Self::Refreshing(_, Last::Failure(failure)) => failure.answer,
        }
    }
}

impl Run {
    /// Returns how long the question has been on its way, in whole seconds; none while it is too young to mention.
    #[must_use]
    pub fn seconds(&self, now: Instant) -> Option<u64> {
        let age = now.saturating_duration_since(self.since);
        (age >= QUIET_FOR).then_some(age.as_secs())
    }

    /// Returns when what is shown about the question changes next.
    #[must_use]
    pub fn next_change(&self, now: Instant) -> Instant {
        match self.seconds(now) {
            None => self.since + QUIET_FOR,
            Some(seconds) => self.since + Duration::from_secs(seconds + 1),
        }
    }
}

impl Answer {
    /// Returns the numbers behind the picture.
    #[must_use]
    pub fn table(&self) -> &Table {
        self.panel.grid()
    }
}
