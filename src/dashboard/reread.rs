//! Opening dashboards, and taking in an edited query folder: what did not change stays as it is.

use super::event::{Notice, Request};
use super::state::State;
use super::tile::Tile;
use super::{Dashboard, Detail, View};
use crate::error::{Error, Kind};
use crate::panels::Panel;
use crate::queries::{DashboardFile, JourneyFile, Kind as QueryKind, QueryFile, Workspace};

impl Dashboard {
    /// Opens the dashboard of this name, else the one called `overview`, else the first.
    pub(super) fn open_first(&mut self, name: Option<&str>) {
        let dashboards = &self.workspace.dashboards;
        let called = |name: &str| dashboards.iter().find(|file| file.name == name);
        let file = name
            .and_then(called)
            .or_else(|| called("overview"))
            .or_else(|| dashboards.first());
        let file = file.cloned();
        if let (Some(name), Some(file)) = (name, &file)
            && file.name != name
        {
            let text = format!("there is no dashboard `{name}`; this is `{}`", file.name);
            self.say(Notice::warning(text));
        }
        self.place(file);
        self.log_problems(&[]);
    }

    pub(super) fn open_dashboard(&mut self, index: usize) -> Vec<Request> {
        let Some(file) = self.workspace.dashboards.get(index).cloned() else {
            return Vec::new();
        };
        self.leave_detail();
        self.view = View::Dashboard;
        let mut requests: Vec<Request> = (0..self.tiles.len())
            .filter_map(|index| self.cancel(index))
            .collect();
        self.focus = 0;
        self.scroll = 0;
        self.choices.clear();
        self.place(Some(file));
        requests.extend(self.ask((0..self.tiles.len()).collect()));
        requests
    }

    /// Lays out the panels of a dashboard file, unasked.
    fn place(&mut self, file: Option<DashboardFile>) {
        self.tiles = file.as_ref().map(tiles_of).unwrap_or_default();
        self.file = file;
        for index in 0..self.tiles.len() {
            self.learn(index);
        }
    }

    /// Takes over what a panel's query says about itself. A broken query leaves the last good words in place.
    fn learn(&mut self, index: usize) {
        let said = self.query(index).map(|query| {
            let asked = self.workspace.asked_with(query);
            let tables = asked.flat_map(|query| query.shape.tables.clone()).collect();
            (query.header.clone(), tables)
        });
        match said {
            Ok((header, tables)) => {
                self.tiles[index].header = header;
                self.tiles[index].reads = tables;
            }
            Err(error) => {
                self.fail(index, error);
            }
        }
    }

    /// Takes in the query folder as it is now. Panels whose query, parameters or macros changed are asked again.
    pub(super) fn reread(&mut self, workspace: Workspace) -> Vec<Request> {
        let old = std::mem::replace(&mut self.workspace, workspace);
        let all = lib_text(&old) != lib_text(&self.workspace)
            || old.config.timezone != self.workspace.config.timezone
            || old.config.week_start != self.workspace.config.week_start
            || old.config.today != self.workspace.config.today;
        let known = problems(&old);
        self.log_problems(&known);
        let kept = self.replace_tiles();
        let mut requests: Vec<Request> = kept.dropped.into_iter().map(Request::Cancel).collect();
        let mut ask = Vec::new();
        for (index, kept) in kept.tiles.iter().enumerate() {
            let name = &self.tiles[index].place.query;
            let edited = differs(old.query(name), self.workspace.query(name))
                || (self.tiles[index].header.kind == QueryKind::Journey
                    && map_differs(&old, &self.workspace));
            // A list of customers was made from the text and the macros that were there before.
            if (all || edited) && self.tiles[index].leave_list() {
                self.arrange(index);
            }
            if edited {
                self.learn(index);
            }
            if all || edited || *kept == Kept::New {
                ask.push(index);
            } else if old.annotations != self.workspace.annotations {
                self.redraw(index);
            }
        }
        if !ask.is_empty() {
            let names: Vec<&str> = ask
                .iter()
                .map(|index| self.tiles[*index].place.query.as_str())
                .collect();
            let notice = Notice::info(format!("the query folder changed: {}", names.join(", ")));
            self.log.add(notice, &self.now);
        }
        requests.extend(self.ask(ask));
        requests
    }

