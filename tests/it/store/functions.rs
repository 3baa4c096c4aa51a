//! The functions every query can use.

use cxtop::analysis::{newcombe, nps, wilson};
use cxtop::store::{Options, Store, Value};
use jiff::Timestamp;
use jiff::civil::{Weekday, date};
use jiff::tz::TimeZone;

use super::{ask, options, session};

#[test]
fn intervals_match_published_numbers() {
    let near =
        |one: f64, other: f64| assert!((one - other).abs() < 0.00005, "{one} is not {other}");
    // Newcombe 1998, table II, row (a): 56/70 against 48/80, method 10.
    let difference = newcombe(56.0, 70.0, 48.0, 80.0).unwrap();
    near(difference.low, 0.0524);
    near(difference.high, 0.3339);
    // Newcombe 1998 (single proportions), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    for (hits, tries, low, high) in [
        (81.0, 263.0, 0.2553, 0.3662),
        (15.0, 148.0, 0.0624, 0.1605),
        (0.0, 20.0, 0.0, 0.1611),
        (1.0, 29.0, 0.0061, 0.1718),
    ] {
        let share = wilson(hits, tries).unwrap();
        near(share.low, low);
        near(share.high, high);
    }
    // By hand: n' = 103, (60.75 - 10.75) / 103, variance (71.5 / 103 - 0.4854^2) / 103.
    let score = nps(60.0, 10.0, 100.0).unwrap();
    near(f64::midpoint(score.low, score.high), 48.54369);
    near(score.margin(), 13.07710);
    assert!(
        nps(0.0, 0.0, 0.0).is_none()
            && wilson(0.0, 0.0).is_none()
            && newcombe(1.0, 2.0, 0.0, 0.0).is_none()
    );
    assert!(
        wilson(3.0, 2.0).is_none()
            && nps(2.0, 2.0, 3.0).is_none()
            && wilson(f64::NAN, 2.0).is_none()
    );
}

/// What DuckDB lists among its own functions, since it is written in Rust.
const SCALARS: &[&str] = &[
    "wilson_low",
    "wilson_high",
    "wilson_margin",
    "newcombe_low",
    "newcombe_high",
    "local_time",
    "utc_time",
    "period_start",
];

/// Parts of other functions, which nobody needs to call.
const PARTS: &[&str] = &["anomaly_score", "nps_margin_of"];

#[test]
fn every_function_is_in_the_manual() {
    let manual = cxtop::manual::functions();
    for name in cxtop::store::analyses() {
        let of_names = name.trim_end_matches("_if").trim_end_matches("_customers");
        let section = manual.find(name).map(|section| section.title.as_str());
        assert_eq!(section, Some(of_names), "{name}");
    }
    let sql = "SELECT DISTINCT function_name FROM duckdb_functions() \
               WHERE NOT internal AND NOT starts_with(function_name, '_cxtop') ORDER BY ALL";
    let macros = ask(&session(), sql);
    assert!(macros.lines().any(|name| name == "nps"), "{macros}");
    let others = macros.lines().chain(SCALARS.iter().copied());
    for name in others.filter(|name| !PARTS.contains(name)) {
        assert!(manual.find(name).is_some(), "{name} is not in the manual");
    }
}

