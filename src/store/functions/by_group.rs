//! What is counted of each group of customers.

use std::collections::BTreeMap;

use super::question::{NO_GROUP, group_order};

/// What is counted, by group.
#[derive(Debug, Default)]
pub struct ByGroup<T> {
    groups: BTreeMap<u32, T>,
}

impl<T: Default> ByGroup<T> {
    /// Returns what is counted of a group.
    pub fn of(&mut self, group: u32) -> &mut T {
        self.groups.entry(group).or_default()
    }

    /// Returns what is counted, group after group.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.groups.values()
    }

    /// Leaves out the groups of which nothing counts.
    pub fn retain(&mut self, counts: impl Fn(&T) -> bool) {
        self.groups.retain(|_, counted| counts(counted));
    }

    /// Adds what was counted elsewhere; `add` does it for one group.
    pub fn merge(&mut self, other: Self, add: impl Fn(&mut T, T)) {
        for (group, theirs) in other.groups {
            add(self.of(group), theirs);
        }
    }

    /// Returns the groups with their numbers of customers, for choosing the largest.
    pub fn sizes(&self, customers: impl Fn(&T) -> u64) -> Vec<(u32, u64)> {
        self.groups
            .iter()
            .map(|(group, counted)| (*group, customers(counted)))
            .collect()
    }

    /// Returns the groups in the order of an answer; where nothing is counted, no group, so that the answer has zeros
    /// instead of no rows.
    pub fn in_order(self) -> Vec<(u32, T)> {
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        groups.sort_by_key(|(group, _)| group_order(*group));
        if groups.is_empty() {
            groups.push((NO_GROUP, T::default()));
        }
        groups
    }
}
