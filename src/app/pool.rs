//! The query workers: each a thread with a session of its own. The newest question of a panel wins.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Message;
use super::queue::Queue;
use crate::dashboard::{Event, Question, Ticket};
use crate::error::{Error, Result};
use crate::queries::{self, Definitions};
use crate::store::{Interrupter, Session, Table};

/// An interrupt that comes before a query has begun is lost, so it is said again at this pace until the worker answers.
const SAY_AGAIN: Duration = Duration::from_millis(20);

/// What can wait for an idle worker: the first definitions, newer ones, and a question.
const MOST_JOBS: usize = 3;

/// The workers and the questions that wait for one.
pub struct Pool {
    workers: Vec<Worker>,
    waiting: Queue,
}

struct Worker {
    jobs: SyncSender<Job>,
    interrupter: Interrupter,
    /// Whether it has had nothing to do yet.
    is_new: bool,
    /// Macro definitions this worker has not been told yet.
    news: Option<Arc<Definitions>>,
    busy: Option<Busy>,
    thread: JoinHandle<()>,
}

struct Busy {
    ticket: Ticket,
    sql: String,
    /// What the answer is expected to take.
    expected: Duration,
    /// When to interrupt (again); `None` while the answer is wanted.
    interrupt_at: Option<Instant>,
}

enum Job {
    Define(Arc<Definitions>),
    Answer(Box<Question>),
    End,
}

impl Pool {
    /// Starts one worker a session; they answer with [`Event::Started`] and [`Event::Answered`].
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(sessions: Vec<Session>, events: &SyncSender<Message>) -> Result<Self> {
        let workers = sessions
            .into_iter()
            .map(|session| start_worker(session, events.clone()))
            .collect::<Result<_>>()?;
        Ok(Self {
            workers,
            waiting: Queue::default(),
        })
    }

    /// Takes a question, for [`Pool::go_on`]. An older one of the same panel is dropped, or interrupted when it already runs.
    pub fn ask(&mut self, question: Question, now: Instant) {
        let panel = question.ticket.panel;
        for busy in self
            .workers
            .iter_mut()
            .filter_map(|worker| worker.busy.as_mut())
        {
            if busy.ticket.panel == panel {
                busy.interrupt_at.get_or_insert(now);
            }
        }
        self.waiting.push(question, now);
    }

    /// Stops the question. Returns the answer to give at once when no worker has begun it.
    pub fn cancel(&mut self, ticket: Ticket, now: Instant) -> Option<Event> {
        for busy in self
            .workers
            .iter_mut()
            .filter_map(|worker| worker.busy.as_mut())
        {
            if busy.ticket == ticket {
                busy.interrupt_at.get_or_insert(now);
            }
        }
        self.waiting.remove(ticket).then(|| Event::Answered {
            ticket,
            result: Err(Error::interrupted()),
            elapsed: Duration::ZERO,
        })
    }

    /// Notes that a worker has answered, and after what time, unless it was stopped.
    pub fn answered(&mut self, ticket: Ticket, elapsed: Option<Duration>) {
        for worker in &mut self.workers {
            let answered = worker.busy.take_if(|busy| busy.ticket == ticket);
            if let (Some(busy), Some(elapsed)) = (answered, elapsed) {
                self.waiting.note(busy.sql, elapsed);
            }
        }
    }

    /// Replaces the macros that sessions know: at once where a worker has had nothing to do yet, else before the next question
    /// it answers.
    pub fn define(&mut self, macros: &Arc<Definitions>) {
        for worker in &mut self.workers {
            let news = Arc::clone(macros);
            if std::mem::replace(&mut worker.is_new, false) {
                // A new worker's queue is empty.
                let _ = worker.jobs.try_send(Job::Define(news));
            } else {
                worker.news = Some(news);
            }
        }
    }

    /// Interrupts what is to be interrupted, again where the last time was not heard, and gives idle workers questions. To be
    /// called when something has happened, and at the [`Pool::deadline`].
    pub fn go_on(&mut self, now: Instant) {
        for worker in &mut self.workers {
            if let Some(due) = worker
                .busy
                .as_mut()
                .and_then(|busy| busy.interrupt_at.as_mut())
                .filter(|due| **due <= now)
            {
                worker.interrupter.interrupt();
                *due = now + SAY_AGAIN;
            }
        }
        self.hand_out(now);
    }

