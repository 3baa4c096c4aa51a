//! Parameters: from what was given and what the header declares to the values of one run.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};

use super::header::{Fallback, Param};
use super::journey::Leg;
use super::workspace::{SavedQuery, Workspace};
use crate::error::{Error, Result, nearest};
use crate::store::Value;

/// The values of one run: those that are known, and those that an expression still has to give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bound {
    /// Known values by parameter name.
    pub values: Vec<(String, Value)>,
    /// SQL expressions by parameter name; they may use `$today`.
    pub computed: Vec<(String, String)>,
    /// The lines of the journey map with their questions, for a query of kind `journey`.
    pub legs: Vec<Leg>,
}

/// Returns the values of one run of a query alone, as [`Workspace::bind`] does of a query in its workspace.
///
/// # Errors
/// A value that does not fit its parameter's type, choices or limits.
pub(super) fn bind(
    query: &SavedQuery,
    given: &BTreeMap<String, Value>,
    today: Date,
) -> Result<Bound> {
    let mut bound = Bound::default();
    bound.values.push(("today".to_string(), Value::Date(today)));
    for param in &query.header.params {
        let given = given
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&param.name));
        let value = match (given, &param.fallback) {
            (Some((_, value)), _) => param
                .fit(value.clone())
                .map_err(|error| error.context(format_args!("query {}", query.name)))?,
            (None, Fallback::Value(value)) => value.clone(),
            (None, Fallback::Null) => Value::Null,
            (None, Fallback::Sql(sql)) => {
                bound
                    .computed
                    .push((param.name.clone(), computed(sql, &param.sql_type)));
                continue;
            }
        };
        bound.values.push((param.name.clone(), value));
    }
    Ok(bound)
}

impl Workspace {
    /// Returns the values of one run of a query: what was given, the defaults for the rest, `$today`, and for a journey
    /// the lines of the map. Given names that the query does not declare are left out, because a dashboard offers every
    /// filter to every panel.
    ///
    /// # Errors
    /// A value that does not fit its parameter's type, choices or limits.
    pub fn bind(
        &self,
        query: &SavedQuery,
        given: &BTreeMap<String, Value>,
        today: Date,
    ) -> Result<Bound> {
        let bound = bind(query, given, today)?;
        Ok(Bound {
            legs: self.legs(query, given, today),
            ..bound
        })
    }
}

/// Returns the expression of a `default_sql`, cast to the parameter's type.
pub(super) fn computed(sql: &str, sql_type: &str) -> String {
    format!("CAST(({sql}\n) AS {sql_type})")
}

/// What values a parameter's type takes.
#[derive(Clone, Copy, PartialEq)]
enum Family {
    Boolean,
    Integer,
    Number,
    Date,
    Timestamp,
    Text,
}

const FAMILIES: &[(&str, Family)] = &[
    ("BOOLEAN", Family::Boolean),
    ("BOOL", Family::Boolean),
    ("TINYINT", Family::Integer),
    ("SMALLINT", Family::Integer),
    ("INTEGER", Family::Integer),
    ("INT", Family::Integer),
    ("BIGINT", Family::Integer),
    ("DOUBLE", Family::Number),
    ("FLOAT", Family::Number),
    ("REAL", Family::Number),
    ("DATE", Family::Date),
    ("TIMESTAMP", Family::Timestamp),
    ("VARCHAR", Family::Text),
    ("TEXT", Family::Text),
];

fn family(name: &str) -> Option<Family> {
    let name = name.strip_suffix("[]").unwrap_or(name);
    FAMILIES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, family)| *family)
}

/// Returns the type's name in upper case, if a parameter can have it.
pub(super) fn sql_type(name: &str) -> Result<String> {
    let upper = name.trim().to_ascii_uppercase();
    if family(&upper).is_some() {
        return Ok(upper);
    }
    let names: Vec<&str> = FAMILIES.iter().map(|(known, _)| *known).collect();
    let error = Error::data(format!("a parameter cannot have the type `{name}`"));
    Err(match nearest(&upper, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!(
            "known types: {}; add [] for a list",
            names.join(", ")
        )),
    })
}

