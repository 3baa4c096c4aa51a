//! Notices changed files: events of the operating system are hints, looking at every file is the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, Flag};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::find::{self, Depth, Stat};

/// Events that come so close together are one change.
const QUIET: Duration = Duration::from_millis(40);

/// A change is told at the latest after this time, however many more events come.
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// How often the patterns are expanded again while events say which folders change.
const RESCAN: Duration = Duration::from_secs(10);

/// Watches the files of patterns from a thread of its own; dropping it stops it.
#[derive(Debug)]
pub struct Watch {
    hints: Sender<Hint>,
    thread: Option<JoinHandle<()>>,
}

/// Files to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchTarget {
    /// The name that [`Wake::Changed`] tells.
    pub name: String,
    /// The files: a path or a glob.
    pub pattern: PathBuf,
}

/// What a watch tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Files of this target were written, added, renamed or removed.
    Changed(String),
    /// Events cannot be had, and why; from then on files are looked at every now and then.
    Trouble(String),
}

enum Hint {
    Event(notify::Result<Event>),
    Stop,
}

impl Watch {
    /// Starts to watch. Every target is told once at the start, because it may have changed before.
    #[must_use]
    pub fn start(
        targets: Vec<WatchTarget>,
        poll: Duration,
        wake: Box<dyn Fn(Wake) + Send>,
    ) -> Self {
        let (hints, received) = mpsc::channel();
        let events = hints.clone();
        let watcher = notify::recommended_watcher(move |event| {
            // Only a watch that has stopped no longer listens.
            let _stopped = events.send(Hint::Event(event));
        });
        let thread = thread::Builder::new()
            .name("watch".to_string())
            .spawn(move || {
                let mut watching = Watching::new(targets, wake);
                match watcher {
                    Ok(watcher) => watching.watcher = Some(watcher),
                    Err(error) => watching.trouble(&error),
                }
                watching.run(&received, poll.max(Duration::from_millis(10)));
            });
        Self {
            hints,
            thread: thread.ok(),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _stopped = self.hints.send(Hint::Stop);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// The state of a watch, on its own thread.
struct Watching {
    targets: Vec<WatchTarget>,
    wake: Box<dyn Fn(Wake) + Send>,
    watcher: Option<RecommendedWatcher>,
    /// The watched folders, with their inode: a folder that was made anew has to be watched anew.
    folders: BTreeMap<PathBuf, (u64, RecursiveMode)>,
    /// What every target's files looked like.
    files: Vec<BTreeMap<PathBuf, Stat>>,
    troubled: bool,
    rescanned: Instant,
}

impl Watching {
    fn new(mut targets: Vec<WatchTarget>, wake: Box<dyn Fn(Wake) + Send>) -> Self {
        for target in &mut targets {
            // Events carry absolute paths.
            if let Ok(absolute) = std::path::absolute(&target.pattern) {
                target.pattern = absolute;
            }
        }
        let files = vec![BTreeMap::new(); targets.len()];
        Self {
            targets,
            wake,
            watcher: None,
            folders: BTreeMap::new(),
            files,
            troubled: false,
            rescanned: Instant::now(),
        }
    }

    fn run(&mut self, hints: &Receiver<Hint>, poll: Duration) {
        self.scan();
        for target in &self.targets {
            (self.wake)(Wake::Changed(target.name.clone()));
        }
        loop {
            let touched = match hints.recv_timeout(poll) {
                Ok(Hint::Event(event)) => match self.gather(event, hints) {
                    Some(touched) => touched,
                    None => return,
                },
                Err(RecvTimeoutError::Timeout) => BTreeSet::new(),
                Ok(Hint::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            };
            let blind = self.watcher.is_none() || self.troubled;
            let rescan = blind || !touched.is_empty() || self.rescanned.elapsed() >= RESCAN;
            let mut changed = if rescan { self.scan() } else { self.look() };
            // An event about a known file counts even if its size and time look the same.
            for (index, files) in self.files.iter().enumerate() {
                if touched.iter().any(|path| files.contains_key(path)) {
                    changed.insert(index);
                }
            }
            for index in changed {
                (self.wake)(Wake::Changed(self.targets[index].name.clone()));
            }
        }
    }

    /// Collects the paths of events until it is quiet; `None` when the watch shall stop.
    fn gather(
        &mut self,
        first: notify::Result<Event>,
        hints: &Receiver<Hint>,
    ) -> Option<BTreeSet<PathBuf>> {
        let began = Instant::now();
        let mut touched = BTreeSet::new();
        let mut next = Some(first);
        loop {
            if let Some(event) = next.take() {
                self.note(event, &mut touched);
            }
            let left = LONGEST_WAIT.saturating_sub(began.elapsed());
            // What is not about files being written needs no waiting for more of it.
            let quiet = if touched.is_empty() {
                Duration::ZERO
            } else {
                QUIET.min(left)
            };
            match hints.recv_timeout(quiet) {
                Ok(Hint::Event(event)) if !left.is_zero() => next = Some(event),
                Ok(Hint::Event(event)) => {
                    self.note(event, &mut touched);
                    return Some(touched);
                }
                Err(RecvTimeoutError::Timeout) => return Some(touched),
                Ok(Hint::Stop) | Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn note(&mut self, event: notify::Result<Event>, touched: &mut BTreeSet<PathBuf>) {
        match event {
            Ok(event) if event.attrs.flag() == Some(Flag::Rescan) => {
                touched.extend(self.targets.iter().map(|target| target.pattern.clone()));
            }
            // Reading, ours included, changes nothing.
            Ok(Event {
                kind: EventKind::Access(kind),
                ..
            }) if kind != AccessKind::Close(AccessMode::Write) => {}
            Ok(event) => {
                if matches!(
                    event.kind,
                    EventKind::Remove(_) | EventKind::Modify(notify::event::ModifyKind::Name(_))
                ) {
                    for path in &event.paths {
                        self.folders.remove(path);
                    }
                }
                touched.extend(event.paths);
            }
            Err(error) => {
                self.trouble(&error);
                touched.extend(self.targets.iter().map(|target| target.pattern.clone()));
            }
        }
    }

    /// Watches the right folders, then expands the patterns again; returns the targets whose files changed.
    fn scan(&mut self) -> BTreeSet<usize> {
        self.rescanned = Instant::now();
        self.watch_folders();
        let mut changed = BTreeSet::new();
        for index in 0..self.targets.len() {
            // A pattern that is none was said when its source was loaded.
            let found = find::find(&self.targets[index].pattern)
                .map(|finding| finding.files)
                .unwrap_or_default();
            let files: BTreeMap<PathBuf, Stat> = found
                .into_iter()
                .map(|found| (found.path, found.stat))
                .collect();
            if files != self.files[index] {
                self.files[index] = files;
                changed.insert(index);
            }
        }
        // Files may be links into folders that were not known before.
        self.watch_folders();
        changed
    }

    /// Looks at every known file; returns the targets whose files changed.
    fn look(&mut self) -> BTreeSet<usize> {
        let mut changed = BTreeSet::new();
        for (index, files) in self.files.iter_mut().enumerate() {
            for (path, known) in files.iter_mut() {
                let stat = fs::metadata(path)
                    .map(|metadata| Stat::of(&metadata))
                    .unwrap_or_default();
                if stat != *known {
                    *known = stat;
                    changed.insert(index);
                }
            }
        }
        changed
    }

    fn watch_folders(&mut self) {
        if self.watcher.is_none() {
            return;
        }
        for (folder, mode) in self.wanted_folders() {
            let Ok(inode) = fs::metadata(&folder).map(|metadata| metadata.ino()) else {
                continue;
            };
            if self.folders.get(&folder) == Some(&(inode, mode)) {
                continue;
            }
            let watched = self
                .watcher
                .as_mut()
                .map(|watcher| watcher.watch(&folder, mode));
            match watched {
                Some(Err(error)) => self.trouble(&error),
                _ => {
                    self.folders.insert(folder, (inode, mode));
                }
            }
        }
    }

    /// The folders of the patterns, or their nearest ancestors that exist, and those that links lead to.
    fn wanted_folders(&self) -> BTreeMap<PathBuf, RecursiveMode> {
        let mut wanted = BTreeMap::new();
        for (target, files) in self.targets.iter().zip(&self.files) {
            let (base, depth) = find::base(&target.pattern);
            let exists = base.is_dir();
            let folder = nearest_folder(&base);
            let mode = match depth {
                Depth::Below if exists => RecursiveMode::Recursive,
                Depth::Below | Depth::Direct => RecursiveMode::NonRecursive,
            };
            let known = wanted.entry(folder).or_insert(mode);
            if mode == RecursiveMode::Recursive {
                *known = mode;
            }
            for path in files.keys().filter(|path| path.is_symlink()) {
                if let Some(real) = fs::canonicalize(path)
                    .ok()
                    .as_deref()
                    .and_then(Path::parent)
                {
                    wanted
                        .entry(real.to_path_buf())
                        .or_insert(RecursiveMode::NonRecursive);
                }
            }
        }
        wanted
    }

    fn trouble(&mut self, error: &notify::Error) {
        if !self.troubled {
            self.troubled = true;
            let why = match &error.kind {
                notify::ErrorKind::MaxFilesWatch => {
                    "the system's limit of watches is reached".to_string()
                }
                notify::ErrorKind::Io(error) => find::said(error),
                _ => error.to_string().to_lowercase(),
            };
            (self.wake)(Wake::Trouble(format!(
                "changes are looked for, not told: {why}"
            )));
        }
    }
}

fn nearest_folder(folder: &Path) -> PathBuf {
    let existing = folder.ancestors().find(|ancestor| ancestor.is_dir());
    match existing {
        Some(folder) => folder.to_path_buf(),
        None => PathBuf::from("."),
    }
}
