//! The reading side of a load: a thread of its own turns files into batches while this one writes them.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use super::FileRecord;
use crate::error::{Error, Result};
use crate::files::{Batch, Checkpoint, FileReader, Finality, Schema, Source, Task};
use crate::store::progress::{Go, Progress};

/// One file to read.
pub struct Job {
    /// Which of the load's sources it belongs to.
    pub source_index: usize,
    /// That source.
    pub source: Source,
    /// Where to begin.
    pub task: Task,
    /// What the books say of the file.
    pub record: FileRecord,
    /// Whether a last line without an end is waited for.
    pub finality: Finality,
}

/// What the reading thread says. Jobs are given by their index.
pub enum Message {
    /// Rows of a file.
    Rows { job: usize, batch: Batch },
    /// All rows so far of a file are whole: the point to commit at.
    Mark { job: usize, checkpoint: Checkpoint },
    /// A file is read to its end, or as far as it can be; the error says why not further.
    End {
        job: usize,
        checkpoint: Option<Checkpoint>,
        error: Option<Error>,
    },
}

/// Rows between two points to commit at.
const STEP_ROWS: usize = 250_000;

/// Batches that may wait for the writer; each is some megabytes.
const QUEUE: usize = 4;

/// A load's reading, and who hears of its progress.
pub struct Reading<'load> {
    /// How far it has come.
    pub progress: Progress,
    /// When it began.
    pub began: Instant,
    /// Hears of the progress, and may stop it.
    pub report: &'load mut dyn FnMut(&Progress) -> Go,
}

impl Reading<'_> {
    /// Reads the files of a group and hands over what they hold. Returns what was learned of the columns.
    pub fn read(
        &mut self,
        jobs: &[Job],
        schema: Schema,
        take: &mut dyn FnMut(Message) -> Result<()>,
    ) -> Result<Schema> {
        thread::scope(|scope| {
            let (sender, receiver) = sync_channel(QUEUE);
            let reader = scope.spawn(move || read_files(jobs, schema, &sender));
            // The receiver goes when this returns early, which ends the reader at its next message.
            let taken = self.take_all(receiver, take);
            let schema = reader
                .join()
                .map_err(|_| Error::data("the program failed while it read the files"))?;
            taken.map(|()| schema)
        })
    }

    fn take_all(
        &mut self,
        messages: Receiver<(Message, u64)>,
        take: &mut dyn FnMut(Message) -> Result<()>,
    ) -> Result<()> {
        let before = self.progress.bytes_done;
        for (message, bytes) in messages {
            self.progress.bytes_done = before + bytes;
            match &message {
                Message::Rows { batch, .. } => self.progress.rows += batch.rows as u64,
                Message::End { .. } => self.progress.files_done += 1,
                Message::Mark { .. } => {}
            }
            take(message)?;
            self.progress.elapsed = self.began.elapsed();
            if (self.report)(&self.progress) == Go::Stop {
                return Err(Error::interrupted());
            }
        }
        Ok(())
    }
}

/// The sending end, with the bytes of the files that are done.
struct Line<'thread> {
    sender: &'thread SyncSender<(Message, u64)>,
    bytes: u64,
}

/// The other side is gone: nobody wants to know more.
struct Gone;

impl Line<'_> {
    fn send(&self, message: Message, bytes: u64) -> std::result::Result<(), Gone> {
        self.sender
            .send((message, self.bytes + bytes))
            .map_err(|_| Gone)
    }
}

fn read_files(jobs: &[Job], mut schema: Schema, sender: &SyncSender<(Message, u64)>) -> Schema {
    let mut line = Line { sender, bytes: 0 };
    for (index, job) in jobs.iter().enumerate() {
        let sent = match FileReader::open(&job.source, &job.task, job.finality) {
            Ok(mut reader) => read_file(index, &mut reader, &mut schema, &mut line),
            Err(error) => line.send(
                Message::End {
                    job: index,
                    checkpoint: None,
                    error: Some(error),
                },
                0,
            ),
        };
        if sent.is_err() {
            break;
        }
    }
    schema
}

fn read_file(
    job: usize,
    reader: &mut FileReader,
    schema: &mut Schema,
    line: &mut Line<'_>,
) -> std::result::Result<(), Gone> {
    let mut since_mark = 0;
    let error = loop {
        match reader.next_batch(schema) {
            Ok(Some(batch)) => {
                since_mark += batch.rows;
                line.send(Message::Rows { job, batch }, reader.bytes_done())?;
                if since_mark >= STEP_ROWS {
                    since_mark = 0;
                    let checkpoint = reader.checkpoint();
                    // A file that is only ever read as a whole has no point to go on from before its end.
                    if checkpoint.offset > 0 {
                        line.send(Message::Mark { job, checkpoint }, reader.bytes_done())?;
                    }
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let bytes = reader.bytes_done();
    line.send(
        Message::End {
            job,
            checkpoint: Some(reader.checkpoint()),
            error,
        },
        bytes,
    )?;
    line.bytes += bytes;
    Ok(())
}