#[test]
fn scores_are_what_their_definitions_say() {
    let cases = [
        // 9 and 10 promote, 0 to 6 detract, blanks and marks outside the scale do not count.
        (
            "SELECT nps(s) FROM (VALUES (10), (9), (8), (7), (6), (0), (NULL), (11), (-1)) t(s)",
            "0",
        ),
        (
            "SELECT nps(s) FROM (VALUES (10), (10), (8), (3)) t(s)",
            "25",
        ),
        ("SELECT nps(s) FROM (SELECT NULL::DOUBLE AS s)", "NULL"),
        (
            "SELECT g, nps(s) FROM (VALUES ('a', 10), ('b', 1), ('b', 9)) t(g, s) GROUP BY g ORDER BY g",
            "a | 100\nb | 0",
        ),
        (
            "SELECT round(nps_margin(CASE WHEN n < 60 THEN 9 WHEN n < 90 THEN 8 ELSE 2 END), 5) FROM range(100) t(n)",
            "13.0771",
        ),
        (
            "SELECT nps_margin(s) FROM (SELECT NULL::DOUBLE AS s)",
            "NULL",
        ),
        (
            "SELECT csat(s) FROM (VALUES (5), (4), (3), (1), (NULL), (0), (6)) t(s)",
            "0.5",
        ),
        (
            "SELECT csat(s, 7) FROM (VALUES (7), (6), (5), (1)) t(s)",
            "0.5",
        ),
        (
            "SELECT csat(s, p_scale_max := 10) FROM (VALUES (10), (9), (0), (8)) t(s)",
            "0.5",
        ),
        (
            "SELECT round(csat_margin(s), 6) = round(wilson_margin(2, 4), 6) FROM (VALUES (5), (4), (3), (1)) t(s)",
            "true",
        ),
        (
            "SELECT ces(s), ces_agree(s), ces_index(s) FROM (VALUES (7), (6), (5), (2), (NULL), (9)) t(s)",
            "5 | 0.75 | 25",
        ),
        (
            "SELECT round(ces_margin(s), 4) FROM (VALUES (7), (6), (5), (2)) t(s)",
            "2.117",
        ),
        (
            "SELECT round(newcombe_low(56, 70, 48, 80), 4), round(newcombe_high(56, 70, 48, 80), 4)",
            "0.0524 | 0.3339",
        ),
        (
            "SELECT round(wilson_low(81, 263), 4), round(wilson_high(81, 263), 4)",
            "0.2553 | 0.3662",
        ),
        (
            "SELECT wilson_margin(0, 0), wilson_low(NULL, 3), newcombe_low(1, 0, 1, 2)",
            "NULL | NULL | NULL",
        ),
        (
            "SELECT wilson_low(0, 5), wilson_high(sum(1)::HUGEINT, 1)",
            "0 | 1",
        ),
    ];
    let session = session();
    for (sql, expected) in cases {
        assert_eq!(ask(&session, sql), expected, "{sql}");
    }
}

#[test]
fn the_clock_agrees_with_jiff_at_and_around_every_change() {
    for name in [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "UTC",
        "Africa/Casablanca",
    ] {
        let session = Store::open(&Options {
            timezone: name.to_string(),
            ..options()
        })
        .unwrap()
        .connect()
        .unwrap();
        let zone = TimeZone::get(name).unwrap();
        let first: Timestamp = "1960-01-01T00:00:00Z".parse().unwrap();
        let changes = zone
            .following(first)
            .map(|change| change.timestamp())
            .take(140);
        let moments: Vec<Timestamp> = std::iter::once(first)
            .chain(changes)
            .flat_map(|change| {
                [-7201, -3600, -1, 0, 1, 1799, 3600, 86400].map(|shift| shifted(change, shift))
            })
            .collect();
        let list = moments
            .iter()
            .map(|moment| format!("({})", moment.as_microsecond()))
            .collect::<Vec<_>>()
            .join(",");
        let answer = ask(
            &session,
            &format!(
                "SELECT epoch_us(local_time(make_timestamp(us))), epoch_us(utc_time(make_timestamp(us)))
                 FROM (VALUES {list}) t(us)"
            ),
        );
        for (moment, line) in moments.iter().zip(answer.lines()) {
            let wall = zone.to_datetime(*moment);
            let as_wall = TimeZone::UTC.to_datetime(*moment);
            let utc = zone.to_timestamp(as_wall).unwrap();
            let in_utc = |time| TimeZone::UTC.to_timestamp(time).unwrap().as_microsecond();
            assert_eq!(
                line,
                format!("{} | {}", in_utc(wall), utc.as_microsecond()),
                "{name}, {moment}"
            );
        }
    }
}

fn shifted(moment: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(moment.as_second() + seconds).unwrap()
}

