//! The cells of a chunk of rows, column by column.

use std::slice;

use duckdb::ffi;

use super::Kind;

/// A couple of thousand rows.
pub struct Chunk<'rows> {
    raw: ffi::duckdb_data_chunk,
    columns: &'rows [(String, Kind)],
}

impl Drop for Chunk<'_> {
    fn drop(&mut self) {
        // SAFETY: the chunk is owned and destroyed exactly once.
        unsafe { ffi::duckdb_destroy_data_chunk(&raw mut self.raw) }
    }
}

impl<'rows> Chunk<'rows> {
    /// # Safety
    /// The chunk is null or owned by the caller, and its columns have these types.
    pub(super) unsafe fn take(
        raw: ffi::duckdb_data_chunk,
        columns: &'rows [(String, Kind)],
    ) -> Option<Self> {
        (!raw.is_null()).then_some(Self { raw, columns })
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        // SAFETY: the chunk is live.
        usize::try_from(unsafe { ffi::duckdb_data_chunk_get_size(self.raw) }).unwrap_or(0)
    }

    /// Returns the columns.
    pub fn vectors(&self) -> impl Iterator<Item = Vector<'_>> {
        self.columns.iter().enumerate().map(|(index, (_, kind))| {
            // SAFETY: the index is below the column count, and the vector lives as long as the chunk.
            unsafe {
                Vector::new(
                    ffi::duckdb_data_chunk_get_vector(self.raw, index as u64),
                    kind,
                    self.rows(),
                )
            }
        })
    }
}

/// One column of a chunk, or the items of a list column.
pub struct Vector<'chunk> {
    /// The type of every cell.
    pub kind: &'chunk Kind,
    /// The cells, as their type stores them.
    pub cells: Cells<'chunk>,
    validity: Validity<'chunk>,
}

