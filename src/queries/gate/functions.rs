//! Which functions a query may call (RELIABILITY 5.3, layer B).

use serde_json::Value as Json;

use crate::store;

/// Table functions of `DuckDB` that read nothing but their arguments.
const TABLE_FUNCTIONS: &[&str] = &[
    "range",
    "generate_series",
    "unnest",
    "json_each",
    "json_tree",
    "repeat_row",
    "periods",
    "nps_compare",
];

/// Functions that run text as SQL, act on the outside, or tell about it.
const DENIED: &[&str] = &[
    "json_execute_serialized_sql",
    "json_serialize_sql",
    "json_deserialize_sql",
    "json_serialize_plan",
    "query",
    "query_table",
    "write_log",
    "parse_duckdb_log_message",
    "enable_logging",
    "sleep_ms",
    "nextval",
    "setval",
    "currval",
    "setseed",
    "getenv",
    "getvariable",
    "current_setting",
    "current_query",
    "current_database",
    "current_schema",
    "current_schemas",
    "glob",
    "read_text",
    "read_blob",
    "read_csv",
    "read_csv_auto",
    "read_json",
    "read_json_auto",
    "read_ndjson",
    "read_parquet",
    "parquet_scan",
    "sniff_csv",
    "which_secret",
    "pg_get_viewdef",
    "in_search_path",
];

/// Comparisons of texts whose cost is the product of their lengths.
const SLOW: &[&str] = &[
    "levenshtein",
    "editdist3",
    "damerau_levenshtein",
    "jaccard",
    "jaro_similarity",
    "jaro_winkler_similarity",
    "hamming",
    "mismatches",
];

/// Functions whose result is as large as an argument says, with that argument's position.
const SIZED: &[(&str, usize)] = &[
    ("repeat", 1),
    ("lpad", 1),
    ("rpad", 1),
    ("left_pad", 1),
    ("right_pad", 1),
    ("list_resize", 1),
    ("array_resize", 1),
    ("bitstring", 1),
    ("bar", 3),
];

/// Functions that build a list of every number between their arguments.
const SERIES: &[&str] = &["range", "generate_series"];

/// Functions whose answer depends on more than their arguments. A test holds the list against the bundled `DuckDB`, because
/// asking it at every start takes fifty milliseconds. Those of the time zone extension are here too: the stock `DuckDB` CLI has
/// it, so a query that used one would work there and nowhere else.
const VOLATILE: &[&str] = &[
    "current_connection_id",
    "current_database",
    "current_query",
    "current_query_id",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_transaction_id",
    "currval",
    "error",
    "gen_random_uuid",
    "get_current_time",
    "get_current_timestamp",
    "getvariable",
    "in_search_path",
    "nextval",
    "now",
    "random",
    "setseed",
    "setval",
    "sleep_ms",
    "stats",
    "today",
    "transaction_timestamp",
    "txid_current",
    "uuid",
    "uuidv4",
    "uuidv7",
    "vector_type",
    "write_log",
];

/// Names that need no brackets and give the time of the run.
const CLOCKS: &[&str] = &[
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
];

/// The largest size that a size-giving argument may have.
const LARGEST: u64 = 10_000;

/// Tells whether a table function of this name may be used.
pub(super) fn is_table_function(name: &str) -> bool {
    table_functions().any(|known| known == name)
}

/// Returns the table functions that may be used, for suggestions.
pub(super) fn table_functions() -> impl Iterator<Item = &'static str> {
    TABLE_FUNCTIONS
        .iter()
        .copied()
        .chain(store::analyses())
        .chain(["segment"])
}

/// Tells whether a bare name gives the time of the run.
pub(super) fn is_clock(name: &str) -> bool {
    CLOCKS.contains(&name)
}

/// Tells whether a function of this name answers otherwise from run to run.
pub(super) fn is_volatile(name: &str) -> bool {
    VOLATILE.contains(&name) || is_clock(name)
}

/// Returns why a function may not be called with these arguments, if so.
pub(super) fn refusal(name: &str, arguments: &[&Json]) -> Option<String> {
    if DENIED.contains(&name) {
        return Some(format!("`{name}` is not allowed in a query"));
    }
    if SLOW.contains(&name) {
        return Some(format!(
            "`{name}` is not allowed in a query: it can take for ever on long texts"
        ));
    }
    if name == "age" && arguments.len() == 1 {
        return Some("`age` of one time changes from run to run; use age($today, …)".to_string());
    }
    if let Some((_, position)) = SIZED.iter().find(|(sized, _)| *sized == name) {
        let small = arguments
            .get(*position)
            .is_none_or(|argument| small(argument));
        return (!small)
            .then(|| format!("`{name}` needs a plain number up to {LARGEST} as its size"));
    }
    if SERIES.contains(&name) && !arguments.iter().all(|argument| small(argument)) {
        return Some(format!(
            "`{name}` outside FROM needs plain numbers up to {LARGEST}; write FROM {name}(…), which takes any"
        ));
    }
    if ["format", "printf"].contains(&name) && !arguments.first().is_some_and(|text| narrow(text)) {
        return Some(format!(
            "`{name}` needs a plain text as its format, with widths up to 999"
        ));
    }
    None
}

/// Tells whether an expression is a number that is small as written.
fn small(expression: &Json) -> bool {
    let literal = &expression["literal"];
    let number = literal["text"]
        .as_str()
        .and_then(|text| text.trim_start_matches('-').parse::<u64>().ok());
    literal["kind"] == "INTEGER" && number.is_some_and(|number| number <= LARGEST)
}

/// Tells whether an expression is a format whose widths are written in it and small.
fn narrow(expression: &Json) -> bool {
    let Some(text) = expression["literal"]["text"].as_str() else {
        return false;
    };
    let nested = text
        .split('{')
        .skip(1)
        .any(|field| !field.is_empty() && !field.contains('}'));
    let widest = text
        .split(|letter: char| !letter.is_ascii_digit())
        .map(str::len)
        .max()
        .unwrap_or(0);
    !nested && widest <= 3 && !text.contains('*')
}
