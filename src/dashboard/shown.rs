//! The state: what is on show, and what follows from it alone.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::data::Data;
use super::event::Now;
use super::filters::Choices;
use super::grid::Size;
use super::log::{Log, Toast};
use super::manual::Reading;
use super::range::{Calendar, Range};
use super::tile::Tile;
use super::view::{Detail, Flow, Load, Typing, View, ViewOptions};
use crate::manual::{self, Manual};
use crate::panels::Context;
use crate::queries::{DashboardFile, Today, Workspace};
use crate::store::Value;

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
    pub filters: BTreeMap<String, Value>,
    /// Whether panels follow the data.
    pub flow: Flow,
    /// How far loading is.
    pub load: Load,
    /// The Data screen.
    pub data: Data,
    /// The log.
    pub log: Log,
    /// The manual.
    pub manual: &'static Manual,
    /// The Manual screen.
    pub reading: Reading,
    /// A notice on show for a moment.
    pub toast: Option<Toast>,
    /// The moment of the last event, which drawing measures ages from.
    pub now: Now,
    pub(super) choices: BTreeMap<String, Choices>,
    pub(super) latest: Option<Date>,
    pub(super) earliest: Option<Date>,
    pub(super) generation: u64,
    pub(super) interrupted: Option<Instant>,
    pub(super) drawn: Drawn,
}

/// Whether the screen shows what is in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
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
            data: Data::default(),
            log: Log::default(),
            manual: manual::functions(),
            reading: Reading::default(),
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
        let running = self
            .visible()
            .filter_map(|index| Some(self.tiles[index].state.run()?.next_change(self.now.instant)));
        toast
            .into_iter()
            .chain(running)
            .chain(self.next_due())
            .min()
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
        Context {
            today: self.today(),
            annotations: &self.workspace.annotations,
        }
    }

    /// Returns the days that ranges are reckoned from.
    pub(super) fn calendar(&self) -> Calendar {
        let clock = || {
            let zone = TimeZone::get(&self.workspace.config.timezone).unwrap_or(TimeZone::UTC);
            self.now.wall.with_time_zone(zone).date()
        };
        let today = match self.workspace.config.today {
            Today::Fixed(date) => date,
            Today::Data => self.latest.unwrap_or_else(clock),
            Today::Clock => clock(),
        };
        Calendar {
            today,
            earliest: self.earliest,
        }
    }
}
