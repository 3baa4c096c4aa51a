//! Numbers for names: customers and events are kept as small whole numbers, which are quick to compare and to count.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Names in the order in which they were first seen; a name's number is its place in that order.
#[derive(Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    /// How many of the names are committed.
    kept: usize,
}

impl Names {
    /// Makes room for this many more names: growing name by name would hash all of them again and again.
    pub fn expect(&mut self, more: usize) {
        self.ends.reserve(more);
        let (text, ends) = (&self.text, &self.ends);
        self.numbers
            .reserve(more, |number| hash(name_of(text, ends, *number).as_bytes()));
    }

    /// Returns the number of a name, a new one for a new name; `None` when there are no more numbers.
    pub fn number(&mut self, name: &str) -> Option<u32> {
        self.number_of(name.as_bytes())
    }

    /// As [`Names::number`], for a name whose bytes are known to be text: only a new one is looked at again.
    pub fn number_of(&mut self, name: &[u8]) -> Option<u32> {
        let hash = hash(name);
        let same = |number: &u32| self.get(*number).as_bytes() == name;
        if let Some(number) = self.numbers.find(hash, same) {
            return Some(*number);
        }
        let number = u32::try_from(self.ends.len()).ok()?;
        self.text.push_str(&String::from_utf8_lossy(name));
        self.ends.push(self.text.len());
        let (text, ends) = (&self.text, &self.ends);
        self.numbers.insert_unique(hash, number, |number| {
            self::hash(name_of(text, ends, *number).as_bytes())
        });
        Some(number)
    }

    /// Returns the name with a number.
    pub fn get(&self, number: u32) -> &str {
        name_of(&self.text, &self.ends, number)
    }

    /// Returns how many names there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns how many names are committed.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Returns the names that are not committed yet, with their numbers.
    pub fn fresh(&self) -> impl Iterator<Item = (u32, &str)> {
        (self.kept..self.ends.len())
            .filter_map(|place| u32::try_from(place).ok())
            .map(|number| (number, self.get(number)))
    }

    /// Says that all names are committed.
    pub fn keep(&mut self) {
        self.kept = self.ends.len();
    }
}

fn name_of<'text>(text: &'text str, ends: &[usize], number: u32) -> &'text str {
    let place = number as usize;
    let start = place.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start..ends[place]]
}

fn hash(name: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    // The high bits choose the slot's tag, and Fx leaves its best bits there only after this turn.
    hasher.finish().rotate_left(26)
}
