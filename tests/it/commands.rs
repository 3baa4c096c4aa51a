//! The real binary without a terminal: what it prints, where, and how it ends.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

fn cxtop(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cxtop"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CXTOP_QUERIES")
        .env("XDG_STATE_HOME", folder.join("state"))
        .output()
        .unwrap()
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with one event file and no workspace.
fn folder_with_events() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows = "user_id,event_name,timestamp,amount\n\
                u1,signup,2026-03-01 10:00:00,\n\
                u1,purchase,2026-03-02 10:00:00,12.5\n\
                u2,signup,2026-03-02 11:00:00,\n\
                u3,signup,not a time,\n";
    fs::write(folder.path().join("events.csv"), rows).unwrap();
    folder
}

/// One wrong call each: arguments, exit code, what standard error must name.
const WRONG: &[(&[&str], i32, &[&str])] = &[
    (
        &["run", "scores/nsp"],
        2,
        &["no query `scores/nsp`", "did you mean `scores/nps`"],
    ),
    (
        &["run", "scores/nps", "-p", "sinc=2026-01-01"],
        2,
        &["no parameter `sinc`", "did you mean `since`"],
    ),
    (
        &["run", "scores/nps", "-p", "since=soon"],
        2,
        &["since", "soon"],
    ),
    (&["run", "scores/nps", "-p", "since"], 2, &["NAME=VALUE"]),
    (&["sql", "SELECT * FROM evnts"], 1, &["evnts", "events"]),
    (&["sql", "SELECT evnt FROM events"], 1, &["evnt", "event"]),
    (&["sql", "DELETE FROM events"], 1, &["SELECT"]),
    (&["sql", "SELECT 1; SELECT 2"], 1, &["one"]),
    (
        &["sql", "SELECT * FROM read_csv('/etc/passwd')"],
        1,
        &["read_csv"],
    ),
    (
        &["sql", "WITH x AS (COPY events TO 'out.csv') SELECT 1"],
        1,
        &["COPY"],
    ),
    (&["snapshot", "overveiw"], 2, &["overveiw", "overview"]),
    (
        &["--queries", "nowhere", "check"],
        2,
        &["nowhere", "cxtop.toml"],
    ),
    (&["--data", "events", "sources"], 2, &["TABLE=GLOB"]),
    (&["--today", "tomorrow", "sources"], 2, &["--today"]),
    (&["--size", "80", "snapshot"], 2, &["COLSxROWS"]),
    (&["generate", "--out", "/dev/null/x"], 1, &["/dev/null/x"]),
    (&["frobnicate"], 2, &["frobnicate"]),
    (&["sql", "--macros", "--raw"], 2, &["--macros", "--raw"]),
    (
        &["sql", "--macros", "--format", "csv"],
        2,
        &["--macros", "--format"],
    ),
    (
        &["sql", "--macros", "--out", "x"],
        2,
        &["--macros", "--out"],
    ),
    (
        &["sql", "--macros", "-p", "days=7"],
        2,
        &["--macros", "--param"],
    ),
    (
        &["functions", "retenton"],
        2,
        &[
            "no function or topic `retenton`",
            "did you mean `retention`",
        ],
    ),
];

#[test]
fn wrong_calls_say_what_is_wrong_and_what_to_do() {
    for (arguments, code, words) in WRONG {
        let output = cxtop(repository(), arguments);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {said}");
        for word in *words {
            assert!(
                said.contains(word),
                "{arguments:?} should name `{word}`, but says: {said}"
            );
        }
        assert!(
            output.stdout.is_empty(),
            "{arguments:?} wrote to standard output"
        );
    }
}

#[test]
fn without_a_terminal_it_prints_one_snapshot() {
    let output = cxtop(repository(), &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("NPS") && text.contains('±'), "{text}");
    assert!(
        !text.contains('\x1b'),
        "escape sequences without a terminal"
    );
}

