//! A type as DuckDB's C API wants it, which frees itself.

use std::ptr;

use duckdb::ffi;

use super::{Kind, Result, Unit, nul_terminated};

/// An owned logical type.
#[repr(transparent)]
pub(super) struct LogicalType(ffi::duckdb_logical_type);

impl Drop for LogicalType {
    fn drop(&mut self) {
        // SAFETY: the type is live and destroyed exactly once.
        unsafe { ffi::duckdb_destroy_logical_type(&raw mut self.0) }
    }
}

impl LogicalType {
    /// Returns the simple type of an id.
    pub(super) fn simple(id: ffi::duckdb_type) -> Self {
        // SAFETY: for an id that names no simple type the answer is an invalid type, which can be destroyed too.
        Self(unsafe { ffi::duckdb_create_logical_type(id) })
    }

    /// Returns the type of texts that hold JSON.
    pub(super) fn json() -> Self {
        let text = Self::simple(ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR);
        // SAFETY: the type is live, and the alias ends in NUL.
        unsafe { ffi::duckdb_logical_type_set_alias(text.0, c"JSON".as_ptr()) };
        text
    }

    /// Returns the type of lists of an item.
    pub(super) fn list(item: &Self) -> Self {
        // SAFETY: the item's type is live during the call, which copies it.
        Self(unsafe { ffi::duckdb_create_list_type(item.0) })
    }

    /// Returns the type of rows with these columns.
    pub(super) fn row(columns: &[(&str, Kind)]) -> Result<Self> {
        let names = columns
            .iter()
            .map(|(name, _)| nul_terminated(name))
            .collect::<Result<Vec<_>>>()?;
        let mut name_pointers: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
        let mut kinds: Vec<Self> = columns.iter().map(|(_, kind)| Self::of(kind)).collect();
        // SAFETY: names and types live during the call, which copies them.
        Ok(Self(unsafe {
            ffi::duckdb_create_struct_type(
                Self::pointer(&mut kinds),
                name_pointers.as_mut_ptr(),
                columns.len() as u64,
            )
        }))
    }

    /// Returns the type of a column of this kind; text for kinds that the store never writes.
    pub(super) fn of(kind: &Kind) -> Self {
        Self::simple(match kind {
            Kind::List(item) => return Self::list(&Self::of(item)),
            Kind::Boolean => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN,
            Kind::Integer => ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER,
            Kind::BigInt => ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT,
            Kind::USmallInt => ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT,
            Kind::UInteger => ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER,
            Kind::Double => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE,
            Kind::Date => ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE,
            Kind::Timestamp(Unit::Microseconds) => ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP,
            _ => ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR,
        })
    }

    /// Returns the handle, which lives as long as this.
    pub(super) fn raw(&self) -> ffi::duckdb_logical_type {
        self.0
    }

    /// Returns types as the array of handles that the C API reads.
    pub(super) fn pointer(types: &mut [Self]) -> *mut ffi::duckdb_logical_type {
        // The wrapper is transparent, so an array of it is an array of handles.
        ptr::from_mut(types).cast()
    }
}
