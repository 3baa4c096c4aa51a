//! Query tests: inline rows in, expected rows out, one TOML file for each query.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::Error;
use crate::store::Value;

/// One file of `tests/`.
#[derive(Clone, Debug, PartialEq)]
pub struct TestFile {
    /// The file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// The query under test; empty if the file does not say.
    pub query: String,
    /// The cases.
    pub cases: Vec<Case>,
    /// What is wrong with the file.
    pub problems: Vec<Error>,
}

/// One case: rows in, rows out.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What the case shows, as a sentence.
    pub name: String,
    /// Parameter values.
    pub params: BTreeMap<String, Value>,
    /// Input rows by table, as comma-separated text with a header line.
    pub given: BTreeMap<String, String>,
    /// The expected rows, written the same way. Only the columns it names are compared.
    pub expect: String,
    /// The line of the case's name in the file.
    pub line: usize,
}
