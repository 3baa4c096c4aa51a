//! Stop and go: what a shell's job control sends from outside. (`screen::terminal` catches the signals that end us.)

use std::sync::mpsc::SyncSender;
use std::thread;

use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::iterator::Signals;

use super::Message;
use crate::dashboard::{Command, Event};
use crate::error::{Error, Result};

/// Turns job control into commands: give the terminal back before stopping, draw everything after going on.
///
/// # Errors
/// When the system refuses signal handlers or a thread.
pub fn follow_job_control(events: SyncSender<Message>) -> Result<()> {
    let refused =
        |error: std::io::Error| Error::data(format!("could not listen for signals: {error}"));
    let mut signals = Signals::new([SIGTSTP, SIGCONT]).map_err(refused)?;
    thread::Builder::new()
        .name("job control".to_string())
        .spawn(move || {
            for signal in signals.forever() {
                let command = if signal == SIGTSTP {
                    Command::Suspend
                } else {
                    Command::Redraw
                };
                if events
                    .send(Message::Event(Event::Command(command)))
                    .is_err()
                {
                    return;
                }
            }
        })
        .map_err(refused)?;
    Ok(())
}
