//! Sessions: values of every type, parameters, errors with their places, limits, interrupts, macros, and what they refuse.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use cxtop::store::{Options, Parser, SqlError, Store, Value};
use jiff::civil::{date, datetime};

use super::{ask, options, session};

fn text(text: &str) -> Value {
    Value::Text(text.to_string())
}

#[test]
fn numbers_and_times_are_exact() {
    check_types(&[
        ("true", "BOOLEAN", Value::Boolean(true)),
        ("NULL::BOOLEAN", "BOOLEAN", Value::Null),
        ("-5::TINYINT", "TINYINT", Value::Integer(-5)),
        ("300::SMALLINT", "SMALLINT", Value::Integer(300)),
        ("70000", "INTEGER", Value::Integer(70000)),
        ("9223372036854775807", "BIGINT", Value::Integer(i64::MAX)),
        ("200::UTINYINT", "UTINYINT", Value::Integer(200)),
        ("60000::USMALLINT", "USMALLINT", Value::Integer(60000)),
        (
            "4000000000::UINTEGER",
            "UINTEGER",
            Value::Integer(4_000_000_000),
        ),
        ("5::UBIGINT", "UBIGINT", Value::Integer(5)),
        (
            "18446744073709551615::UBIGINT",
            "UBIGINT",
            Value::Double(18_446_744_073_709_551_615.0),
        ),
        ("7::HUGEINT", "HUGEINT", Value::Integer(7)),
        ("-7::HUGEINT", "HUGEINT", Value::Integer(-7)),
        (
            "170141183460469231731687303715884105727::HUGEINT",
            "HUGEINT",
            Value::Double(1.701_411_834_604_692_3e38),
        ),
        ("7::UHUGEINT", "UHUGEINT", Value::Integer(7)),
        ("0.1::FLOAT", "FLOAT", Value::Double(0.1)),
        ("0.1::DOUBLE", "DOUBLE", Value::Double(0.1)),
        ("1/0", "DOUBLE", Value::Double(f64::INFINITY)),
        ("1.5::DECIMAL(4,1)", "DECIMAL(4,1)", Value::Double(1.5)),
        ("-0.05::DECIMAL(9,2)", "DECIMAL(9,2)", Value::Double(-0.05)),
        (
            "12345678901.25::DECIMAL(18,2)",
            "DECIMAL(18,2)",
            Value::Double(12_345_678_901.25),
        ),
        (
            "99999999999999999999.5::DECIMAL(38,1)",
            "DECIMAL(38,1)",
            Value::Double(1e20),
        ),
        ("DATE '2024-02-29'", "DATE", Value::Date(date(2024, 2, 29))),
        ("DATE '0001-01-01'", "DATE", Value::Date(date(1, 1, 1))),
        ("DATE '15000-01-02'", "DATE", text("15000-01-02")),
        ("'infinity'::DATE", "DATE", text("infinity")),
        (
            "TIMESTAMP '2024-02-29 12:34:56.789'",
            "TIMESTAMP",
            Value::Timestamp(datetime(2024, 2, 29, 12, 34, 56, 789_000_000)),
        ),
        (
            "TIMESTAMP '1969-12-31 23:59:59.5'",
            "TIMESTAMP",
            Value::Timestamp(datetime(1969, 12, 31, 23, 59, 59, 500_000_000)),
        ),
        (
            "TIMESTAMP_S '2024-01-01 00:00:01'",
            "TIMESTAMP_S",
            Value::Timestamp(datetime(2024, 1, 1, 0, 0, 1, 0)),
        ),
        (
            "TIMESTAMP_MS '2024-01-01 00:00:01'",
            "TIMESTAMP_MS",
            Value::Timestamp(datetime(2024, 1, 1, 0, 0, 1, 0)),
        ),
        (
            "TIMESTAMP_NS '2024-01-01 00:00:01'",
            "TIMESTAMP_NS",
            Value::Timestamp(datetime(2024, 1, 1, 0, 0, 1, 0)),
        ),
        (
            "TIMESTAMP '40000-01-01 00:00:01'",
            "TIMESTAMP",
            text("40000-01-01 00:00:01"),
        ),
        ("'-infinity'::TIMESTAMP", "TIMESTAMP", text("-infinity")),
        (
            "to_timestamp(0)",
            "TIMESTAMP WITH TIME ZONE",
            Value::Timestamp(datetime(1970, 1, 1, 0, 0, 0, 0)),
        ),
    ]);
}

