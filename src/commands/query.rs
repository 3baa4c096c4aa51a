//! `cxtop run` and `cxtop sql`: one query's rows to standard output.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::opened::{Opened, day, load, open, session, today};
use super::print;
use super::stop::Stop;
use crate::args::{Common, Named, Output};
use crate::error::{Error, Kind, Place, Result, nearest};
use crate::queries::{self, SavedQuery, Workspace};
use crate::store::{Table, Value, portable};

/// Runs a saved query.
///
/// # Errors
/// When there is no such query, a parameter is wrong, or the query fails.
pub fn run(common: &Common, name: &str, params: &[Named], output: &Output) -> Result<()> {
    let mut opened = open(common)?;
    let query = find(&opened.workspace, name)?.clone();
    answer(common, &mut opened, &query, params, output)
}

/// Runs SQL that is not saved. It passes the same gate as a saved query.
///
/// # Errors
/// When the text is not one SELECT, a parameter is wrong, or the query fails.
pub fn sql(
    common: &Common,
    text: Option<&str>,
    file: Option<&Path>,
    params: &[Named],
    output: &Output,
) -> Result<()> {
    let (path, text) = match (text, file) {
        (_, Some(file)) => (file.to_path_buf(), read(file)?),
        (text, None) => (
            PathBuf::from("(command line)"),
            text.unwrap_or_default().to_string(),
        ),
    };
    let mut opened = open(common)?;
    let stop = Stop::on_signals()?;
    // The gate knows tables by name, and tables of `--data` are there only once they are loaded.
    let load_ms = load(&mut opened, &stop)?.elapsed.as_secs_f64() * 1000.0;
    let query = saved(&opened, &path, &text)?;
    answer_loaded(common, &opened, &stop, load_ms, &query, params, output)
}

/// Prints the text that runs a saved query in the stock `DuckDB` command line. Loads the data only where the workspace's
/// today is the latest day in it.
///
/// # Errors
/// When there is no such query, or a parameter is wrong.
pub fn print_stock(common: &Common, name: &str, params: &[Named]) -> Result<()> {
    let mut opened = open(common)?;
    let query = find(&opened.workspace, name)?.clone();
    let today = day(&mut opened)?;
    let given = given(&query, params)?;
    let bound = opened.workspace.bind(&query, &given, today)?;
    let text = opened
        .workspace
        .stock_text(&query, &bound, &session(&opened)?)?;
    print::stdout(text.as_bytes())
}

/// Prints the functions as macros, for the workspace's zone and today.
///
/// # Errors
/// When there is no workspace, or its data, which say what day it is, cannot be loaded.
pub fn macros(common: &Common) -> Result<()> {
    let mut opened = open(common)?;
    let today = day(&mut opened)?;
    let config = &opened.workspace.config;
    let script = portable::script(&config.timezone, config.week_start, today);
    print::stdout(script.as_bytes())
}

/// Returns the query of a text that is in no workspace; it may name what is in the workspace or in the store.
fn saved(opened: &Opened, path: &Path, text: &str) -> Result<SavedQuery> {
    let mut allowed = opened.workspace.allowed(&opened.parser);
    for (table, _) in opened
        .store
        .connect()?
        .shape()
        .map_err(|error| Error::data(error.message))?
    {
        allowed.table(&table);
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    SavedQuery::read(&name, path, text, &opened.parser, &allowed)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| {
        Error::usage(format!("could not read the query: {error}")).at(Place::file(file))
    })
}

fn answer(
    common: &Common,
    opened: &mut Opened,
    query: &SavedQuery,
    params: &[Named],
    output: &Output,
) -> Result<()> {
    let stop = Stop::on_signals()?;
    let load_ms = load(opened, &stop)?.elapsed.as_secs_f64() * 1000.0;
    answer_loaded(common, opened, &stop, load_ms, query, params, output)
}

fn answer_loaded(
    common: &Common,
    opened: &Opened,
    stop: &Stop,
    load_ms: f64,
    query: &SavedQuery,
    params: &[Named],
    output: &Output,
) -> Result<()> {
    let today = today(&opened.workspace, &opened.store)?;
    let given = given(query, params)?;
    let bound = opened.workspace.bind(query, &given, today)?;
    let session = session(opened)?;
    stop.interrupts(session.interrupter())?;
    let mut query_ms = Vec::new();
    let mut table = Table::default();
    for _ in 0..common.repeat.unwrap_or(1) {
        let began = Instant::now();
        table = queries::ask(&session, &query.text, &query.path, &bound, usize::MAX)?;
        query_ms.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    print::rows(&table, output)?;
    print::warnings(&queries::remarks(
        &session,
        &query.text,
        &query.path,
        &bound,
    )?);
    if common.timing {
        print::timing(load_ms, &query_ms, table.rows() as u64);
    }
    Ok(())
}

fn given(query: &SavedQuery, params: &[Named]) -> Result<BTreeMap<String, Value>> {
    params
        .iter()
        .map(|named| {
            let param = query.param(&named.name)?;
            let value = param.parse(&named.value).map_err(|error| Error {
                kind: Kind::Usage,
                ..error
            })?;
            Ok((param.name.clone(), value))
        })
        .collect()
}

/// Finds a query by its name, or by the path of its file.
pub fn find<'a>(workspace: &'a Workspace, name: &str) -> Result<&'a SavedQuery> {
    let by_path = || {
        let wanted = Path::new(name).canonicalize().ok()?;
        workspace
            .queries
            .iter()
            .find(|query| query.path.canonicalize().is_ok_and(|path| path == wanted))
    };
    let Some(file) = workspace
        .query(name.trim_end_matches(".sql"))
        .or_else(by_path)
    else {
        let error = Error::usage(format!("there is no query `{name}`"));
        let names = workspace.queries.iter().map(|query| query.name.as_str());
        return Err(match nearest(name, names.clone()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!(
                "there are: {}",
                names.collect::<Vec<_>>().join(", ")
            )),
        });
    };
    file.state.as_ref().map_err(Clone::clone)
}
