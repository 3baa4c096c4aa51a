//! Scalar functions written in Rust.

use std::ffi::c_void;

use duckdb::ffi;

use super::cells::fill;
use super::logical_type::LogicalType;
use super::{Connection, Kind, Result, Vector, accepted, forget, nul_terminated, refusal};

/// Computes the answers of a couple of thousand rows from the argument columns.
type Compute<T> =
    Box<dyn Fn(&[Vector<'_>], usize) -> std::result::Result<Vec<Option<T>>, String> + Send + Sync>;

/// One form of a scalar function.
pub struct ScalarFunction<T> {
    /// The types of its arguments.
    pub arguments: Vec<Kind>,
    /// What it computes. NULL rows are passed in like others.
    pub compute: Compute<T>,
}

/// A type that scalar functions return.
pub trait Answer: Copy + 'static {
    /// Its type in the C API.
    const TYPE: ffi::duckdb_type;
}

/// Microseconds of a TIMESTAMP.
impl Answer for i64 {
    const TYPE: ffi::duckdb_type = ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP;
}

impl Answer for f64 {
    const TYPE: ffi::duckdb_type = ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE;
}

impl Connection {
    /// Adds a scalar function, in one or more forms, for every connection of the instance.
    pub fn register<T: Answer>(&self, name: &str, forms: Vec<ScalarFunction<T>>) -> Result<()> {
        let c_name = nul_terminated(name)?;
        // SAFETY: every handle created here is destroyed here; a registered function is copied by the catalog, which
        // also takes over the boxed form and frees it by `forget`.
        let state = unsafe {
            let mut set = ffi::duckdb_create_scalar_function_set(c_name.as_ptr());
            for form in forms {
                let mut function = ffi::duckdb_create_scalar_function();
                ffi::duckdb_scalar_function_set_name(function, c_name.as_ptr());
                for kind in &form.arguments {
                    let kind = LogicalType::of(kind);
                    ffi::duckdb_scalar_function_add_parameter(function, kind.raw());
                }
                let answer = LogicalType::simple(T::TYPE);
                ffi::duckdb_scalar_function_set_return_type(function, answer.raw());
                let form = Box::into_raw(Box::new(form)).cast::<c_void>();
                ffi::duckdb_scalar_function_set_extra_info(
                    function,
                    form,
                    Some(forget::<ScalarFunction<T>>),
                );
                ffi::duckdb_scalar_function_set_special_handling(function);
                ffi::duckdb_scalar_function_set_function(function, Some(call::<T>));
                ffi::duckdb_add_scalar_function_to_set(set, function);
                ffi::duckdb_destroy_scalar_function(&raw mut function);
            }
            let state = ffi::duckdb_register_scalar_function_set(self.handle.raw, set);
            ffi::duckdb_destroy_scalar_function_set(&raw mut set);
            state
        };
        accepted(name, state)
    }
}

/// Called by DuckDB for each chunk of rows, from any of its threads.
unsafe extern "C" fn call<T: Answer>(
    info: ffi::duckdb_function_info,
    input: ffi::duckdb_data_chunk,
    output: ffi::duckdb_vector,
) {
    // SAFETY: DuckDB passes the form that was registered, flat argument vectors of its types, and an output vector of
    // its return type with as many rows. Nothing is kept after the return, and a panic does not cross into C++.
    unsafe {
        let form = &*ffi::duckdb_scalar_function_get_extra_info(info).cast::<ScalarFunction<T>>();
        let rows = usize::try_from(ffi::duckdb_data_chunk_get_size(input)).unwrap_or(0);
        let arguments: Vec<Vector<'_>> = (0..)
            .zip(&form.arguments)
            .map(|(index, kind)| {
                Vector::new(ffi::duckdb_data_chunk_get_vector(input, index), kind, rows)
            })
            .collect();
        let wrong = refusal(|| {
            let answers = (form.compute)(&arguments, rows)?;
            fill(output, 0, &answers[..rows.min(answers.len())]);
            Ok(())
        });
        if let Some(message) = wrong {
            ffi::duckdb_scalar_function_set_error(info, message.as_ptr());
        }
    }
}
