//! Rows that do not come from a file: the inline rows of query tests.

use super::engine::{AppendCells, AppendColumn};
use super::open::Store;
use super::sandbox::broken;
use super::tables::LOADED;
use crate::error::Result;
use crate::files::{Batch, Values};

impl Store {
    /// Adds a batch of rows to a declared table. The batch's columns must be declared with its types.
    pub fn insert(&mut self, table: &str, batch: &Batch) -> Result<()> {
        let columns: Vec<AppendColumn<'_>> = batch
            .columns
            .iter()
            .map(|column| AppendColumn {
                name: &column.name,
                cells: match &column.values {
                    Values::Boolean(values) => AppendCells::Boolean(values),
                    Values::Integer(values) => AppendCells::Integer(values),
                    Values::Double(values) => AppendCells::Double(values),
                    Values::Date(values) => AppendCells::Date(values),
                    Values::Timestamp(values) => AppendCells::Timestamp(values),
                    Values::Text(texts) | Values::Json(texts) => AppendCells::Text(&texts.bytes, &texts.ends),
                },
            })
            .collect();
        self.transaction(|store| store.writer.append(LOADED, table, &columns, batch.rows).map_err(broken))
    }
    /// TEMPORARY
    pub fn latest_day(&self) -> Result<Option<jiff::civil::Date>> { Ok(None) }
}
