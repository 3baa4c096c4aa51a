//! Saved queries.

pub mod annotation;
pub mod header;

pub use annotation::Annotation;
pub use header::{Better, Fallback, Format, Goal, Header, Kind, Look, Param, Target};
