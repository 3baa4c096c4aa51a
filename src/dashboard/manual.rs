//! The Manual screen: one section of the manual, how far it is read, and where the reader came from.

use super::event::Request;
use super::menu::Menu;
use super::moving::{Direction, stepped};
use super::{Dashboard, Typing, View};
use crate::manual::{Block, Line, Section};

/// Columns left and right of the text.
pub const MARGIN: u16 = 1;
/// Columns that examples move at once: one would be slow, and no place in an example is worth a key of its own.
const SIDEWAYS: usize = 8;

/// What the Manual screen shows.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The section, from 0.
    pub section: usize,
    /// The section's lines, laid out for the screen's width.
    lines: Vec<Line>,
    /// The first line on screen, from 0.
    pub scrolled: usize,
    /// The first column of examples on screen, from 0.
    pub shifted: usize,
    /// The screen and the menu that the section was opened from.
    from: (View, Typing),
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            section: 0,
            lines: Vec::new(),
            scrolled: 0,
            shifted: 0,
            from: (View::Dashboard, Typing::Keys),
        }
    }
}

impl Dashboard {
    /// Returns the section on the Manual screen.
    #[must_use]
    pub fn section(&self) -> Option<&'static Section> {
        self.manual.sections.get(self.reading.section)
    }

    /// Returns the lines of that section for the screen's width.
    #[must_use]
    pub fn page_lines(&self) -> &[Line] {
        &self.reading.lines
    }

    /// Lays the section out again, for another section or another width.
    fn lay_out_page(&mut self) {
        let lines = self
            .section()
            .map(|section| section.lines(self.page_width()));
        self.reading.lines = lines.unwrap_or_default();
    }

    /// Returns how many columns of the examples do not fit.
    #[must_use]
    pub fn page_overhang(&self) -> usize {
        let examples = self.page_lines().iter().filter(|line| line.is_example());
        let widest = examples.map(Line::width).max().unwrap_or(0);
        widest.saturating_sub(self.page_width())
    }

    fn page_width(&self) -> usize {
        self.size.width.saturating_sub(2 * MARGIN).into()
    }

    fn page_height(&self) -> usize {
        self.size.body().height.into()
    }

    /// Opens a section from a menu, to which the reader will come back.
    pub(super) fn open_page(&mut self, section: usize, menu: Menu) -> Vec<Request> {
        let view = match self.view {
            // From one section to the next: back is where reading began.
            View::Manual => self.reading.from.0,
            other => other,
        };
        self.view = View::Manual;
        self.reading = Reading {
            section,
            from: (view, Typing::Menu(menu)),
            ..Reading::default()
        };
        self.lay_out_page();
        Vec::new()
    }

    pub(super) fn close_page(&mut self) -> Vec<Request> {
        (self.view, self.typing) = std::mem::take(&mut self.reading).from;
        Vec::new()
    }

    pub(super) fn scroll_page(&mut self, direction: Direction, step: usize) {
        match direction {
            Direction::Up | Direction::Down => {
                let last = self.page_lines().len().saturating_sub(self.page_height());
                let scrolled = self.reading.scrolled.min(last);
                self.reading.scrolled = stepped(scrolled, direction, step).min(last);
            }
            Direction::Left | Direction::Right => {
                let overhang = self.page_overhang();
                let columns = step.saturating_mul(SIDEWAYS);
                let shifted = self.reading.shifted.min(overhang);
                self.reading.shifted = stepped(shifted, direction, columns).min(overhang);
            }
        }
    }

    /// Returns the block of the section that the screen begins with, if one is on screen.
    pub(super) fn block_on_top(&self) -> Option<usize> {
        if self.view != View::Manual {
            return None;
        }
        let top = self.page_lines().get(self.reading.scrolled)?;
        Some(top.block)
    }

    /// Lets the screen begin with a block again: another width has other lines.
    pub(super) fn put_on_top(&mut self, block: Option<usize>) {
        let Some(block) = block else { return };
        self.lay_out_page();
        let mut lines = self.page_lines().iter();
        let first = lines.position(|line| line.block >= block);
        self.reading.scrolled = first.unwrap_or(0);
        // A larger screen may show the end, and nothing beyond it.
        self.scroll_page(Direction::Down, 0);
        self.scroll_page(Direction::Right, 0);
    }

    /// Returns the first query on screen, also where only its end is.
    pub(super) fn example_on_screen(&self) -> Option<String> {
        let blocks = &self.section()?.blocks;
        let mut shown = self
            .page_lines()
            .iter()
            .skip(self.reading.scrolled)
            .take(self.page_height())
            .filter(|line| line.is_example());
        shown.find_map(|line| match blocks.get(line.block) {
            Some(Block::Example { language, text }) if language == "sql" => Some(text.clone()),
            _ => None,
        })
    }

    /// Returns the section as it is laid out, without its colours.
    pub(super) fn section_as_text(&self) -> String {
        let lines = self.page_lines().iter().map(Line::text);
        lines.collect::<Vec<_>>().join("\n")
    }
}
