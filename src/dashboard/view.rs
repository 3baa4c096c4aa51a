//! Which screen is on show, how close, where keys go, and whether it follows the data.

use jiff::Zoned;

use super::event::Now;
use super::grid::Size;
use super::menu::Menu;
use super::tile::Picture;
use crate::store::Progress;

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
    /// A section of the manual.
    Manual,
}

/// How close the reader looks at the focused panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All panels.
    Grid,
    /// The focused panel alone.
    Zoomed,
    /// The focused panel's numbers alone; going back restores its picture.
    Numbers(Picture),
}

/// Where keys go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typing {
    /// Each key is a command.
    Keys,
    /// Text goes to a menu.
    Menu(Menu),
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
        changed: Option<Zoned>,
        /// A load that takes long enough to be worth a word.
        more: Option<Progress>,
    },
}
