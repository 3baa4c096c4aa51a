//! Typed rows on their way from a file to the store, column by column.

use super::record::Reject;
use super::source::ColumnType;
use super::texts::TextValues;

/// Rows read from one file, column by column, with everything the store needs to commit them at once.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The table columns this batch has values for. A column that the table does not have yet is new.
    pub columns: Vec<BatchColumn>,
    /// The number of rows in every column.
    pub rows: usize,
    /// Records that could not be loaded.
    pub rejects: Vec<Reject>,
    /// Values that did not fit their column and became NULL, by column name.
    pub misfits: Vec<(String, u64)>,
}

/// One column of a [`Batch`].
#[derive(Clone, Debug)]
pub struct BatchColumn {
    /// The table column's name.
    pub name: String,
    /// The values.
    pub values: Values,
}

/// The values of one column; `None` is NULL.
#[derive(Clone, Debug)]
pub enum Values {
    /// Truth values.
    Boolean(Vec<Option<bool>>),
    /// 64-bit integers.
    Integer(Vec<Option<i64>>),
    /// Numbers.
    Double(Vec<Option<f64>>),
    /// Days since 1970-01-01.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01 00:00 UTC.
    Timestamp(Vec<Option<i64>>),
    /// Text; for [`ColumnType::Json`] the text of a JSON value.
    Text(TextValues),
    /// As [`Values::Text`], for a JSON column.
    Json(TextValues),
}

impl Batch {
    /// Adds the rows of the next batch of the same file behind these, which will be about `room` rows in the end.
    ///
    /// # Errors
    ///
    /// The other batch, untouched, when its columns have other types.
    pub fn join(&mut self, mut other: Self, room: usize) -> Result<(), Self> {
        let place = |columns: &[BatchColumn], name: &str| {
            columns
                .iter()
                .position(|column| column.name.eq_ignore_ascii_case(name))
        };
        let fits = |column: &BatchColumn| {
            place(&self.columns, &column.name)
                .is_none_or(|known| self.columns[known].values.kind() == column.values.kind())
        };
        if !other.columns.iter().all(fits) {
            return Err(other);
        }
        for column in other.columns.drain(..) {
            let known = place(&self.columns, &column.name).unwrap_or_else(|| {
                let mut values = Values::new(column.values.kind());
                // A few rows of a file that grew get no room for what a whole file has.
                if other.rows > room / 32 {
                    let share = column.values.text_bytes() / other.rows + 1;
                    values.reserve(room, room * share);
                }
                self.columns.push(BatchColumn {
                    name: column.name,
                    values,
                });
                self.columns.len() - 1
            });
            let values = &mut self.columns[known].values;
            values.pad(self.rows);
            values.join(column.values);
        }
        self.rows += other.rows;
        for column in &mut self.columns {
            column.values.pad(self.rows);
        }
        self.rejects.append(&mut other.rejects);
        for (name, count) in other.misfits {
            match self.misfits.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += count,
                None => self.misfits.push((name, count)),
            }
        }
        Ok(())
    }

    /// Takes the rows from this one on away, as a batch of their own; rejects and numbers stay here.
    #[must_use]
    pub fn split_off(&mut self, row: usize) -> Self {
        let columns = self.columns.iter_mut().map(|column| BatchColumn {
            name: column.name.clone(),
            values: column.values.split_off(row),
        });
        let rest = Self {
            columns: columns.collect(),
            rows: self.rows.saturating_sub(row),
            ..Self::default()
        };
        self.rows -= rest.rows;
        rest
    }

    /// Returns about how many bytes the values take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let cells = self.columns.len() * self.rows * size_of::<Option<i64>>();
        let texts = self.columns.iter().map(|column| column.values.text_bytes());
        cells + texts.sum::<usize>()
    }
}

