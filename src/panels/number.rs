//! Numbers as a person reads them, at full width. Rounding never claims what is not so: only a true 100 % reads
//! `100%`, only nothing reads `0%`.

use crate::queries::{Format, Look};

/// From here on a number is written as a power of ten; no count is that large.
const HUGE: f64 = 1e15;

/// Returns a number with its unit: `1,204`, `23.4%`, `3h 20m`, `42 points`.
#[must_use]
pub fn show(value: f64, look: &Look) -> String {
    with_unit(digits(value, look), look)
}

/// Returns a number without its unit.
#[must_use]
pub fn digits(value: f64, look: &Look) -> String {
    match look.format {
        Format::Auto => significant(value, 3),
        Format::Whole => decimals(value, 0),
        Format::OneDecimal => decimals(value, 1),
        Format::TwoDecimals => decimals(value, 2),
        Format::Percent => percent(value, 1),
        Format::Duration => duration(value),
    }
}

/// Returns a number with its unit and no more digits than it needs, for round numbers: targets and axes.
#[must_use]
pub fn round(value: f64, look: &Look) -> String {
    match look.format {
        Format::Percent => format!("{}%", significant(value * 100.0, 3)),
        Format::Auto | Format::Whole | Format::OneDecimal | Format::TwoDecimals => {
            with_unit(significant(value, 3), look)
        }
        Format::Duration => duration(value),
    }
}

/// Returns a number with more digits than [`show`], for the one line that is about nothing else.
#[must_use]
pub fn exact(value: f64, look: &Look) -> String {
    let text = match look.format {
        Format::Percent => format!("{}%", significant(value * 100.0, 5)),
        Format::Duration if value.abs() >= 60.0 => {
            format!("{} ({} s)", duration(value), significant(value, 6))
        }
        Format::Duration => duration(value),
        Format::Auto | Format::Whole | Format::OneDecimal | Format::TwoDecimals => {
            significant(value, 6)
        }
    };
    with_unit(text, look)
}

/// Returns a difference with its sign: `+3`, `-0.06`, `0`. One that is not nothing never reads as nothing.
///
/// A difference of two percentages is in percentage points.
#[must_use]
pub fn difference(delta: f64, look: &Look) -> String {
    let sign = if delta > 0.0 {
        "+"
    } else if delta < 0.0 {
        "-"
    } else {
        ""
    };
    let size = delta.abs();
    let text = match look.format {
        Format::Percent => format!("{} pp", finer(size * 100.0, 1)),
        Format::Duration => duration(size),
        Format::Auto => significant(size, 3),
        Format::Whole => close(size),
        Format::OneDecimal => finer(size, 1),
        Format::TwoDecimals => finer(size, 2),
    };
    format!("{sign}{text}")
}

/// Returns the half-width of an interval as `±2.1`; that of a percentage is in percentage points.
#[must_use]
pub fn margin(half_width: f64, look: &Look) -> String {
    let text = match look.format {
        Format::Percent => finer(half_width * 100.0, 1),
        Format::Duration => duration(half_width),
        Format::Auto => significant(half_width, 2),
        Format::Whole => close(half_width),
        Format::OneDecimal => finer(half_width, 1),
        Format::TwoDecimals => finer(half_width, 2),
    };
    format!("±{text}")
}

/// Returns a difference as [`difference`] does, with the digits of [`exact`].
#[must_use]
pub fn exact_difference(delta: f64, look: &Look) -> String {
    let sign = if delta > 0.0 { "+" } else { "" };
    match look.format {
        Format::Percent => format!("{sign}{} pp", significant(delta * 100.0, 4)),
        Format::Duration => format!("{sign}{}", duration(delta)),
        Format::Auto | Format::Whole | Format::OneDecimal | Format::TwoDecimals => {
            format!("{sign}{}", significant(delta, 4))
        }
    }
}

/// Returns a half-width as [`margin`] does, with the digits of [`exact`].
#[must_use]
pub fn exact_margin(half_width: f64, look: &Look) -> String {
    let text = exact_difference(half_width, look);
    format!("±{}", text.trim_start_matches('+'))
}

/// Returns a count with thousands separators.
#[must_use]
pub fn count(value: f64) -> String {
    if value.fract() == 0.0 {
        decimals(value, 0)
    } else {
        significant(value, 3)
    }
}

