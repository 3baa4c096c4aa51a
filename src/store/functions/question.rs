//! What all analyses have in common: they take customers one by one, add up, and answer with rows.

use std::sync::Arc;

use super::spec::{Refusal, Spec};
use crate::analysis::Touch;
use crate::analysis::calendar::Clock;
use crate::store::engine::{Answers, Kind};

/// One analysis of a call.
pub trait Question: Sized + Send + Sync + 'static {
    /// What is added up.
    type Tally: Default + Send;

    /// Returns the columns of the answer.
    fn columns() -> Vec<(&'static str, Kind)>;

    /// Reads what a call asks.
    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self>;

    /// Returns the marks of an event with this name, for calls that name events.
    fn marks(&self, name: Option<&str>) -> u32;

    /// Returns which events of a journey must be seen.
    fn needs(&self) -> Needs {
        Needs::Marked
    }

    /// Counts a customer.
    fn take(&self, tally: &mut Self::Tally, customer: &Customer<'_>);

    /// Counts a customer by the times of all events, in order, where nothing else of them matters; returns whether so.
    fn take_times(&self, _tally: &mut Self::Tally, _times: &[i64]) -> bool {
        false
    }

    /// Adds what was counted of other customers.
    fn merge(&self, tally: &mut Self::Tally, other: Self::Tally);

    /// Returns the groups with their numbers of customers, for choosing the largest.
    fn sizes(&self, tally: &Self::Tally) -> Vec<(u32, u64)>;

    /// Returns the rows.
    fn answer(&self, tally: Self::Tally, labels: &Labels) -> Refusal<Vec<Answers>>;
}

/// Which events of a journey an analysis must see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Those with a mark.
    Marked,
    /// All.
    All,
    /// All, each with its name as its held value.
    Named,
}

/// One customer's events in time order.
pub struct Customer<'a> {
    /// The customer's number, or that of another unit.
    pub number: u32,
    /// The events.
    pub touches: &'a [Touch],
    /// What else is known of each event, by [`Touch::row`].
    pub extras: Extras<'a>,
    /// Which groups are told apart.
    pub groups: &'a Groups,
}

/// What else is known of the events of a customer; empty where nothing asks for it.
#[derive(Clone, Copy, Default)]
pub struct Extras<'a> {
    /// The group.
    pub groups: &'a [u32],
    /// The value that all steps must share, or the node of a path.
    pub holds: &'a [u32],
    /// The number that is added up.
    pub values: &'a [f64],
}

impl Extras<'_> {
    /// Returns the group of an event; no group where none is known.
    pub fn group(&self, touch: &Touch) -> u32 {
        self.groups
            .get(touch.row as usize)
            .copied()
            .unwrap_or(NO_GROUP)
    }

    /// Returns the held value of an event; no value where none is known.
    pub fn held(&self, touch: &Touch) -> u32 {
        self.holds
            .get(touch.row as usize)
            .copied()
            .unwrap_or(NO_VALUE)
    }
}

/// The number of no group.
pub const NO_GROUP: u32 = 0;
/// The number of no held value.
pub const NO_VALUE: u32 = 0;
/// The number of all groups that are not told apart.
pub const OTHER: u32 = u32::MAX;

/// Which groups are told apart: all, or the largest.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    kept: Option<Vec<bool>>,
}

impl Groups {
    /// Returns a choice of the groups with the most customers; ties go to the smaller text, then to no group.
    pub fn largest(mut sizes: Vec<(u32, u64)>, top: usize) -> Self {
        if sizes.len() <= top {
            return Self::default();
        }
        // Numbers follow the texts; no group comes after all of them.
        let order = |group: u32| if group == NO_GROUP { u32::MAX } else { group };
        sizes.sort_by_key(|(group, size)| (std::cmp::Reverse(*size), order(*group)));
        let most = sizes.iter().map(|(group, _)| *group).max().unwrap_or(0);
        let mut kept = vec![false; most as usize + 1];
        for (group, _) in sizes.into_iter().take(top) {
            kept[group as usize] = true;
        }
        Self { kept: Some(kept) }
    }

    /// Tells whether some groups are put together.
    pub fn is_choice(&self) -> bool {
        self.kept.is_some()
    }

    /// Returns the group under which this one counts.
    pub fn of(&self, group: u32) -> u32 {
        match &self.kept {
            Some(kept) if !kept.get(group as usize).copied().unwrap_or(false) => OTHER,
            _ => group,
        }
    }
}

/// The texts of groups and of held values, by number.
#[derive(Default)]
pub struct Labels {
    /// The texts of groups from number 1 on.
    pub texts: Vec<String>,
    /// The texts of held values from number 1 on.
    pub holds: Vec<String>,
    /// The texts of units that are counted instead of customers.
    pub units: Vec<String>,
}

impl Labels {
    /// Returns the text of a group; none for no group.
    pub fn of(&self, group: u32) -> Option<String> {
        match group {
            NO_GROUP => None,
            OTHER => Some("(other)".to_string()),
            group => self.texts.get(group as usize - 1).cloned(),
        }
    }

    /// Returns the text of a unit that is counted instead of customers.
    pub fn unit(&self, number: u32) -> Option<String> {
        let place = (number as usize).checked_sub(1)?;
        self.units.get(place).cloned()
    }

    /// Returns the text of a held value; none for no value.
    pub fn held(&self, number: u32) -> Option<String> {
        let place = (number as usize).checked_sub(1)?;
        self.holds.get(place).cloned()
    }

    /// Returns the number of a held value's text.
    pub fn number_held(&self, text: Option<&str>) -> Option<u32> {
        let Some(text) = text else {
            return Some(NO_VALUE);
        };
        let place = self.holds.iter().position(|known| known == text)?;
        u32::try_from(place + 1).ok()
    }

    /// Returns the number of a group's text.
    pub fn number(&self, text: Option<&str>) -> Option<u32> {
        let Some(text) = text else {
            return Some(NO_GROUP);
        };
        let found = self.texts.iter().position(|known| known == text);
        found
            .and_then(|place| u32::try_from(place + 1).ok())
            .or_else(|| (text == "(other)").then_some(OTHER))
    }
}

/// Orders groups for an answer: by text, then those put together, then no group.
pub fn group_order(group: u32) -> (u8, u32) {
    match group {
        NO_GROUP => (2, 0),
        OTHER => (1, 0),
        group => (0, group),
    }
}

/// Returns the smallest group, where no group counts as largest.
pub fn smallest(groups: impl Iterator<Item = u32>) -> u32 {
    groups
        .min_by_key(|group| group_order(*group))
        .unwrap_or(NO_GROUP)
}
