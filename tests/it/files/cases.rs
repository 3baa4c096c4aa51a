//! Small files and what becomes of them, one case a line of a table.

use std::fs;
use std::path::Path;

use cxtop::files::{ColumnType, FileReader, Finality, Mode, Privacy, Schema, Source, Start, Task};

use super::loading::{Memory, Row, from, source};

/// A file, and its rows as `column=value` in the order of names.
struct Case {
    name: &'static str,
    table: &'static str,
    file: &'static str,
    text: &'static str,
    rows: &'static [&'static str],
    rejects: &'static [(u64, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        name: "usual spellings become canonical columns",
        table: "events",
        file: "a.csv",
        text: "Timestamp,userId,Event Name,Plan Name\n2024-03-09T10:00:00Z,u-1,login,Pro\n",
        rows: &["customer_id=u-1 event=login plan_name=Pro ts=2024-03-09T10:00:00Z"],
        rejects: &[],
    },
    Case {
        name: "the most telling spelling wins, wherever it stands",
        table: "events",
        file: "a.ndjson",
        text: r#"{"created_at":"2024-01-01T00:00:00Z","name":"x","event":"login","timestamp":1709978400,"distinct_id":7}"#,
        rows: &[
            "created_at=2024-01-01T00:00:00Z customer_id=7 event=login name=x ts=2024-03-09T10:00:00Z",
        ],
        rejects: &[],
    },
    Case {
        name: "properties become columns, deeper values stay JSON",
        table: "events",
        file: "a.ndjson",
        text: concat!(
            r#"{"ts":"2024-03-09T10:00:00Z","user_id":"u","event":"buy","properties":{"amount":12.5,"items":[1,2],"plan":"pro"}}"#,
            "\n",
            r#"{"ts":"2024-03-09T10:00:01Z","user_id":"u","event":"buy","plan":"free","properties":{"amount":3,"plan":"x"},"context":{"ip":"::1","page":{"url":"/"}}}"#,
            "\n",
        ),
        rows: &[
            r#"amount=12.5 customer_id=u event=buy plan=pro properties={"items":[1,2]} ts=2024-03-09T10:00:00Z"#,
            r#"amount=3 context_ip=::1 customer_id=u event=buy plan=free properties={"plan":"x","context":{"page":{"url":"/"}}} ts=2024-03-09T10:00:01Z"#,
        ],
        rejects: &[],
    },
    Case {
        name: "a record of events without a time is a reject, one of nobody is not",
        table: "events",
        file: "a.csv",
        text: "ts,customer_id,event\n2024-03-09,u,a\nTotal,u,a\n,u,a\n2024-03-09,,a\n2024-03-09,u,\n3024-03-09,u,a\n",
        rows: &[
            "customer_id=u event=a ts=2024-03-09T00:00:00Z",
            "event=a ts=2024-03-09T00:00:00Z",
            "customer_id=u ts=2024-03-09T00:00:00Z",
        ],
        rejects: &[
            (3, "`Total` in ts is no time"),
            (4, "no ts"),
            (7, "ts is not between 1900 and 2199"),
        ],
    },
    Case {
        name: "identifiers stay text and lose only what a spreadsheet added",
        table: "surveys",
        file: "a.csv",
        text: "user_id,order_id,score\n007,000123,9\n17850.0,1.7E+11,10\n 12 ,5,\n",
        rows: &[
            "customer_id=007 order_id=000123 score=9",
            "customer_id=17850 order_id=1.7E+11 score=10",
            "customer_id=12 order_id=5",
        ],
        rejects: &[],
    },
    Case {
        name: "words for nothing are NULL in numbers and stay in text",
        table: "surveys",
        file: "a.csv",
        text: "customer_id,score,visits,country\nu,9,1,NA\nu,N/A,-,DE\nu,eleven,null,-\n",
        rows: &[
            "country=NA customer_id=u score=9 visits=1",
            "country=DE customer_id=u",
            "country=- customer_id=u",
        ],
        rejects: &[],
    },
    Case {
        name: "semicolons, a byte order mark and carriage returns",
        table: "customers",
        file: "a.csv",
        text: "\u{feff}customer_id;Name;Since\r\nu-1;\"A; \"\"B\"\"\r\nC\";2024-01-31\r\n",
        rows: &["customer_id=u-1 name=A; \"B\"\r\nC since=2024-01-31"],
        rejects: &[],
    },
    Case {
        name: "objects over several lines",
        table: "orders",
        file: "a.json",
        text: "{\n \"id\": 1,\n \"paid\": true\n}\n{\n \"id\": 2,\n \"paid\": false\n}\n",
        rows: &["id=1 paid=true", "id=2 paid=false"],
        rejects: &[],
    },
    Case {
        name: "objects on one line",
        table: "orders",
        file: "a.json",
        text: r#"{"id":1}{"id":2} {"id":3}"#,
        rows: &["id=1", "id=2", "id=3"],
        rejects: &[],
    },
    Case {
        name: "a pretty array with a bad element",
        table: "orders",
        file: "a.json",
        text: "[\n  {\"id\": 1},\n  [2],\n  {\"id\": 3,},\n  {\"id\": 4}\n]\n",
        rows: &["id=1", "id=4"],
        rejects: &[
            (3, "it is no JSON object"),
            (4, "it is no JSON: trailing comma"),
        ],
    },
    Case {
        name: "rejects name the physical line",
        table: "orders",
        file: "a.csv",
        text: "id,note\n1,\"two\nlines\"\n2\n\n3,\"never closed\n4,x\n",
        rows: &["id=1 note=two\nlines", "id=4 note=x"],
        rejects: &[
            (4, "1 of 2 fields"),
            (6, "a quote is opened and never closed"),
        ],
    },
    Case {
        name: "types are those of all values",
        table: "orders",
        file: "a.csv",
        text: "n,d,t,b,big,zip\n1,2024-01-01,2024-01-01,true,9007199254740993,01\n2.5,2024-01-02,2024-01-02 10:00,false,0.5,02\n",
        rows: &[
            "b=true big=9007199254740993 d=2024-01-01 n=1 t=2024-01-01T00:00:00Z zip=01",
            "b=false big=0.5 d=2024-01-02 n=2.5 t=2024-01-02T10:00:00Z zip=02",
        ],
        rejects: &[],
    },
];

