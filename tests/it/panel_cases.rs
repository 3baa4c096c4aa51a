//! Reads the panel cases of `tests/cases/panels/`: a header and a table as text, and the numbers expected of them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;

use cxtop::panels::{Context, Panel};
use cxtop::queries::{Annotation, Better, Format, Goal, Header, Kind, Look, Target};
use cxtop::store::{Column, Table, Value};
use jiff::civil::Date;
use toml::Table as Toml;

/// One case of a file.
pub struct Case {
    pub name: String,
    pub header: Header,
    pub table: Table,
    pub today: Date,
    pub annotations: Vec<Annotation>,
    pub expect: String,
}

impl Case {
    pub fn panel(&self) -> cxtop::error::Result<Panel> {
        Panel::from_table(
            &self.header,
            &self.table,
            &Context {
                today: self.today,
                annotations: &self.annotations,
            },
        )
    }
}

/// Returns the cases of one file, such as `funnel`.
pub fn read(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases/panels")
        .join(format!("{file}.toml"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: Toml = text
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    file["case"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| one(case.as_table().unwrap()))
        .collect()
}

/// Returns the panel of the case of this name.
pub fn panel(file: &str, name: &str) -> Panel {
    let case = read(file).into_iter().find(|case| case.name == name);
    case.unwrap_or_else(|| panic!("no case `{name}` in {file}.toml"))
        .panel()
        .unwrap()
}

fn one(case: &Toml) -> Case {
    let text = |key: &str| {
        case.get(key)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_string()
    };
    let notes = case
        .get("annotations")
        .and_then(|notes| notes.as_array())
        .cloned()
        .unwrap_or_default();
    let note = |note: &toml::Value| Annotation {
        date: note["date"].as_str().unwrap().parse().unwrap(),
        text: note["text"].as_str().unwrap().to_string(),
        kind: "release".to_string(),
    };
    Case {
        name: text("name"),
        header: header(case, text("about")),
        table: table(&text("given"), case.contains_key("truncated")),
        today: text("today")
            .parse()
            .unwrap_or(jiff::civil::date(2025, 11, 22)),
        annotations: notes.iter().map(note).collect(),
        expect: text("expect"),
    }
}

fn header(case: &Toml, about: String) -> Header {
    let kind = match case["kind"].as_str().unwrap() {
        "value" => Kind::Value,
        "trend" => Kind::Trend,
        "bars" => Kind::Bars,
        "distribution" => Kind::Distribution,
        "funnel" => Kind::Funnel,
        "retention" => Kind::Retention,
        "comments" => Kind::Comments,
        "journey" => Kind::Journey,
        "scorecard" => Kind::Scorecard,
        "tree" => Kind::Tree,
        _ => Kind::Table,
    };
    let tables = |key: &str| {
        case.get(key)
            .and_then(|value| value.as_table())
            .cloned()
            .unwrap_or_default()
    };
    let columns = tables("columns")
        .iter()
        .map(|(name, look)| (name.clone(), self::look(look)))
        .collect();
    let goals = tables("goals")
        .iter()
        .map(|(name, goal)| self::goal(name, goal))
        .collect();
    Header {
        about,
        kind,
        columns,
        goals,
        ..Header::default()
    }
}

fn look(value: &toml::Value) -> Look {
    let text = |key: &str| {
        value
            .get(key)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_string()
    };
    let format = match text("format").as_str() {
        "whole" => Format::Whole,
        "one" => Format::OneDecimal,
        "two" => Format::TwoDecimals,
        "percent" => Format::Percent,
        "duration" => Format::Duration,
        _ => Format::Auto,
    };
    let better = match text("better").as_str() {
        "up" => Better::Up,
        "down" => Better::Down,
        _ => Better::Neither,
    };
    Look {
        unit: text("unit"),
        format,
        better,
        margin: Some(text("margin")).filter(|margin| !margin.is_empty()),
    }
}

fn goal(name: &str, value: &toml::Value) -> Goal {
    let number = |key: &str| value.get(key).and_then(toml::Value::as_float);
    let row = value
        .get("row")
        .and_then(|row| row.as_table())
        .cloned()
        .unwrap_or_default();
    let row = row.iter().map(|(key, value)| {
        (
            key.clone(),
            Value::Text(value.as_str().unwrap().to_string()),
        )
    });
    Goal {
        name: name.to_string(),
        row: row.collect(),
        column: value["column"].as_str().unwrap().to_string(),
        target: match number("at_least") {
            Some(at) => Target::AtLeast(at),
            None => Target::AtMost(number("at_most").unwrap()),
        },
        warn_at: number("warn_at"),
        due: None,
    }
}

/// Reads a table whose first line has `name TYPE` for each column. `~` is NULL.
pub fn table(text: &str, truncated: bool) -> Table {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut columns: Vec<Column> = (lines.next().unwrap_or_default().split(','))
        .filter_map(|head| head.trim().split_once(' '))
        .map(|(name, sql_type)| Column {
            name: name.into(),
            sql_type: sql_type.trim().into(),
            values: Vec::new(),
        })
        .collect();
    for line in lines {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        assert_eq!(cells.len(), columns.len(), "{line}");
        for (column, cell) in columns.iter_mut().zip(cells) {
            let value = value(cell, &column.sql_type);
            column.values.push(value);
        }
    }
    Table {
        columns,
        truncated,
        remarks: cxtop::store::Remarks::default(),
    }
}

fn value(cell: &str, sql_type: &str) -> Value {
    match (cell, sql_type) {
        ("~", _) => Value::Null,
        (cell, "VARCHAR") => Value::Text(cell.to_string()),
        (cell, "BOOLEAN") => Value::Boolean(cell == "true"),
        (cell, "DATE") => Value::Date(cell.parse().unwrap()),
        (cell, "TIMESTAMP") => Value::Timestamp(cell.parse().unwrap()),
        (cell, "DOUBLE") => Value::Double(cell.parse().unwrap()),
        (cell, _) => Value::Integer(cell.parse().unwrap()),
    }
}
