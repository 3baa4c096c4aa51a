//! Types that have no [`super::Value`] of their own, written the way DuckDB writes them.

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::engine::{Cells, Kind, Unit, Vector};
use super::values;
use crate::analysis::calendar::{DAY, civil};

/// Appends one cell as DuckDB's cast to VARCHAR writes it.
pub fn cell(vector: &Vector<'_>, row: usize, out: &mut String) {
    if vector.is_null(row) {
        out.push_str("NULL");
        return;
    }
    match (vector.kind, &vector.cells) {
        (Kind::Boolean, Cells::U8(cells)) => {
            out.push_str(if cells[row] == 0 { "false" } else { "true" });
        }
        (Kind::Float, Cells::F32(cells)) => out.push_str(&double(&format!("{:?}", cells[row]))),
        (Kind::Double, Cells::F64(cells)) => out.push_str(&double(&format!("{:?}", cells[row]))),
        (Kind::Decimal { scale, .. }, cells) => {
            out.push_str(&decimal(unscaled(cells, row), *scale));
        }
        (Kind::HugeInt, Cells::I128(cells)) => {
            out.push_str(&signed(cells[row].lower, cells[row].upper).to_string());
        }
        (Kind::UHugeInt, Cells::I128(cells)) => {
            out.push_str(&unsigned(cells[row].lower, cells[row].upper).to_string());
        }
        (Kind::Uuid, Cells::I128(cells)) => uuid(unsigned(cells[row].lower, cells[row].upper), out),
        (Kind::Date, Cells::I32(cells)) => date(cells[row], out),
        (Kind::Time, Cells::I64(cells)) => time_of_day(cells[row], out),
        (Kind::Timestamp(unit), Cells::I64(cells)) => timestamp(cells[row], *unit, out),
        (Kind::Instant, Cells::I64(cells)) => {
            timestamp(cells[row], Unit::Microseconds, out);
            out.push_str("+00");
        }
        (Kind::Interval, Cells::Interval(cells)) => {
            interval(cells[row].months, cells[row].days, cells[row].micros, out);
        }
        (Kind::Text(_), Cells::Text(texts)) => {
            out.push_str(&String::from_utf8_lossy(texts.bytes(row)));
        }
        (Kind::Blob, Cells::Text(texts)) => blob(texts.bytes(row), out),
        (Kind::Enum(words), cells) => {
            let index = usize::try_from(unscaled(cells, row)).unwrap_or(usize::MAX);
            out.push_str(words.get(index).map_or("", String::as_str));
        }
        (Kind::List(_) | Kind::Map(_) | Kind::Array(..) | Kind::Struct(_), cells) => {
            nested(vector.kind, cells, row, out);
        }
        (Kind::Null | Kind::Other(_), _) => {}
        (_, cells) => out.push_str(&unscaled(cells, row).to_string()),
    }
}

/// Returns a whole number of any width.
pub fn unscaled(cells: &Cells<'_>, row: usize) -> i128 {
    match cells {
        Cells::I8(cells) => cells[row].into(),
        Cells::I16(cells) => cells[row].into(),
        Cells::I32(cells) => cells[row].into(),
        Cells::I64(cells) => cells[row].into(),
        Cells::U8(cells) => cells[row].into(),
        Cells::U16(cells) => cells[row].into(),
        Cells::U32(cells) => cells[row].into(),
        Cells::U64(cells) => cells[row].into(),
        Cells::I128(cells) => signed(cells[row].lower, cells[row].upper),
        _ => 0,
    }
}

/// Puts the halves of a HUGEINT together.
pub fn signed(lower: u64, upper: i64) -> i128 {
    i128::from(upper) << 64 | i128::from(lower)
}

/// Puts the halves of a UHUGEINT together.
pub fn unsigned(lower: u64, upper: i64) -> u128 {
    u128::from(upper.cast_unsigned()) << 64 | u128::from(lower)
}

/// Writes a DECIMAL with its decimals.
pub fn decimal(unscaled: i128, scale: u8) -> String {
    if scale == 0 {
        return unscaled.to_string();
    }
    let digits = format!(
        "{:0>width$}",
        unscaled.unsigned_abs(),
        width = usize::from(scale) + 1
    );
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{}{whole}.{fraction}", if unscaled < 0 { "-" } else { "" })
}

/// Tells whether a DATE is a day, not `infinity`.
pub fn is_finite_date(days: i32) -> bool {
    days != i32::MAX && days != -i32::MAX
}

/// Rust writes `1e100` and `1e-5` where DuckDB writes `1e+100` and `1e-05`.
fn double(shortest: &str) -> String {
    let text = shortest.to_lowercase();
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, digits) = exponent
                .strip_prefix('-')
                .map_or(('+', exponent), |digits| ('-', digits));
            format!(
                "{}e{sign}{digits:0>2}",
                mantissa.strip_suffix(".0").unwrap_or(mantissa)
            )
        }
        None => text,
    }
}

fn uuid(stored: u128, out: &mut String) {
    // DuckDB flips the highest bit so that UUIDs sort as signed numbers.
    let hex = format!("{:032x}", stored ^ (1 << 127));
    let _ = write!(
        out,
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    );
}

