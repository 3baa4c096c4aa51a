//! All integration tests, one binary, one module a room.

mod commands;
mod dashboard;
mod files;
mod layers;
mod nimbus;
mod panel_cases;
mod panels;
mod queries;
mod sample;
mod screen_panels;
mod screens;
mod store;
mod terminal;
