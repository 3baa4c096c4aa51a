//! From a number to the customers behind it: the panel shows their list until the reader goes back.

use super::arrange::Sort;
use super::event::{Notice, Request};
use super::state::State;
use super::tile::{Mark, Picture, Tile};
use super::{Dashboard, Detail};
use crate::queries::{Header, Kind};
use crate::store::{CustomersBehind, Value, customers_behind};

/// What a panel was before it listed customers.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The SELECT that lists them, asked instead of the query.
    pub sql: String,
    header: Header,
    state: State,
    picture: Picture,
    mark: Option<Mark>,
    sort: Option<Sort>,
    rows_with: String,
}

impl Behind {
    /// Shows the panel as this picture when the reader goes back, without the cursor, which stood in another.
    pub(super) fn come_back_to(&mut self, picture: Picture) {
        if self.picture != picture {
            (self.picture, self.mark) = (picture, None);
        }
    }
}

impl Dashboard {
    /// Lists the customers behind the number under the cursor.
    pub(super) fn open_customers(&mut self) -> Vec<Request> {
        let index = self.focus;
        let tile = self.tiles.get(index);
        if tile.is_some_and(|tile| tile.behind.is_some()) {
            return self.say(Notice::info(
                "a customer's own events are not shown yet; Esc leads back",
            ));
        }
        if tile.is_none_or(|tile| tile.cursor().is_none()) {
            return self.say(Notice::info(
                "choose a number with the arrow keys; Enter lists its customers",
            ));
        }
        match self.customers_at(index) {
            Some(list) => self.list_customers(index, list),
            None => self.say(Notice::info(
                "the customers behind this number cannot be listed; the query would have to be a call such as funnel(…)",
            )),
        }
    }

    /// Lists the customers behind the number under the cursor of a picture; none where its numbers have to be opened first.
    pub(super) fn open_customers_of_picture(&mut self) -> Option<Vec<Request>> {
        let index = self.focus;
        if self.tiles.get(index)?.behind.is_some() {
            return None;
        }
        let list = self.customers_at(index)?;
        if self.detail == Detail::Grid {
            self.detail = Detail::Zoomed;
        }
        Some(self.list_customers(index, list))
    }

    fn list_customers(&mut self, index: usize, list: CustomersBehind) -> Vec<Request> {
        let tile = &mut self.tiles[index];
        let header = Header {
            title: format!("{} · {}", tile.title(), list.who),
            kind: Kind::Table,
            goals: Vec::new(),
            ..tile.header.clone()
        };
        let before = Behind {
            sql: list.sql,
            header: std::mem::replace(&mut tile.header, header),
            state: std::mem::replace(&mut tile.state, State::Waiting),
            picture: std::mem::take(&mut tile.picture),
            mark: tile.mark.take(),
            sort: tile.sort.take(),
            rows_with: std::mem::take(&mut tile.rows_with),
        };
        tile.behind = Some(Box::new(before));
        self.arrange(index);
        self.ask(vec![index])
    }

    /// Shows the panel's own numbers again and asks for newer ones. Does nothing where no customers are listed.
    pub(super) fn close_customers(&mut self) -> Option<Vec<Request>> {
        let index = self.focus;
        if !self.tiles.get_mut(index)?.leave_list() {
            return None;
        }
        self.arrange(index);
        Some(self.ask(vec![index]))
    }

    fn customers_at(&self, index: usize) -> Option<CustomersBehind> {
        let tile = self.tiles.get(index)?;
        let cursor = tile.cursor()?;
        let (table, row, column) = tile.shown()?.number_at(cursor.row, cursor.column)?;
        let cells = table.columns.iter();
        let row: Vec<(String, Value)> = cells
            .filter_map(|cells| Some((cells.name.clone(), cells.values.get(row)?.clone())))
            .collect();
        customers_behind(&self.query(index).ok()?.text, &row, column)
    }
}

impl Tile {
    /// Becomes what it was before it listed customers. Its numbers are old from then on: whatever changed meanwhile
    /// changed the list alone, and a question that was on its way was replaced by the list's. Tells whether it listed any.
    pub(super) fn leave_list(&mut self) -> bool {
        let Some(before) = self.behind.take() else {
            return false;
        };
        self.header = before.header;
        self.state = before.state.stopped().outdated();
        self.due = None;
        (self.picture, self.mark) = (before.picture, before.mark);
        (self.sort, self.rows_with) = (before.sort, before.rows_with);
        true
    }
}
