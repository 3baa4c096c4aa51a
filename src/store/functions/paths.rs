//! Next and previous events as aggregates.

use std::sync::Arc;

use super::numbers::big;
use super::people::{self, Person};
use super::question::{Customer, Labels, NO_GROUP, Needs, Question, group_order};
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

    fn transitions(&self, customer: &Customer<'_>, emit: &mut dyn FnMut(Transition, i64)) {
        // Of events with the same node at the same instant the anchor comes first.
        let order = |touch: &Touch| {
            (
                touch.ts,
                group_order(customer.extras.group(touch)),
                touch.marks & ANCHOR == 0,
            )
        };
        let nodes = customer.extras.groups;
        if customer.touches.is_sorted_by_key(order) {
            transitions(&self.rules, customer.touches, nodes, emit);
            return;
        }
        let mut touches = customer.touches.to_vec();
        touches.sort_by_key(order);
        transitions(&self.rules, &touches, nodes, emit);
    }
}

/// An event without a node looks like the end of the session, so both are one.
fn plain((position, node, next): Transition) -> Transition {
    (position, node, if next == NO_GROUP { END } else { next })
}

/// `next_events`.
pub struct NextEvents(Paths);

impl Question for NextEvents {
    type Tally = PathTally;

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
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

    fn take(&self, tally: &mut PathTally, customer: &Customer<'_>) {
        tally.next_customer();
        self.0
            .transitions(customer, &mut |transition, _| tally.add(plain(transition)));
    }

    fn merge(&self, tally: &mut PathTally, other: PathTally) {
        tally.merge(other);
    }

    fn sizes(&self, _: &PathTally) -> Vec<(u32, u64)> {
        Vec::new()
    }

    fn answer(&self, tally: PathTally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let mut counts: Vec<_> = tally.counts().collect();
        counts.sort_by_key(|((position, node, next), _, customers)| {
            (*position, std::cmp::Reverse(*customers), *node, *next)
        });
        let label = |node: u32| if node == END { None } else { labels.of(node) };
        Ok(vec![
            Answers::Integer(
                counts
                    .iter()
                    .map(|(key, ..)| i32::try_from(key.0).ok())
                    .collect(),
            ),
            Answers::Text(counts.iter().map(|(key, ..)| label(key.1)).collect()),
            Answers::Text(counts.iter().map(|(key, ..)| label(key.2)).collect()),
            Answers::BigInt(
                counts
                    .iter()
                    .map(|(_, transitions, _)| big(*transitions))
                    .collect(),
            ),
            Answers::BigInt(
                counts
                    .iter()
                    .map(|(_, _, customers)| big(*customers))
                    .collect(),
            ),
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
        let mut seen: Vec<(u32, u32)> = Vec::new();
        self.paths.transitions(customer, &mut |transition, ts| {
            let (position, node, next) = plain(transition);
            if position == self.position && !seen.contains(&(node, next)) {
                seen.push((node, next));
                let person = Person {
                    group: NO_GROUP,
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
    }

    fn sizes(&self, _: &FoundOnPath) -> Vec<(u32, u64)> {
        Vec::new()
    }

    fn answer(&self, tally: FoundOnPath, labels: &Labels) -> Refusal<Vec<Answers>> {
        let spec = &self.paths.spec;
        let from = spec
            .from_node
            .is_some()
            .then(|| labels.number(spec.from_node.as_deref()));
        let to = match &spec.to_node {
            Some(node) => Some(labels.number(Some(node))),
            None => spec.to_end.then_some(Some(END)),
        };
        let mut people = people::Tally::default();
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
