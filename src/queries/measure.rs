//! Puts the numbers of the journey map beside the rows of the query that counts who comes where.

use super::answer::ask;
use super::header::{Kind, Target};
use super::journey::{Asked, Leg};
use crate::error::{Error, Result};
use crate::store::{Column, Session, Table, Value};

/// A metric's query may have this many rows.
const ROWS: usize = 10_000;

/// Asks the map's questions and returns the query's rows in the map's order, each with what the map says about it. A
/// metric that fails says so in its row and harms no other.
///
/// # Errors
/// The user stopped it.
pub(super) fn measure(session: &Session, legs: &[Leg], counted: Table) -> Result<Table> {
    if legs.is_empty() {
        return Ok(counted);
    }
    let mut asked: Vec<(&Asked, Result<Table>)> = Vec::new();
    for question in legs
        .iter()
        .filter_map(|leg| leg.asked.as_ref()?.as_ref().ok())
    {
        if !asked.iter().any(|(known, _)| same(known, question)) {
            let answer = ask(
                session,
                &question.sql,
                &question.path,
                &question.bound,
                ROWS,
            );
            match answer {
                Err(error) if error.kind == crate::error::Kind::Interrupted => return Err(error),
                answer => asked.push((question, answer)),
            }
        }
    }
    let order = order(legs, &counted);
    let is_added = |column: &Column| {
        let mut names = Said::default().cells().map(|(name, ..)| name).into_iter();
        names.any(|name| column.name.eq_ignore_ascii_case(name))
    };
    let mut columns: Vec<Column> = counted
        .columns
        .iter()
        .filter(|column| !is_added(column))
        .map(|column| Column {
            values: order
                .iter()
                .map(|(leg, row)| cell(column, leg.map(|at| &legs[at]), *row))
                .collect(),
            ..column.clone()
        })
        .collect();
    let said = |leg: Option<usize>| leg.map_or_else(Said::default, |at| said(&legs[at], &asked));
    let rows: Vec<_> = order.iter().map(|(leg, _)| said(*leg).cells()).collect();
    for (index, (name, sql_type, _)) in Said::default().cells().into_iter().enumerate() {
        columns.push(Column {
            name: name.to_string(),
            sql_type: sql_type.to_string(),
            values: rows.iter().map(|row| row[index].2.clone()).collect(),
        });
    }
    Ok(Table {
        columns,
        truncated: counted.truncated,
        remarks: counted.remarks,
    })
}

fn same(one: &Asked, other: &Asked) -> bool {
    one.path == other.path && one.bound == other.bound
}

/// Returns which leg and which counted row make each row of the answer. Rows the map does not know follow their stage, or
/// come last.
fn order(legs: &[Leg], counted: &Table) -> Vec<(Option<usize>, Option<usize>)> {
    let text = |name: &str, row: usize| {
        let column = counted.column(name);
        let value = column.and_then(|column| column.values.get(row));
        value
            .map(Value::text)
            .unwrap_or_default()
            .trim()
            .to_lowercase()
    };
    let named = |row: usize| (text("stage", row), text("touchpoint", row));
    let mut left: Vec<usize> = (0..counted.rows()).collect();
    let mut take = |wanted: &dyn Fn(&(String, String)) -> bool| {
        let at = left.iter().position(|row| wanted(&named(*row)))?;
        Some(left.remove(at))
    };
    let plain = |name: &str| name.trim().to_lowercase();
    let mut order: Vec<(Option<usize>, Option<usize>)> = legs
        .iter()
        .enumerate()
        .map(|(at, leg)| {
            let stage = plain(&leg.stage);
            let touchpoint = leg.touchpoint.as_deref().map(plain).unwrap_or_default();
            (
                Some(at),
                take(&|name| *name == (stage.clone(), touchpoint.clone())),
            )
        })
        .collect();
    for (at, leg) in legs.iter().enumerate().rev() {
        let stage = plain(&leg.stage);
        if legs
            .get(at + 1)
            .is_some_and(|next| plain(&next.stage) == stage)
        {
            continue;
        }
        let more = std::iter::from_fn(|| take(&|name| name.0 == stage));
        let more: Vec<_> = more.map(|row| (None, Some(row))).collect();
        let rest = order.split_off(at + 1);
        order.extend(more.into_iter().chain(rest));
    }
    order.extend(left.into_iter().map(|row| (None, Some(row))));
    order
}

/// Returns a counted value; a stop that nobody counted has only its name.
fn cell(column: &Column, leg: Option<&Leg>, row: Option<usize>) -> Value {
    if let Some(row) = row {
        return column.values.get(row).cloned().unwrap_or(Value::Null);
    }
    let name = match (leg, column.name.to_lowercase().as_str()) {
        (Some(leg), "stage") => Some(leg.stage.clone()),
        (Some(leg), "touchpoint") => leg.touchpoint.clone(),
        _ => None,
    };
    name.map_or(Value::Null, Value::Text)
}

