//! Cohorts and the share of each that came back, period by period.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::columns::{Columns, Measure, explained, number_at, ratio, text_at};
use super::goal::{self, GoalCheck};
use super::number;
use super::period::Step;
use crate::error::{Error, Result};
use crate::queries::Header;
use crate::store::{Table, Value};

/// A triangle of cohorts and periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    /// What the cells say.
    pub measure: Measure,
    /// How far apart cohorts, and so periods, are.
    pub step: Step,
    /// The numbers of the periods, in order.
    pub periods: Vec<i64>,
    /// The cohorts in the query's order.
    pub cohorts: Vec<Cohort>,
    /// For each period, the share over all cohorts that have been watched for the whole of it.
    pub average: Vec<Option<Average>>,
    /// The 95th percentile of the rates of periods after 0: the top of the colour ramp. Period 0 is nearly always 100 %
    /// and would leave the rest one colour.
    pub ramp_top: f64,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// Customers who started in the same period.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// When they started, where the answer says it as a time.
    pub start: Option<DateTime>,
    /// What it is called.
    pub label: String,
    /// The segment it belongs to.
    pub segment: Option<String>,
    /// How many they are.
    pub size: Option<f64>,
    /// One cell for each of [`Retention::periods`]; none where nothing is known yet.
    pub cells: Vec<Option<Cell>>,
}

/// What became of one cohort in one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Its row of the answer.
    pub row: usize,
    /// How many came back.
    pub returned: Option<f64>,
    /// Their share of the cohort.
    pub rate: Option<f64>,
    /// Whether the whole period has been watched for the whole cohort.
    pub complete: bool,
}

/// A period's share over all cohorts, weighted by size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Average {
    /// The share.
    pub rate: f64,
    /// How many customers it comes from.
    pub size: f64,
    /// How many cohorts it comes from.
    pub cohorts: usize,
}

impl Cohort {
    pub(super) fn key(&self) -> String {
        match &self.segment {
            Some(segment) => format!("{segment} {}", self.label),
            None => self.label.clone(),
        }
    }
}

impl Retention {
    /// Returns the panel of an answer with one row for each cohort and period.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let needs =
            "a retention panel needs `cohort`, `period`, `size` and `returned`, one row a cell";
        let columns = Columns {
            table,
            header,
            needs,
        };
        let cohort = columns.required("cohort")?;
        let period = columns.required_number("period")?;
        let size = columns.required_number("size")?;
        let returned = columns.required_number("returned")?;
        let (rate, segment, complete) = (
            columns.number("rate"),
            table.column("segment"),
            table.column("complete"),
        );
        let numbers = (0..table.rows())
            .map(|row| period_number(period.values.get(row)))
            .collect::<Result<Vec<_>>>()?;
        let mut periods: Vec<i64> = numbers.iter().copied().flatten().collect();
        periods.sort_unstable();
        periods.dedup();
        let mut starts: Vec<DateTime> = cohort.values.iter().filter_map(Value::time).collect();
        starts.sort_unstable();
        starts.dedup();
        let step = Step::between(&starts);
        let mut cohorts: Vec<Cohort> = Vec::new();
        let mut places: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
        for (row, number) in numbers.iter().enumerate() {
            let value = cohort.values.get(row).unwrap_or(&Value::Null);
            let segment = text_at(segment, row);
            let place = *places
                .entry((value.text(), segment.clone()))
                .or_insert_with(|| {
                    let label = value
                        .time()
                        .map_or_else(|| value.text(), |start| step.column(start));
                    let cells = vec![None; periods.len()];
                    cohorts.push(Cohort {
                        start: value.time(),
                        label,
                        segment,
                        size: number_at(Some(size), row),
                        cells,
                    });
                    cohorts.len() - 1
                });
            let Some(column) = number.and_then(|number| periods.binary_search(&number).ok()) else {
                continue;
            };
            let here = number_at(Some(returned), row);
            let rate = number_at(rate, row).or_else(|| ratio(here, number_at(Some(size), row)));
            let complete = complete.and_then(|complete| complete.values.get(row))
                != Some(&Value::Boolean(false));
            // A row of NULLs is a cell that lies in the future.
            let known = here.is_some() || rate.is_some();
            cohorts[place].cells[column] = known.then_some(Cell {
                row,
                returned: here,
                rate,
                complete,
            });
        }
        keep_segments_apart(&mut cohorts);
        let average = (0..periods.len())
            .map(|column| average(&cohorts, column))
            .collect();
        let ramp_top = ramp_top(&cohorts, &periods);
        let goals = goal::check(header, table, table.rows().checked_sub(1));
        let (measure, about) = (Measure::of(header, "returned"), header.about.clone());
        Ok(Self {
            measure,
            step,
            periods,
            cohorts,
            average,
            ramp_top,
            goals,
            about,
            table: table.clone(),
        })
    }

    pub(super) fn readout(&self, row: usize, column: usize) -> String {
        let (Some(cohort), Some(period)) = (self.cohorts.get(row), self.periods.get(column)) else {
            return self.about.clone();
        };
        let name = cohort
            .start
            .map_or_else(|| cohort.label.clone(), |start| self.step.full(start));
        let name = cohort
            .segment
            .as_ref()
            .map_or(name.clone(), |segment| format!("{segment}, {name}"));
        let place = format!("cohort {name}, {} {period}", self.step.name());
        let count = |value: Option<f64>| value.map_or("n/a".to_string(), number::count);
        let Some(cell) = cohort.cells.get(column).copied().flatten() else {
            return explained(&[place, "not yet observed".to_string()], &self.about);
        };
        let average = self.average.get(column).copied().flatten();
        let parts = [
            place,
            cell.rate
                .map(|rate| number::percent(rate, 2))
                .unwrap_or_default(),
            format!(
                "{} of {} came back",
                count(cell.returned),
                count(cohort.size)
            ),
            if cell.complete {
                String::new()
            } else {
                "incomplete: the period is not over".to_string()
            },
            average
                .map(|all| format!("all cohorts {}", number::percent(all.rate, 1)))
                .unwrap_or_default(),
        ];
        explained(&parts, &self.about)
    }
}

