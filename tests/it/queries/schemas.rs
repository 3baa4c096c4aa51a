//! The published JSON Schemas of `docs/schemas/`: the shipped files keep to them, and they have the keys that the reader
//! takes, no more and no less.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cxtop::queries::check;
use serde_json::Value as Json;

use super::Folder;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> Json {
    let path = root().join("docs/schemas").join(format!("{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Every table a document can hold: the schema, where the table stands in it, and a document with a wrong key there.
const TABLES: &[(&str, &str, &str, &str)] = &[
    ("config", "", "cxtop.toml", "zzzzzzzz = 1\nversion = 1\n"),
    (
        "config",
        "/properties/limits",
        "cxtop.toml",
        "version = 1\n[limits]\nzzzzzzzz = 1\n",
    ),
    (
        "config",
        "/properties/source/items",
        "cxtop.toml",
        "version = 1\n[[source]]\ntable = \"events\"\nfiles = \"x\"\nzzzzzzzz = 1\n",
    ),
    (
        "config",
        "/properties/source/items/properties/columns/additionalProperties/anyOf/1",
        "cxtop.toml",
        "version = 1\n[[source]]\ntable = \"events\"\nfiles = \"x\"\ncolumns.ts = { from = \"t\", zzzzzzzz = 1 }\n",
    ),
    ("dashboard", "", "dashboards/d.toml", "zzzzzzzz = 1\n"),
    (
        "dashboard",
        "/properties/filters/additionalProperties",
        "dashboards/d.toml",
        "[filters]\nsince = { zzzzzzzz = 1 }\n",
    ),
    (
        "dashboard",
        "/properties/rows/items",
        "dashboards/d.toml",
        "[[rows]]\nzzzzzzzz = 1\n",
    ),
    (
        "dashboard",
        "/properties/rows/items/properties/panels/items",
        "dashboards/d.toml",
        "[[rows]]\npanels = [ { zzzzzzzz = 1 } ]\n",
    ),
    ("tests", "", "tests/t.toml", "zzzzzzzz = 1\n"),
    (
        "tests",
        "/properties/case/items",
        "tests/t.toml",
        "[[case]]\nzzzzzzzz = 1\n",
    ),
    ("journey", "", "journey.toml", "zzzzzzzz = 1\n"),
    (
        "journey",
        "/properties/stage/items",
        "journey.toml",
        "[[stage]]\nname = \"a\"\nzzzzzzzz = 1\n",
    ),
    (
        "journey",
        "/properties/stage/items/properties/touchpoint/items",
        "journey.toml",
        "[[stage]]\nname = \"a\"\n[[stage.touchpoint]]\nzzzzzzzz = 1\n",
    ),
    (
        "journey",
        "/properties/stage/items/properties/metric",
        "journey.toml",
        "[[stage]]\nname = \"a\"\nmetric = { query = \"q\", zzzzzzzz = 1 }\n",
    ),
    (
        "journey",
        "/properties/stage/items/properties/goal",
        "journey.toml",
        "[[stage]]\nname = \"a\"\nmetric = { query = \"q\" }\ngoal = { at_least = 1, zzzzzzzz = 1 }\n",
    ),
    ("annotations", "", "annotations.toml", "zzzzzzzz = 1\n"),
    (
        "annotations",
        "/properties/annotation/items",
        "annotations.toml",
        "[[annotation]]\nzzzzzzzz = 1\n",
    ),
];

#[test]
fn a_schema_has_the_keys_that_the_reader_takes() {
    for (name, pointer, file, text) in TABLES {
        let folder = Folder::with(&[(file, text)]);
        let problems = check(&folder.path()).unwrap();
        let unknown = problems
            .iter()
            .find(|problem| problem.error.message.contains("zzzzzzzz"));
        let help = unknown.unwrap().error.help.clone().unwrap();
        let known: BTreeSet<String> = help
            .trim_start_matches("known keys: ")
            .split(", ")
            .map(str::to_string)
            .collect();
        let schema = schema(name);
        let keys = schema.pointer(pointer).unwrap()["properties"]
            .as_object()
            .unwrap();
        let keys: BTreeSet<String> = keys.keys().cloned().collect();
        assert_eq!(keys, known, "{name} {pointer}");
    }
}

#[test]
fn every_table_of_every_schema_is_compared_with_the_reader() {
    for name in ["config", "dashboard", "tests", "journey", "annotations"] {
        let mut found = Vec::new();
        tables(&schema(name), "", &mut found);
        for pointer in found {
            let same = |one: &str| one.replace("/touchpoint/items/properties", "");
            let compared = TABLES
                .iter()
                .any(|(of, at, _, _)| *of == name && same(at) == same(&pointer));
            assert!(compared, "{name} {pointer}");
        }
    }
}

/// Finds the tables of a schema whose keys are fixed.
fn tables(schema: &Json, pointer: &str, found: &mut Vec<String>) {
    if schema.get("properties").is_some() && schema["type"] == "object" {
        found.push(pointer.to_string());
    }
    match schema {
        Json::Object(members) => members
            .iter()
            .for_each(|(key, member)| tables(member, &format!("{pointer}/{key}"), found)),
        Json::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| tables(item, &format!("{pointer}/{index}"), found)),
        _ => {}
    }
}

#[test]
fn the_shipped_files_name_their_schema_and_keep_to_it() {
    let queries = root().join("queries");
    let mut files = Vec::new();
    collect(&queries, &mut files);
    assert!(files.len() > 10);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let named = first.strip_prefix("#:schema ").unwrap_or_default();
        let path = file.parent().unwrap().join(named);
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            !published.is_empty(),
            "{} names no schema: {first}",
            file.display()
        );
        let schema: Json = serde_json::from_str(&published).unwrap();
        let document: toml::Table = text.parse().unwrap();
        let mut wrong = Vec::new();
        hold(
            &schema,
            &json(&toml::Value::Table(document)),
            "",
            &mut wrong,
        );
        assert!(
            wrong.is_empty(),
            "{}:\n{}",
            file.display(),
            wrong.join("\n")
        );
    }
}

