//! The terminal in and out: enters it, gives it back whatever happens, suspends, copies.
//!
//! It asks the terminal nothing: answers come late over SSH and look like typed text.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode, size,
};
use crossterm::{cursor, queue};
use signal_hook::consts::{SIGHUP, SIGINT, SIGSTOP, SIGTERM};
use signal_hook::iterator::Signals;

use super::painter::Painter;
use super::style::Style;
use crate::dashboard::{Dashboard, MOST_COPIED, Size};
use crate::error::{Error, Result};

/// How long the program may take to end after a signal before it is ended.
const GRACE: Duration = Duration::from_millis(1_500);

/// Whether the terminal is ours, so that it is given back once, by whoever comes first.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The terminal while the dashboard is on it. Dropping it gives it back.
#[derive(Debug)]
pub struct Terminal {
    painter: Painter<File>,
}

/// Returns why there is no dashboard on this terminal, if there is a reason.
#[must_use]
pub fn unusable() -> Option<Error> {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        return Some(
            Error::usage("this is not a terminal").help("`cxtop snapshot` prints one picture"),
        );
    }
    let dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    dumb.then(|| {
        Error::usage("this terminal (TERM=dumb) cannot draw")
            .help("`cxtop snapshot` prints one picture")
    })
}

/// Takes the terminal: raw keys, alternate screen, no mouse.
///
/// # Errors
/// It is no terminal, or it is gone.
pub fn enter() -> Result<Terminal> {
    if let Some(error) = unusable() {
        return Err(error);
    }
    guard_panics();
    super::tty::guard(farewell(), give_back).map_err(lost)?;
    // Standard output itself splits a frame at its last line end; a plain file writes it whole.
    let out = io::stdout().as_fd().try_clone_to_owned().map_err(lost)?;
    let mut terminal = Terminal {
        painter: Painter::new(File::from(out)),
    };
    terminal.take()?;
    Ok(terminal)
}

impl Terminal {
    /// Draws one frame.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn draw(&mut self, dashboard: &Dashboard, style: &Style) -> Result<()> {
        wait_for_foreground();
        self.painter
            .paint(dashboard.size, |buffer| {
                super::draw(dashboard, style, buffer);
            })
            .map_err(lost)
    }

    /// Makes the next frame a whole one.
    pub fn clear(&mut self) {
        self.painter.forget();
    }

    /// Gives the terminal back for a while: to `$EDITOR`, to the shell.
    pub fn leave(&mut self) {
        restore();
    }

    /// Takes the terminal again after [`Terminal::leave`].
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn take(&mut self) -> Result<()> {
        wait_for_foreground();
        enable_raw_mode().map_err(lost)?;
        ENTERED.store(true, Ordering::SeqCst);
        self.painter.forget();
        let mut bytes = Vec::new();
        queue!(
            bytes,
            EnterAlternateScreen,
            cursor::Hide,
            EnableBracketedPaste
        )
        .map_err(lost)?;
        self.painter.out().write_all(&bytes).map_err(lost)
    }

    /// Gives the terminal to the shell until it continues us.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn suspend(&mut self) -> Result<()> {
        self.leave();
        // Not SIGTSTP, which is dropped where no shell waits for us.
        signal_hook::low_level::raise(SIGSTOP).map_err(lost)?;
        self.take()
    }

    /// Puts text on the clipboard of whoever sits at the terminal, through SSH too (OSC 52).
    ///
    /// # Errors
    /// The text is too long for terminals to take, or the terminal is gone.
    pub fn copy(&mut self, text: &str) -> Result<()> {
        if text.len() > MOST_COPIED {
            return Err(Error::data(format!(
                "{} bytes are more than terminals copy",
                text.len()
            )));
        }
        let mut bytes = Vec::new();
        queue!(bytes, CopyToClipboard::to_clipboard_from(text)).map_err(lost)?;
        self.painter.out().write_all(&bytes).map_err(lost)
    }
}

/// Stops the program as long as it is continued in the background, where the terminal is somebody else's.
fn wait_for_foreground() {
    while !super::tty::is_in_foreground() && signal_hook::low_level::raise(SIGSTOP).is_ok() {}
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Tells whether every frame crosses a network or a multiplexer on its way to the user's eyes.
#[must_use]
pub fn is_far() -> bool {
    ["SSH_CONNECTION", "SSH_TTY", "TMUX", "STY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
}

/// Returns the terminal's size; 80x24 where it has none.
#[must_use]
pub fn current_size() -> Size {
    match size() {
        Ok((width, height)) if width > 0 && height > 0 => Size { width, height },
        _ => Size {
            width: 80,
            height: 24,
        },
    }
}

/// Gives the terminal back, if it is ours. Whatever goes wrong, the rest is still tried: the terminal may be gone.
pub fn restore() {
    if !give_back() {
        return;
    }
    let mut out = io::stdout();
    let _ = out.write_all(&farewell()).and_then(|()| out.flush());
    let _ = disable_raw_mode();
}

/// Tells whether the terminal was ours; from now on it is not.
fn give_back() -> bool {
    ENTERED.swap(false, Ordering::SeqCst)
}

/// Returns the bytes that undo what [`Terminal::take`] and drawing changed.
fn farewell() -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = queue!(
        bytes,
        DisableBracketedPaste,
        ResetColor,
        cursor::Show,
        LeaveAlternateScreen
    );
    bytes
}

/// Gives the terminal back before a panic of this thread is reported. A panic of any other thread leaves the screen
/// alone: whoever started that thread hears of it and shows it.
fn guard_panics() {
    static GUARDED: AtomicBool = AtomicBool::new(false);
    if GUARDED.swap(true, Ordering::SeqCst) {
        return;
    }
    let screen = thread::current().id();
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == screen {
            restore();
            report(panic);
        } else if !ENTERED.load(Ordering::SeqCst) {
            report(panic);
        }
    }));
}

/// Calls `stop` with the exit code when the program is told to end (SIGTERM, SIGHUP, SIGINT). If it has not ended soon
/// after, the terminal is given back and the program ends at once; the store's transactions make that safe.
///
/// # Errors
/// The signals cannot be caught.
pub fn on_stop(stop: impl Fn(i32) + Send + 'static) -> Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT]).map_err(lost)?;
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            stop(128 + signal);
            thread::sleep(GRACE);
            restore();
            signal_hook::low_level::exit(128 + signal);
        }
    };
    thread::Builder::new()
        .name("signals".to_string())
        .spawn(wait)
        .map_err(lost)?;
    Ok(())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn lost(error: io::Error) -> Error {
    Error::data(format!("the terminal is gone: {error}"))
}
