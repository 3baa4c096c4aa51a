//! `cxtop functions`: the manual of the SQL functions, or one section of it.

use std::io::IsTerminal;

use super::{print, style};
use crate::args::Common;
use crate::error::{Error, Result, nearest};
use crate::manual::{self, Level, Line, Section};
use crate::screen::manual::printed;
use crate::screen::terminal;

/// Columns where there is no terminal: wide enough for most tables.
const FILE_WIDTH: u16 = 100;

/// Prints the manual.
///
/// # Errors
/// When there is no such function or topic, or the output cannot be written.
pub fn execute(common: &Common, name: Option<&str>) -> Result<()> {
    let width = match common.size {
        Some(size) => size.width,
        None if std::io::stdout().is_terminal() => terminal::current_size().width,
        None => FILE_WIDTH,
    };
    let lines = pages(&chosen(name)?, width.into());
    print::stdout(printed(&lines, &style::for_print(common)).as_bytes())
}

/// Returns the named section, or all of them.
fn chosen(name: Option<&str>) -> Result<Vec<&'static Section>> {
    let manual = manual::functions();
    let Some(name) = name else {
        // Topics are printed with the section they are part of.
        let sections = manual.sections.iter();
        return Ok(sections
            .filter(|section| section.level < Level::Topic)
            .collect());
    };
    if let Some(section) = manual.find(name) {
        return Ok(vec![section]);
    }
    let error = Error::usage(format!("there is no function or topic `{name}`"));
    Err(match nearest(name, manual.names()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`cxtop functions` prints all of them"),
    })
}

fn pages(sections: &[&Section], width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for section in sections {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(section.heading());
        lines.push(Line::default());
        lines.extend(section.lines(width));
    }
    lines
}
