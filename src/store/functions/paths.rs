//! Next and previous events as aggregates.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::by_group::ByGroup;
use super::numbers::big;
use super::people::{self, Person};
use super::question::{Customer, Labels, NO_VALUE, Needs, Question, group_order};
use super::spec::{Refusal, Spec};
use crate::analysis::Touch;
use crate::analysis::calendar::Clock;
use crate::analysis::paths::{ANCHOR, END, PathRules, PathTally, Transition, transitions};
use crate::store::engine::{Answers, Kind};

/// What both share.
pub struct Paths {
    spec: Spec,
    rules: PathRules,
}

impl Paths {
    fn new(spec: Spec) -> Refusal<Self> {
        let rules = spec.paths()?;
        Ok(Self { spec, rules })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        let is_anchor = name.is_some() && name == self.spec.event.as_deref();
        ANCHOR * u32::from(is_anchor)
    }

    /// Calls `emit` for every transition of the customer's paths, with the group of the event that starts the path and
    /// the time of the one that the transition leads away from.
    fn transitions(&self, customer: &Customer<'_>, emit: &mut dyn FnMut(u32, Transition, i64)) {
        let extras = customer.extras;
        // Of events with the same node at the same instant an anchor comes first, and of these that of the first group.
        let order = |touch: &Touch| {
            let node = extras.held(touch);
            let is_other = touch.marks & ANCHOR == 0;
            let group = group_order(extras.group(touch));
            (touch.ts, node == NO_VALUE, node, is_other, group)
        };
        let mut emit_plain = |transition, anchor: &Touch, from: &Touch| {
            let group = customer.groups.of(extras.group(anchor));
            emit(group, plain(transition), from.ts);
        };
        if customer.touches.is_sorted_by_key(order) {
            transitions(&self.rules, customer.touches, extras.holds, &mut emit_plain);
            return;
        }
        let mut touches = customer.touches.to_vec();
        touches.sort_by_key(order);
        transitions(&self.rules, &touches, extras.holds, &mut emit_plain);
    }
}

/// An event without a node looks like the end of the session, so both are one.
fn plain((position, node, next): Transition) -> Transition {
    (position, node, if next == NO_VALUE { END } else { next })
}

/// `next_events`.
pub struct NextEvents(Paths);

impl Question for NextEvents {
    type Tally = ByGroup<PathTally>;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("segment", Kind::Text(None)),
            ("position", Kind::Integer),
            ("node", Kind::Text(None)),
            ("next_node", Kind::Text(None)),
            ("transitions", Kind::BigInt),
            ("customers", Kind::BigInt),
        ]
    }

    fn new(spec: Spec, _: Arc<Clock>) -> Refusal<Self> {
        Paths::new(spec).map(Self)
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.0.marks(name)
    }

    fn needs(&self) -> Needs {
        Needs::Named
    }

    fn take(&self, tally: &mut Self::Tally, customer: &Customer<'_>) {
        self.0.transitions(customer, &mut |group, transition, _| {
            tally.of(group).add(customer.number, transition);
        });
    }

    fn merge(&self, tally: &mut Self::Tally, other: Self::Tally) {
        tally.merge(other, PathTally::merge);
    }

    fn sizes(&self, tally: &Self::Tally) -> Vec<(u32, u64)> {
        tally.sizes(PathTally::customers)
    }

    fn answer(&self, tally: Self::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let (mut segments, mut positions) = (Vec::new(), Vec::new());
        let (mut nodes, mut next_nodes) = (Vec::new(), Vec::new());
        let (mut transitions, mut customers) = (Vec::new(), Vec::new());
        for (group, tally) in tally.in_order() {
            let mut counts: Vec<_> = tally.counts().collect();
            counts.sort_by_key(|((position, node, next), _, customers)| {
                (*position, std::cmp::Reverse(*customers), *node, *next)
            });
            for ((position, node, next), times, who) in counts {
                segments.push(labels.of(group));
                positions.push(i32::try_from(position).ok());
                nodes.push(labels.held(node));
                // The end has no text, as an event without a node has none.
                next_nodes.push(labels.held(next));
                transitions.push(big(times));
                customers.push(big(who));
            }
        }
        Ok(vec![
            Answers::Text(segments),
            Answers::Integer(positions),
            Answers::Text(nodes),
            Answers::Text(next_nodes),
            Answers::BigInt(transitions),
            Answers::BigInt(customers),
        ])
    }
}

/// `next_events_customers`.
pub struct PathPeople {
    paths: Paths,
    position: usize,
}

/// For every node pair at the position asked for, its customers: which pair is meant is known once all texts are.
#[derive(Default)]
pub struct FoundOnPath {
    found: Vec<(u32, u32, Person)>,
    people: people::Tally,
}

impl Question for PathPeople {
    type Tally = FoundOnPath;

    fn columns() -> Vec<(&'static str, Kind)> {
        people::columns()
    }

    fn new(spec: Spec, _: Arc<Clock>) -> Refusal<Self> {
        let position = spec.position.unwrap_or(1);
        let paths = Paths::new(spec)?;
        let position = usize::try_from(position)
            .ok()
            .filter(|position| (1..=paths.rules.steps).contains(position));
        let position =
            position.ok_or_else(|| format!("position must be from 1 to {}", paths.rules.steps))?;
        Ok(Self { paths, position })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.paths.marks(name)
    }

    fn needs(&self) -> Needs {
        Needs::Named
    }

    fn take(&self, tally: &mut FoundOnPath, customer: &Customer<'_>) {
        let mut groups = BTreeSet::new();
        let mut seen = BTreeSet::new();
        self.paths
            .transitions(customer, &mut |group, transition, ts| {
                if groups.insert(group) {
                    tally.people.see(group);
                }
                let (position, node, next) = transition;
                if position == self.position && seen.insert((group, node, next)) {
                    let person = Person {
                        group,
                        number: customer.number,
                        from: Some(ts),
                        to: Some(ts),
                    };
                    tally.found.push((node, next, person));
                }
            });
    }

    fn merge(&self, tally: &mut FoundOnPath, other: FoundOnPath) {
        tally.found.extend(other.found);
        tally.people.merge(other.people);
    }

    fn sizes(&self, tally: &FoundOnPath) -> Vec<(u32, u64)> {
        tally.people.sizes()
    }

    fn answer(&self, tally: FoundOnPath, labels: &Labels) -> Refusal<Vec<Answers>> {
        let spec = &self.paths.spec;
        let is_from_one = spec.from_node.is_some() || spec.from_nothing;
        let from = is_from_one.then(|| labels.number_held(spec.from_node.as_deref()));
        let to = match &spec.to_node {
            Some(node) => Some(labels.number_held(Some(node))),
            None => spec.to_end.then_some(Some(END)),
        };
        let mut people = tally.people;
        for (node, next, person) in tally.found {
            let is_wanted =
                from.is_none_or(|from| from == Some(node)) && to.is_none_or(|to| to == Some(next));
            if is_wanted {
                people.push(person);
            }
        }
        Ok(people.answer(spec, labels))
    }
}