#[test]
fn periods_begin_where_the_workspace_says() {
    let cases = [
        // 23:30 UTC on Sunday is Monday in Berlin.
        (
            Weekday::Monday,
            "SELECT period_start(TIMESTAMP '2025-01-05 23:30:00', 'week')",
            "2025-01-06 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(TIMESTAMP '2025-01-05 22:30:00', 'WEEK')",
            "2024-12-30 00:00:00",
        ),
        (
            Weekday::Sunday,
            "SELECT period_start(TIMESTAMP '2025-01-05 22:30:00', 'week')",
            "2025-01-05 00:00:00",
        ),
        (
            Weekday::Saturday,
            "SELECT period_start(DATE '2025-01-03', 'week')",
            "2024-12-28 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(TIMESTAMP '2025-06-30 22:10:59', 'hour')",
            "2025-07-01 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(TIMESTAMP '2025-06-30 22:10:59.5', 'minute')",
            "2025-07-01 00:10:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(TIMESTAMP '2025-06-30 22:10:59', 'month')",
            "2025-07-01 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(DATE '2025-06-30', 'quarter')",
            "2025-04-01 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(DATE '1969-12-31', 'year')",
            "1969-01-01 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(DATE '2024-02-29', 'day')",
            "2024-02-29 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT period_start(NULL::TIMESTAMP, 'day'), period_start(DATE '2024-02-29', NULL)",
            "NULL | NULL",
        ),
        (
            Weekday::Monday,
            "SELECT local_time(NULL), utc_time('infinity'::TIMESTAMP)",
            "NULL | NULL",
        ),
        (
            Weekday::Monday,
            "FROM periods(DATE '2025-01-15', DATE '2025-04-01', 'month')",
            "2025-01-01 00:00:00\n2025-02-01 00:00:00\n2025-03-01 00:00:00",
        ),
        (
            Weekday::Sunday,
            "FROM periods('2025-01-15', '2025-01-20', 'week')",
            "2025-01-12 00:00:00\n2025-01-19 00:00:00",
        ),
        (
            Weekday::Monday,
            "SELECT count(*) FROM periods('2025-03-30', '2025-04-01', 'hour')",
            "48",
        ),
        (
            Weekday::Monday,
            "SELECT count(*) FROM periods('2025-03-30', '2025-03-30', 'day')",
            "0",
        ),
    ];
    for (week_start, sql, expected) in cases {
        let session = Store::open(&Options {
            week_start,
            ..options()
        })
        .unwrap()
        .connect()
        .unwrap();
        assert_eq!(ask(&session, sql), expected, "{sql}");
    }
}

#[test]
fn periods_agree_with_date_trunc_in_utc() {
    let store = Store::open(&Options {
        timezone: "UTC".to_string(),
        ..options()
    })
    .unwrap();
    let session = store.connect().unwrap();
    for unit in ["minute", "hour", "day", "week", "month", "quarter", "year"] {
        let differences = ask(
            &session,
            &format!(
                "WITH times AS (SELECT make_timestamp((n * 7_919_000_003_123) - 30_000_000_000_000_000) AS ts FROM range(9000) t(n))
                 SELECT count(*) FROM times WHERE period_start(ts, '{unit}') != date_trunc('{unit}', ts)"
            ),
        );
        assert_eq!(differences, "0", "{unit}");
    }
}

#[test]
fn a_wrong_period_or_zone_is_named() {
    let error = session()
        .run(
            "SELECT period_start(DATE '2025-01-01', 'fortnight')",
            &[],
            1,
        )
        .unwrap_err();
    assert!(
        error
            .message
            .starts_with("there is no period 'fortnight': use 'minute', 'hour'"),
        "{error:?}"
    );
    let error = Store::open(&Options {
        timezone: "Europe/Brelin".to_string(),
        ..options()
    })
    .err()
    .unwrap();
    assert_eq!(
        error.to_string(),
        "there is no time zone Europe/Brelin\n  help: give an IANA name, such as Europe/Berlin"
    );
}

#[test]
fn a_condition_that_a_parameter_switches_off_is_not_run_but_looked_at() {
    let session = session();
    let values = [
        ("today".to_string(), Value::Date(date(2026, 1, 1))),
        ("plan".to_string(), Value::Null),
    ];
    let call = "FROM funnel(['a', 'b'], filter := $plan IS NULL OR no_such_column = $plan)";
    let answer = session.run(call, &values, 10).unwrap();
    assert_eq!(answer.rows(), 2);
    let error = session.describe(call, &values).unwrap_err();
    assert_eq!(error.position, call.find("no_such_column"));
}

#[test]
fn a_value_that_cannot_be_read_is_found_at_its_argument() {
    let session = session();
    let values = [("today".to_string(), Value::Date(date(2026, 1, 1)))];
    for (call, place) in [
        ("FROM funnel(['a'], since := 'soon')", "'soon'"),
        ("FROM active(until := 'never')", "'never'"),
        ("FROM retention(start := 'a', periods := 'all')", "'all'"),
    ] {
        let error = session.run(call, &values, 10).unwrap_err();
        assert_eq!(error.position, call.find(place), "{call}: {error:?}");
        let error = session.describe(call, &values).unwrap_err();
        assert_eq!(error.position, call.find(place), "{call}: {error:?}");
    }
}

