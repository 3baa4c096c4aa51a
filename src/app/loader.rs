//! The loader: the one thread that owns the store and writes to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Message;
use crate::dashboard::{Event, Level, Loaded, Notice};
use crate::error::{Error, Kind, Result};
use crate::files::{ColumnType, Source};
use crate::store::{Go, Session, Store};

/// Progress is shown this often at the most.
const SHOW_PROGRESS: Duration = Duration::from_millis(200);

/// When nothing has been asked for so long after the first load, the panels have their answers and there is time to read
/// ahead.
const REST: Duration = Duration::from_secs(2);

/// Speaks to the loader's thread.
pub struct Loader {
    jobs: SyncSender<Job>,
    looking: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// What the loader can be asked.
pub enum Job {
    /// A file may have changed: load what is new in all sources, unless the user has stopped loading.
    Look,
    /// The user wants what is new in all sources.
    Reload,
    /// From now on load these sources into these tables.
    Follow(Vec<Source>, Vec<(String, Vec<(String, ColumnType)>)>),
    /// Show the rejects of a table.
    Rejects(String),
    /// Close the store and end.
    End,
}

impl Loader {
    /// Starts the loader's thread; it answers with [`Event::Loading`], [`Event::Loaded`] and notices.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(store: Store, sources: Vec<Source>, events: SyncSender<Message>) -> Result<Self> {
        let (jobs, received) = sync_channel(16);
        let stop = Arc::new(AtomicBool::new(false));
        let session = store.connect()?;
        let stopped = Arc::clone(&stop);
        let looking = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&looking);
        let work = Work {
            store,
            session,
            sources,
            events,
            stop: stopped,
            looking: asked,
            loaded_before: false,
            rested: false,
            stopped: false,
        };
        let thread = thread::Builder::new()
            .name("loader".to_string())
            .spawn(move || work.until_closed(&received))
            .map_err(|error| Error::data(format!("could not start the loader: {error}")))?;
        Ok(Self {
            jobs,
            looking,
            stop,
            thread,
        })
    }

    /// Returns what tells the loader that a file may have changed. Any number of changes wait as one look, so that
    /// the queue stays free for what the user asks.
    pub fn looker(&self) -> impl Fn() + Send + 'static {
        let (jobs, looking) = (self.jobs.clone(), Arc::clone(&self.looking));
        move || {
            if !looking.swap(true, Ordering::SeqCst) {
                send(&jobs, Job::Look);
            }
        }
    }

    /// Asks for something.
    pub fn ask(&self, job: Job) {
        send(&self.jobs, job);
    }

    /// Stops the load that is going on; what is not committed is taken back.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Stops loading and asks the loader to close the store and to end. Returns whether it has; ask again until then.
    pub fn end(&self) -> bool {
        self.stop();
        self.ask(Job::End);
        self.thread.is_finished()
    }
}

/// Sends a job without waiting: the main thread never does.
fn send(jobs: &SyncSender<Job>, job: Job) {
    match jobs.try_send(job) {
        Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
    }
}

struct Work {
    store: Store,
    /// For the loader's own questions.
    session: Session,
    sources: Vec<Source>,
    events: SyncSender<Message>,
    stop: Arc<AtomicBool>,
    /// Whether a look waits in the queue.
    looking: Arc<AtomicBool>,
    loaded_before: bool,
    /// Whether it has read ahead.
    rested: bool,
    /// Whether the user has stopped loading; changes of files wait until they ask for them.
    stopped: bool,
}

impl Work {
    fn until_closed(mut self, jobs: &Receiver<Job>) {
        while let Some(job) = self.next(jobs) {
            // Many changes while one load ran are one look: the files are looked at as they are now.
            let mut look = false;
            for job in std::iter::once(job).chain(jobs.try_iter().collect::<Vec<_>>()) {
                match job {
                    Job::Look => {
                        // From here on a change needs a look of its own.
                        self.looking.store(false, Ordering::SeqCst);
                        look |= !self.stopped;
                    }
                    Job::Reload => {
                        self.stopped = false;
                        look = true;
                    }
                    Job::Follow(sources, tables) => {
                        self.follow(sources, &tables);
                        look = true;
                    }
                    Job::Rejects(table) => self.rejects(&table),
                    Job::End => return,
                }
            }
            if look && !self.load() {
                return;
            }
        }
    }

    /// Waits for the next job, and uses the first rest for reading ahead.
    fn next(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        if self.loaded_before && !self.rested {
            match jobs.recv_timeout(REST) {
                Err(RecvTimeoutError::Timeout) => {
                    self.rested = true;
                    // What fails here fails again, and is said, when rows come.
                    let _ = self.store.read_ahead();
                }
                asked => return asked.ok(),
            }
        }
        jobs.recv().ok()
    }

    /// Loads what is new. Returns whether anybody still listens.
    fn load(&mut self) -> bool {
        self.stop.store(false, Ordering::Relaxed);
        let (events, stop) = (&self.events, &self.stop);
        let mut shown: Option<Instant> = None;
        let loading = self.store.load(&self.sources, &mut |progress| {
            if shown.is_none_or(|shown| shown.elapsed() >= SHOW_PROGRESS) {
                shown = Some(Instant::now());
                // Progress is worth nothing when the queue is full of news.
                let _ = events.try_send(Message::Event(Event::Loading(progress.clone())));
            }
            if stop.load(Ordering::Relaxed) {
                Go::Stop
            } else {
                Go::On
            }
        });
        // A load that was stopped or failed leaves what was there before, and that is shown.
        let (changed, notes) = match loading {
            Ok(loading) => (loading.changed, loading.notes),
            Err(error) => {
                self.stopped = error.kind == Kind::Interrupted;
                let _ = self.events.send(Message::Event(not_loaded(&error)));
                (Vec::new(), Vec::new())
            }
        };
        let event = self.loaded(changed, notes);
        self.loaded_before |= event.is_ok();
        self.events
            .send(Message::Event(
                event.unwrap_or_else(|error| failure(&error)),
            ))
            .is_ok()
    }

    /// Returns how things stand after a load.
    fn loaded(&mut self, changed: Vec<(String, u64)>, notes: Vec<String>) -> Result<Event> {
        Ok(Event::Loaded(Loaded {
            changed,
            sources: self.store.health()?,
            latest: self.store.latest_day()?,
            earliest: self.store.earliest_day()?,
            notes,
            first: !self.loaded_before,
        }))
    }

    fn follow(&mut self, sources: Vec<Source>, tables: &[(String, Vec<(String, ColumnType)>)]) {
        self.sources = sources;
        if let Err(error) = self.store.declare(tables) {
            let _ = self.events.send(Message::Event(failure(&error)));
        }
    }

    fn rejects(&self, table: &str) {
        let event = match self.session.rejects(table) {
            Ok(records) => Event::Rejects {
                table: table.to_string(),
                records,
            },
            Err(error) => failure(&Error::data(error.message)),
        };
        let _ = self.events.send(Message::Event(event));
    }
}

fn not_loaded(error: &Error) -> Event {
    if error.kind == Kind::Interrupted {
        let text = "loading was stopped; R looks at the files again".to_string();
        return Event::Notice(Notice {
            level: Level::Warning,
            text,
        });
    }
    failure(error)
}

fn failure(error: &Error) -> Event {
    Event::Notice(Notice {
        level: Level::Error,
        text: error.to_string(),
    })
}
