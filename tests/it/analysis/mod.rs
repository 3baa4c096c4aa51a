//! The analyses: what every engine answers over random journeys is held against a reference written from the words.
//!
//! `CXTOP_CASES` and `CXTOP_SEED` ask for more cases, or others.

mod activities;
mod arguments;
mod examples;
mod funnels;
mod grids;
mod house;
mod invariants;
mod lists;
mod reference;
mod strategies;
mod ways;
mod world;
