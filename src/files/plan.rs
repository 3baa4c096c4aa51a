//! Compares the files of a source with what was read of them, and decides what to read.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::decode::Packing;
use super::find::{self, Found};
use super::record::Checkpoint;
use super::source::Source;
use super::{format, identity};
use crate::error::Result;

/// A file that changed so recently may change again without a new modification time.
const RECENT_NANOSECONDS: i64 = 3_000_000_000;

/// What has to be read of a source.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The files to read, in the order of their paths.
    pub tasks: Vec<Task>,
    /// What was read once and is no longer there.
    pub gone: Vec<Checkpoint>,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// One file to read.
#[derive(Clone, Debug)]
pub struct Task {
    /// The path as found by the glob.
    pub path: PathBuf,
    /// How many raw bytes there are to read.
    pub bytes: u64,
    /// Where to begin.
    pub start: Start,
}

/// Where reading a file begins.
#[derive(Clone, Debug)]
pub enum Start {
    /// At its beginning: nothing is known of it.
    New,
    /// Behind what was read of it.
    Resume(Checkpoint),
    /// Behind what was read of it under another path.
    Renamed(Checkpoint),
    /// At its beginning: what was read of it is no longer what it holds, so those rows are void.
    Rewritten(Checkpoint),
}

/// Decides what to read of a source's files. Unchanged files give no task.
///
/// # Errors
///
/// When the source's pattern is no pattern.
pub fn plan(source: &Source, known: &[Checkpoint]) -> Result<Plan> {
    let finding = find::find(&source.files)?;
    let mut matching = Matching {
        known,
        used: vec![false; known.len()],
        plan: Plan::default(),
    };
    matching.plan.notes = finding.notes;
    let mut left = Vec::new();
    for found in &finding.files {
        if !matching.same_path(found) {
            left.push(found);
        }
    }
    let (mut fresh, mut rewritten) = (Vec::new(), Vec::new());
    for found in left {
        if matching.moved(found) {
            continue;
        }
        match matching
            .known
            .iter()
            .position(|checkpoint| checkpoint.path == found.path)
        {
            Some(index) => rewritten.push((index, found)),
            None => fresh.push(found),
        }
    }
    for (index, found) in rewritten {
        // Its own content may have moved to another path: then this one is simply new.
        let start = if matching.used[index] {
            Start::New
        } else {
            Start::Rewritten(known[index].clone())
        };
        matching.used[index] = true;
        matching.add(found, start, found.stat.size);
    }
    for found in fresh {
        matching.add(found, Start::New, found.stat.size);
    }
    let mut plan = matching.plan;
    plan.gone = known
        .iter()
        .zip(&matching.used)
        .filter(|(_, used)| !**used)
        .map(|(known, _)| known.clone())
        .collect();
    plan.tasks.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(plan)
}

/// Files and checkpoints that find each other.
struct Matching<'a> {
    known: &'a [Checkpoint],
    used: Vec<bool>,
    plan: Plan,
}

impl Matching<'_> {
    /// Matches a file with the checkpoint of its path, if it still continues what was read there.
    fn same_path(&mut self, found: &Found) -> bool {
        let Some(index) = self
            .known
            .iter()
            .position(|checkpoint| checkpoint.path == found.path)
        else {
            return false;
        };
        let checkpoint = &self.known[index];
        let untouched = checkpoint.device == found.stat.device
            && checkpoint.inode == found.stat.inode
            && checkpoint.size == found.stat.size
            && checkpoint.modified == found.stat.modified;
        // A load that was stopped leaves a checkpoint in the middle of its file.
        let is_read = checkpoint.pending == 0 && checkpoint.offset >= checkpoint.size;
        if untouched && is_read && !is_recent(found.stat.modified) {
            self.used[index] = true;
            return true;
        }
        if !continues(found, checkpoint) {
            return false;
        }
        self.used[index] = true;
        let bytes = unread(found, checkpoint);
        if !(untouched && bytes == 0) {
            self.add(found, Start::Resume(checkpoint.clone()), bytes);
        }
        true
    }

    /// Matches a file with a checkpoint whose own path no longer has its content: renamed, copied and cut, or packed.
    fn moved(&mut self, found: &Found) -> bool {
        let candidates = || {
            self.known
                .iter()
                .enumerate()
                .filter(|(index, known)| !self.used[*index] && known.offset > 0)
        };
        let same_inode = |known: &Checkpoint| {
            known.device == found.stat.device && known.inode == found.stat.inode
        };
        let by_inode = candidates().find(|(_, known)| same_inode(known) && continues(found, known));
        let by_content =
            || candidates().find(|(_, known)| known.path != found.path && continues(found, known));
        let by_packing =
            || candidates().find(|(_, known)| known.path != found.path && unpacks_to(found, known));
        let Some((index, _)) = by_inode.or_else(by_content).or_else(by_packing) else {
            return false;
        };
        self.used[index] = true;
        let checkpoint = self.known[index].clone();
        let bytes = unread(found, &checkpoint);
        self.add(found, Start::Renamed(checkpoint), bytes);
        true
    }

    fn add(&mut self, found: &Found, start: Start, bytes: u64) {
        self.plan.tasks.push(Task {
            path: found.path.clone(),
            bytes,
            start,
        });
    }
}

/// Tells whether a file holds what was read of it, and perhaps more behind it.
fn continues(found: &Found, checkpoint: &Checkpoint) -> bool {
    if let Some(hash) = checkpoint.whole_hash {
        return found.stat.size == checkpoint.size
            && identity::whole(&found.path).is_ok_and(|now| now == hash);
    }
    if found.stat.size < checkpoint.offset {
        return false;
    }
    let Ok(file) = File::open(&found.path) else {
        return false;
    };
    let Some(windows) = identity::continues(&file, checkpoint) else {
        return false;
    };
    let taken_without_end =
        checkpoint.format.has_lines() && !matches!(windows.last, None | Some(b'\n' | b'\r' | 0));
    if !taken_without_end || found.stat.size == checkpoint.offset {
        return true;
    }
    // The last line had no end and was taken as whole: it must not have gone on since.
    let mut next = [0; 1];
    file.read_exact_at(&mut next, checkpoint.offset).is_ok() && matches!(next[0], b'\n' | b'\r')
}

fn unread(found: &Found, checkpoint: &Checkpoint) -> u64 {
    if checkpoint.whole_hash.is_some() {
        0
    } else {
        found.stat.size.saturating_sub(checkpoint.offset)
    }
}

fn unpacks_to(found: &Found, checkpoint: &Checkpoint) -> bool {
    if checkpoint.whole_hash.is_some() {
        return false;
    }
    let mut first = [0; 4];
    let read = File::open(&found.path).and_then(|file| file.read_at(&mut first, 0));
    let packing = if read.is_ok() {
        format::packing(&first)
    } else {
        Packing::Plain
    };
    packing != Packing::Plain && identity::unpacks_to(&found.path, packing, checkpoint)
}

fn is_recent(modified: i64) -> bool {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|now| i64::try_from(now.as_nanos()).ok());
    now.is_none_or(|now| now.saturating_sub(modified) < RECENT_NANOSECONDS)
}
