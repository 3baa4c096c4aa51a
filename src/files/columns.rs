//! Whole columns at once, as formats give them that keep columns together: nothing is written and read again.

use super::rows::Rows;
use super::source::ColumnType;
use super::values::Cell;

impl Rows {
    /// Tells whether columns can be taken as they are: all types are known, nothing is private, and a time that every
    /// record must have is among them.
    pub fn takes_columns(&self) -> bool {
        let needs_time = self.required.iter().any(|(name, _)| *name == self.time);
        let has_time = match self.time_builder {
            Some(_) => self.time_field().is_some(),
            None => !needs_time,
        };
        let mut taken: Vec<usize> = self.fields.iter().flatten().copied().collect();
        let fields = taken.len();
        taken.sort_unstable();
        taken.dedup();
        let is_plain = |place: &usize| self.builders[*place].is_plain();
        has_time
            && taken.len() == fields
            && taken.iter().all(is_plain)
            && !self.mapping.is_private()
    }

    /// Returns which field is the time that every record must have.
    pub fn time_field(&self) -> Option<usize> {
        let time = self.time_builder?;
        self.fields.iter().position(|field| *field == Some(time))
    }

    /// Tells whether a field's column has this type, so that its values need no other look. A field that is dropped takes
    /// anything.
    pub fn holds(&self, position: usize, kind: ColumnType) -> bool {
        self.place(position)
            .is_none_or(|place| self.builders[place].holds(kind))
    }

    /// Adds the texts of the next rows.
    pub fn push_texts<'a>(
        &mut self,
        position: usize,
        texts: impl Iterator<Item = Option<&'a str>>,
    ) {
        let Some(place) = self.place(position) else {
            return;
        };
        for (row, text) in (self.rows..).zip(texts) {
            if let Some(text) = text {
                self.builders[place].push(row, Cell::Quoted(text));
            }
        }
    }

    /// Adds the instants of the next rows, in microseconds.
    pub fn push_instants(&mut self, position: usize, instants: &[Option<i64>]) {
        if let Some(place) = self.place(position) {
            self.builders[place].extend_instants(self.rows, instants);
        }
    }

    /// Adds the numbers of the next rows.
    pub fn push_doubles(&mut self, position: usize, numbers: impl Iterator<Item = Option<f64>>) {
        if let Some(place) = self.place(position) {
            self.builders[place].extend_doubles(self.rows, numbers);
        }
    }

    /// Adds the whole numbers of the next rows.
    pub fn push_integers(&mut self, position: usize, numbers: impl Iterator<Item = Option<i64>>) {
        if let Some(place) = self.place(position) {
            self.builders[place].extend_integers(self.rows, numbers);
        }
    }

    /// Ends so many rows whose columns were added.
    pub fn end_rows(&mut self, count: usize) {
        self.rows += count;
    }

    fn place(&self, position: usize) -> Option<usize> {
        self.fields.get(position).copied().flatten()
    }
}
