//! Files that are appended to, cut, moved, replaced and packed in any order give the rows they hold.
//!
//! A tiny model keeps, for every path, what the file holds. Whatever happened in between, after a load the rows of the
//! store must be those of the model.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use cxtop::files::Finality;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::loading::{Memory, records};

const HEADER: &str = "ts,customer_id,note\n";
const SEQUENCES: u64 = 100;

/// The files of a folder: what the model says they hold.
struct Model {
    folder: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
    random: ChaCha8Rng,
    written: u64,
    history: Vec<String>,
}

#[test]
fn whatever_happens_to_files_the_rows_are_what_they_hold() {
    for seed in 0..SEQUENCES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut model = Model {
            folder: folder.path().to_path_buf(),
            files: BTreeMap::new(),
            random: ChaCha8Rng::seed_from_u64(seed),
            written: 0,
            history: Vec::new(),
        };
        let source = records(&folder.path().join("*.csv"));
        let mut memory = Memory::default();
        for _ in 0..12 {
            for _ in 0..model.random.random_range(1..3) {
                model.act();
            }
            memory.load(&source, Finality::Growing).expect("to load");
            // What was read of a file that is gone is the store's to keep or to forget: this one forgets.
            memory
                .files
                .retain(|file| model.files.contains_key(&file.checkpoint.path));
            let mut rows: Vec<String> = memory
                .rows()
                .iter()
                .filter_map(|row| row.get("note").cloned())
                .collect();
            rows.sort();
            assert_eq!(
                rows,
                model.notes(),
                "seed {seed}: {:#?}\n{:#?}",
                model.history,
                memory.said()
            );
        }
    }
}

impl Model {
    fn act(&mut self) {
        let names: Vec<PathBuf> = self.files.keys().cloned().collect();
        let packed = |path: &Path| path.extension().is_some_and(|extension| extension == "gz");
        let some = if names.is_empty() {
            None
        } else {
            Some(names[self.random.random_range(0..names.len())].clone())
        };
        match (self.random.random_range(0..10), some) {
            (0..4, Some(path)) if !packed(&path) => self.append(&path),
            (4, Some(path)) => {
                let to = self.fresh(if packed(&path) { "csv.gz" } else { "csv" });
                self.say("rename", &path);
                fs::rename(&path, &to).expect("to rename");
                let held = self.files.remove(&path).unwrap_or_default();
                self.files.insert(to, held);
            }
            (5, Some(path)) if !packed(&path) => {
                let held = self.files[&path].len();
                let keep = self.random.random_range(0..=held);
                self.say(&format!("cut to {keep}"), &path);
                let file = OpenOptions::new().write(true).open(&path).expect("to open");
                file.set_len(keep as u64).expect("to cut");
                self.files.entry(path).or_default().truncate(keep);
            }
            (6, Some(path)) if !packed(&path) => {
                self.say("rewrite in place", &path);
                let text = self.text(HEADER);
                fs::write(&path, &text).expect("to write");
                self.files.insert(path, text);
            }
            (7, Some(path)) if !packed(&path) => {
                // Removing and making anew often gives the new file the old inode.
                self.say("remove and make anew", &path);
                fs::remove_file(&path).expect("to remove");
                let text = self.text(HEADER);
                fs::write(&path, &text).expect("to write");
                self.files.insert(path, text);
            }
            (8, Some(path)) if !packed(&path) => self.pack(&path),
            (9, Some(path)) => {
                self.say("remove", &path);
                fs::remove_file(&path).expect("to remove");
                self.files.remove(&path);
            }
            _ => {
                let path = self.fresh("csv");
                self.say("make", &path);
                let text = self.text(HEADER);
                fs::write(&path, &text).expect("to write");
                self.files.insert(path, text);
            }
        }
    }

    fn append(&mut self, path: &Path) {
        let held = self.files[path].len();
        let text = self.text(HEADER.get(held..).unwrap_or_default());
        // The last record may be cut anywhere: what comes next goes on from there.
        let length = self.random.random_range(1..=text.len());
        self.say(&format!("append {length} bytes"), path);
        let mut file = OpenOptions::new().append(true).open(path).expect("to open");
        file.write_all(&text[..length]).expect("to append");
        self.files
            .entry(path.to_path_buf())
            .or_default()
            .extend_from_slice(&text[..length]);
    }

    fn pack(&mut self, path: &Path) {
        self.say("gzip", path);
        let held = self.files.remove(path).unwrap_or_default();
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&held).expect("to pack");
        let to = path.with_extension("csv.gz");
        fs::write(&to, packer.finish().expect("to pack")).expect("to write");
        fs::remove_file(path).expect("to remove");
        self.files.insert(to, held);
    }

    fn fresh(&mut self, extension: &str) -> PathBuf {
        self.written += 1;
        self.folder.join(format!("{:03}.{extension}", self.written))
    }

    fn text(&mut self, start: &str) -> Vec<u8> {
        let mut text = start.as_bytes().to_vec();
        for _ in 0..self.random.random_range(1..6) {
            self.written += 1;
            text.extend_from_slice(
                format!("2024-03-09T10:00:00Z,u-1,note {}\n", self.written).as_bytes(),
            );
        }
        text
    }

    /// The notes of all whole records, sorted.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (path, held) in &self.files {
            let text = String::from_utf8_lossy(held);
            let is_final = path.extension().is_some_and(|extension| extension == "gz");
            let whole = if is_final {
                &text[..]
            } else {
                text.rfind('\n').map_or("", |end| &text[..=end])
            };
            for line in whole.lines().skip(1) {
                let fields: Vec<&str> = line.split(',').collect();
                if fields.len() == 3 && fields[0] == "2024-03-09T10:00:00Z" && !fields[2].is_empty()
                {
                    notes.push(fields[2].to_string());
                }
            }
        }
        notes.sort();
        notes
    }

    fn say(&mut self, what: &str, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.history.push(format!("{what} {name}"));
    }
}
