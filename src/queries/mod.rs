//! Saved queries: reads a workspace folder, lets only harmless SQL through, binds parameters, checks and tests.
//!
//! It knows the file formats of QUERIES 1 and the shape of `DuckDB`'s parse trees. It hands a query file's bytes to the
//! database unchanged, so that error places are real.
//!
//! Invariant: no text reaches `prepare` that [`gate`] has not passed.

mod answer;
mod bare;
mod cases;
mod check;
mod config;
mod dashboards;
mod document;
mod folder;
mod gate;
pub mod header;
mod header_text;
mod journey;
mod library;
mod measure;
mod parameters;
mod report;
mod rows;
mod runner;
mod saved;
mod segments;
mod stock;
mod workspace;

pub use answer::{ask, ask_with_remarks, located, remarks};
pub use cases::{Case, TestFile};
pub use check::check;
pub use config::{Config, Today};
pub use dashboards::{DashboardFile, Filter, Place, Row};
pub use gate::{Allowed, gate};
pub use header::{Better, Fallback, Format, Goal, Header, Kind, Look, Param, Target};
pub use journey::{Asked, JourneyFile, Leg, Metric, Stage, Stop};
pub use library::{Definitions, define};
pub use measure::find_row;
pub use parameters::Bound;
pub use report::{Problem, Severity, human, json};
pub use runner::{CaseResult, Outcome, TestReport, test};
pub use workspace::{Annotation, LibFile, QueryFile, SavedQuery, Shape, Workspace};
