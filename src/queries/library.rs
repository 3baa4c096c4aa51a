//! The macros of `lib/`: only `CREATE MACRO`, each body gated, and defined in an order that works.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use super::answer::located;
use super::gate::{Allowed, inspect};
use super::lexer::{statements, tokens};
use super::workspace::LibFile;
use crate::error::{Error, Place, Result};
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

/// Gates the files of `lib/` and allows queries to use what is sound in them.
pub(super) fn read(parser: &Parser, files: Vec<(std::path::PathBuf, String)>, allowed: &mut Allowed) -> Vec<LibFile> {
    let mut found = Vec::new();
    for (path, text) in files {
        let parts = statements(&text).into_iter().map(|statement| parts(&path, &text, statement));
        let parts: Vec<Result<Macro>> = parts.collect();
        for part in parts.iter().flatten() {
            allowed.add_macro(&part.name, BTreeSet::new());
        }
        found.push((path, text, parts));
    }
    let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut reads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut broken = Vec::new();
    let mut files = Vec::new();
    for (path, text, parts) in found {
        let names: Vec<String> = parts.iter().flatten().map(|part| part.name.clone()).collect();
        let mut error = None;
        let mut kept = Vec::new();
        for part in parts {
            match part.and_then(|part| gated(parser, &path, &text, &part, allowed).map(|seen| (part, seen))) {
                Ok((part, (tables, called))) => {
                    kept.push(text[part.statement.clone()].to_string());
                    reads.entry(part.name.clone()).or_default().extend(tables);
                    calls.entry(part.name).or_default().extend(called);
                }
                Err(first) => error = error.or(Some(first)),
            }
        }
        if let Some(error) = &error {
            let place = error.place.as_ref().map(ToString::to_string).unwrap_or_default();
            broken.extend(names.into_iter().map(|name| (name, place.clone())));
            kept.clear();
        }
        files.push(LibFile { path, text, statements: kept, error });
    }
    close(&calls, &mut reads);
    for (name, tables) in reads {
        allowed.add_macro(&name, tables);
    }
    for (name, place) in broken {
        allowed.broken_macro(&name, place);
    }
    files
}

/// Defines the macros of sound files in a session. A macro may use one of a later file, so whatever fails is tried
/// again as long as anything else still succeeds.
pub fn define(session: &Session, files: &[LibFile]) -> Vec<Error> {
    let mut waiting: Vec<(&LibFile, &String)> =
        files.iter().flat_map(|file| file.statements.iter().map(move |statement| (file, statement))).collect();
    loop {
        let mut failed = Vec::new();
        let before = waiting.len();
        for (file, statement) in waiting {
            if let Err(error) = session.define(statement) {
                failed.push((file, statement, error));
            }
        }
        if failed.is_empty() || failed.len() == before {
            let place = |(file, statement, mut error): (&LibFile, &String, crate::store::SqlError)| {
                let start = file.text.find(statement.as_str()).unwrap_or_default();
                error.position = Some(start + error.position.unwrap_or_default());
                located(&file.path, &file.text, &error)
            };
            return failed.into_iter().map(place).collect();
        }
        waiting = failed.into_iter().map(|(file, statement, _)| (file, statement)).collect();
    }
}

/// Adds to what each macro reads what the macros it calls read.
fn close(calls: &BTreeMap<String, BTreeSet<String>>, reads: &mut BTreeMap<String, BTreeSet<String>>) {
    loop {
        let mut grown = false;
        for (name, called) in calls {
            let more: BTreeSet<String> = called.iter().filter_map(|name| reads.get(name)).flatten().cloned().collect();
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

/// Gates a macro's body and the default values of its arguments. Returns the tables it reads and the macros it calls.
fn gated(
    parser: &Parser,
    path: &Path,
    text: &str,
    part: &Macro,
    allowed: &Allowed,
) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let mut tables = BTreeSet::new();
    let mut calls = BTreeSet::new();
    let expressions = part.defaults.iter().map(|range| (range, false));
    for (range, is_table) in expressions.chain([(&part.body, part.is_table)]) {
        // The text before keeps its length, so that places stay true. `CREATE MACRO` is longer than `SELECT`.
        let lead = if is_table { "" } else { "SELECT " };
        let sql = format!("{}{lead}{}", " ".repeat(range.start - lead.len()), &text[range.clone()]);
        let findings = inspect(parser, &sql, allowed).map_err(|error| located(path, text, &error))?;
        if let Some((name, position)) = findings.parameters.first() {
            let error = Error::data(format!("a macro cannot use the parameter ${name}"));
            let error = error.at(Place::in_text(path, text, *position)).rule("macro");
            return Err(error.help("pass it as an argument whose name starts with p_"));
        }
        tables.extend(findings.shape.tables);
        calls.extend(findings.calls);
    }
    Ok((tables, calls))
}

/// Takes a `CREATE MACRO` statement apart.
fn parts(path: &Path, text: &str, statement: Range<usize>) -> Result<Macro> {
    let error = |at: usize, message: &str| {
        Error::data(message).at(Place::in_text(path, text, at)).rule("macro")
    };
    let offset = statement.start;
    let tokens = tokens(&text[statement.clone()]).map(|token| token.start + offset..token.end + offset);
    let mut tokens = tokens.collect::<Vec<_>>().into_iter().peekable();
    let is = |token: &Range<usize>, word: &str| text[token.clone()].eq_ignore_ascii_case(word);
    let only = || error(offset, "lib/ holds only CREATE MACRO statements").help("put queries in another folder");
    tokens.next_if(|token| is(token, "CREATE")).ok_or_else(only)?;
    if tokens.next_if(|token| is(token, "OR")).is_some() {
        tokens.next_if(|token| is(token, "REPLACE")).ok_or_else(only)?;
    }
    tokens.next_if(|token| is(token, "TEMP") || is(token, "TEMPORARY"));
    tokens.next_if(|token| is(token, "MACRO") || is(token, "FUNCTION")).ok_or_else(only)?;
    let unnamed = || error(offset, "a macro needs a name of letters, digits and _, then its arguments in brackets");
    let name = tokens.next().ok_or_else(unnamed)?;
    let name = text[name].to_lowercase();
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !plain || tokens.next_if(|token| is(token, "(")).is_none() {
        return Err(unnamed());
    }
    let mut defaults = Vec::new();
    for argument in arguments(text, &mut tokens).ok_or_else(unnamed)? {
        let Some(first) = argument.first() else { continue };
        if !text[first.clone()].to_lowercase().starts_with("p_") {
            let message = format!("macro argument `{}` must start with p_", &text[first.clone()]);
            let help = "an argument that is named like a column would be taken for the column and match every row";
            return Err(error(first.start, &message).help(help));
        }
        let sign = |token: &Range<usize>| is(token, ":=") || is(token, "=>") || is(token, "DEFAULT");
        let value = argument.iter().position(sign).map(|sign| &argument[sign + 1..]);
        if let (Some(first), Some(last)) = (value.and_then(<[_]>::first), value.and_then(<[_]>::last)) {
            defaults.push(first.start..last.end);
        }
    }
    tokens.next_if(|token| is(token, "AS")).ok_or_else(|| error(offset, "a macro needs AS and its body"))?;
    let is_table = tokens.next_if(|token| is(token, "TABLE")).is_some();
    let body = tokens.peek().ok_or_else(|| error(offset, "a macro needs a body after AS"))?;
    Ok(Macro { name, body: body.start..statement.end, statement, defaults, is_table })
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
