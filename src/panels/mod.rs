//! A query's answer as plain data ready to draw: `Table` in, `Panel` out, one file for each kind.
//!
//! Knows what columns each kind needs and names the one that is missing. Everything that is computed for the eye
//! (shares, ranks, the open last period, whether a change is real) is computed here, once, and tested without a screen.
//!
//! Invariant: pure. No disk, clock, thread, database, colour or width.
