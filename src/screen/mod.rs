//! Draws the dashboard and turns keys into commands.
//!
//! Invariant: drawing changes nothing but the buffer it is given.

pub mod number;
pub mod panels;
pub mod pen;
pub mod style;
pub mod text;
