//! `cxtop test`: runs each query over its cases' inline rows and compares what comes out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Value as TomlValue};

use super::answer::ask;
use super::cases::{Case, TestFile};
use super::check::{open, some_day, suggest};
use super::config::Today;
use super::library;
use super::parameters::bind;
use super::report::counted;
use super::rows::{self, Cell, Rows};
use super::workspace::{SavedQuery, Workspace};
use crate::error::{Error, Place, Result};
use crate::files::ColumnType;
use crate::store::{Parser, Session, Store, Table, Value};

/// What came of running the query tests.
#[derive(Clone, Debug, Default)]
pub struct TestReport {
    /// The cases that ran, file by file.
    pub cases: Vec<CaseResult>,
    /// The queries that have no test.
    pub untested: Vec<String>,
    /// What is wrong with the test files themselves.
    pub problems: Vec<Error>,
    /// How many `expect` blocks were rewritten.
    pub updated: usize,
}

/// What came of one case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The query under test.
    pub query: String,
    /// The case's name.
    pub name: String,
    /// The case's file.
    pub path: PathBuf,
    /// The line of the case in its file.
    pub line: usize,
    /// How it went.
    pub outcome: Outcome,
}

/// How a case went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The rows are as expected.
    Passed,
    /// The rows differ, line by line: `-` expected but missing, `+` there but not expected.
    Failed(String),
    /// It could not be run.
    Broken(Error),
}

/// What came of a case, and what would make it pass.
struct Answer {
    outcome: Outcome,
    /// What the `expect` block would have to be.
    actual: Option<String>,
}

/// Runs the tests of these queries, or all of them, and rewrites `expect` blocks that differ if `update` says so.
///
/// # Errors
/// The workspace cannot be read, a name has no test, or a test file cannot be written.
pub fn test(root: &Path, names: &[String], update: bool) -> Result<TestReport> {
    let parser = Parser::new()?;
    let workspace = Workspace::read(root, &parser)?;
    let tested: BTreeSet<&str> = workspace
        .tests
        .iter()
        .map(|file| file.query.as_str())
        .collect();
    if let Some(name) = names.iter().find(|name| !tested.contains(name.as_str())) {
        let problem = Error::usage(format!("there is no test of a query `{name}`"));
        return Err(suggest(problem, name, tested.into_iter()));
    }
    let mut bench = Bench::new(&workspace)?;
    let mut report = TestReport {
        problems: workspace.problems.clone(),
        ..TestReport::default()
    };
    report.problems.extend(library::define(
        &bench.session,
        &library::Definitions::of(&workspace),
    ));
    report
        .problems
        .extend(workspace.lib.iter().filter_map(|file| file.error.clone()));
    let untested = workspace
        .queries
        .iter()
        .filter(|file| !tested.contains(file.name.as_str()));
    report.untested = untested.map(|file| file.name.clone()).collect();
    for file in workspace
        .tests
        .iter()
        .filter(|file| names.is_empty() || names.contains(&file.query))
    {
        report.problems.extend(file.problems.iter().cloned());
        let answers: Vec<Answer> = file
            .cases
            .iter()
            .map(|case| bench.answer(file, case))
            .collect();
        // With a broken case the numbers of the cases and of the blocks differ.
        if update && file.problems.is_empty() {
            report.updated += rewrite(file, &answers)?;
        }
        let written = update && file.problems.is_empty();
        report.cases.extend(
            file.cases
                .iter()
                .zip(answers)
                .map(|(case, answer)| CaseResult {
                    query: file.query.clone(),
                    name: case.name.clone(),
                    path: file.path.clone(),
                    line: case.line,
                    outcome: match answer.outcome {
                        Outcome::Failed(_) if written => Outcome::Passed,
                        outcome => outcome,
                    },
                }),
        );
    }
    Ok(report)
}

