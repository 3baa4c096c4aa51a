//! Aggregate functions written in Rust, each of which answers with a list of rows.

use std::ops::Range;

use duckdb::ffi;

use super::answers::{Answers, check, write_list};
use super::logical_type::LogicalType;
use super::{Connection, Kind, Result, Vector, accepted, forget, nul_terminated, refusal};

/// An aggregate function: gathers rows in states, and turns a state into the rows of its answer.
pub trait Aggregate: Send + Sync + 'static {
    /// What is gathered of the rows of one group, by one thread.
    type State: Default + Send;

    /// Returns the types of the arguments.
    fn arguments(&self) -> Vec<Kind>;

    /// Returns the columns of the answer.
    fn columns(&self) -> Vec<(&'static str, Kind)>;

    /// Takes rows of one group, NULLs too.
    fn update(
        &self,
        state: &mut Self::State,
        given: &[Vector<'_>],
        rows: Range<usize>,
    ) -> std::result::Result<(), String>;

    /// Adds what another thread gathered of the same group.
    fn combine(&self, state: &mut Self::State, other: Self::State);

    /// Answers: one entry a column, of its type and all of the same length; no entry at all is an answer without rows.
    fn finish(&self, state: Self::State) -> std::result::Result<Vec<Answers>, String>;
}

/// What the catalog keeps of a function.
struct Form<A> {
    aggregate: A,
    arguments: Vec<Kind>,
    columns: Vec<Kind>,
}

/// What DuckDB keeps of a state: a box, or null before the first row and after the answer.
type Place<A> = *mut <A as Aggregate>::State;

impl Connection {
    /// Adds an aggregate function for every connection of the instance.
    pub fn register_aggregate<A: Aggregate>(&self, name: &str, aggregate: A) -> Result<()> {
        let c_name = nul_terminated(name)?;
        let arguments = aggregate.arguments();
        let columns = aggregate.columns();
        let answer = LogicalType::list(&LogicalType::row(&columns)?);
        let columns = columns.into_iter().map(|(_, kind)| kind).collect();
        // SAFETY: every handle created here is destroyed here; the catalog copies the function, and takes over the boxed
        // form, which it frees by `forget`. The callbacks fit the form's type.
        let state = unsafe {
            let mut function = ffi::duckdb_create_aggregate_function();
            ffi::duckdb_aggregate_function_set_name(function, c_name.as_ptr());
            for kind in &arguments {
                let kind = LogicalType::of(kind);
                ffi::duckdb_aggregate_function_add_parameter(function, kind.raw());
            }
            ffi::duckdb_aggregate_function_set_return_type(function, answer.raw());
            let form = Box::into_raw(Box::new(Form {
                aggregate,
                arguments,
                columns,
            }));
            let forget = Some(forget::<Form<A>> as _);
            ffi::duckdb_aggregate_function_set_extra_info(function, form.cast(), forget);
            ffi::duckdb_aggregate_function_set_special_handling(function);
            ffi::duckdb_aggregate_function_set_functions(
                function,
                Some(state_size::<A>),
                Some(begin::<A>),
                Some(update::<A>),
                Some(combine::<A>),
                Some(finish::<A>),
            );
            ffi::duckdb_aggregate_function_set_destructor(function, Some(destroy::<A>));
            let state = ffi::duckdb_register_aggregate_function(self.handle.raw, function);
            ffi::duckdb_destroy_aggregate_function(&raw mut function);
            state
        };
        accepted(name, state)
    }
}

/// # Safety
/// The info belongs to a function of this form.
unsafe fn form<'call, A: Aggregate>(info: ffi::duckdb_function_info) -> &'call Form<A> {
    // SAFETY: by the contract above; the catalog keeps the form as long as a query can run.
    unsafe { &*ffi::duckdb_aggregate_function_get_extra_info(info).cast::<Form<A>>() }
}

/// Does the work of a call from DuckDB, and reports there what went wrong.
///
/// # Safety
/// The info is live.
unsafe fn reporting(
    info: ffi::duckdb_function_info,
    work: impl FnOnce() -> std::result::Result<(), String>,
) {
    if let Some(message) = refusal(work) {
        // SAFETY: the message ends in NUL and is copied.
        unsafe { ffi::duckdb_aggregate_function_set_error(info, message.as_ptr()) };
    }
}

unsafe extern "C" fn state_size<A: Aggregate>(_: ffi::duckdb_function_info) -> u64 {
    size_of::<Place<A>>() as u64
}

unsafe extern "C" fn begin<A: Aggregate>(
    _: ffi::duckdb_function_info,
    state: ffi::duckdb_aggregate_state,
) {
    // SAFETY: the state has the size that `state_size` says.
    unsafe { state.cast::<Place<A>>().write(std::ptr::null_mut()) }
}

unsafe extern "C" fn update<A: Aggregate>(
    info: ffi::duckdb_function_info,
    input: ffi::duckdb_data_chunk,
    states: *mut ffi::duckdb_aggregate_state,
) {
    // SAFETY: DuckDB passes flat argument vectors of the registered types, and a state for each row that `begin` has
    // prepared and that no other thread touches meanwhile.
    unsafe {
        let form = form::<A>(info);
        let rows = usize::try_from(ffi::duckdb_data_chunk_get_size(input)).unwrap_or(0);
        reporting(info, || {
            let given: Vec<Vector<'_>> = (0..)
                .zip(&form.arguments)
                .map(|(index, kind)| {
                    Vector::new(ffi::duckdb_data_chunk_get_vector(input, index), kind, rows)
                })
                .collect();
            let states = std::slice::from_raw_parts(states, rows);
            let mut from = 0;
            for run in states.chunk_by(|one, next| one == next) {
                let place = &mut *run[0].cast::<Place<A>>();
                if place.is_null() {
                    *place = Box::into_raw(Box::default());
                }
                form.aggregate
                    .update(&mut **place, &given, from..from + run.len())?;
                from += run.len();
            }
            Ok(())
        });
    }
}

unsafe extern "C" fn combine<A: Aggregate>(
    info: ffi::duckdb_function_info,
    sources: *mut ffi::duckdb_aggregate_state,
    targets: *mut ffi::duckdb_aggregate_state,
    count: u64,
) {
    // SAFETY: both arrays have `count` states that `begin` has prepared; a source is not used again but to destroy it.
    unsafe {
        let form = form::<A>(info);
        let count = usize::try_from(count).unwrap_or(0);
        reporting(info, || {
            for index in 0..count {
                let source = &mut *(*sources.add(index)).cast::<Place<A>>();
                let target = &mut *(*targets.add(index)).cast::<Place<A>>();
                let taken = std::mem::replace(source, std::ptr::null_mut());
                if taken.is_null() {
                    continue;
                }
                if target.is_null() {
                    *target = taken;
                } else {
                    form.aggregate.combine(&mut **target, *Box::from_raw(taken));
                }
            }
            Ok(())
        });
    }
}

unsafe extern "C" fn finish<A: Aggregate>(
    info: ffi::duckdb_function_info,
    states: *mut ffi::duckdb_aggregate_state,
    result: ffi::duckdb_vector,
    count: u64,
    offset: u64,
) {
    // SAFETY: there are `count` states, and the result vector of the registered type has room for as many rows behind the
    // offset. A state is taken out, so that it is not freed again.
    unsafe {
        let form = form::<A>(info);
        let (count, offset) = (
            usize::try_from(count).unwrap_or(0),
            usize::try_from(offset).unwrap_or(0),
        );
        reporting(info, || {
            for index in 0..count {
                let place = &mut *(*states.add(index)).cast::<Place<A>>();
                let taken = std::mem::replace(place, std::ptr::null_mut());
                let state = if taken.is_null() {
                    A::State::default()
                } else {
                    *Box::from_raw(taken)
                };
                let answers = form.aggregate.finish(state)?;
                check(&form.columns, &answers)?;
                write_list(result, offset + index, &answers);
            }
            Ok(())
        });
    }
}

unsafe extern "C" fn destroy<A: Aggregate>(states: *mut ffi::duckdb_aggregate_state, count: u64) {
    // SAFETY: there are `count` states that `begin` has prepared, and each is destroyed once.
    unsafe {
        for index in 0..usize::try_from(count).unwrap_or(0) {
            let place = &mut *(*states.add(index)).cast::<Place<A>>();
            let taken = std::mem::replace(place, std::ptr::null_mut());
            if !taken.is_null() {
                drop(Box::from_raw(taken));
            }
        }
    }
}
