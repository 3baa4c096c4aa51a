//! Large texts on all cores: blocks of whole records are read ahead of their turn by a crew of threads.
//!
//! What a file teaches (columns, types, keys) is learned in the order of its records. So a block is read with what is
//! known when it is handed out, and counts only if nothing it rests on has been learned since; otherwise it is read
//! again in its turn.
//!
//! Invariant: the rows, rejects and checkpoints are those of reading record by record.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

use memchr::{memchr_iter, memrchr};

use super::batch::Batch;
use super::csv;
use super::decode::Input;
use super::format::Format;
use super::record::Checkpoint;
use super::rows::Rows;
use super::schema::Schema;
use super::walk::{Records, Walker};

/// How many bytes of text a block has.
pub(super) const BLOCK: usize = 2 * 1024 * 1024;

/// A block that is cut in a quoted field is cut earlier, but not by more lines than these.
const MOST_LINES_BACK: usize = 1_000;

/// More threads than these only wait for the one that writes.
const MOST_THREADS: usize = 8;

/// Blocks that are on their way to each thread.
const AHEAD: usize = 2;

/// What is known when a block is handed out.
pub(super) struct Known {
    pub schema: Schema,
    rows: Rows,
    mark: Checkpoint,
}

/// A block that was read.
pub(super) struct Read {
    /// Its text.
    pub input: Input,
    pub batch: Batch,
    /// What it adds to the numbers of a checkpoint.
    pub mark: Checkpoint,
    /// What it rests on.
    pub known: Arc<Known>,
    /// Whether it rests on something not being known.
    pub open: bool,
    /// What is known after it, if that is more.
    pub learned: Option<Box<(Rows, Schema)>>,
}

/// Threads that read blocks. Each gets every so many-th block, so that the order of blocks is the order of turns.
pub(super) struct Crew {
    members: Vec<Member>,
    handed_out: usize,
    returned: usize,
}

struct Member {
    // Fields are dropped in this order: without blocks to come the thread ends.
    blocks: Option<SyncSender<(Input, Arc<Known>)>>,
    read: Receiver<Read>,
    thread: Option<JoinHandle<()>>,
}

impl Known {
    pub fn new(rows: &Rows, schema: &Schema, mark: &Checkpoint) -> Self {
        Self {
            schema: schema.clone(),
            rows: rows.clone(),
            mark: Checkpoint {
                header: mark.header.clone(),
                delimiter: mark.delimiter,
                format: mark.format,
                encoding: mark.encoding,
                ..Checkpoint::default()
            },
        }
    }
}

impl Crew {
    /// Starts the threads; none when there is only one core.
    pub fn start() -> Option<Self> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        if threads == 1 {
            return None;
        }
        let members: Vec<Member> = (0..threads.min(MOST_THREADS))
            .map_while(|_| Member::start())
            .collect();
        (!members.is_empty()).then_some(Self {
            members,
            handed_out: 0,
            returned: 0,
        })
    }

    pub fn has_room(&self) -> bool {
        self.handed_out - self.returned < self.members.len() * AHEAD
    }

    /// Hands out a block.
    pub fn hand_out(&mut self, block: Input, known: Arc<Known>) {
        let turn = self.handed_out % self.members.len();
        self.handed_out += 1;
        if let Some(blocks) = &self.members[turn].blocks {
            // A thread that is gone is noticed when its block does not come back.
            let _gone = blocks.send((block, known));
        }
    }

    /// Waits for the first block that is still out. The error says that its thread is gone.
    pub fn next(&mut self) -> Option<Result<Read, ()>> {
        if self.returned == self.handed_out {
            return None;
        }
        let turn = self.returned % self.members.len();
        self.returned += 1;
        Some(self.members[turn].read.recv().map_err(|_| ()))
    }
}

impl Member {
    fn start() -> Option<Self> {
        let (blocks, received) = sync_channel(AHEAD);
        let (sender, read) = channel();
        let thread = thread::Builder::new()
            .name("read".to_string())
            .spawn(move || read_blocks(&received, &|read| sender.send(read).is_ok()))
            .ok()?;
        Some(Self {
            blocks: Some(blocks),
            read,
            thread: Some(thread),
        })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.blocks = None;
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn read_blocks(blocks: &Receiver<(Input, Arc<Known>)>, give: &dyn Fn(Read) -> bool) {
    let mut walker: Option<(Arc<Known>, Walker)> = None;
    for (input, known) in blocks {
        // The same things known, the same walker: it has tables and buffers worth keeping.
        let kept = walker
            .take()
            .filter(|(before, _)| Arc::ptr_eq(before, &known));
        let (_, mut walking) = kept.unwrap_or_else(|| (Arc::clone(&known), walker_of(&known)));
        walking.input = input;
        let read = read_block(&mut walking, &known);
        if read.learned.is_none() {
            walker = Some((known, walking));
        }
        if !give(read) {
            return;
        }
    }
}

fn walker_of(known: &Known) -> Walker {
    let records = match known.mark.format {
        Format::Csv => Records::Csv(Some(Box::new(csv::Records::new(known.mark.delimiter)))),
        _ => Records::Lines,
    };
    Walker {
        records,
        input: Input::of(Vec::new()),
        rows: known.rows.clone(),
        mark: known.mark.clone(),
        ended: false,
    }
}

fn read_block(walker: &mut Walker, known: &Arc<Known>) -> Read {
    let mut schema = known.schema.clone();
    let before = walker.mark.clone();
    walker.rows.begin(&schema);
    walker.take_all(&mut schema);
    walker.mark.rows = walker.rows.rows() as u64;
    let open = walker.rows.rests_on_unknown();
    let batch = walker.rows.finish(&mut schema);
    let has_learned = walker.rows.has_learned() || schema != known.schema;
    let learned = has_learned.then(|| Box::new((walker.rows.clone(), schema)));
    Read {
        input: std::mem::replace(&mut walker.input, Input::of(Vec::new())),
        batch,
        mark: std::mem::replace(&mut walker.mark, before),
        known: Arc::clone(known),
        open: open || has_learned,
        learned,
    }
}

/// Returns how many bytes of a text are whole records, as far as its line ends and quotes tell; the text begins with a
/// record.
///
/// Where quotes mean something else in a file this is wrong, which shows when the block is read: its last record is
/// not whole.
pub(super) fn whole_records(text: &[u8], records: &Records) -> Option<usize> {
    let last = memrchr(b'\n', text)? + 1;
    if matches!(records, Records::Lines) {
        return Some(last);
    }
    let mut end = last;
    let mut quotes = memchr_iter(b'"', &text[..end]).count();
    for _ in 0..MOST_LINES_BACK {
        if quotes.is_multiple_of(2) {
            return Some(end);
        }
        let earlier = memrchr(b'\n', &text[..end - 1])? + 1;
        quotes -= memchr_iter(b'"', &text[earlier..end]).count();
        end = earlier;
    }
    None
}