impl Values {
    /// Returns an empty column of the type.
    #[must_use]
    pub fn new(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Boolean => Self::Boolean(Vec::new()),
            ColumnType::Integer => Self::Integer(Vec::new()),
            ColumnType::Double => Self::Double(Vec::new()),
            ColumnType::Date => Self::Date(Vec::new()),
            ColumnType::Timestamp => Self::Timestamp(Vec::new()),
            ColumnType::Text => Self::Text(TextValues::default()),
            ColumnType::Json => Self::Json(TextValues::default()),
        }
    }

    /// Fills up with NULLs to this number of rows.
    pub fn pad(&mut self, rows: usize) {
        fn fill<T: Clone>(values: &mut Vec<Option<T>>, rows: usize) {
            values.resize(rows.max(values.len()), None);
        }
        match self {
            Self::Boolean(values) => fill(values, rows),
            Self::Integer(values) | Self::Timestamp(values) => fill(values, rows),
            Self::Double(values) => fill(values, rows),
            Self::Date(values) => fill(values, rows),
            Self::Text(values) | Self::Json(values) => values.pad(rows),
        }
    }

    /// Returns the number of rows, NULLs included.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Boolean(values) => values.len(),
            Self::Integer(values) | Self::Timestamp(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Text(values) | Self::Json(values) => values.len(),
        }
    }

    /// Tells whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells whether a row has a value.
    pub(super) fn has(&self, row: usize) -> bool {
        fn is_some<T>(values: &[Option<T>], row: usize) -> bool {
            values.get(row).is_some_and(Option::is_some)
        }
        match self {
            Self::Boolean(values) => is_some(values, row),
            Self::Integer(values) | Self::Timestamp(values) => is_some(values, row),
            Self::Double(values) => is_some(values, row),
            Self::Date(values) => is_some(values, row),
            Self::Text(values) | Self::Json(values) => values.has(row),
        }
    }

    /// Removes rows from the end until only `rows` are left.
    pub(super) fn truncate(&mut self, rows: usize) {
        match self {
            Self::Boolean(values) => values.truncate(rows),
            Self::Integer(values) | Self::Timestamp(values) => values.truncate(rows),
            Self::Double(values) => values.truncate(rows),
            Self::Date(values) => values.truncate(rows),
            Self::Text(values) | Self::Json(values) => values.truncate(rows),
        }
    }

    /// Makes room for so many more rows with so many bytes of text.
    pub(super) fn reserve(&mut self, rows: usize, text_bytes: usize) {
        match self {
            Self::Boolean(values) => values.reserve(rows),
            Self::Integer(values) | Self::Timestamp(values) => values.reserve(rows),
            Self::Double(values) => values.reserve(rows),
            Self::Date(values) => values.reserve(rows),
            Self::Text(values) | Self::Json(values) => values.reserve(rows, text_bytes),
        }
    }

    /// Returns how many bytes the texts have.
    pub(super) fn text_bytes(&self) -> usize {
        match self {
            Self::Text(texts) | Self::Json(texts) => texts.bytes(),
            _ => 0,
        }
    }

    /// Adds the values of a column of the same type.
    fn join(&mut self, other: Self) {
        match (self, other) {
            (Self::Boolean(values), Self::Boolean(mut others)) => values.append(&mut others),
            (Self::Integer(values), Self::Integer(mut others))
            | (Self::Timestamp(values), Self::Timestamp(mut others)) => values.append(&mut others),
            (Self::Double(values), Self::Double(mut others)) => values.append(&mut others),
            (Self::Date(values), Self::Date(mut others)) => values.append(&mut others),
            (Self::Text(values), Self::Text(others)) | (Self::Json(values), Self::Json(others)) => {
                values.join(&others);
            }
            // Another type has been refused before.
            _ => {}
        }
    }

    fn split_off(&mut self, row: usize) -> Self {
        fn part<T>(values: &mut Vec<T>, row: usize) -> Vec<T> {
            values.split_off(row.min(values.len()))
        }
        match self {
            Self::Boolean(values) => Self::Boolean(part(values, row)),
            Self::Integer(values) => Self::Integer(part(values, row)),
            Self::Timestamp(values) => Self::Timestamp(part(values, row)),
            Self::Double(values) => Self::Double(part(values, row)),
            Self::Date(values) => Self::Date(part(values, row)),
            Self::Text(values) => Self::Text(values.split_off(row)),
            Self::Json(values) => Self::Json(values.split_off(row)),
        }
    }

    /// Returns the type of the column.
    #[must_use]
    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Integer(_) => ColumnType::Integer,
            Self::Double(_) => ColumnType::Double,
            Self::Date(_) => ColumnType::Date,
            Self::Timestamp(_) => ColumnType::Timestamp,
            Self::Text(_) => ColumnType::Text,
            Self::Json(_) => ColumnType::Json,
        }
    }
}
