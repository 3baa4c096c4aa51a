//! All integration tests, one binary, one module a room.

mod commands;
mod layers;
mod sample;
mod terminal;
