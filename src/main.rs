//! Starts the program, prints its error, returns its exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use cxtop::args::Args;
use cxtop::commands;
use mimalloc::MiMalloc;

/// Also DuckDB's allocator: a tenth to a fifth of most queries is asking for memory and giving it back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
