//! From a query file's text to its [`Header`]: the TOML inside the comment lines between `-- /// query` and `-- ///`.

use std::path::Path;

use super::document::{Item, Section, Text};
use super::header::{Better, FORMATS, Fallback, Goal, Header, KINDS, Look, Param, Target};
use super::parameters::sql_type;
use crate::error::{Error, Place};
use crate::store::Value;

const OPENING: &str = "/// query";
const CLOSING: &str = "///";

const BETTER: &[(&str, Better)] = &[
    ("up", Better::Up),
    ("down", Better::Down),
    ("neither", Better::Neither),
];

/// Words that `EXECUTE q(word := …)` cannot take, so that the file would not run in the stock command line.
const RESERVED: &[&str] = &[
    "from", "to", "group", "order", "select", "end", "limit", "table", "today",
];

/// Returns the header of a query file and everything that is wrong with it.
pub(super) fn read(path: &Path, text: &str) -> (Header, Vec<Error>) {
    let title = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let bare = Header {
        title: title.clone(),
        ..Header::default()
    };
    let lines = match lines(path, text) {
        Ok(Some(lines)) => lines,
        Ok(None) => return (bare, Vec::new()),
        Err(error) => return (bare, vec![error]),
    };
    let toml = Text::pieces(path, text, &lines);
    let (table, mut problems) = toml.parse();
    let mut section = Section::new(&toml, &table);
    let header = Header {
        title: section.read("title", Item::text).unwrap_or(title),
        about: section.read("about", Item::text).unwrap_or_default(),
        owner: section.read("owner", Item::text),
        kind: section
            .read("kind", |item| item.word(KINDS))
            .unwrap_or_default(),
        params: params(&mut section),
        goals: goals(&mut section),
        columns: columns(&mut section).into_iter().collect(),
    };
    // Free for the team's own notes.
    section.item("meta");
    problems.extend(section.finish());
    for problem in &mut problems {
        problem.kind = crate::error::Kind::Data;
    }
    (header, problems)
}

/// Returns the pieces of the header's TOML, each with its place in the file.
fn lines<'a>(path: &Path, text: &'a str) -> Result<Option<Vec<(usize, &'a str)>>, Error> {
    let mut found: Option<Vec<(usize, &str)>> = None;
    let mut start = 0;
    let mut opened = 0;
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start().strip_prefix("--");
        let range = start..start + line.len();
        start = range.end;
        let Some(lines) = &mut found else {
            match comment.map(str::trim) {
                Some(OPENING) => {
                    opened = range.start;
                    found = Some(Vec::new());
                }
                Some(_) => {}
                None if line.trim().is_empty() => {}
                None => return Ok(None),
            }
            continue;
        };
        let Some(comment) = comment else {
            let error = Error::data("the header has no closing line").at(Place::in_text(
                path,
                text,
                range.start,
            ));
            return Err(error.rule("header").help("end the header with `-- ///`"));
        };
        if comment.trim() == CLOSING {
            return Ok(found);
        }
        let comment = comment.strip_prefix(' ').unwrap_or(comment);
        let content = comment.trim_end_matches(['\n', '\r']);
        let start = range.end - comment.len();
        lines.extend([(start, content), (start + content.len(), "\n")]);
    }
    match found {
        None => Ok(None),
        Some(_) => Err(Error::data("the header has no closing line")
            .at(Place::in_text(path, text, opened))
            .rule("header")
            .help("end the header with `-- ///`")),
    }
}

fn params(header: &mut Section<'_>) -> Vec<Param> {
    let Some(mut section) = header.section("params") else {
        return Vec::new();
    };
    let mut params: Vec<Param> = Vec::new();
    for (name, item) in section.entries() {
        if RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word)) {
            let help = if name.eq_ignore_ascii_case("today") {
                "`$today` is always there and needs no declaration"
            } else {
                "use a name such as `since`, `until` or `segment`"
            };
            let error = section
                .key_error(name, format!("`{name}` is a reserved name"))
                .rule("parameter")
                .help(help);
            section.keep(Err::<(), _>(error));
        }
        if params
            .iter()
            .any(|param| param.name.eq_ignore_ascii_case(name))
        {
            let error = section.key_error(
                name,
                format!("parameter `{name}` is declared twice; case does not matter"),
            );
            section.keep(Err::<(), _>(error.rule("parameter")));
        }
        let Some(mut declared) = section.keep(item.section()) else {
            continue;
        };
        params.extend(param(name, &mut declared));
        section.absorb(declared);
    }
    header.absorb_open(section);
    params
}