#[test]
fn a_schema_refuses_what_the_reader_refuses() {
    let wrong = [
        ("config", "version = 2"),
        ("config", "version = 1\nweek_start = \"mon\""),
        ("config", "version = 1\n[tables.events]\namount = \"MONEY\""),
        ("dashboard", "version = 1\nrows = []"),
        (
            "dashboard",
            "version = 1\n[[rows]]\nheight = 0\npanels = [ { query = \"q\" } ]",
        ),
        ("tests", "query = \"q\"\n[[case]]\nname = \"no rows\""),
        (
            "journey",
            "version = 1\n[[stage]]\nname = \"a\"\nmetric = { column = \"value\" }",
        ),
        (
            "annotations",
            "version = 1\n[[annotation]]\ndate = 2025-01-01",
        ),
        (
            "annotations",
            "[[annotation]]\ndate = 2025-01-01\ntext = \"a\"",
        ),
    ];
    for (name, text) in wrong {
        let document: toml::Table = text.parse().unwrap();
        let mut found = Vec::new();
        hold(
            &schema(name),
            &json(&toml::Value::Table(document)),
            "",
            &mut found,
        );
        assert!(!found.is_empty(), "{name}: {text}");
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
}

/// Returns a TOML value as editors hold it against a schema: days and times are text.
fn json(value: &toml::Value) -> Json {
    match value {
        toml::Value::String(text) => Json::from(text.as_str()),
        toml::Value::Integer(number) => Json::from(*number),
        toml::Value::Float(number) => Json::from(*number),
        toml::Value::Boolean(truth) => Json::from(*truth),
        toml::Value::Datetime(time) => Json::from(time.to_string()),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => {
            let members = table.iter().map(|(key, value)| (key.clone(), json(value)));
            Json::Object(members.collect())
        }
    }
}

/// Holds a value against the parts of JSON Schema that the published ones use.
fn hold(schema: &Json, value: &Json, at: &str, wrong: &mut Vec<String>) {
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = |one: &Json| {
            let mut inner = Vec::new();
            hold(one, value, at, &mut inner);
            inner.is_empty()
        };
        if !any.iter().any(fits) {
            wrong.push(format!("{at}: fits no form"));
        }
    }
    let types = match &schema["type"] {
        Json::String(name) => vec![name.as_str()],
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => false,
    };
    if !types.is_empty() && !types.iter().any(is) {
        wrong.push(format!("{at}: {value} is no {types:?}"));
    }
    let named = schema.get("enum").and_then(Json::as_array);
    let differs = schema.get("const").is_some_and(|only| only != value);
    if differs || named.is_some_and(|words| !words.contains(value)) {
        wrong.push(format!("{at}: {value} is not allowed"));
    }
    let number = value.as_f64();
    let low = schema["minimum"]
        .as_f64()
        .zip(number)
        .is_some_and(|(least, is)| is < least);
    let high = schema["maximum"]
        .as_f64()
        .zip(number)
        .is_some_and(|(most, is)| is > most);
    if low || high {
        wrong.push(format!("{at}: {value} is out of range"));
    }
    if let Some(items) = value.as_array() {
        let least = schema["minItems"].as_u64().unwrap_or_default();
        if (items.len() as u64) < least {
            wrong.push(format!("{at}: too few"));
        }
        for (index, item) in items.iter().enumerate() {
            hold(&schema["items"], item, &format!("{at}[{index}]"), wrong);
        }
    }
    let Some(members) = value.as_object() else {
        return;
    };
    for key in schema["required"].as_array().into_iter().flatten() {
        if !members.contains_key(key.as_str().unwrap_or_default()) {
            wrong.push(format!("{at}: {key} is missing"));
        }
    }
    for (key, member) in members {
        let at = format!("{at}.{key}");
        match (
            schema["properties"].get(key),
            &schema["additionalProperties"],
        ) {
            (Some(inner), _) => hold(inner, member, &at, wrong),
            (None, Json::Bool(false)) => wrong.push(format!("{at}: unknown key")),
            (None, free) => hold(free, member, &at, wrong),
        }
    }
}