    /// Returns when [`Pool::go_on`] wants to be called next.
    pub fn deadline(&self) -> Option<Instant> {
        let busy = self.workers.iter().map(|worker| worker.busy.as_ref());
        let interrupts = busy.clone().filter_map(|busy| busy?.interrupt_at);
        let is_one_idle = busy.clone().any(|busy| busy.is_none());
        let hand_out = self.waiting.deadline().filter(|_| is_one_idle);
        interrupts.chain(hand_out).min()
    }

    /// Interrupts everything and asks the workers to end. Returns whether all of them have; ask again until then.
    pub fn end(&mut self) -> bool {
        self.waiting.clear();
        for worker in &self.workers {
            worker.interrupter.interrupt();
            // A full queue belongs to a worker that has not heard yet; a closed one to a worker that has ended.
            let _ = worker.jobs.try_send(Job::End);
        }
        let mut threads = self.workers.iter().map(|worker| &worker.thread);
        threads.all(JoinHandle::is_finished)
    }

    fn hand_out(&mut self, now: Instant) {
        let busy = self
            .workers
            .iter()
            .filter_map(|worker| worker.busy.as_ref());
        let mut running: Vec<Duration> = busy.map(|busy| busy.expected).collect();
        for worker in self
            .workers
            .iter_mut()
            .filter(|worker| worker.busy.is_none())
        {
            let Some(question) = self.waiting.next(&running, now) else {
                return;
            };
            let (ticket, sql) = (question.ticket, question.sql.clone());
            let expected = self.waiting.expected(&sql);
            running.push(expected);
            worker.is_new = false;
            // An idle worker's queue has room for these behind the first definitions, so no send can wait.
            let news = worker.news.take().map(Job::Define);
            for job in news.into_iter().chain([Job::Answer(Box::new(question))]) {
                // A worker is gone only when the program ends.
                let _ = worker.jobs.try_send(job);
            }
            worker.busy = Some(Busy {
                ticket,
                sql,
                expected,
                interrupt_at: None,
            });
        }
    }
}

fn start_worker(session: Session, events: SyncSender<Message>) -> Result<Worker> {
    let interrupter = session.interrupter();
    let (jobs, received) = sync_channel(MOST_JOBS);
    let thread = thread::Builder::new()
        .name("query".to_string())
        .spawn(move || work(&session, &received, &events))
        .map_err(|error| Error::data(format!("could not start a query worker: {error}")))?;
    Ok(Worker {
        jobs,
        interrupter,
        is_new: true,
        news: None,
        busy: None,
        thread,
    })
}

fn work(session: &Session, jobs: &Receiver<Job>, events: &SyncSender<Message>) {
    while let Ok(job) = jobs.recv() {
        match job {
            Job::End => return,
            Job::Define(macros) => {
                // A session that cannot forget is still right for every macro that is defined anew.
                let _ = session.forget_definitions();
                // A broken macro is shown by its own file, and by the queries that use it.
                let _ = queries::define(session, &macros);
            }
            Job::Answer(question) => {
                let ticket = question.ticket;
                let began = Instant::now();
                let started = events.send(Message::Event(Event::Started(ticket)));
                let result = answer(session, &question);
                let answer = Event::Answered {
                    ticket,
                    result,
                    elapsed: began.elapsed(),
                };
                let answered = events.send(Message::Event(answer));
                if started.and(answered).is_err() {
                    return;
                }
            }
        }
    }
}

/// Asks the database. A panic in its driver becomes an error of this one panel.
fn answer(session: &Session, question: &Question) -> Result<Table> {
    let asked = AssertUnwindSafe(|| {
        queries::ask_with_remarks(
            session,
            &question.sql,
            &question.path,
            &question.bound,
            question.limit,
        )
    });
    catch_unwind(asked).unwrap_or_else(|_| {
        Err(Error::data(format!(
            "the query {} broke the database driver",
            question.query
        ))
        .help("please report it with the query's text"))
    })
}
