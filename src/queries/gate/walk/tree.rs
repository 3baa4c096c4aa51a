//! The names and places in a part of a parse tree.

use serde_json::{Map, Value as Json};

use crate::queries::gate::refused;
use crate::store::SqlError;

/// Returns a function's name in lower case; a name with a schema before it is refused.
pub(super) fn function_name(
    call: &Map<String, Json>,
    place: Option<usize>,
) -> Result<String, SqlError> {
    let path = path(call);
    match &path[..] {
        [name] => Ok(name.to_lowercase()),
        [] => Err(refused("a function without a name is not allowed", place)),
        [.., last] => Err(refused(
            format!("write {last}(…) without a name and a dot before it"),
            place,
        )),
    }
}

/// Returns the arguments of a call without their names.
pub(super) fn arguments(call: &Map<String, Json>) -> Vec<&Json> {
    let arguments = call.get("arguments").and_then(Json::as_array);
    arguments
        .into_iter()
        .flatten()
        .map(|argument| argument.get("expression").unwrap_or(argument))
        .collect()
}

/// Returns the parts of a name, such as a schema and a table.
pub(super) fn path(object: &Map<String, Json>) -> Vec<String> {
    let path = object
        .get("qualified_name")
        .and_then(|name| name["path"].as_array());
    path.into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .map(str::to_string)
        .collect()
}

/// Returns where a part stands in the text.
pub(super) fn position(object: &Map<String, Json>) -> Option<usize> {
    // A part without a place of its own has the largest number there is.
    object
        .get("query_location")?
        .as_u64()
        .and_then(|place| u32::try_from(place).ok())
        .map(|place| place as usize)
}
