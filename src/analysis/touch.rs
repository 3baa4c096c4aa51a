//! One event of a customer, as an analysis sees it.

/// One event: when it happened, and what the question at hand sees in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Microseconds since 1970, UTC.
    pub ts: i64,
    /// Which steps the event matches, the first step in the lowest bit; the highest bit is [`Touch::EXCLUDED`].
    pub marks: u32,
    /// Which of the customer's events it is, for what else is known of it.
    pub row: u32,
}

impl Touch {
    /// The mark of an event that an exclusion names.
    pub const EXCLUDED: u32 = 1 << 31;

    /// Returns the steps that the event matches, without other marks.
    #[must_use]
    pub fn steps(self) -> u32 {
        self.marks & !Self::EXCLUDED
    }

    /// Tells whether an exclusion names the event.
    #[must_use]
    pub fn is_excluded(self) -> bool {
        self.marks & Self::EXCLUDED != 0
    }
}

/// Splits a journey in time order into its instants: runs of events of the same microsecond.
pub fn instants(touches: &[Touch]) -> impl Iterator<Item = &[Touch]> {
    touches.chunk_by(|one, next| one.ts == next.ts)
}
