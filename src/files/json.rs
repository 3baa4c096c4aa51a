//! JSON records: their members as slices of the text, without building values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer as _, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::names;
use super::privacy::Key;
use super::source::Privacy;

/// The deepest nesting that is kept; DuckDB's JSON functions end here too.
const DEEPEST: usize = 128;

/// Calls `each` with every member of the object that the text is: the key, and the value's own text.
pub(super) fn members(
    text: &str,
    each: &mut dyn FnMut(&str, &str) -> Result<(), String>,
) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut refused = None;
    let walked = deserializer.deserialize_map(Members {
        each,
        refused: &mut refused,
    });
    if let Some(reason) = refused {
        return Err(reason);
    }
    walked.and_then(|()| deserializer.end()).map_err(|error| {
        if error.is_data() {
            "it is no JSON object".to_string()
        } else {
            format!("it is no JSON: {}", words(&error))
        }
    })
}

struct Members<'a> {
    each: &'a mut dyn FnMut(&str, &str) -> Result<(), String>,
    refused: &'a mut Option<String>,
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(key)) = map.next_key()? {
            let value: &'de RawValue = map.next_value()?;
            if self.refused.is_none() {
                *self.refused = (self.each)(&key, value.get()).err();
            }
        }
        Ok(())
    }
}

/// A key, borrowed from the text where it has no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_string())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Returns the text of a JSON string; none when the value is no string.
pub(super) fn text(value: &str) -> Result<Option<Cow<'_, str>>, String> {
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Ok(None);
    };
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Ok(Some(Cow::Borrowed(inner)));
    }
    let unescaped = serde_json::from_str::<String>(value);
    unescaped
        .map(|text| Some(Cow::Owned(text)))
        .map_err(|error| format!("it is no JSON: {}", words(&error)))
}

/// Refuses values that are nested too deep to be handed on.
pub(super) fn check_depth(value: &str) -> Result<(), String> {
    if value.len() <= DEEPEST {
        return Ok(());
    }
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    for byte in value.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth -= 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} levels"));
        }
    }
    Ok(())
}

/// Adds a member to the inside of an object.
pub(super) fn write_member(object: &mut String, key: &str, value: &str) {
    if !object.is_empty() {
        object.push(',');
    }
    object.push_str(&Value::from(key).to_string());
    object.push(':');
    object.push_str(value);
}

/// Adds the inside of one object to the inside of another.
pub(super) fn append_members(object: &mut String, members: &str) {
    if !object.is_empty() && !members.is_empty() {
        object.push(',');
    }
    object.push_str(members);
}

/// Applies the privacy rules to every key of a JSON text, however deep.
pub(super) fn scrub(
    json: &str,
    rule: &dyn Fn(&str) -> Option<Privacy>,
    key: Option<&Key>,
) -> String {
    match serde_json::from_str::<Value>(json) {
        Ok(mut value) => {
            scrub_value(&mut value, rule, key);
            value.to_string()
        }
        // What cannot be looked into is not kept.
        Err(_) => "{}".to_string(),
    }
}

fn scrub_value(value: &mut Value, rule: &dyn Fn(&str) -> Option<Privacy>, key: Option<&Key>) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| scrub_value(item, rule, key)),
        Value::Object(object) => {
            object.retain(|name, _| rule(name) != Some(Privacy::Drop));
            for (name, member) in object.iter_mut() {
                match rule(name) {
                    Some(Privacy::Mask) => *member = Value::from("***"),
                    Some(Privacy::Hash) => {
                        let plain = member
                            .as_str()
                            .map_or_else(|| member.to_string(), str::to_string);
                        *member = Value::from(key.map(|key| key.hash(&plain)).unwrap_or_default());
                    }
                    Some(Privacy::Drop) => {}
                    None => scrub_value(member, rule, key),
                }
            }
        }
        _ => {}
    }
}

/// Collects the paths of the scalars of a record, one level into objects, in the order they come.
pub(super) fn paths(text: &str, paths: &mut Vec<String>) {
    let mut add = |path: String| {
        if paths.len() < 2_000 && !paths.contains(&path) {
            paths.push(path);
        }
    };
    let walked = members(text, &mut |key, value| {
        match value.as_bytes().first() {
            Some(b'[' | b'n') => {}
            Some(b'{') => members(value, &mut |inner, value| {
                if !matches!(value.as_bytes().first(), Some(b'[' | b'{' | b'n')) {
                    add(format!("{key}.{inner}"));
                }
                Ok(())
            })?,
            _ => add(key.to_string()),
        }
        Ok(())
    });
    // A record that is no object is a reject when its turn comes.
    drop(walked);
}

/// Returns the parser's words without its line, which would be that of the record, not of the file.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.find(" at line ").unwrap_or(text.len());
    names::shown(&text[..end], 120).to_lowercase()
}
