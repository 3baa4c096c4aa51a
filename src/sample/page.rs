//! Lines of the sample's files, in memory: their text back to back, and for each line its file and its moment.

/// The files of the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    /// `events/YYYY-MM.ndjson`.
    Events,
    /// `surveys.csv`.
    Surveys,
    /// `tickets.csv`.
    Tickets,
    /// `subscriptions.csv`.
    Subscriptions,
    /// `customers.csv`.
    Customers,
}

/// Every sheet, at the place of its number.
pub(super) const SHEETS: [Sheet; 5] = [
    Sheet::Events,
    Sheet::Surveys,
    Sheet::Tickets,
    Sheet::Subscriptions,
    Sheet::Customers,
];

/// One line's place in a [`Page`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// The file it belongs to.
    pub(super) sheet: Sheet,
    /// The moment it tells of.
    pub(super) at: i64,
    start: usize,
    end: usize,
}

/// Lines of any sheets.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The lines in the order they were written.
    pub(super) lines: Vec<Line>,
    text: Vec<u8>,
}

impl Page {
    /// Adds one line; `write` gets the text to append it to, and leaves out the newline.
    pub(super) fn add(&mut self, sheet: Sheet, at: i64, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.text.len();
        write(&mut self.text);
        self.text.push(b'\n');
        self.lines.push(Line {
            sheet,
            at,
            start,
            end: self.text.len(),
        });
    }

    /// Returns a line's text with its newline.
    pub(super) fn text(&self, line: &Line) -> &[u8] {
        self.text.get(line.start..line.end).unwrap_or_default()
    }

    /// Adds a line that is complete already, newline and all.
    pub(super) fn copy(&mut self, sheet: Sheet, at: i64, text: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(text);
        self.lines.push(Line {
            sheet,
            at,
            start,
            end: self.text.len(),
        });
    }

    /// Puts the lines in order of time; lines of one moment stay as they were.
    pub(super) fn sort(&mut self) {
        self.lines.sort_by_key(|line| line.at);
    }

    /// Returns roughly how much memory the lines take.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.lines.len() * size_of::<Line>()
    }

    /// Forgets the lines and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.text.clear();
    }
}
