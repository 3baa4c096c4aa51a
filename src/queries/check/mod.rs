//! `cxtop check`: everything that can be known about a workspace without loading its data, all problems in one run.

mod describe;
mod files;
mod journey;
mod kinds;
mod lints;
mod reading;

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use jiff::civil::Date;

use self::describe::Columns;
use crate::error::{Error, Place, Result, nearest};
use crate::queries::cases::TestFile;
use crate::queries::config::{Config, Today};
use crate::queries::dashboards::DashboardFile;
use crate::queries::gate::Allowed;
use crate::queries::report::{Problem, Severity};
use crate::queries::rows;
use crate::queries::saved::place_of;
use crate::queries::workspace::{SavedQuery, Workspace, read_config};
use crate::store::{Options, Parser, Store, Value};

/// Returns everything that is wrong or doubtful in a workspace folder. Reads no data but a small sample of each source, to
/// hold the declared columns against.
///
/// # Errors
/// The database could not be opened.
pub fn check(root: &Path) -> Result<Vec<Problem>> {
    let (config, broken) = match read_config(root) {
        (Some(config), problems) => (config, problems),
        (None, problems) => return Ok(sorted(problems.into_iter().map(error).collect())),
    };
    let parser = Parser::new()?;
    let judge = |files, allowed: &Allowed| reading::judge(root, files, &parser, allowed);
    let (read, store) = thread::scope(|scope| {
        let (known, broken) = (
            config.clone(),
            Error::data("the database could not be opened"),
        );
        // Two things that need nothing of each other.
        let opening = scope.spawn(move || open(&known));
        let read = Workspace::read_with(root, &parser, config, judge);
        (read, opening.join().unwrap_or(Err(broken)))
    });
    let ((workspace, judgements), store) = (read?, store?);
    let mut problems = Vec::new();
    let columns = describe::describe(&workspace, &store, judgements, &mut problems)?;
    let checker = Checker {
        workspace: &workspace,
        columns,
    };
    checker.run(&mut problems);
    if !broken.is_empty() {
        // What `cxtop.toml` fails to declare is not the queries' mistake.
        let follows = |problem: &Problem| ["column", "name"].contains(&problem.error.rule);
        problems.retain(|problem| !follows(problem));
    }
    problems.extend(broken.into_iter().map(error));
    problems.extend(files::check(&workspace.config, root));
    Ok(sorted(problems))
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|left, right| order(left).cmp(&order(right)));
    problems.dedup();
    problems
}

/// Opens a store with the tables of a workspace, all empty.
pub(super) fn open(config: &Config) -> Result<Store> {
    let mut store = Store::open(&Options {
        file: None,
        timezone: config.timezone.clone(),
        week_start: config.week_start,
        threads: 1,
        memory_limit: config.memory_limit.clone(),
        query_timeout: config.query_timeout,
    })?;
    let mut tables = config.columns();
    // A table of which no column is known cannot be made.
    tables.retain(|(_, columns)| !columns.is_empty());
    store.declare(&tables)?;
    Ok(store)
}

/// Returns the day that stands for `$today` where there is no data; any day does, as long as it is always the same.
pub(super) fn some_day(config: &Config) -> Date {
    match config.today {
        Today::Fixed(date) => date,
        Today::Data | Today::Clock => Date::constant(2025, 1, 1),
    }
}

fn error(error: Error) -> Problem {
    Problem {
        severity: Severity::Error,
        error,
    }
}

fn warning(error: Error) -> Problem {
    Problem {
        severity: Severity::Warning,
        error,
    }
}

fn order(problem: &Problem) -> (Option<(&Path, usize, usize)>, Severity, &str) {
    let place = problem
        .error
        .place
        .as_ref()
        .map(|place| (place.path.as_path(), place.line, place.column));
    (place, problem.severity, &problem.error.message)
}

struct Checker<'a> {
    workspace: &'a Workspace,
    columns: Columns,
}