#[test]
fn every_other_type_is_text() {
    check_types(&[
        ("NULL", "INTEGER", Value::Null),
        ("TIME '01:02:03.5'", "TIME", text("01:02:03.5")),
        ("INTERVAL 14 MONTHS", "INTERVAL", text("1 year 2 months")),
        (
            "INTERVAL 1 DAY + INTERVAL 90 MINUTES",
            "INTERVAL",
            text("1 day 01:30:00"),
        ),
        ("INTERVAL (-90) MINUTES", "INTERVAL", text("-01:30:00")),
        ("'ñ日😀'", "VARCHAR", text("ñ日😀")),
        ("''", "VARCHAR", text("")),
        (
            "'a text that is longer than twelve bytes'",
            "VARCHAR",
            text("a text that is longer than twelve bytes"),
        ),
        ("'{\"a\": 1}'::JSON", "JSON", text("{\"a\": 1}")),
        ("'\\xAA\\x00b'::BLOB", "BLOB", text("\\xAA\\x00b")),
        (
            "'00000000-0000-0000-0000-00000000000f'::UUID",
            "UUID",
            text("00000000-0000-0000-0000-00000000000f"),
        ),
        ("'b'::ENUM('a', 'b')", "ENUM", text("b")),
        ("[1, NULL, 3]", "INTEGER[]", text("[1, NULL, 3]")),
        (
            "[['a', 'b, c'], []]",
            "VARCHAR[][]",
            text("[[a, 'b, c'], []]"),
        ),
        ("[1.0::DOUBLE, 1e100]", "DOUBLE[]", text("[1.0, 1e+100]")),
        ("array_value(1, 2)", "INTEGER[2]", text("[1, 2]")),
        (
            "{'a': 1, 'b': 'x y'}",
            "STRUCT(\"a\" INTEGER, \"b\" VARCHAR)",
            text("{'a': 1, 'b': x y}"),
        ),
        (
            "MAP {'k': 1, 'l': 2}",
            "MAP(VARCHAR, INTEGER)",
            text("{k=1, l=2}"),
        ),
        (
            "[TIMESTAMP '2024-01-01 10:00:00']",
            "TIMESTAMP[]",
            text("['2024-01-01 10:00:00']"),
        ),
        ("[DATE '2024-01-01']", "DATE[]", text("[2024-01-01]")),
        ("[1.50::DECIMAL(5,2)]", "DECIMAL(5,2)[]", text("[1.50]")),
    ]);
}

fn check_types(cases: &[(&str, &str, Value)]) {
    let session = session();
    for (sql, sql_type, value) in cases {
        let table = session
            .run(&format!("SELECT {sql} AS it"), &[], 10)
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        assert_eq!(
            (
                table.columns[0].sql_type.as_str(),
                &table.columns[0].values[0]
            ),
            (*sql_type, value),
            "{sql}"
        );
    }
}

#[test]
fn what_is_printed_reads_as_duckdb_prints_it() {
    let cases = [
        "INTERVAL (-14) MONTHS",
        "INTERVAL 1 MICROSECOND",
        "INTERVAL 0 DAYS",
        "INTERVAL '-1 day 100 hours'",
        "TIME '23:59:59.000001'",
        "gen_random_uuid()",
        "'a''b\"d\\x5C\\x00~'::BLOB",
        "[NULL]",
        "['']",
        "['null', ' a', 'b''c', 'x:y']",
        "{'a': {'b': [1, 2]}, 'c''d': NULL}",
        "MAP {'a b': ['x'], 'c=d': NULL}",
        "[-1.5::DOUBLE, 'nan', 1e-7, 123456789012345678]",
        "[0.1::FLOAT]",
        "[true, false, NULL]",
        "[INTERVAL 1 DAY]",
        "[TIME '01:00:00']",
        "['x'::BLOB]",
        "DATE '0044-03-15 (BC)'",
        "TIMESTAMP '0044-03-15 (BC) 01:02:03.4'",
        "DATE '99999-12-31'",
        "TIMESTAMP '-infinity'",
        "[DATE 'infinity']",
        "[TIMESTAMP '2000-01-01 00:00:00.5']",
        "[170141183460469231731687303715884105727]",
        "[-0.05::DECIMAL(3,2)]",
        "[to_timestamp(0)]",
    ];
    let session = session();
    let different: Vec<String> = cases
        .iter()
        .flat_map(|sql| {
            [
                sql.to_string(),
                format!("[{sql}]"),
                format!("{{'it': {sql}}}"),
            ]
        })
        .filter_map(|sql| {
            let one = format!("WITH one AS MATERIALIZED (SELECT {sql} AS it)");
            let row = ask(&session, &format!("{one} SELECT it, it::VARCHAR FROM one"));
            row.split_once(" | ")
                .filter(|(ours, theirs)| ours != theirs)
                .map(|(ours, theirs)| format!("{sql}: {ours} is not {theirs}"))
        })
        .collect();
    assert_eq!(different, Vec::<String>::new());
}

