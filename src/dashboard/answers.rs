//! Questions to the database and their answers: what is asked, when, and what becomes of the panel.

use std::time::{Duration, Instant};

use super::event::{Notice, Question, Request, Ticket};
use super::filters::Choices;
use super::state::{Answer, Run, State};
use super::tile::Due;
use super::{Dashboard, Flow, Load};
use crate::error::{Error, Kind, nearest};
use crate::panels::Panel;
use crate::queries::SavedQuery;
use crate::store::Table;

/// Rows asked for at most; no screen shows more, and a query that returns more says so.
const ROWS: usize = 10_000;

/// A query that takes long rests as long before it is asked again, but never longer than this.
const LONGEST_REST: Duration = Duration::from_secs(10);

impl Dashboard {
    /// Asks these panels again, those on screen first. What they were asked before is replaced.
    pub(super) fn ask(&mut self, mut tiles: Vec<usize>) -> Vec<Request> {
        let visible: Vec<usize> = self.visible().collect();
        tiles.sort_by_key(|index| (!visible.contains(index), *index));
        tiles
            .into_iter()
            .filter_map(|index| self.ask_one(index))
            .collect()
    }

    fn ask_one(&mut self, index: usize) -> Option<Request> {
        if matches!(self.load, Load::First(_)) {
            return None;
        }
        self.tiles[index].due = None;
        match self.question(index) {
            Ok(question) => {
                let run = Run {
                    ticket: question.ticket,
                    since: self.now.instant,
                };
                self.change_state(index, |state| state.asked(run));
                Some(Request::Run(question))
            }
            Err(error) => self.fail(index, error),
        }
    }

    fn question(&mut self, index: usize) -> Result<Question, Error> {
        let query = self.query(index)?;
        let given = self.given(index);
        let mut bound = self.workspace.bind(query, &given, self.today())?;
        let (name, path) = (query.name.clone(), query.path.clone());
        let sql = match &self.tiles[index].behind {
            Some(behind) => {
                // The map says nothing about a list of customers.
                bound.legs.clear();
                behind.sql.clone()
            }
            None => query.text.clone(),
        };
        let ticket = self.ticket(index);
        Ok(Question {
            ticket,
            query: name,
            sql,
            path,
            bound,
            limit: ROWS,
        })
    }

    /// Returns the query of a panel, or why there is none.
    pub(super) fn query(&self, index: usize) -> Result<&SavedQuery, Error> {
        let name = &self.tiles[index].place.query;
        let Some(file) = self.workspace.query(name) else {
            let names = self
                .workspace
                .queries
                .iter()
                .map(|query| query.name.as_str());
            let help = nearest(name, names).map(|near| format!("did you mean `{near}`?"));
            let error = Error::data(format!("there is no query `{name}`")).rule("query");
            return Err(Error { help, ..error });
        };
        file.state.as_ref().map_err(Clone::clone)
    }

    pub(super) fn ticket(&mut self, panel: usize) -> Ticket {
        self.generation += 1;
        Ticket {
            panel,
            generation: self.generation,
        }
    }

    /// A worker has begun: from now on the query's own time counts, not the time it waited.
    pub(super) fn started(&mut self, ticket: Ticket) -> Vec<Request> {
        let now = self.now.instant;
        for tile in &mut self.tiles {
            if let State::Running(run) | State::Refreshing(run, _) = &mut tile.state
                && run.ticket == ticket
            {
                run.since = now;
            }
        }
        Vec::new()
    }

    /// Takes in an answer; one that nobody waits for any more is dropped.
    pub(super) fn answered(
        &mut self,
        ticket: Ticket,
        result: Result<Table, Error>,
        elapsed: Duration,
    ) -> Vec<Request> {
        let waiting = |tile: &super::Tile| tile.state.run().is_some_and(|run| run.ticket == ticket);
        let Some(index) = self.tiles.iter().position(waiting) else {
            self.answered_choices(ticket, result);
            return Vec::new();
        };
        let drawable = result.and_then(|table| {
            Panel::from_table(&self.tiles[index].header, &table, &self.context())
                .map_err(|error| self.in_file_of(index, error))
        });
        match drawable {
            Ok(panel) => self.succeed(
                index,
                Answer {
                    panel,
                    at: self.now.wall.clone(),
                    elapsed,
                },
            ),
            Err(error) if error.kind == Kind::Interrupted => {
                self.change_state(index, State::stopped);
            }
            Err(error) => {
                self.fail(index, error);
            }
        }
        if self.tiles[index].due == Some(Due::AfterAnswer) {
            self.tiles[index].due = Some(Due::At(self.now.instant + elapsed.min(LONGEST_REST)));
            self.change_state(index, State::outdated);
        }
        Vec::new()
    }

