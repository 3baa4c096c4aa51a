//! All integration tests, one binary, one module a room.
mod dashboard;
mod look;
mod nimbus;
mod panel_cases;
mod panels;
mod screens;
mod store;
mod queries;
