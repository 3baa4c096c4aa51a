//! The questions that wait for a worker, and which of them comes next.
//!
//! Quick ones first, by what their last answer took: then most panels are fresh soonest. A slow one does not begin beside a
//! quicker one, which would have to share the cores with it: the database gives each question all of them, so nothing is
//! gained by asking two at once. Whoever has waited long comes before all that.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::dashboard::{Question, Ticket};

/// Whoever has waited so long waits for no quicker one.
const LONG: Duration = Duration::from_secs(3);

/// What takes less never waits for a quicker one: it would gain nothing.
const QUICK: Duration = Duration::from_millis(100);

/// Texts whose times are remembered at most.
const MOST_TEXTS: usize = 1_000;

/// The questions that wait, and what each took the last time.
#[derive(Default)]
pub struct Queue {
    waiting: VecDeque<(Question, Instant)>,
    /// By SQL text.
    times: HashMap<String, Duration>,
}

impl Queue {
    /// Adds a question. It takes the place of an older one of the same panel, and what that has waited counts for it: else a
    /// slow panel whose data change all the time would wait for ever.
    pub fn push(&mut self, question: Question, now: Instant) {
        let panel = question.ticket.panel;
        let of_panel = |(older, _): &(Question, Instant)| older.ticket.panel == panel;
        let older = self.waiting.iter().position(of_panel);
        let older = older.and_then(|place| self.waiting.remove(place));
        let since = older.map_or(now, |(_, since)| since);
        self.waiting.push_back((question, since));
    }

    /// Takes a question out; tells whether it was there.
    pub fn remove(&mut self, ticket: Ticket) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|(waiting, _)| waiting.ticket != ticket);
        self.waiting.len() < before
    }

    /// Forgets all questions.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Remembers what an answer took.
    pub fn note(&mut self, sql: String, elapsed: Duration) {
        if self.times.len() >= MOST_TEXTS {
            self.times.clear();
        }
        self.times.insert(sql, elapsed);
    }

    /// Returns what an answer is expected to take: as long as the last one, and nothing where there was none.
    pub fn expected(&self, sql: &str) -> Duration {
        self.times.get(sql).copied().unwrap_or_default()
    }

    /// Takes the question out that comes next beside those that run, of which `running` tells the expected times.
    pub fn next(&mut self, running: &[Duration], now: Instant) -> Option<Question> {
        let place = self
            .waiting
            .iter()
            .position(|(_, since)| now.duration_since(*since) >= LONG)
            .or_else(|| self.quickest(running))?;
        self.waiting.remove(place).map(|(question, _)| question)
    }

    fn quickest(&self, running: &[Duration]) -> Option<usize> {
        let expected = |place: &usize| self.expected(&self.waiting[*place].0.sql);
        let place = (0..self.waiting.len()).min_by_key(expected)?;
        let own = expected(&place);
        let would_disturb = running.iter().any(|other| *other < own);
        (own <= QUICK || !would_disturb).then_some(place)
    }

    /// Returns when the question that has waited longest need not wait any more.
    pub fn deadline(&self) -> Option<Instant> {
        let since = self.waiting.iter().map(|(_, since)| *since).min()?;
        Some(since + LONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(panel: usize, sql: &str) -> Question {
        Question {
            ticket: Ticket {
                panel,
                generation: 0,
            },
            query: String::new(),
            sql: sql.to_string(),
            path: std::path::PathBuf::new(),
            bound: crate::queries::Bound::default(),
            limit: 1,
        }
    }

    /// Returns the panels in the order in which they come while questions of these times run.
    fn order(queue: &mut Queue, running: &[Duration], now: Instant) -> Vec<usize> {
        std::iter::from_fn(|| queue.next(running, now))
            .map(|question| question.ticket.panel)
            .collect()
    }

    fn waiting(now: Instant) -> Queue {
        let mut queue = Queue::default();
        for (sql, milliseconds) in [("slow", 900), ("middling", 300), ("quick", 20)] {
            queue.note(sql.to_string(), Duration::from_millis(milliseconds));
        }
        for (panel, sql) in ["slow", "new", "middling", "quick"].into_iter().enumerate() {
            queue.push(question(panel, sql), now);
        }
        queue
    }

    #[test]
    fn the_quickest_comes_first_and_slow_ones_do_not_disturb_quick_ones() {
        let now = Instant::now();
        let milliseconds = Duration::from_millis;
        for (running, expected) in [
            (vec![], vec![1, 3, 2, 0]),
            (vec![milliseconds(900)], vec![1, 3, 2, 0]),
            (vec![milliseconds(900), milliseconds(300)], vec![1, 3, 2]),
            (vec![milliseconds(299)], vec![1, 3]),
            (vec![milliseconds(20)], vec![1, 3]),
        ] {
            assert_eq!(order(&mut waiting(now), &running, now), expected);
        }
    }

    #[test]
    fn whoever_has_waited_long_comes_first_and_waits_for_nobody() {
        let now = Instant::now();
        let mut queue = waiting(now);
        assert_eq!(queue.deadline(), Some(now + LONG));
        queue.push(question(4, "quick"), now + LONG);
        let running = [Duration::from_millis(20)];
        assert_eq!(order(&mut queue, &running, now + LONG), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_newer_question_of_a_panel_takes_the_place_of_the_older() {
        let now = Instant::now();
        let mut queue = waiting(now);
        queue.push(question(0, "quick"), now);
        let removed = Ticket {
            panel: 2,
            generation: 0,
        };
        assert!(queue.remove(removed) && !queue.remove(removed));
        assert_eq!(order(&mut queue, &[], now), [1, 3, 0]);
        queue.push(question(0, "slow"), now);
        queue.push(question(0, "slow"), now + LONG);
        let running = [Duration::from_millis(20)];
        assert!(order(&mut queue, &running, now).is_empty());
        assert_eq!(order(&mut queue, &running, now + LONG), [0]);
    }
}
