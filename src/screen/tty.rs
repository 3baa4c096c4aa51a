//! What only the system can say or do about the terminal: whose it is, and giving it back when the program crashes.
//! `DuckDB` is C++: an abort or a wrong pointer there runs no panic hook, and would leave a shell without echo on the
//! alternate screen.
//!
//! Invariant: what runs inside the signal does nothing but atomics and system calls that are allowed there.
#![expect(
    unsafe_code,
    reason = "crash signals and the terminal's owner have no safe interface"
)]

use std::io::{Error, Result};
use std::sync::OnceLock;

use libc::{
    SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, STDERR_FILENO, STDIN_FILENO, STDOUT_FILENO, c_int,
};

/// What the terminal was before it was taken, and what takes it back there.
struct Before {
    modes: libc::termios,
    farewell: Vec<u8>,
    is_ours: fn() -> bool,
}

static BEFORE: OnceLock<Before> = OnceLock::new();

const APOLOGY: &[u8] = b"cxtop: the program crashed; what `--db` keeps is safe, and a new start goes on from there\r\n";

/// Tells whether the terminal is this program's to read and draw on; where nobody owns it, it is.
pub fn is_in_foreground() -> bool {
    // SAFETY: both calls only ask.
    let (owner, own) = unsafe { (libc::tcgetpgrp(STDIN_FILENO), libc::getpgrp()) };
    owner < 0 || owner == own
}

/// From now on a crash first gives the terminal back, if it `is_ours` at that moment: its modes of now, and the bytes of
/// `farewell`. Then the signal takes its usual course. Later calls change nothing.
///
/// # Errors
/// Standard input is no terminal, or the system refuses the handlers.
pub fn guard(farewell: Vec<u8>, is_ours: fn() -> bool) -> Result<()> {
    // SAFETY: zeroed modes are valid for the system to fill in.
    let modes = unsafe {
        let mut modes: libc::termios = std::mem::zeroed();
        if libc::tcgetattr(STDIN_FILENO, &raw mut modes) != 0 {
            return Err(Error::last_os_error());
        }
        modes
    };
    BEFORE.get_or_init(|| Before {
        modes,
        farewell,
        is_ours,
    });
    for signal in [SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE] {
        // SAFETY: the action is complete, and its handler does only what is allowed inside a signal.
        let refused = unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = crashed as extern "C" fn(c_int) as libc::sighandler_t;
            // On a stack of its own, because this one may be full; once, so that the second time is the end.
            action.sa_flags = libc::SA_ONSTACK | libc::SA_RESETHAND;
            libc::sigaction(signal, &raw const action, std::ptr::null_mut()) != 0
        };
        if refused {
            return Err(Error::last_os_error());
        }
    }
    Ok(())
}

extern "C" fn crashed(signal: c_int) {
    // SAFETY: write, tcsetattr and raise are async-signal-safe; `BEFORE` is only read, and was complete before the
    // handler was set.
    unsafe {
        if let Some(before) = BEFORE.get()
            && (before.is_ours)()
        {
            let farewell = &before.farewell;
            libc::write(STDOUT_FILENO, farewell.as_ptr().cast(), farewell.len());
            libc::tcsetattr(STDIN_FILENO, libc::TCSANOW, &raw const before.modes);
            libc::write(STDERR_FILENO, APOLOGY.as_ptr().cast(), APOLOGY.len());
        }
        // The usual course: without the handler it ends the program, with the signal as the reason.
        libc::raise(signal);
    }
}