#[test]
fn without_a_workspace_it_says_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = cxtop(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("--queries") && stderr(&output).contains("--data"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn files_alone_can_be_asked() {
    let folder = folder_with_events();
    let output = cxtop(
        folder.path(),
        &[
            "--data",
            "events=*.csv",
            "sql",
            "SELECT event, count(*) AS n FROM events GROUP BY event ORDER BY event",
        ],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output), "event,n\npurchase,1\nsignup,2\n");
}

#[test]
fn a_last_line_without_an_end_counts_when_files_are_looked_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("events.csv"),
        "customer_id,event,ts\na,visit,2026-03-01 10:00:00\nb,visit,2026-03-01 11:00:00",
    )
    .unwrap();
    let count = ["sql", "SELECT count(*) AS n FROM events"];
    let once = cxtop(
        folder.path(),
        &[&["--data", "events=events.csv"], &count[..]].concat(),
    );
    assert_eq!(stdout(&once), "n\n2\n", "{}", stderr(&once));
    // A store that goes on later must not take half a line for a whole one.
    let kept = ["--data", "events=events.csv", "--db", "cx.duckdb"];
    let kept = cxtop(folder.path(), &[&kept[..], &count[..]].concat());
    assert_eq!(stdout(&kept), "n\n1\n", "{}", stderr(&kept));
}

#[test]
fn sources_say_when_no_file_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let output = cxtop(
        folder.path(),
        &[
            "--data",
            "events=nowhere/*.csv",
            "sources",
            "--format",
            "json",
        ],
    );
    let rows: Json = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(rows[0]["state"], "no files");
}

#[test]
fn an_empty_answer_explains_that_no_file_is_there() {
    let folder = folder_with_events();
    let asked = |files| {
        let data = format!("events={files}");
        stderr(&cxtop(
            folder.path(),
            &["sql", "--data", &data, "SELECT count(*) FROM events"],
        ))
    };
    assert!(asked("logs/*.csv").contains("warning: events: no file matches logs/*.csv"));
    assert!(!asked("*.csv").contains("no file matches"));
}

#[test]
fn every_format_has_the_same_rows() {
    let sql = "SELECT customer_id, amount, ts FROM events WHERE event = 'purchase'";
    let formats: &[(&str, &str)] = &[
        (
            "csv",
            "customer_id,amount,ts\nu1,12.5,2026-03-02 10:00:00\n",
        ),
        (
            "json",
            "[\n{\"customer_id\":\"u1\",\"amount\":12.5,\"ts\":\"2026-03-02T10:00:00\"}\n]\n",
        ),
        (
            "jsonl",
            "{\"customer_id\":\"u1\",\"amount\":12.5,\"ts\":\"2026-03-02T10:00:00\"}\n",
        ),
        (
            "md",
            "| customer_id | amount | ts |\n| --- | ---: | --- |\n| u1 | 12.5 | 2026-03-02 10:00:00 |\n",
        ),
        (
            "table",
            "customer_id  amount  ts\n───────────  ──────  ───────────────────\nu1             12.5  2026-03-02 10:00:00\n",
        ),
    ];
    let folder = folder_with_events();
    for (format, expected) in formats {
        let output = cxtop(
            folder.path(),
            &["--data", "events=*.csv", "sql", sql, "--format", format],
        );
        assert_eq!(stdout(&output), *expected, "{format}: {}", stderr(&output));
    }
}

#[test]
fn parquet_can_be_read_back() {
    let folder = folder_with_events();
    let written = cxtop(
        folder.path(),
        &[
            "--data",
            "events=events.csv",
            "sql",
            "SELECT * FROM events ORDER BY ts",
            "--out",
            "events.parquet",
        ],
    );
    assert!(written.status.success(), "{}", stderr(&written));
    let sql = "SELECT customer_id, event, ts, amount FROM events ORDER BY ts";
    let from_csv = cxtop(folder.path(), &["--data", "events=events.csv", "sql", sql]);
    let from_parquet = cxtop(
        folder.path(),
        &["--data", "events=events.parquet", "sql", sql],
    );
    assert!(from_parquet.status.success(), "{}", stderr(&from_parquet));
    assert_eq!(stdout(&from_csv), stdout(&from_parquet));
}

#[test]
fn exports_do_not_run_in_spreadsheets() {
    let folder = tempfile::tempdir().unwrap();
    let sql = "SELECT '=1+1' AS text, -5 AS number";
    let data = folder_with_events();
    let output = cxtop(
        data.path(),
        &["--data", "events=*.csv", "sql", sql, "--format", "csv"],
    );
    assert_eq!(
        stdout(&output),
        "text,number\n'=1+1,-5\n",
        "{}",
        stderr(&output)
    );
    let raw = cxtop(
        data.path(),
        &[
            "--data",
            "events=*.csv",
            "sql",
            sql,
            "--format",
            "csv",
            "--raw",
        ],
    );
    assert_eq!(stdout(&raw), "text,number\n=1+1,-5\n");
    drop(folder);
}

