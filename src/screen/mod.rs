//! Draws the dashboard and turns keys into commands.
//!
//! Invariant: drawing changes nothing but the buffer it is given.

pub mod panels;
pub mod style;
