//! The workspace: everything a `queries/` folder says, read in one go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::cases::TestFile;
use super::config::{Config, version};
use super::dashboards::DashboardFile;
use super::document::{Item, Section, Text};
use super::folder;
use super::gate::Allowed;
use super::header::Header;
use super::journey::JourneyFile;
use super::library;
use super::saved::{self, Judgement, Read};
use super::segments;
use crate::error::{Error, Result};
use crate::store::Parser;

/// Everything a `queries/` folder says. A broken file is in it with its error and harms no other file.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder.
    pub root: PathBuf,
    /// What `cxtop.toml` says.
    pub config: Config,
    /// The saved queries, by name.
    pub queries: Vec<QueryFile>,
    /// The macro files of `lib/`.
    pub lib: Vec<LibFile>,
    /// The dashboards: those that `cxtop.toml` names in its order, then the rest by file name.
    pub dashboards: Vec<DashboardFile>,
    /// Dated notes drawn on trends, by date.
    pub annotations: Vec<Annotation>,
    /// The journey map, if there is a `journey.toml`.
    pub journey: Option<JourneyFile>,
    /// The query tests.
    pub tests: Vec<TestFile>,
    /// What is wrong with files that have no entry of their own, such as `annotations.toml`.
    pub problems: Vec<Error>,
}

/// One `.sql` file and what came of reading it.
#[derive(Clone, Debug)]
pub struct QueryFile {
    /// The path under the workspace without `.sql`: `scores/nps`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The file's text, which goes to `DuckDB` unchanged.
    pub text: String,
    /// The query, or the first thing that is wrong with it.
    pub state: Result<SavedQuery>,
}

/// A query whose header is sound and whose SQL has passed the gate.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedQuery {
    /// The path under the workspace without `.sql`: `scores/nps`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The file's text, which goes to `DuckDB` unchanged.
    pub text: String,
    /// What the file says about itself.
    pub header: Header,
    /// What the SQL reads and takes.
    pub shape: Shape,
}

/// What a gated statement reads and takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The tables it reads, also through macros, in lower case; the query runs again when one of them changes.
    pub tables: BTreeSet<String>,
    /// The parameters it takes, without `$`, in lower case.
    pub parameters: BTreeSet<String>,
    /// Whether the result has an order.
    pub ordered: bool,
}

/// One file of `lib/`: macros that every query can use.
#[derive(Clone, Debug)]
pub struct LibFile {
    /// The file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// Its `CREATE MACRO` statements; none if the file has an error.
    pub statements: Vec<String>,
    /// What is wrong with it.
    pub error: Option<Error>,
}

/// A dated note drawn on trends: a release, an outage, a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The day.
    pub date: Date,
    /// What happened.
    pub text: String,
    /// What sort of thing it is, such as `release`; empty when not said.
    pub kind: String,
}

impl Workspace {
    /// Returns the workspace folder that serves a folder: itself, or the nearest `queries/` upwards.
    #[must_use]
    pub fn find(start: &Path) -> Option<PathBuf> {
        if start.join("cxtop.toml").is_file() {
            return Some(start.to_path_buf());
        }
        start
            .ancestors()
            .map(|folder| folder.join("queries"))
            .find(|folder| folder.join("cxtop.toml").is_file())
    }

    /// Reads only `cxtop.toml`, for what must be known before the queries.
    ///
    /// # Errors
    /// It is missing or wrong.
    pub fn read_config(root: &Path) -> Result<Config> {
        match read_config(root) {
            (Some(config), problems) if problems.is_empty() => Ok(config),
            (_, problems) => Err(problems
                .into_iter()
                .next()
                .unwrap_or_else(|| Error::usage("cxtop.toml could not be read"))),
        }
    }

    /// Reads the whole folder. A broken file is in the workspace with its error.
    ///
    /// # Errors
    /// `cxtop.toml` is missing or wrong: without it nothing else can be judged.
    pub fn read(root: &Path, parser: &Parser) -> Result<Self> {
        let config = Self::read_config(root)?;
        let judge = |files, allowed: &Allowed| Ok(saved::judge(root, files, parser, allowed));
        Ok(Self::read_with(root, parser, config, judge)?.0)
    }

