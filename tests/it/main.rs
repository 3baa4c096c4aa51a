//! All integration tests, one binary, one module a room.

mod commands;
mod layers;
mod nimbus;
mod panels;
mod queries;
mod sample;
mod store;
mod terminal;
