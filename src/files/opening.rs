//! Finds out what a file is, and goes to where reading it begins.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::csv;
use super::decode::{self, Encoding, Input, Packing};
use super::find;
use super::format::{self, Format};
use super::parquet;
use super::plan::Start;
use super::reader::{FileReader, Finality, NOT_CLOSED, NOT_COMPLETE, PASSING, REPLACED};
use super::split::{Piece, Values};
use super::walk::Records;
use super::{identity, json};
use crate::error::{Error, Result};

/// How much of a file's beginning tells what it is.
const SAMPLE: u64 = 256 * 1024;

impl FileReader {
    /// Finds out what the file is, and goes to where reading begins.
    pub(super) fn begin(&mut self, start: &Start) -> Result<()> {
        let path = self.walker.mark.path.clone();
        let resumed = matches!(start, Start::Resume(_) | Start::Renamed(_));
        let first = self.first_bytes()?;
        self.packing = format::packing(&first);
        let unpacked_since =
            self.packing != Packing::Plain && resumed && self.walker.mark.whole_hash.is_none();
        if resumed && !unpacked_since {
            if self.walker.mark.whole_hash.is_some()
                || self.walker.mark.offset == self.walker.mark.size
            {
                self.walker.ended = true;
                return Ok(());
            }
            if identity::continues(&self.file, &self.walker.mark).is_none() {
                return Err(Error::data("it changed while it was about to be read")
                    .help("it is read again at once"));
            }
        }
        self.walker
            .mark
            .notes
            .retain(|note| !PASSING.contains(&note.as_str()) && !note.ends_with(REPLACED));
        self.walker.mark.pending = 0;
        if self.walker.mark.size == 0 {
            self.walker.note("it is empty");
            self.walker.ended = true;
            return Ok(());
        }
        if find::compressed(&path) && self.packing == Packing::Plain {
            self.walker
                .note("it is not compressed, whatever its name says");
        }
        if format::is_parquet(&first) {
            return self.begin_parquet();
        }
        format::refuse(&path, &first)?;
        if self.packing != Packing::Plain {
            self.begin_whole()?;
        }
        if !self.walker.ended {
            self.begin_text(resumed)?;
        }
        Ok(())
    }

    fn first_bytes(&self) -> Result<Vec<u8>> {
        let mut first = vec![0; 4096];
        let length = self
            .file
            .read_at(&mut first, 0)
            .map_err(|error| find::unreadable(&self.walker.mark.path, &error))?;
        first.truncate(length);
        Ok(first)
    }

    fn begin_parquet(&mut self) -> Result<()> {
        self.walker.mark.format = Format::Parquet;
        self.hash_whole()?;
        let file = self
            .file
            .try_clone()
            .map_err(|error| find::unreadable(&self.walker.mark.path, &error))?;
        self.walker.records = Records::Parquet(Box::new(parquet::Reader::open(file)?));
        Ok(())
    }

