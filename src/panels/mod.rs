//! A query's answer as plain data ready to draw: `Table` in, `Panel` out, one file for each kind.
//!
//! Knows what columns each kind needs and names the one that is missing. Everything that is computed for the eye
//! (shares, ranks, the open last period, whether a change is real) is computed here, once, and tested without a screen.
//!
//! Invariant: pure. No disk, clock, thread, database, colour or width.

pub mod bars;
mod branches;
mod columns;
pub mod comments;
pub mod distribution;
pub mod funnel;
pub mod goal;
pub mod journey;
pub mod number;
pub mod period;
pub mod retention;
pub mod scorecard;
pub mod table;
pub mod tree;
pub mod trend;
pub mod value;

use jiff::civil::Date;

pub use bars::Bars;
pub use columns::Measure;
pub use comments::Comments;
pub use distribution::Distribution;
pub use funnel::Funnel;
pub use goal::{GoalCheck, GoalState};
pub use journey::Journey;
pub use retention::Retention;
pub use scorecard::Scorecard;
pub use table::Grid;
pub use tree::Tree;
pub use trend::Trend;
pub use value::ValuePanel;

use crate::error::Result;
use crate::queries::{Annotation, Header, Kind};
use crate::store::Table;

/// A query's answer, ready to draw.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    /// One number with n, ± and a comparison.
    Value(ValuePanel),
    /// Lines over time.
    Trend(Trend),
    /// A bar for each label.
    Bars(Bars),
    /// How often each score or bucket occurs.
    Distribution(Distribution),
    /// Steps and who was lost between them.
    Funnel(Funnel),
    /// Cohorts and who came back.
    Retention(Retention),
    /// Rows and columns.
    Table(Grid),
    /// What customers wrote.
    Comments(Comments),
    /// Stages and touchpoints.
    Journey(Journey),
    /// Many numbers judged alike.
    Scorecard(Scorecard),
    /// What leads to what.
    Tree(Tree),
}

/// What a panel needs to know beside the query and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The day the workspace calls today.
    pub today: Date,
    /// Dated notes, drawn on trends.
    pub annotations: &'a [Annotation],
}

/// Where the reader's eye is in a panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The row it is on, below [`Panel::rows`].
    pub row: usize,
    /// The column it is on, below [`Panel::columns`].
    pub column: usize,
    /// The first row on show. Drawing shows the cursor's row even when this would not.
    pub top: usize,
}

impl Panel {
    /// Returns the panel for a query's answer.
    ///
    /// # Errors
    ///
    /// The answer lacks a column that its kind needs; the error names it.
    pub fn from_table(header: &Header, table: &Table, context: &Context<'_>) -> Result<Self> {
        Ok(match header.kind {
            Kind::Value => Self::Value(ValuePanel::from_table(header, table)?),
            Kind::Trend => Self::Trend(Trend::from_table(header, table, context)?),
            Kind::Bars => Self::Bars(Bars::from_table(header, table)?),
            Kind::Distribution => Self::Distribution(Distribution::from_table(header, table)?),
            Kind::Funnel => Self::Funnel(Funnel::from_table(header, table)?),
            Kind::Retention => Self::Retention(Retention::from_table(header, table)?),
            Kind::Table => Self::Table(Grid::from_table(header, table)),
            Kind::Comments => Self::Comments(Comments::from_table(header, table)?),
            Kind::Journey => Self::Journey(Journey::from_table(header, table)?),
            Kind::Scorecard => Self::Scorecard(Scorecard::from_table(header, table)?),
            Kind::Tree => Self::Tree(Tree::from_table(header, table)?),
        })
    }

