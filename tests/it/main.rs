//! All integration tests, one binary, one module a room.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by failing, and one that is skipped says so"
)]

mod files;
