//! From the terminal's keys to the dashboard's events.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, KeyCode, KeyEventKind};

use super::keys::{self, Control, Key};
use crate::dashboard::{Dashboard, Event, Input, Typing};

/// One thing the terminal reported. What it means depends on what is on show, so the main thread decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressed(event::Event);

/// The thread that reads the terminal. It reads nothing until [`Keyboard::next`] allows it, so that `$EDITOR` and the
/// shell get every key that is meant for them.
#[derive(Debug)]
pub struct Keyboard {
    allow: SyncSender<()>,
}

impl Keyboard {
    /// Starts the thread. `send` takes each thing read, and returns whether anybody still listens. From here on no change
    /// of the terminal's size is missed.
    ///
    /// # Errors
    /// The terminal is gone, or the thread cannot be started.
    pub fn start(
        send: impl Fn(io::Result<Pressed>) -> Listening + Send + 'static,
    ) -> io::Result<Self> {
        // The first look is what makes the signal of a new size heard: the thread's own may come late on a busy machine.
        event::poll(Duration::ZERO)?;
        let (allow, allowed) = sync_channel(1);
        thread::Builder::new()
            .name("keyboard".to_string())
            .spawn(move || read(&allowed, &send))?;
        Ok(Self { allow })
    }

    /// Allows one more read. To be called once at the start and once after each thing that was sent.
    pub fn next(&self) {
        // A full queue already holds a permission; a closed one means that the terminal is gone.
        let _ = self.allow.try_send(());
    }
}

/// Whether anybody still listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// Somebody does.
    Yes,
    /// Nobody does.
    No,
}

fn read(allowed: &Receiver<()>, send: &impl Fn(io::Result<Pressed>) -> Listening) {
    while allowed.recv().is_ok() {
        let pressed = event::read().map(Pressed);
        let failed = pressed.is_err();
        if send(pressed) == Listening::No || failed {
            return;
        }
    }
}

impl Pressed {
    /// Returns the press of a key, for tests and replays.
    #[must_use]
    pub fn key(code: KeyCode, modifiers: event::KeyModifiers) -> Self {
        Self(event::Event::Key(event::KeyEvent::new(code, modifiers)))
    }

    /// Returns the events it means now: commands, text, or a new size. A pasted text is typed letter by letter.
    #[must_use]
    pub fn events(&self, dashboard: &Dashboard) -> Vec<Event> {
        match &self.0 {
            event::Event::Key(key) if key.kind != KeyEventKind::Release => {
                meaning(dashboard, Key::pressed(key.code, key.modifiers))
                    .into_iter()
                    .collect()
            }
            event::Event::Resize(width, height) => vec![Event::Resized {
                width: *width,
                height: *height,
            }],
            event::Event::Paste(text) if dashboard.typing != Typing::Keys => text
                .chars()
                .filter(|letter| !letter.is_control())
                .map(|letter| Event::Typed(Input::Char(letter)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn meaning(dashboard: &Dashboard, key: Key) -> Option<Event> {
    if let Some(command) = keys::command(dashboard, key) {
        return Some(Event::Command(command));
    }
    if dashboard.typing == Typing::Keys || key.control == Control::Held {
        return None;
    }
    match key.code {
        KeyCode::Char(letter) => Some(Event::Typed(Input::Char(letter))),
        KeyCode::Backspace => Some(Event::Typed(Input::Backspace)),
        _ => None,
    }
}
