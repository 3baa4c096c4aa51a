//! What nearly every command needs first: the workspace, the store with its rows, a session with the team's macros.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::civil::Date;

use super::print::{say, say_over};
use super::stop::Stop;
use crate::args::Common;
use crate::dashboard::data::Health;
use crate::error::{Error, Result};
use crate::files::{ColumnType, Finality, Source};
use crate::queries::{self, Config, Today, Workspace};
use crate::store::{Go, Loading, Options, Parser, Progress, Session, SourceHealth, Store};

/// Loads shorter than this show no progress line.
const QUIET: Duration = Duration::from_millis(500);

/// Everything a command works on.
pub struct Opened {
    /// The query folder, read.
    pub workspace: Workspace,
    /// The database's one writer.
    pub store: Store,
    /// Parses SQL without running it.
    pub parser: Parser,
    /// Whether a command that looks once takes a last line without an end for a whole one.
    once: Finality,
}

/// Opens the workspace and the store that the command line names. Loads nothing yet.
///
/// # Errors
/// When there is nothing to open, or the store is in use.
pub fn open(common: &Common) -> Result<Opened> {
    let (workspace, parser, store) = open_beside(common, |store, _| Ok(store))?;
    Ok(Opened {
        workspace,
        store,
        parser,
        // With a file the next run goes on where this one stops, perhaps in the middle of that line.
        once: if common.db.is_some() {
            Finality::Growing
        } else {
            Finality::Final
        },
    })
}

/// Does the work of [`open`], and begins with the store while the queries are still being read: each takes a while.
///
/// # Errors
/// As [`open`], or when what is begun fails.
pub fn open_beside<T: Send>(
    common: &Common,
    begin: impl FnOnce(Store, &Config) -> Result<T> + Send,
) -> Result<(Workspace, Parser, T)> {
    let root = named_root(common)?;
    let mut config = match &root {
        Some(root) => Workspace::read_config(root)?,
        None if common.data.is_empty() && common.db.is_none() => return Err(nothing_to_open()),
        None => Config::default(),
    };
    apply(common, &mut config);
    thread::scope(|scope| {
        let store = scope.spawn(|| begin(open_store(common, &config)?, &config));
        let parser = Parser::new()?;
        let mut workspace = match &root {
            Some(root) => Workspace::read(root, &parser)?,
            None => Workspace::bare(config.sources.clone()),
        };
        workspace.config = config.clone();
        let result = store
            .join()
            .map_err(|_| Error::data("the database could not be opened"))??;
        Ok((workspace, parser, result))
    })
}

fn open_store(common: &Common, config: &Config) -> Result<Store> {
    let mut store = Store::open(&store_options(common, config))?;
    store.declare(&declared_tables(config))?;
    Ok(store)
}

/// Returns the workspace folder that is meant. Files named on the command line are looked at by themselves: a workspace that
/// happens to lie above is not meant then.
///
/// # Errors
/// When `--queries` names no workspace.
pub fn named_root(common: &Common) -> Result<Option<PathBuf>> {
    if common.data.is_empty() || common.queries.is_some() {
        Ok(root(common)?.map(shown_from_here))
    } else {
        Ok(None)
    }
}

/// Returns the workspace folder the command line names: `--queries`, else the nearest one upwards.
///
/// # Errors
/// When `--queries` names no workspace.
pub fn root(common: &Common) -> Result<Option<PathBuf>> {
    match &common.queries {
        Some(folder) if folder.join("cxtop.toml").is_file() => Ok(Some(folder.clone())),
        Some(folder) => Err(Error::usage(format!(
            "no workspace in {}: it has no cxtop.toml",
            folder.display()
        ))
        .help("name the folder that holds cxtop.toml, such as --queries queries")),
        None => Ok(std::env::current_dir()
            .ok()
            .and_then(|here| Workspace::find(&here))),
    }
}

/// Puts the command line's own wishes over a workspace's.
pub fn apply(common: &Common, config: &mut Config) {
    if let Some(zone) = &common.timezone {
        config.timezone.clone_from(zone);
    }
    if let Some(day) = common.week_start {
        config.week_start = day;
    }
    if let Some(today) = common.today {
        config.today = Today::Fixed(today);
    }
    config.sources.extend(common.data.iter().map(|data| Source {
        table: data.table.clone(),
        files: data.files.clone(),
        preset: "auto".to_string(),
        columns: std::collections::BTreeMap::new(),
        privacy: std::collections::BTreeMap::new(),
        types: std::collections::BTreeMap::new(),
    }));
}

