//! A small workspace written by hand, with answers for its queries, for the tests of dashboard and screen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use cxtop::dashboard::{Dashboard, Event, Loaded, Now, Question, Request, Size, ViewOptions};
use cxtop::manual::Manual;
use cxtop::queries::{
    Better, Config, DashboardFile, Fallback, Filter, Format, Header, Kind, Look, Param, Place,
    QueryFile, Row, SavedQuery, Shape, Today, Workspace,
};
use cxtop::store::{Column, SourceHealth, Table, Value};

/// Every query of the workspace: name, title, kind, tables, parameters, columns of the answer, rows of the answer.
type Sample = (
    &'static str,
    &'static str,
    Kind,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

pub const QUERIES: &[Sample] = &[
    (
        "scores/nps",
        "NPS",
        Kind::Value,
        "surveys",
        "since until country",
        "value DOUBLE, margin DOUBLE, n BIGINT, previous DOUBLE, previous_margin DOUBLE, previous_n BIGINT",
        "42.4, 4.1, 812, 31.2, 4.6, 790",
    ),
    (
        "scores/csat",
        "CSAT",
        Kind::Value,
        "surveys",
        "since until",
        "value DOUBLE, margin DOUBLE, n BIGINT, previous DOUBLE, previous_margin DOUBLE, previous_n BIGINT",
        "0.812, 0.03, 640, 0.82, 0.03, 655",
    ),
    (
        "support/first_response",
        "First response",
        Kind::Value,
        "tickets",
        "since until",
        "value DOUBLE, n BIGINT, previous DOUBLE, previous_n BIGINT",
        "12060, 318, 10800, 290",
    ),
    (
        "product/active",
        "Active customers",
        Kind::Value,
        "events",
        "",
        "value BIGINT, previous BIGINT",
        "18204, 17830",
    ),
    (
        "journey/signup_funnel",
        "Signup funnel",
        Kind::Funnel,
        "events",
        "since until",
        "step_no INTEGER, step VARCHAR, customers BIGINT",
        "1, visit, 8400\n2, signup, 5124\n3, activate, 3108\n4, purchase, 756",
    ),
    (
        "scores/nps_by_week",
        "NPS by week",
        Kind::Trend,
        "surveys",
        "since until",
        "period DATE, nps DOUBLE, nps_margin DOUBLE, n BIGINT, complete BOOLEAN",
        "2026-04-06, 18, 9, 60, true\n2026-04-13, 22, 8, 66, true\n2026-04-20, 31, 8, 71, true\n\
         2026-04-27, 36, 8, 70, true\n2026-05-04, 38, 7, 80, true\n2026-05-11, 35, 7, 82, true\n\
         2026-05-18, 40, 7, 84, true\n2026-05-25, 44, 7, 79, true\n2026-06-01, 41, 7, 81, true\n\
         2026-06-08, 46, 7, 77, true\n2026-06-15, 43, 7, 75, true\n2026-06-22, 45, 9, 40, false",
    ),
    (
        "retention/weekly",
        "Weekly retention",
        Kind::Retention,
        "events",
        "",
        "cohort DATE, period INTEGER, size BIGINT, returned BIGINT, complete BOOLEAN",
        "2026-06-01, 0, 1204, 1204, true\n2026-06-01, 1, 1204, 650, true\n2026-06-01, 2, 1204, 494, true\n\
         2026-06-01, 3, 1204, 433, true\n2026-06-01, 4, 1204, 360, false\n2026-06-08, 0, 1187, 1187, true\n\
         2026-06-08, 1, 1187, 617, true\n2026-06-08, 2, 1187, 475, true\n2026-06-08, 3, 1187, 332, false\n\
         2026-06-15, 0, 1250, 1250, true\n2026-06-15, 1, 1250, 700, true\n2026-06-15, 2, 1250, 420, false\n\
         2026-06-22, 0, 980, 980, true\n2026-06-22, 1, 980, 402, false",
    ),
    (
        "support/by_channel",
        "Tickets by channel",
        Kind::Table,
        "tickets",
        "since until",
        "channel VARCHAR, tickets BIGINT, hours DOUBLE",
        "chat, 420, 1.5\nemail, 318, 26.2\nphone, 77, 0.4",
    ),
];

/// Returns the workspace: dashboards `overview` (the seven panels of UX 6.1) and `support` (one table).
pub fn workspace() -> Workspace {
    let queries = QUERIES.iter().map(query_file).collect();
    let row = |height, names: &[&str]| Row {
        height,
        panels: names.iter().map(|name| place(name)).collect(),
    };
    let overview = vec![
        row(
            1,
            &[
                "scores/nps",
                "scores/csat",
                "support/first_response",
                "product/active",
            ],
        ),
        row(2, &["journey/signup_funnel", "scores/nps_by_week"]),
        row(2, &["retention/weekly"]),
    ];
    let dashboards = vec![
        dashboard_file("overview", "Overview", overview),
        dashboard_file("support", "Support", vec![row(1, &["support/by_channel"])]),
    ];
    Workspace {
        root: PathBuf::from("/team/nimbus/queries"),
        config: Config {
            title: "Nimbus CX".to_string(),
            today: Today::Data,
            ..Config::default()
        },
        queries,
        lib: Vec::new(),
        dashboards,
        annotations: Vec::new(),
        journey: None,
        tests: Vec::new(),
        problems: Vec::new(),
    }
}

fn dashboard_file(name: &str, title: &str, rows: Vec<Row>) -> DashboardFile {
    DashboardFile {
        name: name.to_string(),
        path: PathBuf::from(format!("/team/nimbus/queries/dashboards/{name}.toml")),
        text: String::new(),
        title: title.to_string(),
        owner: None,
        filters: vec![
            Filter {
                name: "since".to_string(),
                label: "From".to_string(),
            },
            Filter {
                name: "country".to_string(),
                label: "Country".to_string(),
            },
        ],
        rows,
        problems: Vec::new(),
    }
}

pub fn place(query: &str) -> Place {
    Place {
        query: query.to_string(),
        width: 1,
        title: None,
        params: BTreeMap::new(),
    }
}

fn query_file(sample: &Sample) -> QueryFile {
    let (name, title, kind, tables, params, _, _) = *sample;
    let path = PathBuf::from(format!("/team/nimbus/queries/{name}.sql"));
    let text = format!("SELECT 1 AS value FROM {tables} -- {name}\n");
    let params: Vec<Param> = params.split_whitespace().map(param).collect();
    let columns = BTreeMap::from([
        ("value".to_string(), look(name)),
        (
            "nps".to_string(),
            Look {
                unit: "points".to_string(),
                better: Better::Up,
                ..Look::default()
            },
        ),
    ]);
    let shape = Shape {
        tables: BTreeSet::from([tables.to_string()]),
        parameters: params.iter().map(|param| param.name.clone()).collect(),
        ordered: true,
    };
    let header = Header {
        title: title.to_string(),
        kind,
        params,
        columns,
        ..Header::default()
    };
    let saved = SavedQuery {
        name: name.to_string(),
        path: path.clone(),
        text: text.clone(),
        header,
        shape,
    };
    QueryFile {
        name: name.to_string(),
        path,
        text,
        state: Ok(saved),
    }
}

fn param(name: &str) -> Param {
    let (sql_type, choices_sql) = match name {
        "country" => (
            "VARCHAR",
            Some("SELECT DISTINCT country FROM customers ORDER BY 1".to_string()),
        ),
        _ => ("DATE", None),
    };
    Param {
        name: name.to_string(),
        sql_type: sql_type.to_string(),
        fallback: Fallback::Null,
        choices: Vec::new(),
        choices_sql,
        min: None,
        max: None,
        about: String::new(),
    }
}

fn look(query: &str) -> Look {
    match query {
        "scores/csat" => Look {
            format: Format::Percent,
            better: Better::Up,
            ..Look::default()
        },
        "support/first_response" => Look {
            format: Format::Duration,
            better: Better::Down,
            ..Look::default()
        },
        "scores/nps" => Look {
            unit: "points".to_string(),
            better: Better::Up,
            ..Look::default()
        },
        _ => Look {
            better: Better::Up,
            ..Look::default()
        },
    }
}

/// Returns the answer of one of the workspace's queries.
pub fn answer(query: &str) -> Table {
    let sample = QUERIES
        .iter()
        .find(|sample| sample.0 == query)
        .expect("the query is in the workspace");
    table(sample.5, sample.6)
}

/// Returns a table from `name TYPE, …` and lines of values.
pub fn table(columns: &str, rows: &str) -> Table {
    let mut columns: Vec<Column> = columns
        .split(", ")
        .map(|column| column.split_once(' ').expect("a name and a type"))
        .map(|(name, sql_type)| Column {
            name: name.to_string(),
            sql_type: sql_type.to_string(),
            values: Vec::new(),
        })
        .collect();
    for row in rows.lines() {
        for (column, text) in columns.iter_mut().zip(row.split(',')) {
            column.values.push(value(&column.sql_type, text.trim()));
        }
    }
    Table {
        columns,
        truncated: false,
        remarks: cxtop::store::Remarks::default(),
    }
}

fn value(sql_type: &str, text: &str) -> Value {
    match sql_type {
        _ if text.is_empty() => Value::Null,
        "DOUBLE" => Value::Double(text.parse().expect("a number")),
        "BIGINT" | "INTEGER" => Value::Integer(text.parse().expect("an integer")),
        "DATE" => Value::Date(text.parse().expect("a day")),
        "BOOLEAN" => Value::Boolean(text == "true"),
        _ => Value::Text(text.to_string()),
    }
}

/// Returns a small manual, so that the screens do not change with every word of the real one.
pub fn manual() -> &'static Manual {
    static MANUAL: LazyLock<Manual> =
        LazyLock::new(|| cxtop::manual::read(include_str!("../cases/manual.md")));
    &MANUAL
}