/// Returns a share of a whole as a percentage with this many decimals.
#[must_use]
pub fn percent(share: f64, places: usize) -> String {
    let percent = share * 100.0;
    let step = if places == 0 { 1.0 } else { 0.1 };
    let size = percent.abs();
    let sign = if percent < 0.0 { "-" } else { "" };
    if size == 0.0 {
        return "0%".to_string();
    }
    if size < step / 2.0 {
        return format!(
            "{}{}%",
            if percent < 0.0 { ">-" } else { "<" },
            trimmed(step, 1)
        );
    }
    if size < 100.0 && size > 100.0 - step / 2.0 {
        return format!(
            "{}{}%",
            if percent < 0.0 { "<-" } else { ">" },
            trimmed(100.0 - step, 1)
        );
    }
    let whole = (size - 100.0).abs() < 1e-9;
    format!(
        "{sign}{}%",
        decimals(size, if whole || size >= 1000.0 { 0 } else { places })
    )
}

/// Returns seconds as the two largest units that say them: `350ms`, `4.2s`, `3m 20s`, `3h 20m`, `2d 4h`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let size = seconds.abs();
    if size >= HUGE {
        return format!("{sign}{}", scientific(size));
    }
    if size == 0.0 {
        return "0s".to_string();
    }
    if size < 0.9995 {
        return format!(
            "{sign}{}ms",
            if size < 0.001 {
                "<1".to_string()
            } else {
                decimals(size * 1000.0, 0)
            }
        );
    }
    if size < 9.95 {
        return format!("{sign}{}s", trimmed(size, 1));
    }
    // Rounded to the smaller unit first, so that 59.7 s reads `1m` and never `60s`.
    let (unit, big, small) = if size.round() < 60.0 {
        return format!("{sign}{}s", decimals(size, 0));
    } else if size.round() < 3600.0 {
        (1.0, "m", "s")
    } else if (size / 60.0).round() < 1440.0 {
        (60.0, "h", "m")
    } else {
        (3600.0, "d", "h")
    };
    let per_big = if big == "d" { 24.0 } else { 60.0 };
    let total = (size / unit).round();
    let (first, second) = ((total / per_big).floor(), total % per_big);
    let first = decimals(first, 0);
    if second == 0.0 {
        format!("{sign}{first}{big}")
    } else {
        format!("{sign}{first}{big} {second:.0}{small}")
    }
}

/// Returns a number with a fixed number of decimals and thousands separators.
#[must_use]
pub fn decimals(value: f64, places: usize) -> String {
    if value.abs() >= HUGE {
        return scientific(value);
    }
    let text = format!("{value:.places$}");
    let (sign, text) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = text
        .split_once('.')
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    // A rounded -0.3 is 0, not -0.
    let sign = if text.bytes().all(|byte| byte == b'0' || byte == b'.') {
        ""
    } else {
        sign
    };
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{sign}{grouped}.{fraction}"),
        None => format!("{sign}{grouped}"),
    }
}

/// Returns a number with as few digits as say it, `wanted` significant ones where it is not whole.
#[must_use]
pub fn significant(value: f64, wanted: usize) -> String {
    let size = value.abs();
    if value == 0.0 || (value.fract() == 0.0 && size < HUGE) {
        return decimals(value, 0);
    }
    if !(1e-6..HUGE).contains(&size) {
        return scientific(value);
    }
    let mut places = 0;
    let mut scaled = size;
    // Counting by steps of ten is exact enough: at most a digit more than wanted.
    while places < wanted + 6 && scaled < 10_f64.powi(i32::try_from(wanted).unwrap_or(3) - 1) {
        scaled *= 10.0;
        places += 1;
    }
    trimmed(value, places)
}

/// Returns a difference of whole numbers: below ten with a decimal, so that 42 and 39 do not seem to differ by 2.
fn close(size: f64) -> String {
    if size >= 9.95 {
        decimals(size, 0)
    } else if size >= 0.05 {
        trimmed(size, 1)
    } else {
        significant(size, 1)
    }
}

/// Returns a rounded number, with more decimals where rounding would make it nothing.
fn finer(value: f64, places: usize) -> String {
    let nothing =
        value != 0.0 && value.abs() < 0.5 / 10_f64.powi(i32::try_from(places).unwrap_or(0));
    if nothing {
        significant(value, 1)
    } else {
        decimals(value, places)
    }
}

fn trimmed(value: f64, places: usize) -> String {
    let text = decimals(value, places);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        text
    }
}

fn scientific(value: f64) -> String {
    if value.is_finite() {
        format!("{value:.2e}")
    } else if value.is_nan() {
        "n/a".to_string()
    } else if value > 0.0 {
        "∞".to_string()
    } else {
        "-∞".to_string()
    }
}

fn with_unit(text: String, look: &Look) -> String {
    let unit = look.unit.trim();
    match look.format {
        Format::Percent | Format::Duration => text,
        _ if unit.is_empty() => text,
        _ if unit == "%" => format!("{text}%"),
        _ => format!("{text} {unit}"),
    }
}
