//! What works but is probably not meant.

use std::collections::BTreeSet;

use crate::error::{Error, Place};
use crate::queries::gate::Findings;
use crate::queries::header::Kind;
use crate::queries::saved::place_of;
use crate::queries::workspace::SavedQuery;

/// The kinds that are drawn in the query's order. The others sort their rows themselves or have one row, and a table is
/// honest about any order.
const IN_ORDER: [Kind; 5] = [
    Kind::Bars,
    Kind::Distribution,
    Kind::Funnel,
    Kind::Journey,
    Kind::Scorecard,
];

/// Returns what is doubtful about a query's SQL.
pub(super) fn check(query: &SavedQuery, findings: &Findings) -> Vec<Error> {
    let in_text = |position: usize| Place::in_text(&query.path, &query.text, position);
    let divisions: BTreeSet<usize> = findings.divisions.iter().copied().collect();
    let division = |position| {
        Error::data("this division has no answer when the divisor is 0")
            .rule("division")
            .at(in_text(position))
            .help("write x / nullif(y, 0), which gives NULL")
    };
    let limits: BTreeSet<usize> = findings.limits.iter().copied().collect();
    let limit = |position| {
        Error::data("LIMIT without ORDER BY takes other rows from run to run")
            .rule("order")
            .at(in_text(position))
            .help("say with ORDER BY which rows come first")
    };
    let mut problems: Vec<Error> = divisions.into_iter().map(division).collect();
    problems.extend(limits.into_iter().map(limit));
    let kind = query.header.kind;
    if IN_ORDER.contains(&kind) && !findings.keeps_order {
        let word = kind.word();
        let message =
            format!("kind `{word}` is drawn in the query's order, but nothing orders the rows");
        let place = place_of(&query.path, &query.text, "kind");
        let problem = Error::data(message).rule("order").at(place);
        problems.push(problem.help("end the query with ORDER BY"));
    }
    problems
}
