//! Moving about: the cursor in a panel, focus between panels, zoom, scrolling, one step back.

use super::data::Rejects;
use super::event::{Input, Notice, Request};
use super::grid::{self, Area, Layout, Room};
use super::state::State;
use super::tile::{Mark, Picture};
use super::{Dashboard, Detail, Load, Typing, View};
use crate::panels::{Cursor, Panel};

/// A direction on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
    Left,
    Right,
}

/// Lines of a panel that are not rows: two of the frame, one of the column names.
const NOT_ROWS: u16 = 3;

impl Dashboard {
    /// Returns where each panel lies, before scrolling. A dashboard taller than the screen leaves a column for the
    /// scroll bar.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let body = self.size.body();
        let wishes: Vec<_> = self.tiles.iter().map(super::Tile::wish).collect();
        let layout = grid::lay_out(&wishes, body.width, body.height);
        if layout.height <= body.height {
            return layout;
        }
        grid::lay_out(&wishes, body.width.saturating_sub(1), body.height)
    }

    /// Tells whether one panel has the screen for itself.
    #[must_use]
    pub fn shows_one_panel(&self) -> bool {
        self.detail != Detail::Grid || self.size.room() != Room::Grid
    }

    /// Returns the panels on screen.
    pub fn visible(&self) -> impl Iterator<Item = usize> + '_ {
        let whole = self.view == View::Dashboard;
        let one = self.shows_one_panel();
        let (top, bottom) = (self.scroll, self.scroll.saturating_add(self.size.body().height));
        let areas = if whole { self.layout().areas } else { Vec::new() };
        areas.into_iter().enumerate().filter_map(move |(index, area)| {
            let shown = if one { index == self.focus } else { area.y < bottom && area.bottom() > top };
            shown.then_some(index)
        })
    }

    /// Scrolls so that the focused panel is on screen, whole if it fits.
    pub(super) fn scroll_to_focus(&mut self) {
        let layout = self.layout();
        let height = self.size.body().height;
        if let Some(area) = layout.areas.get(self.focus) {
            self.scroll = self.scroll.max(area.bottom().saturating_sub(height)).min(area.y);
        }
        self.scroll = self.scroll.min(layout.height.saturating_sub(height));
    }

    pub(super) fn go(&mut self, direction: Direction) -> Vec<Request> {
        if let Typing::Menu(_) = self.typing {
            return self.move_in_menu(direction, 1);
        }
        match self.view {
            View::Dashboard => self.move_cursor(direction, 1),
            View::Data => self.move_in_data(direction, 1),
            View::Log => self.scroll_log(direction, 1),
        }
        Vec::new()
    }

    pub(super) fn page(&mut self, direction: Direction) -> Vec<Request> {
        let step = usize::from(self.rows_on_screen());
        if let Typing::Menu(_) = self.typing {
            return self.move_in_menu(direction, step);
        }
        match self.view {
            View::Dashboard => self.move_cursor(direction, step),
            View::Data => self.move_in_data(direction, step),
            View::Log => self.scroll_log(direction, step),
        }
        Vec::new()
    }

    /// Goes to the first row (`Up`) or the last (`Down`).
    pub(super) fn end(&mut self, direction: Direction) -> Vec<Request> {
        match self.view {
            View::Dashboard => self.move_cursor(direction, usize::MAX),
            View::Data => self.move_in_data(direction, usize::MAX),
            View::Log => self.scroll_log(direction, usize::MAX),
        }
        Vec::new()
    }

    fn move_in_menu(&mut self, direction: Direction, step: usize) -> Vec<Request> {
        let last = self.menu_items().len().saturating_sub(1);
        if let Typing::Menu(menu) = &mut self.typing {
            menu.selected = stepped(menu.selected.min(last), direction, step).min(last);
        }
        Vec::new()
    }

    /// Rows of the focused panel, or of the list on screen, that fit at once.
    fn rows_on_screen(&self) -> u16 {
        let body = self.size.body().height;
        let height = match self.layout().areas.get(self.focus) {
            Some(area) if self.view == View::Dashboard && !self.shows_one_panel() => area.height,
            _ => body,
        };
        height.saturating_sub(NOT_ROWS).max(1)
    }

    /// Moves the cursor inside the panel; where there is only one row or column in that direction, the focus moves.
    fn move_cursor(&mut self, direction: Direction, step: usize) {
        let page = usize::from(self.rows_on_screen());
        let Some(tile) = self.tiles.get_mut(self.focus) else { return };
        let (rows, columns) = tile.shown().map_or((0, 0), |panel| (panel.rows(), panel.columns()));
        let along = if matches!(direction, Direction::Up | Direction::Down) { rows } else { columns };
        if along <= 1 {
            self.focus_towards(direction);
            return;
        }
        let Some(panel) = tile.shown() else { return };
        let cursor = match tile.cursor() {
            // The first step only shows where the cursor is.
            None if step == 1 => start(panel),
            None => moved(start(panel), direction, step, (rows, columns), page),
            Some(cursor) => moved(cursor, direction, step, (rows, columns), page),
        };
        tile.mark = Some(Mark { key: panel.row_key(cursor.row), cursor });
    }

    fn move_in_data(&mut self, direction: Direction, step: usize) {
        let data = &mut self.data;
        let (row, rows) = match &mut data.open {
            Some(open) => (&mut open.row, open.records.as_ref().map_or(0, Vec::len)),
            None => (&mut data.row, data.sources.len()),
        };
        *row = stepped(*row, direction, step).min(rows.saturating_sub(1));
    }

    fn scroll_log(&mut self, direction: Direction, step: usize) {
        let last = self.log.lines.len().saturating_sub(1);
        // The log is read from its end: up means further from it.
        let away = if direction == Direction::Up { Direction::Down } else { Direction::Up };
        self.log.scrolled = stepped(self.log.scrolled, away, step).min(last);
    }

    pub(super) fn focus_on(&mut self, index: usize) -> Vec<Request> {
        self.view = View::Dashboard;
        self.focus = index.min(self.tiles.len().saturating_sub(1));
        Vec::new()
    }

    pub(super) fn focus_by(&mut self, step: isize) -> Vec<Request> {
        let count = self.tiles.len();
        if self.view == View::Dashboard && count > 0 {
            self.focus = (self.focus + count).saturating_add_signed(step) % count;
        }
        Vec::new()
    }

    /// Moves the focus to the nearest panel in a direction; nothing happens at the edge.
    pub(super) fn focus_towards(&mut self, direction: Direction) -> Vec<Request> {
        let areas = self.layout().areas;
        if let Some(from) = areas.get(self.focus) {
            let distances = areas.iter().enumerate().filter_map(|(index, to)| Some((distance(*from, *to, direction)?, index)));
            if let Some((_, index)) = distances.min() {
                self.focus = index;
            }
        }
        Vec::new()
    }

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
            (Typing::Keys, View::Log) => Vec::new(),
        }
    }

    fn open_numbers(&mut self) -> Vec<Request> {
        let index = self.focus;
        let Some(tile) = self.tiles.get_mut(index) else { return Vec::new() };
        if tile.state.failure().is_some() || tile.shown().is_none() {
            self.detail = Detail::Zoomed;
        } else if !matches!(self.detail, Detail::Numbers(_)) {
            self.detail = Detail::Numbers(tile.picture);
            self.set_picture(index, Picture::Numbers);
        }
        Vec::new()
    }

    fn open_rejects(&mut self) -> Vec<Request> {
        let Some(source) = self.data.sources.get(self.data.row).filter(|_| self.data.open.is_none()) else {
            return Vec::new();
        };
        if source.rejects == 0 {
            let text = format!("{} has no rejects", source.table);
            return self.say(Notice::info(text));
        }
        let table = source.table.clone();
        self.data.open = Some(Rejects { table: table.clone(), records: None, row: 0 });
        vec![Request::Rejects(table)]
    }

    /// Goes one step back: closes what is open, cancels what visibly runs, leaves the zoom, drops cursor and filter.
    pub(super) fn back(&mut self) -> Vec<Request> {
        match std::mem::replace(&mut self.typing, Typing::Keys) {
            Typing::Menu(menu) => return self.back_from(menu),
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
        }
    }

    fn back_in_dashboard(&mut self) -> Vec<Request> {
        if matches!(self.load, Load::First(_)) {
            return vec![Request::StopLoading];
        }
        let index = self.focus;
        let now = self.now.instant;
        let Some(tile) = self.tiles.get_mut(index) else { return Vec::new() };
        let runs_visibly = tile.state.run().is_some_and(|run| run.seconds(now).is_some());
        if runs_visibly {
            let text = format!("cancelled: {}", tile.title());
            self.say(Notice::info(text));
            return self.cancel(index).into_iter().collect();
        }
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
            && self.focus < self.tiles.len()
        {
            self.set_picture(self.focus, picture);
        }
        self.detail = Detail::Grid;
        Vec::new()
    }

    pub(super) fn switch_picture(&mut self) -> Vec<Request> {
        let Some(tile) = self.focused() else { return Vec::new() };
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
        use super::arrange::{Order, Sort};
        let index = self.focus;
        let Some(tile) = self.tiles.get_mut(index) else { return Vec::new() };
        let Some(Panel::Table(grid)) = tile.shown() else {
            return self.say(Notice::info("v shows the numbers as a table, which can be sorted"));
        };
        let column = tile.cursor().map_or(0, |cursor| cursor.column);
        let Some(name) = grid.table.columns.get(column).map(|column| column.name.clone()) else { return Vec::new() };
        let is_number = grid.table.columns[column].is_number();
        let usual = if is_number { Order::Falling } else { Order::Rising };
        let same = tile.sort.as_ref().filter(|sort| sort.column == name).map(|sort| sort.order);
        // The same key again turns the order round, and then gives the query's own order back.
        tile.sort = match same {
            None => Some(Sort { column: name, order: usual }),
            Some(order) if order == usual => Some(Sort { column: name, order: order.reversed() }),
            Some(_) => None,
        };
        self.arrange(index);
        Vec::new()
    }

    pub(super) fn reverse_sort(&mut self) -> Vec<Request> {
        let index = self.focus;
        if let Some(sort) = self.tiles.get_mut(index).and_then(|tile| tile.sort.as_mut()) {
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
            return self.say(Notice::info("v shows the numbers as a table, whose rows can be filtered"));
        }
        self.typing = Typing::Rows;
        Vec::new()
    }

    pub(super) fn type_row_filter(&mut self, input: Input) -> Vec<Request> {
        let mut text = self.focused().map(|tile| tile.rows_with.clone()).unwrap_or_default();
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
        self.tiles.iter().filter(|tile| matches!(tile.state, State::Failed(_))).count()
    }
}

