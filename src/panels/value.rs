//! One number: how sure it is, what it was before, and whether that is a change.

use super::columns::{Columns, Measure, explained, number_at, text_at};
use super::goal::{self, GoalCheck};
use super::number;
use crate::error::{Error, Result};
use crate::queries::{Better, Header, Look};
use crate::store::Table;

/// Below this many answers a score is shown with a warning.
pub const FEW: f64 = 30.0;

/// One number with what it takes to trust it.
#[derive(Clone, Debug, PartialEq)]
pub struct ValuePanel {
    /// What the number is.
    pub measure: Measure,
    /// The number; none when the answer has no row, or NULL or infinity in it.
    pub value: Option<f64>,
    /// The half-width of its interval.
    pub margin: Option<f64>,
    /// How many answers it comes from.
    pub n: Option<f64>,
    /// The comparison with the time before.
    pub change: Option<Change>,
    /// What the query has to say about it.
    pub note: Option<String>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// A number compared with the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The number before.
    pub previous: f64,
    /// The half-width of the interval of the number before.
    pub previous_margin: Option<f64>,
    /// How many answers the number before comes from.
    pub previous_n: Option<f64>,
    /// The difference, from unrounded numbers.
    pub delta: f64,
    /// Whether the difference is more than chance.
    pub evidence: Evidence,
    /// Whether the difference is welcome.
    pub verdict: Verdict,
}

/// Whether a difference is more than chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Larger than the two intervals allow by chance.
    Real,
    /// Within what chance allows: no real change.
    Chance,
    /// The answer has no intervals to tell by.
    Untested,
}

/// Whether a difference is welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Welcome.
    Better,
    /// Not welcome.
    Worse,
    /// The query does not say which direction is good, or nothing changed.
    Neither,
}

impl ValuePanel {
    /// Returns the panel of an answer with one row.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let needs = "a value needs one row with a number column `value`";
        let columns = Columns {
            table,
            header,
            needs,
        };
        if table.rows() > 1 {
            let message = format!(
                "the result has {} rows; {needs}",
                number::count(count_f64(table.rows()))
            );
            return Err(Error::data(message)
                .help("aggregate to one row, or set `kind` to \"bars\" or \"table\""));
        }
        let is_main = |column: &crate::store::Column| {
            column.is_number()
                && !columns.is_support(column)
                && !column.name.to_lowercase().starts_with("previous")
        };
        let column = match table.column("value") {
            Some(_) => columns.required_number("value")?,
            None => columns.first("column `value`", is_main)?,
        };
        let measure = Measure::of(header, &column.name);
        let value = number_at(Some(column), 0);
        let margin = number_at(columns.margin(&measure, "margin"), 0);
        let change = value.and_then(|value| Change::find(&columns, &measure, value, margin));
        Ok(Self {
            value,
            margin,
            n: number_at(columns.number("n"), 0),
            change,
            note: text_at(table.column("note"), 0),
            goals: goal::check(header, table, Some(0)),
            about: header.about.clone(),
            table: table.clone(),
            measure,
        })
    }

    /// Tells whether the number comes from too few answers to lean on.
    #[must_use]
    pub fn is_few(&self) -> bool {
        self.n.is_some_and(|n| n < FEW)
    }

    pub(super) fn readout(&self) -> String {
        let look = &self.measure.look;
        let Some(value) = self.value else {
            return explained(&[format!("{} n/a", self.measure.label())], &self.about);
        };
        let mut parts = vec![format!(
            "{} {}",
            self.measure.label(),
            number::exact(value, look)
        )];
        parts.extend(self.margin.map(|margin| number::exact_margin(margin, look)));
        parts.extend(self.n.map(|n| format!("n={}", number::count(n))));
        if let Some(change) = &self.change {
            parts.push(format!("previous {}", number::exact(change.previous, look)));
            parts.push(
                format!(
                    "{} {}",
                    number::exact_difference(change.delta, look),
                    change.words()
                )
                .trim()
                .to_string(),
            );
        }
        explained(&parts, &self.about)
    }
}

impl Change {
    fn find(
        columns: &Columns<'_>,
        measure: &Measure,
        value: f64,
        margin: Option<f64>,
    ) -> Option<Self> {
        let previous = number_at(columns.number("previous"), 0)?;
        let previous_margin = number_at(columns.number("previous_margin"), 0);
        let previous_n = number_at(columns.number("previous_n"), 0);
        Some(Self::between(
            &measure.look,
            (value, margin),
            (previous, previous_margin),
            previous_n,
        ))
    }

    /// Returns the comparison of a number with the one before, each with its half-width where there is one.
    pub(super) fn between(
        look: &Look,
        (value, margin): (f64, Option<f64>),
        (previous, previous_margin): (f64, Option<f64>),
        previous_n: Option<f64>,
    ) -> Self {
        let delta = value - previous;
        let evidence = match (margin, previous_margin) {
            (Some(now), Some(before)) if delta.abs() > now.hypot(before) => Evidence::Real,
            (Some(_), Some(_)) => Evidence::Chance,
            _ => Evidence::Untested,
        };
        let verdict = match (evidence, look.better) {
            (Evidence::Chance, _) | (_, Better::Neither) => Verdict::Neither,
            (_, Better::Up) if delta > 0.0 => Verdict::Better,
            (_, Better::Down) if delta < 0.0 => Verdict::Better,
            _ if delta == 0.0 => Verdict::Neither,
            _ => Verdict::Worse,
        };
        Self {
            previous,
            previous_margin,
            previous_n,
            delta,
            evidence,
            verdict,
        }
    }

    /// Returns what to think of the difference: `no real change`, `better`, `worse`, `changed`, or nothing.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match (self.evidence, self.verdict) {
            (Evidence::Chance, _) => "no real change",
            (_, Verdict::Better) => "better",
            (_, Verdict::Worse) => "worse",
            (Evidence::Real, Verdict::Neither) => "real change",
            (Evidence::Untested, Verdict::Neither) if self.delta == 0.0 => "no change",
            (Evidence::Untested, Verdict::Neither) => "",
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a number of rows in memory is far below 2^53"
)]
pub(super) fn count_f64(count: usize) -> f64 {
    count as f64
}
