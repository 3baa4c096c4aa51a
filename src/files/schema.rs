//! The columns of a table as they are learned from its files.

use super::names;
use super::source::{ColumnType, Source};

/// The columns of one table: what reading has to respect, and what it has learned so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The columns in table order.
    pub columns: Vec<SchemaColumn>,
    /// Whether types may still widen.
    pub mode: Mode,
    /// Whether a value contradicted a type that earlier batches were built with: those batches are void, and everything
    /// has to be read again with this schema.
    pub contradicted: bool,
}

/// One column of a [`Schema`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaColumn {
    /// The column's name.
    pub name: String,
    /// Its type; `None` as long as only NULLs were seen.
    pub kind: Option<ColumnType>,
    /// Whether the type is canonical or declared and so never changes.
    pub fixed: bool,
    /// Whether it holds integers that a DOUBLE cannot hold exactly.
    pub(super) large: bool,
}

/// What a value does that contradicts its column's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It widens the column: the first load of a table.
    Learn,
    /// It becomes NULL and is counted.
    Keep,
}

impl Schema {
    /// Returns the schema of a table that is loaded for the first time: the canonical and the declared columns.
    #[must_use]
    pub fn new(source: &Source) -> Self {
        let mut schema = Self {
            columns: Vec::new(),
            mode: Mode::Learn,
            contradicted: false,
        };
        for (name, kind) in names::canonical(&source.table) {
            schema.columns.push(SchemaColumn::fixed(name, *kind));
        }
        for (name, kind) in &source.types {
            match schema.position(name) {
                Some(index) => schema.columns[index].kind = Some(*kind),
                None => schema.columns.push(SchemaColumn::fixed(name, *kind)),
            }
        }
        schema
    }

    /// Returns the schema of a table that exists with these columns.
    #[must_use]
    pub fn known(source: &Source, columns: &[(String, ColumnType)]) -> Self {
        let mut schema = Self::new(source);
        schema.mode = Mode::Keep;
        let fixed = schema.columns.clone();
        schema.columns = columns
            .iter()
            .map(|(name, kind)| SchemaColumn {
                name: name.clone(),
                kind: Some(*kind),
                fixed: fixed.iter().any(|column| column.name == *name),
                large: false,
            })
            .collect();
        schema
    }

    /// Ends the first load: a column of NULLs only becomes text, and types no longer change.
    pub fn settle(&mut self) {
        for column in &mut self.columns {
            column.kind.get_or_insert(ColumnType::Text);
        }
        self.mode = Mode::Keep;
        self.contradicted = false;
    }

    /// Returns the position of a column; case does not matter, as in SQL.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Adds a column whose type the values will tell, unless `kind` already does.
    pub(super) fn add(&mut self, name: String, kind: Option<ColumnType>) -> usize {
        self.columns.push(SchemaColumn {
            name,
            kind,
            fixed: kind.is_some(),
            large: false,
        });
        self.columns.len() - 1
    }
}

impl SchemaColumn {
    fn fixed(name: &str, kind: ColumnType) -> Self {
        Self {
            name: name.to_string(),
            kind: Some(kind),
            fixed: true,
            large: false,
        }
    }
}
