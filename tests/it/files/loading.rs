//! A small store for tests: keeps what the files gave, as the real one does, row by row.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use cxtop::error::{Error, Result};
use cxtop::files::{
    Checkpoint, ColumnRule, ColumnType, FileReader, Finality, Reject, Schema, Source, Start,
    Values, plan,
};

/// One loaded row: the values by column, as text.
pub type Row = BTreeMap<String, String>;

/// What a test store holds.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub files: Vec<Kept>,
    pub schema: Option<Schema>,
    pub misfits: BTreeMap<String, u64>,
    pub errors: Vec<(PathBuf, Error)>,
    pub notes: Vec<String>,
}

/// The rows and the checkpoint of one file.
#[derive(Clone, Debug)]
pub struct Kept {
    pub checkpoint: Checkpoint,
    pub rows: Vec<Row>,
    pub rejects: Vec<Reject>,
}

impl Memory {
    /// Reads what is new in the files of a source.
    pub fn load(&mut self, source: &Source, finality: Finality) -> Result<()> {
        let before = self.clone();
        let mut schema = self.schema.clone().unwrap_or_else(|| Schema::new(source));
        loop {
            self.pass(source, &mut schema, finality)?;
            if !schema.contradicted {
                break;
            }
            schema.contradicted = false;
            *self = before.clone();
        }
        if self.files.iter().any(|file| !file.rows.is_empty()) {
            schema.settle();
        }
        self.schema = Some(schema);
        Ok(())
    }

    fn pass(&mut self, source: &Source, schema: &mut Schema, finality: Finality) -> Result<()> {
        let known: Vec<Checkpoint> = self
            .files
            .iter()
            .map(|file| file.checkpoint.clone())
            .collect();
        let plan = plan(source, &known)?;
        self.notes.extend(plan.notes);
        self.errors.clear();
        for task in &plan.tasks {
            let place = match &task.start {
                Start::New => None,
                Start::Resume(old) | Start::Renamed(old) | Start::Rewritten(old) => {
                    self.files.iter().position(|file| file.checkpoint == *old)
                }
            };
            let mut kept = match (&task.start, place) {
                (Start::Resume(_) | Start::Renamed(_), Some(place)) => self.files[place].clone(),
                _ => Kept {
                    checkpoint: Checkpoint::default(),
                    rows: Vec::new(),
                    rejects: Vec::new(),
                },
            };
            match self.read(source, task, &mut kept, schema, finality) {
                Ok(()) => match place {
                    Some(place) => self.files[place] = kept,
                    None => self.files.push(kept),
                },
                Err(error) => self.errors.push((task.path.clone(), error)),
            }
        }
        Ok(())
    }

    fn read(
        &mut self,
        source: &Source,
        task: &cxtop::files::Task,
        kept: &mut Kept,
        schema: &mut Schema,
        finality: Finality,
    ) -> Result<()> {
        let mut reader = FileReader::open(source, task, finality)?;
        while let Some(batch) = reader.next_batch(schema)? {
            let first = kept.rows.len();
            kept.rows.resize(first + batch.rows, Row::new());
            for column in &batch.columns {
                let texts = texts(&column.values);
                assert_eq!(
                    texts.len(),
                    batch.rows,
                    "{} has another length",
                    column.name
                );
                for (row, text) in texts.into_iter().enumerate() {
                    if let Some(text) = text {
                        kept.rows[first + row].insert(column.name.clone(), text);
                    }
                }
            }
            kept.rejects.extend(batch.rejects);
            for (name, count) in batch.misfits {
                *self.misfits.entry(name).or_default() += count;
            }
        }
        kept.checkpoint = reader.checkpoint();
        if !schema.contradicted {
            let counted = (kept.checkpoint.rows, kept.checkpoint.rejects);
            assert_eq!(
                counted,
                (kept.rows.len() as u64, kept.rejects.len() as u64),
                "{}",
                task.path.display()
            );
        }
        Ok(())
    }

    /// Returns all rows, file by file.
    pub fn rows(&self) -> Vec<Row> {
        self.files
            .iter()
            .flat_map(|file| file.rows.clone())
            .collect()
    }

    /// Returns the lines of all rejects.
    pub fn rejected_lines(&self) -> Vec<u64> {
        self.files
            .iter()
            .flat_map(|file| file.rejects.iter().map(|reject| reject.line))
            .collect()
    }

    /// Returns everything that was said about the files.
    pub fn said(&self) -> Vec<String> {
        let notes = self
            .files
            .iter()
            .flat_map(|file| file.checkpoint.notes.clone());
        notes
            .chain(self.notes.clone())
            .chain(self.errors.iter().map(|(_, error)| error.to_string()))
            .collect()
    }

    /// Returns the type of a column.
    pub fn kind(&self, name: &str) -> Option<ColumnType> {
        let schema = self.schema.as_ref()?;
        schema
            .columns
            .iter()
            .find(|column| column.name == name)?
            .kind
    }
}

/// Returns a source without any rules.
pub fn source(table: &str, files: &Path) -> Source {
    Source {
        table: table.to_string(),
        files: files.to_path_buf(),
        preset: "auto".to_string(),
        columns: BTreeMap::new(),
        privacy: BTreeMap::new(),
        types: BTreeMap::new(),
    }
}

/// Returns a source of a table of its own whose `ts` is a time.
pub fn records(files: &Path) -> Source {
    let mut source = source("records", files);
    source.types.insert("ts".to_string(), ColumnType::Timestamp);
    source
}

/// Says where a column comes from.
pub fn from(column: &str, zone: Option<&str>) -> ColumnRule {
    ColumnRule {
        from: column.to_string(),
        zone: zone.map(str::to_string),
    }
}

/// Returns the folder of shared data, or says that it is not there.
pub fn shared(part: &str) -> Option<PathBuf> {
    let root = env::var_os("CXTOP_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let path = root.join("data").join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// Returns an instant as text: ISO 8601 in UTC.
pub fn instant(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map_or_else(|_| micros.to_string(), |instant| instant.to_string())
}

fn texts(values: &Values) -> Vec<Option<String>> {
    fn all<T: Copy>(values: &[Option<T>], text: impl Fn(T) -> String) -> Vec<Option<String>> {
        values.iter().map(|value| value.map(&text)).collect()
    }
    match values {
        Values::Boolean(values) => all(values, |value| value.to_string()),
        Values::Integer(values) => all(values, |value| value.to_string()),
        Values::Double(values) => all(values, |value| value.to_string()),
        Values::Date(values) => all(values, |value| {
            instant(i64::from(value) * 86_400_000_000)[..10].to_string()
        }),
        Values::Timestamp(values) => all(values, instant),
        Values::Text(values) | Values::Json(values) => {
            values.iter().map(|text| text.map(str::to_string)).collect()
        }
    }
}
