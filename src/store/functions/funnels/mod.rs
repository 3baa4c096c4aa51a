//! Funnels as aggregates.
//!
//! ```text
//! walk      one customer → how far, and in which group
//! funnel    `funnel`, and `funnel_customers` and `time_to_customers`: its customers
//! trend     `funnel_trend`, and `funnel_trend_customers`: its customers
//! time_to   `time_to`: a funnel of two steps, and how long the second took
//! ```
//!
//! Invariant: how far a customer got is for `analysis::funnel` to say; here it is asked once for each group, and added up.

mod funnel;
mod time_to;
mod trend;
mod walk;

pub use funnel::{Funnel, FunnelPeople};
pub use time_to::TimeTo;
pub use trend::{FunnelTrend, TrendPeople};
