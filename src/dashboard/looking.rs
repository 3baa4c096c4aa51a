//! Looking closer and stepping back: open, zoom, picture or numbers, sort, filter rows.

use super::arrange::{Order, Sort};
use super::data::Rejects;
use super::event::{Input, Notice, Request};
use super::state::State;
use super::tile::Picture;
use super::{Dashboard, Detail, Load, Typing, View};
use crate::panels::Panel;

impl Dashboard {
    /// Opens what is under the cursor: a menu's item, the panel's numbers, a source's rejects.
    pub(super) fn open_selected(&mut self) -> Vec<Request> {
        match (&self.typing, self.view) {
            (Typing::Menu(_), _) => self.choose(),
            (Typing::Rows, _) => {
                self.typing = Typing::Keys;
                Vec::new()
            }
            (Typing::Keys, View::Dashboard) => self.open_numbers(),
            (Typing::Keys, View::Data) => self.open_rejects(),
            (Typing::Keys, View::Log | View::Manual) => Vec::new(),
        }
    }

    fn open_numbers(&mut self) -> Vec<Request> {
        let index = self.focus;
        let Some(tile) = self.tiles.get_mut(index) else {
            return Vec::new();
        };
        if tile.state.failure().is_some() || tile.shown().is_none() {
            self.detail = Detail::Zoomed;
        } else if tile.behind.is_some() || matches!(self.detail, Detail::Numbers(_)) {
            return self.open_customers();
        } else if let Some(requests) = self.open_customers_of_picture() {
            return requests;
        } else if let Some(tile) = self.tiles.get_mut(index) {
            self.detail = Detail::Numbers(tile.picture);
            self.set_picture(index, Picture::Numbers);
        }
        Vec::new()
    }

    fn open_rejects(&mut self) -> Vec<Request> {
        let Some(source) = self
            .data
            .sources
            .get(self.data.row)
            .filter(|_| self.data.open.is_none())
        else {
            return Vec::new();
        };
        if source.rejects == 0 {
            let text = format!("{} has no rejects", source.table);
            return self.say(Notice::info(text));
        }
        let table = source.table.clone();
        self.data.open = Some(Rejects {
            table: table.clone(),
            records: None,
            row: 0,
        });
        vec![Request::Rejects(table)]
    }

    /// Goes one step back: closes what is open, cancels what visibly runs, leaves the zoom, drops cursor and filter.
    pub(super) fn back(&mut self) -> Vec<Request> {
        match std::mem::replace(&mut self.typing, Typing::Keys) {
            Typing::Menu(menu) => return self.back_from(&menu),
            Typing::Rows => return self.set_row_filter(String::new()),
            Typing::Keys => {}
        }
        match self.view {
            View::Dashboard => self.back_in_dashboard(),
            View::Data if self.data.open.is_some() => {
                self.data.open = None;
                Vec::new()
            }
            View::Data | View::Log => {
                self.view = View::Dashboard;
                Vec::new()
            }
            View::Manual => self.close_page(),
        }
    }

    fn back_in_dashboard(&mut self) -> Vec<Request> {
        if matches!(self.load, Load::First(_)) {
            return vec![Request::StopLoading];
        }
        let index = self.focus;
        let now = self.now.instant;
        let Some(tile) = self.tiles.get_mut(index) else {
            return Vec::new();
        };
        let runs_visibly = tile
            .state
            .run()
            .is_some_and(|run| run.seconds(now).is_some());
        if runs_visibly {
            let text = format!("cancelled: {}", tile.title());
            self.say(Notice::info(text));
            return self.cancel(index).into_iter().collect();
        }
        if let Some(requests) = self.close_customers() {
            return requests;
        }
        let Some(tile) = self.tiles.get_mut(index) else {
            return Vec::new();
        };
        if tile.mark.is_some() {
            tile.mark = None;
        } else if self.detail != Detail::Grid {
            return self.leave_detail();
        } else if !tile.rows_with.is_empty() {
            return self.set_row_filter(String::new());
        }
        Vec::new()
    }

    pub(super) fn zoom(&mut self) -> Vec<Request> {
        match (self.view, self.detail) {
            (View::Dashboard, Detail::Grid) if !self.tiles.is_empty() => {
                self.detail = Detail::Zoomed;
                Vec::new()
            }
            (View::Dashboard, _) => self.leave_detail(),
            _ => Vec::new(),
        }
    }

