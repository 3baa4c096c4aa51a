//! What was read of which file: `_cxtop.files`, and a copy of it in memory, so that a look for news costs no query.

use std::collections::BTreeSet;
use std::path::absolute;

use crate::error::{Error, Result};
use crate::files::{Checkpoint, Source};
use crate::store::engine::Connection;
use crate::store::table::Value;
use crate::store::tables::{self, BOOKS};
use crate::store::values;

/// What was read of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileRecord {
    /// The number that its rows carry.
    pub id: i32,
    /// The table its rows are in.
    pub table: String,
    /// The source it belongs to, see [`key`].
    pub source: String,
    /// How far it is read.
    pub checkpoint: Checkpoint,
    /// Values that did not fit their column and became NULL.
    pub misfits: u64,
    /// The newest time in its records, in microseconds.
    pub newest: Option<i64>,
}

/// What was read of all files.
pub struct Books {
    files: Vec<FileRecord>,
    /// The newest time of rows that came from no file, by table.
    inserted: Vec<(String, Option<i64>)>,
    last_id: i32,
}

/// Names a source in the books, the same from whatever folder the program is started.
pub fn key(source: &Source) -> String {
    absolute(&source.files)
        .unwrap_or_else(|_| source.files.clone())
        .display()
        .to_string()
}

impl Books {
    /// Reads the books.
    pub fn read(writer: &Connection) -> Result<Self> {
        let sql = format!(
            "SELECT id, table_name, source, checkpoint, misfits, newest FROM {BOOKS}.files ORDER BY id"
        );
        let files = tables::ask(writer, &sql, &[])?
            .iter()
            .map(|row| record(row))
            .collect::<Result<Vec<FileRecord>>>()?;
        let last_id = files.iter().map(|record| record.id).max().unwrap_or(0);
        Ok(Self {
            files,
            inserted: Vec::new(),
            last_id,
        })
    }

    /// Reads the books again after a transaction was rolled back.
    pub fn reread(&mut self, writer: &Connection) {
        // If even that fails the database is lost, and the next statement will say so.
        if let Ok(books) = Self::read(writer) {
            self.files = books.files;
        }
    }

    /// Returns the files of a source.
    pub fn of_source<'books>(
        &'books self,
        table: &str,
        source: &str,
    ) -> impl Iterator<Item = &'books FileRecord> {
        self.files
            .iter()
            .filter(move |record| record.table == table && record.source == source)
    }

    /// Returns the files of a table that belong to none of these sources: they were loaded by a source that has since got
    /// another pattern, or is gone.
    pub fn of_no_source<'books>(
        &'books self,
        table: &'books str,
        sources: &'books BTreeSet<String>,
    ) -> impl Iterator<Item = &'books FileRecord> {
        self.files
            .iter()
            .filter(move |record| record.table == table && !sources.contains(&record.source))
    }

    /// Says that a file belongs to another source from now on.
    pub fn adopt(&mut self, writer: &Connection, id: i32, source: &str) -> Result<()> {
        let given = [
            ("id".to_string(), Value::Integer(id.into())),
            ("source".to_string(), Value::Text(source.to_string())),
        ];
        let sql = format!("UPDATE {BOOKS}.files SET source = $source WHERE id = $id");
        tables::ask(writer, &sql, &given)?;
        if let Some(known) = self.files.iter_mut().find(|known| known.id == id) {
            known.source = source.to_string();
        }
        Ok(())
    }

    /// Tells whether anything was ever loaded into a table.
    pub fn knows(&self, table: &str) -> bool {
        self.files.iter().any(|record| record.table == table)
    }

    /// Returns a number no file has.
    pub fn new_id(&mut self) -> i32 {
        self.last_id += 1;
        self.last_id
    }

    /// Saves how far a file is read, inside the running transaction.
    pub fn save(&mut self, writer: &Connection, record: &FileRecord) -> Result<()> {
        let checkpoint = serde_json::to_string(&record.checkpoint)
            .map_err(|error| Error::data(format!("the name of a file is not UTF-8: {error}")))?;
        let known = self.files.iter_mut().find(|known| known.id == record.id);
        let sql = if known.is_some() {
            format!(
                "UPDATE {BOOKS}.files SET path = $path, checkpoint = $checkpoint, misfits = $misfits, newest = $newest
                 WHERE id = $id"
            )
        } else {
            format!(
                "INSERT INTO {BOOKS}.files VALUES ($id, $table, $source, $path, $checkpoint, $misfits, $newest)"
            )
        };
        let given = [
            ("id", Value::Integer(record.id.into())),
            ("table", Value::Text(record.table.clone())),
            ("source", Value::Text(record.source.clone())),
            (
                "path",
                Value::Text(record.checkpoint.path.display().to_string()),
            ),
            ("checkpoint", Value::Text(checkpoint)),
            (
                "misfits",
                Value::Integer(i64::try_from(record.misfits).unwrap_or(i64::MAX)),
            ),
            (
                "newest",
                record
                    .newest
                    .and_then(values::time_of_microseconds)
                    .map_or(Value::Null, Value::Timestamp),
            ),
        ];
        tables::ask(
            writer,
            &sql,
            &given.map(|(name, value)| (name.to_string(), value)),
        )?;
        match known {
            Some(known) => known.clone_from(record),
            None => self.files.push(record.clone()),
        }
        Ok(())
    }

    /// Notes the newest time of rows that came from no file.
    pub fn note_inserted(&mut self, table: &str, newest: Option<i64>) {
        self.inserted.push((table.to_string(), newest));
    }

    /// Forgets the rows that came from no file, and returns their tables.
    pub fn forget_inserted(&mut self) -> BTreeSet<String> {
        self.inserted.drain(..).map(|(table, _)| table).collect()
    }

    /// Returns the newest time in the records of each table, in microseconds.
    pub fn newest(&self) -> impl Iterator<Item = (&str, i64)> {
        let loaded = self
            .files
            .iter()
            .map(|record| (record.table.as_str(), record.newest));
        let inserted = self
            .inserted
            .iter()
            .map(|(table, newest)| (table.as_str(), *newest));
        loaded
            .chain(inserted)
            .filter_map(|(table, newest)| Some((table, newest?)))
    }
}

fn record(row: &[Value]) -> Result<FileRecord> {
    let [
        Value::Integer(id),
        table,
        source,
        checkpoint,
        Value::Integer(misfits),
        newest,
    ] = row
    else {
        return Err(Error::data("the database's list of files is damaged"));
    };
    let checkpoint = serde_json::from_str(&checkpoint.text()).map_err(|error| {
        Error::data(format!("the database's list of files is damaged: {error}"))
    })?;
    Ok(FileRecord {
        id: i32::try_from(*id).unwrap_or(i32::MAX),
        table: table.text(),
        source: source.text(),
        checkpoint,
        misfits: u64::try_from(*misfits).unwrap_or(0),
        newest: newest.time().map(values::microseconds),
    })
}
