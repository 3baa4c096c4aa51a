//! Input files: find them, watch them, follow them, and turn whole new records into typed rows.
//!
//! ```text
//! find → plan → reader: decode → walk: split, csv → rows: mapping, members → column: values, times → Batch
//!        identity       opening: format   parquet          flat, json         privacy
//!                       ahead: blocks
//! ```
//!
//! It knows file formats, encodings and column names, and nothing of the database that keeps the rows.
//!
//! Invariant: every byte of a file up to its checkpoint is a row, a reject or between records, and a checkpoint is always
//! just behind a whole record. Nothing is ever left out without a reject, a count or a note.

mod ahead;
mod batch;
mod blocks;
mod column;
mod columns;
mod csv;
mod decode;
mod find;
mod flat;
mod format;
mod identity;
mod json;
mod mapping;
mod members;
mod names;
mod opening;
mod parquet;
mod plan;
mod privacy;
mod reader;
pub mod record;
mod rows;
mod schema;
pub mod source;
mod split;
mod texts;
mod times;
mod values;
mod walk;
mod watch;

pub use batch::{Batch, BatchColumn, Values};
pub use decode::Encoding;
pub use format::Format;
pub use plan::{Plan, Start, Task, plan};
pub use reader::{FileReader, Finality};
pub use record::{Checkpoint, Reject};
pub use schema::{Mode, Schema, SchemaColumn};
pub use source::{CANONICAL, ColumnRule, ColumnType, Privacy, Source};
pub use texts::TextValues;
pub use watch::{Sight, Wake, Watch};
