//! Saved queries: reads a workspace folder, lets only harmless SQL through, binds parameters, checks and tests.
//!
//! It knows the file formats of QUERIES 1 and the shape of `DuckDB`'s parse trees. It hands a query file's bytes to the
//! database unchanged, so that error places are real.
//!
//! Invariant: no text reaches `prepare` that the gate has not passed.

mod cases;
mod config;
mod dashboards;
pub mod header;
mod document;
mod header_text;
mod parameters;
mod workspace;

pub use cases::{Case, TestFile};
pub use config::{Config, Today};
pub use dashboards::{DashboardFile, Filter, Place, Row};
pub use header::{Better, Fallback, Format, Goal, Header, Kind, Look, Param, Target};
pub use parameters::{Bound, bind};
pub use workspace::{Annotation, LibFile, QueryFile, SavedQuery, Shape, Workspace};
