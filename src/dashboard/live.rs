//! Following the data: loading, changed tables, pause, refresh, cancel.

use std::time::Duration;

use super::event::{Loaded, Notice, Rejected, Request};
use super::state::State;
use super::tile::Due;
use super::{Dashboard, Flow, Load};
use crate::store::{Progress, SourceHealth};

/// A load of new data that takes longer than this is shown.
const LONG: Duration = Duration::from_secs(1);

/// A second ctrl-c within this time quits.
const TWICE: Duration = Duration::from_secs(1);

impl Dashboard {
    pub(super) fn loading(&mut self, progress: Progress) -> Vec<Request> {
        match &mut self.load {
            Load::First(known) => *known = Some(progress),
            Load::Done { more, .. } => {
                *more = Some(progress).filter(|progress| progress.elapsed >= LONG);
            }
        }
        Vec::new()
    }

    /// Rows were committed: panels that read a changed table are asked again, all of them after the first load or when
    /// the day that queries call today has moved.
    pub(super) fn loaded(&mut self, loaded: Loaded) -> Vec<Request> {
        let first = loaded.first || matches!(self.load, Load::First(_));
        let today = self.calendar();
        self.latest = loaded.latest.or(self.latest);
        self.earliest = loaded.earliest.or(self.earliest);
        self.data.renew(loaded.sources);
        if first {
            self.log_first_load();
        }
        for note in loaded.notes {
            self.log.add(Notice::info(note.clone()), &self.now);
            self.say(Notice::info(note));
        }
        let before = match &self.load {
            Load::First(_) => None,
            Load::Done { changed, .. } => changed.clone(),
        };
        let changed = if loaded.changed.is_empty() {
            before
        } else {
            Some(self.now.wall.clone())
        };
        self.load = Load::Done {
            changed,
            more: None,
        };
        if first || today != self.calendar() {
            self.mark_changed(|_| true);
        } else {
            self.mark_changed(|tile| {
                loaded
                    .changed
                    .iter()
                    .any(|(table, _)| tile.reads.contains(&table.to_lowercase()))
            });
        }
        if let Flow::Paused { waiting } = &mut self.flow
            && !loaded.changed.is_empty()
        {
            *waiting += 1;
        }
        Vec::new()
    }

    fn log_first_load(&mut self) {
        let sum =
            |count: fn(&SourceHealth) -> u64| self.data.sources.iter().map(count).sum::<u64>();
        let (files, rows) = (sum(|source| source.file_count), sum(|source| source.rows));
        let rejects = sum(|source| source.rejects);
        self.log.add(
            Notice::info(format!(
                "loaded {rows} rows from {files} files, {rejects} rejects"
            )),
            &self.now,
        );
    }

    /// Marks panels whose data changed. A question on its way is left to end, so that a slow query under a steady
    /// stream of changes still answers.
    fn mark_changed(&mut self, concerned: impl Fn(&super::Tile) -> bool) {
        for index in 0..self.tiles.len() {
            if !concerned(&self.tiles[index]) {
                continue;
            }
            let waits = matches!(self.tiles[index].due, Some(Due::At(_)));
            if self.tiles[index].state.run().is_some() {
                self.tiles[index].due = Some(Due::AfterAnswer);
            } else if !waits {
                self.tiles[index].due = Some(Due::At(self.now.instant));
                self.change_state(index, State::outdated);
            }
        }
    }

    pub(super) fn pause(&mut self) -> Vec<Request> {
        self.flow = match self.flow {
            Flow::Live => Flow::Paused { waiting: 0 },
            Flow::Paused { .. } => Flow::Live,
        };
        Vec::new()
    }

    pub(super) fn refresh(&mut self) -> Vec<Request> {
        if self.tiles.is_empty() {
            Vec::new()
        } else {
            self.ask(vec![self.focus])
        }
    }

    pub(super) fn refresh_all(&mut self) -> Vec<Request> {
        let mut requests = vec![Request::Reload];
        requests.extend(self.ask((0..self.tiles.len()).collect()));
        requests
    }

    /// Cancels everything that runs; a second time within a second quits.
    pub(super) fn interrupt(&mut self) -> Vec<Request> {
        let now = self.now.instant;
        if self
            .interrupted
            .is_some_and(|before| now.saturating_duration_since(before) <= TWICE)
        {
            return vec![Request::Quit];
        }
        self.interrupted = Some(now);
        let mut requests: Vec<Request> = (0..self.tiles.len())
            .filter_map(|index| self.cancel(index))
            .collect();
        let text = match (&self.load, requests.len()) {
            (Load::First(_) | Load::Done { more: Some(_), .. }, _) => {
                requests.push(Request::StopLoading);
                "loading stopped; ctrl-c again quits".to_string()
            }
            (_, 0) => "nothing runs; ctrl-c again quits, or q".to_string(),
            (_, 1) => "cancelled; ctrl-c again quits".to_string(),
            (_, many) => format!("cancelled {many} queries; ctrl-c again quits"),
        };
        self.say(Notice::info(text));
        requests
    }

    pub(super) fn took_rejects(&mut self, table: &str, records: Vec<Rejected>) -> Vec<Request> {
        self.data.fill(table, records);
        Vec::new()
    }
}
