//! Everything on show, as plain data: which dashboard, each panel's state, filters, time range, cursor, menus, log.
//!
//! `update(Event) → Vec<Request>` is the whole behaviour: keys, answers and file changes come in, questions to the
//! database and requests to the terminal go out. Old answers stay on show until newer ones arrive, a broken file keeps
//! its last good answer, and only panels whose query reads what changed are asked again.
//!
//! Invariant: pure. No disk, clock, thread, database, colour; time arrives with each event, the terminal's size as two
//! numbers.

mod answers;
pub mod arrange;
pub mod command;
mod copy;
pub mod data;
pub mod event;
mod filters;
pub mod grid;
mod live;
pub mod log;
pub mod menu;
mod moving;
pub mod range;
mod reread;
pub mod state;
pub mod tile;
mod update;

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::civil::Date;

pub use command::{COMMANDS, Command};
pub use copy::MOST_COPIED;
pub use event::{Event, Input, Level, Loaded, Notice, Now, Question, Rejected, Request, Ticket};
pub use grid::{Area, Layout, Room, Size};
pub use range::Range;
pub use state::State;
pub use tile::Tile;

use crate::panels::Context;
use crate::queries::{DashboardFile, Workspace};
use crate::store::Progress;
use filters::Choices;
use range::Calendar;

/// Everything on show.
#[derive(Debug)]
pub struct Dashboard {
    /// What the query folder says.
    pub workspace: Workspace,
    /// The dashboard on show; none in a workspace without one.
    pub file: Option<DashboardFile>,
    /// Its panels, from the top left.
    pub tiles: Vec<Tile>,
    /// The panel the keys go to, from 0.
    pub focus: usize,
    /// Whether that panel has the screen for itself.
    pub detail: Detail,
    /// The dashboard's first line on show, where it is taller than the screen.
    pub scroll: u16,
    /// The screen on show.
    pub view: View,
    /// Where keys go.
    pub typing: Typing,
    /// The terminal's size.
    pub size: Size,
    /// The time range.
    pub range: Range,
    /// The filters that are set, by parameter name.
    pub filters: BTreeMap<String, crate::store::Value>,
    /// Whether panels follow the data.
    pub flow: Flow,
    /// How far loading is.
    pub load: Load,
    /// The Data screen.
    pub data: data::Data,
    /// The log.
    pub log: log::Log,
    /// A notice on show for a moment.
    pub toast: Option<log::Toast>,
    /// The moment of the last event, which drawing measures ages from.
    pub now: Now,
    choices: BTreeMap<String, Choices>,
    latest: Option<Date>,
    earliest: Option<Date>,
    generation: u64,
    interrupted: Option<Instant>,
    drawn: Drawn,
}

/// How the dashboard is opened.
#[derive(Clone, Debug)]
pub struct ViewOptions {
    /// The dashboard to open; the one called `overview`, else the first, when absent or unknown.
    pub dashboard: Option<String>,
    /// The terminal's size.
    pub size: Size,
    /// The moment.
    pub now: Now,
}

/// The screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The grid of panels.
    Dashboard,
    /// The sources.
    Data,
    /// What happened.
    Log,
}

/// How close the reader looks at the focused panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All panels.
    Grid,
    /// The focused panel alone.
    Zoomed,
    /// The focused panel's numbers alone; going back restores its picture.
    Numbers(tile::Picture),
}

/// Where keys go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typing {
    /// Each key is a command.
    Keys,
    /// Text goes to a menu.
    Menu(menu::Menu),
    /// Text filters the rows of the focused panel.
    Rows,
}

/// Whether panels follow the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// They do.
    Live,
    /// They do not.
    Paused {
        /// Changes that wait.
        waiting: u64,
    },
}

/// How far loading is.
#[derive(Clone, Debug)]
pub enum Load {
    /// The first load has not ended: no panel can be asked yet.
    First(Option<Progress>),
    /// Everything is loaded.
    Done {
        /// The last change of any table.
        changed: Option<jiff::Zoned>,
    },
}

/// Whether the screen shows what is in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drawn {
    No,
    Yes,
}

impl Dashboard {
    /// Returns what a workspace shows before anything is loaded.
    #[must_use]
    pub fn new(workspace: Workspace, options: ViewOptions) -> Self {
        let mut dashboard = Self {
            workspace,
            file: None,
            tiles: Vec::new(),
            focus: 0,
            detail: Detail::Grid,
            scroll: 0,
            view: View::Dashboard,
            typing: Typing::Keys,
            size: options.size,
            range: Range::Own,
            filters: BTreeMap::new(),
            flow: Flow::Live,
            load: Load::First(None),
            data: data::Data::default(),
            log: log::Log::default(),
            toast: None,
            now: options.now,
            choices: BTreeMap::new(),
            latest: None,
            earliest: None,
            generation: 0,
            interrupted: None,
            drawn: Drawn::No,
        };
        dashboard.open_first(options.dashboard.as_deref());
        dashboard
    }

    /// Tells whether something on show may have changed since this was last asked.
    pub fn needs_drawing(&mut self) -> bool {
        std::mem::replace(&mut self.drawn, Drawn::Yes) == Drawn::No
    }

    /// Returns when something visible changes by itself, or a panel is to be asked: an [`Event::Woke`] is wanted then.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let toast = self.toast.as_ref().map(|toast| toast.until);
        let running = self.visible().filter_map(|index| Some(self.tiles[index].state.run()?.next_change(self.now.instant)));
        toast.into_iter().chain(running).chain(self.next_due()).min()
    }

    /// Returns the focused panel.
    #[must_use]
    pub fn focused(&self) -> Option<&Tile> {
        self.tiles.get(self.focus)
    }

    /// Returns the day the workspace calls today.
    #[must_use]
    pub fn today(&self) -> Date {
        self.calendar().today
    }

    /// Returns what panels need to know beside their answers.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context { today: self.today(), annotations: &self.workspace.annotations }
    }

    fn calendar(&self) -> Calendar {
        use crate::queries::Today;
        let clock = || {
            let zone = jiff::tz::TimeZone::get(&self.workspace.config.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
            self.now.wall.with_time_zone(zone).date()
        };
        let today = match self.workspace.config.today {
            Today::Fixed(date) => date,
            Today::Data => self.latest.unwrap_or_else(clock),
            Today::Clock => clock(),
        };
        Calendar { today, earliest: self.earliest }
    }
}