impl Checker<'_> {
    fn run(self, problems: &mut Vec<Problem>) {
        problems.extend(self.workspace.problems.iter().cloned().map(error));
        let lib = self.workspace.lib.iter();
        problems.extend(lib.filter_map(|file| file.error.clone()).map(error));
        if let Some(journey) = &self.workspace.journey {
            self.journey(journey, problems);
        }
        self.dashboard_order(problems);
        for dashboard in &self.workspace.dashboards {
            problems.extend(dashboard.problems.iter().cloned().map(error));
            self.dashboard(dashboard, problems);
        }
        for tests in &self.workspace.tests {
            problems.extend(tests.problems.iter().cloned().map(error));
            self.tests(tests, problems);
        }
    }

    fn dashboard_order(&self, problems: &mut Vec<Problem>) {
        let known = || {
            self.workspace
                .dashboards
                .iter()
                .map(|dashboard| dashboard.name.as_str())
        };
        for name in self
            .workspace
            .config
            .dashboards
            .iter()
            .filter(|name| !known().any(|known| known == *name))
        {
            let path = self.workspace.root.join("cxtop.toml");
            let text = &self.workspace.config.text;
            let place = place_of(&path, text, &format!("\"{name}\""));
            let problem = Error::data(format!("there is no dashboard `{name}`"))
                .at(place)
                .rule("dashboard");
            problems.push(error(suggest(problem, name, known())));
        }
    }

    fn dashboard(&self, dashboard: &DashboardFile, problems: &mut Vec<Problem>) {
        let text = &dashboard.text;
        let config = &self.workspace.config;
        let named = dashboard.owner.as_deref();
        problems.extend(owner(config, named, &dashboard.path, text));
        let mut types: BTreeMap<String, (String, String)> = BTreeMap::new();
        for panel in dashboard.panels() {
            let place = || place_of(&dashboard.path, text, &format!("\"{}\"", panel.query));
            let Some(query) = self.named(&panel.query, place, problems) else {
                continue;
            };
            for (name, value) in &panel.params {
                let fits = query.param(name).and_then(|param| param.fit(value.clone()));
                problems.extend(
                    fits.err()
                        .map(|problem| error(problem.at(place()).rule("parameter"))),
                );
            }
            for param in &query.header.params {
                let filter = dashboard
                    .filters
                    .iter()
                    .find(|filter| filter.name.eq_ignore_ascii_case(&param.name));
                let Some(filter) = filter else { continue };
                let first = types
                    .entry(filter.name.clone())
                    .or_insert((param.sql_type.clone(), query.name.clone()));
                if first.0 != param.sql_type {
                    let message = format!(
                        "filter `{}` is {} in {} but {} in {}",
                        filter.name, first.0, first.1, param.sql_type, query.name
                    );
                    problems.push(error(Error::data(message).at(place()).rule("filter")));
                }
            }
        }
        for filter in dashboard
            .filters
            .iter()
            .filter(|filter| !types.contains_key(&filter.name))
        {
            let problem = Error::data(format!(
                "no panel has a parameter `{}`, so the filter does nothing",
                filter.name
            ));
            problems.push(warning(
                problem
                    .at(place_of(&dashboard.path, text, &filter.name))
                    .rule("filter"),
            ));
        }
    }

    fn tests(&self, tests: &TestFile, problems: &mut Vec<Problem>) {
        if tests.query.is_empty() {
            return;
        }
        let place = || place_of(&tests.path, &tests.text, &format!("\"{}\"", tests.query));
        let query = self.named(&tests.query, place, problems);
        let tables = self.workspace.config.columns();
        for case in &tests.cases {
            let at = |line| Place {
                line,
                ..Place::file(&tests.path)
            };
            for (name, value) in query.iter().flat_map(|_| &case.params) {
                let fits =
                    query.map_or(Ok(Value::Null), |query| rows::parameter(query, name, value));
                problems.extend(
                    fits.err()
                        .map(|problem| error(problem.at(at(case.line)).rule("parameter"))),
                );
            }
            for (table, text) in &case.given {
                let batch = rows::batch(&tables, table, text);
                problems.extend(
                    batch
                        .err()
                        .map(|problem| error(problem.at(at(case.line)).rule("test"))),
                );
            }
        }
    }

    /// Returns a sound query by name; that there is none of this name is a problem, that it is broken is said elsewhere.
    fn named(
        &self,
        name: &str,
        place: impl Fn() -> Place,
        problems: &mut Vec<Problem>,
    ) -> Option<&SavedQuery> {
        let Some(file) = self.workspace.query(name) else {
            let problem = Error::data(format!("there is no query `{name}`"))
                .at(place())
                .rule("query");
            let names = self.workspace.queries.iter().map(|file| file.name.as_str());
            problems.push(error(suggest(problem, name, names)));
            return None;
        };
        file.state.as_ref().ok()
    }
}

/// Returns what is wrong with the owner that a file names.
fn owner(config: &Config, owner: Option<&str>, path: &Path, text: &str) -> Option<Problem> {
    let owners = &config.owners;
    let owner =
        owner.filter(|owner| !owners.is_empty() && !owners.iter().any(|known| known == owner))?;
    let problem = Error::data(format!("owner `{owner}` is not in cxtop.toml")).rule("owner");
    let problem = problem.at(place_of(path, text, &format!("\"{owner}\"")));
    let known = owners.iter().map(String::as_str);
    Some(error(suggest(problem, owner, known)))
}

/// Adds the nearest name as help.
pub(super) fn suggest<'a>(
    problem: Error,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Error {
    match nearest(name, known) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    }
}
