//! From DuckDB's rows to customers, in one of two ways.
//!
//! ```text
//! journeys: one row a customer, counted at once;  pieces wait until all of a customer are there
//! events:   one row an event, gathered;           sorted by customer and time at the end, then counted by threads
//! ```

mod events;
mod gathered;
mod journeys;

pub use events::EventsForm;
pub use journeys::JourneysForm;