#[test]
fn small_files_give_these_rows_and_rejects() {
    for case in CASES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(case.file);
        fs::write(&path, case.text).expect("to write");
        let mut memory = Memory::default();
        memory
            .load(&source(case.table, &path), Finality::Final)
            .expect("to plan");
        let rows: Vec<String> = memory.rows().iter().map(shown).collect();
        assert_eq!(rows, case.rows, "{}: {:?}", case.name, memory.said());
        let rejects: Vec<(u64, &str)> = memory
            .files
            .iter()
            .flat_map(|file| &file.rejects)
            .map(|reject| (reject.line, reject.reason.as_str()))
            .collect();
        assert_eq!(rejects, case.rejects, "{}", case.name);
    }
}

#[test]
fn a_later_file_widens_a_type_in_the_first_load_and_not_after_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("1.csv"), "id,n\na,1\n").expect("to write");
    fs::write(folder.path().join("2.csv"), "id,n\nb,1.5\n").expect("to write");
    let source = source("orders", &folder.path().join("*.csv"));
    let mut memory = Memory::default();
    memory.load(&source, Finality::Final).expect("to load");
    assert_eq!(memory.kind("n"), Some(ColumnType::Double));
    fs::write(folder.path().join("3.csv"), "id,n,late\nc,many,7\n").expect("to write");
    memory.load(&source, Finality::Final).expect("to load");
    assert_eq!(memory.kind("n"), Some(ColumnType::Double));
    assert_eq!(memory.kind("late"), Some(ColumnType::Integer));
    assert_eq!(memory.misfits.get("n"), Some(&1));
    assert_eq!(
        memory.rows().iter().map(shown).collect::<Vec<_>>(),
        ["id=a n=1", "id=b n=1.5", "id=c late=7"]
    );
}

