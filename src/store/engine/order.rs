//! The order in which rows are stored: those of a kind next to each other.
//!
//! The database reads 2,048 rows at a time, and passes over the other columns of those of which it wants none. Most
//! questions want few kinds of events, which in the order of time are in every 2,048 rows: with 10 million events a trend
//! of one kind takes 96 ms in place of 167, and half of that is that a guess whether a row is wanted comes true. Rows stay
//! in their row group, so that each group still covers a short time.

use std::ops::Range;

/// How many rows the database compresses together. Smaller groups would be written again by the next checkpoint.
pub const STORED_TOGETHER: usize = 122_880;

/// Returns a row group's rows in the order in which they are stored: by kind, where there are kinds, and as they came.
///
/// Takes time in proportion to the rows and the greatest kind.
pub(super) fn stored_order(rows: Range<usize>, kinds: Option<&[u16]>) -> Vec<usize> {
    let Some(kinds) = kinds.and_then(|kinds| kinds.get(rows.clone())) else {
        return rows.collect();
    };
    let most = kinds.iter().max().map_or(0, |most| usize::from(*most));
    let mut places = vec![0; most + 2];
    for kind in kinds {
        places[usize::from(*kind) + 1] += 1;
    }
    for kind in 0..=most {
        places[kind + 1] += places[kind];
    }
    let mut order = vec![0; rows.len()];
    for (row, kind) in rows.zip(kinds) {
        let place = &mut places[usize::from(*kind)];
        order[*place] = row;
        *place += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::stored_order;

    #[test]
    fn rows_of_a_kind_stand_together_in_the_order_in_which_they_came() {
        let kinds = [9, 2, 0, 2, 65_535, 0, 2];
        assert_eq!(stored_order(0..7, Some(&kinds)), [2, 5, 1, 3, 6, 0, 4]);
        assert_eq!(stored_order(3..6, Some(&kinds)), [5, 3, 4]);
        assert_eq!(stored_order(3..6, None), [3, 4, 5]);
        assert_eq!(stored_order(7..7, Some(&kinds)), [0; 0]);
    }
}