#[test]
fn a_call_is_refused_where_it_is_described_if_no_rows_are_needed_to_tell() {
    let session = session();
    let values = [
        ("today".to_string(), Value::Date(date(2026, 1, 1))),
        ("mode".to_string(), Value::Text("loose".to_string())),
    ];
    for (call, place) in [
        ("FROM funnel(['a', 'b'], mode := 'loose')", "'loose'"),
        ("FROM funnel(['a', 'b'], mode := $mode)", "$mode"),
        (
            "FROM funnel(['a', 'b'], within := to_days(0))",
            "to_days(0)",
        ),
        (
            "FROM retention(start := 'a', period := 'fortnight')",
            "'fortnight'",
        ),
        (
            "SELECT * FROM active() JOIN active(rolling := 0) USING (period)",
            "0)",
        ),
        (
            "FROM stickiness(period := 'day', within := 'fortnight')",
            "'fortnight'",
        ),
        (
            "FROM stickiness(period := 'week', within := 'day')",
            "'day'",
        ),
        ("FROM funnel(['a', 'b'], first_time := [NULL])", "[NULL]"),
        (
            "FROM funnel(['a', 'b'], excluding_between := [1, NULL])",
            "[1, NULL]",
        ),
        ("FROM retention('a', brackets := [0, NULL])", "[0, NULL]"),
    ] {
        let error = session.describe(call, &values).unwrap_err();
        assert_eq!(error.position, call.find(place), "{call}: {error:?}");
    }
    let from_rows = "FROM funnel(['a', 'b'], mode := (SELECT max(event) FROM events))";
    assert!(session.describe(from_rows, &values).is_ok());
}

#[test]
fn a_value_of_another_type_or_without_quotes_is_told_what_it_must_be() {
    let session = session();
    let values = [("today".to_string(), Value::Date(date(2026, 1, 1)))];
    for (call, place, message) in [
        (
            "FROM funnel(['a', 'b'], within := 7)",
            "7)",
            "within must be a length of time, such as INTERVAL 7 DAYS",
        ),
        (
            "FROM funnel(['a', 'b'], since := 5)",
            "5)",
            "since must be a day or a time, such as DATE '2026-01-31'",
        ),
        (
            "FROM funnel(['a', 'b'], first_time := 1)",
            "1)",
            "first_time must be a list of whole numbers, such as [1, 2]",
        ),
        (
            "FROM funnel(['a', 'b'], mode := strict)",
            "strict",
            "mode must be a word in quotes",
        ),
        (
            "FROM funnel([\"a\", b])",
            "[",
            "steps must be a list of names in single quotes, such as ['signup', 'purchase']",
        ),
        (
            "FROM funnel([a, 'b'], by := event)",
            "[",
            "steps must be a list of names in single quotes, such as ['signup', 'purchase']",
        ),
        (
            "FROM retention('a', period := week)",
            "week",
            "period must be a unit in quotes, such as 'week'",
        ),
        (
            "FROM retention(a)",
            "a)",
            "start must be a name in single quotes, such as 'signup'",
        ),
        (
            "FROM active(fenster := 7)",
            "fenster",
            "active has no argument \"fenster\"; it takes since, until, by, top, customers, filter, event, period, rolling",
        ),
    ] {
        let error = session.run(call, &values, 10).unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.position),
            (message, call.find(place)),
            "{call}"
        );
        let error = session.describe(call, &values).unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.position),
            (message, call.find(place)),
            "{call}"
        );
    }
}

#[test]
fn an_argument_names_columns_of_events_and_of_customers_and_nothing_else() {
    let session = session();
    for (call, place) in [
        ("FROM funnel(['a', 'b'], filter := value > 5)", "value"),
        ("FROM funnel(['a', 'b'], by := number)", "number"),
        ("FROM funnel(['a', 'b'], by := spec)", "spec"),
        ("FROM funnel(['a', 'b'], hold := part)", "part"),
        ("FROM funnel_if([number >= 0, event = 'b'])", "number"),
        ("FROM active(customers := number = 0)", "number"),
        // A segment is one of customers, not of events.
        ("FROM active(customers := event = 'a')", "event ="),
        (
            "FROM active(filter := true, customers := session_id = 'a')",
            "session_id",
        ),
    ] {
        let error = session.run(call, &[], 10).unwrap_err();
        assert_eq!(error.position, call.find(place), "{call}: {error:?}");
    }
}

