//! Turns the pattern of a source into the regular files it means.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use glob::MatchOptions;

use crate::error::{Error, Place, Result};

/// One regular file, as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub path: PathBuf,
    pub stat: Stat,
}

/// What tells two states of a file apart without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stat {
    pub device: u64,
    pub inode: u64,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
}

impl Stat {
    pub fn of(metadata: &Metadata) -> Self {
        let modified =
            metadata
                .modified()
                .ok()
                .and_then(|time| match time.duration_since(UNIX_EPOCH) {
                    Ok(after) => i64::try_from(after.as_nanos()).ok(),
                    Err(before) => i64::try_from(before.duration().as_nanos())
                        .ok()
                        .map(|nanoseconds| -nanoseconds),
                });
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: modified.unwrap_or_default(),
        }
    }
}

/// The files of a pattern, sorted by path, and what was left out and why.
#[derive(Debug, Default)]
pub(super) struct Finding {
    pub files: Vec<Found>,
    pub notes: Vec<String>,
}

/// Finds the regular files a pattern means.
///
/// A path that exists is that file, whatever characters it has. Otherwise `*`, `?`, `[…]` and `**` are wild. A pattern
/// for plain files also finds their `.gz` and `.zst` forms, unless the plain file is still there.
pub(super) fn find(pattern: &Path) -> Result<Finding> {
    let mut finding = Finding::default();
    let mut paths = BTreeSet::new();
    if fs::symlink_metadata(pattern).is_ok() {
        paths.insert(pattern.to_path_buf());
    } else if let Some(text) = pattern.to_str() {
        expand(text, &mut paths, &mut finding.notes)?;
        if !compressed(pattern) {
            let mut packed = BTreeSet::new();
            for extension in ["gz", "zst"] {
                expand(
                    &format!("{text}.{extension}"),
                    &mut packed,
                    &mut finding.notes,
                )?;
            }
            for path in packed {
                if paths.contains(&path.with_extension("")) {
                    finding.notes.push(format!(
                        "{} is left out: it is here uncompressed too",
                        path.display()
                    ));
                } else {
                    paths.insert(path);
                }
            }
        }
    }
    let mut seen = BTreeSet::new();
    for path in paths {
        let stat = match regular(&path) {
            Ok(stat) => stat,
            Err(reason) => {
                finding
                    .notes
                    .push(format!("{} is left out: {reason}", path.display()));
                continue;
            }
        };
        if seen.insert((stat.device, stat.inode)) {
            finding.files.push(Found { path, stat });
        } else {
            finding.notes.push(format!(
                "{} is left out: the same file under another name",
                path.display()
            ));
        }
    }
    Ok(finding)
}

/// Returns the folder below which a pattern can match, and whether it can match deeper than directly in it.
pub(super) fn base(pattern: &Path) -> (PathBuf, Depth) {
    let parent = pattern.parent().unwrap_or(Path::new(""));
    let mut base = PathBuf::new();
    let mut depth = Depth::Direct;
    for component in parent.components() {
        if component
            .as_os_str()
            .to_string_lossy()
            .contains(['*', '?', '['])
            && !base.join(component).exists()
        {
            depth = Depth::Below;
            break;
        }
        base.push(component);
    }
    if pattern.file_name().is_some_and(|name| name == "**") {
        depth = Depth::Below;
    }
    if base.as_os_str().is_empty() {
        base.push(".");
    }
    (base, depth)
}

/// Whether a pattern matches files directly in its base folder only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Direct,
    Below,
}

/// Tells whether a name says that the file is compressed.
pub(super) fn compressed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "gz" || extension == "zst")
}

fn expand(text: &str, paths: &mut BTreeSet<PathBuf>, notes: &mut Vec<String>) -> Result<()> {
    let options = MatchOptions {
        require_literal_leading_dot: true,
        ..MatchOptions::default()
    };
    let matches = glob::glob_with(text, options).map_err(|error| {
        Error::usage(format!("`{text}` is no pattern for files: {}", error.msg))
            .help("`*`, `?`, `[…]` and `**` are wild; write `[*]` for a star itself")
    })?;
    for entry in matches {
        match entry {
            Ok(path) => {
                paths.insert(path);
            }
            Err(error) => notes.push(format!(
                "{} is left out: {}",
                error.path().display(),
                said(error.error())
            )),
        }
    }
    Ok(())
}

/// Returns the state of a regular file; links are followed. Nothing else is ever opened: a pipe would hang.
fn regular(path: &Path) -> std::result::Result<Stat, String> {
    let metadata = fs::metadata(path).map_err(|error| said(&error))?;
    match () {
        () if metadata.is_dir() => Err("it is a folder".to_string()),
        () if !metadata.is_file() => Err("it is no regular file".to_string()),
        () => Ok(Stat::of(&metadata)),
    }
}

/// Returns the words for an input or output error.
pub(super) fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there".to_string(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_string(),
        _ if error.raw_os_error() == Some(libc::ELOOP) => "its link leads to itself".to_string(),
        _ => error.to_string().to_lowercase(),
    }
}

/// Returns the error for a file that cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::data(format!("cannot be read: {}", said(error))).at(Place::file(path))
}
