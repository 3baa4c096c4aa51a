//! `cxtop sources`: the health of every source.

use jiff::Timestamp;

use super::opened::{load, open};
use super::print;
use super::stop::Stop;
use crate::args::{Common, Output};
use crate::dashboard::data::Health;
use crate::error::Result;
use crate::store::{Column, Remarks, SourceHealth, Table, Value};

/// Loads what is new, then prints one row a source.
///
/// # Errors
/// When the store cannot be opened or the user stops the load.
pub fn execute(common: &Common, output: &Output) -> Result<()> {
    let stop = Stop::on_signals()?;
    let mut opened = open(common)?;
    let loading = load(&mut opened, &stop)?;
    print::rows(&as_table(&opened.store.health()?, Timestamp::now()), output)?;
    if common.timing {
        print::timing(loading.elapsed.as_secs_f64() * 1000.0, &[], loading.rows);
    }
    Ok(())
}

fn as_table(sources: &[SourceHealth], now: Timestamp) -> Table {
    let text = |name: &str, of: &dyn Fn(&SourceHealth) -> String| Column {
        name: name.to_string(),
        sql_type: "VARCHAR".to_string(),
        values: sources
            .iter()
            .map(|source| Value::Text(of(source)))
            .collect(),
    };
    let count = |name: &str, of: &dyn Fn(&SourceHealth) -> Option<u64>| Column {
        name: name.to_string(),
        sql_type: "BIGINT".to_string(),
        values: sources
            .iter()
            .map(|source| of(source).map_or(Value::Null, integer))
            .collect(),
    };
    let newest = Column {
        name: "newest_record".to_string(),
        sql_type: "TIMESTAMP".to_string(),
        values: sources
            .iter()
            .map(|source| source.newest_record.map_or(Value::Null, Value::Timestamp))
            .collect(),
    };
    let lag = |source: &SourceHealth| {
        let changed = source.last_change?;
        u64::try_from(now.duration_since(changed).as_secs()).ok()
    };
    Table {
        columns: vec![
            text("table", &|source| source.table.clone()),
            text("state", &|source| Health::of(source).word().to_string()),
            count("files", &|source| Some(source.file_count)),
            count("rows", &|source| Some(source.rows)),
            count("rejects", &|source| Some(source.rejects)),
            count("not_fitting", &|source| Some(source.misfits)),
            count("pending_bytes", &|source| Some(source.pending_bytes)),
            count("lag_seconds", &lag),
            newest,
            text("glob", &|source| source.files.clone()),
            text("notes", &|source| {
                source
                    .error
                    .iter()
                    .chain(&source.notes)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("; ")
            }),
        ],
        truncated: false,
        remarks: Remarks::default(),
    }
}

fn integer(count: u64) -> Value {
    i64::try_from(count).map_or(Value::Null, Value::Integer)
}
