//! `cxtop check`: everything that can be known about a workspace without its data, all problems in one run.

mod kinds;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use crate::error::{Error, Place, Result, nearest};
use crate::queries::answer::{complete, located};
use crate::queries::cases::TestFile;
use crate::queries::config::{Config, Today};
use crate::queries::dashboards::DashboardFile;
use crate::queries::folder;
use crate::queries::gate::Findings;
use crate::queries::header::Param;
use crate::queries::parameters::{Bound, bind};
use crate::queries::report::{Problem, Severity};
use crate::queries::saved::{Judgement, inner_sql, place_of};
use crate::queries::workspace::{SavedQuery, Workspace, read_config};
use crate::queries::{library, rows};
use crate::store::{Options, Parser, Session, Store, Value};

/// Returns everything that is wrong or doubtful in a workspace folder. Reads no data.
///
/// # Errors
/// The database could not be opened.
pub fn check(root: &Path) -> Result<Vec<Problem>> {
    let config = match read_config(root) {
        Ok(config) => config,
        Err(problems) => return Ok(sorted(problems.into_iter().map(error).collect())),
    };
    let parser = Parser::new()?;
    let (workspace, judgements) = Workspace::read_with(root, &parser, config)?;
    let session = open(&workspace.config)?.connect()?;
    let checker = Checker {
        workspace: &workspace,
        session,
        described: BTreeMap::new(),
        computed: BTreeMap::new(),
    };
    Ok(sorted(checker.run(judgements)))
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
    session: Session,
    /// What `DuckDB` said of the statements inside declarations: many files have the same.
    described: BTreeMap<String, Option<String>>,
    /// The values of computed defaults, by expression.
    computed: BTreeMap<String, Value>,
}

