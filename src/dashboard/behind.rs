//! From a number to the customers behind it: the panel shows their list until the reader goes back.

use super::Dashboard;
use super::event::{Notice, Request};
use super::state::State;
use super::tile::{Mark, Picture};
use crate::panels::Panel;
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
}

impl Dashboard {
    /// Lists the customers behind the number under the cursor.
    pub(super) fn open_customers(&mut self) -> Vec<Request> {
        let index = self.focus;
        let Some(list) = self.customers_at(index) else {
            return self.say(Notice::info(
                "the customers behind this number cannot be listed; the query would have to be a call such as funnel(…)",
            ));
        };
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
        };
        tile.behind = Some(Box::new(before));
        self.arrange(index);
        self.ask(vec![index])
    }

    /// Shows the panel's own numbers again. Tells whether it listed customers.
    pub(super) fn close_customers(&mut self) -> Option<Vec<Request>> {
        let index = self.focus;
        let tile = self.tiles.get_mut(index)?;
        let before = tile.behind.take()?;
        let running = tile.state.run().map(|run| run.ticket);
        (tile.header, tile.state) = (before.header, before.state);
        (tile.picture, tile.mark) = (before.picture, before.mark);
        self.arrange(index);
        Some(running.map(Request::Cancel).into_iter().collect())
    }

    fn customers_at(&self, index: usize) -> Option<CustomersBehind> {
        let tile = self.tiles.get(index)?;
        let Panel::Table(grid) = tile.shown()? else {
            return None;
        };
        let cursor = tile.cursor()?;
        let columns = &grid.table.columns;
        let row: Vec<(String, Value)> = columns
            .iter()
            .filter_map(|column| {
                Some((column.name.clone(), column.values.get(cursor.row)?.clone()))
            })
            .collect();
        let column = columns.get(cursor.column)?;
        customers_behind(&self.query(index).ok()?.text, &row, &column.name)
    }
}