/// One segment is everyone and needs no name.
fn keep_segments_apart(cohorts: &mut [Cohort]) {
    let first = cohorts.first().and_then(|cohort| cohort.segment.clone());
    if cohorts.iter().all(|cohort| cohort.segment == first) {
        for cohort in cohorts {
            cohort.segment = None;
        }
    }
}

/// Returns a period's number; NULL is no period, a fraction is a mistake.
fn period_number(value: Option<&Value>) -> Result<Option<i64>> {
    match value {
        Some(Value::Integer(number)) => Ok(Some(*number)),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number below 2^53 is meant exactly"
        )]
        Some(Value::Double(number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Ok(Some(*number as i64))
        }
        Some(Value::Double(number)) if number.is_finite() => Err(Error::data(format!(
            "column `period` holds {number}; a retention panel needs whole numbers there"
        ))
        .help("cast it: `CAST(period AS INTEGER) AS period`")
        .rule("column")),
        _ => Ok(None),
    }
}

fn average(cohorts: &[Cohort], column: usize) -> Option<Average> {
    let mut sum = Average {
        rate: 0.0,
        size: 0.0,
        cohorts: 0,
    };
    for cohort in cohorts {
        let cell = cohort
            .cells
            .get(column)
            .copied()
            .flatten()
            .filter(|cell| cell.complete);
        if let (Some(rate), Some(size)) = (cell.and_then(|cell| cell.rate), cohort.size) {
            sum.rate += rate * size;
            sum.size += size;
            sum.cohorts += 1;
        }
    }
    (sum.size > 0.0).then(|| Average {
        rate: sum.rate / sum.size,
        ..sum
    })
}

fn ramp_top(cohorts: &[Cohort], periods: &[i64]) -> f64 {
    let later = |cohort: &Cohort| {
        let cells = cohort
            .cells
            .iter()
            .zip(periods)
            .filter(|(_, period)| **period >= 1);
        cells
            .filter_map(|(cell, _)| (*cell)?.rate)
            .collect::<Vec<_>>()
    };
    let mut rates: Vec<f64> = cohorts.iter().flat_map(later).collect();
    rates.sort_by(f64::total_cmp);
    let place = (rates.len() * 95).div_ceil(100).saturating_sub(1);
    rates
        .get(place)
        .copied()
        .filter(|top| *top > 0.0)
        .unwrap_or(1.0)
}
