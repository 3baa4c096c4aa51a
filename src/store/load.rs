//! Loads records.

/// What is known about the tables between loads.
#[derive(Default)]
pub struct LoadedTables;
