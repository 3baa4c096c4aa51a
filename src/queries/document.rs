//! A TOML text in which every key and value knows its place in the file, and unknown keys are found.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use jiff::civil::{Date, DateTime};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Place, nearest};
use crate::store::Value;

/// TOML text that is a file, or stands in one with something before each line.
pub(super) struct Text<'a> {
    path: &'a Path,
    file: &'a str,
    toml: Cow<'a, str>,
    /// Where each piece starts in the TOML text and in the file, in order.
    pieces: Vec<(usize, usize)>,
}

/// One TOML table being read. It remembers which keys were asked for, so that [`Section::finish`] finds the others.
pub(super) struct Section<'a> {
    text: &'a Text<'a>,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    asked: Vec<&'static str>,
    problems: Vec<Error>,
}

/// One value and its place.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    text: &'a Text<'a>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Text<'a> {
    /// Returns the text of a whole TOML file.
    pub(super) fn whole(path: &'a Path, file: &'a str) -> Self {
        Self {
            path,
            file,
            toml: Cow::Borrowed(file),
            pieces: vec![(0, 0)],
        }
    }

    /// Returns the text made of these pieces of a file, one after the other, each with its place in the file.
    pub(super) fn pieces(path: &'a Path, file: &'a str, parts: &[(usize, &str)]) -> Self {
        let mut toml = String::new();
        let mut pieces = vec![(0, parts.first().map_or(0, |(start, _)| *start))];
        for (start, part) in parts {
            pieces.push((toml.len(), *start));
            toml.push_str(part);
        }
        Self {
            path,
            file,
            toml: Cow::Owned(toml),
            pieces,
        }
    }

    /// Parses the text; what cannot be parsed is left out and reported.
    pub(super) fn parse(&self) -> (Spanned<DeTable<'_>>, Vec<Error>) {
        let (table, errors) = DeTable::parse_recoverable(&self.toml);
        let problems = errors.iter().map(|error| {
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            self.error(error.span().unwrap_or_default(), message)
                .rule("toml")
        });
        (table, problems.collect())
    }

    fn place(&self, span: &Range<usize>) -> Place {
        let piece = self
            .pieces
            .partition_point(|(start, _)| *start <= span.start)
            .saturating_sub(1);
        let (start, in_file) = self.pieces[piece];
        Place::in_text(self.path, self.file, in_file + span.start - start)
    }

    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Error {
        Error::usage(message).at(self.place(&span)).rule("type")
    }
}

impl<'a> Section<'a> {
    /// Returns the section of a whole parsed text.
    pub(super) fn new(text: &'a Text<'a>, table: &'a Spanned<DeTable<'a>>) -> Self {
        Self::of(text, table.get_ref(), 0..0)
    }

    fn of(text: &'a Text<'a>, table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self {
            text,
            table,
            span,
            asked: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Returns the value of a key, if it is there.
    pub(super) fn item(&mut self, key: &'static str) -> Option<Item<'a>> {
        self.asked.push(key);
        self.table.get(key).map(|value| Item {
            text: self.text,
            value,
        })
    }

    /// Returns what `read` makes of a key's value; what it complains about is a problem of this section.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Item<'a>) -> Result<T, Error>,
    ) -> Option<T> {
        let item = self.item(key)?;
        self.keep(read(&item).map_err(|error| error.context(format_args!("`{key}`"))))
    }

    /// Returns what `read` makes of a key that must be there.
    pub(super) fn require<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&Item<'a>) -> Result<T, Error>,
    ) -> Option<T> {
        if !self.table.contains_key(key) {
            self.problem(format!("`{key}` is missing"));
        }
        self.read(key, read)
    }

    /// Returns the sub-section under a key; hand it back to [`Section::absorb`].
    pub(super) fn section(&mut self, key: &'static str) -> Option<Section<'a>> {
        let item = self.item(key)?;
        self.keep(
            item.section()
                .map_err(|error| error.context(format_args!("`{key}`"))),
        )
    }

    /// Returns the sub-sections of an array of tables; hand each back to [`Section::absorb`].
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let items = self.read(key, Item::list).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| self.keep(item.section()))
            .collect()
    }