/// Cells as DuckDB stores them. What stands at a NULL row means nothing.
pub enum Cells<'chunk> {
    /// No storage that is read.
    Nothing,
    I8(&'chunk [i8]),
    I16(&'chunk [i16]),
    I32(&'chunk [i32]),
    I64(&'chunk [i64]),
    U8(&'chunk [u8]),
    U16(&'chunk [u16]),
    U32(&'chunk [u32]),
    U64(&'chunk [u64]),
    F32(&'chunk [f32]),
    F64(&'chunk [f64]),
    /// Low and high half.
    I128(&'chunk [ffi::duckdb_hugeint]),
    /// Months, days, microseconds.
    Interval(&'chunk [ffi::duckdb_interval]),
    Text(Texts<'chunk>),
    /// Where each row's items are in the items.
    List(&'chunk [ListPlace], Box<Vector<'chunk>>),
    /// How many items each row has.
    Array(usize, Box<Vector<'chunk>>),
    Struct(Vec<Vector<'chunk>>),
}

/// Where a row's items are.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct ListPlace(ffi::duckdb_list_entry);

impl ListPlace {
    /// Returns the row's items of all items.
    pub fn of<'items, T>(&self, items: &'items [T]) -> &'items [T] {
        let range = self.range();
        items.get(range).unwrap_or_default()
    }

    /// Returns where the row's items are.
    pub fn range(&self) -> std::ops::Range<usize> {
        let start = usize::try_from(self.0.offset).unwrap_or(usize::MAX);
        start..start.saturating_add(usize::try_from(self.0.length).unwrap_or(0))
    }
}

/// The texts or blobs of a column.
pub struct Texts<'chunk> {
    strings: *const ffi::duckdb_string_t,
    rows: usize,
    validity: Validity<'chunk>,
}

/// One bit a row, 0 for NULL; no mask means that no row is NULL.
#[derive(Clone, Copy)]
struct Validity<'chunk>(Option<&'chunk [u64]>);

impl Validity<'_> {
    fn is_null(self, row: usize) -> bool {
        self.0
            .is_some_and(|bits| (bits[row / 64] >> (row % 64)) & 1 == 0)
    }
}

impl<'chunk> Vector<'chunk> {
    /// # Safety
    /// The vector is live for `'chunk`, flat, of this type, and has at least this many rows.
    pub(super) unsafe fn new(raw: ffi::duckdb_vector, kind: &'chunk Kind, rows: usize) -> Self {
        // SAFETY: by the contract above; a validity mask, where there is one, has a bit for each row.
        unsafe {
            let validity = ffi::duckdb_vector_get_validity(raw);
            let validity = (!validity.is_null() && rows > 0)
                .then(|| slice::from_raw_parts(validity, rows.div_ceil(64)));
            let validity = Validity(validity);
            Self {
                kind,
                cells: Cells::new(raw, kind, rows, validity),
                validity,
            }
        }
    }

    /// Tells whether the cell is NULL.
    pub fn is_null(&self, row: usize) -> bool {
        self.validity.is_null(row)
    }
}

impl<'chunk> Cells<'chunk> {
    /// # Safety
    /// As [`Vector::new`].
    unsafe fn new(
        raw: ffi::duckdb_vector,
        kind: &'chunk Kind,
        rows: usize,
        validity: Validity<'chunk>,
    ) -> Self {
        // SAFETY: the storage of each type is what the C API documents for it, `rows` long.
        unsafe {
            match kind {
                Kind::Null | Kind::Other(_) => Self::Nothing,
                Kind::Boolean | Kind::UTinyInt => Self::U8(cells(raw, rows)),
                Kind::TinyInt => Self::I8(cells(raw, rows)),
                Kind::SmallInt | Kind::Decimal { width: ..=4, .. } => Self::I16(cells(raw, rows)),
                Kind::Integer | Kind::Date | Kind::Decimal { width: 5..=9, .. } => {
                    Self::I32(cells(raw, rows))
                }
                Kind::BigInt
                | Kind::Time
                | Kind::Timestamp(_)
                | Kind::Instant
                | Kind::Decimal { width: 10..=18, .. } => Self::I64(cells(raw, rows)),
                Kind::USmallInt => Self::U16(cells(raw, rows)),
                Kind::UBigInt => Self::U64(cells(raw, rows)),
                Kind::Float => Self::F32(cells(raw, rows)),
                Kind::Double => Self::F64(cells(raw, rows)),
                Kind::HugeInt | Kind::UHugeInt | Kind::Uuid | Kind::Decimal { .. } => {
                    Self::I128(cells(raw, rows))
                }
                Kind::Interval => Self::Interval(cells(raw, rows)),
                Kind::Enum(words) if words.len() <= 1 << 8 => Self::U8(cells(raw, rows)),
                Kind::Enum(words) if words.len() <= 1 << 16 => Self::U16(cells(raw, rows)),
                Kind::UInteger | Kind::Enum(_) => Self::U32(cells(raw, rows)),
                Kind::Text(_) | Kind::Blob => Self::Text(Texts {
                    strings: ffi::duckdb_vector_get_data(raw).cast(),
                    rows,
                    validity,
                }),
                Kind::List(item) | Kind::Map(item) => Self::list(raw, item, rows),
                Kind::Array(item, size) => {
                    let items =
                        Vector::new(ffi::duckdb_array_vector_get_child(raw), item, rows * size);
                    Self::Array(*size, Box::new(items))
                }
                Kind::Struct(fields) => Self::Struct(
                    (0..)
                        .zip(fields)
                        .map(|(index, (_, kind))| {
                            Vector::new(ffi::duckdb_struct_vector_get_child(raw, index), kind, rows)
                        })
                        .collect(),
                ),
            }
        }
    }

    /// # Safety
    /// As [`Vector::new`], for a list of this item type.
    unsafe fn list(raw: ffi::duckdb_vector, item: &'chunk Kind, rows: usize) -> Self {
        // SAFETY: the child holds as many items as the list vector says.
        unsafe {
            let items = usize::try_from(ffi::duckdb_list_vector_get_size(raw)).unwrap_or(0);
            let child = Vector::new(ffi::duckdb_list_vector_get_child(raw), item, items);
            Self::List(cells(raw, rows), Box::new(child))
        }
    }
}

/// # Safety
/// The vector stores `T` and has at least this many rows.
unsafe fn cells<'chunk, T>(raw: ffi::duckdb_vector, rows: usize) -> &'chunk [T] {
    if rows == 0 {
        return &[];
    }
    // SAFETY: by the contract above.
    unsafe { slice::from_raw_parts(ffi::duckdb_vector_get_data(raw).cast(), rows) }
}

impl Texts<'_> {
    /// Returns the bytes of a cell; none for NULL.
    pub fn bytes(&self, row: usize) -> &[u8] {
        if row >= self.rows || self.validity.is_null(row) {
            return &[];
        }
        // SAFETY: the row exists and is not NULL; both calls only read the string header, and the text lives as long
        // as the chunk.
        unsafe {
            let string = self.strings.add(row).cast_mut();
            let length = ffi::duckdb_string_t_length(*string) as usize;
            slice::from_raw_parts(ffi::duckdb_string_t_data(string).cast(), length)
        }
    }
}
