//! Signals: the polite ways to end or stop the program from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator;

use crate::dashboard::command::Command;
use crate::dashboard::event::Event;
use crate::error::{Error, Result};

/// Turns signals into commands, and remembers which one ended the program.
pub struct Signals {
    last: Arc<AtomicI32>,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system refuses signal handlers or a thread.
    pub fn listen(events: SyncSender<Event>) -> Result<Self> {
        let refused = |error: std::io::Error| Error::data(format!("could not listen for signals: {error}"));
        let mut signals = iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT]).map_err(refused)?;
        let last = Arc::new(AtomicI32::new(0));
        let ending = Arc::clone(&last);
        thread::Builder::new()
            .name("signals".to_string())
            .spawn(move || {
                for signal in signals.forever() {
                    let command = match signal {
                        SIGTSTP => Command::Suspend,
                        SIGCONT => Command::Redraw,
                        signal => {
                            ending.store(signal, Ordering::SeqCst);
                            Command::Quit
                        }
                    };
                    if events.send(Event::Command(command)).is_err() {
                        return;
                    }
                }
            })
            .map_err(refused)?;
        Ok(Self { last })
    }

    /// Returns the signal that asked the program to end, if one did.
    pub fn received(&self) -> Option<i32> {
        Some(self.last.load(Ordering::SeqCst)).filter(|signal| *signal != 0)
    }
}
