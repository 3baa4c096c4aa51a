//! Digits, and the days they make.

/// Reads `least` to `most` digits.
pub(super) fn number(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let digits = rest
        .iter()
        .take(most)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if digits < least {
        return None;
    }
    let (value, tail) = rest.split_at(digits);
    *rest = tail;
    Some(
        value
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
    )
}

/// The first six digits of a fraction as microseconds.
pub(super) fn micros_of(fraction: &[u8]) -> i64 {
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10
            + fraction
                .get(place)
                .map_or(0, |digit| i64::from(digit - b'0'));
    }
    micros
}

/// Days since 1970 of a day that exists, in the years 1 to 9999.
pub(super) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || !(1..=longest).contains(&day) {
        return None;
    }
    // Years start in March here, so that the leap day is the last one.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468,
    )
}