#[test]
fn columns_are_mapped_and_zones_applied() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, "who,when,what,ts\nu,3/9/2024 10:00,login,ignored\n").expect("to write");
    let mut source = source("events", &path);
    source
        .columns
        .insert("customer_id".to_string(), from("who", None));
    source
        .columns
        .insert("event".to_string(), from("what", None));
    source
        .columns
        .insert("ts".to_string(), from("when", Some("Asia/Kolkata")));
    let rows = rows_of(&source);
    assert_eq!(
        rows,
        ["customer_id=u event=login ts=2024-03-09T04:30:00Z ts_2=ignored"]
    );
}

#[test]
fn private_columns_are_dropped_and_masked_wherever_they_stand() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.ndjson");
    let line = r#"{"ts":"2024-03-09T10:00:00Z","user_id":"u","event":"a","email":"ada@example.org","phone":"1","deep":{"list":[{"email":"x","phone":"2"}]}}"#;
    fs::write(&path, format!("{line}\n{{\"ts\":\"ada@example.org\"}}\n")).expect("to write");
    let mut source = source("events", &path);
    source.privacy.insert("email".to_string(), Privacy::Mask);
    source.privacy.insert("phone".to_string(), Privacy::Drop);
    let mut memory = Memory::default();
    memory.load(&source, Finality::Final).expect("to load");
    let rows: Vec<String> = memory.rows().iter().map(shown).collect();
    let kept = r#"customer_id=u email=*** event=a properties={"deep":{"list":[{"email":"***"}]}} ts=2024-03-09T10:00:00Z"#;
    assert_eq!(rows, [kept]);
    assert!(
        !format!("{memory:?}").contains("ada@"),
        "a private value is kept: {memory:?}"
    );
}

#[test]
fn private_keys_inside_a_field_of_json_are_masked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.csv");
    fs::write(
        &path,
        "ts,user_id,event,properties\n2024-03-09,u,a,\"{\"\"email\"\":\"\"ada\"\",\"\"n\"\":1}\"\n",
    )
    .expect("to write");
    let mut source = source("events", &path);
    source.privacy.insert("email".to_string(), Privacy::Mask);
    let kept = r#"customer_id=u event=a properties={"email":"***","n":1} ts=2024-03-09T00:00:00Z"#;
    assert_eq!(rows_of(&source), [kept]);
}

#[test]
fn a_touched_file_is_not_read_again_and_keeps_its_keys() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.ndjson");
    fs::write(
        &path,
        "{\"created_at\":\"2024-03-09\",\"user_id\":\"u\",\"event\":\"a\"}\n",
    )
    .expect("to write");
    let source = source("events", &path);
    let mut memory = Memory::default();
    memory.load(&source, Finality::Growing).expect("to load");
    let keys = memory.files[0].checkpoint.keys.clone();
    assert_eq!(keys.len(), 3);
    let file = fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .expect("to open");
    file.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .expect("to touch");
    memory.load(&source, Finality::Growing).expect("to load");
    assert_eq!(
        (memory.rows().len(), &memory.files[0].checkpoint.keys),
        (1, &keys)
    );
    assert_eq!(memory.files[0].checkpoint.modified, 0);
}

#[test]
fn missing_columns_are_named_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, "ts,shop\n2024-03-09,Berlin\n").expect("to write");
    let mut memory = Memory::default();
    memory
        .load(&source("events", &path), Finality::Final)
        .expect("to plan");
    let expected = format!(
        "{}: no column is known to be `customer_id`\n  help: name it under [source.columns], as in customer_id = \"…\"; the columns are ts, shop",
        path.display()
    );
    assert_eq!(memory.said(), [expected]);
}

