//! Parquet files: their columns, through Arrow, as cells.

use std::fs::File;

use super::rows::Rows;
use super::schema::Schema;
use crate::error::{Error, Result};

/// Reads the rows of a Parquet file.
pub(super) struct Reader {
    #[expect(dead_code, reason = "until the rows are read")]
    file: File,
}

impl Reader {
    pub fn open(file: File) -> Result<Self> {
        Ok(Self { file })
    }

    /// Adds the next rows; returns how many were rejected, or `None` at the end.
    pub fn read(&mut self, _rows: &mut Rows, _schema: &mut Schema) -> Result<Option<u64>> {
        Err(Error::data("Parquet is not read yet"))
    }
}
