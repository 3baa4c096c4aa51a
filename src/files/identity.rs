//! Recognises a file again: by device and inode, and by hashes of what was read of it (RELIABILITY 1.3).

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::decode::{self, Packing};
use super::record::Checkpoint;

/// How many bytes at the start, and before the offset, are hashed.
const WINDOW: u64 = 4096;

/// Hashes of the bytes around an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    pub head: u64,
    pub tail: u64,
    /// The byte just before the offset.
    pub last: Option<u8>,
}

/// Hashes the first bytes of a file and the last ones before `offset`.
pub(super) fn windows(file: &File, offset: u64) -> io::Result<Windows> {
    let length = offset.min(WINDOW);
    let head = exactly(file, 0, length)?;
    let tail = exactly(file, offset - length, length)?;
    Ok(Windows {
        head: xxh3_64(&head),
        tail: xxh3_64(&tail),
        last: tail.last().copied(),
    })
}

/// Returns the windows of a file that still begins with what a checkpoint has read.
pub(super) fn continues(file: &File, checkpoint: &Checkpoint) -> Option<Windows> {
    let windows = windows(file, checkpoint.offset).ok()?;
    let same = windows.head == checkpoint.head_hash && windows.tail == checkpoint.tail_hash;
    same.then_some(windows)
}

/// Hashes a whole file.
pub(super) fn whole(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.digest()),
            Ok(length) => hash.update(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Tells whether a packed file unpacks to what a checkpoint has read of a plain one: a log that was rotated away.
pub(super) fn unpacks_to(path: &Path, packing: Packing, checkpoint: &Checkpoint) -> bool {
    let compare = || -> io::Result<bool> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut reader = decode::unpacked(file, packing, 0, size, std::sync::Arc::default())?;
        let length = checkpoint.offset.min(WINDOW);
        let mut head = Vec::new();
        reader.by_ref().take(length).read_to_end(&mut head)?;
        if xxh3_64(&head) != checkpoint.head_hash {
            return Ok(false);
        }
        let mut tail = head;
        let mut left = checkpoint.offset - length;
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            let most = buffer
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            let read = reader.read(&mut buffer[..most])?;
            if read == 0 {
                return Ok(false);
            }
            left -= read as u64;
            tail.extend_from_slice(&buffer[..read]);
            let surplus = tail
                .len()
                .saturating_sub(usize::try_from(length).unwrap_or(usize::MAX));
            tail.drain(..surplus);
        }
        Ok(xxh3_64(&tail) == checkpoint.tail_hash)
    };
    compare().unwrap_or(false)
}

fn exactly(file: &File, from: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}