#[test]
fn types_without_a_value_ask_for_a_cast() {
    let session = session();
    let error = session
        .run("SELECT '101'::BIT AS flags", &[], 10)
        .unwrap_err();
    assert_eq!(
        error.message,
        "column \"flags\" has the type BIT; cast it: flags::VARCHAR"
    );
}

#[test]
fn parameters_are_bound_by_name_and_only_where_the_statement_has_them() {
    let given = |name: &str, value| (name.to_string(), value);
    let values = [
        given("Day", Value::Date(date(2024, 5, 6))),
        given("time", Value::Timestamp(datetime(2024, 5, 6, 7, 8, 9, 0))),
        given("number", Value::Integer(-3)),
        given("share", Value::Double(0.25)),
        given("truth", Value::Boolean(false)),
        given(
            "words",
            Value::List(vec![text("a"), text("b'; DROP TABLE events; --")]),
        ),
        given(
            "numbers",
            Value::List(vec![Value::Integer(1), Value::Double(2.5)]),
        ),
        given("empty", Value::List(Vec::new())),
        given("nothing", Value::Null),
        given("unused", text("x")),
    ];
    let cases = [
        (
            "SELECT $day + 1, $time, $number, $share, $truth",
            "2024-05-07 | 2024-05-06 07:08:09 | -3 | 0.25 | false",
        ),
        (
            "SELECT 'a' IN $words, 'c' IN $words, len($words)",
            "true | false | 2",
        ),
        (
            "SELECT 2.5 IN $numbers, 'a' IN $empty, 1 IN $empty",
            "true | false | false",
        ),
        (
            "SELECT $nothing IS NULL OR plan = $nothing FROM (SELECT 'pro' AS plan)",
            "true",
        ),
        (
            "SELECT count(*) FROM range(10) t(n) WHERE $nothing IS NULL OR n IN $numbers",
            "10",
        ),
        ("SELECT count(*) FROM (SELECT 1 LIMIT 5 + $number)", "1"),
        ("SELECT '$x', $$ $y $$", "$x |  $y "),
    ];
    let session = session();
    for (sql, expected) in cases {
        let table = session
            .run(sql, &values, 10)
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let row: Vec<String> = table.row(0).map(super::shown).collect();
        assert_eq!(row.join(" | "), expected, "{sql}");
    }
    let error = session.run("SELECT $missing", &values, 10).unwrap_err();
    assert_eq!(
        error.message,
        "there is no value for the parameter $missing"
    );
}

#[test]
fn errors_name_their_place() {
    // The text, what the place covers, the subtype, and the first candidate.
    let cases = [
        (
            "SELECT nosuch FROM events",
            "nosuch",
            "COLUMN_NOT_FOUND",
            "ts",
        ),
        (
            "-- ñ日😀\nSELECT evnt FROM events",
            "evnt",
            "COLUMN_NOT_FOUND",
            "event",
        ),
        ("SELECT 1 FROM evnts", "evnts", "MISSING_ENTRY", "events"),
        ("SELEC 1", "SELEC", "SYNTAX_ERROR", ""),
        (
            "SELECT cuont(*) FROM events",
            "cuont(*)",
            "MISSING_ENTRY",
            "count",
        ),
        ("SELECT 'abc'::INTEGER", "::INTEGER", "", ""),
    ];
    let session = session();
    for (sql, covered, subtype, candidate) in cases {
        let error = session.run(sql, &[], 10).unwrap_err();
        let start = error.position.unwrap_or_else(|| panic!("{sql}: {error:?}"));
        assert_eq!(&sql[start..start + error.length], covered, "{error:?}");
        assert_eq!(error.subtype, subtype, "{error:?}");
        assert_eq!(
            error.candidates.first().map_or("", String::as_str),
            candidate,
            "{error:?}"
        );
    }
    let described = session
        .describe("SELECT 1 AS a, nosuch FROM events", &[])
        .unwrap_err();
    assert_eq!((described.position, described.length), (Some(15), 6));
}

#[test]
fn a_question_is_described_without_reading_anything() {
    let session = session();
    let columns = session.describe(
        "SELECT count(*) AS n, max(ts) AS last FROM events, range(10000000000) WHERE event = $e",
        &[("e".to_string(), text("x"))],
    );
    assert_eq!(
        columns.unwrap(),
        [
            ("n".to_string(), "BIGINT".to_string()),
            ("last".to_string(), "TIMESTAMP".to_string())
        ]
    );
}

