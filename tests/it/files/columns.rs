//! Parquet columns taken as a whole give the rows that they give when a record needs a look of its own.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use cxtop::files::Finality;
use parquet::arrow::ArrowWriter;

use super::loading::{Memory, source};

const ROWS: usize = 30_000;
/// The record that has no time in one of the files, so that its neighbours are read one by one.
const TIMELESS: usize = 20_000;

#[test]
fn a_record_without_a_time_changes_nothing_for_its_neighbours() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = load(&folder.path().join("whole.parquet"), None);
    let one_by_one = load(&folder.path().join("one.parquet"), Some(TIMELESS));
    let mut expected = whole.rows();
    assert_eq!(expected.len(), ROWS);
    expected.remove(TIMELESS);
    assert!(one_by_one.rows() == expected);
    assert_eq!(one_by_one.files[0].rejects.len(), 1);
    assert_eq!(one_by_one.files[0].rejects[0].reason, "no ts");
    let row = &expected[5];
    assert_eq!(row["customer_id"], "5");
    assert!(!row.contains_key("amount") && !row.contains_key("note"));
    assert_eq!(row["ts"], "2024-03-09T10:00:00.000005Z");
}

fn load(path: &Path, timeless: Option<usize>) -> Memory {
    let number = |row: usize| i64::try_from(row).expect("a small number");
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "customer_id",
            Arc::new(
                (0..ROWS)
                    .map(|row| Some(format!(" {row}.0 ")))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "event",
            Arc::new(
                (0..ROWS)
                    .map(|row| (row % 7 > 0).then_some("visit"))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "ts",
            Arc::new(
                (0..ROWS)
                    .map(|row| {
                        (Some(row) != timeless).then_some(1_709_978_400_000_000 + number(row))
                    })
                    .collect::<TimestampMicrosecondArray>(),
            ),
        ),
        (
            "amount",
            Arc::new(
                (0..ROWS)
                    .map(|row| match row % 10 {
                        5 => Some(f64::NAN),
                        6 => None,
                        _ => Some(12.5),
                    })
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "large",
            Arc::new(
                (0..ROWS)
                    .map(|row| Some(i64::MAX - number(row)))
                    .collect::<Int64Array>(),
            ),
        ),
        (
            "note",
            Arc::new(
                (0..ROWS)
                    .map(|row| Some(if row % 2 > 0 { "  " } else { "ü" }))
                    .collect::<StringArray>(),
            ),
        ),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, values)| (name, values, true)),
    )
    .expect("columns of one length");
    let file = File::create(path).expect("to create");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("to begin");
    writer.write(&batch).expect("to write");
    writer.close().expect("to end");
    let mut memory = Memory::default();
    memory
        .load(&source("events", path), Finality::Final)
        .expect("to load");
    memory
}
