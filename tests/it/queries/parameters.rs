use std::collections::BTreeMap;

use cxtop::error::Result;
use cxtop::queries::{Allowed, Bound, SavedQuery, Workspace};
use cxtop::store::{Parser, Value};
use jiff::civil::date;

const SQL: &str = r#"-- /// query
-- [params]
-- days = { type = "INTEGER", default = 7, min = 1, max = 365 }
-- rate = { type = "DOUBLE", default = 0.5 }
-- since = { type = "DATE", default_sql = "$today - 90" }
-- at = { type = "TIMESTAMP", optional = true }
-- plans = { type = "VARCHAR[]", optional = true, choices = ["free", "pro"] }
-- unit = { type = "VARCHAR", default = "day", choices = ["day", "week"] }
-- open = { type = "BOOLEAN", default = true }
-- ///
SELECT $days, $rate, $since, $at, $plans, $unit, $open
"#;

fn query() -> SavedQuery {
    let parser = Parser::new().unwrap();
    SavedQuery::read("q", "q.sql".as_ref(), SQL, &parser, &Allowed::default()).unwrap()
}

fn bind(given: &BTreeMap<String, Value>) -> Result<Bound> {
    Workspace::bare(Vec::new()).bind(&query(), given, date(2025, 6, 1))
}

#[test]
fn a_text_becomes_a_value_of_the_declared_type() {
    let query = query();
    let text = |text: &str| Value::Text(text.to_string());
    for (name, given, wanted) in [
        ("days", "30", Ok(Value::Integer(30))),
        ("DAYS", "1", Ok(Value::Integer(1))),
        (
            "days",
            "0",
            Err("parameter `days`: 0 is below the minimum 1"),
        ),
        (
            "days",
            "366",
            Err("parameter `days`: 366 is above the maximum 365"),
        ),
        (
            "days",
            "1.5",
            Err("parameter `days`: `1.5` is not an INTEGER"),
        ),
        ("days", "", Err("parameter `days`: `` is not an INTEGER")),
        ("rate", "0.25", Ok(Value::Double(0.25))),
        ("rate", "1", Ok(Value::Double(1.0))),
        (
            "rate",
            "inf",
            Err("parameter `rate`: `inf` is not a DOUBLE"),
        ),
        ("since", "2025-01-31", Ok(Value::Date(date(2025, 1, 31)))),
        (
            "since",
            "2025-02-30",
            Err("parameter `since`: `2025-02-30` is not a DATE"),
        ),
        (
            "since",
            "2025-01-31 10:00",
            Err("parameter `since`: `2025-01-31 10:00` is not a DATE"),
        ),
        (
            "at",
            "2025-01-31 10:00:00",
            Ok(Value::Timestamp(date(2025, 1, 31).at(10, 0, 0, 0))),
        ),
        (
            "at",
            "2025-01-31",
            Ok(Value::Timestamp(date(2025, 1, 31).at(0, 0, 0, 0))),
        ),
        ("at", "", Ok(Value::Null)),
        (
            "plans",
            "free, pro",
            Ok(Value::List(vec![text("free"), text("pro")])),
        ),
        ("plans", "", Ok(Value::Null)),
        (
            "plans",
            "free,pre",
            Err("parameter `plans`: `pre` is not one of free, pro"),
        ),
        ("unit", "week", Ok(text("week"))),
        (
            "unit",
            "weak",
            Err("parameter `unit`: `weak` is not one of day, week"),
        ),
        (
            "unit",
            "'; DROP TABLE events; --",
            Err("parameter `unit`: `'; DROP TABLE events; --` is not one of day, week"),
        ),
        ("open", "FALSE", Ok(Value::Boolean(false))),
    ] {
        let found = query
            .param(name)
            .unwrap()
            .parse(given)
            .map_err(|error| error.message);
        assert_eq!(found, wanted.map_err(str::to_string), "{name}={given}");
    }
}

#[test]
fn a_wrong_name_is_answered_with_the_nearest() {
    let error = query().param("sinc").unwrap_err();
    assert_eq!(
        error.to_string(),
        "query q has no parameter `sinc`\n  help: did you mean `since`?"
    );
}

#[test]
fn what_is_not_given_has_its_default_and_names_of_others_are_left_out() {
    let given = BTreeMap::from([
        ("Days".to_string(), Value::Integer(3)),
        ("at".to_string(), Value::Date(date(2025, 1, 2))),
        ("country".to_string(), Value::Text("DE".to_string())),
    ]);
    let bound = bind(&given).unwrap();
    let names: Vec<&str> = bound.values.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["today", "days", "rate", "at", "plans", "unit", "open"]
    );
    assert_eq!(bound.values[0].1, Value::Date(date(2025, 6, 1)));
    assert_eq!(bound.values[1].1, Value::Integer(3));
    assert_eq!(
        bound.values[3].1,
        Value::Timestamp(date(2025, 1, 2).at(0, 0, 0, 0))
    );
    assert_eq!(bound.values[4].1, Value::Null);
    assert_eq!(
        bound.computed,
        [(
            "since".to_string(),
            "CAST(($today - 90\n) AS DATE)".to_string()
        )]
    );
}

#[test]
fn a_given_value_that_does_not_fit_names_the_query() {
    let given = BTreeMap::from([("days".to_string(), Value::Integer(1000))]);
    let error = bind(&given).unwrap_err();
    assert_eq!(
        error.message,
        "query q: parameter `days`: 1000 is above the maximum 365"
    );
}
