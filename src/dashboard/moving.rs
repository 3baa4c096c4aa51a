//! Moving about: the cursor in a panel, in a list, in a menu; the focus between panels; scrolling.

use super::event::Request;
use super::grid::{self, Area, Layout, Room};
use super::tile::{Mark, Tile};
use super::{Dashboard, Detail, Typing, View};
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
/// Lines of a menu that are not items: its frame, what is typed, a blank, and one item to go on from.
const NOT_ITEMS: u16 = 5;

impl Dashboard {
    /// Returns where each panel lies, before scrolling. A dashboard taller than the screen leaves a column for the
    /// scroll bar.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let body = self.size.body();
        let wishes: Vec<_> = self.tiles.iter().map(Tile::wish).collect();
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
        let (top, bottom) = (
            self.scroll,
            self.scroll.saturating_add(self.size.body().height),
        );
        let areas = if whole {
            self.layout().areas
        } else {
            Vec::new()
        };
        areas
            .into_iter()
            .enumerate()
            .filter_map(move |(index, area)| {
                let shown = if one {
                    index == self.focus
                } else {
                    area.y < bottom && area.bottom() > top
                };
                shown.then_some(index)
            })
    }

    /// Scrolls so that the focused panel is on screen, whole if it fits.
    pub(super) fn scroll_to_focus(&mut self) {
        let layout = self.layout();
        let height = self.size.body().height;
        if let Some(area) = layout.areas.get(self.focus) {
            self.scroll = self
                .scroll
                .max(area.bottom().saturating_sub(height))
                .min(area.y);
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
            View::Manual => self.scroll_page(direction, 1),
        }
        Vec::new()
    }

    pub(super) fn page(&mut self, direction: Direction) -> Vec<Request> {
        if let Typing::Menu(_) = self.typing {
            let rows = self.size.body().height.saturating_sub(NOT_ITEMS).max(1);
            return self.move_in_menu(direction, rows.into());
        }
        let step = usize::from(self.rows_on_screen());
        match self.view {
            View::Dashboard => self.move_cursor(direction, step),
            View::Data => self.move_in_data(direction, step),
            View::Log => self.scroll_log(direction, step),
            View::Manual => self.scroll_page(direction, step),
        }
        Vec::new()
    }

    /// Goes to the first row (`Up`) or the last (`Down`).
    pub(super) fn end(&mut self, direction: Direction) -> Vec<Request> {
        match self.view {
            View::Dashboard => self.move_cursor(direction, usize::MAX),
            View::Data => self.move_in_data(direction, usize::MAX),
            View::Log => self.scroll_log(direction, usize::MAX),
            View::Manual => self.scroll_page(direction, usize::MAX),
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
        let Some(tile) = self.tiles.get_mut(self.focus) else {
            return;
        };
        let (rows, columns) = tile
            .shown()
            .map_or((0, 0), |panel| (panel.rows(), panel.columns()));
        let along = if matches!(direction, Direction::Up | Direction::Down) {
            rows
        } else {
            columns
        };
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
        tile.mark = Some(Mark {
            key: panel.row_key(cursor.row),
            cursor,
        });
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
        let away = if direction == Direction::Up {
            Direction::Down
        } else {
            Direction::Up
        };
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
            let distances = areas
                .iter()
                .enumerate()
                .filter_map(|(index, to)| Some((distance(*from, *to, direction)?, index)));
            if let Some((_, index)) = distances.min() {
                self.focus = index;
            }
        }
        Vec::new()
    }
}

/// Time is read from its end, everything else from its beginning.
fn start(panel: &Panel) -> Cursor {
    let column = match panel {
        Panel::Trend(_) => panel.columns().saturating_sub(1),
        _ => 0,
    };
    Cursor {
        row: 0,
        column,
        top: 0,
    }
}

fn moved(
    cursor: Cursor,
    direction: Direction,
    step: usize,
    size: (usize, usize),
    page: usize,
) -> Cursor {
    let (rows, columns) = size;
    let mut cursor = cursor;
    match direction {
        Direction::Up | Direction::Down => {
            cursor.row = stepped(cursor.row, direction, step).min(rows - 1);
        }
        Direction::Left | Direction::Right => {
            cursor.column = stepped(cursor.column, direction, step).min(columns - 1);
        }
    }
    cursor.top = cursor
        .top
        .min(cursor.row)
        .max((cursor.row + 1).saturating_sub(page));
    cursor
}

pub(super) fn stepped(position: usize, direction: Direction, step: usize) -> usize {
    match direction {
        Direction::Up | Direction::Left => position.saturating_sub(step),
        Direction::Down | Direction::Right => position.saturating_add(step),
    }
}

/// Returns how far one area lies from another in a direction, the straight way first; none if it does not.
fn distance(from: Area, to: Area, direction: Direction) -> Option<(u16, u16)> {
    let gap =
        |before: u16, length: u16, after: u16| after.checked_sub(before.saturating_add(length));
    let (straight, from_side, to_side) = match direction {
        Direction::Up => (
            gap(to.y, to.height, from.y)?,
            (from.x, from.width),
            (to.x, to.width),
        ),
        Direction::Down => (
            gap(from.y, from.height, to.y)?,
            (from.x, from.width),
            (to.x, to.width),
        ),
        Direction::Left => (
            gap(to.x, to.width, from.x)?,
            (from.y, from.height),
            (to.y, to.height),
        ),
        Direction::Right => (
            gap(from.x, from.width, to.x)?,
            (from.y, from.height),
            (to.y, to.height),
        ),
    };
    let overlap =
        |one: (u16, u16), other: (u16, u16)| one.0 < other.0 + other.1 && other.0 < one.0 + one.1;
    let sideways = matches!(direction, Direction::Left | Direction::Right);
    // Left and right stay in their row; up and down take what is nearest.
    if sideways && !overlap(from_side, to_side) {
        return None;
    }
    Some((straight, from_side.0.abs_diff(to_side.0)))
}