#[test]
fn what_is_no_regular_file_is_left_out_and_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("folder.csv")).expect("a folder");
    fs::write(folder.path().join("good.csv"), "id\n1\n").expect("to write");
    std::os::unix::fs::symlink("loop.csv", folder.path().join("loop.csv")).expect("a link");
    std::os::unix::fs::symlink("nowhere", folder.path().join("gone.csv")).expect("a link");
    std::os::unix::fs::symlink("good.csv", folder.path().join("same.csv")).expect("a link");
    let mut memory = Memory::default();
    memory
        .load(
            &source("orders", &folder.path().join("*.csv")),
            Finality::Final,
        )
        .expect("to load");
    assert_eq!(memory.rows().len(), 1);
    let said = memory.said().join("\n");
    for words in [
        "folder.csv is left out: it is a folder",
        "loop.csv is left out: its link",
        "gone.csv is left out: it is not there",
        "same.csv is left out: the same file",
    ] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
}

#[test]
fn a_name_with_pattern_characters_is_that_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["a[1].csv", "b*.csv", "c d.csv", "-e.csv", "f'\"\n.csv"] {
        let path = folder.path().join(name);
        fs::write(&path, "id\n1\n").expect("to write");
        assert_eq!(rows_of(&source("orders", &path)), ["id=1"], "{name:?}");
    }
}

#[test]
fn compressed_forms_of_a_pattern_are_found_unless_the_plain_file_is_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let packed = zstd::encode_all(&b"id\n2\n"[..], 0).expect("to compress");
    fs::create_dir_all(folder.path().join("2024/03")).expect("folders");
    fs::write(folder.path().join("2024/03/b.csv.zst"), &packed).expect("to write");
    fs::write(folder.path().join("a.csv.zst"), &packed).expect("to write");
    fs::write(folder.path().join("a.csv"), "id\n1\n").expect("to write");
    let rows = rows_of(&source("orders", &folder.path().join("**/*.csv")));
    assert_eq!(rows, ["id=2", "id=1"]);
}

#[test]
fn a_batch_ends_after_many_rows_and_its_checkpoint_is_behind_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.csv");
    let lines: Vec<String> = (0..40_000).map(|n| format!("{n},x")).collect();
    fs::write(&path, format!("n,t\n{}\n", lines.join("\n"))).expect("to write");
    let source = source("orders", &path);
    let mut schema = Schema::new(&source);
    let mut reader = open(&source, &path);
    let first = reader
        .next_batch(&mut schema)
        .expect("to read")
        .expect("a batch");
    assert_eq!(first.rows, 16_384);
    let mut checkpoint = reader.checkpoint();
    assert_eq!(checkpoint.lines, 16_385);
    checkpoint.size = checkpoint.offset;
    let task = Task {
        path: path.clone(),
        bytes: 0,
        start: Start::Resume(checkpoint),
    };
    schema.settle();
    assert_eq!(schema.mode, Mode::Keep);
    let mut rest = FileReader::open(&source, &task, Finality::Final).expect("to open");
    let mut rows = 0;
    while let Some(batch) = rest.next_batch(&mut schema).expect("to read") {
        rows += batch.rows;
    }
    assert_eq!(rows, 40_000 - 16_384);
}

fn open(source: &Source, path: &Path) -> FileReader {
    let task = Task {
        path: path.to_path_buf(),
        bytes: 0,
        start: Start::New,
    };
    FileReader::open(source, &task, Finality::Final).expect("to open")
}

fn rows_of(source: &Source) -> Vec<String> {
    let mut memory = Memory::default();
    memory.load(source, Finality::Final).expect("to load");
    memory.rows().iter().map(shown).collect()
}

/// Returns a row as `column=value` in the order of names.
fn shown(row: &Row) -> String {
    row.iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join(" ")
}
