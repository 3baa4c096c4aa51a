//! The functions every query can use: Rust functions for the workspace's clock and for intervals, SQL macros for the
//! scores.

use std::sync::Arc;

use crate::analysis::anomaly::anomaly;
use crate::analysis::calendar::{Clock, DAY, Period};
use crate::analysis::{Interval, newcombe, nps, wilson};
use crate::error::Result;
use crate::store::engine::{Cells, Connection, Kind, ScalarFunction, Unit, Vector};
use crate::store::sandbox::broken;

/// Macros over the functions below; kept as a file of SQL because that is what they are.
const MACROS: &str = include_str!("statistics.sql");

/// Makes the functions known to every connection of the instance.
pub(super) fn register(writer: &Connection, clock: &Arc<Clock>) -> Result<()> {
    register_clock(writer, clock).map_err(broken)?;
    let interval = |name, arguments, compute| register_interval(writer, name, arguments, compute);
    interval("wilson_low", 2, |given| {
        wilson(given[0], given[1]).map(|share| share.low)
    })
    .map_err(broken)?;
    interval("wilson_high", 2, |given| {
        wilson(given[0], given[1]).map(|share| share.high)
    })
    .map_err(broken)?;
    interval("wilson_margin", 2, |given| {
        wilson(given[0], given[1]).map(|share| share.margin())
    })
    .map_err(broken)?;
    interval("newcombe_low", 4, |given| {
        difference(given).map(|shares| shares.low)
    })
    .map_err(broken)?;
    interval("newcombe_high", 4, |given| {
        difference(given).map(|shares| shares.high)
    })
    .map_err(broken)?;
    interval("nps_margin_of", 3, |given| {
        nps(given[0], given[1], given[2]).map(|score| score.margin())
    })
    .map_err(broken)?;
    register_anomaly(writer).map_err(broken)?;
    writer.execute(MACROS).map_err(broken)
}

/// `anomaly_score(value, earlier)`: the earlier values come as one text, numbers between spaces.
fn register_anomaly(writer: &Connection) -> crate::store::engine::Result<()> {
    let form = ScalarFunction {
        arguments: vec![Kind::Double, Kind::Text(None)],
        compute: Box::new(|given: &[Vector<'_>], rows| {
            let score = |row| {
                let (Cells::F64(values), Cells::Text(texts)) = (&given[0].cells, &given[1].cells)
                else {
                    return None;
                };
                if given[0].is_null(row) || given[1].is_null(row) {
                    return None;
                }
                let text = String::from_utf8_lossy(texts.bytes(row));
                let earlier: Vec<f64> = text
                    .split(' ')
                    .filter_map(|number| number.parse().ok())
                    .collect();
                anomaly(values[row], &earlier)
            };
            Ok((0..rows).map(score).collect())
        }),
    };
    writer.register("anomaly_score", vec![form])
}

fn difference(given: &[f64]) -> Option<Interval> {
    newcombe(given[0], given[1], given[2], given[3])
}

fn register_clock(writer: &Connection, clock: &Arc<Clock>) -> crate::store::engine::Result<()> {
    const TIME: Kind = Kind::Timestamp(Unit::Microseconds);
    let each_time = |change: fn(&Clock, i64, &mut usize) -> i64| {
        let clock = Arc::clone(clock);
        ScalarFunction {
            arguments: vec![TIME],
            compute: Box::new(move |given: &[Vector<'_>], rows| {
                let mut near = 0;
                Ok((0..rows)
                    .map(|row| time(&given[0], row).map(|time| change(&clock, time, &mut near)))
                    .collect())
            }),
        }
    };
    writer.register("local_time", vec![each_time(Clock::wall)])?;
    writer.register("utc_time", vec![each_time(Clock::utc)])?;
    let period_start = |from: Kind, to_wall: fn(&Clock, i64, &mut usize) -> i64| {
        let clock = Arc::clone(clock);
        ScalarFunction {
            arguments: vec![from, Kind::Text(None)],
            compute: Box::new(move |given: &[Vector<'_>], rows| {
                period_starts(&clock, given, rows, to_wall)
            }),
        }
    };
    // A day is already a day of the workspace's zone.
    let forms = vec![
        period_start(TIME, Clock::wall),
        period_start(Kind::Date, |_, day, _| day),
    ];
    writer.register("period_start", forms)?;
    register_moment(writer, clock)
}

