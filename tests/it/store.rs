//! The store through its public interface.

use std::time::Duration;

use cxtop::store::{Options, Parser, Session, Store, Value};
use jiff::civil::Weekday;

fn in_memory() -> Options {
    Options {
        file: None,
        timezone: "Europe/Berlin".to_string(),
        week_start: Weekday::Monday,
        threads: 2,
        memory_limit: None,
        query_timeout: Duration::from_secs(20),
    }
}

fn session() -> Session {
    Store::open(&in_memory()).unwrap().connect().unwrap()
}

#[test]
fn explore() {
    let session = session();
    for sql in ["SELECT 1 AS a, NULL AS b, 'x' AS c", "SELECT nosuch FROM events", "SELECT foo(1)", "SELEC 1", "SELECT 1; SELECT 2", "DELETE FROM loaded.events", "FROM events", "SELECT 'abc'::INTEGER", "SELECT read_text('/etc/passwd')", "FROM read_text('/etc/passwd')", ""] {
        println!("{sql}: {:?}", session.run(sql, &[], 10));
    }
    println!("{:?}", session.run("SELECT $a AS a, [$b, 2] AS b, $l AS l", &[("A".into(), Value::Integer(3)), ("b".into(), Value::Double(2.5)), ("l".into(), Value::List(vec![Value::Text("x".into())])), ("zz".into(), Value::Null)], 10));
    println!("{:?}", session.describe("SELECT $a AS a, nosuch FROM events", &[("a".into(), Value::Integer(3))]));
    println!("{:?}", session.describe("SELECT $a AS a, ts FROM events", &[("a".into(), Value::Integer(3))]));
    println!("{:?}", session.shape());
    println!("{:?}", session.define("-- x\nCREATE MACRO twice(p_a) AS p_a * 2;"));
    println!("{:?}", session.run("SELECT twice(4) AS a", &[], 10));
    println!("{:?}", session.define("CREATE MACRO bad(p_a) AS TABLE SELECT nosuch FROM events;"));
    println!("{:?}", session.forget_definitions());
    println!("{:?}", session.run("SELECT twice(4) AS a", &[], 10));
    let parser = Parser::new().unwrap();
    println!("{:?}", parser.parse("SELECT 1"));
    println!("{:?}", parser.parse("SELECT 1 FROM"));
    println!("{:?}", parser.parse("COPY x TO 'a'"));
    println!("{:?}", parser.volatile_functions());
}