#[test]
fn an_answer_holds_a_mebibyte_of_text_at_most_and_says_that_it_is_cut() {
    let mut session = session();
    let sql = "SELECT repeat('x', 4000) AS long, i FROM range(1000) AS numbers(i) ORDER BY i";
    let table = session.run(sql, &[], usize::MAX).unwrap();
    assert!(table.truncated);
    assert_eq!(table.rows(), (256 * 4096_usize).div_ceil(4000));
    let column = table.column("i").unwrap();
    assert_eq!(column.values.last(), Some(&Value::Integer(262)));
    session.text_limit = usize::MAX;
    let table = session.run(sql, &[], usize::MAX).unwrap();
    assert_eq!((table.rows(), table.truncated), (1000, false));
}

#[test]
fn a_description_is_the_one_that_duckdb_gives_of_the_answer() {
    let session = session();
    let values = [
        ("word".to_string(), text("it's")),
        ("whole".to_string(), Value::Integer(7)),
        ("part".to_string(), Value::Double(0.5)),
        ("day".to_string(), Value::Date(date(2024, 2, 29))),
        ("truth".to_string(), Value::Boolean(true)),
        ("none".to_string(), Value::Null),
        ("words".to_string(), Value::List(vec![text("a"), text("b")])),
        ("numbers".to_string(), Value::List(vec![Value::Integer(1)])),
    ];
    for sql in [
        "SELECT $word, $WHOLE, $part, $day, $truth, $none, $words, $numbers",
        "SELECT $whole * 2 AS twice, $whole / 2 AS half, $day + $whole::INTEGER AS later, $none IS NULL AS nothing",
        "SELECT coalesce($none, $word) AS given, $words[1] AS first, '$word' AS text, e'\\'$word' AS escaped",
        "SELECT event, count(*) AS n FROM events WHERE event IN (SELECT unnest($words)) OR ts > $day GROUP BY event LIMIT $whole",
        "FROM events -- $word is no parameter here\nWHERE $none IS NULL OR event = $none",
        "SELECT ts + INTERVAL ($whole) DAYS AS later, decode(encode($word)) AS same FROM events ORDER BY ALL",
    ] {
        let said = session
            .run(&format!("DESCRIBE {sql}"), &values, 100)
            .unwrap();
        let said: Vec<(String, String)> = (0..said.rows())
            .map(|row| said.row(row).take(2).map(Value::text).collect::<Vec<_>>())
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect();
        assert_eq!(session.describe(sql, &values).unwrap(), said, "{sql}");
    }
    session.skip_optimizing().unwrap();
    let columns = session.describe("SELECT $whole AS n", &values).unwrap();
    assert_eq!(columns, [("n".to_string(), "BIGINT".to_string())]);
}

#[test]
fn only_as_many_rows_are_fetched_as_wanted() {
    let session = session();
    for (rows, limit, fetched, truncated) in [
        (5, 10, 5, false),
        (10, 10, 10, false),
        (11, 10, 10, true),
        (5000, 4096, 4096, true),
        (3, 0, 0, true),
        (0, 0, 0, false),
    ] {
        let table = session
            .run(&format!("SELECT * FROM range({rows})"), &[], limit)
            .unwrap();
        assert_eq!(
            (table.rows(), table.truncated),
            (fetched, truncated),
            "{rows} rows, limit {limit}"
        );
    }
    // Were all rows computed, this would not fit into memory.
    let table = session
        .run(
            "SELECT n, repeat('x', 1000) FROM range(100000000000) t(n)",
            &[],
            3,
        )
        .unwrap();
    assert_eq!(table.rows(), 3);
}

#[test]
fn long_texts_are_cut_at_a_character_unless_asked_for() {
    let mut session = session();
    let sql = "SELECT repeat('ñ', 3000)";
    let cut = session.run(sql, &[], 1).unwrap().columns[0].values[0].text();
    assert_eq!(
        (cut.len(), cut.chars().last()),
        (4096 + '…'.len_utf8(), Some('…'))
    );
    session.text_limit = 3;
    assert_eq!(
        session.run(sql, &[], 1).unwrap().columns[0].values[0],
        text("ñ…")
    );
    session.text_limit = usize::MAX;
    assert_eq!(
        session.run(sql, &[], 1).unwrap().columns[0].values[0]
            .text()
            .len(),
        6000
    );
}

