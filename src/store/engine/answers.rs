//! The rows that an aggregate answers with, and how they become a list in one of DuckDB's vectors.

use duckdb::ffi;

use super::cells::{Nulls, fill};
use super::{Kind, Unit};

/// A column of an answer; `None` is NULL.
#[derive(Clone, Debug, PartialEq)]
pub enum Answers {
    /// INTEGER.
    Integer(Vec<Option<i32>>),
    /// BIGINT, and TIMESTAMP in microseconds.
    BigInt(Vec<Option<i64>>),
    /// UINTEGER.
    Number(Vec<Option<u32>>),
    /// DOUBLE.
    Double(Vec<Option<f64>>),
    /// BOOLEAN.
    Boolean(Vec<Option<bool>>),
    /// VARCHAR.
    Text(Vec<Option<String>>),
}

impl Answers {
    fn rows(&self) -> usize {
        match self {
            Self::Integer(values) => values.len(),
            Self::BigInt(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Boolean(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// Tells whether a column of this type stores such values.
    fn fits(&self, kind: &Kind) -> bool {
        match self {
            Self::Integer(_) => *kind == Kind::Integer,
            Self::BigInt(_) => {
                matches!(kind, Kind::BigInt | Kind::Timestamp(Unit::Microseconds))
            }
            Self::Number(_) => *kind == Kind::UInteger,
            Self::Double(_) => *kind == Kind::Double,
            Self::Boolean(_) => *kind == Kind::Boolean,
            Self::Text(_) => matches!(kind, Kind::Text(_)),
        }
    }
}

/// Makes sure that answers fill the columns of a list of rows.
pub(super) fn check(columns: &[Kind], answers: &[Answers]) -> std::result::Result<(), String> {
    let Some(first) = answers.first() else {
        return Ok(());
    };
    let fits =
        |(column, kind): (&Answers, &Kind)| column.fits(kind) && column.rows() == first.rows();
    if answers.len() == columns.len() && answers.iter().zip(columns).all(fits) {
        Ok(())
    } else {
        Err("the function's answer does not have its columns".to_string())
    }
}

/// # Safety
/// The vector is a list of structs whose columns the answers fill, see [`check`], and has this row.
pub(super) unsafe fn write_list(result: ffi::duckdb_vector, row: usize, answers: &[Answers]) {
    // SAFETY: by the contract above; room is reserved before it is written to.
    unsafe {
        let rows = answers.first().map_or(0, Answers::rows);
        let before = ffi::duckdb_list_vector_get_size(result);
        let entry = ffi::duckdb_list_entry {
            offset: before,
            length: rows as u64,
        };
        ffi::duckdb_list_vector_reserve(result, before + rows as u64);
        ffi::duckdb_list_vector_set_size(result, before + rows as u64);
        let entries: *mut ffi::duckdb_list_entry = ffi::duckdb_vector_get_data(result).cast();
        entries.add(row).write(entry);
        let child = ffi::duckdb_list_vector_get_child(result);
        let from = usize::try_from(before).unwrap_or(0);
        for (index, column) in (0..).zip(answers) {
            let vector = ffi::duckdb_struct_vector_get_child(child, index);
            match column {
                Answers::Integer(values) => fill(vector, from, values),
                Answers::BigInt(values) => fill(vector, from, values),
                Answers::Number(values) => fill(vector, from, values),
                Answers::Double(values) => fill(vector, from, values),
                Answers::Boolean(values) => fill(vector, from, values),
                Answers::Text(values) => write_texts(vector, from, values),
            }
        }
    }
}

/// # Safety
/// As [`fill`], for a vector of text.
unsafe fn write_texts(vector: ffi::duckdb_vector, from: usize, values: &[Option<String>]) {
    // SAFETY: by the contract above; the text is copied.
    unsafe {
        let mut nulls = Nulls::of(vector);
        for (row, value) in (from..).zip(values) {
            match value {
                Some(text) => ffi::duckdb_vector_assign_string_element_len(
                    vector,
                    row as u64,
                    text.as_ptr().cast(),
                    text.len() as u64,
                ),
                None => nulls.add(row),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_fills_its_columns_is_written() {
        let columns = [Kind::Timestamp(Unit::Microseconds), Kind::Double];
        let times = |rows| Answers::BigInt(vec![None; rows]);
        let numbers = |rows| Answers::Double(vec![None; rows]);
        for (answers, is_written) in [
            (vec![], true),
            (vec![times(2), numbers(2)], true),
            (vec![times(2)], false),
            (vec![times(2), numbers(2), numbers(2)], false),
            (vec![times(2), numbers(1)], false),
            (vec![times(1), numbers(2)], false),
            (vec![numbers(2), numbers(2)], false),
            (vec![times(2), Answers::Number(vec![None; 2])], false),
        ] {
            let written = check(&columns, &answers);
            assert_eq!(written.is_ok(), is_written, "{answers:?}");
        }
    }
}
