//! From the bytes of a file to a buffer of UTF-8: decompression, character encodings, and a bounded buffer.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{CoderResult, Decoder};
use serde::{Deserialize, Serialize};

/// How many bytes are asked for at once.
const CHUNK: usize = 256 * 1024;

/// How a file's bytes mean characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8; invalid bytes are replaced and counted.
    #[default]
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Windows-1252, which is Latin-1 for everything that is written with it.
    Cp1252,
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Encoding {
    /// Guesses the encoding from the first bytes of a text, and returns how many bytes its mark takes.
    pub(super) fn guess(sample: &[u8]) -> (Self, usize) {
        match sample {
            [0xEF, 0xBB, 0xBF, ..] => return (Self::Utf8, 3),
            [0xFF, 0xFE, ..] => return (Self::Utf16Le, 2),
            [0xFE, 0xFF, ..] => return (Self::Utf16Be, 2),
            _ => {}
        }
        let sample = &sample[..sample.len().min(1024 * 1024)];
        let zeros = |odd: usize| {
            sample
                .iter()
                .skip(odd)
                .step_by(2)
                .take(512)
                .filter(|byte| **byte == 0)
                .count()
        };
        let pairs = (sample.len() / 2).min(512);
        if pairs >= 4 && zeros(1) * 4 > pairs * 3 && zeros(0) * 4 < pairs {
            return (Self::Utf16Le, 0);
        }
        if pairs >= 4 && zeros(0) * 4 > pairs * 3 && zeros(1) * 4 < pairs {
            return (Self::Utf16Be, 0);
        }
        if looks_like_cp1252(sample) {
            (Self::Cp1252, 0)
        } else {
            (Self::Utf8, 0)
        }
    }

    /// Returns how many bytes of the file a decoded text took.
    pub(super) fn raw_length(self, decoded: &[u8]) -> u64 {
        let length = match self {
            Self::Utf8 => decoded.len(),
            // Continuation bytes belong to the character before them.
            Self::Cp1252 => decoded.iter().filter(|byte| **byte & 0xC0 != 0x80).count(),
            Self::Utf16Le | Self::Utf16Be => {
                let units = |byte: &u8| match byte {
                    0x80..0xC0 => 0,
                    0xF0.. => 2,
                    _ => 1,
                };
                decoded.iter().map(units).sum::<usize>() * 2
            }
        };
        length as u64
    }

    /// Returns what to say about it, if it is not what files should have.
    pub(super) fn note(self) -> Option<&'static str> {
        match self {
            Self::Utf8 => None,
            Self::Utf16Le | Self::Utf16Be => Some("read as UTF-16"),
            Self::Cp1252 => Some("read as Windows-1252, because it is not UTF-8"),
        }
    }
}

/// Bad UTF-8 without a single good multi-byte character among it is text of the older kind.
fn looks_like_cp1252(sample: &[u8]) -> bool {
    let mut rest = sample;
    let mut bad = false;
    while let Err(error) = std::str::from_utf8(rest) {
        if !rest[..error.valid_up_to()].is_ascii() {
            return false;
        }
        let Some(length) = error.error_len() else {
            return bad;
        };
        bad = true;
        rest = &rest[error.valid_up_to() + length..];
    }
    bad && rest.is_ascii()
}

/// Unread text of a file: decoded, and never more of it in memory than the longest record needs.
pub(super) struct Input {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    /// Why the stream broke off, if it did.
    pub broken: Option<String>,
}

