//! `cxtop bench`: how long the saved queries take on the user's own data.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::civil::Date;

use super::opened::{Opened, load, open, session, today};
use super::print::{self, say};
use super::query::find;
use super::stop::Stop;
use crate::args::{Common, Output};
use crate::error::{Error, Kind, Result};
use crate::queries::{self, Bound, SavedQuery, Workspace};
use crate::store::{Column, Loading, Session, Table, Value};

/// How often a query runs when the command line does not say.
const USUAL_RUNS: u32 = 5;

/// What one query took.
struct Timed {
    query: String,
    /// The time of each run, or why the query failed.
    runs: Result<Vec<Duration>>,
    rows: usize,
}

/// Loads all sources, runs saved queries with their default parameters, and prints the times.
///
/// # Errors
/// When a query named does not exist, a source could not be loaded, or a query fails; the others are timed all the same.
pub fn execute(common: &Common, names: &[String], output: &Output) -> Result<()> {
    let stop = Stop::on_signals()?;
    let mut opened = open(common)?;
    let wanted = wanted(&opened, names)?;
    let loading = load(&mut opened, &stop)?;
    say(&loaded(&loading));
    let today = today(&opened.workspace, &opened.store)?;
    let session = session(&opened)?;
    stop.interrupts(session.interrupter())?;
    let mut all = Vec::new();
    for query in &wanted {
        let timed = time(common, &opened.workspace, &session, query, today);
        if let Err(error) = &timed.runs
            && error.kind == Kind::Interrupted
        {
            return Err(error.clone());
        }
        all.push(timed);
    }
    print::rows(&table(&all), output)?;
    match all.iter().filter(|timed| timed.runs.is_err()).count() {
        0 => Ok(()),
        failed => Err(Error::data(format!(
            "{failed} of {} queries failed",
            all.len()
        ))),
    }
}

/// Returns the queries to time by their names; a broken one with what is wrong with it.
fn wanted(opened: &Opened, names: &[String]) -> Result<Vec<(String, Result<SavedQuery>)>> {
    let workspace = &opened.workspace;
    if names.is_empty() {
        let files = workspace.queries.iter();
        return Ok(files
            .map(|file| (file.name.clone(), file.state.clone()))
            .collect());
    }
    let found = |name: &String| {
        let query = find(workspace, name)?.clone();
        Ok((query.name.clone(), Ok(query)))
    };
    names.iter().map(found).collect()
}

fn loaded(loading: &Loading) -> String {
    let seconds = loading.elapsed.as_secs_f64();
    if loading.rows == 0 {
        return format!("cxtop: nothing new to load ({seconds:.2} s)");
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = loading.rows as f64 / seconds.max(f64::MIN_POSITIVE);
    format!(
        "cxtop: loaded {} rows in {seconds:.2} s, {rate:.0} rows/s",
        loading.rows
    )
}

fn time(
    common: &Common,
    workspace: &Workspace,
    session: &Session,
    (name, query): &(String, Result<SavedQuery>),
    today: Date,
) -> Timed {
    let mut rows = 0;
    let runs = query.clone().and_then(|query| {
        let bound = workspace.bind(&query, &BTreeMap::new(), today)?;
        run(common, session, &query, &bound, &mut rows)
    });
    Timed {
        query: name.clone(),
        runs,
        rows,
    }
}

fn run(
    common: &Common,
    session: &Session,
    query: &SavedQuery,
    bound: &Bound,
    rows: &mut usize,
) -> Result<Vec<Duration>> {
    let mut runs = Vec::new();
    for _ in 0..common.repeat.unwrap_or(USUAL_RUNS) {
        let began = Instant::now();
        let answer = queries::ask(session, &query.text, &query.path, bound, usize::MAX)?;
        runs.push(began.elapsed());
        *rows = answer.rows();
    }
    Ok(runs)
}

fn table(all: &[Timed]) -> Table {
    let column = |name: &str, sql_type: &str, cell: &dyn Fn(&Timed) -> Value| Column {
        name: name.to_string(),
        sql_type: sql_type.to_string(),
        values: all.iter().map(cell).collect(),
    };
    let time = |pick: fn(&[Duration]) -> Option<Duration>| {
        move |timed: &Timed| match timed.runs.as_ref().ok().and_then(|runs| pick(runs)) {
            Some(time) => Value::Double((time.as_secs_f64() * 10_000.0).round() / 10.0),
            None => Value::Null,
        }
    };
    let columns = vec![
        column("query", "VARCHAR", &|timed| {
            Value::Text(timed.query.clone())
        }),
        column("rows", "BIGINT", &|timed| match &timed.runs {
            Ok(_) => i64::try_from(timed.rows).map_or(Value::Null, Value::Integer),
            Err(_) => Value::Null,
        }),
        column(
            "best_ms",
            "DOUBLE",
            &time(|runs| runs.iter().min().copied()),
        ),
        column("median_ms", "DOUBLE", &time(median)),
        column("error", "VARCHAR", &|timed| match &timed.runs {
            Ok(_) => Value::Null,
            Err(error) => Value::Text(error.to_string()),
        }),
    ];
    Table {
        columns,
        ..Table::default()
    }
}

/// Returns the middle time, of two middle ones the longer.
fn median(runs: &[Duration]) -> Option<Duration> {
    let mut sorted = runs.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}