    /// Replaces the panels by those of the dashboard file as it is now; panels that are still there keep their answers.
    fn replace_tiles(&mut self) -> Replaced {
        let name = self.file.as_ref().map(|file| file.name.clone());
        let mut file = self
            .workspace
            .dashboards
            .iter()
            .find(|file| Some(&file.name) == name.as_ref())
            .cloned();
        let vanished = file.is_none() && !self.workspace.problems.is_empty();
        let broken = file
            .as_ref()
            .is_some_and(|file| file.rows.is_empty() && !file.problems.is_empty());
        if (vanished || broken) && self.file.is_some() {
            // Most likely half-written or mistyped, not emptied or deleted: what was there stays.
            file.clone_from(&self.file);
        }
        let file = file.or_else(|| self.workspace.dashboards.first().cloned());
        let mut old: Vec<Option<Tile>> = std::mem::take(&mut self.tiles)
            .into_iter()
            .map(Some)
            .collect();
        let focused = old
            .get(self.focus)
            .and_then(Option::as_ref)
            .map(|tile| tile.place.clone());
        let mut tiles = Vec::new();
        let fresh = file.as_ref().map(tiles_of).unwrap_or_default();
        self.tiles = fresh;
        for (index, tile) in self.tiles.iter_mut().enumerate() {
            let same = |old: &Tile| {
                old.place.query == tile.place.query && old.place.params == tile.place.params
            };
            let found = old
                .iter_mut()
                .find(|old| old.as_ref().is_some_and(same))
                .and_then(Option::take);
            tiles.push(if found.is_some() {
                Kept::Old
            } else {
                Kept::New
            });
            if let Some(found) = found {
                if Some(&found.place) == focused.as_ref() {
                    self.focus = index;
                }
                *tile = found.moved_to(tile.clone());
            }
        }
        self.file = file;
        self.focus = self.focus.min(self.tiles.len().saturating_sub(1));
        if self.tiles.is_empty() {
            self.detail = Detail::Grid;
        }
        for (index, kept) in tiles.iter().enumerate() {
            if *kept == Kept::New {
                self.learn(index);
            }
        }
        let dropped = old
            .iter()
            .flatten()
            .filter_map(|tile| Some(tile.state.run()?.ticket))
            .collect();
        Replaced { tiles, dropped }
    }

    /// Draws an answer again from its numbers, because the notes on trends have changed.
    fn redraw(&mut self, index: usize) {
        let context = crate::panels::Context {
            today: self.today(),
            annotations: &self.workspace.annotations,
        };
        let header = self.tiles[index].header.clone();
        if let State::Fresh(answer) | State::Stale(answer) = &mut self.tiles[index].state
            && let Ok(panel) = Panel::from_table(&header, answer.panel.grid(), &context)
        {
            answer.panel = panel;
        }
        self.arrange(index);
    }

    /// Logs what is wrong with the query folder and was not known before; what no panel shows is said as well.
    fn log_problems(&mut self, known: &[Error]) {
        for error in problems(&self.workspace) {
            if known.contains(&error) {
                continue;
            }
            let text = self.told(&error);
            self.say(Notice::error(text.lines().next().unwrap_or_default()));
            self.log.add(Notice::error(text), &self.now);
        }
    }
}

/// Whether a panel was there before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Old,
    New,
}

struct Replaced {
    tiles: Vec<Kept>,
    dropped: Vec<super::Ticket>,
}

fn tiles_of(file: &DashboardFile) -> Vec<Tile> {
    let rows = file.rows.iter().enumerate();
    rows.flat_map(|(row, line)| {
        line.panels
            .iter()
            .map(move |place| Tile::new(place.clone(), row, line.height))
    })
    .collect()
}

fn lib_text(workspace: &Workspace) -> Vec<&str> {
    workspace
        .lib
        .iter()
        .map(|file| file.text.as_str())
        .collect()
}

/// A query's state counts too: an unchanged file can break with a macro it uses.
fn differs(old: Option<&QueryFile>, new: Option<&QueryFile>) -> bool {
    let said = |file: &QueryFile| (file.text.clone(), file.state.clone());
    old.map(said) != new.map(said)
}

/// Tells whether the journey map or a query that gives one of its numbers is another.
fn map_differs(old: &Workspace, new: &Workspace) -> bool {
    let mut names = new.journey.iter().flat_map(JourneyFile::queries);
    old.journey != new.journey || names.any(|name| differs(old.query(name), new.query(name)))
}

/// Returns what is wrong with files that have no panel to say so: dashboards, macros, settings.
fn problems(workspace: &Workspace) -> Vec<Error> {
    let dashboards = workspace.dashboards.iter().flat_map(|file| &file.problems);
    let lib = workspace.lib.iter().filter_map(|file| file.error.as_ref());
    let journey = workspace.journey.iter().flat_map(|file| &file.problems);
    workspace
        .problems
        .iter()
        .chain(journey)
        .chain(dashboards)
        .chain(lib)
        .filter(|error| error.kind != Kind::Goal)
        .cloned()
        .collect()
}
