//! Steps in order, how many customers reached each, and how many were lost on the way.

use std::collections::BTreeMap;

use super::columns::{Columns, Measure, explained, number_at, ratio, text_at};
use super::goal::{self, GoalCheck};
use super::number;
use crate::error::Result;
use crate::queries::Header;
use crate::store::{Table, Value};

/// Steps in order, for everyone or for several segments.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// What is counted.
    pub measure: Measure,
    /// The steps in the query's order; with segments, the same step of all segments stands together.
    pub steps: Vec<Step>,
    /// The segments in the order they first occur; empty for a funnel of everyone.
    pub segments: Vec<String>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// One step of one segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its row of the answer.
    pub row: usize,
    /// Its name.
    pub name: String,
    /// The segment it belongs to.
    pub segment: Option<String>,
    /// Customers who reached it.
    pub customers: Option<f64>,
    /// Their share of those who entered.
    pub of_first: Option<f64>,
    /// Their share of those who reached the step before; none for the first step.
    pub of_previous: Option<f64>,
    /// Customers who reached this step, did not reach the next and have no time left for it; none for the last step.
    pub lost: Option<f64>,
    /// Customers who reached this step, did not reach the next and still have time for it; none for the last step.
    pub in_window: Option<f64>,
    /// The median time from the step before, in seconds.
    pub median_seconds: Option<f64>,
}

impl Step {
    /// Returns the share of those who reached this step that was lost after it.
    #[must_use]
    pub fn lost_share(&self) -> Option<f64> {
        ratio(self.lost, self.customers)
    }

    pub(super) fn key(&self) -> String {
        match &self.segment {
            Some(segment) => format!("{segment} {}", self.name),
            None => self.name.clone(),
        }
    }
}

impl Funnel {
    /// Returns the panel of an answer with steps and customers.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let columns = Columns {
            table,
            header,
            needs: "a funnel needs `step` and `customers`, one row a step",
        };
        let name = columns.required("step")?;
        let customers = columns.required_number("customers")?;
        let segment = table.column("segment");
        let read = |name: &str| columns.number(name);
        let (conversion, from_previous) = (read("conversion"), read("from_previous"));
        let (lost, in_window, median) = (read("lost"), read("in_window"), read("median_seconds"));
        let mut steps: Vec<Step> = Vec::with_capacity(table.rows());
        let mut segments: Vec<String> = Vec::new();
        for row in 0..table.rows() {
            let segment = text_at(segment, row);
            if let Some(new) = segment
                .as_ref()
                .filter(|segment| !segments.contains(segment))
            {
                segments.push(new.clone());
            }
            let here = number_at(Some(customers), row);
            let first = steps.iter().find(|step| step.segment == segment);
            let previous = steps.iter().rev().find(|step| step.segment == segment);
            let of_first = ratio(here, first.map_or(here, |first| first.customers));
            let of_previous = previous.and_then(|previous| ratio(here, previous.customers));
            let is_first = previous.is_none();
            let after_first = |value: Option<f64>| value.filter(|_| !is_first);
            steps.push(Step {
                row,
                name: name.values.get(row).map(Value::text).unwrap_or_default(),
                customers: here,
                of_first: number_at(conversion, row).or(of_first),
                of_previous: after_first(number_at(from_previous, row).or(of_previous)),
                lost: number_at(lost, row),
                in_window: number_at(in_window, row),
                median_seconds: after_first(number_at(median, row)),
                segment,
            });
        }
        count_the_lost(&mut steps);
        if segments.len() == 1 {
            segments.clear();
        }
        let steps = side_by_side(steps, &segments);
        let goals = goal::check(header, table, table.rows().checked_sub(1));
        let (measure, about) = (Measure::of(header, "customers"), header.about.clone());
        Ok(Self {
            measure,
            steps,
            segments,
            goals,
            about,
            table: table.clone(),
        })
    }

    /// Returns the most customers any step has; bars are drawn against it.
    #[must_use]
    pub fn widest(&self) -> f64 {
        self.steps
            .iter()
            .filter_map(|step| step.customers)
            .fold(0.0, f64::max)
    }

    pub(super) fn readout(&self, row: usize, column: usize) -> String {
        let Some(step) = self.steps.get(row) else {
            return self.about.clone();
        };
        let count = |value: Option<f64>| value.map_or("n/a".to_string(), number::count);
        let share = |value: Option<f64>, of: &str| {
            value
                .map(|value| format!("{} of {of}", number::percent(value, 2)))
                .unwrap_or_default()
        };
        let label = self.measure.label();
        let parts = if column == 1 && step.lost.is_some() {
            let waiting = step
                .in_window
                .map(|waiting| format!("{} still have time", number::count(waiting)));
            let head = format!("lost after {}: {} {label}", step.key(), count(step.lost));
            vec![
                head,
                share(step.lost_share(), "those who reached it"),
                waiting.unwrap_or_default(),
            ]
        } else {
            let median = step
                .median_seconds
                .map(|time| format!("median {} from the step before", number::duration(time)));
            vec![
                format!("{}: {} {label}", step.key(), count(step.customers)),
                share(step.of_first, "those who entered"),
                share(step.of_previous, "the step before"),
                median.unwrap_or_default(),
            ]
        };
        explained(&parts, &self.about)
    }
}

/// Works out who was lost after each step where the answer does not say; after the last step nobody is.
fn count_the_lost(steps: &mut [Step]) {
    for place in 0..steps.len() {
        let next = steps[place + 1..]
            .iter()
            .find(|next| next.segment == steps[place].segment);
        let next = next.map(|next| next.customers);
        let step = &mut steps[place];
        let Some(next) = next else {
            (step.lost, step.in_window) = (None, None);
            continue;
        };
        let gone = step
            .customers
            .zip(next)
            .map(|(here, next)| here - next - step.in_window.unwrap_or(0.0));
        step.lost = step.lost.or(gone.map(|gone| gone.max(0.0)));
    }
}

/// Puts the same step of all segments together, so that they can be compared.
fn side_by_side(steps: Vec<Step>, segments: &[String]) -> Vec<Step> {
    if segments.len() < 2 {
        return steps;
    }
    let mut seen: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut placed: Vec<(usize, Step)> = Vec::with_capacity(steps.len());
    for step in steps {
        let place = seen.entry(step.segment.clone()).or_insert(0);
        placed.push((*place, step));
        *place += 1;
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, step)| step).collect()
}
