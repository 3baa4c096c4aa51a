//! Puts the numbers of the journey map beside the rows of the query that counts who comes where.

use super::answer::ask;
use super::header::{Kind, Target};
use super::journey::{Asked, Leg};
use crate::error::{Error, Result};
use crate::store::{Column, Session, Table, Value};

/// The columns that the map adds, with their types.
const ADDED: [(&str, &str); 12] = [
    ("metric", "VARCHAR"),
    ("value", "DOUBLE"),
    ("margin", "DOUBLE"),
    ("n", "DOUBLE"),
    ("unit", "VARCHAR"),
    ("format", "VARCHAR"),
    ("at_least", "DOUBLE"),
    ("at_most", "DOUBLE"),
    ("warn_at", "DOUBLE"),
    ("owner", "VARCHAR"),
    ("pain", "VARCHAR"),
    ("problem", "VARCHAR"),
];

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
    let mut columns: Vec<Column> = counted
        .columns
        .iter()
        .filter(|column| {
            !ADDED
                .iter()
                .any(|(name, _)| column.name.eq_ignore_ascii_case(name))
        })
        .map(|column| Column {
            values: order
                .iter()
                .map(|(leg, row)| cell(column, leg.map(|at| &legs[at]), *row))
                .collect(),
            ..column.clone()
        })
        .collect();
    let rows: Vec<[Value; 12]> = order
        .iter()
        .map(|(leg, _)| leg.map_or([const { Value::Null }; 12], |at| added(&legs[at], &asked)))
        .collect();
    for (index, (name, sql_type)) in ADDED.iter().enumerate() {
        columns.push(Column {
            name: (*name).to_string(),
            sql_type: (*sql_type).to_string(),
            values: rows.iter().map(|row| row[index].clone()).collect(),
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

/// Returns what the map says of a stop, in the order of [`ADDED`].
fn added(leg: &Leg, asked: &[(&Asked, Result<Table>)]) -> [Value; 12] {
    let text = |text: Option<&String>| text.cloned().map_or(Value::Null, Value::Text);
    let number = |number: Option<f64>| number.map_or(Value::Null, Value::Double);
    let (owner, pain) = (text(leg.owner.as_ref()), text(leg.pain.as_ref()));
    let mut row = [const { Value::Null }; 12];
    (row[9], row[10]) = (owner, pain);
    row[0] = text(leg.metric.as_ref());
    let question = match &leg.asked {
        None => return row,
        Some(Err(error)) => {
            row[11] = Value::Text(error.message.clone());
            return row;
        }
        Some(Ok(question)) => question,
    };
    row[4] = text(Some(&question.look.unit).filter(|unit| !unit.is_empty()));
    row[5] = Value::Text(question.look.format.word().to_string());
    if let Some((target, warn_at)) = question.goal {
        match target {
            Target::AtLeast(at) => row[6] = Value::Double(at),
            Target::AtMost(at) => row[7] = Value::Double(at),
        }
        row[8] = number(warn_at);
    }
    let answer = asked.iter().find(|(known, _)| same(known, question));
    match answer.map(|(_, answer)| answer.as_ref().map_err(Clone::clone)) {
        Some(Ok(table)) => match measured(question, table) {
            Ok((value, margin, n)) => {
                (row[1], row[2], row[3]) = (number(value), number(margin), number(n));
            }
            Err(error) => row[11] = Value::Text(error.message),
        },
        Some(Err(error)) => row[11] = Value::Text(error.message),
        None => {}
    }
    row
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