    /// A file that is read as a whole or not at all: as long as it grows, it must be complete first.
    fn begin_whole(&mut self) -> Result<()> {
        self.hash_whole()?;
        if self.finality == Finality::Growing {
            let mut reader = self.unpacked(0)?;
            let unpacked = io::copy(&mut reader, &mut io::sink());
            if unpacked.is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof) {
                self.wait(NOT_COMPLETE);
            }
            self.count.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    fn begin_text(&mut self, resumed: bool) -> Result<()> {
        let (mut head, encoding, skipped) = self.head()?;
        let fresh = !resumed || self.walker.mark.offset == 0;
        if fresh {
            self.walker.mark.notes.clear();
        }
        if fresh || self.walker.mark.encoding == Encoding::Utf8 {
            self.walker.mark.encoding = encoding;
        }
        if let Some(note) = self.walker.mark.encoding.note() {
            self.walker.note(note);
        }
        head.fill_to(64 * 1024);
        if fresh {
            self.walker.mark.format = format::recognise(&self.walker.mark.path, head.bytes());
            self.walker.mark.offset = skipped;
        }
        self.learn_keys(&head);
        self.walker.records = match self.walker.mark.format {
            Format::Csv if !self.walker.mark.header.is_empty() => {
                self.walker.rows.await_header();
                Records::Csv(Some(Box::new(csv::Records::new(
                    self.walker.mark.delimiter,
                ))))
            }
            Format::Csv => Records::Csv(None),
            Format::Lines => Records::Lines,
            Format::Objects => Records::Values(Values::objects()),
            Format::Array => Records::Values(Values::array()),
            Format::Parquet => Records::Nothing,
        };
        if self.walker.mark.format.is_whole() && self.packing == Packing::Plain {
            self.hash_whole()?;
            if self.finality == Finality::Growing && !self.is_closed() {
                self.wait(NOT_CLOSED);
                return Ok(());
            }
        }
        if self.walker.mark.offset == skipped {
            self.walker.input = head;
        } else {
            self.count.store(0, Ordering::Relaxed);
            let reader = self.unpacked(self.walker.mark.offset)?;
            self.walker.input = Input::new(decode::utf8(reader, self.walker.mark.encoding));
        }
        Ok(())
    }

    /// Opens the text from its beginning, behind the mark that tells its encoding.
    fn head(&self) -> Result<(Input, Encoding, u64)> {
        let mut reader = self.unpacked(0)?;
        let mut sample = Vec::new();
        // A stream that is broken from the start is an empty one here; what is wrong shows when it is read.
        let broken = reader.by_ref().take(SAMPLE).read_to_end(&mut sample).err();
        let (encoding, skipped) = Encoding::guess(&sample);
        sample.drain(..skipped);
        let rest: Box<dyn Read + Send> = match broken {
            Some(error) => Box::new(Cursor::new(sample).chain(Broken(Some(error)))),
            None => Box::new(Cursor::new(sample).chain(reader)),
        };
        Ok((
            Input::new(decode::utf8(rest, encoding)),
            encoding,
            skipped as u64,
        ))
    }

    fn unpacked(&self, offset: u64) -> Result<Box<dyn Read + Send>> {
        // A second handle has its own position, so that a sample does not move the real one.
        File::open(&self.walker.mark.path)
            .and_then(|file| {
                decode::unpacked(
                    file,
                    self.packing,
                    offset,
                    self.walker.mark.size,
                    Arc::clone(&self.count),
                )
            })
            .map_err(|error| find::unreadable(&self.walker.mark.path, &error))
    }

    fn hash_whole(&mut self) -> Result<()> {
        let hash = identity::whole(&self.walker.mark.path)
            .map_err(|error| find::unreadable(&self.walker.mark.path, &error))?;
        self.walker.mark.whole_hash = Some(hash);
        Ok(())
    }

    /// Tells whether the last character of a file is the end of an array.
    fn is_closed(&self) -> bool {
        let mut last = vec![0; 64];
        let from = self.walker.mark.size.saturating_sub(64);
        let length = self.file.read_at(&mut last, from).unwrap_or_default();
        last[..length]
            .iter()
            .rev()
            .find(|byte| !byte.is_ascii_whitespace() && **byte != 0)
            == Some(&b']')
    }

    fn wait(&mut self, why: &str) {
        self.walker.note(why);
        self.walker.mark.pending = self.walker.mark.size;
        self.walker.ended = true;
    }

    /// Looks at the keys of the first records of a JSON file.
    fn learn_keys(&mut self, head: &Input) {
        let mut paths = Vec::new();
        let text = String::from_utf8_lossy(head.bytes());
        match self.walker.mark.format {
            Format::Lines => text
                .lines()
                .take(100)
                .for_each(|line| json::paths(line, &mut paths)),
            Format::Objects | Format::Array => {
                let mut part = Input::of(text.as_bytes().to_vec());
                let mut walk = if self.walker.mark.format == Format::Array {
                    Values::array()
                } else {
                    Values::objects()
                };
                for _ in 0..400 {
                    match walk.next(&mut part) {
                        Piece::Record(length) => {
                            json::paths(
                                &String::from_utf8_lossy(&part.bytes()[..length]),
                                &mut paths,
                            );
                            part.consume(length);
                        }
                        Piece::Blank(length) | Piece::Bad(length, _) => part.consume(length),
                        Piece::Long { .. } | Piece::Rest => break,
                    }
                }
            }
            Format::Csv | Format::Parquet => return,
        }
        self.walker.rows.use_keys(&self.walker.mark.keys, &paths);
    }
}

/// A stream that breaks at once, for the reason it broke before.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