#[test]
fn a_question_stops_when_it_is_interrupted_and_the_session_goes_on() {
    let session = session();
    let interrupter = session.interrupter();
    let done = AtomicBool::new(false);
    let answer = thread::scope(|scope| {
        scope.spawn(|| {
            // One interrupt may come before the question has begun.
            while !done.load(Ordering::SeqCst) {
                interrupter.interrupt();
                thread::yield_now();
            }
        });
        let answer = session.run(
            "SELECT count(*) FROM range(1000000000000) t(n) WHERE n % 7 = 3",
            &[],
            1,
        );
        done.store(true, Ordering::SeqCst);
        answer
    });
    assert!(answer.unwrap_err().interrupted);
    assert_eq!(ask(&session, "SELECT 42"), "42");
}

#[test]
fn interrupts_at_any_moment_leave_the_session_usable() {
    let session = session();
    let interrupter = session.interrupter();
    let done = AtomicBool::new(false);
    let answers: Vec<_> = thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                interrupter.interrupt();
                thread::yield_now();
            }
        });
        let answers = (0..200).map(|_| session.run("SELECT 1", &[], 1)).collect();
        done.store(true, Ordering::SeqCst);
        answers
    });
    // In time or not: either the stop or the answer.
    for error in answers.into_iter().filter_map(Result::err) {
        assert!(error.interrupted, "{error:?}");
    }
    assert_eq!(ask(&session, "SELECT 42"), "42");
}

#[test]
fn a_question_stops_when_its_time_is_over() {
    let store = Store::open(&Options {
        query_timeout: Duration::from_millis(50),
        ..options()
    })
    .unwrap();
    let session = store.connect().unwrap();
    let error = session
        .run(
            "SELECT count(*) FROM range(1000000000000) t(n) WHERE n % 7 = 3",
            &[],
            1,
        )
        .unwrap_err();
    assert!(error.interrupted, "{error:?}");
    assert_eq!(ask(&session, "SELECT 42"), "42");
}

#[test]
fn macros_belong_to_one_session_until_they_are_forgotten() {
    let store = Store::open(&options()).unwrap();
    let (one, other) = (store.connect().unwrap(), store.connect().unwrap());
    one.define("-- doubles\nCREATE MACRO twice(p_n) AS p_n * 2;")
        .unwrap();
    one.define("/* again */ create or replace temp function twice(p_n) as p_n * 3")
        .unwrap();
    one.define("CREATE MACRO recent(p_n := 3) AS TABLE SELECT * FROM range(p_n)")
        .unwrap();
    one.define("CREATE MACRO nps(p_score) AS 'ours'").unwrap();
    assert_eq!(
        ask(
            &one,
            "SELECT twice(4), (SELECT count(*) FROM recent()), nps(1)"
        ),
        "12 | 3 | ours"
    );
    assert!(other.run("SELECT twice(4)", &[], 1).is_err());
    one.forget_definitions().unwrap();
    assert!(one.run("SELECT twice(4)", &[], 1).is_err());
    assert!(one.run("FROM recent()", &[], 1).is_err());
    assert_eq!(ask(&one, "SELECT nps(10)"), "100");
}

#[test]
fn only_macros_can_be_defined_and_errors_name_their_place() {
    let session = session();
    let source = "CREATE OR REPLACE MACRO bad(p_n) AS TABLE SELECT nosuch FROM events";
    let error = session.define(source).unwrap_err();
    assert_eq!(&source[error.position.unwrap()..][..error.length], "nosuch");
    for source in [
        "CREATE TABLE t (a INTEGER)",
        "CREATE MACRO a() AS 1; DROP VIEW events",
        "DROP VIEW events",
        "CREATE VIEW v AS SELECT 1",
        "SELECT 1",
        "",
        "CREATE TEMP TABLE macro (a INTEGER)",
    ] {
        session.define(source).unwrap_err();
    }
    assert_eq!(ask(&session, "SELECT count(*) FROM events"), "0");
}

#[test]
fn the_parser_gives_the_tree_or_the_place_of_the_mistake() {
    let parser = Parser::new().unwrap();
    let tree = parser.parse("SELECT a FROM t WHERE b = $c").unwrap();
    assert_eq!(tree["statements"][0]["node"]["type"], "SELECT_NODE");
    assert_eq!(
        parser.parse("SELECT 1; SELECT 2").unwrap()["statements"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let error = parser.parse("SELECT 1 FROM").unwrap_err();
    assert_eq!(
        (error.subtype.as_str(), error.position),
        ("SYNTAX_ERROR", Some(9))
    );
    for sql in [
        "COPY x TO 'y'",
        "CREATE TABLE t (a INTEGER)",
        "SET threads = 3",
        "ATTACH 'x'",
    ] {
        assert_eq!(
            parser.parse(sql).unwrap_err(),
            SqlError::new("only a SELECT can stand here"),
            "{sql}"
        );
    }
}
