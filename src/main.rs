//! Starts the program, prints its error, returns its exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use cxtop::args::Args;
use cxtop::commands;

fn main() -> ExitCode {
    match commands::execute(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done when standard error is closed; the exit code still tells.
            let _ = writeln!(std::io::stderr(), "cxtop: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
