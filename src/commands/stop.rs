//! Ctrl-C and SIGTERM for commands without a screen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::{Error, Result};
use crate::store::Interrupter;

/// An interrupt that comes before a query has begun is lost, so it is said again at this pace.
const SAY_AGAIN: Duration = Duration::from_millis(20);

/// Knows whether the user has asked to stop.
#[derive(Clone, Debug)]
pub struct Stop {
    asked: Arc<AtomicBool>,
}

impl Stop {
    /// Listens for signals from now on.
    ///
    /// # Errors
    /// When the system refuses signal handlers.
    pub fn on_signals() -> Result<Self> {
        let stop = Self {
            asked: Arc::new(AtomicBool::new(false)),
        };
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&stop.asked))
                .map_err(|error| Error::data(format!("could not listen for signals: {error}")))?;
        }
        Ok(stop)
    }

    /// Tells whether the user has asked to stop.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Interrupts the queries behind this handle once the user asks to stop.
    ///
    /// # Errors
    /// When the system refuses signal handlers.
    pub fn interrupts(&self, interrupter: Interrupter) -> Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])
            .map_err(|error| Error::data(format!("could not listen for signals: {error}")))?;
        thread::spawn(move || {
            signals.forever().next();
            loop {
                interrupter.interrupt();
                thread::sleep(SAY_AGAIN);
            }
        });
        Ok(())
    }
}
