//! The sample goes on: sessions of known customers and new sign-ups, appended to the files as time passes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::calendar::{DAY, HOUR, MINUTE};
use super::chance::{Chance, whole};
use super::customer::Arrival;
use super::journey::{Habit, Journey, World};
use super::page::{Page, Sheet};
use super::{Options, Written, failed};
use crate::error::{Error, Result};

/// Lines of a session, on average; decides how many sessions make the wanted rate.
const LINES_PER_SESSION: f64 = 3.6;
/// Sessions to start at once lie in this many milliseconds, so that the rate is near from the beginning.
const FIRST_SESSIONS: i64 = 20_000;
/// How many customers are looked at to find one who still uses the app.
const ATTEMPTS: u32 = 24;
/// The end of a file that surely holds its last line.
const TAIL_BYTES: u64 = 4096;

/// A sample that goes on. It has no clock: [`Live::step`] says how much time has passed.
pub struct Live {
    world: World,
    folder: PathBuf,
    customers: u64,
    chance: Chance,
    now: i64,
    next_session: i64,
    between_sessions: f64,
    /// Lines to come, by moment and order.
    pending: BTreeMap<(i64, u64), (Sheet, Vec<u8>)>,
    lines: u64,
    written: Written,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("folder", &self.folder).field("written", &self.written).finish_non_exhaustive()
    }
}

impl Live {
    /// Opens a sample that was generated with these options; its newest event says what time it is there. About
    /// `per_second` lines a second are appended; the rate settles within a minute.
    pub fn new(options: &Options, per_second: f64) -> Result<Self> {
        if !(per_second > 0.0 && per_second <= 10_000.0) {
            let message = format!("the rate must be above 0 and at most 10000 lines a second, not {per_second}");
            return Err(Error::usage(message).help("set --follow to a rate such as 2"));
        }
        let world = World::new(options)?;
        let now = newest_moment(&options.out, &world)?;
        let customers = newest_customer(&options.out)?.max(options.customers);
        let between_sessions = LINES_PER_SESSION / per_second * 1000.0;
        let mut live = Self {
            chance: Chance::new(options.seed, now.unsigned_abs()),
            world,
            folder: options.out.clone(),
            customers,
            now,
            next_session: now,
            between_sessions,
            pending: BTreeMap::new(),
            lines: 0,
            written: Written::default(),
        };
        let mut left = 20.0 * per_second / LINES_PER_SESSION;
        while left >= 1.0 {
            let at = now + 1 + live.chance.below(FIRST_SESSIONS);
            live.plan_session(at);
            left -= 1.0;
        }
        Ok(live)
    }

    /// Lets time pass and appends what falls due, whole lines only. Returns how many lines.
    pub fn step(&mut self, elapsed: Duration) -> Result<u64> {
        self.now += i64::try_from(elapsed.as_millis()).unwrap_or(DAY);
        while self.next_session <= self.now {
            self.plan_session(self.next_session);
            let wait = self.chance.skewed(self.between_sessions * 0.8, 0.7);
            self.next_session += whole(wait).max(1);
        }
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

    fn plan_session(&mut self, at: i64) {
        let page = if self.chance.happens(0.1) { self.sign_up(at) } else { self.session(at) };
        for line in &page.lines {
            self.lines += 1;
            let text = page.text(line).to_vec();
            self.pending.insert((line.at.max(at), self.lines), (line.sheet, text));
        }
    }

    /// A new customer looks around and signs up.
    fn sign_up(&mut self, at: i64) -> Page {
        self.customers += 1;
        let mut journey = Journey::new(&self.world, self.customers, Page::default());
        journey.customer.arrival = Arrival::New;
        journey.clock = at - 1;
        journey.end = at + HOUR;
        journey.known_until = at;
        journey.visit_and_sign_up(at + MINUTE);
        let plan = journey.paid.clone();
        journey.enter_customer(plan.as_ref().map_or("free", |paid| paid.plan));
        if let Some(paid) = plan {
            journey.book(&paid, None);
        }
        journey.page
    }

    /// A known customer comes back: lives the past again to know who that is by now, and then goes on.
    fn session(&mut self, at: i64) -> Page {
        let mut page = Page::default();
        for _ in 0..ATTEMPTS {
            let number = 1 + self.chance.below(i64::try_from(self.customers).unwrap_or(i64::MAX)).unsigned_abs();
            page.clear();
            let mut journey = Journey::new(&self.world, number, page);
            journey.live();
            let attached = journey.habit == Habit::Attached;
            if attached {
                journey.page.clear();
                journey.chance = Chance::new(self.world.seed, at.unsigned_abs());
                journey.clock = at - 1;
                journey.end = at + HOUR;
                journey.known_until = at;
                self.go_on(&mut journey, at);
                return journey.page;
            }
            page = journey.page;
        }
        page.clear();
        page
    }

    fn go_on(&self, journey: &mut Journey<'_>, at: i64) {
        let free = journey.paid.is_none();
        journey.session += u32::try_from((at - self.world.calendar.end).max(0) / MINUTE).unwrap_or(0);
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

/// Returns the moment of the newest event in the newest events file.
fn newest_moment(folder: &Path, world: &World) -> Result<i64> {
    let events = folder.join("events");
    let missing = |error: &std::io::Error| {
        failed("read", &events, error).help("run `cxtop generate` first: live events go on from a sample")
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(&events).map_err(|error| missing(&error))? {
        let path = entry.map_err(|error| missing(&error))?.path();
        if path.extension().is_some_and(|extension| extension == "ndjson") {
            files.push(path);
        }
    }
    let Some(newest) = files.into_iter().max() else {
        return Err(missing(&std::io::Error::from(std::io::ErrorKind::NotFound)));
    };
    let line = last_line(&newest).map_err(|error| failed("read", &newest, &error))?;
    let text = line.split_once("\"ts\":\"").and_then(|(_, rest)| rest.split_once('"')).map(|(ts, _)| ts);
    let newest = text.and_then(|text| text.parse::<jiff::Timestamp>().ok()).map(jiff::Timestamp::as_millisecond);
    Ok(newest.unwrap_or(world.calendar.end))
}

/// Returns the highest customer number, which is the last row's.
fn newest_customer(folder: &Path) -> Result<u64> {
    let path = folder.join(Sheet::Customers.file_name());
    let line = last_line(&path).map_err(|error| failed("read", &path, &error))?;
    let id = line.split(',').next().unwrap_or_default();
    Ok(id.trim_start_matches('c').parse().unwrap_or(0))
}

fn last_line(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let tail = String::from_utf8_lossy(&tail);
    Ok(tail.trim_end().rsplit('\n').next().unwrap_or_default().to_string())
}

/// Appends whole lines in one go; a CSV file that is not there yet gets its header first.
fn append(path: &Path, text: &[u8]) -> std::io::Result<()> {
    File::options().create(true).append(true).open(path)?.write_all(text)
}
