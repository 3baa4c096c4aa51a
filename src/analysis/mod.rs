//! The numbers behind the panels: slices in, numbers out. Knows statistics and journeys, not files or databases.
//!
//! Invariant: no I/O, no clock and no `DuckDB` in here; the same input gives the same answer, whatever its order.

pub mod intervals;

pub use intervals::{Interval, newcombe, nps, wilson};
