//! The macros of `lib/`: only `CREATE MACRO`, each body gated, and defined in an order that works.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::answer::located;
use super::gate::{Allowed, Findings, inspect};
use super::segments;
use super::workspace::{LibFile, Workspace};
use crate::error::{Error, Place, Result};
use crate::store::lexer::{statements, tokens};
use crate::store::{Parser, Session};

/// The parts of one `CREATE MACRO` statement, as places in the file.
struct Macro {
    name: String,
    statement: Range<usize>,
    /// Default values of arguments.
    defaults: Vec<Range<usize>>,
    body: Range<usize>,
    is_table: bool,
}

/// A file on its way to a [`LibFile`].
struct Draft {
    file: LibFile,
    names: Vec<String>,
    calls: BTreeSet<String>,
}

/// Gates the files of `lib/` and allows queries to use what is sound in them.
pub(super) fn read(
    parser: &Parser,
    files: Vec<(PathBuf, String)>,
    allowed: &mut Allowed,
) -> Vec<LibFile> {
    let mut found = Vec::new();
    for (path, text) in files {
        let parts = statements(&text)
            .into_iter()
            .map(|statement| parts(&path, &text, statement));
        let parts: Vec<Result<Macro>> = parts.collect();
        for part in parts.iter().flatten() {
            allowed.add_macro(&part.name, BTreeSet::new());
        }
        found.push((path, text, parts));
    }
    let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut reads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut drafts = Vec::new();
    for (path, text, parts) in found {
        let mut file = LibFile {
            path,
            text,
            statements: Vec::new(),
            error: None,
        };
        let names = parts
            .iter()
            .flatten()
            .map(|part| part.name.clone())
            .collect();
        let mut called = BTreeSet::new();
        for part in parts {
            let gated = part.and_then(|part| {
                gated(parser, &file.path, &file.text, &part, allowed).map(|seen| (part, seen))
            });
            match gated {
                Ok((part, seen)) => {
                    file.statements.push(file.text[part.statement].to_string());
                    called.extend(seen.calls.clone());
                    reads
                        .entry(part.name.clone())
                        .or_default()
                        .extend(seen.shape.tables);
                    calls.entry(part.name).or_default().extend(seen.calls);
                }
                Err(first) => file.error = file.error.or(Some(first)),
            }
        }
        drafts.push(Draft {
            file,
            names,
            calls: called,
        });
    }
    close(&calls, &mut reads);
    for (name, tables) in reads {
        allowed.add_macro(&name, tables);
    }
    spread(&mut drafts, allowed);
    drafts.into_iter().map(|draft| draft.file).collect()
}

/// Takes back the macros of files with an error, and says so in the files that call them.
fn spread(drafts: &mut [Draft], allowed: &mut Allowed) {
    let mut broken: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let before = broken.len();
        for draft in drafts.iter_mut() {
            let waits = draft
                .calls
                .iter()
                .find_map(|name| broken.get(name).map(|place| (name, place)));
            if let (None, Some((name, place))) = (&draft.file.error, waits) {
                let message = format!("`{name}` waits for {place}, which has an error");
                let start = draft.file.text.find(name.as_str()).unwrap_or_default();
                let place = Place::in_text(&draft.file.path, &draft.file.text, start);
                draft.file.error = Some(Error::data(message).at(place).rule("macro"));
            }
            if let Some(error) = &draft.file.error {
                draft.file.statements.clear();
                let place = error
                    .place
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                broken.extend(draft.names.iter().map(|name| (name.clone(), place.clone())));
            }
        }
        if broken.len() == before {
            break;
        }
    }
    for (name, place) in broken {
        allowed.broken_macro(&name, place);
    }
}

/// What a workspace defines for its queries.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    lib: Vec<LibFile>,
    segments: Vec<String>,
}

impl Definitions {
    /// Returns what a workspace defines: the macros of sound files, and the sound segments.
    #[must_use]
    pub fn of(workspace: &Workspace) -> Self {
        Self {
            lib: workspace.lib.clone(),
            segments: segments::macros(&workspace.queries).collect(),
        }
    }
}

/// Defines macros and segments in a session, and returns what is wrong with the macros.
#[must_use]
pub fn define(session: &Session, definitions: &Definitions) -> Vec<Error> {
    let errors = define_macros(session, &definitions.lib);
    for segment in &definitions.segments {
        // What DuckDB refuses in a segment is an error of its query, and said there.
        let _ = session.define(segment);
    }
    errors
}

/// Defines the macros of sound files in a session. A macro may use one of a later file, so whatever fails is tried
/// again as long as anything else still succeeds.
fn define_macros(session: &Session, files: &[LibFile]) -> Vec<Error> {
    let mut waiting: Vec<(&LibFile, &String)> = files
        .iter()
        .flat_map(|file| {
            file.statements
                .iter()
                .map(move |statement| (file, statement))
        })
        .collect();
    loop {
        let mut failed = Vec::new();
        let before = waiting.len();
        for (file, statement) in waiting {
            if let Err(error) = session.define(statement) {
                failed.push((file, statement, error));
            }
        }
        if failed.is_empty() || failed.len() == before {
            let place =
                |(file, statement, mut error): (&LibFile, &String, crate::store::SqlError)| {
                    let start = file.text.find(statement.as_str()).unwrap_or_default();
                    error.position = Some(start + error.position.unwrap_or_default());
                    located(&file.path, &file.text, &error)
                };
            return failed.into_iter().map(place).collect();
        }
        waiting = failed
            .into_iter()
            .map(|(file, statement, _)| (file, statement))
            .collect();
    }
}

