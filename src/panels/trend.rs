//! Numbers over time: gaps stay gaps, and a period that is not over is marked as open.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};

use super::columns::{Columns, Measure, explained, number_at};
use super::goal::{self, GoalCheck};
use super::number;
use super::period::Step;
use super::{Context, period};
use crate::error::Result;
use crate::queries::{Annotation, Header};
use crate::store::{Column, Table, Value};

/// Numbers over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// The start of each period, in order, each once.
    pub periods: Vec<DateTime>,
    /// How far apart the periods are.
    pub step: Step,
    /// For each period, whether it is over.
    pub complete: Vec<bool>,
    /// The lines, each with one value a period.
    pub lines: Vec<Line>,
    /// What happened in the time shown, in order; numbered from 1 on screen.
    pub notes: Vec<Note>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub measure: Measure,
    /// One value a period; none where the answer has none.
    pub values: Vec<Option<f64>>,
    /// The half-widths of their intervals.
    pub margins: Vec<Option<f64>>,
    /// How many answers each comes from.
    pub counts: Vec<Option<f64>>,
}

/// An annotation that falls into the time shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The index of the period it falls into.
    pub period: usize,
    /// What happened.
    pub annotation: Annotation,
}

impl Trend {
    /// Returns the panel of an answer with a time column and numbers.
    pub(super) fn from_table(
        header: &Header,
        table: &Table,
        context: &Context<'_>,
    ) -> Result<Self> {
        let needs = "a trend needs a DATE or TIMESTAMP column and a number column";
        let columns = Columns {
            table,
            header,
            needs,
        };
        let time = columns.first("DATE or TIMESTAMP column", Column::is_time)?;
        let times: Vec<Option<DateTime>> = time.values.iter().map(Value::time).collect();
        let mut periods: Vec<DateTime> = times.iter().copied().flatten().collect();
        periods.sort_unstable();
        periods.dedup();
        let slots: Vec<Option<usize>> = times
            .iter()
            .map(|time| time.and_then(|time| periods.binary_search(&time).ok()))
            .collect();
        let step = Step::between(&periods);
        let lines = lines(&columns, &slots, periods.len())?;
        let complete = complete(table, &slots, &periods, step, context.today);
        let last_whole = complete
            .iter()
            .rposition(|complete| *complete)
            .or(complete.len().checked_sub(1));
        let usual_row = slots
            .iter()
            .position(|slot| slot.is_some() && *slot == last_whole);
        let notes = notes(context.annotations, &periods, step);
        let goals = goal::check(header, table, usual_row);
        Ok(Self {
            periods,
            step,
            complete,
            lines,
            notes,
            goals,
            about: header.about.clone(),
            table: table.clone(),
        })
    }

    /// Tells whether a period is missing between a period and the one before it.
    #[must_use]
    pub fn gap_before(&self, period: usize) -> bool {
        let before = period
            .checked_sub(1)
            .and_then(|before| self.periods.get(before));
        match (before, self.periods.get(period)) {
            (Some(before), Some(here)) => {
                let usual = self.step.longest_seconds();
                // Hours may be any part of a day apart, so the usual distance is what the answer shows.
                let usual = if self.step == Step::Hour {
                    self.closest() * 3 / 2
                } else {
                    usual
                };
                period::seconds(*here) - period::seconds(*before) > usual
            }
            _ => false,
        }
    }

    fn closest(&self) -> i64 {
        let gaps = self
            .periods
            .windows(2)
            .map(|pair| period::seconds(pair[1]) - period::seconds(pair[0]));
        gaps.filter(|gap| *gap > 0).min().unwrap_or(3600)
    }

    pub(super) fn readout(&self, row: usize, column: usize) -> String {
        let Some(start) = self.periods.get(column) else {
            return self.about.clone();
        };
        let mut parts = vec![self.step.full(*start)];
        if self.complete.get(column) == Some(&false) {
            parts[0].push_str(" (not over yet)");
        }
        let chosen = self.lines.get(row).into_iter();
        let others = self
            .lines
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != row)
            .map(|(_, line)| line);
        parts.extend(chosen.chain(others).map(|line| line.exact(column)));
        let here = self
            .notes
            .iter()
            .enumerate()
            .filter(|(_, note)| note.period == column);
        parts.extend(here.map(|(index, note)| format!("{} {}", index + 1, note.annotation.text)));
        explained(&parts, &self.about)
    }
}

impl Line {
    fn exact(&self, period: usize) -> String {
        let look = &self.measure.look;
        let at = |values: &[Option<f64>]| values.get(period).copied().flatten();
        let Some(value) = at(&self.values) else {
            return format!("{} n/a", self.measure.label());
        };
        let mut text = format!("{} {}", self.measure.label(), number::exact(value, look));
        if let Some(margin) = at(&self.margins) {
            text = format!("{text} {}", number::exact_margin(margin, look));
        }
        if let Some(n) = at(&self.counts) {
            text = format!("{text} n={}", number::count(n));
        }
        if let Some(before) = period
            .checked_sub(1)
            .and_then(|before| self.values.get(before).copied().flatten())
        {
            text = format!(
                "{text} ({} on the period before)",
                number::exact_difference(value - before, look)
            );
        }
        text
    }
}

