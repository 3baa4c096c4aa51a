//! The commands of the command line, one file each; each reads like a table of contents.
//!
//! Standard output carries data, standard error talk.
//!
//! Invariant: no command decides anything about numbers; it asks the stages and prints.

mod bench;
mod check;
mod functions;
mod generate;
mod load;
pub mod opened;
mod print;
mod query;
mod snapshot;
mod sources;
mod stop;
pub mod style;
mod test;

use std::io::IsTerminal;

use crate::app;
use crate::args::{Args, Command};
use crate::error::Result;

pub use stop::Stop;

/// Carries out what the command line asks for.
///
/// # Errors
/// Whatever the command ran into; the error's exit code is the program's.
pub fn execute(args: &Args) -> Result<()> {
    let common = &args.common;
    match &args.command {
        None if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() => {
            app::run(common)
        }
        None => snapshot::execute(common, None, None, snapshot::Goals::Show),
        Some(Command::Run {
            query,
            param,
            output,
        }) => query::run(common, query, param, output),
        Some(Command::Sql { macros: true, .. }) => query::macros(common),
        Some(Command::Sql {
            print: Some(name),
            param,
            ..
        }) => query::print_stock(common, name, param),
        Some(Command::Sql {
            text,
            file,
            param,
            output,
            print: None,
            ..
        }) => query::sql(common, text.as_deref(), file.as_deref(), param, output),
        Some(Command::Snapshot {
            dashboard,
            format,
            fail_on_goal,
        }) => {
            let goals = if *fail_on_goal {
                snapshot::Goals::Require
            } else {
                snapshot::Goals::Show
            };
            snapshot::execute(common, dashboard.as_deref(), *format, goals)
        }
        Some(Command::Check { format }) => check::execute(common, *format),
        Some(Command::Test { names, update }) => test::execute(common, names, *update),
        Some(Command::Bench { names, output }) => bench::execute(common, names, output),
        Some(Command::Load) => load::execute(common),
        Some(Command::Sources { output }) => sources::execute(common, output),
        Some(Command::Generate {
            customers,
            days,
            seed,
            until,
            out,
            follow,
        }) => {
            let options = crate::sample::Options {
                customers: *customers,
                days: *days,
                seed: *seed,
                until: *until,
                out: out.clone(),
            };
            generate::execute(&options, *follow)
        }
        Some(Command::Functions { name }) => functions::execute(common, name.as_deref()),
        Some(Command::Keys) => print::stdout(crate::screen::keys::table().as_bytes()),
    }
}
