//! Columns of values on their way into a table, and how they become `DuckDB`'s vectors.

use std::ptr;

use duckdb::ffi;

use super::kind::Kind;
use super::logical_type::LogicalType;
use super::{Failure, Result};
use crate::files::TextValues;

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
    /// VARCHAR.
    Text(&'batch TextValues),
    /// JSON; the texts are taken for JSON without another look.
    Json(&'batch TextValues),
    /// UINTEGER.
    Number(&'batch [Option<u32>]),
    /// INTEGER: the same number in every row.
    Same(i32),
    /// BIGINT: this number, then one more in every row, in the order in which they are stored.
    Counting(i64),
    /// BIGINT[].
    Integers(Lists<'batch, i64>),
    /// USMALLINT[].
    Codes(Lists<'batch, u16>),
}

/// One list a row.
#[derive(Clone, Copy)]
pub struct Lists<'batch, T> {
    /// Where each row's list ends in the items.
    pub ends: &'batch [usize],
    /// The items of all rows, one list after the other.
    pub items: &'batch [T],
}

impl<T> Lists<'_, T> {
    fn of(&self, row: usize) -> Option<&[T]> {
        let start = row
            .checked_sub(1)
            .map_or(Some(&0), |row| self.ends.get(row))?;
        self.items.get(*start..*self.ends.get(row)?)
    }
}

/// Items of lists in one chunk at most, unless a single list has more.
const CHUNK_ITEMS: usize = 1 << 18;

/// Returns how many of these rows, from the first on, make the next chunk: at most a vector of them, and fewer where they
/// have long lists.
pub(super) fn chunk_length<'cells, 'batch: 'cells>(
    columns: impl Iterator<Item = &'cells AppendCells<'batch>>,
    rows: &[usize],
) -> usize {
    // SAFETY: the call only tells a constant.
    let most = usize::try_from(unsafe { ffi::duckdb_vector_size() }).unwrap_or(1);
    let mut length = rows.len().min(most);
    for cells in columns {
        let mut items = 0;
        let few = rows[..length].iter().take_while(|row| {
            items += cells.items(**row);
            items <= CHUNK_ITEMS
        });
        length = few.count().max(1).min(length);
    }
    length
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
            Self::Integers(_) => return LogicalType::of(&Kind::List(Box::new(Kind::BigInt))),
            Self::Codes(_) => return LogicalType::of(&Kind::List(Box::new(Kind::USmallInt))),
            Self::Same(_) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER,
        })
    }

    /// Returns how many items the list of a row has.
    fn items(&self, row: usize) -> usize {
        match self {
            Self::Integers(lists) => lists.of(row).map_or(0, <[i64]>::len),
            Self::Codes(lists) => lists.of(row).map_or(0, <[u16]>::len),
            _ => 0,
        }
    }

    /// Puts these of the rows into a vector, in this order; so many are stored before them.
    ///
    /// # Safety
    /// The vector has the type of these cells and room for the rows, and what it holds is used before the cells go.
    pub(super) unsafe fn fill(
        self,
        vector: ffi::duckdb_vector,
        rows: &[usize],
        stored: usize,
    ) -> Result<()> {
        // SAFETY: by the contract above.
        unsafe {
            match self {
                Self::Boolean(values) => fill_rows(vector, values, rows),
                Self::Integer(values) | Self::Timestamp(values) => fill_rows(vector, values, rows),
                Self::Double(values) => fill_rows(vector, values, rows),
                Self::Date(values) => fill_rows(vector, values, rows),
                Self::Number(values) => fill_rows(vector, values, rows),
                Self::Text(texts) | Self::Json(texts) => fill_text(vector, texts, rows),
                Self::Same(number) => {
                    let data: *mut i32 = ffi::duckdb_vector_get_data(vector).cast();
                    (0..rows.len()).for_each(|row| data.add(row).write(number));
                    Ok(())
                }
                Self::Counting(first) => {
                    let data: *mut i64 = ffi::duckdb_vector_get_data(vector).cast();
                    for (row, number) in (first..).skip(stored).take(rows.len()).enumerate() {
                        data.add(row).write(number);
                    }
                    Ok(())
                }
                Self::Integers(lists) => fill_lists(vector, lists, rows),
                Self::Codes(lists) => fill_lists(vector, lists, rows),
            }
        }
    }
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
            mask: ptr::null_mut(),
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
/// The vector stores `T` and has room for these rows.
unsafe fn fill_rows<T: Copy>(
    vector: ffi::duckdb_vector,
    values: &[Option<T>],
    rows: &[usize],
) -> Result<()> {
    // SAFETY: by the contract above.
    unsafe {
        let data: *mut T = ffi::duckdb_vector_get_data(vector).cast();
        let mut nulls = Nulls::of(vector);
        for (place, row) in rows.iter().enumerate() {
            match values.get(*row) {
                Some(Some(value)) => data.add(place).write(*value),
                Some(None) => nulls.add(place),
                None => return Err(too_few_values()),
            }
        }
    }
    Ok(())
}

fn too_few_values() -> Failure {
    Failure("a column has fewer values than the batch has rows".to_string())
}

/// # Safety
/// The vector stores lists of `T` and has room for these rows.
unsafe fn fill_lists<T: Copy>(
    vector: ffi::duckdb_vector,
    lists: Lists<'_, T>,
    rows: &[usize],
) -> Result<()> {
    let all: Option<Vec<&[T]>> = rows.iter().map(|row| lists.of(*row)).collect();
    let all = all.ok_or_else(too_few_values)?;
    let items: usize = all.iter().map(|list| list.len()).sum();
    // SAFETY: by the contract above; room for the items is reserved before they are copied.
    unsafe {
        ffi::duckdb_list_vector_reserve(vector, items as u64);
        ffi::duckdb_list_vector_set_size(vector, items as u64);
        let entries: *mut ffi::duckdb_list_entry = ffi::duckdb_vector_get_data(vector).cast();
        let child = ffi::duckdb_list_vector_get_child(vector);
        let data: *mut T = ffi::duckdb_vector_get_data(child).cast();
        let mut from = 0;
        for (row, list) in all.into_iter().enumerate() {
            ptr::copy_nonoverlapping(list.as_ptr(), data.add(from), list.len());
            entries.add(row).write(ffi::duckdb_list_entry {
                offset: from as u64,
                length: list.len() as u64,
            });
            from += list.len();
        }
    }
    Ok(())
}

/// # Safety
/// The vector stores text and has room for these rows; the texts outlive what is made of the vector.
unsafe fn fill_text(vector: ffi::duckdb_vector, texts: &TextValues, rows: &[usize]) -> Result<()> {
    // SAFETY: by the contract above. Short texts live inside the string header; longer ones are pointed at, and the
    // database copies them before the texts can go away.
    unsafe {
        let data: *mut ffi::duckdb_string_t = ffi::duckdb_vector_get_data(vector).cast();
        let mut nulls = Nulls::of(vector);
        for (place, row) in rows.iter().enumerate() {
            let Some(text) = texts.get(*row) else {
                if *row >= texts.len() {
                    return Err(too_few_values());
                }
                nulls.add(place);
                continue;
            };
            // Reading a little further than a short text ends spares a copy of unknown length.
            let ahead = texts.ahead(*row).first_chunk();
            data.add(place).write(string_header(text, ahead)?);
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
