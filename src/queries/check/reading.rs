//! Reads the query files on several threads at once: parsing is most of what a check does.

use std::num::NonZero;
use std::path::Path;
use std::thread;

use crate::error::{Error, Result};
use crate::queries::gate::Allowed;
use crate::queries::saved::{self, Judgement, Read};
use crate::queries::workspace::QueryFile;
use crate::store::Parser;

/// More threads than this would only wait for each other.
const MOST_THREADS: usize = 8;

/// Returns how many of these files one thread looks at; a thread is worth its start only with many.
pub(super) fn share(files: usize) -> usize {
    const LEAST: usize = 50;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    files.div_ceil(cores.min(MOST_THREADS)).max(LEAST)
}

/// Reads query files on several threads at once, each with a parser of its own.
pub(super) fn judge(
    root: &Path,
    mut files: Vec<Read>,
    parser: &Parser,
    allowed: &Allowed,
) -> Result<Vec<(QueryFile, Judgement)>> {
    let share = share(files.len());
    let look = |files, parser: &Parser| saved::judge(root, files, parser, allowed);
    thread::scope(|scope| {
        let mut others = files.split_off(share.min(files.len()));
        let mut workers = Vec::new();
        while !others.is_empty() {
            let rest = others.split_off(share.min(others.len()));
            let part = std::mem::replace(&mut others, rest);
            workers.push(scope.spawn(|| Ok(look(part, &Parser::new()?))));
        }
        let mut judged = look(files, parser);
        for worker in workers {
            let part: Result<Vec<_>> = worker
                .join()
                .map_err(|_| Error::data("a query broke the parser"))?;
            judged.extend(part?);
        }
        Ok(judged)
    })
}