    fn succeed(&mut self, index: usize, answer: Answer) {
        if self.tiles[index].state.failure().is_some() {
            let title = self.tiles[index].title().to_string();
            self.log
                .add(Notice::info(format!("{title} works again")), &self.now);
        }
        self.change_state(index, |_| State::Fresh(answer));
    }

    /// Shows an error in its panel, and once in the log. Returns the question that it makes pointless, to be stopped.
    pub(super) fn fail(&mut self, index: usize, error: Error) -> Option<Request> {
        let state = &self.tiles[index].state;
        let stop = state.run().map(|run| Request::Cancel(run.ticket));
        let known = state
            .failure()
            .is_some_and(|failure| failure.error == error);
        if !known {
            let notice = Notice::error(format!(
                "{}: {}",
                self.tiles[index].title(),
                self.told(&error)
            ));
            self.log.add(notice, &self.now);
        }
        let now = self.now.clone();
        if known {
            self.change_state(index, State::stopped);
        } else {
            self.change_state(index, |state| state.failed(error, &now));
        }
        stop
    }

    /// Returns an error in words, its file named from the query folder.
    pub(super) fn told(&self, error: &Error) -> String {
        let place = error
            .place
            .as_ref()
            .map(|place| place.below(&self.workspace.root));
        Error {
            place,
            ..error.clone()
        }
        .to_string()
    }

    /// Errors about a result have no place in the text, but the reader needs to know the file.
    fn in_file_of(&self, index: usize, error: Error) -> Error {
        match (&error.place, self.query(index)) {
            (None, Ok(query)) => error.at(crate::error::Place::file(&query.path)),
            _ => error,
        }
    }

    /// Changes a panel's state and arranges its rows again.
    pub(super) fn change_state(&mut self, index: usize, change: impl FnOnce(State) -> State) {
        let state = std::mem::replace(&mut self.tiles[index].state, State::Waiting);
        self.tiles[index].state = change(state);
        self.arrange(index);
    }

    /// Arranges a panel's rows again.
    pub(super) fn arrange(&mut self, index: usize) {
        let context = crate::panels::Context {
            today: self.calendar().today,
            annotations: &self.workspace.annotations,
        };
        self.tiles[index].arrange(&context);
    }

    /// Stops a panel's question, if one is on its way.
    pub(super) fn cancel(&mut self, index: usize) -> Option<Request> {
        let ticket = self.tiles[index].state.run()?.ticket;
        self.tiles[index].due = None;
        self.change_state(index, State::stopped);
        Some(Request::Cancel(ticket))
    }

    /// Asks the panels that are due.
    pub(super) fn ask_due(&mut self) -> Vec<Request> {
        if self.flow != Flow::Live {
            return Vec::new();
        }
        let now = self.now.instant;
        let is_due =
            |index: &usize| matches!(self.tiles[*index].due, Some(Due::At(at)) if at <= now);
        let due: Vec<usize> = (0..self.tiles.len()).filter(is_due).collect();
        self.ask(due)
    }

    /// Returns when the next panel is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        if self.flow != Flow::Live || matches!(self.load, Load::First(_)) {
            return None;
        }
        let due = self.tiles.iter().filter_map(|tile| match tile.due {
            Some(Due::At(at)) => Some(at),
            _ => None,
        });
        due.min()
    }

    fn answered_choices(&mut self, ticket: Ticket, result: Result<Table, Error>) {
        let Some(choices) = self
            .choices
            .values_mut()
            .find(|choices| **choices == Choices::Asked(ticket))
        else {
            return;
        };
        *choices = match result {
            Ok(table) => Choices::Known(
                table
                    .columns
                    .into_iter()
                    .next()
                    .map(|column| column.values)
                    .unwrap_or_default(),
            ),
            Err(error) => Choices::Failed(error),
        };
    }
}
