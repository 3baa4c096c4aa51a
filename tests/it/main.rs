//! All integration tests, one binary, one module a room.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::format_push_string,
    clippy::too_many_lines,
    clippy::large_stack_arrays,
    reason = "a test fails by panicking, says aloud what it skips, and is as long as its data"
)]

mod analysis;
mod behind;
mod commands;
mod dashboard;
mod files;
mod layers;
mod manual;
mod nimbus;
mod panel_cases;
mod panels;
mod queries;
mod sample;
mod screen_panels;
mod screens;
mod store;
mod terminal;
