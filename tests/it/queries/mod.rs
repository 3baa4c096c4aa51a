//! The queries room: headers, parameters, the gate, `check` and `test`.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose stage cannot be set should fail"
)]

mod checking;
mod doubts;
mod gating;
mod headers;
mod journeys;
mod parameters;
mod printing;
mod schemas;
mod testing;
mod workspaces;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A workspace folder that goes away with the test.
pub struct Folder(TempDir);

impl Folder {
    /// Writes these files, by path, next to a minimal `cxtop.toml`.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        folder.write("cxtop.toml", "version = 1\n");
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().to_path_buf()
    }

    /// Replaces the folder's own path, so that a text can be compared.
    pub fn plain(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.path().display()), "")
    }
}

/// Returns the cases of a file in `tests/cases/`: what follows `##` and the lines after it.
pub fn cases(file: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(file);
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("\n## ").skip(1);
    let cases = blocks.map(|block| block.split_once('\n').unwrap());
    cases
        .map(|(head, body)| (head.trim().to_string(), body.trim_end().to_string()))
        .collect()
}

/// Returns the options of a small store in memory.
pub fn options() -> cxtop::store::Options {
    cxtop::store::Options {
        file: None,
        timezone: "UTC".to_string(),
        week_start: jiff::civil::Weekday::Monday,
        threads: 1,
        memory_limit: None,
        query_timeout: std::time::Duration::from_secs(60),
    }
}