/// Returns the lines: one for each number column, or for each value of `series`.
fn lines(columns: &Columns<'_>, slots: &[Option<usize>], periods: usize) -> Result<Vec<Line>> {
    let is_line = |column: &Column| column.is_number() && !columns.is_support(column);
    let first = columns.first("number column", is_line)?;
    let series = columns
        .table
        .column("series")
        .filter(|column| !column.is_number());
    if let Some(series) = series {
        let measure = Measure::of(columns.header, &first.name);
        let margin = columns.margin(&measure, "margin");
        let n = columns.number("n");
        return Ok(long_lines(
            &measure,
            [Some(first), margin, n],
            series,
            slots,
            periods,
        ));
    }
    let numbers: Vec<&Column> = columns
        .table
        .columns
        .iter()
        .filter(|column| is_line(column))
        .collect();
    let only = if numbers.len() == 1 { "margin" } else { "" };
    Ok(numbers
        .into_iter()
        .map(|column| {
            let measure = Measure::of(columns.header, &column.name);
            let margin = columns.margin(&measure, only);
            let n = columns
                .number(&format!("{}_n", column.name))
                .or_else(|| columns.number("n"));
            let mut line = Line::empty(measure, periods);
            for (row, slot) in slots.iter().enumerate() {
                line.set(*slot, row, [Some(column), margin, n]);
            }
            line
        })
        .collect())
}

fn long_lines(
    measure: &Measure,
    read: [Option<&Column>; 3],
    series: &Column,
    slots: &[Option<usize>],
    periods: usize,
) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (row, slot) in slots.iter().enumerate() {
        let name = series.values.get(row).map(Value::text).unwrap_or_default();
        let place = *places.entry(name.clone()).or_insert_with(|| {
            lines.push(Line::empty(
                Measure {
                    name,
                    look: measure.look.clone(),
                },
                periods,
            ));
            lines.len() - 1
        });
        lines[place].set(*slot, row, read);
    }
    lines
}

impl Line {
    fn empty(measure: Measure, periods: usize) -> Self {
        let none = vec![None; periods];
        Self {
            measure,
            values: none.clone(),
            margins: none.clone(),
            counts: none,
        }
    }

    fn set(&mut self, slot: Option<usize>, row: usize, [value, margin, n]: [Option<&Column>; 3]) {
        if let Some(slot) = slot {
            self.values[slot] = number_at(value, row);
            self.margins[slot] = number_at(margin, row);
            self.counts[slot] = number_at(n, row);
        }
    }
}

/// Returns for each period whether it is over: as column `complete` says, else by whether it holds today.
fn complete(
    table: &Table,
    slots: &[Option<usize>],
    periods: &[DateTime],
    step: Step,
    today: Date,
) -> Vec<bool> {
    if let Some(column) = table.column("complete") {
        let mut complete = vec![true; periods.len()];
        for (row, slot) in slots.iter().enumerate() {
            if let (Some(slot), Some(Value::Boolean(false))) = (slot, column.values.get(row)) {
                complete[*slot] = false;
            }
        }
        return complete;
    }
    periods
        .iter()
        .map(|start| end(*start, step).is_none_or(|end| end.date() <= today))
        .collect()
}

/// Returns the end of a period; none for hours, whose length the answer does not say.
fn end(start: DateTime, step: Step) -> Option<DateTime> {
    let span: Span = match step {
        Step::Hour => return None,
        Step::Day => 1.day(),
        Step::Week => 1.week(),
        Step::Month => 1.month(),
        Step::Quarter => 3.months(),
        Step::Year => 1.year(),
    };
    start.checked_add(span).ok()
}

fn notes(annotations: &[Annotation], periods: &[DateTime], step: Step) -> Vec<Note> {
    let Some((first, last)) = periods.first().zip(periods.last()) else {
        return Vec::new();
    };
    let past = end(*last, step).map_or(last.date(), |end| {
        end.date().yesterday().unwrap_or(end.date())
    });
    let shown =
        |annotation: &&Annotation| annotation.date >= first.date() && annotation.date <= past;
    let mut notes: Vec<Note> = (annotations.iter().filter(shown))
        .map(|annotation| {
            let day_end = annotation.date.at(23, 59, 59, 0);
            let after = periods.partition_point(|start| *start <= day_end);
            let hour = periods.partition_point(|start| start.date() < annotation.date);
            let period = if step == Step::Hour {
                hour
            } else {
                after.saturating_sub(1)
            };
            Note {
                period: period.min(periods.len() - 1),
                annotation: annotation.clone(),
            }
        })
        .collect();
    notes.sort_by_key(|note| note.annotation.date);
    notes
}
