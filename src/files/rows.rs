//! Assembles rows: every record's values go to the columns they belong to, or the record becomes a reject.

use rustc_hash::FxHashMap;

use super::batch::{Batch, BatchColumn};
use super::column::{Builder, Fit};
use super::flat::Flat;
use super::mapping::Mapping;
use super::names;
use super::privacy::{Guard, Key};
use super::record::Reject;
use super::schema::Schema;
use super::source::{ColumnType, Privacy, Source};
use super::values::Cell;
use crate::error::{Error, Result};

/// A batch is handed on when it has so many rows.
const BATCH_ROWS: usize = 16_384;

/// The rows of one file that go into the next batch.
#[derive(Clone)]
#[expect(
    clippy::struct_field_names,
    reason = "the number of rows is called rows everywhere"
)]
pub(super) struct Rows {
    pub(super) mapping: Mapping,
    pub(super) builders: Vec<Builder>,
    /// Where the fields of a CSV record go, in order.
    pub(super) fields: Vec<Option<usize>>,
    /// Where the keys of a JSON record go; keys of nested objects below their own.
    pub(super) keys: FxHashMap<String, Target>,
    pub(super) flat: Flat,
    pub(super) required: Vec<(&'static str, Option<usize>)>,
    pub(super) time: &'static str,
    pub(super) time_builder: Option<usize>,
    pub(super) properties: Option<usize>,
    pub(super) key: Option<Key>,
    pub(super) rest: String,
    pub(super) rows: usize,
    pub(super) rejects: Vec<Reject>,
    pub(super) awaits_header: bool,
    /// What was wrong with the time of the record at hand.
    pub(super) problem: Option<String>,
    /// Whether the records of the batch had something that was not known before.
    pub(super) learned: bool,
}

/// Where the values of a key go: a scalar to a column, the members of an object to theirs.
#[derive(Clone, Default)]
pub(super) struct Target {
    pub(super) scalar: Option<Way>,
    pub(super) members: FxHashMap<String, Way>,
}

#[derive(Clone, Copy)]
pub(super) enum Way {
    Builder(usize),
    Rest,
    Drop,
}

impl Rows {
    pub fn new(source: &Source) -> Result<Self> {
        let key = if source
            .privacy
            .values()
            .any(|privacy| *privacy == Privacy::Hash)
        {
            Some(Key::find()?)
        } else {
            None
        };
        Ok(Self {
            mapping: Mapping::new(source)?,
            builders: Vec::new(),
            fields: Vec::new(),
            keys: FxHashMap::default(),
            flat: Flat::default(),
            required: names::required(&source.table)
                .iter()
                .map(|name| (*name, None))
                .collect(),
            time: names::time_column(&source.table),
            time_builder: None,
            properties: None,
            key,
            rest: String::new(),
            rows: 0,
            rejects: Vec::new(),
            awaits_header: false,
            problem: None,
            learned: false,
        })
    }

    /// Starts a batch with what the schema knows by now.
    pub fn begin(&mut self, schema: &Schema) {
        self.rows = 0;
        self.learned = false;
        for builder in &mut self.builders {
            builder.begin(schema);
        }
    }

    /// Tells whether the records of the batch had a column or a key that was not known before.
    pub fn has_learned(&self) -> bool {
        self.learned
    }

    /// Tells whether the batch has values of columns whose type is not known yet.
    pub fn rests_on_unknown(&self) -> bool {
        self.builders.iter().any(Builder::rests_on_unknown)
    }

    pub fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Tells whether a header names every column a record must have.
    pub fn names_required(source: &Source, header: &[String]) -> bool {
        let Ok(mut mapping) = Mapping::new(source) else {
            return false;
        };
        mapping.assign_fields(header);
        let assigned: Vec<&str> = header
            .iter()
            .filter_map(|name| mapping.column(name))
            .collect();
        names::required(&source.table)
            .iter()
            .all(|name| assigned.contains(name))
    }