    /// Does the work of [`Workspace::read`] with a `cxtop.toml` that is read already, and leaves the query files to `judge`.
    /// Returns also all that is known of each of them.
    pub(super) fn read_with(
        root: &Path,
        parser: &Parser,
        config: Config,
        judge: impl Fn(Vec<Read>, &Allowed) -> Result<Vec<(QueryFile, Judgement)>>,
    ) -> Result<(Self, Vec<Judgement>)> {
        let mut problems = Vec::new();
        let mut allowed = allowed(&config);
        let mut sound = |read: Read| match read {
            (path, Ok(text)) => Some((path, text)),
            (_, Err(error)) => {
                problems.push(error);
                None
            }
        };
        let lib = folder::files(&root.join("lib"), "sql")
            .filter_map(&mut sound)
            .collect();
        let dashboards = folder::files(&root.join("dashboards"), "toml").filter_map(&mut sound);
        let mut dashboards: Vec<_> = dashboards
            .map(|(path, text)| DashboardFile::read(&path, &text))
            .collect();
        let first = &config.dashboards;
        dashboards.sort_by_key(|file| {
            first
                .iter()
                .position(|name| *name == file.name)
                .unwrap_or(first.len())
        });
        let tests = folder::files(&root.join("tests"), "toml").filter_map(&mut sound);
        let tests = tests
            .map(|(path, text)| TestFile::read(&path, &text))
            .collect();
        let mut single = |name: &str| {
            let path = root.join(name);
            let read = path.is_file().then(|| folder::text(&path))?;
            sound((path, read))
        };
        let journey = single("journey.toml").map(|(path, text)| JourneyFile::read(&path, &text));
        let (annotations, more) = single("annotations.toml")
            .map(|(path, text)| read_annotations(&path, &text))
            .unwrap_or_default();
        problems.extend(more);
        let lib = library::read(parser, lib, &mut allowed);
        let (first, later): (Vec<_>, Vec<_>) =
            folder::queries(root).partition(|(path, _)| is_segment(root, path));
        let mut judged = judge(first, &allowed)?;
        segments::allow(judged.iter().map(|(file, _)| file), &mut allowed);
        judged.extend(judge(later, &allowed)?);
        judged.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        let (queries, judgements) = judged.into_iter().unzip();
        let root = root.to_path_buf();
        Ok((
            Self {
                root,
                config,
                queries,
                lib,
                dashboards,
                annotations,
                journey,
                tests,
                problems,
            },
            judgements,
        ))
    }

    /// Returns what a statement may name in this workspace; for queries that are not in a file of it.
    #[must_use]
    pub fn allowed(&self, parser: &Parser) -> Allowed {
        let mut allowed = allowed(&self.config);
        let files = self
            .lib
            .iter()
            .map(|file| (file.path.clone(), file.text.clone()))
            .collect();
        library::read(parser, files, &mut allowed);
        segments::allow(&self.queries, &mut allowed);
        allowed
    }

    /// Returns the file of this query name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&QueryFile> {
        self.queries.iter().find(|query| query.name == name)
    }
}

/// Reads `cxtop.toml`: what is sound in it, and everything that is wrong. Nothing is sound in a file that cannot be read.
pub(super) fn read_config(root: &Path) -> (Option<Config>, Vec<Error>) {
    let path = root.join("cxtop.toml");
    let help = "a workspace is a folder with a cxtop.toml; the shortest one says `version = 1`";
    match folder::text(&path) {
        Ok(text) => {
            let (config, problems) = Config::read(root, &path, &text);
            (Some(config), problems)
        }
        Err(error) => {
            let error = if path.exists() {
                error
            } else {
                error.help(help)
            };
            let kind = crate::error::Kind::Usage;
            (None, vec![Error { kind, ..error }])
        }
    }
}

fn is_segment(root: &Path, path: &Path) -> bool {
    path.strip_prefix(root)
        .is_ok_and(|inside| inside.starts_with("segments"))
}

fn allowed(config: &Config) -> Allowed {
    let mut allowed = Allowed::default();
    for (table, _) in config.columns() {
        allowed.table(&table);
    }
    allowed
}

fn read_annotations(path: &Path, file: &str) -> (Vec<Annotation>, Vec<Error>) {
    let text = Text::whole(path, file);
    let (table, mut problems) = text.parse();
    let mut section = Section::new(&text, &table);
    section.require("version", version);
    let mut annotations = Vec::new();
    for mut note in section.sections("annotation") {
        let date = note.require("date", Item::date);
        let text = note.require("text", Item::text);
        let kind = note.read("kind", Item::text).unwrap_or_default();
        if let (Some(date), Some(text)) = (date, text) {
            annotations.push(Annotation { date, text, kind });
        }
        section.absorb(note);
    }
    problems.extend(section.finish());
    annotations.sort_by_key(|note| note.date);
    (annotations, problems)
}