fn blob(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        match byte {
            b' '..=b'~' if !matches!(byte, b'\\' | b'\'' | b'"') => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02X}");
            }
        }
    }
}

fn date(days: i32, out: &mut String) {
    match days {
        i32::MAX => out.push_str("infinity"),
        _ if !is_finite_date(days) => out.push_str("-infinity"),
        _ => {
            let (year, month, day) = civil(days.into());
            // DuckDB counts 1 BC as year 0 and writes it with `(BC)`.
            let (year, era) = if year > 0 {
                (year, "")
            } else {
                (1 - year, " (BC)")
            };
            let _ = write!(out, "{year:04}-{month:02}-{day:02}{era}");
        }
    }
}

fn time_of_day(microseconds: i64, out: &mut String) {
    let (seconds, fraction) = (
        microseconds.div_euclid(1_000_000),
        microseconds.rem_euclid(1_000_000),
    );
    let _ = write!(
        out,
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if fraction > 0 {
        let _ = write!(out, ".{}", format!("{fraction:06}").trim_end_matches('0'));
    }
}

fn timestamp(count: i64, unit: Unit, out: &mut String) {
    if count == i64::MAX || count == -i64::MAX {
        out.push_str(if count > 0 { "infinity" } else { "-infinity" });
        return;
    }
    let since = match unit {
        Unit::Seconds => SignedDuration::from_secs(count),
        Unit::Milliseconds => SignedDuration::from_millis(count),
        Unit::Microseconds => SignedDuration::from_micros(count),
        Unit::Nanoseconds => SignedDuration::from_nanos(count),
    };
    if let Some(time) = values::time_of(since) {
        let _ = write!(out, "{}", time.to_string().replace('T', " "));
        return;
    }
    let microseconds = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    let days = microseconds.div_euclid(DAY);
    date(i32::try_from(days).unwrap_or(i32::MAX - 1), out);
    out.push(' ');
    time_of_day(microseconds.rem_euclid(DAY), out);
}

fn interval(months: i32, days: i32, microseconds: i64, out: &mut String) {
    let mut parts = Vec::new();
    for (count, word) in [(months / 12, "year"), (months % 12, "month"), (days, "day")] {
        if count != 0 {
            parts.push(format!(
                "{count} {word}{}",
                if count.abs() == 1 { "" } else { "s" }
            ));
        }
    }
    if microseconds != 0 || parts.is_empty() {
        let mut time = String::new();
        time_of_day(
            i64::try_from(microseconds.unsigned_abs()).unwrap_or(i64::MAX),
            &mut time,
        );
        parts.push(format!("{}{time}", if microseconds < 0 { "-" } else { "" }));
    }
    out.push_str(&parts.join(" "));
}

fn nested(kind: &Kind, cells: &Cells<'_>, row: usize, out: &mut String) {
    match (kind, cells) {
        (Kind::Map(_), Cells::List(entries, items)) => {
            let range = entries[row].range();
            list(range, ('{', '}'), out, |item, out| match &items.cells {
                Cells::Struct(fields) if fields.len() == 2 => {
                    quoted(&fields[0], item, out);
                    out.push('=');
                    quoted(&fields[1], item, out);
                }
                _ => {}
            });
        }
        (_, Cells::List(entries, items)) => {
            let range = entries[row].range();
            list(range, ('[', ']'), out, |item, out| quoted(items, item, out));
        }
        (_, Cells::Array(size, items)) => {
            list(
                row * size..(row + 1) * size,
                ('[', ']'),
                out,
                |item, out| quoted(items, item, out),
            );
        }
        (Kind::Struct(names), Cells::Struct(fields)) => {
            list(0..fields.len(), ('{', '}'), out, |field, out| {
                let _ = write!(out, "'{}': ", names[field].0.replace('\'', "\\'"));
                quoted(&fields[field], row, out);
            });
        }
        _ => {}
    }
}

fn list(
    items: std::ops::Range<usize>,
    brackets: (char, char),
    out: &mut String,
    mut write: impl FnMut(usize, &mut String),
) {
    out.push(brackets.0);
    for item in items.clone() {
        if item > items.start {
            out.push_str(", ");
        }
        write(item, out);
    }
    out.push(brackets.1);
}

/// Appends an item of something nested; text that could be mistaken for structure is put in quotes.
fn quoted(vector: &Vector<'_>, row: usize, out: &mut String) {
    let start = out.len();
    cell(vector, row, out);
    let is_nested = matches!(
        vector.kind,
        Kind::List(_) | Kind::Map(_) | Kind::Array(..) | Kind::Struct(_)
    );
    if !is_nested && !vector.is_null(row) && needs_quotes(&out[start..]) {
        let text = out.split_off(start);
        let _ = write!(out, "'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    }
}

fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text.eq_ignore_ascii_case("null")
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace)
        || text.contains(['\'', '"', '\\', '(', ')', ',', ':', '=', '[', ']', '{', '}'])
}
