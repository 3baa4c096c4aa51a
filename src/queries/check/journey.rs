//! The journey map held against the queries that give its numbers.

use std::collections::BTreeSet;

use super::{Checker, error, owner, suggest};
use crate::error::Error;
use crate::queries::journey::{JourneyFile, Metric};
use crate::queries::report::Problem;

impl Checker<'_> {
    /// Looks at every stage and touchpoint: its name, its owner, and whether its metric is a number of a saved query.
    pub(super) fn journey(&self, journey: &JourneyFile, problems: &mut Vec<Problem>) {
        problems.extend(journey.problems.iter().cloned().map(error));
        let mut known = BTreeSet::new();
        for (stage, touchpoint, stop) in journey.stops() {
            let name = (stage.to_lowercase(), touchpoint.map(str::to_lowercase));
            if !known.insert(name) {
                let problem = Error::data(format!("`{}` is on the map twice", stop.name));
                problems.push(error(problem.at(stop.place.clone()).rule("journey")));
            }
            let named = stop.owner.as_deref();
            let config = &self.workspace.config;
            problems.extend(owner(config, named, &journey.path, &journey.text));
            if let Some(metric) = &stop.metric {
                self.metric(metric, problems);
            }
        }
    }

    fn metric(&self, metric: &Metric, problems: &mut Vec<Problem>) {
        let place = || metric.place.clone();
        let Some(query) = self.named(&metric.query, place, problems) else {
            return;
        };
        for (name, value) in &metric.params {
            let fits = query.param(name).and_then(|param| param.fit(value.clone()));
            let problem = fits.err();
            problems.extend(problem.map(|problem| error(problem.at(place()).rule("parameter"))));
        }
        // A query that could not be described has said why.
        let Some(columns) = self.columns.get(&metric.query) else {
            return;
        };
        let wanted = metric.row.iter().map(|(name, _)| name);
        for name in wanted.chain([&metric.column]) {
            let found = columns
                .iter()
                .find(|known| known.name.eq_ignore_ascii_case(name));
            let Some(column) = found else {
                let message = format!("query {} returns no column `{name}`", metric.query);
                let problem = Error::data(message).at(place()).rule("column");
                let known = columns.iter().map(|known| known.name.as_str());
                problems.push(error(suggest(problem, name, known)));
                continue;
            };
            if *name == metric.column && !column.is_number() {
                let message = format!(
                    "column `{name}` of {} is {}, not a number",
                    metric.query, column.sql_type
                );
                problems.push(error(Error::data(message).at(place()).rule("column")));
            }
        }
    }
}
