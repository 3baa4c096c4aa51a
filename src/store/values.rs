//! Result cells → [`Value`]: exact where a variant is exact, text for every type that has no variant of its own.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, date};

use super::engine::{Cells, Kind, Unit, Vector};
use super::print;
use super::table::Value;

const EPOCH: Date = date(1970, 1, 1);
const DAY_SECONDS: i64 = 86_400;

/// Returns the days from 1970-01-01 to a date.
pub fn days(date: Date) -> i32 {
    i32::try_from(date.duration_since(EPOCH).as_secs() / DAY_SECONDS).unwrap_or(i32::MAX)
}

/// Returns the microseconds from 1970-01-01 to a date and time.
pub fn microseconds(time: DateTime) -> i64 {
    let since = time.duration_since(EPOCH.to_datetime(Time::midnight()));
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Returns the date that is so many days from 1970-01-01, if it lies in the years 1 to 9999.
pub fn date_of(days: i32) -> Option<Date> {
    let date = EPOCH
        .checked_add(SignedDuration::from_secs(i64::from(days) * DAY_SECONDS))
        .ok();
    date.filter(|date| date.year() > 0)
}

/// Returns the date and time that is so far from 1970-01-01, if it lies in the years 1 to 9999.
pub fn time_of(since_epoch: SignedDuration) -> Option<DateTime> {
    let time = EPOCH
        .to_datetime(Time::midnight())
        .checked_add(since_epoch)
        .ok();
    time.filter(|time| time.year() > 0)
}

/// Returns the date and time that is so many microseconds from 1970-01-01, if it lies in the years 1 to 9999.
pub fn time_of_microseconds(microseconds: i64) -> Option<DateTime> {
    time_of(SignedDuration::from_micros(microseconds))
}

/// Returns one cell. A longer text is cut at `text_limit` bytes and ends in `…`.
pub fn value(vector: &Vector<'_>, row: usize, text_limit: usize) -> Value {
    if vector.is_null(row) {
        return Value::Null;
    }
    match (vector.kind, &vector.cells) {
        (Kind::Boolean, Cells::U8(cells)) => Value::Boolean(cells[row] != 0),
        (Kind::TinyInt, Cells::I8(cells)) => Value::Integer(cells[row].into()),
        (Kind::SmallInt, Cells::I16(cells)) => Value::Integer(cells[row].into()),
        (Kind::Integer, Cells::I32(cells)) => Value::Integer(cells[row].into()),
        (Kind::BigInt, Cells::I64(cells)) => Value::Integer(cells[row]),
        (Kind::UTinyInt, Cells::U8(cells)) => Value::Integer(cells[row].into()),
        (Kind::USmallInt, Cells::U16(cells)) => Value::Integer(cells[row].into()),
        (Kind::UInteger, Cells::U32(cells)) => Value::Integer(cells[row].into()),
        (Kind::UBigInt, Cells::U64(cells)) => wide(cells[row]),
        (Kind::HugeInt, Cells::I128(cells)) => {
            wide(print::signed(cells[row].lower, cells[row].upper))
        }
        (Kind::UHugeInt, Cells::I128(cells)) => {
            wide(print::unsigned(cells[row].lower, cells[row].upper))
        }
        // The shortest text of 0.1 is 0.1; widening its bits would give 0.10000000149.
        (Kind::Float, Cells::F32(cells)) => {
            Value::Double(cells[row].to_string().parse().unwrap_or(f64::NAN))
        }
        (Kind::Double, Cells::F64(cells)) => Value::Double(cells[row]),
        (Kind::Decimal { scale, .. }, _) => decimal(vector, row, *scale),
        (Kind::Date, Cells::I32(cells)) => {
            date_of(cells[row]).map_or_else(|| printed(vector, row, text_limit), Value::Date)
        }
        (Kind::Timestamp(unit), Cells::I64(cells)) => time(cells[row], *unit)
            .map_or_else(|| printed(vector, row, text_limit), Value::Timestamp),
        (Kind::Instant, Cells::I64(cells)) => time(cells[row], Unit::Microseconds)
            .map_or_else(|| printed(vector, row, text_limit), Value::Timestamp),
        (Kind::Text(_), Cells::Text(texts)) => Value::Text(text(texts.bytes(row), text_limit)),
        (Kind::Null, _) => Value::Null,
        _ => printed(vector, row, text_limit),
    }
}

/// Returns a number that may be too large for 64 bits.
fn wide<T: Copy + TryInto<i64> + ToString>(number: T) -> Value {
    match number.try_into() {
        Ok(number) => Value::Integer(number),
        Err(_) => Value::Double(number.to_string().parse().unwrap_or(f64::NAN)),
    }
}

fn decimal(vector: &Vector<'_>, row: usize, scale: u8) -> Value {
    Value::Double(
        print::decimal(print::unscaled(&vector.cells, row), scale)
            .parse()
            .unwrap_or(f64::NAN),
    )
}

fn time(count: i64, unit: Unit) -> Option<DateTime> {
    if count == i64::MAX || count == -i64::MAX {
        return None;
    }
    time_of(match unit {
        Unit::Seconds => SignedDuration::from_secs(count),
        Unit::Milliseconds => SignedDuration::from_millis(count),
        Unit::Microseconds => SignedDuration::from_micros(count),
        Unit::Nanoseconds => SignedDuration::from_nanos(count),
    })
}

fn printed(vector: &Vector<'_>, row: usize, text_limit: usize) -> Value {
    let mut out = String::new();
    print::cell(vector, row, &mut out);
    Value::Text(text(out.as_bytes(), text_limit))
}

/// Copies a text, cut at a character's end when it is longer than the limit.
fn text(bytes: &[u8], limit: usize) -> String {
    if bytes.len() <= limit {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut end = limit;
    while end > 0 && bytes[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    format!("{}…", String::from_utf8_lossy(&bytes[..end]))
}
