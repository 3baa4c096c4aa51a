//! The declared columns held against the real files, where there are any: a bounded sample, never the whole of a large
//! file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Problem, error, warning};
use crate::error::{Error, Result};
use crate::files::{ColumnType, FileReader, Finality, Privacy, Schema, Source, Task, Values, plan};
use crate::queries::config::Config;
use crate::queries::document::{Section, Text};

/// Files that can only be read as a whole are left out above this size.
const MOST_WHOLE: u64 = 16 * 1024 * 1024;
const READ_AS_A_WHOLE: [&str; 4] = ["gz", "zst", "parquet", "json"];

/// What a sample of a table's files says.
#[derive(Debug, Default)]
struct Sample {
    files: usize,
    rows: usize,
    columns: BTreeMap<String, Seen>,
}

/// What a sample says of one column.
#[derive(Debug, Default)]
struct Seen {
    /// Values that are of the declared type.
    values: usize,
    /// Values that are not, and become NULL.
    misfits: u64,
}

/// Returns what is doubtful between the columns that `cxtop.toml` declares and the files as they are.
pub(super) fn check(config: &Config, root: &Path) -> Vec<Problem> {
    let path = root.join("cxtop.toml");
    let text = Text::whole(&path, &config.text);
    let (table, _) = text.parse();
    let mut section = Section::new(&text, &table);
    let Some(declared) = section.section("tables") else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for (name, item) in declared.entries() {
        let Ok(columns) = item.section() else {
            continue;
        };
        let sources: Vec<&Source> = config
            .sources
            .iter()
            .filter(|source| source.table == name)
            .collect();
        let sample = match sample(&sources) {
            Ok(sample) if sample.rows > 0 => sample,
            Ok(_) => continue,
            Err(problem) => {
                problems.push(warning(problem.rule("source")));
                continue;
            }
        };
        let hidden = hidden(&sources);
        let known = config.tables.get(name).into_iter().flatten();
        for (column, kind) in known.filter(|(column, _)| !hidden.contains(column)) {
            let said = judge(name, column, *kind, &sample, &sources);
            problems.extend(said.map(|(make, message, help)| {
                let problem = columns.key_error(column, message).rule("schema");
                make(match help {
                    Some(help) => problem.help(help),
                    None => problem,
                })
            }));
        }
    }
    problems
}

/// Makes an error or a warning of what is wrong.
type Make = fn(Error) -> Problem;

/// Returns what is wrong with one declared column: how bad it is, the message, and what helps.
fn judge(
    table: &str,
    column: &str,
    kind: ColumnType,
    sample: &Sample,
    sources: &[&Source],
) -> Option<(Make, String, Option<String>)> {
    let looked = format!(
        "{} records of {} files looked at",
        sample.rows, sample.files
    );
    let Some(seen) = sample.columns.get(&column.to_lowercase()) else {
        let found = sample.columns.keys().map(String::as_str);
        let near = crate::error::nearest(column, found);
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let message = format!("no file of {table} has a column `{column}` ({looked})");
        return Some((warning, message, help));
    };
    let all = seen.misfits + seen.values as u64;
    if seen.misfits == 0 {
        return None;
    }
    let (misfits, sql) = (seen.misfits, kind.sql());
    let message = format!(
        "`{column}` is declared {sql}, but {misfits} of {all} values are not and become NULL"
    );
    let help = inferred(sources, column)
        .filter(|inferred| *inferred != kind)
        .map(|inferred| format!("the values look like {}", inferred.sql()));
    let make: Make = if seen.values == 0 { error } else { warning };
    Some((make, message, help))
}

/// Returns the columns that are not stored as they are, so that the files say nothing about their type.
fn hidden(sources: &[&Source]) -> BTreeSet<String> {
    let private = sources.iter().flat_map(|source| source.privacy.keys());
    private.cloned().collect()
}

/// Reads the beginnings of a few files with the declared types.
fn sample(sources: &[&Source]) -> Result<Sample> {
    let mut sample = Sample::default();
    for source in sources {
        let source = open_to_all(source);
        for task in tasks(&source)? {
            let mut schema = Schema::new(&source);
            let mut reader = FileReader::open(&source, &task, Finality::Final)?;
            let Some(batch) = reader.next_batch(&mut schema)? else {
                continue;
            };
            sample.files += 1;
            sample.rows += batch.rows;
            for column in &batch.columns {
                let seen = sample
                    .columns
                    .entry(column.name.to_lowercase())
                    .or_default();
                seen.values += filled(&column.values);
            }
            for (name, misfits) in &batch.misfits {
                let seen = sample.columns.entry(name.to_lowercase()).or_default();
                seen.misfits += misfits;
            }
        }
    }
    Ok(sample)
}

/// Returns the type that the values of a column have by themselves.
fn inferred(sources: &[&Source], column: &str) -> Option<ColumnType> {
    let mut kind = None;
    for source in sources {
        let mut source = open_to_all(source);
        source.types.clear();
        let mut schema = Schema::new(&source);
        for task in tasks(&source).ok()? {
            let mut reader = FileReader::open(&source, &task, Finality::Final).ok()?;
            reader.next_batch(&mut schema).ok()?;
        }
        let found = schema
            .columns
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(column));
        kind = kind.or(found.and_then(|found| found.kind));
    }
    kind
}

/// Nothing of a sample is kept, so it needs no key to hash with.
fn open_to_all(source: &Source) -> Source {
    let mut source = source.clone();
    source
        .privacy
        .retain(|_, privacy| *privacy != Privacy::Hash);
    source
}

/// Returns the first, the middle and the last file of a source.
fn tasks(source: &Source) -> Result<Vec<Task>> {
    let plan = plan(source, &[])?;
    let is_quick = |task: &Task| {
        let extension = task.path.extension().unwrap_or_default();
        let whole = READ_AS_A_WHOLE.iter().any(|known| extension == *known);
        !whole || task.bytes <= MOST_WHOLE
    };
    let tasks: Vec<Task> = plan.tasks.into_iter().filter(is_quick).collect();
    let last = tasks.len().saturating_sub(1);
    let chosen = BTreeSet::from([0, last / 2, last]);
    let chosen = chosen
        .into_iter()
        .filter_map(|index| tasks.get(index).cloned());
    Ok(chosen.collect())
}

fn filled(values: &Values) -> usize {
    match values {
        Values::Boolean(values) => values.iter().flatten().count(),
        Values::Integer(values) | Values::Timestamp(values) => values.iter().flatten().count(),
        Values::Double(values) => values.iter().flatten().count(),
        Values::Date(values) => values.iter().flatten().count(),
        Values::Text(values) | Values::Json(values) => values.iter().flatten().count(),
    }
}
