//! Conditions that a parameter without a value switches off: `$country IS NULL OR country = $country`. Left out, they
//! cost nothing, and an analysis that needs no other column of events runs over journeys.

use std::ops::Range;

use crate::store::functions::call::{Call, closing};
use crate::store::lexer;
use crate::store::table::Value;

/// The arguments that are conditions; without one all events or all customers count.
const CONDITIONS: &[&str] = &["filter", "customers"];

/// Takes away the conditions of a call that are true for everything with these values.
pub fn drop_idle_conditions(call: &mut Call, sql: &str, values: &[(String, Value)]) {
    let parameters = Parameters { sql, values };
    call.arguments.retain(|argument| {
        let tokens: Vec<_> = lexer::tokens_in(sql, argument.value.clone()).collect();
        !CONDITIONS.contains(&argument.name) || !parameters.switch_off(&tokens)
    });
}

struct Parameters<'a> {
    sql: &'a str,
    values: &'a [(String, Value)],
}

impl Parameters<'_> {
    /// Tells whether a condition is true for everything: `OR` binds least, so what stands behind it does not matter.
    fn switch_off(&self, condition: &[Range<usize>]) -> bool {
        if let [_, inner @ .., last] = condition
            && closing(self.sql, condition, 0) == Some(inner.len() + 1)
            && self.word(last) == ")"
        {
            return self.switch_off(inner);
        }
        if let [dollar, name, is, null, or, ..] = condition
            && self.word(dollar) == "$"
            && self.is_missing(self.word(name))
            && [(is, "is"), (null, "null"), (or, "or")]
                .iter()
                .all(|(token, word)| self.word(token).eq_ignore_ascii_case(word))
        {
            return true;
        }
        let parts = self.between_ands(condition);
        parts.len() > 1 && parts.iter().all(|part| self.switch_off(part))
    }

    fn word(&self, token: &Range<usize>) -> &str {
        &self.sql[token.clone()]
    }

    fn is_missing(&self, name: &str) -> bool {
        self.values
            .iter()
            .any(|(known, value)| known.eq_ignore_ascii_case(name) && *value == Value::Null)
    }

    /// Splits a condition at the `AND`s outside all brackets.
    fn between_ands<'t>(&self, condition: &'t [Range<usize>]) -> Vec<&'t [Range<usize>]> {
        let mut depth = 0_i32;
        condition
            .split(|token| {
                match self.word(token) {
                    "(" | "[" | "{" => depth += 1,
                    ")" | "]" | "}" => depth -= 1,
                    word => return depth == 0 && word.eq_ignore_ascii_case("and"),
                }
                false
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_idle(condition: &str) -> bool {
        let values = [
            ("none".to_string(), Value::Null),
            ("some".to_string(), Value::Integer(1)),
        ];
        let parameters = Parameters {
            sql: condition,
            values: &values,
        };
        let tokens: Vec<_> = lexer::tokens(condition).collect();
        parameters.switch_off(&tokens)
    }

    #[test]
    fn only_conditions_that_are_true_for_everything_are_idle() {
        let cases = [
            ("$none IS NULL OR country = $none", true),
            ("($none is null or country = $none)", true),
            ("$none IS NULL OR a = 1 AND b = 2", true),
            ("($none IS NULL OR a) AND ($NONE IS NULL OR b)", true),
            ("$some IS NULL OR country = $some", false),
            ("($none IS NULL OR a) AND ($some IS NULL OR b)", false),
            ("($none IS NULL OR a) AND b", false),
            ("($none IS NULL) AND b", false),
            ("$none IS NOT NULL OR a", false),
            ("NOT $none IS NULL OR a", false),
            ("$unknown IS NULL OR a", false),
            (
                "a BETWEEN ($none IS NULL OR b) AND ($none IS NULL OR c)",
                false,
            ),
            ("", false),
        ];
        for (condition, expected) in cases {
            assert_eq!(is_idle(condition), expected, "{condition}");
        }
    }
}
