//! The journey map: what `journey.toml` says of stages and touchpoints, and the questions that give their numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::config::version;
use super::dashboards::values;
use super::document::{Item, Section, Text};
use super::header::{Kind, Look, Target};
use super::header_text::target;
use super::parameters::{Bound, bind};
use super::workspace::{SavedQuery, Workspace};
use crate::error::{Error, Place};
use crate::store::Value;

/// `journey.toml`. What is sound in it is kept even if other parts are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JourneyFile {
    /// The file.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// The stages in the order customers go through them.
    pub stages: Vec<Stage>,
    /// What is wrong with the file.
    pub problems: Vec<Error>,
}

/// One stage of the journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What the map says of the stage itself.
    pub stop: Stop,
    /// The touchpoints customers meet in it.
    pub touchpoints: Vec<Stop>,
}

/// What the map says of a stage or a touchpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Its name, as in the query's `stage` or `touchpoint` column.
    pub name: String,
    /// Where the file says so.
    pub place: Place,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// What hurts customers here.
    pub pain: Option<String>,
    /// What is measured here.
    pub metric: Option<Metric>,
    /// The target, and where it becomes a warning; without one the query's own goal counts.
    pub goal: Option<(Target, Option<f64>)>,
}

/// One number of a saved query's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The query's name.
    pub query: String,
    /// Where the file names it.
    pub place: Place,
    /// The column.
    pub column: String,
    /// Which row, by column values; empty means the first (of a trend the last that is complete).
    pub row: Vec<(String, Value)>,
    /// Parameter values, which win over the filters.
    pub params: BTreeMap<String, Value>,
    /// What the number is called; the query's title when absent.
    pub title: Option<String>,
}

/// One line of the map with the question that gives its number.
#[derive(Clone, Debug, PartialEq)]
pub struct Leg {
    /// The stage.
    pub stage: String,
    /// The touchpoint; none for the stage itself.
    pub touchpoint: Option<String>,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// What hurts customers here.
    pub pain: Option<String>,
    /// What is measured here, in words.
    pub metric: Option<String>,
    /// What is asked, or why nothing can be.
    pub asked: Option<Result<Asked, Error>>,
}

/// The question for one number, and what is known of the number beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The query's SQL text.
    pub sql: String,
    /// The query's file.
    pub path: PathBuf,
    /// The query's values.
    pub bound: Bound,
    /// How the query's result is drawn; decides which row counts when none is named.
    pub kind: Kind,
    /// Which row, by column values.
    pub row: Vec<(String, Value)>,
    /// The column.
    pub column: String,
    /// How the number is shown.
    pub look: Look,
    /// The target, and where it becomes a warning.
    pub goal: Option<(Target, Option<f64>)>,
}

impl JourneyFile {
    /// Returns what is sound in `journey.toml`, with everything that is wrong with it.
    pub(super) fn read(path: &Path, file: &str) -> Self {
        let text = Text::whole(path, file);
        let (table, mut problems) = text.parse();
        let mut section = Section::new(&text, &table);
        section.require("version", version);
        let mut stages = Vec::new();
        for mut declared in section.sections("stage") {
            let stop = stop(&mut declared);
            let mut touchpoints = Vec::new();
            for mut touchpoint in declared.sections("touchpoint") {
                touchpoints.extend(self::stop(&mut touchpoint));
                declared.absorb(touchpoint);
            }
            stages.extend(stop.map(|stop| Stage { stop, touchpoints }));
            section.absorb(declared);
        }
        if stages.is_empty() {
            section.problem("a journey needs at least one `[[stage]]`");
        }
        problems.extend(section.finish());
        Self {
            path: path.to_path_buf(),
            text: file.to_string(),
            stages,
            problems,
        }
    }

    /// Returns all stages and touchpoints in order, each with its stage's name and, for a touchpoint, its own.
    pub fn stops(&self) -> impl Iterator<Item = (&str, Option<&str>, &Stop)> {
        self.stages.iter().flat_map(|stage| {
            let name = stage.stop.name.as_str();
            let touchpoints = stage
                .touchpoints
                .iter()
                .map(move |stop| (name, Some(stop.name.as_str()), stop));
            std::iter::once((name, None, &stage.stop)).chain(touchpoints)
        })
    }

    /// Returns the names of the queries that give the map's numbers.
    pub fn queries(&self) -> impl Iterator<Item = &str> {
        let metrics = self.stops().filter_map(|(_, _, stop)| stop.metric.as_ref());
        metrics.map(|metric| metric.query.as_str())
    }
}

