//! The functions every query can use: scalars and macros as they are, and the analyses, which DuckDB sees as aggregates
//! that answer with a list of rows.
//!
//! ```text
//! a query's text: funnel(['a', 'b'], by := plan) ─ call, lowering → SQL over journeys or over events
//!   gathering   DuckDB's rows → customers        spec      what the call asks; rules: the same, checked
//!   question    what all analyses share          funnels, retention, activity, paths; people: the customers behind
//!   by_group    what they count of each group
//! ```
//!
//! Invariant: what an analysis means is in `analysis`; here it is only connected.

mod activity;
mod behind;
mod by_group;
mod call;
mod catalog;
mod funnels;
mod gathering;
pub(super) mod lowering;
mod numbers;
mod paths;
mod people;
mod question;
mod range;
pub(super) mod remarks;
mod retention;
mod rules;
mod scalars;
pub(super) mod spec;

use std::sync::Arc;

use super::engine::{self, Connection};
use super::sandbox::broken;
use crate::analysis::calendar::Clock;
use crate::error::Result;
pub use behind::{CustomersBehind, customers_behind};
use gathering::{EventsForm, JourneysForm};
use question::Question;

/// Makes the functions known to every connection of the instance; an analysis may use this many threads.
pub(super) fn register(writer: &Connection, clock: &Arc<Clock>, threads: usize) -> Result<()> {
    scalars::register(writer, clock)?;
    let analyses = Analyses {
        writer,
        clock,
        threads,
    };
    analyses.register_all().map_err(broken)
}

struct Analyses<'a> {
    writer: &'a Connection,
    clock: &'a Arc<Clock>,
    threads: usize,
}

impl Analyses<'_> {
    fn register_all(&self) -> engine::Result<()> {
        self.register::<funnels::Funnel>("funnel")?;
        self.register::<funnels::FunnelPeople>("funnel_customers")?;
        self.register::<funnels::FunnelTrend>("funnel_trend")?;
        self.register::<funnels::TrendPeople>("funnel_trend_customers")?;
        self.register::<funnels::TimeTo>("time_to")?;
        self.register::<retention::Retention>("retention")?;
        self.register::<retention::RetentionPeople>("retention_customers")?;
        self.register::<activity::Active>("active")?;
        self.register::<activity::ActivityPeople<activity::ActiveAt>>("active_customers")?;
        self.register::<activity::Lifecycle>("lifecycle")?;
        self.register::<activity::ActivityPeople<activity::InState>>("lifecycle_customers")?;
        self.register::<activity::Stickiness>("stickiness")?;
        self.register::<activity::ActivityPeople<activity::ActiveFor>>("stickiness_customers")?;
        self.register::<paths::NextEvents>("next_events")?;
        self.register::<paths::PathPeople>("next_events_customers")
    }

    /// Registers an analysis in its two forms.
    fn register<Q: Question>(&self, name: &str) -> engine::Result<()> {
        let journeys = JourneysForm::<Q>::new(Arc::clone(self.clock));
        self.writer
            .register_aggregate(&over_journeys(name), journeys)?;
        let events = EventsForm::<Q>::new(Arc::clone(self.clock), self.threads);
        self.writer.register_aggregate(&over_events(name), events)
    }
}

/// Returns the name of an analysis over journeys.
fn over_journeys(name: &str) -> String {
    format!("_cxtop_{name}_over_journeys")
}

/// Returns the name of an analysis over events.
fn over_events(name: &str) -> String {
    format!("_cxtop_{name}_over_events")
}

/// Returns the names of the analyses, such as `funnel`.
pub fn analyses() -> impl Iterator<Item = &'static str> {
    catalog::FUNCTIONS.iter().map(|function| function.name)
}

/// Tells whether a function of this name is an analysis.
#[must_use]
pub fn is_analysis(name: &str) -> bool {
    catalog::named(name).is_some()
}

/// Returns the name of the macro that a segment is defined as, quoted for SQL.
#[must_use]
pub fn segment_macro(name: &str) -> String {
    super::quoting::quoted_name(&format!("_cxtop_segment_{name}"))
}

/// Returns an SQL expression for the day of today that also works where there are no parameters.
#[must_use]
pub fn today_expression() -> String {
    format!("CAST(getvariable('{}') AS DATE)", lowering::TODAY)
}
