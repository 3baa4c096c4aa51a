//! Finding and reading the files of a workspace folder, in the order of their paths.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Place, Result};

/// Folders whose `.sql` files are no queries.
const OTHER_FOLDERS: &[&str] = &["lib", "dashboards", "tests"];

/// Returns the files of a folder and its sub-folders that have this extension, with their text.
pub(super) fn files(
    folder: &Path,
    extension: &'static str,
) -> impl Iterator<Item = (PathBuf, Result<String>)> + use<> {
    let mut found = Vec::new();
    collect(folder, extension, &[], &mut found);
    found.sort();
    found.into_iter().map(|path| (path.clone(), text(&path)))
}

/// Returns the query files of a workspace with their text.
pub(super) fn queries(root: &Path) -> impl Iterator<Item = (PathBuf, Result<String>)> + use<> {
    let mut found = Vec::new();
    collect(root, "sql", OTHER_FOLDERS, &mut found);
    found.sort();
    found.into_iter().map(|path| (path.clone(), text(&path)))
}

fn collect(folder: &Path, extension: &str, except: &[&str], found: &mut Vec<PathBuf>) {
    // A folder that is not there has no files; one that cannot be read shows when a file of it is missed.
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        // Editors keep their drafts in hidden files.
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() && !except.contains(&name.as_str()) {
            collect(&entry.path(), extension, &[], found);
        } else if !kind.is_dir()
            && entry
                .path()
                .extension()
                .is_some_and(|found| found == extension)
        {
            found.push(entry.path());
        }
    }
}

/// Returns a file's text.
///
/// # Errors
/// The file cannot be read, is not UTF-8, or holds merge conflicts.
pub(super) fn text(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|error| {
        Error::data(format!("could not read the file: {error}"))
            .at(Place::file(path))
            .rule("file")
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|byte| *byte == b'\n').count();
        Error::data("the file is not UTF-8")
            .at(Place {
                line,
                ..Place::file(path)
            })
            .rule("file")
    })?;
    match conflict(&text) {
        None => Ok(text),
        Some(start) => Err(Error::data("the file has an unresolved merge conflict")
            .at(Place::in_text(path, &text, start))
            .rule("conflict")
            .help(
                "keep one side, and delete the lines that start with <<<<<<<, ======= and >>>>>>>",
            )),
    }
}

/// Returns where a merge-conflict marker stands.
fn conflict(text: &str) -> Option<usize> {
    let mut start = 0;
    let mut opened = None;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") {
            opened = opened.or(Some(start));
        } else if line.starts_with(">>>>>>> ") && opened.is_some() {
            return opened;
        }
        start += line.len();
    }
    opened
}