/// Adds to what each macro reads what the macros it calls read.
fn close(
    calls: &BTreeMap<String, BTreeSet<String>>,
    reads: &mut BTreeMap<String, BTreeSet<String>>,
) {
    loop {
        let mut grown = false;
        for (name, called) in calls {
            let more: BTreeSet<String> = called
                .iter()
                .filter_map(|name| reads.get(name))
                .flatten()
                .cloned()
                .collect();
            let known = reads.entry(name.clone()).or_default();
            let before = known.len();
            known.extend(more);
            grown |= known.len() > before;
        }
        if !grown {
            return;
        }
    }
}

/// Gates a macro's body and the default values of its arguments.
fn gated(
    parser: &Parser,
    path: &Path,
    text: &str,
    part: &Macro,
    allowed: &Allowed,
) -> Result<Findings> {
    let mut all = Findings::default();
    let defaults = part.defaults.iter().map(|range| (range, false));
    for (range, is_table) in defaults.chain([(&part.body, part.is_table)]) {
        // The text before keeps its length, so that places stay true. `CREATE MACRO` is longer than `SELECT`.
        let lead = if is_table { "" } else { "SELECT " };
        let sql = format!(
            "{}{lead}{}",
            " ".repeat(range.start - lead.len()),
            &text[range.clone()]
        );
        let findings =
            inspect(parser, &sql, allowed).map_err(|error| located(path, text, &error))?;
        if let Some((name, position)) = findings.parameters.first() {
            let error = Error::data(format!("a macro cannot use the parameter ${name}"));
            let error = error
                .at(Place::in_text(path, text, *position))
                .rule("macro");
            return Err(error.help("pass it as an argument whose name starts with p_"));
        }
        all.shape.tables.extend(findings.shape.tables);
        all.calls.extend(findings.calls);
    }
    Ok(all)
}

/// Takes a `CREATE MACRO` statement apart.
fn parts(path: &Path, text: &str, statement: Range<usize>) -> Result<Macro> {
    let error = |at: usize, message: &str| {
        Error::data(message)
            .at(Place::in_text(path, text, at))
            .rule("macro")
    };
    let offset = statement.start;
    let tokens =
        tokens(&text[statement.clone()]).map(|token| token.start + offset..token.end + offset);
    let mut tokens = tokens.collect::<Vec<_>>().into_iter().peekable();
    let is = |token: &Range<usize>, word: &str| text[token.clone()].eq_ignore_ascii_case(word);
    let only = || {
        error(offset, "lib/ holds only CREATE MACRO statements")
            .help("put queries in another folder")
    };
    tokens
        .next_if(|token| is(token, "CREATE"))
        .ok_or_else(only)?;
    if tokens.next_if(|token| is(token, "OR")).is_some() {
        tokens
            .next_if(|token| is(token, "REPLACE"))
            .ok_or_else(only)?;
    }
    tokens.next_if(|token| is(token, "TEMP") || is(token, "TEMPORARY"));
    tokens
        .next_if(|token| is(token, "MACRO") || is(token, "FUNCTION"))
        .ok_or_else(only)?;
    let unnamed = || {
        error(
            offset,
            "a macro needs a name of letters, digits and _, then its arguments in brackets",
        )
    };
    let name = tokens.next().ok_or_else(unnamed)?;
    let name = text[name].to_lowercase();
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !plain || tokens.next_if(|token| is(token, "(")).is_none() {
        return Err(unnamed());
    }
    let mut defaults = Vec::new();
    for argument in arguments(text, &mut tokens).ok_or_else(unnamed)? {
        let Some(first) = argument.first() else {
            continue;
        };
        if !text[first.clone()].to_lowercase().starts_with("p_") {
            let message = format!(
                "macro argument `{}` must start with p_",
                &text[first.clone()]
            );
            let help = "an argument that is named like a column would be taken for the column and match every row";
            return Err(error(first.start, &message).help(help));
        }
        let sign =
            |token: &Range<usize>| is(token, ":=") || is(token, "=>") || is(token, "DEFAULT");
        let value = argument
            .iter()
            .position(sign)
            .map(|sign| &argument[sign + 1..]);
        if let (Some(first), Some(last)) =
            (value.and_then(<[_]>::first), value.and_then(<[_]>::last))
        {
            defaults.push(first.start..last.end);
        }
    }
    tokens
        .next_if(|token| is(token, "AS"))
        .ok_or_else(|| error(offset, "a macro needs AS and its body"))?;
    let is_table = tokens.next_if(|token| is(token, "TABLE")).is_some();
    let body = tokens
        .peek()
        .ok_or_else(|| error(offset, "a macro needs a body after AS"))?;
    Ok(Macro {
        name,
        body: body.start..statement.end,
        statement,
        defaults,
        is_table,
    })
}

/// Returns the tokens of each argument up to the closing bracket, which it takes too.
fn arguments(
    text: &str,
    tokens: &mut impl Iterator<Item = Range<usize>>,
) -> Option<Vec<Vec<Range<usize>>>> {
    let mut arguments = vec![Vec::new()];
    let mut depth = 0;
    for token in tokens {
        match &text[token.clone()] {
            ")" | "]" | "}" if depth > 0 => depth -= 1,
            ")" => return Some(arguments),
            "(" | "[" | "{" => depth += 1,
            "," if depth == 0 => {
                arguments.push(Vec::new());
                continue;
            }
            _ => {}
        }
        arguments.last_mut()?.push(token);
    }
    None
}