fn stop(section: &mut Section<'_>) -> Option<Stop> {
    let name = section.require("name", |item| Ok((item.text()?, item.place())));
    let owner = section.read("owner", Item::text);
    let pain = section.read("pain", Item::text);
    let metric = section.section("metric").and_then(|mut declared| {
        let metric = metric(&mut declared);
        section.absorb(declared);
        metric
    });
    let goal = section.section("goal").and_then(|mut declared| {
        let goal = target("goal", &mut declared);
        section.absorb(declared);
        goal
    });
    if goal.is_some() && metric.is_none() {
        section.problem("a `goal` needs a `metric`");
    }
    let (name, place) = name?;
    Some(Stop {
        name,
        place,
        owner,
        pain,
        metric,
        goal,
    })
}

fn metric(section: &mut Section<'_>) -> Option<Metric> {
    let query = section.require("query", |item| Ok((item.text()?, item.place())));
    let column = section
        .read("column", Item::text)
        .unwrap_or_else(|| "value".to_string());
    let row = values(section, "row").into_iter().collect();
    let params = values(section, "params");
    let title = section.read("title", Item::text);
    let (query, place) = query?;
    Some(Metric {
        query,
        place,
        column,
        row,
        params,
        title,
    })
}

impl Workspace {
    /// Returns the map's lines with their questions for a query of kind `journey`; nothing for any other.
    #[must_use]
    pub(super) fn legs(
        &self,
        query: &SavedQuery,
        given: &BTreeMap<String, Value>,
        today: Date,
    ) -> Vec<Leg> {
        let map = self.journey.as_ref();
        let map = map.filter(|_| query.header.kind == Kind::Journey);
        let stops = map.into_iter().flat_map(JourneyFile::stops);
        let leg = |(stage, touchpoint, stop): (&str, Option<&str>, &Stop)| Leg {
            stage: stage.to_string(),
            touchpoint: touchpoint.map(str::to_string),
            owner: stop.owner.clone(),
            pain: stop.pain.clone(),
            metric: stop.metric.as_ref().map(|metric| self.title(metric)),
            asked: stop
                .metric
                .as_ref()
                .map(|metric| self.asked(metric, stop.goal, given, today)),
        };
        stops.map(leg).collect()
    }

    fn title(&self, metric: &Metric) -> String {
        let query = self.query(&metric.query);
        let header = query.and_then(|file| file.state.as_ref().ok());
        let title = header.map(|query| query.header.title.clone());
        let title = metric.title.clone().or(title);
        title.unwrap_or_else(|| metric.query.clone())
    }

    fn asked(
        &self,
        metric: &Metric,
        goal: Option<(Target, Option<f64>)>,
        given: &BTreeMap<String, Value>,
        today: Date,
    ) -> Result<Asked, Error> {
        let query = match self.query(&metric.query).map(|file| &file.state) {
            Some(Ok(query)) => query,
            Some(Err(error)) => return Err(error.clone()),
            None => {
                let message = format!("there is no query `{}`", metric.query);
                return Err(Error::data(message).at(metric.place.clone()).rule("query"));
            }
        };
        let mut given = given.clone();
        given.extend(metric.params.clone());
        let look = query
            .header
            .columns
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&metric.column))
            .map(|(_, look)| look.clone());
        let own = query.header.goals.iter().find(|goal| {
            goal.column.eq_ignore_ascii_case(&metric.column) && goal.row == metric.row
        });
        Ok(Asked {
            sql: query.text.clone(),
            path: query.path.clone(),
            bound: bind(query, &given, today)?,
            kind: query.header.kind,
            row: metric.row.clone(),
            column: metric.column.clone(),
            look: look.unwrap_or_default(),
            goal: goal.or(own.map(|goal| (goal.target, goal.warn_at))),
        })
    }

    /// Returns the saved queries that an answer of this query depends on: itself, and for a journey those of the map.
    pub fn asked_with<'a>(&'a self, query: &'a SavedQuery) -> impl Iterator<Item = &'a SavedQuery> {
        let map = self.journey.as_ref();
        let map = map.filter(|_| query.header.kind == Kind::Journey);
        let names: BTreeSet<&str> = map.into_iter().flat_map(JourneyFile::queries).collect();
        let others = names
            .into_iter()
            .filter_map(|name| self.query(name)?.state.as_ref().ok());
        std::iter::once(query).chain(others)
    }
}