impl TestReport {
    /// Tells whether every case passed and every test file is sound.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
            && self
                .cases
                .iter()
                .all(|case| case.outcome == Outcome::Passed)
    }

    /// Returns the report as text: what failed with its rows, then the queries without a test, then the counts.
    #[must_use]
    pub fn human(&self) -> String {
        let mut lines: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        for case in &self.cases {
            let place = format!("{}:{}", case.path.display(), case.line);
            match &case.outcome {
                Outcome::Passed => {}
                Outcome::Failed(difference) => {
                    lines.push(format!("{place}: {}: {}", case.query, case.name));
                    lines.extend(difference.lines().map(|line| format!("  {line}")));
                }
                Outcome::Broken(error) => {
                    lines.push(format!("{place}: {}: {}\n  {error}", case.query, case.name));
                }
            }
        }
        if !self.untested.is_empty() {
            lines.push(format!("without a test: {}", self.untested.join(", ")));
        }
        if self.updated > 0 {
            lines.push(format!("rewrote {}", counted(self.updated, "expect block")));
        }
        let failed = self
            .cases
            .iter()
            .filter(|case| case.outcome != Outcome::Passed)
            .count();
        lines.push(format!(
            "{}, {failed} failed",
            counted(self.cases.len(), "case")
        ));
        lines.join("\n") + "\n"
    }
}

/// The one database in which all cases run, one after the other.
struct Bench<'a> {
    workspace: &'a Workspace,
    columns: Vec<(String, Vec<(String, ColumnType)>)>,
    store: Store,
    session: Session,
}

impl<'a> Bench<'a> {
    fn new(workspace: &'a Workspace) -> Result<Self> {
        let store = open(&workspace.config)?;
        let mut session = store.connect()?;
        session.text_limit = usize::MAX;
        Ok(Self {
            workspace,
            columns: workspace.config.columns(),
            store,
            session,
        })
    }

    fn answer(&mut self, file: &TestFile, case: &Case) -> Answer {
        let broken = |error: Error| {
            let place = error.place.clone().unwrap_or(Place {
                line: case.line,
                ..Place::file(&file.path)
            });
            Answer {
                outcome: Outcome::Broken(error.at(place)),
                actual: None,
            }
        };
        let query = match self.workspace.query(&file.query).map(|file| &file.state) {
            Some(Ok(query)) => query,
            Some(Err(error)) => return broken(error.clone()),
            None => {
                let problem = Error::data(format!("there is no query `{}`", file.query));
                let names = self.workspace.queries.iter().map(|file| file.name.as_str());
                return broken(suggest(problem, &file.query, names));
            }
        };
        let table = self.run(query, case);
        let compared = table.and_then(|table| compare(query, case, &table));
        match self.store.withdraw().and(compared) {
            Ok(answer) => answer,
            Err(error) => broken(error),
        }
    }

    /// Runs a query over a case's rows.
    fn run(&mut self, query: &SavedQuery, case: &Case) -> Result<Table> {
        for (table, text) in &case.given {
            self.store
                .insert(table, &rows::batch(&self.columns, table, text)?)?;
        }
        for (name, value) in &case.params {
            rows::parameter(query, name, value)?;
        }
        let config = &self.workspace.config;
        let today = match (case.params.get("today"), config.today) {
            (Some(Value::Date(date)), _) => *date,
            (_, Today::Fixed(date)) => date,
            _ => self.store.latest_day()?.unwrap_or(some_day(config)),
        };
        let bound = bind(query, &case.params, today)?;
        ask(&self.session, &query.text, &query.path, &bound, usize::MAX)
    }
}

fn compare(query: &SavedQuery, case: &Case, table: &Table) -> Result<Answer> {
    let all: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let expected = if case.expect.trim().is_empty() {
        Rows {
            columns: all.clone(),
            rows: Vec::new(),
        }
    } else {
        rows::parse(&case.expect).map_err(|error| error.context("expect"))?
    };
    if let Some(missing) = expected
        .columns
        .iter()
        .find(|name| table.column(name).is_none())
    {
        let problem = Error::data(format!("expect: the query returns no column `{missing}`"));
        return Err(suggest(problem, missing, all.iter().map(String::as_str)));
    }
    let columns: Vec<_> = expected
        .columns
        .iter()
        .filter_map(|name| table.column(name))
        .collect();
    let means = |wanted: usize, found: usize| {
        columns
            .iter()
            .zip(&expected.rows[wanted])
            .all(|(column, cell)| cell.means(&column.values[found]))
    };
    let pairs = if query.shape.ordered {
        in_order(expected.rows.len(), table.rows(), means)
    } else {
        in_any_order(expected.rows.len(), table.rows(), means)
    };
    let found = rows::of_table(table, &expected.columns);
    let header = rows::header(&expected.columns);
    let block = rows::aligned(std::iter::once(&header).chain(&found)).join("\n") + "\n";
    if pairs.len() == expected.rows.len()
        && pairs.len() == found.len()
        && !case.expect.trim().is_empty()
    {
        return Ok(Answer {
            outcome: Outcome::Passed,
            actual: None,
        });
    }
    let difference = difference(&header, &expected.rows, &found, &pairs);
    Ok(Answer {
        outcome: Outcome::Failed(difference),
        actual: Some(block),
    })
}