    /// Returns all keys and values, for a section whose keys are free.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Item<'a>)> + use<'a> {
        let text = self.text;
        self.table
            .iter()
            .map(move |(key, value)| (key.get_ref().as_ref(), Item { text, value }))
    }

    /// Returns an error about one of the section's keys.
    pub(super) fn key_error(&self, key: &str, message: impl Into<String>) -> Error {
        let span = self
            .table
            .get_key_value(key)
            .map_or(self.span.clone(), |(key, _)| key.span());
        self.text.error(span, message)
    }

    /// Returns the line of the section in the file.
    pub(super) fn line(&self) -> usize {
        self.text.place(&self.span).line
    }

    /// Notes a problem with the section as a whole.
    pub(super) fn problem(&mut self, message: impl Into<String>) {
        self.problems
            .push(self.text.error(self.span.clone(), message));
    }

    /// Notes a problem if there is one, and returns the value otherwise.
    pub(super) fn keep<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.problems.push(error)).ok()
    }

    /// Takes over the problems of a sub-section whose keys have all been asked for.
    pub(super) fn absorb(&mut self, section: Section<'a>) {
        self.problems.extend(section.finish());
    }

    /// Takes over the problems of a sub-section whose keys are free.
    pub(super) fn absorb_open(&mut self, section: Section<'a>) {
        self.problems.extend(section.problems);
    }

    /// Returns all problems, among them each key that nobody asked for.
    pub(super) fn finish(self) -> Vec<Error> {
        let mut problems = self.problems;
        for key in self
            .table
            .keys()
            .filter(|key| !self.asked.contains(&key.get_ref().as_ref()))
        {
            let error = self
                .text
                .error(key.span(), format!("unknown key `{}`", key.get_ref()))
                .rule("key");
            problems.push(match nearest(key.get_ref(), self.asked.iter().copied()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(format!("known keys: {}", self.asked.join(", "))),
            });
        }
        problems
    }
}

impl<'a> Item<'a> {
    /// Returns an error about this value.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.text.error(self.value.span(), message)
    }

    /// Returns where this value stands.
    pub(super) fn place(&self) -> Place {
        self.text.place(&self.value.span())
    }

    fn expected(&self, wanted: &str) -> Error {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(format!("expected {wanted}, found {found}"))
    }

    /// Returns the text.
    pub(super) fn text(&self) -> Result<String, Error> {
        self.value
            .get_ref()
            .as_str()
            .map(str::to_string)
            .ok_or_else(|| self.expected("text"))
    }

    /// Returns the whole number.
    pub(super) fn integer(&self) -> Result<i64, Error> {
        let number = self
            .value
            .get_ref()
            .as_integer()
            .ok_or_else(|| self.expected("a whole number"))?;
        i64::from_str_radix(number.as_str(), number.radix())
            .map_err(|_| self.error("the number is too large"))
    }

    /// Returns the whole number, which must be at least 1 and fit a small grid.
    pub(super) fn size(&self) -> Result<u16, Error> {
        u16::try_from(self.integer()?)
            .ok()
            .filter(|size| (1..=100).contains(size))
            .ok_or_else(|| self.error("expected a number from 1 to 100"))
    }

    /// Returns the number.
    pub(super) fn number(&self) -> Result<f64, Error> {
        match self.value.get_ref() {
            DeValue::Float(number) => number
                .as_str()
                .parse()
                .map_err(|_| self.expected("a number")),
            DeValue::Integer(number) => number
                .as_str()
                .parse()
                .map_err(|_| self.expected("a decimal number")),
            _ => Err(self.expected("a number")),
        }
    }

    /// Returns the truth value.
    pub(super) fn boolean(&self) -> Result<bool, Error> {
        self.value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.expected("true or false"))
    }

    /// Returns the day.
    pub(super) fn date(&self) -> Result<Date, Error> {
        match self.value()? {
            Value::Date(date) => Ok(date),
            Value::Text(text) => text
                .parse()
                .map_err(|_| self.expected("a date such as 2025-01-31")),
            _ => Err(self.expected("a date such as 2025-01-31")),
        }
    }

    /// Returns the values of the list.
    pub(super) fn list(&self) -> Result<Vec<Item<'a>>, Error> {
        let list = self
            .value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.expected("a list"))?;
        Ok(list
            .iter()
            .map(|value| Item {
                text: self.text,
                value,
            })
            .collect())
    }

    /// Returns the texts of the list.
    pub(super) fn texts(&self) -> Result<Vec<String>, Error> {
        self.list()?.iter().map(Item::text).collect()
    }

    /// Returns the value as a section.
    pub(super) fn section(&self) -> Result<Section<'a>, Error> {
        let table = self
            .value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.expected("a table"))?;
        Ok(Section::of(self.text, table, self.value.span()))
    }

    /// Returns the one of these words that the text is; otherwise the error names the nearest.
    pub(super) fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Result<T, Error> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(*value);
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let error = self.error(format!("`{text}` is not one of {}", names.join(", ")));
        Err(match nearest(&text, names) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error,
        })
    }

    /// Returns the value as SQL would have it.
    pub(super) fn value(&self) -> Result<Value, Error> {
        Ok(match self.value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(_) => Value::Integer(self.integer()?),
            DeValue::Float(_) => Value::Double(self.number()?),
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(time) => {
                let text = time.to_string();
                let date = || text.parse::<Date>().map(Value::Date);
                match (time.date, time.time, time.offset) {
                    (Some(_), None, None) => date().map_err(|_| self.expected("a date"))?,
                    (Some(_), Some(_), None) => {
                        let time = text.parse::<DateTime>();
                        Value::Timestamp(time.map_err(|_| self.expected("a date and time"))?)
                    }
                    _ => return Err(self.expected("a date, or a date and time without a zone")),
                }
            }
            DeValue::Array(_) => Value::List(
                self.list()?
                    .iter()
                    .map(Item::value)
                    .collect::<Result<_, _>>()?,
            ),
            DeValue::Table(_) => return Err(self.expected("a value")),
        })
    }
}
