//! The keyboard's thread: terminal events become the program's events.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use crate::dashboard::event::Event;
use crate::error::{Error, Result};
use crate::screen::input;

/// How soon a paused keyboard notices. Waking this often costs about a thousandth of a core.
const LOOK_UP: Duration = Duration::from_millis(100);

/// Reads the keyboard; can leave it to another program for a while.
pub struct Keys {
    paused: Arc<AtomicBool>,
}

impl Keys {
    /// Starts the keyboard's thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(events: SyncSender<Event>) -> Result<Self> {
        let paused = Arc::new(AtomicBool::new(false));
        let keys = Self { paused: Arc::clone(&paused) };
        thread::Builder::new()
            .name("keys".to_string())
            .spawn(move || read(&paused, &events))
            .map_err(|error| Error::data(format!("could not start reading keys: {error}")))?;
        Ok(keys)
    }

    /// Leaves the keyboard to another program.
    pub fn pause(&self) {
        self.paused.store(true, Ordering::SeqCst);
        // The thread may be inside its wait for a key: let that run out before the other program starts.
        thread::sleep(LOOK_UP + LOOK_UP / 2);
    }

    /// Takes the keyboard back.
    pub fn resume(&self) {
        self.paused.store(false, Ordering::SeqCst);
    }
}

fn read(paused: &AtomicBool, events: &SyncSender<Event>) {
    loop {
        if paused.load(Ordering::SeqCst) {
            thread::sleep(LOOK_UP);
            continue;
        }
        match input::next(LOOK_UP) {
            Ok(Some(event)) if events.send(event).is_err() => return,
            Ok(_) => {}
            // The terminal is gone; SIGHUP ends the program.
            Err(_) => return,
        }
    }
}
