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

/// How the files of patterns looked at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight(BTreeMap<PathBuf, Stat>);

impl Sight {
    /// Looks at the files of these paths and globs.
    #[must_use]
    pub fn of(patterns: &[PathBuf]) -> Self {
        let found = |pattern: &PathBuf| {
            // A pattern that is none was said when its source was loaded.
            let finding = find::find(&absolute(pattern));
            finding.map(|finding| finding.files).unwrap_or_default()
        };
        let files = patterns.iter().flat_map(found);
        Self(files.map(|found| (found.path, found.stat)).collect())
    }
}

/// What a watch tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Files were written, added, renamed or removed.
    Changed,
    /// Events cannot be had, and why; from then on files are looked at every now and then.
    Trouble(String),
}

enum Hint {
    Event(notify::Result<Event>),
    Stop,
}

impl Watch {
    /// Starts to watch the files of these paths and globs, and tells at once if they are no longer as they were at first sight.
    #[must_use]
    pub fn start(
        patterns: &[PathBuf],
        first_sight: Sight,
        poll: Duration,
        wake: Box<dyn Fn(Wake) + Send>,
    ) -> Self {
        let (hints, received) = mpsc::channel();
        let events = hints.clone();
        let watcher = notify::recommended_watcher(move |event| {
            // Only a watch that has stopped no longer listens.
            let _stopped = events.send(Hint::Event(event));
        });
        let mut watching = Watching::new(patterns, first_sight, wake);
        let thread = thread::Builder::new()
            .name("watch".to_string())
            .spawn(move || {
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
    /// Events carry absolute paths, so these are absolute too.
    patterns: Vec<PathBuf>,
    wake: Box<dyn Fn(Wake) + Send>,
    watcher: Option<RecommendedWatcher>,
    /// The watched folders, with their inode: a folder that was made anew has to be watched anew.
    folders: BTreeMap<PathBuf, (u64, RecursiveMode)>,
    files: Sight,
    troubled: bool,
    rescanned: Instant,
}

impl Watching {
    fn new(patterns: &[PathBuf], files: Sight, wake: Box<dyn Fn(Wake) + Send>) -> Self {
        Self {
            patterns: patterns.iter().map(|pattern| absolute(pattern)).collect(),
            wake,
            watcher: None,
            folders: BTreeMap::new(),
            files,
            troubled: false,
            rescanned: Instant::now(),
        }
    }

    fn run(&mut self, hints: &Receiver<Hint>, poll: Duration) {
        if self.scan() {
            (self.wake)(Wake::Changed);
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
            let changed = if rescan { self.scan() } else { self.look() };
            // An event about a known file counts even if its size and time look the same.
            if changed || touched.iter().any(|path| self.files.0.contains_key(path)) {
                (self.wake)(Wake::Changed);
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
                touched.extend(self.patterns.iter().cloned());
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
                touched.extend(self.patterns.iter().cloned());
            }
        }
    }

    /// Watches the right folders, then expands the patterns again; tells whether files changed.
    fn scan(&mut self) -> bool {
        self.rescanned = Instant::now();
        self.watch_folders();
        let files = Sight::of(&self.patterns);
        let changed = files != self.files;
        self.files = files;
        // Files may be links into folders that were not known before.
        self.watch_folders();
        changed
    }

    /// Looks at every known file; tells whether any changed.
    fn look(&mut self) -> bool {
        let mut changed = false;
        for (path, known) in &mut self.files.0 {
            let stat = fs::metadata(path)
                .map(|metadata| Stat::of(&metadata))
                .unwrap_or_default();
            changed |= stat != *known;
            *known = stat;
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
        for pattern in &self.patterns {
            let (base, depth) = find::base(pattern);
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
        }
        for path in self.files.0.keys().filter(|path| path.is_symlink()) {
            let real = fs::canonicalize(path).ok();
            if let Some(folder) = real.as_deref().and_then(Path::parent) {
                wanted
                    .entry(folder.to_path_buf())
                    .or_insert(RecursiveMode::NonRecursive);
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

fn absolute(pattern: &Path) -> PathBuf {
    std::path::absolute(pattern).unwrap_or_else(|_| pattern.to_path_buf())
}

fn nearest_folder(folder: &Path) -> PathBuf {
    let existing = folder.ancestors().find(|ancestor| ancestor.is_dir());
    match existing {
        Some(folder) => folder.to_path_buf(),
        None => PathBuf::from("."),
    }
}
