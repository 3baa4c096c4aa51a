//! The room `files`: from bytes on disk to typed rows, rejects and checkpoints.

mod hostile;
mod loading;