impl Checker<'_> {
    fn run(mut self, judgements: Vec<Judgement>) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            self.workspace.problems.iter().cloned().map(error).collect();
        problems.extend(
            self.workspace
                .lib
                .iter()
                .filter_map(|file| file.error.clone())
                .map(error),
        );
        problems.extend(
            library::define(&self.session, &library::Definitions::of(self.workspace))
                .into_iter()
                .map(error),
        );
        for judgement in judgements {
            self.query(judgement, &mut problems);
        }
        self.dashboard_order(&mut problems);
        for dashboard in &self.workspace.dashboards {
            problems.extend(dashboard.problems.iter().cloned().map(error));
            self.dashboard(dashboard, &mut problems);
        }
        for tests in &self.workspace.tests {
            problems.extend(tests.problems.iter().cloned().map(error));
            self.tests(tests, &mut problems);
        }
        problems
    }

    /// Describes a query with its defaults, and compares the columns with its kind, goals and looks.
    fn query(&mut self, judgement: Judgement, problems: &mut Vec<Problem>) {
        let sound = judgement.problems.is_empty();
        problems.extend(judgement.problems.into_iter().map(error));
        let Some((query, findings)) = judgement.query else {
            return;
        };
        let (path, text) = (&query.path, &query.text);
        self.owner(query.header.owner.as_deref(), path, text, problems);
        lints(&query, &findings, problems);
        let values = match self.defaults(&query, problems) {
            // What is wrong with a parameter has been said already.
            Err(problem) if sound => return problems.push(error(problem)),
            Err(_) => return,
            Ok(values) => values,
        };
        let has = |name: &String| {
            values
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(name))
        };
        if !query.shape.parameters.iter().all(has) {
            return;
        }
        match self.session.describe(text, &values) {
            Ok(columns) if sound => {
                problems.extend(kinds::check(&query, &columns).into_iter().map(error));
            }
            Ok(_) => {}
            Err(problem) => problems.push(error(self.advised(located(path, text, &problem)))),
        }
    }

    /// Returns the values of a run with defaults only. Stops where the SQL in the header is wrong.
    fn defaults(
        &mut self,
        query: &SavedQuery,
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<(String, Value)>> {
        let today = some_day(&self.workspace.config);
        let bound = bind(query, &BTreeMap::new(), today)?;
        let before = problems.len();
        for param in &query.header.params {
            self.declaration(query, param, today, problems);
        }
        if problems.len() > before {
            return Ok(Vec::new());
        }
        let mut values = bound.values.clone();
        for (name, expression) in bound.computed {
            if !self.computed.contains_key(&expression) {
                let one = Bound {
                    values: bound.values.clone(),
                    computed: vec![(name.clone(), expression.clone())],
                };
                let value = complete(&self.session, &query.path, &one)?
                    .pop()
                    .map_or(Value::Null, |(_, value)| value);
                self.computed.insert(expression.clone(), value);
            }
            values.extend(
                self.computed
                    .get(&expression)
                    .map(|value| (name, value.clone())),
            );
        }
        Ok(values)
    }

    /// Says how a column or a table becomes known, where one is missing.
    fn advised(&self, problem: Error) -> Error {
        let tables = self.workspace.config.columns();
        let unknown = tables
            .iter()
            .find(|(table, columns)| columns.is_empty() && problem.message.contains(table));
        match (problem.rule, unknown) {
            ("name", Some((table, _))) => problem.help(format!(
                "declare its columns in cxtop.toml under [tables.{table}]"
            )),
            ("column", _) if problem.help.is_none() => problem.help(
                "a column that only the data has is declared in cxtop.toml under [tables.NAME]",
            ),
            _ => problem,
        }
    }

    /// Describes the SQL inside a parameter's declaration.
    fn declaration(
        &mut self,
        query: &SavedQuery,
        param: &Param,
        today: Date,
        problems: &mut Vec<Problem>,
    ) {
        let today = [("today".to_string(), Value::Date(today))];
        for (key, sql, statement) in inner_sql(param) {
            let said = self
                .described
                .entry(statement)
                .or_insert_with_key(|statement| {
                    let answer = self.session.describe(statement, &today);
                    answer
                        .err()
                        .map(|problem| located(Path::new(""), "", &problem).message)
                });
            if let Some(said) = said {
                let problem = Error::data(format!("parameter `{}`: {key}: {said}", param.name))
                    .rule("parameter");
                problems.push(error(problem.at(place_of(&query.path, &query.text, sql))));
            }
        }
    }

    fn owner(&self, owner: Option<&str>, path: &Path, text: &str, problems: &mut Vec<Problem>) {
        let owners = &self.workspace.config.owners;
        let Some(owner) =
            owner.filter(|owner| !owners.is_empty() && !owners.iter().any(|known| known == owner))
        else {
            return;
        };
        let problem = Error::data(format!("owner `{owner}` is not in cxtop.toml")).rule("owner");
        let problem = problem.at(place_of(path, text, &format!("\"{owner}\"")));
        problems.push(error(suggest(
            problem,
            owner,
            owners.iter().map(String::as_str),
        )));
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
            let place = place_of(
                &path,
                &folder::text(&path).unwrap_or_default(),
                &format!("\"{name}\""),
            );
            let problem = Error::data(format!("there is no dashboard `{name}`"))
                .at(place)
                .rule("dashboard");
            problems.push(error(suggest(problem, name, known())));
        }
    }

    fn dashboard(&self, dashboard: &DashboardFile, problems: &mut Vec<Problem>) {
        let text = folder::text(&dashboard.path).unwrap_or_default();
        self.owner(dashboard.owner.as_deref(), &dashboard.path, &text, problems);
        let mut types: BTreeMap<String, (String, String)> = BTreeMap::new();
        for panel in dashboard.panels() {
            let place = || place_of(&dashboard.path, &text, &format!("\"{}\"", panel.query));
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
                    .at(place_of(&dashboard.path, &text, &filter.name))
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

/// What works but is probably not meant.
fn lints(query: &SavedQuery, findings: &Findings, problems: &mut Vec<Problem>) {
    let lines: BTreeSet<usize> = findings.divisions.iter().copied().collect();
    for position in lines {
        let problem =
            Error::data("this division has no answer when the divisor is 0").rule("division");
        let problem = problem.at(Place::in_text(&query.path, &query.text, position));
        problems.push(warning(
            problem.help("write x / nullif(y, 0), which gives NULL"),
        ));
    }
}
