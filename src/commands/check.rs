//! `cxtop check`: validates the workspace.

use super::opened::root;
use super::print;
use crate::args::{CheckFormat, Common};
use crate::error::{Error, Result};
use crate::queries::{self, Severity};

/// Checks the workspace and prints every problem.
///
/// # Errors
/// When there is no workspace, or it has errors (warnings are printed only).
pub fn execute(common: &Common, format: CheckFormat) -> Result<()> {
    let root = root(common)?.ok_or_else(|| {
        Error::usage("no workspace to check")
            .help("name one with --queries DIR, or go to the folder above queries/")
    })?;
    let problems = queries::check(&root)?;
    let text = match format {
        CheckFormat::Human => queries::human(&problems),
        CheckFormat::Json => queries::json(&problems),
    };
    print::stdout(text.as_bytes())?;
    match problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .count()
    {
        0 => Ok(()),
        1 => Err(Error::data("the workspace has 1 error")),
        errors => Err(Error::data(format!("the workspace has {errors} errors"))),
    }
}
