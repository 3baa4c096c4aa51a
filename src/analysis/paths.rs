//! What customers do next, or did before, inside one session.

use std::collections::HashMap;

use super::touch::Touch;

/// The mark of an event from which a path starts.
pub const ANCHOR: u32 = 1;

/// The node that stands for the end of the session, or its beginning.
pub const END: u32 = u32::MAX;

/// What a question about paths asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathRules {
    /// How many events to follow.
    pub steps: usize,
    /// A pause of more than this many microseconds ends a session.
    pub gap: i64,
    /// Whether paths go back in time.
    pub backwards: bool,
    /// Whether events with [`ANCHOR`] start paths; otherwise the first event of every session does, or its last when
    /// paths go back.
    pub anchored: bool,
    /// Anchors count from here, in microseconds UTC.
    pub since: i64,
    /// Anchors count before here.
    pub until: i64,
}

/// One event of a path to the next: at which position, from which node, to which.
pub type Transition = (usize, u32, u32);

/// Calls `emit` for every transition of the customer's paths, with the event that starts the path and the one that the
/// transition leads away from. `touches` are all events of the customer in order, `nodes` has a node for each row. Linear
/// in their number times the steps.
pub fn transitions(
    rules: &PathRules,
    touches: &[Touch],
    nodes: &[u32],
    emit: &mut dyn FnMut(Transition, &Touch, &Touch),
) {
    let node = |touch: &Touch| nodes.get(touch.row as usize).copied().unwrap_or(0);
    let mut from = 0;
    while from < touches.len() {
        let pause = touches[from..]
            .windows(2)
            .position(|pair| pair[1].ts.saturating_sub(pair[0].ts) > rules.gap);
        let to = pause.map_or(touches.len(), |pause| from + pause + 1);
        let session = &touches[from..to];
        from = to;
        let edge = if rules.backwards {
            session.len() - 1
        } else {
            0
        };
        for (at, anchor) in session.iter().enumerate() {
            let is_anchor = if rules.anchored {
                anchor.marks & ANCHOR != 0
            } else {
                at == edge
            };
            if !is_anchor || anchor.ts < rules.since || anchor.ts >= rules.until {
                continue;
            }
            let mut here = at;
            for position in 1..=rules.steps {
                let next = if rules.backwards {
                    here.checked_sub(1)
                } else {
                    Some(here + 1).filter(|next| *next < session.len())
                };
                let next_node = next.map_or(END, |next| node(&session[next]));
                emit(
                    (position, node(&session[here]), next_node),
                    anchor,
                    &session[here],
                );
                let Some(next) = next else { break };
                here = next;
            }
        }
    }
}

/// Transitions, counted.
#[derive(Debug, Default)]
pub struct PathTally {
    counts: HashMap<Transition, Count>,
    customers: u64,
    /// The customer who came last.
    last: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    transitions: u64,
    customers: u64,
    /// Which of the customers counted last, so that each counts once.
    last: u64,
}

impl PathTally {
    /// Counts a transition of a customer; those of one customer come one after the other.
    pub fn add(&mut self, customer: u32, transition: Transition) {
        if self.last != Some(customer) {
            self.last = Some(customer);
            self.customers += 1;
        }
        let count = self.counts.entry(transition).or_default();
        count.transitions += 1;
        if count.last != self.customers {
            count.last = self.customers;
            count.customers += 1;
        }
    }

    /// Adds what was counted elsewhere, of other customers.
    pub fn merge(&mut self, other: Self) {
        for (transition, theirs) in other.counts {
            let ours = self.counts.entry(transition).or_default();
            ours.transitions += theirs.transitions;
            ours.customers += theirs.customers;
        }
        self.customers += other.customers;
    }

    /// Returns how many customers made a transition.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// Returns every transition with how often it was made and by how many customers.
    pub fn counts(&self) -> impl Iterator<Item = (Transition, u64, u64)> {
        self.counts
            .iter()
            .map(|(transition, count)| (*transition, count.transitions, count.customers))
    }
}