    /// Returns the number of rows a cursor can be on.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Value(_) => 1,
            Self::Trend(trend) => trend.lines.len(),
            Self::Bars(bars) => bars.bars.len(),
            Self::Distribution(distribution) => distribution.buckets.len(),
            Self::Funnel(funnel) => funnel.steps.len(),
            Self::Retention(retention) => retention.cohorts.len(),
            Self::Table(grid) => grid.table.rows(),
            Self::Comments(comments) => comments.quotes.len(),
            Self::Journey(journey) => journey.stops.len(),
            Self::Scorecard(card) => card.scores.len(),
            Self::Tree(tree) => tree.branches.len(),
        }
    }

    /// Returns the number of columns a cursor can be on: periods of a trend, reached and lost of a funnel.
    #[must_use]
    pub fn columns(&self) -> usize {
        match self {
            Self::Value(_)
            | Self::Bars(_)
            | Self::Distribution(_)
            | Self::Comments(_)
            | Self::Journey(_)
            | Self::Scorecard(_)
            | Self::Tree(_) => 1,
            Self::Trend(trend) => trend.periods.len(),
            Self::Funnel(_) => 2,
            Self::Retention(retention) => retention.periods.len(),
            Self::Table(grid) => grid.measures.len(),
        }
    }

    /// Returns the answer that the panel was made of, the row of the number under a cursor, and its column; none where a
    /// picture has no one number there.
    #[must_use]
    pub fn number_at(&self, row: usize, column: usize) -> Option<(&Table, usize, &str)> {
        match self {
            Self::Funnel(funnel) => {
                let number = if column == 0 { "customers" } else { "lost" };
                Some((&funnel.table, funnel.steps.get(row)?.row, number))
            }
            Self::Retention(retention) => {
                let cell = (*retention.cohorts.get(row)?.cells.get(column)?)?;
                Some((&retention.table, cell.row, "returned"))
            }
            Self::Table(grid) => Some((&grid.table, row, &grid.table.columns.get(column)?.name)),
            _ => None,
        }
    }

    /// Returns what names a row whatever its position, so that a cursor can find it again in a newer answer.
    #[must_use]
    pub fn row_key(&self, row: usize) -> String {
        match self {
            Self::Value(value) => value.measure.name.clone(),
            Self::Trend(trend) => trend
                .lines
                .get(row)
                .map(|line| line.measure.name.clone())
                .unwrap_or_default(),
            Self::Bars(bars) => bars
                .bars
                .get(row)
                .map(|bar| bar.label.clone())
                .unwrap_or_default(),
            Self::Distribution(distribution) => distribution
                .buckets
                .get(row)
                .map(|bucket| bucket.label.clone())
                .unwrap_or_default(),
            Self::Funnel(funnel) => funnel
                .steps
                .get(row)
                .map(funnel::Step::key)
                .unwrap_or_default(),
            Self::Retention(retention) => retention
                .cohorts
                .get(row)
                .map(retention::Cohort::key)
                .unwrap_or_default(),
            Self::Table(grid) => grid.row_key(row),
            Self::Comments(comments) => comments
                .quotes
                .get(row)
                .map(|quote| quote.key.clone())
                .unwrap_or_default(),
            Self::Journey(journey) => journey.key(row),
            Self::Scorecard(card) => card
                .scores
                .get(row)
                .map(|score| score.metric.clone())
                .unwrap_or_default(),
            Self::Tree(tree) => tree.key(row),
        }
    }

    /// Returns the numbers behind the picture.
    #[must_use]
    pub fn grid(&self) -> &Table {
        match self {
            Self::Value(value) => &value.table,
            Self::Trend(trend) => &trend.table,
            Self::Bars(bars) => &bars.table,
            Self::Distribution(distribution) => &distribution.table,
            Self::Funnel(funnel) => &funnel.table,
            Self::Retention(retention) => &retention.table,
            Self::Table(grid) => &grid.table,
            Self::Comments(comments) => &comments.table,
            Self::Journey(journey) => &journey.table,
            Self::Scorecard(card) => &card.table,
            Self::Tree(tree) => &tree.table,
        }
    }

    /// Returns the goals of the query, each with whether this answer meets it.
    #[must_use]
    pub fn goals(&self) -> &[GoalCheck] {
        match self {
            Self::Value(value) => &value.goals,
            Self::Trend(trend) => &trend.goals,
            Self::Bars(bars) => &bars.goals,
            Self::Distribution(distribution) => &distribution.goals,
            Self::Funnel(funnel) => &funnel.goals,
            Self::Retention(retention) => &retention.goals,
            Self::Table(grid) => &grid.goals,
            Self::Comments(comments) => &comments.goals,
            Self::Journey(journey) => &journey.goals,
            Self::Scorecard(card) => &card.goals,
            Self::Tree(tree) => &tree.goals,
        }
    }

    /// Returns one line with the exact values under the cursor and what they mean.
    #[must_use]
    pub fn readout(&self, cursor: Cursor) -> String {
        match self {
            Self::Value(value) => value.readout(),
            Self::Trend(trend) => trend.readout(cursor.row, cursor.column),
            Self::Bars(bars) => bars.readout(cursor.row),
            Self::Distribution(distribution) => distribution.readout(cursor.row),
            Self::Funnel(funnel) => funnel.readout(cursor.row, cursor.column),
            Self::Retention(retention) => retention.readout(cursor.row, cursor.column),
            Self::Table(grid) => grid.readout(cursor.row, cursor.column),
            Self::Comments(comments) => comments.readout(cursor.row),
            Self::Journey(journey) => journey.readout(cursor.row),
            Self::Scorecard(card) => card.readout(cursor.row),
            Self::Tree(tree) => tree.readout(cursor.row),
        }
    }
}
