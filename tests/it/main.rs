//! All integration tests, one binary, one module a room.
mod panel_cases;
mod panels;
mod screen_panels;
