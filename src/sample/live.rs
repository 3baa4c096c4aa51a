//! The sample goes on: sessions of known customers and new sign-ups, appended to the files as time passes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::calendar::{DAY, HOUR, MINUTE};
use super::chance::Chance;
use super::customer::Arrival;
use super::journey::{Habit, Journey};
use super::page::{Page, Sheet};
use super::shelf::failed;
use super::story::World;
use super::{Options, Written};
use crate::error::{Error, Result};

/// How far ahead sessions are planned, in seconds: about as long as a session's lines trail behind its beginning.
const AHEAD_SECONDS: f64 = 90.0;
/// The sessions planned at first begin within this many milliseconds.
const FIRST_SESSIONS: i64 = 40_000;
/// How many customers are looked at to find one who still uses the app.
const ATTEMPTS: u32 = 24;
/// How much of a file's end is read to find out where it stopped.
const TAIL_BYTES: u64 = 64 << 10;

/// A sample that goes on. It has no clock: [`Live::step`] says how much time has passed.
pub struct Live {
    world: World,
    folder: PathBuf,
    /// The customers of the generated sample; they come back.
    known: u64,
    /// The highest number of a customer.
    newest: u64,
    chance: Chance,
    now: i64,
    per_second: f64,
    /// Lines that are wanted and not planned yet.
    wanted: f64,
    /// When the customers whose sessions are under way will have finished.
    busy: BTreeMap<u64, i64>,
    /// Lines to come, by moment and order.
    pending: BTreeMap<(i64, u64), (Sheet, Vec<u8>)>,
    lines: u64,
    written: Written,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live")
            .field("folder", &self.folder)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

impl Live {
    /// Opens a sample that was generated with these options; its newest event says what time it is there. About
    /// `per_second` lines a second are appended, fewer in the first minute.
    ///
    /// # Errors
    /// The rate makes no sense, or there is no sample in the folder.
    pub fn new(options: &Options, per_second: f64) -> Result<Self> {
        if !(per_second > 0.0 && per_second <= 10_000.0) {
            let message = format!(
                "the rate must be above 0 and at most 10000 lines a second, not {per_second}"
            );
            return Err(Error::usage(message).help("set --follow to a rate such as 2"));
        }
        let world = World::new(options)?;
        let now = newest_moment(&options.out, &world)?;
        let newest = newest_customer(&options.out)?.max(options.customers);
        let mut live = Self {
            chance: Chance::new(options.seed, now.unsigned_abs()),
            world,
            folder: options.out.clone(),
            known: options.customers,
            newest,
            now,
            per_second,
            wanted: per_second * AHEAD_SECONDS,
            busy: BTreeMap::new(),
            pending: BTreeMap::new(),
            lines: 0,
            written: Written::default(),
        };
        live.plan(FIRST_SESSIONS);
        Ok(live)
    }

    /// Lets time pass and appends what falls due, whole lines only. Returns how many lines.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn step(&mut self, elapsed: Duration) -> Result<u64> {
        let passed = i64::try_from(elapsed.as_millis()).unwrap_or(DAY);
        self.wanted += self.per_second * elapsed.as_secs_f64();
        self.plan(passed);
        self.now += passed;
        let now = self.now;
        self.busy.retain(|_, until| *until >= now);
        let later = self.pending.split_off(&(self.now + 1, 0));
        let due = std::mem::replace(&mut self.pending, later);
        let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        for ((at, _), (sheet, text)) in &due {
            let path = match sheet {
                Sheet::Events => {
                    let month = self.world.calendar.month(at.div_euclid(DAY));
                    self.folder.join("events").join(format!("{month}.ndjson"))
                }
                _ => self.folder.join(sheet.file_name()),
            };
            self.written.count(*sheet, text.len());
            files.entry(path).or_default().extend_from_slice(text);
        }
        for (path, text) in &files {
            append(path, text).map_err(|error| failed("append to", path, &error))?;
        }
        Ok(super::shelf::size(due.len()))
    }

    /// Returns what has been appended so far.
    #[must_use]
    pub fn written(&self) -> &Written {
        &self.written
    }

