//! One panel on show: its place in the dashboard, how far its question has come, and where the reader is in it.

use std::collections::BTreeSet;
use std::time::Instant;

use super::arrange::{self, Sort};
use super::behind::Behind;
use super::grid::Wish;
use super::state::State;
use crate::panels::{Context, Cursor, Panel};
use crate::queries::{Header, Kind, Place};

/// One panel on show.
#[derive(Clone, Debug)]
pub struct Tile {
    /// What the dashboard file says about it.
    pub place: Place,
    /// The row of the dashboard file, from 0.
    pub row: usize,
    /// The row's height relative to the other rows.
    pub height: u16,
    /// What the query says about itself; of the last good version, while the file is broken.
    pub header: Header,
    /// The tables the query reads.
    pub reads: BTreeSet<String>,
    /// How far its question has come.
    pub state: State,
    /// When it is to be asked next, because its tables changed meanwhile.
    pub due: Option<Due>,
    /// Picture or numbers.
    pub picture: Picture,
    /// The order of the rows, when the reader chose one.
    pub sort: Option<Sort>,
    /// Only rows that contain this text are shown.
    pub rows_with: String,
    /// Where the reader is; none until they move.
    pub mark: Option<Mark>,
    /// What it was before it listed the customers behind one of its numbers.
    pub behind: Option<Box<Behind>>,
    /// What is drawn instead of the answer: sorted, filtered, or as a table.
    arranged: Option<Panel>,
}

/// When a panel is to be asked again. A query is never asked twice at once, and one that takes long rests as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// As soon as the answer on its way is there.
    AfterAnswer,
    /// At this moment.
    At(Instant),
}

/// How an answer is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Picture {
    /// As its kind says; an error covers it.
    #[default]
    Usual,
    /// As a table of its numbers.
    Numbers,
}

/// The reader's place in a panel. The key finds the row again in the next answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What names the row.
    pub key: String,
    /// Row, column and first row on show.
    pub cursor: Cursor,
}

impl Tile {
    /// Returns a panel that nobody has asked yet.
    #[must_use]
    pub fn new(place: Place, row: usize, height: u16) -> Self {
        Self {
            place,
            row,
            height,
            header: Header::default(),
            reads: BTreeSet::new(),
            state: State::Waiting,
            due: None,
            picture: Picture::Usual,
            sort: None,
            rows_with: String::new(),
            mark: None,
            behind: None,
            arranged: None,
        }
    }

    /// Returns the panel at the place of another one.
    #[must_use]
    pub fn moved_to(self, other: Self) -> Self {
        Self {
            place: other.place,
            row: other.row,
            height: other.height,
            ..self
        }
    }

    /// Returns the title: the dashboard's, else the query's, else the query's name.
    #[must_use]
    pub fn title(&self) -> &str {
        match (&self.place.title, self.header.title.as_str()) {
            (Some(title), _) if self.behind.is_none() => title,
            (_, "") => &self.place.query,
            (_, title) => title,
        }
    }

    /// Returns what it asks of the layout.
    #[must_use]
    pub fn wish(&self) -> Wish {
        Wish {
            kind: self.header.kind,
            width: self.place.width,
            height: self.height,
            row: self.row,
        }
    }

    /// Returns what is drawn: the answer, or its rows as the reader arranged them.
    #[must_use]
    pub fn shown(&self) -> Option<&Panel> {
        self.arranged
            .as_ref()
            .or_else(|| self.state.answer().map(|answer| &answer.panel))
    }

    /// Returns the cursor, if the reader has moved into the panel.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.mark.as_ref().map(|mark| mark.cursor)
    }

    /// Arranges the rows again after the answer, the order, the filter or the picture changed, and finds the reader's
    /// row again by its key; a row that is gone leaves the cursor where it was.
    pub fn arrange(&mut self, context: &Context<'_>) {
        self.arranged = self.arrangement(context);
        let (Some(mut mark), Some(panel)) = (self.mark.take(), self.shown()) else {
            return;
        };
        let (rows, columns) = (panel.rows(), panel.columns());
        if rows == 0 || columns == 0 {
            return;
        }
        let again = (0..rows).find(|row| panel.row_key(*row) == mark.key);
        mark.cursor.row = again.unwrap_or(mark.cursor.row).min(rows - 1);
        mark.cursor.column = mark.cursor.column.min(columns - 1);
        mark.cursor.top = mark.cursor.top.min(mark.cursor.row);
        mark.key = panel.row_key(mark.cursor.row);
        self.mark = Some(mark);
    }

    fn arrangement(&self, context: &Context<'_>) -> Option<Panel> {
        let usual = &self.state.answer()?.panel;
        let is_table = matches!(usual, Panel::Table(_));
        if self.picture == Picture::Usual && !is_table {
            return None;
        }
        let untouched = self.sort.is_none() && self.rows_with.is_empty();
        if is_table && untouched {
            return None;
        }
        let header = Header {
            kind: Kind::Table,
            goals: Vec::new(),
            ..self.header.clone()
        };
        let table = arrange::rows(usual.grid(), self.sort.as_ref(), &self.rows_with);
        Panel::from_table(&header, &table, context).ok()
    }
}
