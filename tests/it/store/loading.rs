//! Loading: types, appended, half-written, late, bad, rewritten and renamed input; stopping; and going on after a restart.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use cxtop::error::Kind;
use cxtop::files::{ColumnType, Finality, Source};
use cxtop::store::{Go, Loading, Options, Progress, Store};
use tempfile::TempDir;

use super::{ask, options};

/// A folder of input files and a store that reads them.
struct House {
    folder: TempDir,
    store: Store,
    sources: Vec<Source>,
}

impl House {
    fn new(sources: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sources = sources
            .iter()
            .map(|(table, files)| source(table, &folder.path().join(files)))
            .collect();
        Self {
            folder,
            store: Store::open(&options()).unwrap(),
            sources,
        }
    }

    /// Moves the store into a file.
    fn in_file(mut self) -> Self {
        self.reopen();
        self
    }

    fn reopen(&mut self) {
        self.store = Store::open(&options()).unwrap();
        let file = Some(self.folder.path().join("db/cx.duckdb"));
        self.store = Store::open(&Options { file, ..options() }).unwrap();
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new()
            .append(true)
            .open(self.folder.path().join(name))
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn load(&mut self) -> Loading {
        self.store.load(&self.sources, &mut |_| Go::On).unwrap()
    }

    fn ask(&self, sql: &str) -> String {
        ask(&self.store.connect().unwrap(), sql)
    }
}

fn source(table: &str, files: &Path) -> Source {
    Source {
        table: table.to_string(),
        files: files.to_path_buf(),
        preset: "auto".to_string(),
        columns: BTreeMap::new(),
        privacy: BTreeMap::new(),
        types: BTreeMap::new(),
    }
}

fn event(customer: &str, name: &str, time: &str) -> String {
    format!(
        "{{\"customer_id\": \"{customer}\", \"event\": \"{name}\", \"ts\": \"2025-01-01 {time}\"}}\n"
    )
}

#[test]
fn appended_records_are_loaded_once() {
    let mut house = House::new(&[("events", "*.ndjson")]);
    house.write(
        "a.ndjson",
        &(event("1", "visit", "09:00:00") + &event("2", "visit", "10:00:00")),
    );
    let first = house.load();
    assert_eq!(
        (first.files, first.rows, first.rejects, &first.changed[..]),
        (1, 2, 0, &[("events".to_string(), 1)][..])
    );
    let nothing = house.load();
    assert_eq!(
        nothing,
        Loading {
            elapsed: nothing.elapsed,
            ..Loading::default()
        }
    );
    house.append("a.ndjson", &event("1", "signup", "11:00:00"));
    house.write("b.ndjson", &event("3", "visit", "12:00:00"));
    let second = house.load();
    assert_eq!(
        (second.files, second.rows, &second.changed[..]),
        (2, 2, &[("events".to_string(), 3)][..])
    );
    assert_eq!(
        house.ask("SELECT customer_id, event, ts FROM events ORDER BY ts"),
        "1 | visit | 2025-01-01 09:00:00\n2 | visit | 2025-01-01 10:00:00\n1 | signup | 2025-01-01 11:00:00\n3 | visit | 2025-01-01 12:00:00"
    );
    assert_eq!(
        house.ask("SELECT _cxtop_file, _cxtop_row FROM loaded.events ORDER BY ALL"),
        "1 | 1\n1 | 2\n1 | 3\n2 | 1"
    );
}

#[test]
fn a_half_written_line_is_pending_until_it_is_whole_or_the_file_is_final() {
    let mut house = House::new(&[("events", "a.ndjson")]);
    let (line, rest) = (
        event("1", "visit", "09:00:00"),
        event("2", "visit", "10:00:00"),
    );
    house.write("a.ndjson", &(line.clone() + &rest[..20]));
    assert_eq!(house.load().rows, 1);
    let health = house.store.health().unwrap();
    assert_eq!(
        (health[0].rows, health[0].pending_bytes, health[0].rejects),
        (1, 20, 0)
    );
    house.append("a.ndjson", &rest[20..]);
    assert_eq!(house.load().rows, 1);
    assert_eq!(house.store.health().unwrap()[0].pending_bytes, 0);
    house.append("a.ndjson", event("3", "visit", "11:00:00").trim_end());
    assert_eq!(house.load().rows, 0);
    house.store.finality = Finality::Final;
    assert_eq!(house.load().rows, 1);
    assert_eq!(
        house.ask("SELECT count(DISTINCT customer_id), count(*) FROM events"),
        "3 | 3"
    );
}

#[test]
fn types_come_from_all_of_the_first_load() {
    let mut house = House::new(&[("orders", "*.csv")]);
    let mut whole = "id,amount,day,empty\n".to_string();
    (0..40_000).for_each(|number| writeln!(whole, "{number},{number},2025-01-01,").unwrap());
    house.write("a.csv", &whole);
    house.write(
        "b.csv",
        "id,amount,day,empty\n1,2.5,2025-01-02,\nx7,3,2025-01-03 10:00:00,\n",
    );
    let loading = house.load();
    assert_eq!(
        (loading.files, loading.rows, loading.changed),
        (2, 40_002, vec![("orders".to_string(), 1)])
    );
    assert_eq!(
        house.ask("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'orders' AND schema_name = 'main' ORDER BY column_index"),
        "id | VARCHAR\namount | DOUBLE\nday | TIMESTAMP\nempty | VARCHAR"
    );
    assert_eq!(
        house.ask("SELECT count(*), sum(amount), count(id), max(day) FROM orders"),
        "40002 | 799980005.5 | 40002 | 2025-01-03 10:00:00"
    );
    house.append("b.csv", "1,much,2025-01-04,\n");
    assert_eq!(house.load().rows, 1);
    assert_eq!(
        house.ask("SELECT count(*) FROM orders WHERE amount IS NULL"),
        "1"
    );
    assert_eq!(house.store.health().unwrap()[0].misfits, 1);
}

#[test]
fn a_later_column_is_added_and_said() {
    let mut house = House::new(&[("events", "a.ndjson")]);
    house.write("a.ndjson", &event("1", "visit", "09:00:00"));
    house.load();
    let session = house.store.connect().unwrap();
    house.append(
        "a.ndjson",
        &event("2", "buy", "10:00:00").replace('}', ", \"amount\": 12.5}"),
    );
    let loading = house.load();
    assert!(
        loading
            .notes
            .contains(&"events: new column amount (DOUBLE)".to_string()),
        "{:?}",
        loading.notes
    );
    assert_eq!(
        ask(
            &session,
            "SELECT customer_id, amount FROM events ORDER BY 1"
        ),
        "1 | NULL\n2 | 12.5"
    );
    let shape = session.shape().unwrap();
    assert!(shape.iter().any(|(table, columns)| table == "events"
        && columns.contains(&("amount".into(), "DOUBLE".into()))));
}

#[test]
fn bad_records_are_kept_with_file_line_and_reason() {
    let mut house = House::new(&[("events", "a.ndjson")]);
    house.write(
        "a.ndjson",
        &(event("1", "visit", "09:00:00") + "{not json\n" + &event("2", "visit", "10:00:00")),
    );
    let loading = house.load();
    assert_eq!((loading.rows, loading.rejects), (2, 1));
    let file = house.folder.path().join("a.ndjson").display().to_string();
    assert_eq!(
        house.ask("SELECT table_name, file, line, excerpt, length(reason) > 0, \"at\" IS NOT NULL FROM _cxtop.rejects"),
        format!("events | {file} | 2 | {{not json | true | true")
    );
    assert_eq!(house.store.health().unwrap()[0].rejects, 1);
}

#[test]
fn a_rewritten_file_replaces_its_rows() {
    let mut house = House::new(&[("events", "*.ndjson")]).in_file();
    house.write(
        "a.ndjson",
        &(event("1", "visit", "09:00:00") + "bad\n" + &event("2", "visit", "10:00:00")),
    );
    house.write("b.ndjson", &event("9", "visit", "23:00:00"));
    house.load();
    house.write("a.ndjson", &event("7", "other", "08:00:00"));
    let loading = house.load();
    assert_eq!((loading.rows, loading.changed.len()), (1, 1));
    assert!(
        loading
            .notes
            .iter()
            .any(|note| note.contains("was rewritten: its 2 rows were read again")),
        "{:?}",
        loading.notes
    );
    assert_eq!(
        house.ask("SELECT customer_id FROM events ORDER BY 1"),
        "7\n9"
    );
    assert_eq!(house.ask("SELECT count(*) FROM _cxtop.rejects"), "0");
    assert_eq!(house.store.health().unwrap()[0].rows, 2);
}

#[test]
fn a_renamed_file_goes_on_where_it_was_and_its_name_is_free_again() {
    let mut house = House::new(&[("events", "*.ndjson*")]);
    house.write("a.ndjson", &event("1", "visit", "09:00:00"));
    house.load();
    let path = |name: &str| house.folder.path().join(name);
    fs::rename(path("a.ndjson"), path("a.ndjson.1")).unwrap();
    house.append("a.ndjson.1", &event("2", "visit", "10:00:00"));
    house.write("a.ndjson", &event("3", "visit", "11:00:00"));
    assert_eq!(house.load().rows, 2);
    assert_eq!(
        house.ask("SELECT customer_id FROM events ORDER BY 1"),
        "1\n2\n3"
    );
    assert_eq!(
        house.ask("SELECT id, split_part(path, '/', -1) FROM _cxtop.files ORDER BY 1"),
        "1 | a.ndjson.1\n2 | a.ndjson"
    );
}

#[test]
fn the_earliest_day_follows_what_is_written_and_taken_back() {
    let mut house = House::new(&[("events", "*.csv"), ("tickets", "t.csv")]).in_file();
    let earliest = |house: &mut House| {
        let day = house.store.earliest_day().unwrap();
        day.map_or("none".to_string(), |day| day.to_string())
    };
    assert_eq!(earliest(&mut house), "none");
    let row = |day: &str| format!("1,visit,{day}T12:00:00Z\n");
    let header = "customer_id,event,ts\n";
    house.write("a.csv", &format!("{header}{}", row("2025-03-05")));
    house.load();
    assert_eq!(earliest(&mut house), "2025-03-05");
    house.append("a.csv", &row("2025-03-02"));
    house.load();
    assert_eq!(earliest(&mut house), "2025-03-02");
    house.append("a.csv", &row("2025-03-09"));
    house.write("t.csv", "ticket_id,created_at\n1,2025-02-27T23:30:00Z\n");
    house.load();
    // 23:30 UTC is the next day in Berlin.
    assert_eq!(earliest(&mut house), "2025-02-28");
    house.write("t.csv", "ticket_id,created_at\n1,2025-04-01T00:00:00Z\n");
    house.write("a.csv", &format!("{header}{}", row("2025-03-20")));
    house.load();
    assert_eq!(earliest(&mut house), "2025-03-20");
    house.reopen();
    assert_eq!(earliest(&mut house), "2025-03-20");
}

#[test]
fn a_restart_goes_on_where_the_last_one_stopped() {
    let mut house = House::new(&[("events", "*.ndjson"), ("orders", "o.csv")]).in_file();
    house.write("a.ndjson", &event("1", "visit", "09:00:00"));
    house.write("o.csv", "id,amount\n1,5\n");
    assert_eq!(house.load().rows, 2);
    house.reopen();
    assert_eq!(
        house.store.latest_day().unwrap().unwrap().to_string(),
        "2025-01-01"
    );
    assert_eq!(house.load().rows, 0);
    house.append("a.ndjson", &event("2", "visit", "10:00:00"));
    house.append("o.csv", "2,7.5\n");
    house.reopen();
    let loading = house.load();
    assert_eq!((loading.rows, loading.files), (2, 2));
    // The type of `amount` was learned by the first process and is kept.
    assert_eq!(
        house.ask("SELECT (SELECT count(*) FROM events), id, amount FROM orders ORDER BY id"),
        "2 | 1 | 5\n2 | 2 | NULL"
    );
}

#[test]
fn a_stopped_load_leaves_nothing_half_done() {
    let mut house = House::new(&[("events", "*.ndjson")]);
    let lines: String = (0..60_000)
        .map(|number| event(&number.to_string(), "visit", "09:00:00"))
        .collect();
    house.write("a.ndjson", &lines);
    let mut seen: Option<Progress> = None;
    let error = house
        .store
        .load(&house.sources, &mut |progress| {
            seen = Some(progress.clone());
            Go::Stop
        })
        .unwrap_err();
    assert_eq!((error.kind, error.exit_code()), (Kind::Interrupted, 130));
    let seen = seen.unwrap();
    assert!(
        seen.rows > 0 && seen.bytes_done > 0 && seen.bytes_done <= seen.bytes_total,
        "{seen:?}"
    );
    assert_eq!(
        house.ask("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM _cxtop.files)"),
        "0 | 0"
    );
    assert_eq!(house.load().rows, 60_000);
    assert_eq!(
        house.ask(
            "SELECT count(*), count(DISTINCT customer_id), max(_cxtop_row) FROM loaded.events"
        ),
        "60000 | 60000 | 60000"
    );
}

#[test]
fn a_large_file_is_committed_in_steps_that_a_stop_keeps() {
    let mut house = House::new(&[("events", "*.ndjson")]);
    house.write("a.ndjson", &event("first", "visit", "09:00:00"));
    house.load();
    let lines: String = (0..320_000)
        .map(|number| event(&number.to_string(), "visit", "09:00:00"))
        .collect();
    house.append("a.ndjson", &lines);
    let stop_late = |progress: &Progress| {
        if progress.rows > 270_000 {
            Go::Stop
        } else {
            Go::On
        }
    };
    house
        .store
        .load(&house.sources, &mut { stop_late })
        .unwrap_err();
    let kept: u64 = house.ask("SELECT count(*) FROM events").parse().unwrap();
    assert!(kept > 240_000 && kept < 280_000, "{kept}");
    let rest = house.load();
    assert_eq!(rest.rows, 320_001 - kept);
    // What the stopped load had committed is told by the next one.
    assert_eq!(rest.changed.len(), 1);
    assert_eq!(house.ask("SELECT count(*), count(DISTINCT customer_id), count(DISTINCT _cxtop_row) FROM loaded.events"), "320001 | 320001 | 320001");
}

#[test]
fn every_row_of_a_large_first_load_keeps_its_number_and_its_values() {
    let mut house = House::new(&[("visits", "*.csv")]);
    let mut text = String::from("short,long,number,when\n");
    for number in 1..=260_000 {
        let long = match number % 3 {
            0 => String::new(),
            _ => format!("the note of number {number}"),
        };
        let rest = match number % 5 {
            0 => ",".to_string(),
            _ => format!("{number},2025-02-03 23:30:00.{number:06}"),
        };
        text.push_str(&format!("s{number},{long},{rest}\n"));
    }
    house.write("a.csv", &text);
    assert_eq!(house.load().rows, 260_000);
    assert_eq!(
        house.ask(
            "SELECT count(*), count(DISTINCT _cxtop_row), count(long), count(number), count(\"when\"),
                 count(*) FILTER (short = 's' || _cxtop_row),
                 count(*) FILTER (long = 'the note of number ' || _cxtop_row),
                 count(*) FILTER (number = _cxtop_row),
                 count(*) FILTER (microsecond(\"when\") = _cxtop_row % 1000000)
             FROM loaded.visits"
        ),
        "260000 | 260000 | 173334 | 208000 | 208000 | 260000 | 173334 | 208000 | 208000"
    );
}

#[test]
fn events_of_a_kind_stand_next_to_each_other_and_keep_their_values() {
    let mut house = House::new(&[("events", "*.csv")]);
    let mut text = String::from("customer_id,event,ts,note\n");
    let kinds = ["visit", "cart", "", "buy"];
    for number in 0..260_000 {
        let note = match number % 3 {
            0 => String::new(),
            _ => format!("the note of number {number}"),
        };
        let kind = kinds[number % kinds.len()];
        text.push_str(&format!(
            "c{number},{kind},2025-02-03 23:30:00.{number:06},{note}\n"
        ));
    }
    house.write("a.csv", &text);
    assert_eq!(house.load().rows, 260_000);
    assert_eq!(
        house.ask(
            "WITH numbered AS (SELECT *, microsecond(ts) AS number FROM loaded.events)
             SELECT count(DISTINCT customer_id), count(DISTINCT _cxtop_row), count(note), count(event),
                 count(*) FILTER (customer_id = 'c' || number),
                 count(*) FILTER (note = 'the note of number ' || number),
                 count(*) FILTER (event IS NOT DISTINCT FROM ['visit', 'cart', NULL, 'buy'][1 + number % 4])
             FROM numbered"
        ),
        "260000 | 260000 | 173333 | 195000 | 260000 | 173333 | 260000"
    );
    // Two whole row groups and the rest, each with its four kinds; where threads meet, a kind can begin once more. In the
    // order of time there would be as many as rows.
    let first_of_a_kind = "SELECT count(*) FROM (
        SELECT event, row_number() OVER (ORDER BY rowid) AS place, lag(event) OVER (ORDER BY rowid) AS before
        FROM loaded.events) WHERE place = 1 OR event IS DISTINCT FROM before";
    let runs: u32 = house.ask(first_of_a_kind).parse().unwrap();
    assert!((12..=24).contains(&runs), "{runs}");
}

#[test]
fn a_file_is_the_same_whatever_pattern_finds_it() {
    let mut house = House::new(&[("events", "*.ndjson")]).in_file();
    house.write("a.ndjson", &event("1", "visit", "09:00:00"));
    house.write("b.ndjson", &event("2", "visit", "10:00:00"));
    assert_eq!(house.load().rows, 2);
    let count = "SELECT count(*) FROM events";
    for (pattern, rows, note) in [
        ("[ab].ndjson", 0, None),
        (
            "a.ndjson",
            0,
            Some("b.ndjson is no longer named by a source; its 1 rows are kept"),
        ),
        ("?.ndjson", 0, None),
    ] {
        house.sources = vec![source("events", &house.folder.path().join(pattern))];
        let loading = house.load();
        assert_eq!(loading.rows, rows, "{pattern}");
        let notes = loading.notes.join("\n");
        assert_eq!(note.is_some(), !notes.is_empty(), "{pattern}: {notes}");
        assert!(notes.ends_with(note.unwrap_or_default()), "{notes}");
        assert_eq!(house.ask(count), "2", "{pattern}");
        house.reopen();
    }
    house.append("b.ndjson", &event("2", "visit", "11:00:00"));
    assert_eq!(house.load().rows, 1);
    fs::remove_file(house.folder.path().join("a.ndjson")).unwrap();
    let loading = house.load();
    assert!(
        loading.notes[0].ends_with("a.ndjson is gone; its 1 rows are kept"),
        "{:?}",
        loading.notes
    );
    assert_eq!(house.ask(count), "3");
}

#[test]
fn one_source_that_fails_does_not_stop_the_others() {
    let mut house = House::new(&[
        ("events", "a.csv"),
        ("events", "b.ndjson"),
        ("surveys", "c.csv"),
    ]);
    house.write("a.csv", "nothing,of,use\n1,2,3\n");
    house.write("b.ndjson", &event("1", "visit", "09:00:00"));
    house.write(
        "c.csv",
        "customer_id,survey,score,ts\n1,nps,9,2025-02-03 23:30:00\n",
    );
    let loading = house.load();
    assert_eq!(loading.rows, 2);
    let health = house.store.health().unwrap();
    assert!(
        health[0]
            .error
            .as_deref()
            .is_some_and(|error| error.contains("a.csv")),
        "{:?}",
        health[0]
    );
    assert_eq!(
        (
            health[1].rows,
            &health[1].error,
            health[2].rows,
            &health[2].error
        ),
        (1, &None, 1, &None)
    );
    assert!(
        loading.notes.iter().any(|note| note.contains("a.csv")),
        "{:?}",
        loading.notes
    );
    // What is still wrong is in the health, but said only once.
    assert_eq!(house.load().notes, Vec::<String>::new());
    assert!(house.store.health().unwrap()[0].error.is_some());
    // 23:30 UTC is the next day in Berlin.
    assert_eq!(
        house.store.latest_day().unwrap().unwrap().to_string(),
        "2025-02-04"
    );
    assert_eq!(
        health[2].newest_record.unwrap().to_string(),
        "2025-02-03T23:30:00"
    );
}

#[test]
fn declared_columns_are_there_without_data_and_keep_their_type() {
    let mut house = House::new(&[("events", "a.ndjson")]);
    let declared = |name: &str, kind| (name.to_string(), kind);
    let tables = [
        (
            "events".to_string(),
            vec![
                declared("amount", ColumnType::Double),
                declared("platform", ColumnType::Text),
            ],
        ),
        ("spend".to_string(), vec![declared("day", ColumnType::Date)]),
    ];
    house.store.declare(&tables).unwrap();
    house.store.declare(&tables).unwrap();
    assert_eq!(
        house.ask("SELECT count(amount), count(platform) FROM events, spend"),
        "0 | 0"
    );
    house.write(
        "a.ndjson",
        &event("1", "buy", "09:00:00").replace('}', ", \"amount\": 3, \"platform\": 7}"),
    );
    house.load();
    assert_eq!(
        house.ask("SELECT amount, typeof(amount), platform, typeof(platform) FROM events"),
        "3 | DOUBLE | 7 | VARCHAR"
    );
}

#[test]
fn a_session_sees_a_load_only_when_it_is_committed() {
    let mut house = House::new(&[("events", "*.ndjson")]);
    let lines: String = (0..60_000)
        .map(|number| event(&number.to_string(), "visit", "09:00:00"))
        .collect();
    house.write("a.ndjson", &lines);
    let session = house.store.connect().unwrap();
    let mut seen = Vec::new();
    house
        .store
        .load(&house.sources, &mut |_| {
            seen.push(ask(&session, "SELECT count(*) FROM events"));
            Go::On
        })
        .unwrap();
    assert!(
        seen.len() > 2 && seen.iter().all(|count| count == "0"),
        "{seen:?}"
    );
    assert_eq!(ask(&session, "SELECT count(*) FROM events"), "60000");
}

#[test]
fn odd_names_of_tables_and_columns_are_only_names() {
    let mut house = House::new(&[("my \"orders\"; DROP", "a.csv")]);
    house.write("a.csv", "select,\"a\"\"b\",_file,_row\n1,x,2,3\n");
    let loading = house.load();
    assert_eq!((loading.rows, loading.notes), (1, Vec::<String>::new()));
    assert_eq!(
        house.ask("SELECT * FROM \"my \"\"orders\"\"; DROP\""),
        "1 | x | 2 | 3"
    );
}

#[test]
fn a_store_can_move_to_its_thread() {
    fn moves<T: Send>() {}
    moves::<Store>();
    moves::<cxtop::store::Session>();
    moves::<cxtop::store::Interrupter>();
}