    pub(super) fn leave_detail(&mut self) -> Vec<Request> {
        if let Detail::Numbers(picture) = self.detail
            && let Some(tile) = self.tiles.get_mut(self.focus)
        {
            match &mut tile.behind {
                // The numbers that were open are under the list of customers.
                Some(behind) => behind.come_back_to(picture),
                None => self.set_picture(self.focus, picture),
            }
        }
        self.detail = Detail::Grid;
        Vec::new()
    }

    pub(super) fn switch_picture(&mut self) -> Vec<Request> {
        let Some(tile) = self.focused() else {
            return Vec::new();
        };
        let picture = match tile.picture {
            Picture::Usual => Picture::Numbers,
            Picture::Numbers => Picture::Usual,
        };
        self.set_picture(self.focus, picture);
        Vec::new()
    }

    /// Rows of a picture and rows of its table are not the same, so the cursor goes.
    fn set_picture(&mut self, index: usize, picture: Picture) {
        if self.tiles[index].picture != picture {
            self.tiles[index].picture = picture;
            self.tiles[index].mark = None;
            self.arrange(index);
        }
    }

    pub(super) fn sort(&mut self) -> Vec<Request> {
        let index = self.focus;
        let Some(tile) = self.tiles.get_mut(index) else {
            return Vec::new();
        };
        let Some(Panel::Table(grid)) = tile.shown() else {
            return self.say(Notice::info(
                "v shows the numbers as a table, which can be sorted",
            ));
        };
        let column = tile.cursor().map_or(0, |cursor| cursor.column);
        let Some(name) = grid
            .table
            .columns
            .get(column)
            .map(|column| column.name.clone())
        else {
            return Vec::new();
        };
        let is_number = grid.table.columns[column].is_number();
        let usual = if is_number {
            Order::Falling
        } else {
            Order::Rising
        };
        let same = tile
            .sort
            .as_ref()
            .filter(|sort| sort.column == name)
            .map(|sort| sort.order);
        // The same key again turns the order round, and then gives the query's own order back.
        tile.sort = match same {
            None => Some(Sort {
                column: name,
                order: usual,
            }),
            Some(order) if order == usual => Some(Sort {
                column: name,
                order: order.reversed(),
            }),
            Some(_) => None,
        };
        self.arrange(index);
        Vec::new()
    }

    pub(super) fn reverse_sort(&mut self) -> Vec<Request> {
        let index = self.focus;
        if let Some(sort) = self
            .tiles
            .get_mut(index)
            .and_then(|tile| tile.sort.as_mut())
        {
            sort.order = sort.order.reversed();
            self.arrange(index);
        }
        Vec::new()
    }

    pub(super) fn filter_rows(&mut self) -> Vec<Request> {
        if self.view != View::Dashboard || self.tiles.is_empty() {
            return Vec::new();
        }
        if !matches!(self.tiles[self.focus].shown(), Some(Panel::Table(_))) {
            return self.say(Notice::info(
                "v shows the numbers as a table, whose rows can be filtered",
            ));
        }
        self.typing = Typing::Rows;
        Vec::new()
    }

    pub(super) fn type_row_filter(&mut self, input: Input) -> Vec<Request> {
        let mut text = self
            .focused()
            .map(|tile| tile.rows_with.clone())
            .unwrap_or_default();
        input.apply(&mut text);
        self.set_row_filter(text)
    }

    fn set_row_filter(&mut self, text: String) -> Vec<Request> {
        if let Some(tile) = self.tiles.get_mut(self.focus) {
            tile.rows_with = text;
            self.arrange(self.focus);
        }
        Vec::new()
    }

    /// Tells whether the focused panel's question visibly runs.
    #[must_use]
    pub fn focused_runs(&self) -> bool {
        let run = self.focused().and_then(|tile| tile.state.run());
        run.is_some_and(|run| run.seconds(self.now.instant).is_some())
    }

    /// Returns what the cursor is on, in words and exact numbers.
    #[must_use]
    pub fn readout(&self) -> Option<String> {
        let tile = self.focused().filter(|_| self.view == View::Dashboard)?;
        Some(tile.shown()?.readout(tile.cursor()?)).filter(|text| !text.is_empty())
    }

    /// Returns how many panels' files or queries are broken.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.tiles
            .iter()
            .filter(|tile| matches!(tile.state, State::Failed(_)))
            .count()
    }
}