fn nothing_to_open() -> Error {
    Error::usage("no workspace here: neither this folder nor one above it has queries/cxtop.toml")
        .help("name one with --queries DIR, or look at files directly: cxtop --data events='logs/*.ndjson'")
}

/// Shows a path inside the current folder without that folder: errors stay short.
fn shown_from_here(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).map(Path::to_path_buf).ok())
        // A folder shown from inside itself has no name left.
        .filter(|shown| !shown.as_os_str().is_empty())
        .unwrap_or(path)
}

fn store_options(common: &Common, config: &Config) -> Options {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let threads = std::env::var("CXTOP_THREADS")
        .ok()
        .and_then(|threads| threads.parse().ok());
    Options {
        file: common.db.clone(),
        timezone: config.timezone.clone(),
        week_start: config.week_start,
        threads: threads.unwrap_or(cores),
        memory_limit: config.memory_limit.clone(),
        query_timeout: config.query_timeout,
    }
}

/// Returns the tables that exist before any file is read, with their declared columns.
#[must_use]
pub fn declared_tables(config: &Config) -> Vec<(String, Vec<(String, ColumnType)>)> {
    config
        .tables
        .iter()
        .map(|(table, columns)| (table.clone(), columns.clone()))
        .collect()
}

/// Loads what is new in all sources, with a progress line on standard error when it takes a while.
///
/// # Errors
/// When the user stops it.
pub fn load(opened: &mut Opened, stop: &Stop) -> Result<Loading> {
    let mut shown = Duration::ZERO;
    opened.store.finality = opened.once;
    let loading = opened
        .store
        .load(&opened.workspace.config.sources, &mut |progress| {
            if progress.elapsed >= QUIET && progress.elapsed >= shown + Duration::from_millis(200) {
                shown = progress.elapsed;
                say_over(&progress_line(progress));
            }
            if stop.is_asked() { Go::Stop } else { Go::On }
        });
    say_over("");
    let loading = loading?;
    for note in &loading.notes {
        say(&format!("cxtop: {note}"));
    }
    let health = opened.store.health()?;
    let is_empty = |source: &&SourceHealth| Health::of(source) == Health::Empty;
    for source in health.iter().filter(is_empty) {
        let (table, files) = (&source.table, &source.files);
        say(&format!("cxtop: warning: {table}: no file matches {files}"));
    }
    Ok(loading)
}

/// Returns one line that says how far a load is.
#[must_use]
pub fn progress_line(progress: &Progress) -> String {
    let left = progress.time_left().map_or(String::new(), |left| {
        format!(" · {} s left", left.as_secs() + 1)
    });
    format!(
        "loading {} of {} files · {} rows · {} rows/s{left}",
        progress.files_done,
        progress.files_total,
        progress.rows,
        progress.rows_per_second().round(),
    )
}

/// Returns a session that knows the macros of the workspace's `lib/`.
///
/// # Errors
/// When the database refuses another connection.
pub fn session(opened: &Opened) -> Result<Session> {
    let mut session = opened.store.connect()?;
    // What is printed or exported is whole; only a screen cuts long texts.
    session.text_limit = usize::MAX;
    // A broken macro is no error here: `check` reports it, and so does the query that uses it.
    let _ = queries::define(&session, &queries::Definitions::of(&opened.workspace));
    Ok(session)
}

/// Returns the day that counts as today, for what needs no rows: the data are loaded only where they say what day it is.
///
/// # Errors
/// When the user stops the load, or the latest day of the data cannot be asked.
pub fn day(opened: &mut Opened) -> Result<Date> {
    if opened.workspace.config.today == Today::Data {
        load(opened, &Stop::on_signals()?)?;
    }
    today(&opened.workspace, &opened.store)
}

/// Returns the day that counts as today.
///
/// # Errors
/// When the latest day of the data cannot be asked.
pub fn today(workspace: &Workspace, store: &Store) -> Result<Date> {
    Ok(match workspace.config.today {
        Today::Fixed(day) => day,
        Today::Clock => clock_today(&workspace.config.timezone),
        Today::Data => store
            .latest_day()?
            .unwrap_or_else(|| clock_today(&workspace.config.timezone)),
    })
}

/// Returns the clock's day in a zone; an unknown zone has been refused before, so UTC then only guards.
#[must_use]
pub fn clock_today(zone: &str) -> Date {
    let now = jiff::Timestamp::now();
    now.in_tz(zone).map_or_else(
        |_| now.to_zoned(jiff::tz::TimeZone::UTC).date(),
        |zoned| zoned.date(),
    )
}
