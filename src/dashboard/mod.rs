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
mod behind;
pub mod command;
mod copy;
pub mod data;
pub mod event;
mod filters;
pub mod grid;
mod live;
pub mod log;
mod looking;
pub mod manual;
pub mod menu;
mod moving;
pub mod range;
mod reread;
mod shown;
pub mod state;
pub mod tile;
mod update;
mod view;

pub use command::{COMMANDS, Command};
pub use copy::MOST_COPIED;
pub use event::{Event, Input, Level, Loaded, Notice, Now, Question, Rejected, Request, Ticket};
pub use grid::{Area, Layout, Room, Size};
pub use range::Range;
pub use shown::Dashboard;
pub use state::State;
pub use tile::Tile;
pub use view::{Detail, Flow, Load, Typing, View, ViewOptions};
