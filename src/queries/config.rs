//! What `cxtop.toml` says: sources, time zone, today, owners, the order of dashboards, limits.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::civil::{Date, Weekday};

use super::document::{Item, Section, Text};
use crate::error::Error;
use crate::files::{CANONICAL, ColumnRule, ColumnType, Privacy, Source};

/// What `cxtop.toml` says, with defaults for what it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The text of `cxtop.toml`; empty without a file.
    pub text: String,
    /// Shown in the title bar.
    pub title: String,
    /// The IANA name of the zone in which days and weeks are cut.
    pub timezone: String,
    /// The first day of a week.
    pub week_start: Weekday,
    /// Where `$today` comes from.
    pub today: Today,
    /// The input files.
    pub sources: Vec<Source>,
    /// Declared columns beyond the canonical ones, by table, in the order written.
    pub tables: BTreeMap<String, Vec<(String, ColumnType)>>,
    /// The teams that may own queries; empty means any.
    pub owners: Vec<String>,
    /// The dashboards that come first, in this order; the rest follow by name.
    pub dashboards: Vec<String>,
    /// How long a query may run.
    pub query_timeout: Duration,
    /// How much memory the store may take, such as `2GB`; `DuckDB`'s own choice when absent.
    pub memory_limit: Option<String>,
}

/// Where `$today` comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Today {
    /// The latest day in the data, for samples and archives.
    Data,
    /// The clock, in the workspace's zone.
    #[default]
    Clock,
    /// Always this day.
    Fixed(Date),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            text: String::new(),
            title: "cxtop".to_string(),
            timezone: "UTC".to_string(),
            week_start: Weekday::Monday,
            today: Today::default(),
            sources: Vec::new(),
            tables: BTreeMap::new(),
            owners: Vec::new(),
            dashboards: Vec::new(),
            query_timeout: Duration::from_secs(60),
            memory_limit: None,
        }
    }
}

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

const PRIVACY: &[(&str, Privacy)] = &[
    ("hash", Privacy::Hash),
    ("drop", Privacy::Drop),
    ("mask", Privacy::Mask),
];

impl Config {
    /// Returns what the text of `ROOT/cxtop.toml` says and everything that is wrong with it.
    pub(super) fn read(root: &Path, path: &Path, file: &str) -> (Self, Vec<Error>) {
        let text = Text::whole(path, file);
        let (table, mut problems) = text.parse();
        let mut section = Section::new(&text, &table);
        let mut config = Self {
            text: file.to_string(),
            ..Self::default()
        };
        section.require("version", version);
        config.title = section.read("title", Item::text).unwrap_or(config.title);
        config.timezone = section
            .read("timezone", timezone)
            .unwrap_or(config.timezone);
        config.week_start = section
            .read("week_start", |item| item.word(WEEKDAYS))
            .unwrap_or(config.week_start);
        config.today = section.read("today", today).unwrap_or_default();
        config.owners = section.read("owners", Item::texts).unwrap_or_default();
        config.dashboards = section.read("dashboards", Item::texts).unwrap_or_default();
        config.limits(&mut section);
        config.tables = tables(&mut section);
        for mut declared in section.sections("source") {
            config
                .sources
                .extend(source(root, &config.tables, &mut declared));
            section.absorb(declared);
        }
        problems.extend(section.finish());
        (config, problems)
    }

    /// Returns every table of the workspace with the columns known without looking at data: the canonical ones, then
    /// the declared ones.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, Vec<(String, ColumnType)>)> {
        let mut tables: Vec<(String, Vec<(String, ColumnType)>)> = Vec::new();
        for (table, columns) in CANONICAL {
            let columns = columns
                .iter()
                .map(|(name, kind)| ((*name).to_string(), *kind));
            tables.push(((*table).to_string(), columns.collect()));
        }
        let sources = self
            .sources
            .iter()
            .map(|source| (source.table.clone(), Vec::new()));
        for (table, declared) in sources.chain(self.tables.clone()) {
            match tables.iter_mut().find(|(name, _)| *name == table) {
                Some((_, known)) => known.extend(declared),
                None => tables.push((table, declared)),
            }
        }
        tables
    }

    fn limits(&mut self, section: &mut Section<'_>) {
        let Some(mut limits) = section.section("limits") else {
            return;
        };
        if let Some(seconds) = limits.read("query_timeout_seconds", seconds) {
            self.query_timeout = Duration::from_secs(seconds);
        }
        self.memory_limit = limits.read("memory_limit", memory);
        section.absorb(limits);
    }
}

/// Checks the version of a file format, which only grows when old files would be misread.
pub(super) fn version(item: &Item<'_>) -> Result<(), Error> {
    match item.integer()? {
        1 => Ok(()),
        other => Err(item.error(format!(
            "version {other} is not known to this cxtop, which knows version 1"
        ))),
    }
}

fn timezone(item: &Item<'_>) -> Result<String, Error> {
    let name = item.text()?;
    let known = jiff::tz::TimeZone::get(&name);
    let error = |_| {
        item.error(format!("no time zone `{name}`"))
            .help("use an IANA name such as `Europe/Berlin`")
    };
    known.map_err(error)?;
    Ok(name)
}