    /// Plans sessions that begin within so many milliseconds until enough lines are under way.
    fn plan(&mut self, within: i64) {
        while self.wanted > 0.0 {
            let at = self.now + 1 + self.chance.below(within.max(1));
            let known = if self.chance.happens(0.08) {
                None
            } else {
                self.come_back(at)
            };
            let page = known.unwrap_or_else(|| self.sign_up(at));
            for line in &page.lines {
                self.lines += 1;
                self.wanted -= 1.0;
                self.pending.insert(
                    (line.at.max(at), self.lines),
                    (line.sheet, page.text(line).to_vec()),
                );
            }
        }
    }

    /// A new customer looks around and signs up.
    fn sign_up(&mut self, at: i64) -> Page {
        self.newest += 1;
        let mut journey = Journey::new(&self.world, self.newest, Page::default());
        journey.customer.arrival = Arrival::New;
        journey.customer.signed_up_at = at;
        journey.go_live(at);
        journey.visit_and_sign_up(at + MINUTE);
        let paid = journey.paid.clone();
        journey.enter_customer(paid.as_ref().map_or("free", |paid| paid.plan));
        if let Some(paid) = paid {
            journey.book(&paid, None);
        }
        journey.page
    }

    /// A known customer comes back, if one is found who still uses the app and is not using it right now. The past is
    /// lived again to know who that is by now.
    fn come_back(&mut self, at: i64) -> Option<Page> {
        let mut page = Page::default();
        for _ in 0..ATTEMPTS {
            let number = 1 + self
                .chance
                .below(i64::try_from(self.known).unwrap_or(i64::MAX))
                .unsigned_abs();
            if self.busy.contains_key(&number) {
                continue;
            }
            page.clear();
            let mut journey = Journey::new(&self.world, number, page);
            journey.live();
            if journey.habit == Habit::Attached {
                journey.page.clear();
                journey.chance = Chance::new(self.world.seed, at.unsigned_abs());
                journey.go_live(at);
                self.go_on(&mut journey, at);
                self.busy.insert(number, journey.clock);
                return Some(journey.page);
            }
            page = journey.page;
        }
        None
    }

    fn go_on(&self, journey: &mut Journey<'_>, at: i64) {
        let free = journey.paid.is_none();
        journey.session +=
            u32::try_from((at - self.world.calendar.end).max(0) / MINUTE).unwrap_or(0);
        journey.use_app(at);
        if journey.chance.happens(0.07) {
            let answered_at = journey.clock + 20_000;
            journey.relationship_survey(answered_at, at.div_euclid(DAY));
        }
        if let Some(paid) = journey.paid.clone().filter(|_| free) {
            journey.book(&paid, None);
        }
    }
}

impl Journey<'_> {
    /// Moves on from what has been to what is now: nothing after this moment is known.
    fn go_live(&mut self, at: i64) {
        self.clock = at - 1;
        self.end = at + HOUR;
        self.known_until = at;
    }
}

/// Returns the moment of the newest event in the newest events file.
fn newest_moment(folder: &Path, world: &World) -> Result<i64> {
    let events = folder.join("events");
    let missing = |error: &std::io::Error| {
        failed("read", &events, error)
            .help("run `cxtop generate` first: live events go on from a sample")
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(&events).map_err(|error| missing(&error))? {
        let path = entry.map_err(|error| missing(&error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "ndjson")
        {
            files.push(path);
        }
    }
    let Some(newest) = files.into_iter().max() else {
        return Err(missing(&std::io::Error::from(std::io::ErrorKind::NotFound)));
    };
    let tail = tail(&newest).map_err(|error| failed("read", &newest, &error))?;
    let line = tail.lines().last().unwrap_or_default();
    let text = line
        .split_once("\"ts\":\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(ts, _)| ts);
    let newest = text
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .map(jiff::Timestamp::as_millisecond);
    Ok(newest.unwrap_or(world.calendar.end))
}

/// Returns the highest customer number. Rows are in order of sign-up or of number, so it is among the last.
fn newest_customer(folder: &Path) -> Result<u64> {
    let path = folder.join(Sheet::Customers.file_name());
    let tail = tail(&path).map_err(|error| failed("read", &path, &error))?;
    let numbers = tail
        .lines()
        .filter_map(|line| line.strip_prefix('c')?.split(',').next()?.parse().ok());
    Ok(numbers.max().unwrap_or(0))
}

/// Returns the end of a file, from somewhere within a line on.
fn tail(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Appends whole lines in one go; a new month gets a new file.
fn append(path: &Path, text: &[u8]) -> std::io::Result<()> {
    File::options()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(text)
}