impl Input {
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            ended: false,
            broken: None,
        }
    }

    /// Returns an input that is only these bytes.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self {
            buffer: bytes,
            ended: true,
            ..Self::new(Box::new(io::empty()))
        }
    }

    /// Returns what is buffered and not consumed.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Takes bytes from the front.
    pub fn consume(&mut self, length: usize) {
        self.start = (self.start + length).min(self.buffer.len());
    }

    /// Reads more; returns whether there was more. A broken stream ends where it breaks.
    pub fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let before = self.buffer.len();
        self.buffer.resize(before + CHUNK.max(before / 2), 0);
        let read = loop {
            match self.reader.read(&mut self.buffer[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let length = match read {
            Ok(length) => length,
            Err(error) => {
                self.broken = Some(broken_words(&error));
                0
            }
        };
        self.buffer.truncate(before + length);
        self.ended = length == 0;
        !self.ended
    }

    /// Reads until so many bytes are buffered, or the end; returns whether they are.
    pub fn fill_to(&mut self, length: usize) -> bool {
        while self.bytes().len() < length {
            if !self.fill() {
                return false;
            }
        }
        true
    }

    /// Takes bytes from the front, as an input of their own.
    pub fn split_off(&mut self, length: usize) -> Self {
        let end = self.start + length;
        // As much is probably taken again, and reading may go half of it further.
        let mut rest = Vec::with_capacity(length + length / 2 + CHUNK);
        rest.extend_from_slice(&self.buffer[end..]);
        let mut taken = std::mem::replace(&mut self.buffer, rest);
        taken.truncate(end);
        taken.drain(..self.start);
        self.start = 0;
        Self::of(taken)
    }

    /// Puts bytes back to the front.
    pub fn put_back(&mut self, mut bytes: Vec<u8>) {
        bytes.extend_from_slice(self.bytes());
        self.buffer = bytes;
        self.start = 0;
    }

    /// Goes back to the beginning of an input that is only its bytes.
    pub fn rewind(&mut self) {
        self.start = 0;
    }
}

fn broken_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it is cut short".to_string(),
        _ => format!("it is damaged: {}", error.to_string().to_lowercase()),
    }
}

/// Counts the raw bytes that pass through.
pub(super) struct Counted {
    inner: File,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// Opens the packed bytes of a file from `offset` unpacked bytes on, as they are at most `size` raw bytes long.
pub(super) fn unpacked(
    mut file: File,
    packing: Packing,
    offset: u64,
    size: u64,
    count: Arc<AtomicU64>,
) -> io::Result<Box<dyn Read + Send>> {
    if packing == Packing::Plain {
        file.seek(SeekFrom::Start(offset))?;
        return Ok(Box::new(
            Counted { inner: file, count }.take(size.saturating_sub(offset)),
        ));
    }
    file.seek(SeekFrom::Start(0))?;
    let counted = BufReader::with_capacity(CHUNK, Counted { inner: file, count }.take(size));
    let mut reader: Box<dyn Read + Send> = if packing == Packing::Gzip {
        Box::new(Gzip {
            inner: flate2::bufread::MultiGzDecoder::new(counted),
            began: false,
        })
    } else {
        Box::new(zstd::stream::read::Decoder::with_buffer(counted)?)
    };
    io::copy(&mut reader.by_ref().take(offset), &mut io::sink())?;
    Ok(reader)
}

/// A gzip stream that may have rubbish behind its last member, as padded and glued files have.
struct Gzip<R> {
    inner: flate2::bufread::MultiGzDecoder<R>,
    began: bool,
}

impl<R: io::BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Err(error) if self.began && error.kind() == io::ErrorKind::InvalidInput => Err(
                io::Error::other("something that is no gzip follows the last member"),
            ),
            other => {
                self.began |= matches!(other, Ok(length) if length > 0);
                other
            }
        }
    }
}

/// Turns text of another encoding into UTF-8.
struct Transcoded {
    inner: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    start: usize,
}

/// Returns a reader of UTF-8 for a reader of the encoding, which is already behind the mark.
pub(super) fn utf8(inner: Box<dyn Read + Send>, encoding: Encoding) -> Box<dyn Read + Send> {
    let kind = match encoding {
        Encoding::Utf8 => return inner,
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
        Encoding::Cp1252 => encoding_rs::WINDOWS_1252,
    };
    Box::new(Transcoded {
        inner,
        decoder: kind.new_decoder_without_bom_handling(),
        raw: Vec::new(),
        start: 0,
    })
}

impl Read for Transcoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.start == self.raw.len() {
                self.raw.resize(CHUNK, 0);
                let length = self.inner.read(&mut self.raw)?;
                self.raw.truncate(length);
                self.start = 0;
                if length == 0 {
                    return Ok(0);
                }
            }
            let (result, taken, written, _) =
                self.decoder
                    .decode_to_utf8(&self.raw[self.start..], buffer, false);
            self.start += taken;
            if written > 0 {
                return Ok(written);
            }
            if result == CoderResult::OutputFull {
                return Err(io::Error::other("the buffer for decoded text is too small"));
            }
        }
    }
}
