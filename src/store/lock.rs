//! The lock beside a database file. DuckDB's own lock is lost as soon as anything in the process opens and closes the
//! file again, so the store keeps one that is not.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process;

use crate::error::{Error, Result};

/// Holds the lock until it is dropped, also when the process is killed. The lock file itself stays.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a database file, or says who has it.
    pub fn acquire(database: &Path) -> Result<Self> {
        let path = beside(database, "lock");
        let failed = |error: std::io::Error| {
            Error::usage(format!("could not lock {}: {error}", path.display()))
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(database, &mut file)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .map_err(failed)?;
        writeln!(file, "{}", process::id()).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Returns the path of something that belongs to a database file: the same name, with one more extension.
pub fn beside(database: &Path, extension: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    path.into()
}

fn taken(database: &Path, file: &mut File) -> Error {
    let mut holder = String::new();
    // A holder that has not yet written its number is still a holder.
    let _ = file.read_to_string(&mut holder);
    let holder = holder.trim();
    let who = if holder.is_empty() {
        "another process".to_string()
    } else {
        format!("process {holder}")
    };
    Error::usage(format!(
        "could not open {}: in use by {who}",
        database.display()
    ))
    .help("stop that process, or give another file with --db")
}