/// A dashboard under test, with the clock in the test's hand.
pub struct Session {
    pub dashboard: Dashboard,
    start: Instant,
    passed: Duration,
}

impl Session {
    /// Opens the workspace in a terminal of this size.
    pub fn open(workspace: Workspace, width: u16, height: u16) -> Self {
        let start = Instant::now();
        let options = ViewOptions {
            dashboard: None,
            size: Size { width, height },
            now: now(start, Duration::ZERO),
        };
        let mut dashboard = Dashboard::new(workspace, options);
        dashboard.manual = manual();
        Self {
            dashboard,
            start,
            passed: Duration::ZERO,
        }
    }

    /// Opens the workspace, loads it and answers every question.
    pub fn loaded(workspace: Workspace, width: u16, height: u16) -> Self {
        let mut session = Self::open(workspace, width, height);
        let requests = session.send(Event::Loaded(loaded(&["events", "surveys", "tickets"])));
        session.answer_all(&requests);
        session
    }

    pub fn wait(&mut self, milliseconds: u64) {
        self.passed += Duration::from_millis(milliseconds);
    }

    pub fn send(&mut self, event: Event) -> Vec<Request> {
        let now = now(self.start, self.passed);
        self.dashboard.update(event, &now)
    }

    /// Sends the answer of the workspace's own query to every question.
    pub fn answer_all(&mut self, requests: &[Request]) {
        for question in questions(requests) {
            self.answer(&question, answer(&question.query));
        }
    }

