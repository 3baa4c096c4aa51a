//! Writes frames to a terminal: only the cells that changed, each frame in one write, and nothing when nothing changed.

use std::io::{self, Write};

use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::dashboard::Size;

/// No frame of a usual size is larger, so that the buffer never grows.
const FRAME_BYTES: usize = 64 * 1024;

/// Writes frames. Knows what the terminal shows.
#[derive(Debug)]
pub struct Painter<W: Write> {
    out: W,
    shown: Option<Buffer>,
    next: Buffer,
    bytes: Vec<u8>,
}

impl<W: Write> Painter<W> {
    /// Returns a painter that knows nothing about what the terminal shows.
    pub fn new(out: W) -> Self {
        Self {
            out,
            shown: None,
            next: Buffer::default(),
            bytes: Vec::with_capacity(FRAME_BYTES),
        }
    }

    /// Draws one frame. Terminals without synchronized updates ignore the brackets.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn paint(&mut self, size: Size, draw: impl FnOnce(&mut Buffer)) -> io::Result<()> {
        let area = Rect::new(0, 0, size.width, size.height);
        self.next.resize(area);
        self.next.reset();
        draw(&mut self.next);
        let afresh = self.shown.as_ref().is_none_or(|shown| shown.area != area);
        let blank = Buffer::empty(area);
        let before = self.shown.as_ref().filter(|_| !afresh).unwrap_or(&blank);
        let changes = before.diff(&self.next);
        if !afresh && changes.is_empty() {
            return Ok(());
        }
        self.bytes.clear();
        queue!(self.bytes, BeginSynchronizedUpdate)?;
        if afresh {
            queue!(self.bytes, ResetColor, Clear(ClearType::All))?;
        }
        CrosstermBackend::new(&mut self.bytes).draw(changes.into_iter())?;
        queue!(self.bytes, EndSynchronizedUpdate)?;
        let shown = self.shown.take().unwrap_or_default();
        self.shown = Some(std::mem::replace(&mut self.next, shown));
        self.out.write_all(&self.bytes)?;
        self.out.flush()
    }

    /// Forgets what the terminal shows: the next frame is drawn whole.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Returns where the frames go.
    pub fn out(&mut self) -> &mut W {
        &mut self.out
    }
}
