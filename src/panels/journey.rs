//! The customer journey: stages in order, how many customers come to each, and below each its touchpoints, every one with
//! its metric, its goal and who answers for it.

use super::columns::{Columns, explained, number_at, ratio, text_at};
use super::goal::{GoalCheck, GoalState, judge, target_text};
use super::number;
use crate::error::Result;
use crate::queries::{Format, Header, Look, Target};
use crate::store::Table;

/// The stages of the journey in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// The stages in order, each followed by its touchpoints.
    pub stops: Vec<Stop>,
    /// The goals of all stages and touchpoints.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// A stage, or a touchpoint of the stage above it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Its name.
    pub name: String,
    /// Which of the two it is.
    pub level: Level,
    /// How many customers come here.
    pub customers: Option<f64>,
    /// Of a stage, their share of the stage before. A touchpoint has none: whoever met it need not be in its stage.
    pub share: Option<f64>,
    /// What is measured here, in words; none without a metric.
    pub metric: Option<String>,
    /// How the metric's numbers are shown.
    pub look: Look,
    /// The metric's number.
    pub value: Option<f64>,
    /// The half-width of its interval.
    pub margin: Option<f64>,
    /// How many answers it comes from.
    pub n: Option<f64>,
    /// Its target and whether it is met.
    pub goal: Option<(Target, GoalState)>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What hurts here.
    pub pain: Option<String>,
    /// Why there is no number, where its query failed.
    pub problem: Option<String>,
}

/// Whether a stop is a stage or a touchpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A stage.
    Stage,
    /// A touchpoint.
    Touchpoint,
}

impl Stop {
    /// Returns the target as `≥ 40%`, without the unit, which stands at the number; empty without a target.
    #[must_use]
    pub fn goal_text(&self) -> String {
        self.goal.map_or(String::new(), |(target, _)| {
            target_text(target, &self.look.without_unit())
        })
    }
}

impl Journey {
    /// Returns the panel of an answer with stages and touchpoints, with or without what the map says about them.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let columns = Columns {
            table,
            header,
            needs: "a journey needs `stage`, `touchpoint` (NULL for the stage itself) and `customers`",
        };
        columns.required("stage")?;
        columns.required("touchpoint")?;
        columns.required_number("customers")?;
        let mut stops: Vec<Stop> = Vec::with_capacity(table.rows());
        for row in 0..table.rows() {
            let stop = stop(&columns, row, &stops);
            stops.push(stop);
        }
        let goals = stops
            .iter()
            .enumerate()
            .filter_map(|(row, stop)| check(row, stop));
        Ok(Self {
            goals: goals.collect(),
            stops,
            about: header.about.clone(),
            table: table.clone(),
        })
    }

    /// Returns the stages, each with its place among the stops and its touchpoints.
    #[must_use]
    pub fn stages(&self) -> Vec<(usize, &[Stop])> {
        let starts: Vec<usize> = (0..self.stops.len())
            .filter(|row| *row == 0 || self.stops[*row].level == Level::Stage)
            .collect();
        let ends = starts.iter().skip(1).copied().chain([self.stops.len()]);
        starts
            .iter()
            .zip(ends)
            .map(|(start, end)| (*start, &self.stops[*start..end]))
            .collect()
    }

    pub(super) fn key(&self, row: usize) -> String {
        let stage = self.stops.iter().take(row + 1).rev();
        let stage = stage.into_iter().find(|stop| stop.level == Level::Stage);
        let name = self.stops.get(row).map_or("", |stop| stop.name.as_str());
        format!("{} {name}", stage.map_or("", |stage| stage.name.as_str()))
    }

    pub(super) fn readout(&self, row: usize) -> String {
        let Some(stop) = self.stops.get(row) else {
            return self.about.clone();
        };
        let mut parts = vec![stop.name.clone()];
        if let Some(customers) = stop.customers {
            parts[0] = format!("{}: {} customers", stop.name, number::count(customers));
        }
        parts.extend(
            stop.share
                .map(|share| format!("{} of the stage before", number::percent(share, 2))),
        );
        if let Some(metric) = &stop.metric {
            let value = stop
                .value
                .map_or("n/a".to_string(), |value| number::exact(value, &stop.look));
            parts.push(format!("{metric} {value}"));
            parts.extend(
                stop.margin
                    .map(|margin| number::exact_margin(margin, &stop.look)),
            );
            parts.extend(stop.n.map(|n| format!("n={}", number::count(n))));
        }
        parts.extend(
            stop.goal
                .map(|(_, state)| format!("goal {} ({})", state.word(), stop.goal_text())),
        );
        parts.extend(stop.problem.clone());
        parts.extend(stop.pain.as_ref().map(|pain| format!("pain: {pain}")));
        parts.extend(stop.owner.as_ref().map(|owner| format!("owner {owner}")));
        explained(&parts, &self.about)
    }
}

fn stop(columns: &Columns<'_>, row: usize, before: &[Stop]) -> Stop {
    let text = |name: &str| text_at(columns.table.column(name), row);
    let number = |name: &str| number_at(columns.number(name), row);
    let touchpoint = text("touchpoint");
    let level = if touchpoint.is_some() {
        Level::Touchpoint
    } else {
        Level::Stage
    };
    let customers = number("customers");
    let above = before.iter().rev().find(|stop| stop.level == Level::Stage);
    let value = number("value");
    let target = number("at_least")
        .map(Target::AtLeast)
        .or_else(|| number("at_most").map(Target::AtMost));
    let goal = target.map(|target| {
        let state = value.map_or(GoalState::Unknown, |value| {
            judge(value, target, number("warn_at"))
        });
        (target, state)
    });
    Stop {
        name: touchpoint.or_else(|| text("stage")).unwrap_or_default(),
        level,
        customers,
        share: above
            .filter(|_| level == Level::Stage)
            .and_then(|above| ratio(customers, above.customers)),
        metric: text("metric"),
        look: Look {
            unit: text("unit").unwrap_or_default(),
            format: text("format").map_or(Format::Auto, |name| Format::named(&name)),
            ..Look::default()
        },
        value,
        margin: number("margin"),
        n: number("n"),
        goal,
        owner: text("owner"),
        pain: text("pain"),
        problem: text("problem"),
    }
}

fn check(row: usize, stop: &Stop) -> Option<GoalCheck> {
    let (target, state) = stop.goal?;
    Some(GoalCheck {
        name: stop.name.clone(),
        column: "value".to_string(),
        row: Some(row),
        target,
        due: None,
        value: stop.value,
        state,
    })
}
