//! Opens the one store of a process.

use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use std::{fs, process};

use jiff::civil::Weekday;

use super::engine::{self, Connection, Database};
use super::load::Memory;
use super::lock::{Lock, beside};
use super::sandbox::{self, Limits, broken};
use super::session::Session;
use super::{functions, tables};
use crate::analysis::calendar::Clock;
use crate::error::{Error, Result};
use crate::files::Finality;

/// How the store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The database file; none keeps everything in memory.
    pub file: Option<PathBuf>,
    /// The IANA name of the zone in which days and weeks are cut.
    pub timezone: String,
    /// The first day of a week.
    pub week_start: Weekday,
    /// How many threads a query may use; 0 means one a core.
    pub threads: usize,
    /// How much memory queries may use, such as `4GB`; four fifths of the machine's when absent.
    pub memory_limit: Option<String>,
    /// How long one query may run; zero means without end.
    pub query_timeout: Duration,
}

impl Options {
    /// Returns how many threads a query may use.
    fn threads(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}

/// The database of one process: the only writer, and where sessions come from.
pub struct Store {
    // Fields are dropped in this order: connections before the lock and the spill folder.
    pub(super) writer: Connection,
    database: Database,
    query_timeout: Duration,
    pub(super) clock: Arc<Clock>,
    pub(super) memory: Memory,
    /// Whether a last line without an end is waited for (a file that is followed) or loaded (one that is complete).
    pub finality: Finality,
    _spill: Spill,
    _lock: Option<Lock>,
}

impl Store {
    /// Opens the database, creates what every workspace has, and takes all rights away that no query needs.
    ///
    /// # Errors
    ///
    /// When another process has the file, it is no database, or the time zone is unknown.
    pub fn open(options: &Options) -> Result<Self> {
        let lock = options.file.as_deref().map(claim).transpose()?;
        let spill = Spill::create(options.file.as_deref());
        let limits = Limits {
            threads: options.threads,
            memory_limit: options.memory_limit.clone(),
            spill: spill.0.clone(),
        };
        let named = |error: Error| match &options.file {
            Some(file) => error.context(format!("could not open {}", file.display())),
            None => error.context("could not open the database"),
        };
        let database = Database::open(options.file.as_deref(), &limits.at_open())
            .map_err(broken)
            .map_err(named)?;
        let writer = database.connect().map_err(broken)?;
        writer.prepare_bulk().map_err(broken)?;
        sandbox::restrict(&writer, &limits).map_err(named)?;
        let clock = Arc::new(Clock::new(&options.timezone, options.week_start)?);
        functions::register(&writer, &clock, options.threads())?;
        tables::create(&writer).map_err(named)?;
        if let Some(file) = &options.file {
            writer
                .execute("CHECKPOINT")
                .map_err(broken)
                .map_err(named)?;
            make_private(file).map_err(named)?;
        }
        sandbox::lock_down(&writer).map_err(named)?;
        let memory = Memory::read(&writer).map_err(named)?;
        Ok(Self {
            writer,
            database,
            query_timeout: options.query_timeout,
            clock,
            memory,
            finality: Finality::Growing,
            _spill: spill,
            _lock: lock,
        })
    }

    /// Opens one more read-only session, for a thread of its own.
    ///
    /// # Errors
    ///
    /// When the database is lost.
    pub fn connect(&self) -> Result<Session> {
        let connection = self.database.connect().map_err(broken)?;
        Ok(Session::new(
            connection,
            self.query_timeout,
            Arc::clone(&self.clock),
        )?)
    }
}

/// Makes the file's folder and takes the lock beside the file.
fn claim(file: &Path) -> Result<Lock> {
    check_name(file)?;
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| {
                Error::usage(format!(
                    "could not make the folder {}: {error}",
                    folder.display()
                ))
            })?;
    }
    engine::create_private_files();
    Lock::acquire(file)
}

/// The file's stem becomes the database's name in SQL, where it must not be mistaken for a schema.
fn check_name(file: &Path) -> Result<()> {
    let stem = file
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    if ["main", "temp", "system", tables::LOADED, tables::BOOKS].contains(&stem.as_str()) {
        return Err(Error::usage(format!(
            "could not open {}: the name {stem} means something in SQL",
            file.display()
        ))
        .help("give the file another name, such as cx.duckdb"));
    }
    Ok(())
}

fn make_private(file: &Path) -> Result<()> {
    fs::set_permissions(file, Permissions::from_mode(0o600))
        .map_err(|error| Error::usage(format!("could not make it private: {error}")))
}

/// The folder for what does not fit into memory, gone with the store. Without one, queries have to fit.
struct Spill(Option<PathBuf>);

impl Spill {
    fn create(file: Option<&Path>) -> Self {
        let folder = file.map_or_else(
            || {
                let moment = UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
                std::env::temp_dir().join(format!("cxtop-{}-{moment:x}", process::id()))
            },
            |file| beside(file, "spill"),
        );
        let made = DirBuilder::new()
            .recursive(file.is_some())
            .mode(0o700)
            .create(&folder);
        Self(made.ok().map(|()| folder))
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            // What cannot be removed is empty space in a private folder: not worth an error while closing.
            let _ = fs::remove_dir_all(folder);
        }
    }
}
