//! Protects personal values before anything is stored.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Place, Result};

/// The length of a hash in hexadecimal digits.
const DIGITS: usize = 32;

/// What is done to the values of a personal column.
#[derive(Clone, Debug)]
pub(super) enum Guard {
    Mask,
    Hash(Key),
}

impl Guard {
    /// Returns what is stored instead of the value.
    pub fn protect(&self, text: &str) -> String {
        match self {
            Self::Mask => "***".to_string(),
            Self::Hash(key) => key.hash(text),
        }
    }
}

/// The secret that makes hashes of personal values useless to everybody else.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(…)")
    }
}

impl Key {
    /// Reads the key from `$CXTOP_PRIVACY_KEY` or the user's state folder; the first time, one is made.
    pub fn find() -> Result<Self> {
        if let Some(path) = env::var_os("CXTOP_PRIVACY_KEY").filter(|path| !path.is_empty()) {
            return Self::open(&PathBuf::from(path));
        }
        let state = etcetera::choose_base_strategy()
            .ok()
            .and_then(|folders| folders.state_dir())
            .ok_or_else(|| {
                Error::usage("there is no home folder for the key of hashed columns").help(HELP)
            })?;
        Self::open(&state.join("cxtop").join("privacy.key"))
    }

    /// Reads the key file, or makes one that only its owner can read.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::usage(format!(
                "the key of hashed columns cannot be used: {}",
                super::find::said(&error)
            ))
            .at(Place::file(path))
            .help(HELP)
        };
        match fs::metadata(path) {
            Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
                return Err(Error::usage("others can read the key of hashed columns")
                    .at(Place::file(path))
                    .help(format!("run: chmod 600 {}", path.display())));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => make(path).map_err(failed)?,
            Err(error) => return Err(failed(error)),
        }
        let secret = fs::read(path).map_err(failed)?;
        if secret.len() < 16 {
            return Err(Error::usage("the key of hashed columns is too short")
                .at(Place::file(path))
                .help(HELP));
        }
        let mac = Hmac::<Sha256>::new_from_slice(&secret).map_err(|_| {
            Error::usage("the key of hashed columns cannot be used").at(Place::file(path))
        })?;
        Ok(Self(mac))
    }

    /// Returns the keyed hash of a text: equal texts have equal hashes.
    pub fn hash(&self, text: &str) -> String {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        let digest = mac.finalize().into_bytes();
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits
            .take(DIGITS)
            .map(|digit| char::from(HEX[usize::from(digit)]))
            .collect()
    }
}

const HELP: &str = "CXTOP_PRIVACY_KEY can name another file; the same file gives the same hashes";

fn make(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let secret: [u8; 32] = rand::random();
    let created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match created {
        Ok(mut file) => {
            file.write_all(&secret)?;
            file.sync_all()
        }
        // Another process was first: its key is the key.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_private() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state/cxtop/privacy.key");
        let first = Key::open(&path)?;
        let second = Key::open(&path)?;
        assert_eq!(
            first.hash("ada@example.org"),
            second.hash("ada@example.org")
        );
        assert_ne!(first.hash("ada@example.org"), first.hash("bob@example.org"));
        assert_eq!(first.hash("x").len(), DIGITS);
        let mode = fs::metadata(&path)
            .expect("the key file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("to change the mode");
        assert!(Key::open(&path).is_err_and(|error| error.to_string().contains("chmod 600")));
        Ok(())
    }
}
