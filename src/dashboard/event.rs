//! What can happen to the dashboard, and what it can ask for. Both lists are closed.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Zoned;

use super::command::Command;
use crate::error::Error;
use crate::queries::{Bound, Workspace};
pub use crate::store::Rejected;
use crate::store::{Progress, Table};

/// Everything that can happen. Helper threads send these; only the main thread receives them.
#[derive(Debug)]
pub enum Event {
    /// The user did something.
    Command(Command),
    /// Text typed while an input line is open.
    Typed(Input),
    /// The terminal has a new size.
    Resized {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// A worker has begun a query.
    Started(Ticket),
    /// A worker has answered.
    Answered {
        /// Which request this answers.
        ticket: Ticket,
        /// The rows, or why there are none.
        result: Result<Table, Error>,
        /// How long the query ran.
        elapsed: Duration,
    },
    /// Loading goes on.
    Loading(Progress),
    /// Rows were committed.
    Loaded(Loaded),
    /// The query folder was read again.
    Reread(Box<Workspace>),
    /// The rejects of a table, as asked for with [`Request::Rejects`].
    Rejects {
        /// The table.
        table: String,
        /// Its rejects, newest last.
        records: Vec<Rejected>,
    },
    /// Something that has no panel of its own went wrong, or is worth a line in the log.
    Notice(Notice),
    /// A deadline that [`super::Dashboard::deadline`] named has passed.
    Woke,
}

/// One key of text input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A character.
    Char(char),
    /// Delete the character before the cursor.
    Backspace,
}

/// What the loader did.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The tables whose rows changed, each with its new version.
    pub changed: Vec<(String, u64)>,
    /// The state of every source.
    pub sources: Vec<crate::store::SourceHealth>,
    /// The latest day in the data, which is `today` where the workspace says `today = "data"`.
    pub latest: Option<jiff::civil::Date>,
    /// The first day in the data, where a time range of everything begins.
    pub earliest: Option<jiff::civil::Date>,
    /// What the user should know: a rewritten file, a new column.
    pub notes: Vec<String>,
    /// Whether this was the first load.
    pub first: bool,
}

/// A line for the log and the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is.
    pub level: Level,
    /// What to say.
    pub text: String,
}

/// How bad a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Something does not work as it should; the rest goes on.
    Warning,
    /// Something failed.
    Error,
}

/// Names one question to the database, so that an old answer can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket {
    /// The panel that asked.
    pub panel: usize,
    /// Counts up with each question of the dashboard.
    pub generation: u64,
}

/// What the dashboard asks of the outside. `app.rs` carries these out.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Run a query. A newer request of the same panel replaces and interrupts this one.
    Run(Question),
    /// Stop the query behind this ticket, wherever it is.
    Cancel(Ticket),
    /// Look at the files now.
    Reload,
    /// Stop loading.
    StopLoading,
    /// Read the rejects of this table.
    Rejects(String),
    /// Put this text on the user's clipboard (OSC 52).
    Copy(String),
    /// Open this file in `$EDITOR`.
    Edit(PathBuf),
    /// Draw everything afresh.
    Redraw,
    /// Hand the terminal back to the shell until it continues us.
    Suspend,
    /// End the program.
    Quit,
}

/// One question to the database.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Who asks.
    pub ticket: Ticket,
    /// The query's name, or empty for the program's own questions.
    pub query: String,
    /// The SQL text, exactly as in the file.
    pub sql: String,
    /// Where the text comes from, for error places.
    pub path: PathBuf,
    /// The values of the run.
    pub bound: Bound,
    /// Rows wanted at most.
    pub limit: usize,
}

/// The moment an event is handled at. Handed in, because the dashboard has no clock.
#[derive(Clone, Debug)]
pub struct Now {
    /// For durations and deadlines.
    pub instant: Instant,
    /// For what is shown.
    pub wall: Zoned,
}
