//! Input files: find them, watch them, follow them, and turn whole new records into typed rows.

pub mod record;
pub mod source;

pub use record::{Batch, BatchColumn, Checkpoint, Reject, TextValues, Values};
pub use source::{CANONICAL, ColumnRule, ColumnType, Privacy, Source};
