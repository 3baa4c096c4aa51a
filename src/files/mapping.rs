//! Which input column or key feeds which column of the table.
//!
//! A vendor's preset, once there are any, is one more list of rules in front of the usual spellings.

use std::collections::{HashMap, HashSet};

use super::names;
use super::source::{Privacy, Source};
use super::times::Zone;
use crate::error::Result;

/// More columns than these a table does not get from JSON keys; the rest stays in `properties`.
const MOST_COLUMNS: usize = 256;

/// Objects whose keys are a record's own properties, as vendors nest them.
const PROPERTY_OBJECTS: [&str; 6] = [
    "properties",
    "event_properties",
    "props",
    "attributes",
    "data",
    "payload",
];

/// The rules of one source, applied to the columns or keys of one file.
#[derive(Clone)]
pub(super) struct Mapping {
    table: String,
    /// Table column, input path it comes from (may be empty), in the order of the workspace.
    rules: Vec<(String, String)>,
    zones: HashMap<String, Zone>,
    privacy: Vec<(String, Privacy)>,
    /// Column by input path.
    assigned: HashMap<String, String>,
    taken: HashSet<String>,
}

/// What happens to the values of an input column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// They go to this column.
    Column(String),
    /// They stay in `properties`.
    Rest,
    /// They are not stored.
    Drop,
}

impl Mapping {
    pub fn new(source: &Source) -> Result<Self> {
        let mut zones = HashMap::new();
        for (column, rule) in &source.columns {
            if let Some(zone) = &rule.zone {
                zones.insert(column.clone(), Zone::named(zone)?);
            }
        }
        Ok(Self {
            table: source.table.clone(),
            rules: source
                .columns
                .iter()
                .map(|(column, rule)| (column.clone(), rule.from.clone()))
                .collect(),
            zones,
            privacy: source
                .privacy
                .iter()
                .map(|(name, privacy)| (names::tidy(name), *privacy))
                .collect(),
            assigned: HashMap::new(),
            taken: HashSet::new(),
        })
    }

    /// Decides for the fields of a header together, so that the most telling spelling wins wherever it stands.
    pub fn assign_fields(&mut self, fields: &[String]) {
        self.assign_canonical(fields);
        for field in fields {
            if !self.assigned.contains_key(field) {
                let tidy = match names::tidy(field) {
                    empty if empty.is_empty() => "column".to_string(),
                    tidy => tidy,
                };
                let name = names::unique(&tidy, |name| self.taken.contains(name));
                self.take(field, name);
            }
        }
    }

    /// Decides which JSON keys feed the canonical columns: as it was decided before, then by the first records' keys.
    pub fn assign_keys(&mut self, decided: &[(String, String)], paths: &[String]) {
        for (path, column) in decided {
            self.take(path, column.clone());
        }
        self.assign_canonical(paths);
    }

    /// Returns which keys feed canonical columns.
    pub fn decided(&self) -> Vec<(String, String)> {
        let canonical = names::canonical(&self.table);
        let is_canonical = |column: &String| canonical.iter().any(|(name, _)| name == column);
        let mut decided: Vec<(String, String)> = self
            .assigned
            .iter()
            .filter(|(_, column)| is_canonical(column))
            .map(|(path, column)| (path.clone(), column.clone()))
            .collect();
        decided.sort();
        decided
    }

    fn assign_canonical(&mut self, paths: &[String]) {
        let rules = self.rules.clone();
        for (column, from) in rules.iter().filter(|(_, from)| !from.is_empty()) {
            let exact = paths.iter().find(|path| *path == from);
            let found = exact.or_else(|| {
                paths
                    .iter()
                    .find(|path| names::tidy(path) == names::tidy(from))
            });
            if let Some(path) = found {
                self.take(path, column.clone());
            }
        }
        for (column, _) in names::canonical(&self.table) {
            if self.is_ruled(column) || self.taken.contains(*column) {
                continue;
            }
            let best = paths
                .iter()
                .filter(|path| !self.assigned.contains_key(*path))
                .filter_map(|path| Some((self.fit(column, path)?, path)))
                .min_by_key(|(fit, _)| *fit);
            if let Some((_, path)) = best {
                self.take(path, (*column).to_string());
            }
        }
    }

    /// Returns where the values of an input path go; `columns` tells which columns the table has and how many.
    pub fn route(&mut self, path: &str, has: impl Fn(&str) -> bool, columns: usize) -> Route {
        if !self.assigned.contains_key(path) {
            self.assign_canonical(&[path.to_string()]);
            self.take_own(path);
        }
        let column = self.assigned.get(path).cloned().unwrap_or_default();
        if self.privacy_of(path, &column) == Some(Privacy::Drop) {
            return Route::Drop;
        }
        if columns >= MOST_COLUMNS && !has(&column) {
            Route::Rest
        } else {
            Route::Column(column)
        }
    }

    /// Returns the column a header field was given by [`Mapping::assign_fields`].
    pub fn column(&self, path: &str) -> Option<&str> {
        self.assigned.get(path).map(String::as_str)
    }

    /// Returns what the workspace wants done to a column, by the table's or the file's name for it.
    pub fn privacy_of(&self, path: &str, column: &str) -> Option<Privacy> {
        let last = names::tidy(path.rsplit('.').next().unwrap_or(path));
        let whole = names::tidy(path);
        let named = |name: &String| *name == column || *name == whole || *name == last;
        self.privacy
            .iter()
            .find(|(name, _)| named(name))
            .map(|(_, privacy)| *privacy)
    }

    /// Tells whether anything in this source is private.
    pub fn is_private(&self) -> bool {
        !self.privacy.is_empty()
    }

    /// Returns the zone of a column's times.
    pub fn zone(&self, column: &str) -> Zone {
        self.zones.get(column).cloned().unwrap_or_default()
    }

    fn fit(&self, column: &str, path: &str) -> Option<usize> {
        let Some((outer, inner)) = path.split_once('.') else {
            return names::fit(&self.table, column, &names::tidy(path));
        };
        let own = is_property_object(outer) && !inner.contains('.');
        let fit = own.then(|| names::fit(&self.table, column, &names::tidy(inner)))?;
        fit.map(|fit| fit + 1_000)
    }

    fn take(&mut self, path: &str, column: String) {
        self.taken.insert(column.clone());
        self.assigned.insert(path.to_string(), column);
    }

    /// Gives a key the column that its name says: that of a property its own, that of another object both names.
    ///
    /// Keys that only differ in spelling share a column, so that no name depends on the order of records. Only the
    /// canonical columns are never shared.
    fn take_own(&mut self, path: &str) {
        if self.assigned.contains_key(path) {
            return;
        }
        let whole = names::tidy(&path.replace('.', "_"));
        let name = match path.split_once('.') {
            Some((outer, inner)) if is_property_object(outer) => names::tidy(inner),
            _ => whole.clone(),
        };
        let canonical = names::canonical(&self.table);
        let reserved = |name: &str| {
            canonical.iter().any(|(canonical, _)| *canonical == name) || self.is_ruled(name)
        };
        let name = match name {
            name if name.is_empty() => "column".to_string(),
            name if reserved(&name) => names::unique(&whole, reserved),
            name => name,
        };
        self.take(path, name);
    }

    fn is_ruled(&self, name: &str) -> bool {
        self.rules
            .iter()
            .any(|(column, from)| column == name && !from.is_empty())
    }
}

fn is_property_object(key: &str) -> bool {
    PROPERTY_OBJECTS.contains(&names::tidy(key).as_str())
}
