//! The hostile corpus: how many rows load and which lines are rejected, for 85 files that break loaders.

use std::fs;

use cxtop::files::Finality;
use serde_json::Value;

use super::loading::{Memory, from, records, shared, source};

#[test]
fn every_hostile_file_gives_the_rows_and_rejects_it_should() {
    let Some(folder) = shared("hostile") else {
        return;
    };
    let index = fs::read_to_string(folder.join("index.json")).expect("the index");
    let index: Value = serde_json::from_str(&index).expect("an index of JSON");
    let mut wrong = Vec::new();
    for case in index["files"].as_array().expect("a list of files") {
        let name = case["file"].as_str().expect("a name");
        let memory = load(&folder.join("files").join(name), case);
        let rows = memory.rows().len() as u64;
        let lines = memory.rejected_lines();
        if !allows(&case["rows"], rows) || !allows_lines(&case["rejected_lines"], &lines) {
            wrong.push(format!(
                "{name}: {rows} rows, rejected {lines:?}, said {:?}; expected {} and {}",
                memory.said(),
                case["rows"],
                case["rejected_lines"]
            ));
        }
        if rows == 0 {
            assert!(
                !memory.said().is_empty() || !lines.is_empty() || memory.schema.is_some(),
                "{name}: silent"
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn load(path: &std::path::Path, case: &Value) -> Memory {
    // Files whose point is not the event itself leave `event` or the customer out: they feed a table of their own.
    const NO_EVENTS: [&str; 10] = ["08", "24", "25", "26", "41", "46", "52", "58", "82", "83"];
    let name = case["file"].as_str().unwrap_or_default();
    let no_events = NO_EVENTS.iter().any(|number| name.starts_with(number));
    let mut source = if no_events {
        records(path)
    } else {
        source("events", path)
    };
    if let Some(zone) = case["zone"].as_str() {
        source
            .columns
            .insert("ts".to_string(), from("ts", Some(zone)));
    }
    if name.starts_with("46") {
        source.columns.insert("ts".to_string(), from("s", None));
    }
    let mut memory = Memory::default();
    memory.load(&source, Finality::Final).expect("to plan");
    memory
}

fn allows(expected: &Value, rows: u64) -> bool {
    match expected {
        Value::Array(range) if range.get(1) == Some(&Value::from("to")) => {
            let bound = |at: usize| range[at].as_u64().unwrap_or_default();
            (bound(0)..=bound(2)).contains(&rows)
        }
        Value::Array(any) => any.iter().any(|one| one.as_u64() == Some(rows)),
        one => one.as_u64() == Some(rows),
    }
}

fn allows_lines(expected: &Value, lines: &[u64]) -> bool {
    let same = |list: &Value| {
        list.as_array().is_some_and(|list| {
            list.iter()
                .filter_map(Value::as_u64)
                .eq(lines.iter().copied())
        })
    };
    match expected.as_array() {
        None => true,
        Some(any) if any.first().is_some_and(Value::is_array) => any.iter().any(same),
        Some(_) => same(expected),
    }
}