impl Param {
    /// Returns the value that a text from the command line or an input line means. No text means NULL for an optional
    /// parameter; the members of a list are separated by commas.
    ///
    /// # Errors
    /// A text that does not fit the parameter's type, choices or limits.
    pub fn parse(&self, text: &str) -> Result<Value> {
        if text.is_empty() && self.fallback == Fallback::Null {
            return Ok(Value::Null);
        }
        if self.is_list() {
            let members = text
                .split(',')
                .map(str::trim)
                .filter(|member| !member.is_empty());
            return self.fit(Value::List(
                members
                    .map(|member| Value::Text(member.to_string()))
                    .collect(),
            ));
        }
        self.fit(Value::Text(text.to_string()))
    }

    /// Returns the value in the parameter's type.
    ///
    /// # Errors
    /// A value that does not fit the parameter's type, choices or limits.
    pub fn fit(&self, value: Value) -> Result<Value> {
        match value {
            Value::Null if self.fallback == Fallback::Null => Ok(Value::Null),
            Value::Null => Err(Error::data(format!(
                "parameter `{}` needs a value",
                self.name
            ))),
            Value::List(members) if self.is_list() => Ok(Value::List(
                members
                    .into_iter()
                    .map(|member| self.within(&member))
                    .collect::<Result<_>>()?,
            )),
            value if self.is_list() => Ok(Value::List(vec![self.within(&value)?])),
            value => self.within(&value),
        }
    }

    /// Returns one value, or one member of the list, in the parameter's type, whatever the choices and limits.
    pub(super) fn member(&self, value: &Value) -> Result<Value> {
        if let Some(value) = family(&self.sql_type).and_then(|family| convert(family, value)) {
            return Ok(value);
        }
        let wanted = self.sql_type.trim_end_matches("[]");
        let article = if wanted.starts_with(['A', 'E', 'I', 'O', 'U']) {
            "an"
        } else {
            "a"
        };
        let message = format!(
            "parameter `{}`: `{}` is not {article} {wanted}",
            self.name,
            value.text()
        );
        Err(Error::data(message).rule("parameter"))
    }

    fn within(&self, value: &Value) -> Result<Value> {
        let value = self.member(value)?;
        let broken = |message: String| {
            Err(Error::data(format!("parameter `{}`: {message}", self.name)).rule("parameter"))
        };
        if !self.choices.is_empty() && !self.choices.contains(&value) {
            let choices: Vec<String> = self.choices.iter().map(Value::text).collect();
            let error = broken(format!(
                "`{}` is not one of {}",
                value.text(),
                choices.join(", ")
            ));
            return match nearest(&value.text(), choices.iter().map(String::as_str)) {
                Some(near) => error.map_err(|error| error.help(format!("did you mean `{near}`?"))),
                None => error,
            };
        }
        match (value.number(), self.min, self.max) {
            (Some(number), Some(min), _) if number < min => {
                broken(format!("{number} is below the minimum {min}"))
            }
            (Some(number), _, Some(max)) if number > max => {
                broken(format!("{number} is above the maximum {max}"))
            }
            _ => Ok(value),
        }
    }

    fn is_list(&self) -> bool {
        self.sql_type.ends_with("[]")
    }
}

fn convert(family: Family, value: &Value) -> Option<Value> {
    match (family, value) {
        (Family::Boolean, Value::Boolean(_))
        | (Family::Integer, Value::Integer(_))
        | (Family::Number, Value::Double(_))
        | (Family::Date, Value::Date(_))
        | (Family::Timestamp, Value::Timestamp(_))
        | (Family::Text, Value::Text(_)) => Some(value.clone()),
        (Family::Number, Value::Integer(_)) => value.number().map(Value::Double),
        (Family::Timestamp, Value::Date(date)) => {
            Some(Value::Timestamp(date.to_datetime(Time::midnight())))
        }
        (_, Value::Text(text)) => from_text(family, text.trim()),
        _ => None,
    }
}

/// Returns the value a text means in a type.
fn from_text(family: Family, text: &str) -> Option<Value> {
    match family {
        Family::Boolean => text.to_ascii_lowercase().parse().ok().map(Value::Boolean),
        Family::Integer => text.parse().ok().map(Value::Integer),
        Family::Number => text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Double),
        // A time would be cut off without a word, so a day must be written as a day.
        Family::Date => text
            .parse::<Date>()
            .ok()
            .filter(|_| text.len() <= 10)
            .map(Value::Date),
        Family::Timestamp => text
            .parse::<DateTime>()
            .ok()
            .or_else(|| {
                text.parse::<Date>()
                    .ok()
                    .map(|date| date.to_datetime(Time::midnight()))
            })
            .map(Value::Timestamp),
        Family::Text => Some(Value::Text(text.to_string())),
    }
}