    /// Takes the header of a CSV file: decides where its fields go.
    pub fn use_header(
        &mut self,
        header: &[String],
        tidy: &[String],
        schema: &mut Schema,
    ) -> Result<()> {
        self.awaits_header = false;
        let paths = distinct(header, tidy);
        self.mapping.assign_fields(&paths);
        for (path, raw) in paths.iter().zip(header) {
            let column = self.mapping.column(path).unwrap_or_default().to_string();
            let drop = self.mapping.privacy_of(raw, &column) == Some(Privacy::Drop);
            let builder = if drop {
                None
            } else {
                Some(self.builder(path, &column, schema))
            };
            self.fields.push(builder);
        }
        let missing = self.required.iter().find(|(_, builder)| builder.is_none());
        match missing {
            None => Ok(()),
            Some((name, _)) => {
                let columns: Vec<String> = header
                    .iter()
                    .take(20)
                    .map(|name| names::shown(name, 40))
                    .collect();
                Err(Error::data(format!("no column is known to be `{name}`"))
                    .rule("column")
                    .help(format!(
                        "name it under [source.columns], as in {name} = \"…\"; the columns are {}",
                        columns.join(", ")
                    )))
            }
        }
    }

    /// Tells whether a CSV file is read on whose header has not been used yet.
    pub fn needs_header(&self) -> bool {
        self.awaits_header
    }

    /// Says that fields come, whose header has to be used first.
    pub fn await_header(&mut self) {
        self.awaits_header = true;
    }

    /// Looks at the keys of the first JSON records, so that the most telling spelling of a column wins.
    pub fn use_keys(&mut self, decided: &[(String, String)], paths: &[String]) {
        self.mapping.assign_keys(decided, paths);
    }

    /// Returns which JSON keys feed canonical columns.
    pub fn decided_keys(&self) -> Vec<(String, String)> {
        self.mapping.decided()
    }

    /// Adds the record of a CSV file whose fields these are.
    pub fn add_fields<'a>(
        &mut self,
        fields: impl Iterator<Item = &'a str>,
    ) -> std::result::Result<(), String> {
        for (position, text) in fields.enumerate() {
            if !text.is_empty() {
                self.push_field(position, Cell::Field(text));
            }
        }
        self.end_row()
    }

    /// Adds one value of the row at hand, by its place in the header.
    pub fn push_field(&mut self, position: usize, cell: Cell<'_>) {
        let Some(Some(builder)) = self.fields.get(position).copied() else {
            return;
        };
        if self.mapping.is_private() && cell.text().trim_start().starts_with(['{', '[']) {
            let json = self.scrubbed(cell.text());
            self.push(builder, Cell::Nested(&json));
        } else {
            self.push(builder, cell);
        }
    }

    /// Keeps a record as a reject. Its text is not kept where the workspace calls something private.
    pub fn reject(&mut self, line: u64, reason: String, record: &str) {
        let (reason, excerpt) = if self.mapping.is_private() {
            (
                without_quotes(&reason),
                "(not kept: this source has private columns)".to_string(),
            )
        } else {
            (reason, names::shown(record.trim_end(), 200))
        };
        self.rejects.push(Reject {
            line,
            reason,
            excerpt,
        });
    }

    /// Ends the batch.
    pub fn finish(&mut self, schema: &mut Schema) -> Batch {
        let mut batch = Batch {
            rows: self.rows,
            rejects: std::mem::take(&mut self.rejects),
            ..Batch::default()
        };
        for (index, builder) in self.builders.iter_mut().enumerate() {
            let values = builder.finish(self.rows, schema);
            if Some(index) != self.time_builder && builder.misfits() > 0 {
                batch
                    .misfits
                    .push((builder.name.clone(), builder.misfits()));
            }
            if let Some(values) = values {
                batch.columns.push(BatchColumn {
                    name: builder.name.clone(),
                    values,
                });
            }
        }
        if schema.contradicted {
            // What was built before rests on a type that is wrong: from here on reading only teaches.
            batch.columns.clear();
            batch.rows = 0;
        }
        batch
    }

