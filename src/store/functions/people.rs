//! The customers behind a number.

use super::by_group::ByGroup;
use super::question::Labels;
use super::spec::Spec;
use crate::analysis::calendar::Cursor;
use crate::store::engine::{Answers, Kind, Unit};

/// One customer of a list, with the two moments that matter.
pub struct Person {
    /// The group in which the customer counts.
    pub group: u32,
    /// The customer's number.
    pub number: u32,
    /// The first moment, in microseconds UTC.
    pub from: Option<i64>,
    /// The second moment.
    pub to: Option<i64>,
}

/// The customers found so far.
#[derive(Default)]
pub struct Tally {
    people: Vec<Person>,
    seen: ByGroup<u64>,
    /// Where the search for periods was last.
    pub cursor: Cursor,
}

impl Tally {
    /// Notes that a customer counts in a group, whether listed or not.
    pub fn see(&mut self, group: u32) {
        *self.seen.of(group) += 1;
    }

    /// Lists a customer.
    pub fn push(&mut self, person: Person) {
        self.people.push(person);
    }

    /// Adds what was found elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.people.extend(other.people);
        self.seen.merge(other.seen, |ours, theirs| *ours += theirs);
    }

    /// Returns the groups with how often they were seen.
    pub fn sizes(&self) -> Vec<(u32, u64)> {
        self.seen.sizes(|times| *times)
    }

    /// Returns the rows; of one segment only, when the call names it.
    pub fn answer(self, spec: &Spec, labels: &Labels) -> Vec<Answers> {
        let wanted = labels.number(spec.segment.as_deref());
        let mut people = self.people;
        if spec.of_segment {
            people.retain(|person| Some(person.group) == wanted);
        }
        // A customer in several groups is one customer.
        people.sort_by_key(|person| (person.number, person.from, person.to));
        people.dedup_by_key(|person| person.number);
        vec![
            Answers::Number(people.iter().map(|person| Some(person.number)).collect()),
            Answers::Text(
                people
                    .iter()
                    .map(|person| labels.unit(person.number))
                    .collect(),
            ),
            Answers::BigInt(people.iter().map(|person| person.from).collect()),
            Answers::BigInt(people.iter().map(|person| person.to).collect()),
        ]
    }
}

/// Returns the columns of a list.
pub fn columns() -> Vec<(&'static str, Kind)> {
    let time = || Kind::Timestamp(Unit::Microseconds);
    vec![
        ("number", Kind::UInteger),
        ("unit", Kind::Text(None)),
        ("at_first", time()),
        ("at_last", time()),
    ]
}
