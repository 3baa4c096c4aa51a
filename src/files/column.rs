//! Builds one column of a batch from the cells of its records.

use super::batch::Values;
use super::names;
use super::privacy::Guard;
use super::schema::{Mode, Schema};
use super::source::ColumnType;
use super::texts::TextValues;
use super::times::{self, Zone};
use super::values::{self, Cell, Guess};

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It is a value now.
    Value,
    /// It stands for NULL.
    Null,
    /// It does not fit the type: NULL, and counted.
    Misfit,
}

/// One column under construction.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the column, none a mode of the builder"
)]
#[derive(Debug)]
pub(super) struct Builder {
    /// The column's place in the schema.
    pub column: usize,
    pub name: String,
    kind: Option<ColumnType>,
    fixed: bool,
    learn: bool,
    large: bool,
    identifier: bool,
    zone: Zone,
    guard: Option<Guard>,
    values: Values,
    /// The texts as long as the type is not known.
    held: TextValues,
    guess: Option<Guess>,
    misfits: u64,
    /// How many rows, and bytes of text, the batch before had: this one will have about as many.
    usual: (usize, usize),
}

impl Builder {
    pub fn new(column: usize, schema: &Schema, zone: Zone, guard: Option<Guard>) -> Self {
        let name = schema.columns[column].name.clone();
        let mut builder = Self {
            column,
            identifier: names::is_identifier(&name),
            name,
            kind: None,
            fixed: false,
            learn: false,
            large: false,
            zone,
            guard,
            values: Values::Text(TextValues::default()),
            held: TextValues::default(),
            guess: None,
            misfits: 0,
            usual: (0, 0),
        };
        builder.begin(schema);
        builder
    }

    /// Starts the next batch with what the schema knows by now.
    pub fn begin(&mut self, schema: &Schema) {
        let column = &schema.columns[self.column];
        self.kind = column.kind;
        self.fixed = column.fixed;
        self.large = column.large;
        self.learn = schema.mode == Mode::Learn && !column.fixed;
        self.values = Values::new(self.kind.unwrap_or(ColumnType::Text));
        if self.kind.is_some() {
            self.values.reserve(self.usual.0, self.usual.1);
        }
        self.held = TextValues::default();
        self.guess = None;
        self.misfits = 0;
    }

    /// Adds the cell of the row after `rows` others; rows without a cell are NULL.
    pub fn push(&mut self, rows: usize, cell: Cell<'_>) -> Fit {
        self.pad(rows);
        let protected;
        let cell = match &self.guard {
            None => cell,
            Some(_) if cell.text().trim().is_empty() => cell,
            Some(guard) => {
                let plain = if self.identifier {
                    values::identifier(cell.text())
                } else {
                    cell.text()
                };
                protected = guard.protect(plain);
                Cell::Quoted(&protected)
            }
        };
        let Some(kind) = self.kind else {
            return self.hold(cell);
        };
        let fit = if self.learn && values::contradicts(kind, cell) {
            Fit::Misfit
        } else {
            self.store(kind, cell)
        };
        if fit != Fit::Value {
            self.push_null();
        }
        if fit == Fit::Misfit {
            if self.learn {
                self.widen(cell);
            } else {
                self.misfits += 1;
            }
        }
        fit
    }

    /// Tells whether the type is known and nothing has to be done to the values.
    pub fn is_plain(&self) -> bool {
        self.kind.is_some() && self.guard.is_none()
    }

    /// Tells whether values of this type can be added as they are.
    pub fn holds(&self, kind: ColumnType) -> bool {
        let zoned = kind == ColumnType::Timestamp && !matches!(self.zone, Zone::Utc);
        self.kind == Some(kind) && !zoned
    }

    /// Adds instants behind so many rows.
    pub fn extend_instants(&mut self, rows: usize, instants: &[Option<i64>]) {
        self.pad(rows);
        if let Values::Timestamp(values) = &mut self.values {
            values.extend_from_slice(instants);
        }
    }

    /// Adds numbers behind so many rows.
    pub fn extend_doubles(&mut self, rows: usize, numbers: impl Iterator<Item = Option<f64>>) {
        self.pad(rows);
        if let Values::Double(values) = &mut self.values {
            values.extend(numbers);
        }
    }

    /// Adds whole numbers behind so many rows.
    pub fn extend_integers(&mut self, rows: usize, numbers: impl Iterator<Item = Option<i64>>) {
        self.pad(rows);
        if let Values::Integer(values) = &mut self.values {
            let mut large = false;
            values.extend(numbers.inspect(|number| large |= number.is_some_and(values::is_large)));
            self.large |= large;
        }
    }

    /// Tells whether the row after `rows` others has its cell already.
    pub fn is_taken(&self, rows: usize) -> bool {
        self.len() > rows
    }

    /// Fills up with NULLs to this number of rows.
    pub fn pad(&mut self, rows: usize) {
        if self.len() >= rows {
            return;
        }
        if self.kind.is_none() {
            self.held.pad(rows);
        } else {
            self.values.pad(rows);
        }
    }

    /// Forgets rows behind this number.
    pub fn truncate(&mut self, rows: usize) {
        if self.len() <= rows {
            return;
        }
        self.values.truncate(rows);
        self.held.truncate(rows);
    }

    /// Tells whether the row has a value.
    pub fn has(&self, row: usize) -> bool {
        if self.kind.is_none() {
            self.held.has(row)
        } else {
            self.values.has(row)
        }
    }