/// Time is read from its end, everything else from its beginning.
fn start(panel: &Panel) -> Cursor {
    let column = match panel {
        Panel::Trend(_) => panel.columns().saturating_sub(1),
        _ => 0,
    };
    Cursor { row: 0, column, top: 0 }
}

fn moved(cursor: Cursor, direction: Direction, step: usize, size: (usize, usize), page: usize) -> Cursor {
    let (rows, columns) = size;
    let mut cursor = cursor;
    match direction {
        Direction::Up | Direction::Down => cursor.row = stepped(cursor.row, direction, step).min(rows - 1),
        Direction::Left | Direction::Right => {
            cursor.column = stepped(cursor.column, direction, step).min(columns - 1);
        }
    }
    cursor.top = cursor.top.min(cursor.row).max((cursor.row + 1).saturating_sub(page));
    cursor
}

fn stepped(position: usize, direction: Direction, step: usize) -> usize {
    match direction {
        Direction::Up | Direction::Left => position.saturating_sub(step),
        Direction::Down | Direction::Right => position.saturating_add(step),
    }
}

/// Returns how far one area lies from another in a direction, the straight way first; none if it does not.
fn distance(from: Area, to: Area, direction: Direction) -> Option<(u16, u16)> {
    let gap = |before: u16, length: u16, after: u16| after.checked_sub(before.saturating_add(length));
    let (straight, from_side, to_side) = match direction {
        Direction::Up => (gap(to.y, to.height, from.y)?, (from.x, from.width), (to.x, to.width)),
        Direction::Down => (gap(from.y, from.height, to.y)?, (from.x, from.width), (to.x, to.width)),
        Direction::Left => (gap(to.x, to.width, from.x)?, (from.y, from.height), (to.y, to.height)),
        Direction::Right => (gap(from.x, from.width, to.x)?, (from.y, from.height), (to.y, to.height)),
    };
    let overlap = |one: (u16, u16), other: (u16, u16)| one.0 < other.0 + other.1 && other.0 < one.0 + one.1;
    let sideways = matches!(direction, Direction::Left | Direction::Right);
    // Left and right stay in their row; up and down take what is nearest.
    if sideways && !overlap(from_side, to_side) {
        return None;
    }
    Some((straight, from_side.0.abs_diff(to_side.0)))
}