/// What the map says of a stop.
#[derive(Default)]
struct Said {
    metric: Option<String>,
    measured: Measured,
    unit: Option<String>,
    format: Option<&'static str>,
    goal: Option<(Target, Option<f64>)>,
    owner: Option<String>,
    pain: Option<String>,
    problem: Option<String>,
}

impl Said {
    /// Returns the columns that the map adds: name, type and value of each.
    fn cells(self) -> [(&'static str, &'static str, Value); 12] {
        let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
        let number = |number: Option<f64>| number.map_or(Value::Null, Value::Double);
        let (value, margin, n) = self.measured;
        let (at_least, at_most) = match self.goal {
            Some((Target::AtLeast(at), _)) => (Some(at), None),
            Some((Target::AtMost(at), _)) => (None, Some(at)),
            None => (None, None),
        };
        let warn_at = self.goal.and_then(|(_, warn_at)| warn_at);
        [
            ("metric", "VARCHAR", text(self.metric)),
            ("value", "DOUBLE", number(value)),
            ("margin", "DOUBLE", number(margin)),
            ("n", "DOUBLE", number(n)),
            ("unit", "VARCHAR", text(self.unit)),
            ("format", "VARCHAR", text(self.format.map(str::to_string))),
            ("at_least", "DOUBLE", number(at_least)),
            ("at_most", "DOUBLE", number(at_most)),
            ("warn_at", "DOUBLE", number(warn_at)),
            ("owner", "VARCHAR", text(self.owner)),
            ("pain", "VARCHAR", text(self.pain)),
            ("problem", "VARCHAR", text(self.problem)),
        ]
    }
}

/// Returns what the map says of a stop.
fn said(leg: &Leg, asked: &[(&Asked, Result<Table>)]) -> Said {
    let named = Said {
        metric: leg.metric.clone(),
        owner: leg.owner.clone(),
        pain: leg.pain.clone(),
        ..Said::default()
    };
    let question = match &leg.asked {
        None => return named,
        Some(Err(error)) => {
            return Said {
                problem: Some(error.message.clone()),
                ..named
            };
        }
        Some(Ok(question)) => question,
    };
    let answer = asked.iter().find(|(known, _)| same(known, question));
    let measured = match answer {
        None => Ok(Measured::default()),
        Some((_, Ok(table))) => measured(question, table),
        Some((_, Err(error))) => Err(error.clone()),
    };
    let (measured, problem) = match measured {
        Ok(measured) => (measured, None),
        Err(error) => (Measured::default(), Some(error.message)),
    };
    let unit = &question.look.unit;
    Said {
        measured,
        unit: (!unit.is_empty()).then(|| unit.clone()),
        format: Some(question.look.format.word()),
        goal: question.goal,
        problem,
        ..named
    }
}

/// A number, the half-width of its interval, and how many answers it comes from.
type Measured = (Option<f64>, Option<f64>, Option<f64>);

/// Returns the number that a question is about.
fn measured(question: &Asked, table: &Table) -> Result<Measured> {
    let column = table
        .column(&question.column)
        .ok_or_else(|| Error::data(format!("the result has no column `{}`", question.column)))?;
    let rows = table.rows();
    let is_complete = |row: &usize| {
        let complete = table.column("complete");
        complete.and_then(|column| column.values.get(*row)) != Some(&Value::Boolean(false))
    };
    let row = match (&question.row[..], question.kind) {
        ([], Kind::Trend) => (0..rows).rev().find(is_complete),
        ([], _) => (rows > 0).then_some(0),
        (wanted, _) => find_row(table, wanted),
    };
    let Some(row) = row else {
        return Ok((None, None, None));
    };
    let at = |column: Option<&Column>| column?.values.get(row)?.number();
    let named = question.look.margin.as_deref();
    let margin = named
        .and_then(|name| table.column(name))
        .or_else(|| table.column(&format!("{}_margin", question.column)))
        .or_else(|| {
            table
                .column("margin")
                .filter(|_| question.column.eq_ignore_ascii_case("value"))
        });
    Ok((at(Some(column)), at(margin), at(table.column("n"))))
}

/// Returns the first row that has these values; numbers and times count by what they are, not by how they are written.
#[must_use]
pub fn find_row(table: &Table, wanted: &[(String, Value)]) -> Option<usize> {
    (0..table.rows()).find(|row| {
        wanted
            .iter()
            .all(|(name, wanted)| holds(table, *row, name, wanted))
    })
}

fn holds(table: &Table, row: usize, name: &str, wanted: &Value) -> bool {
    let Some(found) = table.column(name).and_then(|column| column.values.get(row)) else {
        return false;
    };
    match (found.number(), wanted.number()) {
        #[expect(
            clippy::float_cmp,
            reason = "a row is named by a number the query returns, not by one near it"
        )]
        (Some(found), Some(wanted)) => found == wanted,
        _ => match (found.time(), wanted.time()) {
            (Some(found), Some(wanted)) => found == wanted,
            _ => found.text() == wanted.text(),
        },
    }
}
