//! The reading side of a load: a thread of its own turns files into batches while this one writes them.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Instant;

use super::FileRecord;
use crate::error::{Error, Result};
use crate::files::{Batch, Checkpoint, FileReader, Finality, Mode, Schema, Source, Task};
use crate::store::engine::STORED_TOGETHER;
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

/// Rows that are handed over at once, and at least so many between two points to commit at: as many as the database
/// stores best, see [`STORED_TOGETHER`].
const HANDED_ROWS: usize = 2 * STORED_TOGETHER;

/// What is handed over at once takes not much more than this, however wide the rows are.
const HANDED_BYTES: usize = 96 * 1024 * 1024;

/// What may wait for the writer.
const QUEUE: usize = 2;

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
        news: Receiver<News>,
        take: &mut dyn FnMut(Message) -> Result<()>,
    ) -> Result<()> {
        let (bytes, rows) = (self.progress.bytes_done, self.progress.rows);
        for News {
            message,
            bytes_read,
            rows_read,
        } in news
        {
            self.progress.bytes_done = bytes + bytes_read;
            self.progress.rows = rows + rows_read;
            if let Some(Message::End { .. }) = &message {
                self.progress.files_done += 1;
            }
            message.map_or(Ok(()), &mut *take)?;
            self.progress.elapsed = self.began.elapsed();
            if (self.report)(&self.progress) == Go::Stop {
                return Err(Error::interrupted());
            }
        }
        Ok(())
    }
}

/// A message, or none when there is only progress to tell, and what was read until then.
struct News {
    message: Option<Message>,
    bytes_read: u64,
    rows_read: u64,
}

/// The sending end, with what was read of the files that are done.
struct Line<'thread> {
    sender: &'thread SyncSender<News>,
    bytes: u64,
    rows: u64,
}

/// The other side is gone: nobody wants to know more.
struct Gone;

impl Line<'_> {
    fn send(&self, message: Message, bytes: u64) -> std::result::Result<(), Gone> {
        let news = self.news(Some(message), bytes);
        self.sender.send(news).map_err(|_| Gone)
    }

    /// Tells progress, unless the writer is busy, which then has enough to tell.
    fn tell(&self, bytes: u64) -> std::result::Result<(), Gone> {
        match self.sender.try_send(self.news(None, bytes)) {
            Err(TrySendError::Disconnected(_)) => Err(Gone),
            Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
        }
    }

    fn news(&self, message: Option<Message>, bytes: u64) -> News {
        News {
            message,
            bytes_read: self.bytes + bytes,
            rows_read: self.rows,
        }
    }
}

fn read_files(jobs: &[Job], mut schema: Schema, sender: &SyncSender<News>) -> Schema {
    let mut line = Line {
        sender,
        bytes: 0,
        rows: 0,
    };
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

/// Rows of one file that are still to be handed over.
struct Gathered {
    job: usize,
    batch: Batch,
}

impl Gathered {
    /// Adds rows, and hands over what is enough.
    fn add(&mut self, batch: Batch, line: &Line<'_>, bytes: u64) -> std::result::Result<(), Gone> {
        if let Err(other) = self.batch.join(batch, HANDED_ROWS) {
            self.hand_over(line, bytes)?;
            self.batch = other;
        }
        while self.batch.rows >= HANDED_ROWS {
            let rest = self.batch.split_off(HANDED_ROWS);
            self.hand_over(line, bytes)?;
            self.batch = rest;
        }
        if self.batch.bytes() > HANDED_BYTES {
            self.hand_over(line, bytes)?;
        }
        Ok(())
    }

    /// Hands over what is there.
    fn hand_over(&mut self, line: &Line<'_>, bytes: u64) -> std::result::Result<(), Gone> {
        let batch = std::mem::take(&mut self.batch);
        if batch.rows == 0 && batch.rejects.is_empty() {
            return Ok(());
        }
        let job = self.job;
        line.send(Message::Rows { job, batch }, bytes)
    }
}

fn read_file(
    job: usize,
    reader: &mut FileReader,
    schema: &mut Schema,
    line: &mut Line<'_>,
) -> std::result::Result<(), Gone> {
    let mut gathered = Gathered {
        job,
        batch: Batch::default(),
    };
    let mut since_mark = 0;
    let error = loop {
        match reader.next_batch(schema) {
            Ok(Some(batch)) => {
                let bytes = reader.bytes_done();
                since_mark += batch.rows;
                line.rows += batch.rows as u64;
                gathered.add(batch, line, bytes)?;
                line.tell(bytes)?;
                // The first load of a table is one transaction.
                if since_mark >= HANDED_ROWS && schema.mode == Mode::Keep {
                    since_mark = 0;
                    gathered.hand_over(line, bytes)?;
                    let checkpoint = reader.checkpoint();
                    // A file that is only ever read as a whole has no point to go on from before its end.
                    if checkpoint.offset > 0 {
                        line.send(Message::Mark { job, checkpoint }, bytes)?;
                    }
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let bytes = reader.bytes_done();
    gathered.hand_over(line, bytes)?;
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
