//! Columns of values on their way into a table, and how they become `DuckDB`'s vectors.

use std::ops::Range;

use duckdb::ffi;

use super::logical_type::LogicalType;
use super::{Failure, Result};

/// The values of one table column.
pub struct AppendColumn<'batch> {
    /// The column's name in the table.
    pub name: &'batch str,
    /// One value a row.
    pub cells: AppendCells<'batch>,
}

/// Values by the type of the table column they go to; `None` is NULL.
#[derive(Clone, Copy)]
pub enum AppendCells<'batch> {
    /// BOOLEAN.
    Boolean(&'batch [Option<bool>]),
    /// BIGINT.
    Integer(&'batch [Option<i64>]),
    /// TIMESTAMP in microseconds.
    Timestamp(&'batch [Option<i64>]),
    /// DOUBLE.
    Double(&'batch [Option<f64>]),
    /// DATE in days.
    Date(&'batch [Option<i32>]),
    /// VARCHAR: all texts in one buffer, and where each ends.
    Text(&'batch str, &'batch [Option<usize>]),
    /// JSON: as [`AppendCells::Text`]; the texts are taken for JSON without another look.
    Json(&'batch str, &'batch [Option<usize>]),
    /// UINTEGER.
    Number(&'batch [Option<u32>]),
    /// INTEGER: the same number in every row.
    Same(i32),
    /// BIGINT: this number, then one more in every row.
    Counting(i64),
}

impl AppendCells<'_> {
    /// Returns the type of the table column.
    pub(super) fn logical_type(self) -> LogicalType {
        LogicalType::simple(match self {
            Self::Boolean(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN,
            Self::Integer(_) | Self::Counting(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT,
            Self::Timestamp(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP,
            Self::Double(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE,
            Self::Date(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE,
            Self::Number(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER,
            Self::Text(..) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR,
            Self::Json(..) => return LogicalType::json(),
            Self::Same(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER,
        })
    }

    /// Returns where the text of a row begins in its buffer.
    pub(super) fn text_start(self, row: usize) -> usize {
        let (Self::Text(_, ends) | Self::Json(_, ends)) = self else {
            return 0;
        };
        let before = ends.get(..row).unwrap_or_default();
        before.iter().rev().find_map(|end| *end).unwrap_or(0)
    }

    /// Puts some rows into a vector; `text_start` is where the first one's text begins, and then where the next row's.
    ///
    /// # Safety
    /// The vector has the type of these cells and room for the rows, and what it holds is used before the cells go.
    pub(super) unsafe fn fill(
        self,
        vector: ffi::duckdb_vector,
        rows: Range<usize>,
        text_start: &mut usize,
    ) -> Result<()> {
        // SAFETY: by the contract above.
        unsafe {
            match self {
                Self::Boolean(values) => fill(vector, 0, part(values, rows)?),
                Self::Integer(values) | Self::Timestamp(values) => {
                    fill(vector, 0, part(values, rows)?);
                }
                Self::Double(values) => fill(vector, 0, part(values, rows)?),
                Self::Date(values) => fill(vector, 0, part(values, rows)?),
                Self::Number(values) => fill(vector, 0, part(values, rows)?),
                Self::Text(bytes, ends) | Self::Json(bytes, ends) => {
                    fill_text(vector, bytes, part(ends, rows)?, text_start)?;
                }
                Self::Same(number) => {
                    let data: *mut i32 = ffi::duckdb_vector_get_data(vector).cast();
                    (0..rows.len()).for_each(|row| data.add(row).write(number));
                }
                Self::Counting(first) => {
                    let data: *mut i64 = ffi::duckdb_vector_get_data(vector).cast();
                    for (row, number) in (first..).skip(rows.start).take(rows.len()).enumerate() {
                        data.add(row).write(number);
                    }
                }
            }
        }
        Ok(())
    }
}

fn part<T>(values: &[T], rows: Range<usize>) -> Result<&[T]> {
    values
        .get(rows)
        .ok_or_else(|| Failure("a column has fewer values than the batch has rows".to_string()))
}

/// The NULLs of a vector: one bit a row, and no mask as long as there is none.
pub(super) struct Nulls {
    vector: ffi::duckdb_vector,
    mask: *mut u64,
}

impl Nulls {
    pub(super) fn of(vector: ffi::duckdb_vector) -> Self {
        Self {
            vector,
            mask: std::ptr::null_mut(),
        }
    }

    /// # Safety
    /// The vector is live and has this row.
    pub(super) unsafe fn add(&mut self, row: usize) {
        // SAFETY: by the contract above; a mask that was made writable has a bit for each row of the vector.
        unsafe {
            if self.mask.is_null() {
                ffi::duckdb_vector_ensure_validity_writable(self.vector);
                self.mask = ffi::duckdb_vector_get_validity(self.vector);
            }
            *self.mask.add(row / 64) &= !(1 << (row % 64));
        }
    }
}

/// # Safety
/// The vector stores `T` and has room for all values from this row on.
pub(super) unsafe fn fill<T: Copy>(vector: ffi::duckdb_vector, from: usize, values: &[Option<T>]) {
    // SAFETY: by the contract above.
    unsafe {
        let data: *mut T = ffi::duckdb_vector_get_data(vector).cast();
        let mut nulls = Nulls::of(vector);
        for (row, value) in (from..).zip(values) {
            match value {
                Some(value) => data.add(row).write(*value),
                None => nulls.add(row),
            }
        }
    }
}

/// # Safety
/// The vector stores text and has room for all values; `bytes` outlives what is made of the vector.
unsafe fn fill_text(
    vector: ffi::duckdb_vector,
    bytes: &str,
    ends: &[Option<usize>],
    text_start: &mut usize,
) -> Result<()> {
    // SAFETY: by the contract above. Short texts live inside the string header; longer ones are pointed at, and the
    // database copies them before `bytes` can go away. `str::get` makes sure that each text is whole UTF-8.
    unsafe {
        let data: *mut ffi::duckdb_string_t = ffi::duckdb_vector_get_data(vector).cast();
        let mut nulls = Nulls::of(vector);
        for (row, end) in ends.iter().enumerate() {
            let Some(end) = *end else {
                nulls.add(row);
                continue;
            };
            let text = bytes
                .get(*text_start..end)
                .ok_or_else(|| Failure("a text ends outside its buffer".into()))?;
            // Reading a little further than a short text ends spares a copy of unknown length.
            let ahead = bytes.as_bytes()[*text_start..].first_chunk();
            *text_start = end;
            data.add(row).write(string_header(text, ahead)?);
        }
    }
    Ok(())
}

/// Returns DuckDB's 16-byte form of a text: its length, then the text itself up to 12 bytes, else the first 4 bytes and
/// a pointer. `ahead` is what the buffer has from the text's beginning on, if that much is there.
fn string_header(text: &str, ahead: Option<&[u8; 16]>) -> Result<ffi::duckdb_string_t> {
    const INLINE: usize = 12;
    let length = u32::try_from(text.len())
        .map_err(|_| Failure("a text is longer than 4 GiB".to_string()))?;
    let bytes = text.as_bytes();
    let mut value = ffi::duckdb_string_t__bindgen_ty_1 {
        inlined: ffi::duckdb_string_t__bindgen_ty_1__bindgen_ty_2 {
            length,
            inlined: [0; INLINE],
        },
    };
    if let Some(prefix) = bytes.first_chunk::<4>().filter(|_| bytes.len() > INLINE) {
        value.pointer = ffi::duckdb_string_t__bindgen_ty_1__bindgen_ty_1 {
            length,
            prefix: prefix.map(u8::cast_signed),
            ptr: bytes.as_ptr().cast_mut().cast(),
        };
    } else {
        let mut inlined = [0; INLINE];
        if let Some(ahead) = ahead {
            let kept = u128::from_le_bytes(*ahead) & !(u128::MAX << (8 * bytes.len()));
            inlined.copy_from_slice(&kept.to_le_bytes()[..INLINE]);
        } else {
            inlined[..bytes.len()].copy_from_slice(bytes);
        }
        value.inlined = ffi::duckdb_string_t__bindgen_ty_1__bindgen_ty_2 {
            length,
            inlined: inlined.map(u8::cast_signed),
        };
    }
    Ok(ffi::duckdb_string_t { value })
}