#[test]
fn an_aggregate_in_an_argument_is_refused_there() {
    let session = session();
    for (call, place) in [
        ("FROM funnel(['a', 'b'], by := count(*))", "count(*)"),
        (
            "FROM funnel(['a', 'b'], filter := lower(event) = 'a', by := max(event))",
            "max(event)",
        ),
        ("FROM active(event := 'a', by := sum(1) + 2)", "sum(1) + 2"),
    ] {
        let error = session.run(call, &[], 10).unwrap_err();
        assert_eq!(error.position, call.find(place), "{call}: {error:?}");
        assert!(!error.message.contains("_cxtop"), "{error:?}");
    }
}

#[test]
fn what_a_macro_asks_wrongly_is_said_at_the_call_of_the_macro() {
    let session = session();
    for definition in [
        "CREATE MACRO two_steps(p_mode) AS TABLE FROM funnel(['a', 'b'], mode := p_mode)",
        "CREATE MACRO \"Of It\"() AS TABLE FROM two_steps('loose')",
    ] {
        session.define(definition).unwrap();
    }
    let call = "SELECT 1 FROM funnel(['c']), two_steps('loose')";
    let error = session.run(call, &[], 10).unwrap_err();
    assert_eq!(error.position, call.find("two_steps"));
    assert_eq!(
        error.message,
        "in the macro two_steps: mode is 'loose', and can be 'ordered', 'strict', 'any'"
    );
    let error = session.run("FROM \"Of It\"()", &[], 10).unwrap_err();
    assert!(
        error.message.starts_with("in the macro two_steps: mode"),
        "{error:?}"
    );
}

#[test]
fn the_line_that_defines_a_number_is_read_as_the_question_is() {
    let session = session();
    for (call, definition) in [
        ("funnel(['a', 'b'])", "ordered · 14 d window · any entry"),
        (
            "funnel(['a', 'b'], mode := 'ANY', entries := ' First ', within := NULL)",
            "any order · 14 d window · first entry",
        ),
        (
            "funnel_trend(['a', 'b'], mode := 'Strict', within := INTERVAL 90 MINUTES)",
            "strict · 90 min window · any entry",
        ),
        ("time_to('a', 'b')", "from the first entry · no limit"),
        (
            "time_to('a', 'b', within := NULL)",
            "from the first entry · no limit",
        ),
        (
            "time_to('a', 'b', within := INTERVAL 1 DAY)",
            "from the first entry · 1 d window",
        ),
        (
            "retention('a', criterion := 'ON', cohort := 'RECURRING', windows := 'Rolling', period := 'DAY')",
            "every start · back in the period · rolling days",
        ),
        (
            "retention('a', criterion := 'On_Or_After')",
            "first start · back in it or later · calendar weeks",
        ),
        (
            "active(rolling := 7, period := 'DAY')",
            "distinct customers in 7 days · any event",
        ),
        (
            "active(event := 'a', filter := true)",
            "distinct customers in a day · doing a",
        ),
        (
            "active_if(event := event = 'a' AND ts IS NOT NULL)",
            "distinct customers in a day · events that match",
        ),
        ("lifecycle(event := NULL)", "by week · any event"),
        (
            "stickiness(within := 'MONTH')",
            "active days in the last month · any event",
        ),
        (
            "next_events(gap := INTERVAL 1 HOUR)",
            "sessions end after 1 h",
        ),
    ] {
        let answer = session.run_with_remarks(&format!("FROM {call}"), &[], 1);
        let said = answer.unwrap().remarks.definition;
        assert_eq!(said.as_deref(), Some(definition), "{call}");
    }
}

#[test]
fn numbers_of_periods_have_a_bound() {
    let session = session();
    for (call, message) in [
        (
            "active(rolling := 200000)",
            "rolling must be from 1 to 100000 periods, not 200000",
        ),
        (
            "active(rolling := 0)",
            "rolling must be from 1 to 100000 periods, not 0",
        ),
        (
            "retention('a', brackets := [0, 9223372036854775807])",
            "brackets must be rising whole numbers from 0 to 100000, such as [0, 1, 3, 7]",
        ),
        (
            "retention('a', period := 'year', windows := 'rolling', brackets := [0, 100001])",
            "brackets must be rising whole numbers from 0 to 100000, such as [0, 1, 3, 7]",
        ),
        (
            "retention('a', brackets := [1, 2])",
            "brackets must be rising whole numbers from 0 to 100000, such as [0, 1, 3, 7]",
        ),
    ] {
        let error = session.run(&format!("FROM {call}"), &[], 10).unwrap_err();
        assert_eq!(error.message, message, "{call}");
    }
    let last = "FROM retention('a', period := 'year', brackets := [0, 100000])";
    assert!(session.run(last, &[], 10).is_ok());
}
