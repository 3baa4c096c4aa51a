//! Describes the queries: what columns each returns with its defaults, held against its kind, goals and looks.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use jiff::civil::Date;

use super::reading::share;
use super::{Problem, error, kinds, lints, owner, some_day, warning};
use crate::error::{Error, Result};
use crate::queries::answer::{complete, located};
use crate::queries::header::Param;
use crate::queries::library;
use crate::queries::parameters::{Bound, bind};
use crate::queries::saved::{Judgement, inner_sql, place_of};
use crate::queries::workspace::{SavedQuery, Workspace};
use crate::store::{Column, Session, Store, Value};

/// The columns of the queries that could be described, by query name.
pub(super) type Columns = BTreeMap<String, Vec<Column>>;

/// Describes the queries on several connections at once. Returns their columns and adds what is wrong, also with the macros
/// of `lib/`.
///
/// # Errors
/// There is no connection.
pub(super) fn describe(
    workspace: &Workspace,
    store: &Store,
    mut judgements: Vec<Judgement>,
    problems: &mut Vec<Problem>,
) -> Result<Columns> {
    let share = share(judgements.len());
    let mut describers = Vec::new();
    while !judgements.is_empty() || describers.is_empty() {
        let rest = judgements.split_off(share.min(judgements.len()));
        let describer = Describer {
            workspace,
            session: store.connect()?,
            problems: Vec::new(),
            columns: Columns::new(),
            described: BTreeMap::new(),
            computed: BTreeMap::new(),
        };
        describers.push((describer, std::mem::replace(&mut judgements, rest)));
    }
    let mut columns = Columns::new();
    thread::scope(|scope| {
        let workers: Vec<_> = describers
            .into_iter()
            .map(|(describer, judgements)| scope.spawn(|| describer.run(judgements)))
            .collect();
        for worker in workers {
            let (found, wrong) = worker
                .join()
                .map_err(|_| Error::data("a query broke the database driver"))??;
            columns.extend(found);
            problems.extend(wrong);
        }
        Ok(columns)
    })
}

fn without_rows((name, sql_type): (String, String)) -> Column {
    Column {
        name,
        sql_type,
        values: Vec::new(),
    }
}

/// Describes queries on a connection of its own.
struct Describer<'a> {
    workspace: &'a Workspace,
    session: Session,
    problems: Vec<Problem>,
    columns: Columns,
    /// What `DuckDB` said of the statements inside declarations: many files have the same.
    described: BTreeMap<String, Option<String>>,
    /// The values of computed defaults, by expression.
    computed: BTreeMap<String, Value>,
}

impl Describer<'_> {
    /// Defines the macros, and describes the queries. Every describer says what is wrong with the macros.
    fn run(mut self, judgements: Vec<Judgement>) -> Result<(Columns, Vec<Problem>)> {
        self.session.skip_optimizing()?;
        let definitions = library::Definitions::of(self.workspace);
        let broken = library::define(&self.session, &definitions);
        self.problems.extend(broken.into_iter().map(error));
        for judgement in judgements {
            self.query(judgement);
        }
        Ok((self.columns, self.problems))
    }

    /// Describes a query with its defaults, and compares the columns with its kind, goals and looks.
    fn query(&mut self, judgement: Judgement) {
        let sound = judgement.problems.is_empty();
        self.problems
            .extend(judgement.problems.into_iter().map(error));
        let Some((query, findings)) = judgement.query else {
            return;
        };
        let (path, text) = (&query.path, &query.text);
        let named = query.header.owner.as_deref();
        self.problems
            .extend(owner(&self.workspace.config, named, path, text));
        let lints = lints::check(&query, &findings);
        self.problems.extend(lints.into_iter().map(warning));
        let values = match self.defaults(&query) {
            // What is wrong with a parameter has been said already.
            Err(problem) if sound => return self.problems.push(error(problem)),
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
                let columns: Vec<Column> = columns.into_iter().map(without_rows).collect();
                let wrong = kinds::check(&query, &columns);
                self.problems.extend(wrong.into_iter().map(error));
                self.columns.insert(query.name.clone(), columns);
            }
            Ok(_) => {}
            Err(problem) => {
                let problem = self.advised(located(path, text, &problem));
                self.problems.push(error(problem));
            }
        }
    }

    /// Returns the values of a run with defaults only. Stops where the SQL in the header is wrong.
    fn defaults(&mut self, query: &SavedQuery) -> Result<Vec<(String, Value)>> {
        let today = some_day(&self.workspace.config);
        let bound = bind(query, &BTreeMap::new(), today)?;
        let before = self.problems.len();
        for param in &query.header.params {
            self.declaration(query, param, today);
        }
        if self.problems.len() > before {
            return Ok(Vec::new());
        }
        let mut values = bound.values.clone();
        for (name, expression) in bound.computed {
            if !self.computed.contains_key(&expression) {
                let one = Bound {
                    values: bound.values.clone(),
                    computed: vec![(name.clone(), expression.clone())],
                    legs: Vec::new(),
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
    fn declaration(&mut self, query: &SavedQuery, param: &Param, today: Date) {
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
                let problem = problem.at(place_of(&query.path, &query.text, sql));
                self.problems.push(error(problem));
            }
        }
    }
}