    /// Returns the instant of a row, for time columns.
    pub fn instant(&self, row: usize) -> Option<i64> {
        match &self.values {
            Values::Timestamp(values) if self.kind.is_some() => values.get(row).copied().flatten(),
            _ => None,
        }
    }

    /// Ends the batch: teaches the schema, and returns the values unless all of them are NULL so far.
    pub fn finish(&mut self, rows: usize, schema: &mut Schema) -> Option<Values> {
        let column = &mut schema.columns[self.column];
        if self.kind.is_none() {
            let Some(guess) = self.guess else {
                self.held = TextValues::default();
                return None;
            };
            // Another file of the batch may have settled it since: then this one has to fit.
            let kind = *column.kind.get_or_insert(guess.kind);
            column.large |= guess.large;
            self.kind = Some(kind);
            self.values = Values::new(kind);
            let held = std::mem::take(&mut self.held);
            for text in held.iter() {
                let fits =
                    text.is_some_and(|text| self.store(kind, Cell::Field(text)) == Fit::Value);
                if !fits {
                    self.push_null();
                }
            }
        } else if let Some(guess) = self.guess {
            let known = column.kind.map(|kind| Guess {
                kind,
                large: column.large,
            });
            let wider = known.map_or(guess, |known| values::join(known, guess));
            schema.contradicted |= column.kind != Some(wider.kind);
            column.kind = Some(wider.kind);
        }
        column.large |= self.large;
        self.pad(rows);
        self.usual = (rows, self.values.text_bytes());
        Some(std::mem::replace(
            &mut self.values,
            Values::Text(TextValues::default()),
        ))
    }

    /// Tells whether there are values whose type is not known yet.
    pub fn rests_on_unknown(&self) -> bool {
        self.kind.is_none() && self.held.has_any()
    }

    /// Returns how many values did not fit in this batch.
    pub fn misfits(&self) -> u64 {
        self.misfits
    }

    fn hold(&mut self, cell: Cell<'_>) -> Fit {
        let text = cell.text();
        if text.trim().is_empty() {
            self.held.push(None);
            return Fit::Null;
        }
        if let Some(guess) = values::guess(cell) {
            let guess = if self.identifier {
                Guess {
                    kind: ColumnType::Text,
                    large: false,
                }
            } else {
                guess
            };
            self.guess = Some(self.guess.map_or(guess, |known| values::join(known, guess)));
        }
        self.held.push(Some(if self.identifier {
            values::identifier(text)
        } else {
            text
        }));
        Fit::Value
    }

    /// Adds the cell as a value of the type. A misfit adds nothing.
    fn store(&mut self, kind: ColumnType, cell: Cell<'_>) -> Fit {
        let text = cell.text();
        if kind != ColumnType::Text && kind != ColumnType::Json {
            return self.store_plain(text);
        }
        match &mut self.values {
            Values::Text(texts) => {
                let text = if self.identifier {
                    values::identifier(text)
                } else {
                    text
                };
                if values::is_blank(text) {
                    return Fit::Null;
                }
                if self.identifier
                    && (matches!(cell, Cell::Nested(_)) || values::is_null_literal(text))
                {
                    return if matches!(cell, Cell::Nested(_)) {
                        Fit::Misfit
                    } else {
                        Fit::Null
                    };
                }
                texts.push(Some(text));
                Fit::Value
            }
            Values::Json(texts) => {
                let json = match cell {
                    Cell::Nested(json) | Cell::Bare(json) => Some(json),
                    Cell::Quoted(text) | Cell::Field(text) => values::is_json(text).then_some(text),
                };
                match json {
                    Some(json) => {
                        texts.push(Some(json));
                        Fit::Value
                    }
                    None if values::is_null_word(text) => Fit::Null,
                    None => Fit::Misfit,
                }
            }
            _ => Fit::Misfit,
        }
    }

    fn store_plain(&mut self, text: &str) -> Fit {
        let stored = match &mut self.values {
            Values::Boolean(values) => keep(values, values::boolean(text)),
            Values::Integer(values) => {
                let value = values::integer(text);
                self.large |= value.is_some_and(values::is_large);
                keep(values, value)
            }
            Values::Double(values) => keep(values, values::double(text)),
            Values::Date(values) => {
                let day = times::date(text).or_else(|| {
                    times::timestamp(text, &Zone::Utc)
                        .filter(|_| !self.learn)
                        .and_then(times::midnight)
                });
                keep(values, day)
            }
            Values::Timestamp(values) if self.learn => {
                let day = || times::date(text).and_then(|_| times::timestamp(text, &self.zone));
                keep(
                    values,
                    times::plain_timestamp(text, &self.zone).or_else(day),
                )
            }
            Values::Timestamp(values) => keep(values, times::timestamp(text, &self.zone)),
            Values::Text(_) | Values::Json(_) => false,
        };
        match stored {
            true => Fit::Value,
            false if values::is_null_word(text) => Fit::Null,
            false => Fit::Misfit,
        }
    }

    fn widen(&mut self, cell: Cell<'_>) {
        let text = Guess {
            kind: ColumnType::Text,
            large: false,
        };
        let guess = values::guess(cell).unwrap_or(text);
        self.guess = Some(self.guess.map_or(guess, |known| values::join(known, guess)));
    }

    fn push_null(&mut self) {
        self.pad(self.len() + 1);
    }

    fn len(&self) -> usize {
        if self.kind.is_none() {
            self.held.len()
        } else {
            self.values.len()
        }
    }
}

fn keep<T>(values: &mut Vec<Option<T>>, value: Option<T>) -> bool {
    let kept = value.is_some();
    if kept {
        values.push(value);
    }
    kept
}
