//! Query tests: inline rows in, expected rows out, one TOML file for each query.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::dashboards::values;
use super::document::{Item, Section, Text};
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

impl TestFile {
    /// Returns what is sound in a test file, with everything that is wrong with it.
    pub(super) fn read(path: &Path, file: &str) -> Self {
        let text = Text::whole(path, file);
        let (table, mut problems) = text.parse();
        let mut section = Section::new(&text, &table);
        let query = section.require("query", Item::text).unwrap_or_default();
        let mut cases = Vec::new();
        for mut declared in section.sections("case") {
            cases.extend(case(&mut declared));
            section.absorb(declared);
        }
        if cases.is_empty() {
            section.problem("a test file needs at least one `[[case]]`");
        }
        problems.extend(section.finish());
        Self {
            path: path.to_path_buf(),
            text: file.to_string(),
            query,
            cases,
            problems,
        }
    }
}

fn case(section: &mut Section<'_>) -> Option<Case> {
    let name = section.require("name", Item::text);
    let line = section.line();
    let params = values(section, "params");
    let mut given = BTreeMap::new();
    if let Some(mut tables) = section.section("given") {
        for (table, item) in tables.entries() {
            if let Some(rows) = tables.keep(item.text()) {
                given.insert(table.to_string(), rows);
            }
        }
        section.absorb_open(tables);
    }
    let expect = section.require("expect", Item::text);
    Some(Case {
        name: name?,
        params,
        given,
        expect: expect?,
        line,
    })
}
