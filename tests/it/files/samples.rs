//! Real and made-up exports that need no preset: their numbers.

use std::collections::BTreeSet;
use std::path::Path;

use cxtop::files::Finality;

use super::loading::{Memory, from, shared, source};

/// Files, and how many records they have, all of which load.
const COUNTS: &[(&str, usize)] = &[
    ("third-party/ecom/ecom.csv.gz", 31_106),
    ("third-party/telco/Telco-Customer-Churn.csv", 7_043),
    ("third-party/lifetimes/example_transactions.csv", 15_273),
    ("third-party/retail-by-day/2010-12-*.csv", 42_481),
    ("third-party/jaffle-shop/raw_customers.csv", 100),
    ("third-party/jaffle-shop/raw_orders.csv", 99),
    ("third-party/jaffle-shop/raw_payments.csv", 113),
    ("third-party/segment/example_segment_pages.csv", 1),
    // A second header row each, which a preset will know.
    ("third-party/surveymonkey/StarWars.csv", 1_187),
    ("third-party/surveymonkey/steak-risk-survey.csv", 551),
];

#[test]
fn third_party_files_load_completely() {
    for (files, expected) in COUNTS {
        let Some(memory) = load("records", files) else {
            return;
        };
        assert_eq!(
            memory.rows().len(),
            *expected,
            "{files}: {:?}",
            memory.said()
        );
        assert_eq!(memory.rejected_lines(), Vec::<u64>::new(), "{files}");
        assert!(memory.errors.is_empty(), "{files}: {:?}", memory.errors);
    }
}

#[test]
fn shop_events_are_events() {
    let Some(root) = shared("third-party") else {
        return;
    };
    let mut source = source("events", &root.join("ecom/ecom.csv.gz"));
    source
        .columns
        .insert("event".to_string(), from("event", None));
    let mut memory = Memory::default();
    memory.load(&source, Finality::Final).expect("to load");
    let rows = memory.rows();
    let distinct = |column: &str| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert_eq!(
        (rows.len(), distinct("customer_id"), distinct("session_id")),
        (31_106, 600, 3_605)
    );
}

#[test]
fn spreadsheet_ids_are_ids() {
    let Some(memory) = load("records", "third-party/retail-by-day/2010-12-*.csv") else {
        return;
    };
    let rows = memory.rows();
    let customers: BTreeSet<_> = rows
        .iter()
        .filter_map(|row| row.get("customer_id"))
        .collect();
    let without = rows
        .iter()
        .filter(|row| !row.contains_key("customer_id"))
        .count();
    let invoices: BTreeSet<_> = rows
        .iter()
        .filter_map(|row| row.get("invoice_no"))
        .collect();
    assert_eq!(
        (customers.len(), without, invoices.len()),
        (948, 15_631, 2_025)
    );
    assert!(
        customers
            .iter()
            .all(|id| id.bytes().all(|byte| byte.is_ascii_digit())),
        "an id has a point"
    );
    assert_eq!(
        memory.kind("quantity"),
        Some(cxtop::files::ColumnType::Integer)
    );
    assert_eq!(
        memory.kind("invoice_date"),
        Some(cxtop::files::ColumnType::Timestamp)
    );
}

#[test]
fn a_plain_export_is_read_without_a_preset() {
    let Some(root) = shared("made-up") else {
        return;
    };
    let mut memory = Memory::default();
    memory
        .load(
            &source("events", &root.join("mixpanel/export-utc.ndjson")),
            Finality::Final,
        )
        .expect("to load");
    assert_eq!(
        (memory.rows().len(), memory.rejected_lines()),
        (12, vec![10]),
        "{:?}",
        memory.files[0].rejects
    );
}

fn load(table: &str, files: &str) -> Option<Memory> {
    let (folder, name) = files.split_once('/')?;
    let path = shared(folder)?.join(Path::new(name));
    let mut memory = Memory::default();
    memory
        .load(&source(table, &path), Finality::Final)
        .expect("to load");
    Some(memory)
}