fn today(item: &Item<'_>) -> Result<Today, Error> {
    match item.text().as_deref() {
        Ok("data") => Ok(Today::Data),
        Ok("clock") => Ok(Today::Clock),
        _ => match item.date() {
            Ok(date) => Ok(Today::Fixed(date)),
            Err(_) => Err(item.error("expected \"data\", \"clock\" or a date such as 2025-01-31")),
        },
    }
}

fn seconds(item: &Item<'_>) -> Result<u64, Error> {
    let seconds = u64::try_from(item.integer()?)
        .ok()
        .filter(|seconds| (1..=86_400).contains(seconds));
    seconds.ok_or_else(|| item.error("expected a number of seconds from 1 to 86400"))
}

fn memory(item: &Item<'_>) -> Result<String, Error> {
    let text = item.text()?;
    let digits =
        text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == ' ');
    let sound = digits.parse::<f64>().is_ok_and(|amount| amount > 0.0)
        && ["KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]
            .contains(&text[digits.len()..].trim());
    if sound {
        Ok(text)
    } else {
        Err(item.error("expected an amount of memory such as \"2GB\""))
    }
}

fn tables(section: &mut Section<'_>) -> BTreeMap<String, Vec<(String, ColumnType)>> {
    let mut tables = BTreeMap::new();
    let Some(mut declared) = section.section("tables") else {
        return tables;
    };
    for (name, item) in declared.entries() {
        if let Err(message) = identifier(name) {
            let error = declared.key_error(name, message);
            declared.keep(Err::<(), _>(error));
        }
        let Some(mut columns) = declared.keep(item.section()) else {
            continue;
        };
        let canonical = CANONICAL
            .iter()
            .find(|(table, _)| *table == name)
            .map_or(&[][..], |(_, columns)| columns);
        let mut known = Vec::new();
        for (column, item) in columns.entries() {
            let Some(kind) = columns.keep(column_type(&item)) else {
                continue;
            };
            match canonical.iter().find(|(canonical, _)| *canonical == column) {
                None => known.push((column.to_string(), kind)),
                Some((_, fixed)) if *fixed == kind => {}
                Some((_, fixed)) => {
                    let message =
                        format!("`{column}` of {name} is {} in every workspace", fixed.sql());
                    columns.keep(Err::<(), _>(item.error(message)));
                }
            }
        }
        tables.insert(name.to_string(), known);
        declared.absorb_open(columns);
    }
    section.absorb_open(declared);
    tables
}

fn column_type(item: &Item<'_>) -> Result<ColumnType, Error> {
    let name = item.text()?;
    ColumnType::from_sql(&name).ok_or_else(|| {
        item.error(format!("a column cannot have the type `{name}`"))
            .help("known types: BOOLEAN, BIGINT, DOUBLE, DATE, TIMESTAMP, VARCHAR, JSON")
    })
}

/// Checks the name of a table, which is pasted into SQL and shown everywhere.
fn identifier(name: &str) -> Result<(), String> {
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && name.starts_with(|letter: char| letter.is_ascii_lowercase());
    if plain {
        Ok(())
    } else {
        Err(format!(
            "`{name}` cannot be a table: use lower-case letters, digits and _, and start with a letter"
        ))
    }
}

fn source(
    root: &Path,
    tables: &BTreeMap<String, Vec<(String, ColumnType)>>,
    section: &mut Section<'_>,
) -> Option<Source> {
    let table = section.require("table", |item| {
        let name = item.text()?;
        identifier(&name).map_err(|message| item.error(message))?;
        Ok(name)
    });
    let files = section.require("files", Item::text);
    let preset = section
        .read("preset", Item::text)
        .unwrap_or_else(|| "auto".to_string());
    let columns = map(section, "columns", rule);
    let privacy = map(section, "privacy", |item| item.word(PRIVACY));
    let table = table?;
    let types = tables.get(&table).into_iter().flatten().cloned().collect();
    Some(Source {
        files: root.join(files?),
        table,
        preset,
        columns,
        privacy,
        types,
    })
}

fn map<T>(
    section: &mut Section<'_>,
    key: &'static str,
    read: impl Fn(&Item<'_>) -> Result<T, Error>,
) -> BTreeMap<String, T> {
    let mut values = BTreeMap::new();
    let Some(mut declared) = section.section(key) else {
        return values;
    };
    for (name, item) in declared.entries() {
        if let Some(value) = declared.keep(read(&item)) {
            values.insert(name.to_string(), value);
        }
    }
    section.absorb_open(declared);
    values
}

fn rule(item: &Item<'_>) -> Result<ColumnRule, Error> {
    if let Ok(from) = item.text() {
        return Ok(ColumnRule { from, zone: None });
    }
    let mut section = item.section()?;
    let from = section.require("from", Item::text);
    let zone = section.read("zone", timezone);
    let problem = section.finish().into_iter().next();
    match (from, problem) {
        (Some(from), None) => Ok(ColumnRule { from, zone }),
        (_, Some(problem)) => Err(problem),
        (None, None) => Err(item.error("expected the name of an input column")),
    }
}
