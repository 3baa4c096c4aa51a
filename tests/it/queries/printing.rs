//! `cxtop sql --print`: the text that runs a saved query in the stock DuckDB command line.

use std::collections::BTreeMap;

use cxtop::queries::Workspace;
use cxtop::store::{Parser, Session, Store, Value};

use super::Folder;

const QUERY: &str = "-- /// query
-- title = \"It's a test\"
-- [params]
-- since = { type = \"DATE\", default_sql = \"$today - 27\" }
-- at    = { type = \"TIMESTAMP\", default = 2025-01-02T03:04:05 }
-- plan  = { type = \"VARCHAR\", default = \"it's; $plan\" }
-- plans = { type = \"VARCHAR[]\", default = [\"a\", \"b'c\"] }
-- none  = { type = \"VARCHAR[]\", default = [] }
-- n     = { type = \"INTEGER\", default = -3 }
-- x     = { type = \"DOUBLE\", default = 0.5 }
-- yes   = { type = \"BOOLEAN\", default = true }
-- team  = { type = \"VARCHAR\", optional = true }
-- ///
SELECT doubled($n) AS n, wilson_low(3, 10) AS low, $since AS since, $at AS at, $plan AS plan, len($plans) AS plans,
    len($none) AS nobody, $x AS x, $yes AS yes, $team AS team, $today AS today -- ends in a comment";

const LIB: (&str, &str) = (
    "lib/numbers.sql",
    "CREATE MACRO doubled(p_n) AS times(p_n, 2);\n-- The base.\nCREATE OR REPLACE MACRO times(p_a, p_b) AS p_a * p_b;\nCREATE MACRO unused() AS 1;\n",
);

fn printed(files: &[(&str, &str)], name: &str) -> (String, Session) {
    let folder = Folder::with(files);
    let workspace = Workspace::read(&folder.path(), &Parser::new().unwrap()).unwrap();
    let query = workspace.query(name).unwrap().state.as_ref().unwrap();
    let today = "2025-06-30".parse().unwrap();
    let bound = workspace.bind(query, &BTreeMap::new(), today).unwrap();
    let session = Store::open(&super::options()).unwrap().connect().unwrap();
    (
        workspace.stock_text(query, &bound, &session).unwrap(),
        session,
    )
}

#[test]
fn the_query_stands_unchanged_between_its_macros_and_its_values() {
    let (text, _) = printed(&[LIB, ("q.sql", QUERY)], "q");
    let (macros, rest) = text.split_once("PREPARE q AS\n").unwrap();
    let (body, values) = rest.split_once("\n;\nEXECUTE q").unwrap();
    assert_eq!(body, QUERY);
    let names: Vec<&str> = macros
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE OR REPLACE TEMP MACRO "))
        .map(|line| line.split('(').next().unwrap())
        .collect();
    assert_eq!(names, ["times", "doubled", "cxtop_wilson", "wilson_low"]);
    assert_eq!(
        values,
        "(today := DATE '2025-06-30', at := TIMESTAMP '2025-01-02 03:04:05', plan := 'it''s; $plan', \
         plans := CAST(['a', 'b''c'] AS VARCHAR[]), none := CAST([] AS VARCHAR[]), n := -3, \
         x := CAST(0.5 AS DOUBLE), yes := true, team := CAST(NULL AS VARCHAR), since := DATE '2025-06-03');\n"
    );
}

#[test]
fn a_printed_query_reads_like_this() {
    let query =
        "-- /// query\n-- title = \"Twice\"\n-- ///\nSELECT doubled(2) AS four, $today AS today;\n";
    let (text, _) = printed(&[LIB, ("q.sql", query)], "q");
    assert_eq!(
        text,
        "CREATE OR REPLACE TEMP MACRO times(p_a, p_b) AS p_a * p_b;
CREATE OR REPLACE TEMP MACRO doubled(p_n) AS times(p_n, 2);
PREPARE q AS
-- /// query
-- title = \"Twice\"
-- ///
SELECT doubled(2) AS four, $today AS today
;
EXECUTE q(today := DATE '2025-06-30');
"
    );
}

#[test]
fn every_printed_value_is_sql() {
    let (text, session) = printed(&[LIB, ("q.sql", QUERY)], "q");
    let (_, values) = text.split_once("EXECUTE q(").unwrap();
    let list = values.trim_end().trim_end_matches(");");
    // The same values, as the arguments of a struct instead of a statement.
    let answer = session
        .run(&format!("SELECT unnest(struct_pack({list}))"), &[], 10)
        .unwrap();
    let shown: Vec<String> = answer.row(0).map(Value::text).collect();
    assert_eq!(
        shown,
        [
            "2025-06-30",
            "2025-01-02 03:04:05",
            "it's; $plan",
            "[a, 'b\\'c']",
            "[]",
            "-3",
            "0.5",
            "true",
            "",
            "2025-06-03"
        ]
    );
}

#[test]
fn the_printed_macros_run_in_their_order() {
    let (text, session) = printed(&[LIB, ("q.sql", QUERY)], "q");
    let (macros, _) = text.split_once("PREPARE q AS\n").unwrap();
    for statement in macros
        .split(";\n")
        .filter(|statement| !statement.trim().is_empty())
    {
        session.define(statement).unwrap();
    }
    let answer = session.run("SELECT doubled(-3) AS n", &[], 1).unwrap();
    assert_eq!(answer.columns[0].values, [Value::Integer(-6)]);
}

/// The program's own functions have a second form in SQL: both must give the same numbers.
#[test]
fn functions_written_in_sql_give_what_the_programs_own_give() {
    let calls = [
        "wilson_low(3, 10)",
        "wilson_high(3, 10)",
        "wilson_margin(0, 10)",
        "wilson_margin(10, 10)",
        "wilson_low(0, 10)",
        "wilson_high(10, 10)",
        "wilson_margin(1, 0)",
        "wilson_margin(5, 3)",
        "newcombe_low(56, 70, 48, 80)",
        "newcombe_high(56, 70, 48, 80)",
        "newcombe_low(1, 0, 48, 80)",
        "nps_margin_of(50, 20, 100)",
        "nps_margin_of(0, 0, 0)",
        "nps_margin_of(3, 0, 3)",
    ];
    let query = format!("SELECT {}", calls.join(", "));
    let (text, session) = printed(&[("q.sql", &query)], "q");
    let own = session.run(&query, &[], 1).unwrap();
    let (macros, _) = text.split_once("PREPARE q AS\n").unwrap();
    for statement in macros
        .split(";\n")
        .filter(|statement| !statement.trim().is_empty())
    {
        session.define(statement).unwrap();
    }
    let stock = session.run(&query, &[], 1).unwrap();
    for ((call, own), stock) in calls.iter().zip(own.row(0)).zip(stock.row(0)) {
        match (own.number(), stock.number()) {
            (Some(own), Some(stock)) => {
                assert!((own - stock).abs() < 1e-9, "{call}: {own} {stock}");
            }
            (own, stock) => assert_eq!(own, stock, "{call}"),
        }
    }
}
