//! From a query file's text to a [`SavedQuery`]: header, gate, and parameters declared = used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::answer::located;
use super::gate::{Allowed, Findings, inspect};
use super::header::{Fallback, Header, Param};
use super::header_text;
use super::parameters::computed;
use super::workspace::{QueryFile, SavedQuery};
use crate::error::{Error, Place, Result, nearest};
use crate::store::Parser;

/// What came of looking at a query file.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// The query with what the gate saw, if the SQL passes the gate.
    pub(super) query: Option<(SavedQuery, Findings)>,
    /// Everything that is wrong with the file.
    pub(super) problems: Vec<Error>,
}

/// What the gate looks at, and what it said of the statements inside declarations: many files have the same.
struct Judge<'a> {
    parser: &'a Parser,
    allowed: &'a Allowed,
    said: BTreeMap<String, Option<String>>,
}

/// A file's path, and its text or why it cannot be read.
pub(super) type Read = (PathBuf, Result<String>);

/// Reads query files of a workspace. All are parsed in one go first: one by one takes far longer.
pub(super) fn judge(
    root: &Path,
    files: Vec<Read>,
    parser: &Parser,
    allowed: &Allowed,
) -> Vec<(QueryFile, Judgement)> {
    let texts = files.iter().filter_map(|(_, text)| text.as_deref().ok());
    parser.read_ahead(&texts.collect::<Vec<_>>());
    let mut judge = Judge::new(parser, allowed);
    let judged = files
        .into_iter()
        .map(|(path, text)| file(root, path, text, &mut judge));
    judged.collect()
}

/// Reads one query file of a workspace.
fn file(
    root: &Path,
    path: PathBuf,
    text: Result<String>,
    judge: &mut Judge<'_>,
) -> (QueryFile, Judgement) {
    let name = path.strip_prefix(root).unwrap_or(&path).with_extension("");
    let name = name
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/");
    let (text, judgement) = match text {
        Ok(text) => {
            let judgement = judge.file(&name, &path, &text);
            (text, judgement)
        }
        Err(error) => (
            String::new(),
            Judgement {
                query: None,
                problems: vec![error],
            },
        ),
    };
    let state = judgement.state(&path);
    (
        QueryFile {
            name,
            path,
            text,
            state,
        },
        judgement,
    )
}

impl Judgement {
    /// Returns the query, or the first thing that is wrong with it.
    fn state(&self, path: &Path) -> Result<SavedQuery> {
        match (&self.query, self.problems.first()) {
            (_, Some(problem)) => Err(problem.clone()),
            (Some((query, _)), None) => Ok(query.clone()),
            (None, None) => Err(Error::data("the query could not be read").at(Place::file(path))),
        }
    }
}

impl SavedQuery {
    /// Returns the query of a text whose header is sound and whose SQL passes the gate.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(
        name: &str,
        path: &Path,
        text: &str,
        parser: &Parser,
        allowed: &Allowed,
    ) -> Result<Self> {
        Judge::new(parser, allowed)
            .file(name, path, text)
            .state(path)
    }

    /// Returns the declared parameter of this name; case does not matter.
    ///
    /// # Errors
    /// There is none; the error names the nearest.
    pub fn param(&self, name: &str) -> Result<&Param> {
        let known = || self.header.params.iter().map(|param| param.name.as_str());
        self.header
            .params
            .iter()
            .find(|param| param.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                let error = Error::usage(format!("query {} has no parameter `{name}`", self.name));
                match nearest(name, known()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None if self.header.params.is_empty() => error.help("it takes no parameters"),
                    None => {
                        error.help(format!("it has {}", known().collect::<Vec<_>>().join(", ")))
                    }
                }
            })
    }
}

impl<'a> Judge<'a> {
    fn new(parser: &'a Parser, allowed: &'a Allowed) -> Self {
        Self {
            parser,
            allowed,
            said: BTreeMap::new(),
        }
    }