#[test]
fn timing_is_the_last_line_on_standard_error() {
    let folder = folder_with_events();
    let output = cxtop(
        folder.path(),
        &[
            "--data",
            "events=*.csv",
            "--timing",
            "--repeat",
            "3",
            "sql",
            "SELECT count(*) AS n FROM events",
        ],
    );
    let said = stderr(&output);
    let timing: Json = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(timing["query_ms"].as_array().unwrap().len(), 3);
    assert!(timing["load_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(timing["rows"], 1);
}

#[test]
fn bench_times_every_query_and_says_which_failed() {
    let folder = folder_with_events();
    let queries = folder.path().join("queries");
    fs::create_dir(&queries).unwrap();
    fs::write(
        queries.join("cxtop.toml"),
        "version = 1\n[[source]]\ntable = \"events\"\nfiles = \"../events.csv\"\n",
    )
    .unwrap();
    let query = |name: &str, sql: &str| {
        let text = format!("-- /// query\n-- title = \"{name}\"\n-- ///\n{sql}\n");
        fs::write(queries.join(format!("{name}.sql")), text).unwrap();
    };
    query("fine", "SELECT event FROM events ORDER BY event");
    query("funnel", "FROM funnel(['signup', 'purchase'])");
    let bench = ["bench", "--repeat", "2", "--format", "json"];
    let output = cxtop(folder.path(), &bench);
    assert!(output.status.success(), "{}", stderr(&output));
    let times: Json = serde_json::from_str(&stdout(&output)).unwrap();
    let rows = |name: &str| {
        let found = times.as_array().unwrap().iter();
        let found: Vec<_> = found.filter(|row| row["query"] == name).collect();
        assert!(found[0]["best_ms"].as_f64() <= found[0]["median_ms"].as_f64());
        found[0]["rows"].as_i64()
    };
    assert_eq!((rows("fine"), rows("funnel")), (Some(3), Some(2)));

    query("broken", "SELECT nothing FROM events");
    let output = cxtop(folder.path(), &bench);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("nothing"), "{}", stdout(&output));
    assert!(stderr(&output).contains("1 of 3"), "{}", stderr(&output));
    let output = cxtop(folder.path(), &["bench", "fnie"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("`fine`"), "{}", stderr(&output));
}

#[test]
fn load_keeps_rows_and_rejects_and_goes_on() {
    let folder = folder_with_events();
    let load = ["--data", "events=*.csv", "--db", "cx.duckdb", "load"];
    let output = cxtop(folder.path(), &load);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("rows     3\n"),
        "{}",
        stdout(&output)
    );
    assert!(
        stdout(&output).contains("rejects  1\n"),
        "{}",
        stdout(&output)
    );
    let again = cxtop(folder.path(), &load);
    assert!(
        stdout(&again).contains("rows     0\n"),
        "nothing is new: {}",
        stdout(&again)
    );
    let rows = cxtop(
        folder.path(),
        &[
            "--db",
            "cx.duckdb",
            "sql",
            "SELECT count(*) AS n FROM events",
        ],
    );
    assert_eq!(stdout(&rows), "n\n3\n", "{}", stderr(&rows));
}

#[test]
fn sources_name_rows_and_rejects() {
    let folder = folder_with_events();
    let output = cxtop(
        folder.path(),
        &["--data", "events=*.csv", "sources", "--format", "json"],
    );
    let rows: Json = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(rows[0]["table"], "events");
    assert_eq!(rows[0]["rows"], 3);
    assert_eq!(rows[0]["rejects"], 1);
}

#[test]
fn the_shipped_workspace_passes_check_and_test() {
    let check = cxtop(repository(), &["check"]);
    assert!(
        check.status.success(),
        "{}{}",
        stdout(&check),
        stderr(&check)
    );
    let test = cxtop(repository(), &["test"]);
    assert!(test.status.success(), "{}{}", stdout(&test), stderr(&test));
}

#[test]
fn every_shipped_query_runs_on_the_sample_and_every_dashboard_shows_it() {
    for dashboard in ["overview", "journey", "support"] {
        let output = cxtop(repository(), &["snapshot", dashboard, "--format", "json"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let snapshot: Json = serde_json::from_str(&stdout(&output)).unwrap();
        for panel in snapshot["panels"].as_array().unwrap() {
            assert!(panel["error"].is_null(), "{dashboard}: {panel}");
            assert!(
                !panel["rows"].as_array().unwrap().is_empty(),
                "{dashboard}: {panel}"
            );
        }
    }
}

#[test]
fn a_missed_goal_is_exit_code_4_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "queries/cxtop.toml",
        "version = 1\ntitle = \"t\"\ndashboards = [\"main\"]\n",
    );
    write(
        "queries/one.sql",
        "-- /// query\n-- kind = \"value\"\n-- [goals.more]\n-- column = \"value\"\n-- at_least = 2\n-- ///\nSELECT 1 AS value\n",
    );
    write(
        "queries/dashboards/main.toml",
        "version = 1\ntitle = \"Main\"\n[[rows]]\nheight = 1\npanels = [{ query = \"one\" }]\n",
    );
    let shown = cxtop(folder.path(), &["snapshot"]);
    assert_eq!(shown.status.code(), Some(0), "{}", stderr(&shown));
    let required = cxtop(folder.path(), &["snapshot", "--fail-on-goal"]);
    assert_eq!(required.status.code(), Some(4), "{}", stderr(&required));
    assert!(stderr(&required).contains("more"), "{}", stderr(&required));
}

#[test]
fn a_goal_in_a_row_of_a_scorecard_counts_unless_it_is_within_the_interval() {
    let folder = tempfile::tempdir().unwrap();
    let scorecard = |margin: &str| {
        let sql = format!("SELECT 'NPS' AS metric, 28.0 AS value, {margin} AS margin, 30 AS goal");
        let header = "-- /// query\n-- kind = \"scorecard\"\n-- ///\n";
        fs::write(
            folder.path().join("queries/one.sql"),
            format!("{header}{sql}"),
        )
        .unwrap();
        cxtop(
            folder.path(),
            &["snapshot", "--fail-on-goal", "--format", "json"],
        )
    };
    fs::create_dir_all(folder.path().join("queries/dashboards")).unwrap();
    fs::write(folder.path().join("queries/cxtop.toml"), "version = 1\n").unwrap();
    fs::write(
        folder.path().join("queries/dashboards/main.toml"),
        "version = 1\n[[rows]]\npanels = [{ query = \"one\" }]\n",
    )
    .unwrap();
    let state = |output: &Output| {
        let json: Json = serde_json::from_slice(&output.stdout).unwrap();
        json["panels"][0]["goals"][0]["state"].clone()
    };
    let missed = scorecard("1.5");
    assert_eq!(missed.status.code(), Some(4), "{}", stderr(&missed));
    assert!(
        stderr(&missed).contains("`NPS` wants 30"),
        "{}",
        stderr(&missed)
    );
    assert_eq!(state(&missed), "goal missed");
    let close = scorecard("2.5");
    assert_eq!(close.status.code(), Some(0), "{}", stderr(&close));
    assert_eq!(state(&close), "goal too close to say");
}

/// Messages, comments, the README and the manual name commands as `` `cxtop WORD …` ``.
#[test]
fn every_command_that_is_named_exists() {
    let command = <cxtop::args::Args as clap::CommandFactory>::command();
    let known: Vec<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    let mut files = vec![
        repository().join("README.md"),
        repository().join("docs/functions.md"),
    ];
    crate::layers::collect(&repository().join("src"), &mut files);
    let mut named = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let after = |start: &str| {
            text.split(start)
                .skip(1)
                .map(str::to_string)
                .collect::<Vec<_>>()
        };
        for rest in [after("`cxtop "), after("\ncxtop ")].concat() {
            let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            if !word.is_empty() {
                assert!(
                    known.contains(&word.as_str()),
                    "{}: cxtop {word}",
                    file.display()
                );
                named += 1;
            }
        }
    }
    assert!(named > 20, "only {named} commands were found");
}

#[test]
fn functions_prints_the_manual_or_one_section_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let whole = stdout(&cxtop(folder.path(), &["functions"]));
    let one = stdout(&cxtop(folder.path(), &["functions", "retention_customers"]));
    assert!(whole.starts_with("Functions\n─────────\n"), "{whole}");
    assert!(one.starts_with("retention\n─────────\n"), "{one}");
    assert!(whole.contains(&one), "a section reads the same in the page");
    assert!(!whole.contains('\u{1b}'), "a pipe has no colours");
    let colours = [
        "--color",
        "always",
        "--size",
        "60x20",
        "functions",
        "retention",
    ];
    let narrow = stdout(&cxtop(folder.path(), &colours));
    assert!(narrow.contains("\u{1b}["), "{narrow}");
    assert!(narrow.lines().count() > one.lines().count());
}

#[test]
fn keys_prints_the_key_table() {
    let output = cxtop(repository(), &["keys"]);
    assert!(stdout(&output).contains("quit") && stdout(&output).contains("pause"));
}
