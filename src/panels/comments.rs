//! What customers wrote, newest first, each with the score and the time it came with.

use jiff::civil::DateTime;

use super::columns::{Columns, Measure, explained, number_at, words};
use super::goal::{self, GoalCheck};
use super::number;
use crate::error::Result;
use crate::queries::Header;
use crate::store::{Column, Table, Value};

/// What customers wrote, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Comments {
    /// How the scores are shown; none when the answer has no scores.
    pub score: Option<Measure>,
    /// The comments, newest first; those without a time come last.
    pub quotes: Vec<Quote>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// One comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// What was written.
    pub text: String,
    /// The score it came with.
    pub score: Option<f64>,
    /// The highest score there is, where the answer has `scale_max`.
    pub scale_max: Option<f64>,
    /// When it was written.
    pub at: Option<DateTime>,
    /// The row's other values: name and value.
    pub details: Vec<(String, String)>,
    /// What names it in a newer answer.
    pub key: String,
}

impl Comments {
    /// Returns the panel of an answer with comments.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let columns = Columns {
            table,
            header,
            needs: "comments need a text column `comment`, one row a comment",
        };
        let comment = columns.required("comment")?;
        let score = columns.number("score");
        let scale_max = columns.number("scale_max");
        let time = table.columns.iter().find(|column| column.is_time());
        let used = [Some(comment), score, scale_max, time];
        let is_detail = |column: &&Column| {
            !used
                .iter()
                .flatten()
                .any(|used| std::ptr::eq(*used, *column))
        };
        let details: Vec<&Column> = table.columns.iter().filter(is_detail).collect();
        let quote = |row: usize| {
            let value = |column: &Column| column.values.get(row).map(Value::text);
            let text = value(comment).unwrap_or_default();
            let at = time.and_then(|time| time.values.get(row)?.time());
            let details: Vec<(String, String)> = details
                .iter()
                .map(|column| (words(&column.name), value(column).unwrap_or_default()))
                .filter(|(_, value)| !value.is_empty())
                .collect();
            let said: Vec<&str> = details.iter().map(|(_, value)| value.as_str()).collect();
            let when = at.map(|at| at.to_string()).unwrap_or_default();
            Quote {
                key: format!("{when} {} {text}", said.join(" ")),
                score: number_at(score, row),
                scale_max: number_at(scale_max, row),
                at,
                details,
                text,
            }
        };
        let mut quotes: Vec<Quote> = (0..table.rows()).map(quote).collect();
        quotes.sort_by_key(|quote| std::cmp::Reverse(quote.at));
        Ok(Self {
            score: score.map(|column| Measure::of(header, &column.name)),
            quotes,
            goals: goal::check(header, table, Some(0)),
            about: header.about.clone(),
            table: table.clone(),
        })
    }

    /// Returns a comment's score as it is written, with the top of its scale where that is known; empty without one.
    #[must_use]
    pub fn score_text(&self, quote: &Quote) -> String {
        let look = self.score.clone().unwrap_or_default().look;
        let of = |most: f64| format!("/{}", number::significant(most, 3));
        quote.score.map_or(String::new(), |score| {
            format!(
                "{}{}",
                number::digits(score, &look),
                quote.scale_max.map_or(String::new(), of)
            )
        })
    }

    pub(super) fn readout(&self, row: usize) -> String {
        let Some(quote) = self.quotes.get(row) else {
            return self.about.clone();
        };
        let mut parts = vec![self.score_text(quote)];
        parts.extend(quote.at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()));
        parts.extend(
            quote
                .details
                .iter()
                .map(|(name, value)| format!("{name} {value}")),
        );
        parts.push(quote.text.clone());
        explained(&parts, "")
    }
}
