//! Many texts in one buffer.

/// The texts of one column, NULLs among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextValues {
    /// All texts, one after the other.
    bytes: String,
    /// Where each text ends in `bytes`.
    ends: Vec<End>,
}

/// Where a text ends in its buffer. A NULL ends where it begins, so that every row knows where the next one's text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End(usize);

/// Says of an end that the row is NULL.
const NULL: usize = 1 << (usize::BITS - 1);

impl End {
    fn place(self) -> usize {
        self.0 & !NULL
    }

    fn is_text(self) -> bool {
        self.0 & NULL == 0
    }

    /// Moves the end, as the buffer before it grew.
    fn moved_on(self, by: usize) -> Self {
        Self(self.0 + by)
    }

    /// Moves the end, as the buffer before it went.
    fn moved_back(self, by: usize) -> Self {
        Self(self.0 - by)
    }
}

impl TextValues {
    /// Adds one text, or NULL.
    pub fn push(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.bytes.push_str(text);
                self.ends.push(End(self.bytes.len()));
            }
            None => self.ends.push(End(self.bytes.len() | NULL)),
        }
    }

    /// Returns the text of a row; none for NULL, and behind the last row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = self.ends.get(row).filter(|end| end.is_text())?;
        self.bytes.get(self.start(row)..end.place())
    }

    /// Returns all that the buffer holds from the text of a row on.
    #[must_use]
    pub fn ahead(&self, row: usize) -> &[u8] {
        &self.bytes.as_bytes()[self.start(row)..]
    }

    /// Returns the texts in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Returns the number of texts, NULLs included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether there is no text, not even a NULL.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns how many bytes the texts have.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Tells whether a row has a text.
    pub(super) fn has(&self, row: usize) -> bool {
        self.ends.get(row).is_some_and(|end| end.is_text())
    }

    /// Tells whether any row has a text.
    pub(super) fn has_any(&self) -> bool {
        self.ends.iter().any(|end| end.is_text())
    }

    /// Fills up with NULLs to this number of rows.
    pub(super) fn pad(&mut self, rows: usize) {
        let null = End(self.bytes.len() | NULL);
        self.ends.resize(rows.max(self.len()), null);
    }

    /// Makes room for so many more rows with so many bytes.
    pub(super) fn reserve(&mut self, rows: usize, bytes: usize) {
        self.ends.reserve(rows);
        self.bytes.reserve(bytes);
    }

    /// Removes texts from the end until only `length` are left.
    pub(super) fn truncate(&mut self, length: usize) {
        let end = self.start(length.min(self.len()));
        self.ends.truncate(length);
        self.bytes.truncate(end);
    }

    /// Adds the texts of another column.
    pub(super) fn join(&mut self, others: &Self) {
        let start = self.bytes.len();
        self.bytes.push_str(&others.bytes);
        let ends = others.ends.iter().map(|end| end.moved_on(start));
        self.ends.extend(ends);
    }

    /// Takes the texts from this row on away.
    pub(super) fn split_off(&mut self, row: usize) -> Self {
        let row = row.min(self.len());
        let start = self.start(row);
        let mut ends = self.ends.split_off(row);
        for end in &mut ends {
            *end = end.moved_back(start);
        }
        Self {
            bytes: self.bytes.split_off(start),
            ends,
        }
    }

    /// Returns where the text of a row begins: where the one before it ends.
    fn start(&self, row: usize) -> usize {
        row.checked_sub(1)
            .map_or(0, |before| self.ends[before].place())
    }
}

#[cfg(test)]
mod tests {
    use super::TextValues;

    fn texts(all: &[Option<&str>]) -> TextValues {
        let mut texts = TextValues::default();
        for text in all {
            texts.push(*text);
        }
        texts
    }

    const ALL: &[Option<&str>] = &[None, Some("one"), Some(""), None, None, Some("zwölf"), None];

    #[test]
    fn rows_are_found_one_by_one_also_behind_nulls() {
        let all = texts(ALL);
        let found: Vec<_> = (0..ALL.len()).map(|row| all.get(row)).collect();
        assert_eq!(found, ALL);
        assert_eq!(all.get(ALL.len()), None);
        assert_eq!(all.ahead(5), "zwölf".as_bytes());
        assert_eq!(all.iter().collect::<Vec<_>>(), ALL);
    }

    #[test]
    fn what_is_split_anywhere_and_joined_again_is_the_same() {
        for row in 0..=ALL.len() + 1 {
            let mut first = texts(ALL);
            let second = first.split_off(row);
            let (left, right) = ALL.split_at(row.min(ALL.len()));
            assert_eq!((&first, &second), (&texts(left), &texts(right)));
            first.join(&second);
            assert_eq!(first, texts(ALL));
        }
    }

    #[test]
    fn shortened_and_padded_rows_take_new_texts() {
        for length in 0..=ALL.len() {
            let mut some = texts(ALL);
            some.truncate(length);
            assert_eq!(some, texts(&ALL[..length]));
            some.pad(length + 2);
            some.push(Some("more"));
            assert_eq!((some.get(length), some.get(length + 1)), (None, None));
            assert_eq!(some.get(length + 2), Some("more"));
        }
    }
}
