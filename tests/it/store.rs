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
    for sql in ["SELECT nps(s), nps_margin(s), csat(s), csat_margin(s), ces(s), ces_margin(s) FROM range(11) t(s)", "SELECT newcombe_low(56,70,48,80), newcombe_high(56,70,48,80), wilson_low(8, 10), wilson_high(8,10), wilson_margin(0,0)", 
       "SELECT local_time(TIMESTAMP '2025-03-30 00:59:59'), local_time(TIMESTAMP '2025-03-30 01:00:00'), utc_time(TIMESTAMP '2025-03-30 02:30:00'), utc_time(TIMESTAMP '2025-10-26 02:30:00'), local_time('infinity'::timestamp), local_time(NULL)",
       "SELECT period_start(TIMESTAMP '2025-01-05 23:30:00', 'week'), period_start(TIMESTAMP '2025-01-05 22:30:00', 'week'), period_start(DATE '2025-05-05', 'quarter'), period_start(DATE '2025-05-05', 'x')",
       "SELECT period_start(DATE '2025-05-05', 'month'), period_start('2025-05-05', 'year')",
       "FROM periods(DATE '2025-01-15', DATE '2025-04-01', 'month')",
       "FROM periods('2025-01-15', '2025-02-03', 'week')",
       "SELECT count(*), nps(s) FROM range(11) t(s) GROUP BY s % 2",
       "SELECT max(period_start(TIMESTAMP '2020-01-01' + to_seconds(i), 'week')) FROM range(3000000) t(i)",
       "SELECT max(date_trunc('week', TIMESTAMP '2020-01-01' + to_seconds(i))) FROM range(3000000) t(i)",
       ] {
        let t = std::time::Instant::now();
        println!("{sql}: {:?} {:?}", session.run(sql, &[], 10).map(|t| t.columns.into_iter().map(|c| (c.sql_type, c.values)).collect::<Vec<_>>()), t.elapsed());
    }
}