    pub fn answer(&mut self, question: &Question, table: Table) -> Vec<Request> {
        let ticket = question.ticket;
        self.send(Event::Answered {
            ticket,
            result: Ok(table),
            elapsed: Duration::from_millis(84),
        })
    }
}

/// Returns the moment so long after a fixed wall-clock time.
pub fn now(start: Instant, passed: Duration) -> Now {
    let wall: jiff::Zoned = "2026-11-22T10:42:13+00:00[UTC]".parse().expect("a time");
    let passed_signed = jiff::SignedDuration::try_from(passed).expect("a short time");
    Now {
        instant: start + passed,
        wall: &wall + passed_signed,
    }
}

/// Returns what the loader says after these tables changed.
pub fn loaded(tables: &[&str]) -> Loaded {
    Loaded {
        changed: tables
            .iter()
            .map(|table| ((*table).to_string(), 1))
            .collect(),
        sources: sources(),
        latest: Some("2026-06-30".parse().expect("a day")),
        earliest: Some("2026-01-01".parse().expect("a day")),
        notes: Vec::new(),
        first: false,
    }
}

pub fn sources() -> Vec<SourceHealth> {
    let source = |table: &str, files: &str, file_count, rows, rejects| SourceHealth {
        table: table.to_string(),
        files: format!("/team/nimbus/{files}"),
        preset: "auto".to_string(),
        file_count,
        rows,
        rejects,
        last_change: Some("2026-11-22T10:41:58Z".parse().expect("a time")),
        newest_record: Some("2026-06-30T23:58:11".parse().expect("a time")),
        ..SourceHealth::default()
    };
    vec![
        source("events", "sample_data/events/*.ndjson", 6, 52_310, 0),
        source("surveys", "sample_data/surveys.csv", 1, 4_120, 3),
        source("tickets", "sample_data/tickets.csv", 1, 1_842, 0),
        source("subscriptions", "sample_data/subscriptions.csv", 0, 0, 0),
    ]
}

/// Returns the questions among requests.
pub fn questions(requests: &[Request]) -> Vec<Question> {
    let question = |request: &Request| match request {
        Request::Run(question) => Some(question.clone()),
        _ => None,
    };
    requests.iter().filter_map(question).collect()
}

/// Returns the names of the queries that are asked, in order.
pub fn asked(requests: &[Request]) -> Vec<String> {
    questions(requests)
        .into_iter()
        .map(|question| question.query)
        .collect()
}
