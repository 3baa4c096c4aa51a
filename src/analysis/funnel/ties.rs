//! Events of one instant: they are taken in whatever order gets furthest, and each fills one step.

use super::rules::MOST_STEPS;
use crate::analysis::touch::Touch;

/// Different sets of steps that events match, each with how many events match exactly it.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    classes: Vec<(u32, usize)>,
}

impl Classes {
    /// Returns the classes of some events.
    pub fn of(touches: &[Touch]) -> Self {
        let mut classes = Self::default();
        for touch in touches {
            classes.add(*touch);
        }
        classes
    }

    /// Adds an event. Tells whether that can change how many steps can be filled.
    pub fn add(&mut self, touch: Touch) -> bool {
        let steps = touch.steps();
        if steps == 0 {
            return false;
        }
        match self.classes.iter_mut().find(|(known, _)| *known == steps) {
            Some((_, count)) => *count += 1,
            None => self.classes.push((steps, 1)),
        }
        self.count(steps) <= steps.count_ones() as usize
    }

    /// Takes an event away. Tells whether that can change how many steps can be filled.
    pub fn remove(&mut self, touch: Touch) -> bool {
        let steps = touch.steps();
        if let Some((_, count)) = self.classes.iter_mut().find(|(known, _)| *known == steps) {
            *count -= 1;
        }
        steps != 0 && self.count(steps) < steps.count_ones() as usize
    }

    fn count(&self, steps: u32) -> usize {
        self.classes
            .iter()
            .find(|(known, _)| *known == steps)
            .map_or(0, |(_, count)| *count)
    }

    /// Returns how many of the steps of `wanted`, from the lowest on and without a gap, can each have an event.
    pub fn run(&self, from: usize, steps: usize) -> usize {
        let mut filling = Filling::new(&self.classes);
        (from..steps).take_while(|step| filling.fill(*step)).count()
    }

    /// Returns how many steps at most can each have an event, whichever they are.
    pub fn most(&self, steps: usize) -> usize {
        let mut filling = Filling::new(&self.classes);
        (0..steps).filter(|step| filling.fill(*step)).count()
    }
}

/// An assignment of events to steps that grows by augmenting paths (Kuhn's algorithm for bipartite matching).
struct Filling<'classes> {
    classes: &'classes [(u32, usize)],
    /// The class that fills each step.
    filled_by: [Option<usize>; MOST_STEPS],
    used: Vec<usize>,
}

impl<'classes> Filling<'classes> {
    fn new(classes: &'classes [(u32, usize)]) -> Self {
        Self {
            classes,
            filled_by: [None; MOST_STEPS],
            used: vec![0; classes.len()],
        }
    }

    /// Fills one more step, if need be by filling others differently.
    fn fill(&mut self, step: usize) -> bool {
        let mut seen = vec![false; self.classes.len()];
        self.fill_without(step, &mut seen)
    }

    fn fill_without(&mut self, step: usize, seen: &mut [bool]) -> bool {
        for class in 0..self.classes.len() {
            let (steps, count) = self.classes[class];
            if steps >> step & 1 == 0 || count == 0 || seen[class] {
                continue;
            }
            seen[class] = true;
            if self.used[class] < count {
                self.used[class] += 1;
                self.filled_by[step] = Some(class);
                return true;
            }
            for other in 0..MOST_STEPS {
                if self.filled_by[other] == Some(class) && self.fill_without(other, seen) {
                    self.filled_by[step] = Some(class);
                    return true;
                }
            }
        }
        false
    }
}

/// Returns how many steps an attempt that has done `level` of them can do more at this instant.
pub(super) fn reach(steps: usize, level: usize, instant: &[Touch]) -> usize {
    let wanted = |touch: &&Touch| touch.steps() >> level != 0;
    let mut all = 0;
    let mut is_simple = true;
    for touch in instant.iter().filter(wanted) {
        let own = touch.steps() >> level << level;
        is_simple &= own.is_power_of_two();
        all |= own;
    }
    if is_simple {
        return (all >> level).trailing_ones() as usize;
    }
    Classes::of(instant).run(level, steps)
}
