//! The numbers behind the panels: slices in, numbers out. Knows statistics and journeys, not files or databases.
//!
//! ```text
//! touch: one event of a customer, as a question sees it     calendar: periods of the workspace's zone
//!   funnel     how far, and when          activity  who was active when, lifecycle, stickiness
//!   retention  who comes back, and when   paths     what comes next, or came before
//! intervals, anomaly, quantiles: how sure, how unusual, how large
//! ```
//!
//! Each question has a function over one customer's events in time order, and a tally that adds the customers up and can
//! be merged with another, so that threads can share the work.
//!
//! Invariant: no I/O, no clock and no `DuckDB` in here; the same input gives the same answer, whatever its order.

pub mod activity;
pub mod anomaly;
pub mod calendar;
pub mod funnel;
pub mod intervals;
mod paged;
pub mod paths;
pub mod quantiles;
pub mod retention;
pub mod touch;

pub use intervals::{Interval, newcombe, nps, wilson};
pub use touch::Touch;
