//! The room `files`: from bytes on disk to typed rows, rejects and checkpoints.

mod blocks;
mod cases;
mod columns;
mod follow;
mod hostile;
mod loading;
mod samples;
mod split_points;
mod watch;
