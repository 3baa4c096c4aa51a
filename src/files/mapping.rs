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
const PROPERTY_OBJECTS: [&str; 6] = ["properties", "event_properties", "props", "attributes", "data", "payload"];

/// The rules of one source, applied to the columns or keys of one file.
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
            rules: source.columns.iter().map(|(column, rule)| (column.clone(), rule.from.clone())).collect(),
            zones,
            privacy: source.privacy.iter().map(|(name, privacy)| (names::tidy(name), *privacy)).collect(),
            assigned: HashMap::new(),
            taken: HashSet::new(),
        })
    }

    /// Decides for these input paths together, so that the most telling spelling wins wherever it stands.
    pub fn assign(&mut self, paths: &[String]) {
        let rules = self.rules.clone();
        for (column, from) in rules.iter().filter(|(_, from)| !from.is_empty()) {
            let exact = paths.iter().find(|path| *path == from);
            let found = exact.or_else(|| paths.iter().find(|path| names::tidy(path) == names::tidy(from)));
            if let Some(path) = found {
                self.take(path, column.clone());
            }
        }
        for (column, _) in names::canonical(&self.table) {
            let ruled = rules.iter().any(|(ruled, from)| ruled == column && !from.is_empty());
            if ruled || self.taken.contains(*column) {
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
        let (nested, flat): (Vec<&String>, Vec<&String>) = paths.iter().partition(|path| path.contains('.'));
        for path in flat.into_iter().chain(nested) {
            if !self.assigned.contains_key(path) {
                self.take_own(path);
            }
        }
    }

    /// Returns where the values of an input path go; `columns` tells which columns the table has and how many.
    pub fn route(&mut self, path: &str, has: impl Fn(&str) -> bool, columns: usize) -> Route {
        if !self.assigned.contains_key(path) {
            self.assign(&[path.to_string()]);
        }
        let column = self.assigned.get(path).cloned().unwrap_or_default();
        if self.privacy_of(path, &column) == Some(Privacy::Drop) {
            return Route::Drop;
        }
        if columns >= MOST_COLUMNS && !has(&column) { Route::Rest } else { Route::Column(column) }
    }

    /// Returns the column a header field was given by [`Mapping::assign_header`].
    pub fn column(&self, path: &str) -> Option<&str> {
        self.assigned.get(path).map(String::as_str)
    }

    /// Returns what the workspace wants done to a column, by the table's or the file's name for it.
    pub fn privacy_of(&self, path: &str, column: &str) -> Option<Privacy> {
        let last = names::tidy(path.rsplit('.').next().unwrap_or(path));
        let whole = names::tidy(path);
        let named = |name: &String| *name == column || *name == whole || *name == last;
        self.privacy.iter().find(|(name, _)| named(name)).map(|(_, privacy)| *privacy)
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
        let own = PROPERTY_OBJECTS.contains(&names::tidy(outer).as_str()) && !inner.contains('.');
        let fit = own.then(|| names::fit(&self.table, column, &names::tidy(inner)))?;
        fit.map(|fit| fit + 1_000)
    }

    fn take(&mut self, path: &str, column: String) {
        self.taken.insert(column.clone());
        self.assigned.insert(path.to_string(), column);
    }

    /// Gives an input path a column of its own: the inner name of a nested key when it is free, else both names.
    fn take_own(&mut self, path: &str) {
        let inner = names::tidy(path.rsplit('.').next().unwrap_or(path));
        let whole = names::tidy(&path.replace('.', "_"));
        let name = if inner.is_empty() || self.taken.contains(&inner) { whole } else { inner };
        let name = if name.is_empty() { "column".to_string() } else { name };
        let name = names::unique(&name, |name| self.taken.contains(name));
        self.take(path, name);
    }
}
