//! All integration tests, one binary, one module a room.
mod nimbus;
mod panels;
mod store;
mod queries;
