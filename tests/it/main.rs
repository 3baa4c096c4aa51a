//! All integration tests, one binary, one module a room.

mod files;
mod store;
