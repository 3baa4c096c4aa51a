//! JSON records: scalars go to the columns their keys say, everything else stays JSON in `properties`.

use std::borrow::Cow;

use super::json;
use super::mapping::Route;
use super::names;
use super::rows::{Rows, Way};
use super::schema::Schema;
use super::source::ColumnType;
use super::values::Cell;

type Taken = std::result::Result<(), String>;

impl Rows {
    /// Adds the record that this JSON text is.
    pub fn add_json(&mut self, text: &str, schema: &mut Schema) -> Taken {
        if self.scan_flat(text) {
            return self.add_flat(text);
        }
        self.rest.clear();
        let walked = json::members(text, &mut |key, value| self.add_member(key, value, schema));
        match walked {
            Ok(()) => {
                if !self.rest.is_empty() {
                    self.push_rest(schema);
                }
                self.end_row()
            }
            Err(reason) => {
                self.problem = None;
                self.forget_row();
                Err(reason)
            }
        }
    }

    /// Takes a flat record apart; every value must have a way of its own, and none may go to `properties`.
    fn scan_flat(&mut self, text: &str) -> bool {
        let keys = &self.keys;
        self.flat.scan(text.as_bytes(), |key| {
            let way = keys.get(key)?.scalar?;
            (!matches!(way, Way::Rest)).then_some(way)
        })
    }

    /// Adds the values of a record that was taken apart.
    fn add_flat(&mut self, text: &str) -> Taken {
        let values = std::mem::take(&mut self.flat.values);
        for value in &values {
            let Way::Builder(builder) = value.way else {
                continue;
            };
            let part = &text[value.start..value.end];
            let cell = if value.quoted {
                Cell::Quoted(part)
            } else {
                Cell::Bare(part)
            };
            self.push(builder, cell);
        }
        self.flat.values = values;
        self.end_row()
    }

    /// Takes one member of a JSON record.
    fn add_member(&mut self, key: &str, value: &str, schema: &mut Schema) -> Taken {
        match value.as_bytes().first() {
            Some(b'n') => Ok(()),
            Some(b'{') => self.add_object(key, value, schema),
            Some(b'[') => {
                json::check_depth(value)?;
                self.add_rest(key, value);
                Ok(())
            }
            _ => {
                let known = self.keys.get(key).and_then(|target| target.scalar);
                let way = known.unwrap_or_else(|| {
                    let way = self.way(key, schema);
                    self.learned = true;
                    self.keys.entry(key.to_string()).or_default().scalar = Some(way);
                    way
                });
                self.add_scalar(way, key, value)
            }
        }
    }

    /// Takes an object: its scalars become columns, what is nested deeper stays JSON.
    fn add_object(&mut self, key: &str, object: &str, schema: &mut Schema) -> Taken {
        json::check_depth(object)?;
        let mut nested = String::new();
        json::members(object, &mut |inner, value| match value.as_bytes().first() {
            Some(b'n') => Ok(()),
            Some(b'{' | b'[') => {
                json::write_member(&mut nested, inner, value);
                Ok(())
            }
            _ => {
                let known = self
                    .keys
                    .get(key)
                    .and_then(|target| target.members.get(inner))
                    .copied();
                let way = known.unwrap_or_else(|| {
                    let way = self.way(&format!("{key}.{inner}"), schema);
                    self.learned = true;
                    self.keys
                        .entry(key.to_string())
                        .or_default()
                        .members
                        .insert(inner.to_string(), way);
                    way
                });
                match way {
                    Way::Rest => {
                        json::write_member(&mut nested, inner, value);
                        Ok(())
                    }
                    way => self.add_scalar(way, inner, value),
                }
            }
        })?;
        if nested.is_empty() {
            return Ok(());
        }
        if names::tidy(key) == "properties" {
            json::append_members(&mut self.rest, &nested);
        } else {
            self.add_rest(key, &format!("{{{nested}}}"));
        }
        Ok(())
    }

    fn add_scalar(&mut self, way: Way, key: &str, value: &str) -> Taken {
        match way {
            Way::Drop => {}
            Way::Rest => self.add_rest(key, value),
            // The record has the column twice: the first one counts, the other one is kept.
            Way::Builder(builder) if self.builders[builder].is_taken(self.rows) => {
                self.add_rest(key, value);
            }
            Way::Builder(builder) => match json::text(value)? {
                Some(Cow::Borrowed(text)) => self.push(builder, Cell::Quoted(text)),
                Some(Cow::Owned(text)) => self.push(builder, Cell::Quoted(&text)),
                None => self.push(builder, Cell::Bare(value)),
            },
        }
        Ok(())
    }

    /// Keeps a member for `properties`; privacy is applied to the whole of them.
    fn add_rest(&mut self, key: &str, value: &str) {
        json::write_member(&mut self.rest, key, value);
    }

    /// Puts what has no column of its own into `properties`.
    fn push_rest(&mut self, schema: &mut Schema) {
        let place = self.properties.unwrap_or_else(|| {
            if schema.position("properties").is_none() {
                schema.add("properties".to_string(), Some(ColumnType::Json));
            }
            self.learned = true;
            self.builder("properties", "properties", schema)
        });
        self.properties = Some(place);
        let mut object = format!("{{{}}}", self.rest);
        if self.mapping.is_private() {
            object = self.scrubbed(&object);
        }
        self.push(place, Cell::Nested(&object));
    }

    /// Returns a JSON text without what the workspace calls private.
    pub(super) fn scrubbed(&self, json: &str) -> String {
        json::scrub(
            json,
            &|key| self.mapping.privacy_of(key, key),
            self.key.as_ref(),
        )
    }

    fn way(&mut self, path: &str, schema: &mut Schema) -> Way {
        let columns = schema.columns.len();
        match self
            .mapping
            .route(path, |name| schema.position(name).is_some(), columns)
        {
            Route::Drop => Way::Drop,
            Route::Rest => Way::Rest,
            // A scalar called `properties` is one more property: the column itself is an object.
            Route::Column(column) if column == "properties" => Way::Rest,
            Route::Column(column) => Way::Builder(self.builder(path, &column, schema)),
        }
    }
}
