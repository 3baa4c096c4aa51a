//! Saved queries.

pub mod header;

pub use header::{Better, Fallback, Format, Goal, Header, Kind, Look, Param, Target};