fn param(name: &str, section: &mut Section<'_>) -> Option<Param> {
    let sql_type = section.require("type", |item| {
        sql_type(&item.text()?).map_err(|error| {
            item.error(error.message)
                .help(error.help.unwrap_or_default())
        })
    });
    let mut param = Param {
        name: name.to_string(),
        sql_type: sql_type.clone().unwrap_or_default(),
        fallback: Fallback::Null,
        choices: Vec::new(),
        choices_sql: section.read("choices_sql", Item::text),
        min: section.read("min", Item::number),
        max: section.read("max", Item::number),
        about: section.read("about", Item::text).unwrap_or_default(),
    };
    let default = section.item("default");
    let default_sql = section.read("default_sql", Item::text);
    let optional = section.read("optional", Item::boolean).unwrap_or(false);
    let choices = section.read("choices", Item::list).unwrap_or_default();
    sql_type?;
    for item in choices {
        let choice = item.value().and_then(|value| {
            param
                .member(&value)
                .map_err(|error| item.error(error.message))
        });
        param.choices.extend(section.keep(choice));
    }
    match (default, default_sql, optional) {
        (Some(item), None, false) => {
            let value = item
                .value()
                .and_then(|value| param.fit(value).map_err(|error| item.error(error.message)));
            param.fallback = Fallback::Value(section.keep(value)?);
        }
        (None, Some(sql), false) => param.fallback = Fallback::Sql(sql),
        (None, None, true) => {}
        (None, None, false) => {
            section.problem(format!(
                "parameter `{name}` needs a `default`, a `default_sql`, or `optional = true`"
            ));
        }
        _ => section.problem(format!(
            "parameter `{name}` takes only one of `default`, `default_sql` and `optional`"
        )),
    }
    Some(param)
}

fn goals(header: &mut Section<'_>) -> Vec<Goal> {
    let Some(mut section) = header.section("goals") else {
        return Vec::new();
    };
    let mut goals = Vec::new();
    for (name, item) in section.entries() {
        let Some(mut declared) = section.keep(item.section()) else {
            continue;
        };
        goals.extend(goal(name, &mut declared));
        section.absorb(declared);
    }
    header.absorb_open(section);
    goals
}

fn goal(name: &str, section: &mut Section<'_>) -> Option<Goal> {
    let row: Vec<(String, Value)> = match section.section("row") {
        None => Vec::new(),
        Some(mut row) => {
            let mut wanted = Vec::new();
            for (column, item) in row.entries() {
                wanted.extend(
                    row.keep(item.value())
                        .map(|value| (column.to_string(), value)),
                );
            }
            section.absorb_open(row);
            wanted
        }
    };
    let column = section.require("column", Item::text);
    let due = section.read("due", Item::date);
    let (target, warn_at) = target(&format!("goal `{name}`"), section)?;
    Some(Goal {
        name: name.to_string(),
        row,
        column: column?,
        target,
        warn_at,
        due,
    })
}

/// Reads a target and where it becomes a warning; `what` names it in messages.
pub(super) fn target(what: &str, section: &mut Section<'_>) -> Option<(Target, Option<f64>)> {
    let at_least = section.read("at_least", Item::number);
    let at_most = section.read("at_most", Item::number);
    let warn_at = section.read("warn_at", Item::number);
    let target = match (at_least, at_most) {
        (Some(least), None) => Target::AtLeast(least),
        (None, Some(most)) => Target::AtMost(most),
        _ => {
            section.problem(format!("{what} needs either `at_least` or `at_most`"));
            return None;
        }
    };
    let backwards = match (target, warn_at) {
        (Target::AtLeast(least), Some(warn)) => warn < least,
        (Target::AtMost(most), Some(warn)) => warn > most,
        _ => false,
    };
    if backwards {
        section.problem(format!(
            "{what}: `warn_at` lies beyond the target, so it would never warn in time"
        ));
    }
    Some((target, warn_at))
}

fn columns(header: &mut Section<'_>) -> Vec<(String, Look)> {
    let Some(mut section) = header.section("columns") else {
        return Vec::new();
    };
    let mut looks = Vec::new();
    for (name, item) in section.entries() {
        let Some(mut declared) = section.keep(item.section()) else {
            continue;
        };
        let look = Look {
            unit: declared.read("unit", Item::text).unwrap_or_default(),
            format: declared
                .read("format", |item| item.word(FORMATS))
                .unwrap_or_default(),
            better: declared
                .read("better", |item| item.word(BETTER))
                .unwrap_or_default(),
            margin: declared.read("margin", Item::text),
        };
        looks.push((name.to_string(), look));
        section.absorb(declared);
    }
    header.absorb_open(section);
    looks
}
