//! The house has one direction: a stage uses only stages to its left (`src/lib.rs` draws it).

use std::fs;
use std::path::{Path, PathBuf};

/// For every room, the rooms it may use. `error` and `text` are the floor that all stand on.
const MAY_USE: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("text", &[]),
    ("files", &["error", "text"]),
    ("analysis", &["error"]),
    ("sample", &["error"]),
    ("store", &["error", "text", "files", "analysis"]),
    ("queries", &["error", "text", "files", "analysis", "store"]),
    ("export", &["error", "text", "store"]),
    ("panels", &["error", "text", "analysis", "store", "queries"]),
    ("manual", &["text"]),
    (
        "dashboard",
        &[
            "error", "text", "analysis", "store", "queries", "panels", "export", "manual",
        ],
    ),
    (
        "screen",
        &[
            "error",
            "text",
            "analysis",
            "store",
            "queries",
            "panels",
            "manual",
            "dashboard",
        ],
    ),
];

/// Crates that only one place may name.
const ONLY_PLACE: &[(&str, &[&str])] = &[
    ("notify", &["files"]),
    ("duckdb", &["store"]),
    ("libduckdb_sys", &["store"]),
    ("ratatui", &["screen"]),
    ("crossterm", &["screen"]),
    ("clap", &["args", "main"]),
    ("pulldown_cmark", &["manual"]),
];

#[test]
fn a_stage_uses_only_stages_to_its_left() {
    let mut wrong = Vec::new();
    for (file, room, line, text) in lines() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
            continue;
        };
        for used in rooms_named_in(&text) {
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!(
                    "{}:{line}: `{room}` may not use `{used}`",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_its_own_room_names_a_library() {
    let mut wrong = Vec::new();
    for (file, room, line, text) in lines() {
        for (library, places) in ONLY_PLACE {
            let named = [
                format!("use {library}::"),
                format!(" {library}::"),
                format!("({library}::"),
            ];
            if named.iter().any(|name| text.contains(name.as_str()))
                && !places.contains(&room.as_str())
            {
                wrong.push(format!(
                    "{}:{line}: only {places:?} may name `{library}`",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_listed_here() {
    let free = ["app", "args", "commands", "lib", "main"];
    let mut rooms: Vec<String> = lines().into_iter().map(|(_, room, _, _)| room).collect();
    rooms.dedup();
    for room in rooms {
        assert!(
            free.contains(&room.as_str()) || MAY_USE.iter().any(|(name, _)| *name == room),
            "say in tests/it/layers.rs what `{room}` may use"
        );
    }
}

/// Returns file, room, line number and text of every line of code that is no comment.
fn lines() -> Vec<(PathBuf, String, usize, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&source, &mut files);
    let mut lines = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&source).unwrap();
        let first = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let room = first.trim_end_matches(".rs").to_string();
        for (index, text) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            if !text.trim_start().starts_with("//") {
                lines.push((
                    inside.to_path_buf(),
                    room.clone(),
                    index + 1,
                    text.to_string(),
                ));
            }
        }
    }
    lines
}

pub fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Returns the rooms named as `crate::ROOM` in a line.
fn rooms_named_in(text: &str) -> Vec<String> {
    text.match_indices("crate::")
        .map(|(at, found)| {
            text[at + found.len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .filter(|room: &String| room.chars().next().is_some_and(char::is_lowercase))
        .collect()
}
