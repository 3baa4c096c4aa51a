//! Dashboards: a grid of panels with shared filters, one TOML file each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::config::version;
use super::document::{Item, Section, Text};
use crate::error::Error;
use crate::store::Value;

/// One file of `dashboards/`. What is sound in it is kept even if other parts are not.
#[derive(Clone, Debug, PartialEq)]
pub struct DashboardFile {
    /// The file name without `.toml`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// The dashboard's title; its name when absent.
    pub title: String,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// The filters, in the order written.
    pub filters: Vec<Filter>,
    /// The rows of panels, from the top.
    pub rows: Vec<Row>,
    /// What is wrong with the file.
    pub problems: Vec<Error>,
}

/// A filter reaches every panel whose query declares a parameter of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The parameter's name.
    pub name: String,
    /// What the filter bar calls it.
    pub label: String,
}

/// One row of panels.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The height relative to the other rows.
    pub height: u16,
    /// The panels, from the left.
    pub panels: Vec<Place>,
}

/// One panel's place in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The query's name.
    pub query: String,
    /// The width relative to the other panels of the row.
    pub width: u16,
    /// A title that replaces the query's own.
    pub title: Option<String>,
    /// Fixed parameter values, which win over the filters.
    pub params: BTreeMap<String, Value>,
}

impl DashboardFile {
    /// Returns what is sound in a dashboard file, with everything that is wrong with it.
    pub(super) fn read(path: &Path, file: &str) -> Self {
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let text = Text::whole(path, file);
        let (table, mut problems) = text.parse();
        let is_toml = problems.is_empty();
        let mut section = Section::new(&text, &table);
        section.require("version", version);
        let title = section
            .read("title", Item::text)
            .unwrap_or_else(|| name.clone());
        let owner = section.read("owner", Item::text);
        let filters = filters(&mut section);
        let mut rows = Vec::new();
        for mut row in section.sections("rows") {
            let height = row.read("height", Item::size).unwrap_or(1);
            let mut panels = Vec::new();
            for mut panel in row.sections("panels") {
                panels.extend(place(&mut panel));
                row.absorb(panel);
            }
            if panels.is_empty() {
                row.problem("a row needs `panels`");
            }
            rows.push(Row { height, panels });
            section.absorb(row);
        }
        if rows.is_empty() {
            section.problem("a dashboard needs at least one `[[rows]]`");
        }
        let wrong = section.finish();
        // What a text that cannot be read lacks is not known.
        problems.extend(wrong.into_iter().filter(|_| is_toml));
        Self {
            name,
            path: path.to_path_buf(),
            text: file.to_string(),
            title,
            owner,
            filters,
            rows,
            problems,
        }
    }

    /// Returns all panels, row by row.
    pub fn panels(&self) -> impl Iterator<Item = &Place> {
        self.rows.iter().flat_map(|row| &row.panels)
    }
}

fn filters(dashboard: &mut Section<'_>) -> Vec<Filter> {
    let Some(mut section) = dashboard.section("filters") else {
        return Vec::new();
    };
    let mut filters = Vec::new();
    for (name, item) in section.entries() {
        let Some(mut declared) = section.keep(item.section()) else {
            continue;
        };
        let label = declared
            .read("label", Item::text)
            .unwrap_or_else(|| name.to_string());
        filters.push(Filter {
            name: name.to_string(),
            label,
        });
        section.absorb(declared);
    }
    dashboard.absorb_open(section);
    filters
}

fn place(panel: &mut Section<'_>) -> Option<Place> {
    let query = panel.require("query", Item::text);
    let width = panel.read("width", Item::size).unwrap_or(1);
    let title = panel.read("title", Item::text);
    let params = values(panel, "params");
    Some(Place {
        query: query?,
        width,
        title,
        params,
    })
}

/// Returns the values of a section whose keys are parameter names.
pub(super) fn values(section: &mut Section<'_>, key: &'static str) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    let Some(mut given) = section.section(key) else {
        return values;
    };
    for (name, item) in given.entries() {
        if let Some(value) = given.keep(item.value()) {
            values.insert(name.to_string(), value);
        }
    }
    section.absorb_open(given);
    values
}
