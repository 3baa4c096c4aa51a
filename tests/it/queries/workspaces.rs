use std::path::PathBuf;

use cxtop::files::{ColumnRule, ColumnType, Privacy, Source};
use cxtop::queries::{Today, Workspace, ask, gate};
use cxtop::store::{Options, Parser, Store, Value};
use jiff::civil::{Weekday, date};

use super::Folder;

fn read(folder: &Folder) -> Workspace {
    Workspace::read(&folder.path(), &Parser::new().unwrap()).unwrap()
}

#[test]
fn the_nearest_queries_folder_upwards_is_found() {
    let folder = Folder::with(&[
        ("queries/cxtop.toml", "version = 1\n"),
        ("sub/deep/x.txt", ""),
    ]);
    std::fs::remove_file(folder.path().join("cxtop.toml")).unwrap();
    let root = folder.path().join("queries");
    assert_eq!(
        Workspace::find(&folder.path().join("sub/deep")),
        Some(root.clone())
    );
    assert_eq!(Workspace::find(&folder.path()), Some(root.clone()));
    assert_eq!(Workspace::find(&root), Some(root));
}

#[test]
fn the_configuration_is_read_with_its_sources() {
    let folder = Folder::with(&[(
        "cxtop.toml",
        r#"
version = 1
title = "Nimbus CX"
timezone = "Europe/Berlin"
week_start = "sunday"
today = 2025-06-30
owners = ["growth", "support"]

[limits]
query_timeout_seconds = 300
memory_limit = "2 GB"

[tables.events]
platform = "VARCHAR"
amount = "DOUBLE"

[[source]]
table = "events"
files = "../data/*.ndjson"
[source.columns]
customer_id = "user_id"
ts = { from = "timestamp", zone = "Europe/Berlin" }
[source.privacy]
email = "hash"
"#,
    )]);
    let config = read(&folder).config;
    assert_eq!(
        (config.title.as_str(), config.timezone.as_str()),
        ("Nimbus CX", "Europe/Berlin")
    );
    assert_eq!(
        (config.week_start, config.today),
        (Weekday::Sunday, Today::Fixed(date(2025, 6, 30)))
    );
    assert_eq!(
        (
            config.query_timeout.as_secs(),
            config.memory_limit.as_deref()
        ),
        (300, Some("2 GB"))
    );
    assert_eq!(config.owners, ["growth", "support"]);
    let rule = |from: &str, zone: Option<&str>| ColumnRule {
        from: from.to_string(),
        zone: zone.map(str::to_string),
    };
    let text = |text: &str| text.to_string();
    let declared = [
        (text("platform"), ColumnType::Text),
        (text("amount"), ColumnType::Double),
    ];
    assert_eq!(config.tables["events"], declared);
    assert_eq!(
        config.sources,
        [Source {
            table: text("events"),
            files: folder.path().join("../data/*.ndjson"),
            preset: text("auto"),
            columns: [
                (text("customer_id"), rule("user_id", None)),
                (text("ts"), rule("timestamp", Some("Europe/Berlin")))
            ]
            .into(),
            privacy: [(text("email"), Privacy::Hash)].into(),
            types: declared.into(),
        }]
    );
}

#[test]
fn dashboards_named_in_the_configuration_come_first() {
    let folder = Folder::with(&[
        (
            "cxtop.toml",
            "version = 1\ndashboards = [\"overview\", \"journey\"]\n",
        ),
        ("dashboards/churn.toml", "version = 1\n"),
        ("dashboards/journey.toml", "version = 1\n"),
        ("dashboards/alarm.toml", "version = 1\n"),
        ("dashboards/overview.toml", "version = 1\n"),
    ]);
    let names: Vec<String> = read(&folder)
        .dashboards
        .into_iter()
        .map(|dashboard| dashboard.name)
        .collect();
    assert_eq!(names, ["overview", "journey", "alarm", "churn"]);
}