/// The moment that a bound means: a day is its midnight in the workspace's zone, a time is UTC already.
fn register_moment(writer: &Connection, clock: &Arc<Clock>) -> crate::store::engine::Result<()> {
    const TIME: Kind = Kind::Timestamp(Unit::Microseconds);
    let moment = |from: Kind, to_utc: fn(&Clock, i64, &mut usize) -> i64| {
        let clock = Arc::clone(clock);
        ScalarFunction {
            arguments: vec![from],
            compute: Box::new(move |given: &[Vector<'_>], rows| {
                let mut near = 0;
                Ok((0..rows)
                    .map(|row| time(&given[0], row).map(|time| to_utc(&clock, time, &mut near)))
                    .collect())
            }),
        }
    };
    let written = {
        let clock = Arc::clone(clock);
        ScalarFunction {
            arguments: vec![Kind::Text(None)],
            compute: Box::new(move |given: &[Vector<'_>], rows| {
                (0..rows)
                    .map(|row| written_moment(&clock, &given[0], row))
                    .collect()
            }),
        }
    };
    let forms = vec![
        moment(Kind::Date, Clock::utc),
        moment(TIME, |_, time, _| time),
        written,
    ];
    writer.register("_cxtop_moment", forms)
}

fn written_moment(
    clock: &Clock,
    given: &Vector<'_>,
    row: usize,
) -> std::result::Result<Option<i64>, String> {
    let Cells::Text(texts) = &given.cells else {
        return Ok(None);
    };
    if given.is_null(row) {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(texts.bytes(row));
    let text = text.trim();
    if let (10, Ok(day)) = (text.len(), text.parse::<jiff::civil::Date>()) {
        let midnight = utc_of(day.to_datetime(jiff::civil::Time::midnight()))?;
        return Ok(Some(clock.utc(midnight, &mut 0)));
    }
    match text.parse::<jiff::civil::DateTime>() {
        Ok(time) => utc_of(time).map(Some),
        Err(_) => Err(format!("'{text}' is neither a day nor a time")),
    }
}

/// Returns the microseconds of a time that is taken for UTC.
fn utc_of(time: jiff::civil::DateTime) -> std::result::Result<i64, String> {
    time.to_zoned(jiff::tz::TimeZone::UTC)
        .map(|time| time.timestamp().as_microsecond())
        .map_err(|error| error.to_string())
}

fn period_starts(
    clock: &Clock,
    given: &[Vector<'_>],
    rows: usize,
    to_wall: fn(&Clock, i64, &mut usize) -> i64,
) -> std::result::Result<Vec<Option<i64>>, String> {
    let Cells::Text(units) = &given[1].cells else {
        return Err("the unit must be text".to_string());
    };
    let mut near = 0;
    let mut last: (&[u8], Option<Period>) = (&[], None);
    let mut starts = Vec::with_capacity(rows);
    for row in 0..rows {
        let (Some(time), false) = (time(&given[0], row), given[1].is_null(row)) else {
            starts.push(None);
            continue;
        };
        // The unit is nearly always the same constant, so it is read once.
        if last.1.is_none() || last.0 != units.bytes(row) {
            last = (units.bytes(row), Some(unit(units.bytes(row))?));
        }
        starts.push(
            last.1
                .map(|period| clock.floor(to_wall(clock, time, &mut near), period)),
        );
    }
    Ok(starts)
}

fn unit(name: &[u8]) -> std::result::Result<Period, String> {
    let name = String::from_utf8_lossy(name);
    Period::named(&name).ok_or_else(|| {
        format!("there is no period '{name}': use 'minute', 'hour', 'day', 'week', 'month', 'quarter' or 'year'")
    })
}

/// Returns a time in microseconds; NULL and the infinite times have none.
fn time(vector: &Vector<'_>, row: usize) -> Option<i64> {
    if vector.is_null(row) {
        return None;
    }
    match &vector.cells {
        Cells::I64(times) => {
            Some(times[row]).filter(|time| *time != i64::MAX && *time != -i64::MAX)
        }
        Cells::I32(days) => Some(days[row])
            .filter(|day| crate::store::print::is_finite_date(*day))
            .map(|day| i64::from(day) * DAY),
        _ => None,
    }
}

fn register_interval(
    writer: &Connection,
    name: &str,
    arguments: usize,
    compute: fn(&[f64]) -> Option<f64>,
) -> crate::store::engine::Result<()> {
    let form = ScalarFunction {
        arguments: vec![Kind::Double; arguments],
        compute: Box::new(move |given: &[Vector<'_>], rows| {
            let mut numbers = vec![0.0; given.len()];
            let answer = |row| {
                for (number, vector) in numbers.iter_mut().zip(given) {
                    *number = match &vector.cells {
                        Cells::F64(cells) if !vector.is_null(row) => cells[row],
                        _ => return None,
                    };
                }
                compute(&numbers)
            };
            Ok((0..rows).map(answer).collect())
        }),
    };
    writer.register(name, vec![form])
}