    /// Adds one cell to the row at hand.
    pub(super) fn push(&mut self, builder: usize, cell: Cell<'_>) {
        let fit = self.builders[builder].push(self.rows, cell);
        if fit == Fit::Misfit && Some(builder) == self.time_builder {
            self.problem = Some(format!(
                "`{}` in {} is no time",
                names::shown(cell.text(), 40),
                self.time
            ));
        }
    }

    /// Ends the row at hand, unless it lacks what every row must have.
    pub fn end_row(&mut self) -> std::result::Result<(), String> {
        match self.complaint() {
            None => {
                self.rows += 1;
                Ok(())
            }
            Some(reason) => {
                self.forget_row();
                Err(reason)
            }
        }
    }

    fn complaint(&mut self) -> Option<String> {
        if let Some(problem) = self.problem.take() {
            return Some(problem);
        }
        if let Some(time) = self.time_builder {
            let builder = &self.builders[time];
            match builder.instant(self.rows) {
                None => return Some(format!("no {}", self.time)),
                Some(instant) if !super::times::plausible(instant) => {
                    return Some(format!("{} is not between 1900 and 2199", self.time));
                }
                Some(_) => {}
            }
        }
        let lacks = |builder: &Option<usize>| {
            !builder.is_some_and(|builder| self.builders[builder].has(self.rows))
        };
        self.required
            .iter()
            .find(|(name, builder)| *name == self.time && lacks(builder))
            .map(|(name, _)| format!("no {name}"))
    }

    pub(super) fn forget_row(&mut self) {
        for builder in &mut self.builders {
            builder.truncate(self.rows);
        }
    }

    /// Returns the builder of a column; a column the schema does not have yet is added to it.
    pub(super) fn builder(&mut self, path: &str, column: &str, schema: &mut Schema) -> usize {
        if let Some(known) = self
            .builders
            .iter()
            .position(|builder| builder.name.eq_ignore_ascii_case(column))
        {
            return known;
        }
        let guard = match self.mapping.privacy_of(path, column) {
            Some(Privacy::Mask) => Some(Guard::Mask),
            Some(Privacy::Hash) => self.key.clone().map(Guard::Hash),
            Some(Privacy::Drop) | None => None,
        };
        let index = schema.position(column).unwrap_or_else(|| {
            let kind =
                (guard.is_some() || names::is_identifier(column)).then_some(ColumnType::Text);
            schema.add(column.to_string(), kind)
        });
        let builder = Builder::new(index, schema, self.mapping.zone(column), guard);
        let place = self.builders.len();
        let known = &schema.columns[index];
        if column == self.time && known.fixed && known.kind == Some(ColumnType::Timestamp) {
            self.time_builder = Some(place);
        }
        for (name, required) in &mut self.required {
            if *name == column {
                *required = Some(place);
            }
        }
        self.builders.push(builder);
        self.learned = true;
        place
    }
}

/// Returns the header with names that can be told apart: a name that comes twice is the tidy, numbered one.
fn distinct(header: &[String], tidy: &[String]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    header
        .iter()
        .zip(tidy)
        .map(|(name, tidy)| {
            // A dot in a header is no path into an object.
            let plain = name.replace('.', "_");
            let fresh = !names::tidy(&plain).is_empty() && seen.insert(names::tidy(&plain));
            if fresh { plain } else { tidy.clone() }
        })
        .collect()
}

/// Removes the quoted value from a reason.
fn without_quotes(reason: &str) -> String {
    match (reason.find('`'), reason.rfind('`')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}a value{}", &reason[..start], &reason[end + 1..])
        }
        _ => reason.to_string(),
    }
}
