//! `cxtop test`: runs the tests of the saved queries.

use super::opened::root;
use super::print;
use crate::args::Common;
use crate::error::{Error, Result};
use crate::queries;

/// Runs the tests and prints what failed.
///
/// # Errors
/// When there is no workspace, or a test failed.
pub fn execute(common: &Common, names: &[String], update: bool) -> Result<()> {
    let root = root(common)?.ok_or_else(|| {
        Error::usage("no workspace to test")
            .help("name one with --queries DIR, or go to the folder above queries/")
    })?;
    let report = queries::test(&root, names, update)?;
    print::stdout(report.human().as_bytes())?;
    if report.passed() {
        Ok(())
    } else {
        Err(Error::data("not every test passed"))
    }
}