    /// Looks at header, gate and parameters; what can still be judged after a mistake is judged too.
    fn file(&mut self, name: &str, path: &Path, text: &str) -> Judgement {
        let (mut header, mut problems) = header_text::read(path, text);
        let header_is_sound = problems.is_empty();
        for param in &mut header.params {
            let refused = self.declaration(path, text, param);
            if !refused.is_empty() {
                // What the gate refused goes no further, even where the rest of the file is still looked at.
                param.fallback = Fallback::Null;
                param.choices_sql = None;
            }
            problems.extend(refused);
        }
        let findings = match inspect(self.parser, text, self.allowed) {
            Ok(findings) => findings,
            Err(error) => {
                problems.push(located(path, text, &error));
                return Judgement {
                    query: None,
                    problems,
                };
            }
        };
        // A parameter whose declaration is broken would be reported twice.
        if header_is_sound {
            problems.extend(undeclared(path, text, &header, &findings));
        }
        let (name, shape) = (name.to_string(), findings.shape.clone());
        let query = SavedQuery {
            name,
            path: path.to_path_buf(),
            text: text.to_string(),
            header,
            shape,
        };
        Judgement {
            query: Some((query, findings)),
            problems,
        }
    }

    /// Gates the SQL inside a parameter's declaration.
    fn declaration(&mut self, path: &Path, text: &str, param: &Param) -> Vec<Error> {
        let mut problems = Vec::new();
        for (key, sql, statement) in inner_sql(param) {
            let said = self
                .said
                .entry(statement)
                .or_insert_with_key(|sql| complaint(self.parser, sql, self.allowed));
            if let Some(said) = said {
                let error = Error::data(format!("parameter `{}`: {key}: {said}", param.name))
                    .rule("parameter");
                problems.push(error.at(place_of(path, text, sql)));
            }
        }
        problems
    }
}

/// Returns the SQL inside a parameter's declaration: its key, as written, and as the statement to run.
pub(super) fn inner_sql(param: &Param) -> Vec<(&'static str, &str, String)> {
    let mut found = Vec::new();
    if let Fallback::Sql(sql) = &param.fallback {
        found.push((
            "default_sql",
            sql.as_str(),
            format!("SELECT {} AS value", computed(sql, &param.sql_type)),
        ));
    }
    if let Some(sql) = &param.choices_sql {
        found.push(("choices_sql", sql.as_str(), sql.clone()));
    }
    found
}

/// Returns what the gate has against a statement inside a declaration.
fn complaint(parser: &Parser, statement: &str, allowed: &Allowed) -> Option<String> {
    match inspect(parser, statement, allowed) {
        Err(error) => Some(located(Path::new(""), "", &error).message),
        Ok(findings) => {
            let other = findings
                .shape
                .parameters
                .iter()
                .find(|name| *name != "today");
            other.map(|name| format!("only $today can be used here, not ${name}"))
        }
    }
}

/// Returns where a piece of the header stands in the file; only the file if it is written with escapes.
pub(super) fn place_of(path: &Path, text: &str, piece: &str) -> Place {
    text.find(piece).map_or_else(
        || Place::file(path),
        |start| Place::in_text(path, text, start),
    )
}

/// Compares the parameters that the header declares with those that the SQL uses.
fn undeclared(path: &Path, text: &str, header: &Header, findings: &Findings) -> Vec<Error> {
    let declared: BTreeSet<String> = header
        .params
        .iter()
        .map(|param| param.name.to_lowercase())
        .collect();
    let mut problems = Vec::new();
    for (name, position) in &findings.parameters {
        let lower = name.to_lowercase();
        if lower == "today" || declared.contains(&lower) {
            continue;
        }
        let error = Error::data(format!("parameter ${name} is not declared"));
        let error = error
            .at(Place::in_text(path, text, *position))
            .rule("parameter");
        let known = declared.iter().map(String::as_str).chain(["today"]);
        problems.push(match nearest(name, known) {
            Some(near) => error.help(format!("did you mean `${near}`?")),
            None => error.help(format!(
                "declare it in the header: [params] {name} = {{ type = \"…\", default = … }}"
            )),
        });
    }
    for param in header.params.iter().filter(|param| {
        !findings
            .shape
            .parameters
            .contains(&param.name.to_lowercase())
    }) {
        let error = Error::data(format!(
            "parameter `{}` is declared but not used",
            param.name
        ));
        problems.push(
            error
                .at(place_of_declaration(path, text, &param.name))
                .rule("parameter"),
        );
    }
    problems
}

/// Returns where a parameter is declared.
fn place_of_declaration(path: &Path, text: &str, name: &str) -> Place {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let key = line
            .trim_start()
            .strip_prefix("--")
            .map(str::trim_start)
            .unwrap_or_default();
        let key = key.strip_prefix("[params.").unwrap_or(key);
        let after = key.strip_prefix(name).map(str::trim_start);
        if after.is_some_and(|after| after.starts_with(['=', ']', '.'])) {
            return Place::in_text(path, text, start + line.len() - key.len());
        }
        start += line.len();
    }
    Place::file(path)
}
