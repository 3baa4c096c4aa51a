//! Numbers by period, for periods that nearly always lie close together but may lie anywhere.

use std::collections::BTreeMap;

const PAGE: usize = 1024;

/// One number for each of any `i64`, zero where nothing was added.
#[derive(Clone, Debug, Default)]
pub struct Paged {
    pages: Vec<[i64; PAGE]>,
    by_number: BTreeMap<i64, usize>,
    /// The page used last, which nearly always is the next one too.
    last: Option<(i64, usize)>,
}

impl Paged {
    /// Adds to a place.
    #[inline]
    pub fn add(&mut self, place: i64, amount: i64) {
        let (number, inside) = split(place);
        let page = match self.last {
            Some((last, page)) if last == number => page,
            _ => self.turn_to(number),
        };
        self.pages[page][inside] += amount;
    }

    fn turn_to(&mut self, number: i64) -> usize {
        let page = *self.by_number.entry(number).or_insert_with(|| {
            self.pages.push([0; PAGE]);
            self.pages.len() - 1
        });
        self.last = Some((number, page));
        page
    }

    /// Returns the number at a place.
    #[must_use]
    pub fn get(&self, place: i64) -> i64 {
        let (number, inside) = split(place);
        self.by_number
            .get(&number)
            .map_or(0, |page| self.pages[*page][inside])
    }

    /// Adds all numbers of another.
    pub fn merge(&mut self, other: &Self) {
        for (number, page) in &other.by_number {
            let ours = self.turn_to(*number);
            for (our, their) in self.pages[ours].iter_mut().zip(&other.pages[*page]) {
                *our += their;
            }
        }
    }

    /// Returns the sum of all numbers before a place.
    #[must_use]
    pub fn sum_before(&self, place: i64) -> i64 {
        let (number, inside) = split(place);
        self.by_number
            .range(..=number)
            .map(|(own, page)| {
                let end = if *own == number { inside } else { PAGE };
                self.pages[*page][..end].iter().sum::<i64>()
            })
            .sum()
    }
}

fn split(place: i64) -> (i64, usize) {
    let inside = usize::try_from(place.rem_euclid(1024)).unwrap_or(0);
    (place.div_euclid(1024), inside)
}
