//! Active customers, their lifecycle and their stickiness as aggregates.
//!
//! ```text
//! periods      one customer → the periods of activity, group by group; which periods an answer has rows for
//! active, lifecycle, stickiness   what each counts of them, and whom each lists
//! customers    `active_customers`, `lifecycle_customers`, `stickiness_customers`: those of one number
//! ```
//!
//! Invariant: what a customer is in a period is for `analysis::activity` to say; here periods are found, and customers
//! added up.

mod active;
mod customers;
mod lifecycle;
mod periods;
mod stickiness;

pub use active::{Active, ActiveAt};
pub use customers::ActivityPeople;
pub use lifecycle::{InState, Lifecycle};
pub use stickiness::{ActiveFor, Stickiness};
