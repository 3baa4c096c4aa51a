//! The threads that hold the database: the loader and the query workers.

use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use super::Message;
use super::loader::{Job, Loader};
use super::pool::Pool;
use crate::error::Result;
use crate::files::Source;
use crate::store::Store;

/// Query workers: more would only take cores from each other, fewer would let a slow panel hold up the rest.
const WORKERS: usize = 3;

/// How long the end waits for the threads; less than a signal's grace, so that the exit code is the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it looks whether they have ended.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The loader and the query workers. Dropping it ends them as [`Background::end`] does.
pub struct Background {
    /// Answers the panels' questions.
    pub pool: Pool,
    /// Writes what files bring.
    pub loader: Loader,
    /// Until when the end waits; none before it begins.
    deadline: Option<Instant>,
}

impl Background {
    /// Starts the threads, and with them the first load.
    ///
    /// # Errors
    /// The system gives no thread, or the database no connection.
    pub fn start(store: Store, sources: Vec<Source>, events: &SyncSender<Message>) -> Result<Self> {
        let sessions = (0..WORKERS)
            .map(|_| store.connect())
            .collect::<Result<_>>()?;
        let loader = Loader::start(store, sources, events.clone())?;
        loader.ask(Job::Look);
        Ok(Self {
            pool: Pool::start(sessions, events)?,
            loader,
            deadline: None,
        })
    }

    /// Asks the threads to end, and waits a moment for it: leaving while they run would take the database from under them.
    /// Returns whether they have ended; what still runs is as safe as if the program were killed.
    pub fn end(&mut self) -> bool {
        let deadline = *self
            .deadline
            .get_or_insert_with(|| Instant::now() + PATIENCE);
        while !(self.pool.end() & self.loader.end()) {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(LOOK_AGAIN);
        }
        true
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.end();
    }
}
