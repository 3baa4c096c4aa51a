//! One customer's walk through a funnel: how far, and in which group that counts.

use std::collections::BTreeMap;

use crate::analysis::Touch;
use crate::analysis::funnel::{Attempt, Mode, Rules, furthest, furthest_held};
use crate::store::functions::question::{Customer, NO_GROUP, Needs, smallest};
use crate::store::functions::rules::Attribution;
use crate::store::functions::spec::{Refusal, Spec};

/// What all funnels share: the rules, and how a customer's group is found.
pub struct Walk {
    /// What the call asks.
    pub spec: Spec,
    /// The rules of the funnel.
    pub rules: Rules,
    attribution: Attribution,
}

impl Walk {
    /// Reads what a call asks.
    pub fn new(spec: Spec) -> Refusal<Self> {
        let rules = spec.funnel()?;
        let attribution = spec.attribution(rules.steps)?;
        Ok(Self {
            spec,
            rules,
            attribution,
        })
    }

    /// Returns the steps that events of this name do.
    pub fn marks(&self, name: Option<&str>) -> u32 {
        let steps = self.spec.steps.iter().flatten().zip(0_u32..);
        steps
            .filter(|(step, _)| step.is_some() && step.as_deref() == name)
            .fold(0, |marks, (_, place)| marks | 1 << place)
    }

    /// Returns which events must be seen: a strict funnel ends at any event that is not its next step.
    pub fn needs(&self) -> Needs {
        match self.rules.mode {
            Mode::Strict => Needs::All,
            Mode::Any | Mode::Ordered => Needs::Marked,
        }
    }

    /// Tells whether a customer's events are walked through once for each group.
    pub fn is_by_value(&self) -> bool {
        self.spec.grouped && self.attribution == Attribution::Each
    }

    /// Calls `emit` with each group the customer counts in, and how far the customer got there.
    pub fn attempts(&self, customer: &Customer<'_>, emit: &mut dyn FnMut(u32, &Attempt)) {
        if self.is_by_value() {
            for (group, touches) in by_value(customer) {
                if let Some(attempt) = self.furthest(&touches, customer.extras.holds) {
                    emit(group, &attempt);
                }
            }
        } else if let Some(attempt) = self.furthest(customer.touches, customer.extras.holds) {
            emit(customer.groups.of(self.group(customer, &attempt)), &attempt);
        }
    }

    fn furthest(&self, touches: &[Touch], holds: &[u32]) -> Option<Attempt> {
        if self.spec.held {
            furthest_held(&self.rules, touches, holds)
        } else {
            furthest(&self.rules, touches)
        }
    }

    /// Returns the group of the counted attempt.
    pub fn group(&self, customer: &Customer<'_>, attempt: &Attempt) -> u32 {
        if !self.spec.grouped {
            return NO_GROUP;
        }
        let at = |step: usize| self.value_at(customer, attempt, step);
        let values = || {
            (0..attempt.level())
                .map(at)
                .filter(|group| *group != NO_GROUP)
        };
        match self.attribution {
            Attribution::First => values().next().unwrap_or(NO_GROUP),
            Attribution::Last => values().next_back().unwrap_or(NO_GROUP),
            Attribution::Step(step) if step < attempt.level() => at(step),
            Attribution::Step(_) => NO_GROUP,
            Attribution::Entry | Attribution::Each => at(0),
        }
    }

    /// Returns the value on the event that did a step; of several at that instant the smallest.
    fn value_at(&self, customer: &Customer<'_>, attempt: &Attempt, step: usize) -> u32 {
        let ts = attempt.times[step];
        let from = customer.touches.partition_point(|touch| touch.ts < ts);
        let extras = customer.extras;
        let does_step = |touch: &&Touch| {
            let steps = touch.steps();
            let matches = match self.rules.mode {
                Mode::Any => steps != 0,
                Mode::Ordered | Mode::Strict => steps >> step & 1 == 1,
            };
            matches
                && (attempt.held == 0
                    || extras.holds.get(touch.row as usize) == Some(&attempt.held))
        };
        smallest(
            customer.touches[from..]
                .iter()
                .take_while(|touch| touch.ts == ts)
                .filter(does_step)
                .map(|touch| extras.group(touch)),
        )
    }
}

/// Splits a customer's events by their group; the groups that are not told apart have one funnel together.
pub fn by_value(customer: &Customer<'_>) -> BTreeMap<u32, Vec<Touch>> {
    let mut by_value: BTreeMap<u32, Vec<Touch>> = BTreeMap::new();
    for touch in customer.touches {
        let value = customer.groups.of(customer.extras.group(touch));
        by_value.entry(value).or_default().push(*touch);
    }
    by_value
}