/// Pairs expected with found rows, keeping the order: the longest common sub-sequence.
fn in_order(
    expected: usize,
    found: usize,
    means: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut lengths = vec![vec![0_usize; found + 1]; expected + 1];
    for wanted in (0..expected).rev() {
        for row in (0..found).rev() {
            lengths[wanted][row] = if means(wanted, row) {
                lengths[wanted + 1][row + 1] + 1
            } else {
                lengths[wanted + 1][row].max(lengths[wanted][row + 1])
            };
        }
    }
    let (mut wanted, mut row, mut pairs) = (0, 0, Vec::new());
    while wanted < expected && row < found {
        if means(wanted, row) {
            pairs.push((wanted, row));
            (wanted, row) = (wanted + 1, row + 1);
        } else if lengths[wanted + 1][row] >= lengths[wanted][row + 1] {
            wanted += 1;
        } else {
            row += 1;
        }
    }
    pairs
}

/// Pairs each expected row with the first found row that it means and that no other has.
fn in_any_order(
    expected: usize,
    found: usize,
    means: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut free: Vec<usize> = (0..found).collect();
    let mut pairs = Vec::new();
    for wanted in 0..expected {
        if let Some(at) = free.iter().position(|row| means(wanted, *row)) {
            pairs.push((wanted, free.remove(at)));
        }
    }
    pairs
}

/// Writes expected and found rows under each other, what is the same once.
fn difference(
    header: &Vec<Cell>,
    expected: &[Vec<Cell>],
    found: &[Vec<Cell>],
    pairs: &[(usize, usize)],
) -> String {
    let mut lines: Vec<(char, &Vec<Cell>)> = vec![(' ', header)];
    let mut rows: BTreeSet<usize> = (0..found.len()).collect();
    for (_, row) in pairs {
        rows.remove(row);
    }
    let mut pairs = pairs.iter().peekable();
    for (wanted, cells) in expected.iter().enumerate() {
        match pairs.next_if(|(paired, _)| *paired == wanted) {
            Some((_, row)) => {
                // What is found before a row that is the same stands before it.
                let before: Vec<usize> = rows.range(..row).copied().collect();
                for extra in before {
                    rows.remove(&extra);
                    lines.push(('+', &found[extra]));
                }
                lines.push((' ', cells));
            }
            None => lines.push(('-', cells)),
        }
    }
    lines.extend(rows.iter().map(|row| ('+', &found[*row])));
    let texts = rows::aligned(lines.iter().map(|(_, cells)| *cells));
    let lines: Vec<String> = lines
        .iter()
        .zip(texts)
        .map(|((sign, _), text)| format!("{sign} {text}"))
        .collect();
    lines.join("\n")
}

/// Rewrites the `expect` blocks of the cases that differ, and nothing else in the file. Returns how many.
fn rewrite(file: &TestFile, answers: &[Answer]) -> Result<usize> {
    let failed = |error: String| {
        Error::data(format!("could not rewrite the file: {error}")).at(Place::file(&file.path))
    };
    let mut document: DocumentMut = file
        .text
        .parse()
        .map_err(|error: toml_edit::TomlError| failed(error.to_string()))?;
    let Some(cases) = document
        .get_mut("case")
        .and_then(|cases| cases.as_array_of_tables_mut())
    else {
        return Ok(0);
    };
    let mut updated = 0;
    for (case, answer) in cases.iter_mut().zip(answers) {
        let (Some(actual), Some(expect)) = (
            &answer.actual,
            case.get_mut("expect").and_then(|item| item.as_value_mut()),
        ) else {
            continue;
        };
        let escaped = actual.replace('\\', "\\\\").replace("\"\"\"", "\"\"\\\"");
        let block = format!("\"\"\"\n{escaped}\"\"\"").parse::<TomlValue>();
        let mut block = block.map_err(|error| failed(error.to_string()))?;
        *block.decor_mut() = expect.decor().clone();
        *expect = block;
        updated += 1;
    }
    if updated > 0 {
        fs::write(&file.path, document.to_string()).map_err(|error| failed(error.to_string()))?;
    }
    Ok(updated)
}