#[test]
fn dashboards_and_annotations_are_read_in_order() {
    let folder = Folder::with(&[
        (
            "annotations.toml",
            "version = 1\n[[annotation]]\ndate = 2025-02-01\ntext = \"outage\"\n[[annotation]]\ndate = 2025-01-01\ntext = \"1.0\"\nkind = \"release\"\n",
        ),
        (
            "dashboards/b.toml",
            "version = 1\n[[rows]]\npanels = [ { query = \"x\", title = \"X\", params = { days = 7, plans = [\"free\"] } } ]\n",
        ),
        (
            "dashboards/a.toml",
            "version = 1\ntitle = \"First\"\n[filters]\nuntil = {}\nsince = { label = \"From\" }\n[[rows]]\nheight = 2\npanels = [ { query = \"x\", width = 3 }, { query = \"y\" } ]\n",
        ),
    ]);
    let workspace = read(&folder);
    let notes: Vec<&str> = workspace
        .annotations
        .iter()
        .map(|note| note.text.as_str())
        .collect();
    assert_eq!(notes, ["1.0", "outage"]);
    assert_eq!(workspace.annotations[0].kind, "release");
    let [first, second] = &workspace.dashboards[..] else {
        panic!("{:?}", workspace.dashboards)
    };
    assert_eq!((first.name.as_str(), first.title.as_str()), ("a", "First"));
    let filters: Vec<_> = first
        .filters
        .iter()
        .map(|filter| (filter.name.as_str(), filter.label.as_str()))
        .collect();
    assert_eq!(filters, [("until", "until"), ("since", "From")]);
    assert_eq!(
        (
            first.rows[0].height,
            first.rows[0].panels[0].width,
            first.rows[0].panels[1].width
        ),
        (2, 3, 1)
    );
    let panel = &second.rows[0].panels[0];
    assert_eq!(
        (second.title.as_str(), panel.title.as_deref()),
        ("b", Some("X"))
    );
    assert_eq!(panel.params["days"], Value::Integer(7));
    assert_eq!(
        panel.params["plans"],
        Value::List(vec![Value::Text("free".to_string())])
    );
}

#[test]
fn a_broken_query_is_in_the_workspace_with_its_error() {
    let folder = Folder::with(&[
        ("a/good.sql", "SELECT 1 AS n"),
        ("a/bad.sql", "SELECT * FROM evnts"),
        ("lib/x.sql", ""),
    ]);
    let workspace = read(&folder);
    let names: Vec<&str> = workspace
        .queries
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(names, ["a/bad", "a/good"]);
    assert!(workspace.query("a/good").unwrap().state.is_ok());
    let error = workspace
        .query("a/bad")
        .unwrap()
        .state
        .as_ref()
        .unwrap_err();
    assert_eq!(
        folder.plain(&error.place.as_ref().unwrap().to_string()),
        "a/bad.sql:1:15"
    );
}

#[test]
fn the_bare_workspace_asks_only_what_passes_the_gate_and_runs() {
    let source = |table: &str| Source {
        table: table.to_string(),
        files: PathBuf::from("x.csv"),
        preset: "auto".to_string(),
        columns: [].into(),
        privacy: [].into(),
        types: [].into(),
    };
    let tables = [
        "orders",
        "events",
        "surveys",
        "tickets",
        "subscriptions",
        "customers",
    ];
    let workspace = Workspace::bare(tables.map(source).to_vec());
    let parser = Parser::new().unwrap();
    let allowed = workspace.allowed(&parser);
    let mut store = Store::open(&Options {
        file: None,
        timezone: "UTC".to_string(),
        week_start: Weekday::Monday,
        threads: 1,
        memory_limit: None,
        query_timeout: std::time::Duration::from_secs(10),
    })
    .unwrap();
    store
        .declare(&[(
            "orders".to_string(),
            vec![("id".to_string(), ColumnType::Integer)],
        )])
        .unwrap();
    let session = store.connect().unwrap();
    for file in &workspace.queries {
        let query = file.state.as_ref().unwrap();
        assert_eq!(
            gate(&parser, &query.text, &allowed).unwrap(),
            query.shape,
            "{}",
            query.name
        );
        let today = date(2025, 1, 1);
        let bound = workspace.bind(query, &[].into(), today).unwrap();
        ask(&session, &query.text, &query.path, &bound, 10).unwrap();
    }
    let panels: Vec<&str> = workspace.dashboards[0]
        .panels()
        .map(|panel| panel.query.as_str())
        .collect();
    let queries: Vec<&str> = workspace
        .queries
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(panels, queries);
    assert_eq!(
        (panels[0], panels[panels.len() - 1]),
        ("events_per_day", "orders")
    );
}

#[test]
fn computed_defaults_are_worked_out_from_today() {
    let folder = Folder::with(&[(
        "q.sql",
        "-- /// query\n-- [params]\n-- since = { type = \"DATE\", default_sql = \"$today - 90 -- a quarter\" }\n-- ///\nSELECT $since AS since, $today AS today",
    )]);
    let workspace = read(&folder);
    let query = workspace.query("q").unwrap().state.as_ref().unwrap();
    let store = Store::open(&Options {
        file: None,
        timezone: "UTC".to_string(),
        week_start: Weekday::Monday,
        threads: 1,
        memory_limit: None,
        query_timeout: std::time::Duration::from_secs(10),
    });
    let session = store.unwrap().connect().unwrap();
    let today = date(2025, 6, 30);
    let bound = workspace.bind(query, &[].into(), today).unwrap();
    let table = ask(&session, &query.text, &query.path, &bound, 10).unwrap();
    assert_eq!(
        table.row(0).cloned().collect::<Vec<_>>(),
        [Value::Date(date(2025, 4, 1)), Value::Date(today)]
    );
}
