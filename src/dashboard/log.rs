//! What happened, newest last, and the one line of it that is on screen for a moment.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Zoned;

use super::event::{Level, Notice, Now};

/// Lines kept; older ones are forgotten.
const KEPT: usize = 1_000;

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The lines, oldest first.
    pub lines: VecDeque<Line>,
    /// How many lines the reader has scrolled up from the end.
    pub scrolled: usize,
}

/// One line of the log.
#[derive(Clone, Debug)]
pub struct Line {
    /// When it happened; when it last happened, if it did so more than once.
    pub at: Zoned,
    /// What happened.
    pub notice: Notice,
    /// How many times in a row.
    pub times: u32,
}

/// A notice that is on screen for a moment.
#[derive(Clone, Debug)]
pub struct Toast {
    /// What to say.
    pub notice: Notice,
    /// When it goes away.
    pub until: Instant,
}

impl Log {
    /// Adds a line; the same again only counts up.
    pub fn add(&mut self, notice: Notice, now: &Now) {
        if let Some(last) = self.lines.back_mut().filter(|last| last.notice == notice) {
            last.times = last.times.saturating_add(1);
            last.at = now.wall.clone();
            return;
        }
        self.lines.push_back(Line {
            at: now.wall.clone(),
            notice,
            times: 1,
        });
        if self.scrolled > 0 {
            // The reader keeps looking at the same lines.
            self.scrolled += 1;
        }
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
        self.scrolled = self.scrolled.min(self.lines.len().saturating_sub(1));
    }
}

impl Toast {
    /// Returns a toast that stays long enough to be read.
    #[must_use]
    pub fn new(notice: Notice, now: &Now) -> Self {
        let seconds = if notice.level == Level::Info { 4 } else { 8 };
        Self {
            notice,
            until: now.instant + Duration::from_secs(seconds),
        }
    }
}

impl Notice {
    /// Returns a notice worth knowing.
    pub fn info(text: impl Into<String>) -> Self {
        Self {
            level: Level::Info,
            text: text.into(),
        }
    }

    /// Returns a notice that something does not work as it should.
    pub fn warning(text: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            text: text.into(),
        }
    }

    /// Returns a notice that something failed.
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            text: text.into(),
        }
    }
}
