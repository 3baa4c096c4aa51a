//! The workspace of `--data TABLE=GLOB` without a folder: one dashboard over the tables that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::files::Source;
use crate::queries::config::{Config, Today};
use crate::queries::dashboards::{DashboardFile, Place, Row};
use crate::queries::header::Header;
use crate::queries::header_text;
use crate::queries::workspace::{QueryFile, SavedQuery, Shape, Workspace};
use crate::store::quoted_name;

/// The built-in queries: table, name, text. Those of one table share a row.
const QUERIES: &[(&str, &str, &str)] = &[
    (
        "events",
        "events_per_day",
        include_str!("events_per_day.sql"),
    ),
    ("events", "top_events", include_str!("top_events.sql")),
    ("surveys", "nps", include_str!("nps.sql")),
    ("surveys", "surveys", include_str!("surveys.sql")),
    (
        "tickets",
        "tickets_per_day",
        include_str!("tickets_per_day.sql"),
    ),
    (
        "tickets",
        "ticket_categories",
        include_str!("ticket_categories.sql"),
    ),
    ("subscriptions", "plans", include_str!("plans.sql")),
    ("customers", "customers", include_str!("customers.sql")),
];

/// How many rows of a table that is not one of ours are shown.
const FIRST_ROWS: usize = 100;

impl Workspace {
    /// Returns the workspace of these sources alone.
    #[must_use]
    pub fn bare(sources: Vec<Source>) -> Self {
        let tables: BTreeSet<String> = sources.iter().map(|source| source.table.clone()).collect();
        let mut queries = Vec::new();
        let mut rows = Vec::new();
        for table in ["events", "surveys", "tickets", "subscriptions", "customers"] {
            if tables.contains(table) {
                let ours = QUERIES.iter().filter(|(reads, ..)| *reads == table);
                let files: Vec<QueryFile> = ours
                    .map(|(reads, name, text)| query(reads, name, text))
                    .collect();
                rows.push(row(&files));
                queries.extend(files);
            }
        }
        for table in tables
            .iter()
            .filter(|table| !QUERIES.iter().any(|(reads, ..)| reads == table))
        {
            let file = query(table, table, &first_rows(table));
            rows.push(row(std::slice::from_ref(&file)));
            queries.push(file);
        }
        let dashboard = DashboardFile {
            name: "overview".to_string(),
            path: PathBuf::from("overview.toml"),
            text: String::new(),
            title: "Overview".to_string(),
            owner: None,
            filters: Vec::new(),
            rows,
            problems: Vec::new(),
        };
        Self {
            root: PathBuf::new(),
            config: Config {
                sources,
                today: Today::Data,
                ..Config::default()
            },
            queries,
            lib: Vec::new(),
            dashboards: vec![dashboard],
            annotations: Vec::new(),
            journey: None,
            tests: Vec::new(),
            problems: Vec::new(),
        }
    }
}

fn row(files: &[QueryFile]) -> Row {
    let place = |file: &QueryFile| Place {
        query: file.name.clone(),
        width: 1,
        title: None,
        params: BTreeMap::new(),
    };
    Row {
        height: 1,
        panels: files.iter().map(place).collect(),
    }
}

/// Returns a built-in query. It needs no gate: its text is ours, and a test holds its shape to what the gate sees.
fn query(table: &str, name: &str, text: &str) -> QueryFile {
    let path = PathBuf::from(format!("{name}.sql"));
    let (header, _) = header_text::read(&path, text);
    let shape = Shape {
        tables: BTreeSet::from([table.to_string()]),
        parameters: BTreeSet::new(),
        ordered: true,
    };
    let header = Header {
        title: if header.title == name {
            table.to_string()
        } else {
            header.title
        },
        ..header
    };
    let (name, text) = (name.to_string(), text.to_string());
    let saved = SavedQuery {
        name: name.clone(),
        path: path.clone(),
        text: text.clone(),
        header,
        shape,
    };
    QueryFile {
        name,
        path,
        text,
        state: Ok(saved),
    }
}

/// Returns the query of a table about which nothing is known.
fn first_rows(table: &str) -> String {
    format!(
        "SELECT *\nFROM {}\nORDER BY ALL\nLIMIT {FIRST_ROWS}\n",
        quoted_name(table)
    )
}
