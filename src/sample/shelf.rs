//! The way from customers to files: customers are made one after the other, files are in order of time. So lines are
//! kept by day, put aside on disk when they grow too many, and written a day at a time.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::Written;
use super::calendar::{Calendar, DAY};
use super::page::{Page, SHEETS, Sheet};
use crate::error::{Error, Result};

/// Bytes of lines held in memory before they are put aside, usually.
pub(super) const MEMORY_BYTES: usize = 192 << 20;
/// Bytes before each line that was put aside: moment, sheet, length.
const HEAD_BYTES: usize = 13;

/// Lines by day, and the files that need no order.
pub(super) struct Shelf<'a> {
    calendar: &'a Calendar,
    folder: PathBuf,
    aside: PathBuf,
    days: Vec<Page>,
    held: usize,
    memory_bytes: usize,
    customers: Output,
    subscriptions: Output,
}

/// One file being written.
struct Output {
    path: PathBuf,
    writer: BufWriter<File>,
}

impl<'a> Shelf<'a> {
    /// Makes the folder and opens its files; a folder with months of another sample is refused.
    pub(super) fn new(
        calendar: &'a Calendar,
        folder: &Path,
        memory_bytes: usize,
        written: &mut Written,
    ) -> Result<Self> {
        let events = folder.join("events");
        fs::create_dir_all(&events).map_err(|error| failed("make", &events, &error))?;
        refuse_strangers(calendar, &events)?;
        let aside = folder.join(".unsorted");
        let customers = Output::csv(folder, Sheet::Customers, written)?;
        let subscriptions = Output::csv(folder, Sheet::Subscriptions, written)?;
        let days = (calendar.first_day..=calendar.last_day)
            .map(|_| Page::default())
            .collect();
        Ok(Self {
            calendar,
            folder: folder.to_path_buf(),
            aside,
            days,
            held: 0,
            memory_bytes,
            customers,
            subscriptions,
        })
    }

    /// Takes one customer's lines.
    pub(super) fn take(&mut self, page: &Page, written: &mut Written) -> Result<()> {
        for line in &page.lines {
            let text = page.text(line);
            match line.sheet {
                Sheet::Customers => self.customers.put(line.sheet, text, written)?,
                Sheet::Subscriptions => self.subscriptions.put(line.sheet, text, written)?,
                Sheet::Events | Sheet::Surveys | Sheet::Tickets => {
                    let day =
                        usize::try_from(line.at.div_euclid(DAY) - self.calendar.first_day).ok();
                    if let Some(day) = day.and_then(|day| self.days.get_mut(day)) {
                        let before = day.bytes();
                        day.copy(line.sheet, line.at, text);
                        self.held += day.bytes() - before;
                    }
                }
            }
        }
        if self.held > self.memory_bytes {
            self.put_aside()
        } else {
            Ok(())
        }
    }

    /// Writes all lines in order of time.
    pub(super) fn finish(
        mut self,
        report: &mut dyn FnMut(&Written),
        written: &mut Written,
    ) -> Result<()> {
        let mut surveys = Output::csv(&self.folder, Sheet::Surveys, written)?;
        let mut tickets = Output::csv(&self.folder, Sheet::Tickets, written)?;
        let mut month = String::new();
        let mut events: Option<Output> = None;
        for (index, day) in (self.calendar.first_day..=self.calendar.last_day).enumerate() {
            let page = self.fetch(index)?;
            if self.calendar.month(day) != month {
                month = self.calendar.month(day);
                close(events.take())?;
            }
            let file = match &mut events {
                Some(file) => file,
                None => events.insert(Output::new(
                    self.folder.join("events").join(format!("{month}.ndjson")),
                )?),
            };
            for line in &page.lines {
                let output = match line.sheet {
                    Sheet::Surveys => &mut surveys,
                    Sheet::Tickets => &mut tickets,
                    _ => &mut *file,
                };
                output.put(line.sheet, page.text(line), written)?;
            }
            report(written);
        }
        let _ = fs::remove_dir_all(&self.aside);
        for file in [
            Some(surveys),
            Some(tickets),
            events,
            Some(self.customers),
            Some(self.subscriptions),
        ] {
            close(file)?;
        }
        Ok(())
    }

    fn put_aside(&mut self) -> Result<()> {
        fs::create_dir_all(&self.aside).map_err(|error| failed("make", &self.aside, &error))?;
        for (index, page) in self.days.iter_mut().enumerate() {
            let path = self.aside.join(index.to_string());
            append_aside(&path, page).map_err(|error| failed("write", &path, &error))?;
            *page = Page::default();
        }
        self.held = 0;
        Ok(())
    }

    fn fetch(&mut self, index: usize) -> Result<Page> {
        let path = self.aside.join(index.to_string());
        let mut page = Page::default();
        if path.exists() {
            let bytes = fs::read(&path).map_err(|error| failed("read", &path, &error))?;
            read_aside(&bytes, &mut page)
                .ok_or_else(|| Error::data(format!("{} is damaged", path.display())))?;
        }
        if let Some(held) = self.days.get_mut(index).map(std::mem::take) {
            for line in &held.lines {
                page.copy(line.sheet, line.at, held.text(line));
            }
        }
        page.sort();
        Ok(page)
    }
}

impl Output {
    fn new(path: PathBuf) -> Result<Self> {
        let file = File::create(&path).map_err(|error| failed("write", &path, &error))?;
        Ok(Self {
            path,
            writer: BufWriter::with_capacity(1 << 20, file),
        })
    }

    fn csv(folder: &Path, sheet: Sheet, written: &mut Written) -> Result<Self> {
        let mut output = Self::new(folder.join(sheet.file_name()))?;
        let header = sheet.header();
        written.bytes += size(header.len());
        output
            .writer
            .write_all(header.as_bytes())
            .map_err(|error| failed("write", &output.path, &error))?;
        Ok(output)
    }

    fn put(&mut self, sheet: Sheet, text: &[u8], written: &mut Written) -> Result<()> {
        written.count(sheet, text.len());
        self.writer
            .write_all(text)
            .map_err(|error| failed("write", &self.path, &error))
    }
}

fn close(output: Option<Output>) -> Result<()> {
    let Some(mut output) = output else {
        return Ok(());
    };
    output
        .writer
        .flush()
        .map_err(|error| failed("write", &output.path, &error))
}

impl Written {
    /// Counts one line.
    pub(super) fn count(&mut self, sheet: Sheet, bytes: usize) {
        let counter = match sheet {
            Sheet::Events => &mut self.events,
            Sheet::Surveys => &mut self.surveys,
            Sheet::Tickets => &mut self.tickets,
            Sheet::Subscriptions => &mut self.subscriptions,
            Sheet::Customers => &mut self.customers,
        };
        *counter += 1;
        self.bytes += size(bytes);
    }
}

/// Returns the error of a file or folder that could not be used.
pub(super) fn failed(doing: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::data(format!("could not {doing} {}: {error}", path.display()))
}

/// Returns a length as it is counted in [`Written`].
pub(super) fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn refuse_strangers(calendar: &Calendar, events: &Path) -> Result<()> {
    let months: Vec<String> = (calendar.first_day..=calendar.last_day)
        .map(|day| format!("{}.ndjson", calendar.month(day)))
        .collect();
    for entry in fs::read_dir(events).map_err(|error| failed("read", events, &error))? {
        let name = entry
            .map_err(|error| failed("read", events, &error))?
            .file_name();
        let name = name.to_string_lossy();
        if name.contains(".ndjson") && !months.iter().any(|month| *month == name) {
            let message = format!(
                "{} holds {name}, which is not of this sample",
                events.display()
            );
            return Err(
                Error::usage(message).help("choose another --out, or delete that folder first")
            );
        }
    }
    Ok(())
}

fn append_aside(path: &Path, page: &Page) -> std::io::Result<()> {
    let mut bytes = Vec::with_capacity(page.bytes());
    for line in &page.lines {
        let text = page.text(line);
        bytes.extend_from_slice(&line.at.to_le_bytes());
        bytes.push(line.sheet as u8);
        bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(text);
    }
    File::options()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(&bytes)
}

fn read_aside(mut bytes: &[u8], page: &mut Page) -> Option<()> {
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
        let at = i64::from_le_bytes(head.get(..8)?.try_into().ok()?);
        let sheet = *SHEETS.get(usize::from(*head.get(8)?))?;
        let length = u32::from_le_bytes(head.get(9..)?.try_into().ok()?);
        let (text, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        page.copy(sheet, at, text);
        bytes = rest;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Options, journey::Journey, story::World};

    fn sample(memory_bytes: usize) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().map_err(|error| Error::data(error.to_string()))?;
        let until = jiff::civil::date(2026, 6, 30);
        let options = Options {
            customers: 40,
            days: 60,
            seed: 3,
            until,
            out: folder.path().to_path_buf(),
        };
        let world = World::new(&options)?;
        let mut written = Written::default();
        let mut shelf = Shelf::new(&world.calendar, folder.path(), memory_bytes, &mut written)?;
        for number in 1..=options.customers {
            let mut journey = Journey::new(&world, number, Page::default());
            journey.live();
            shelf.take(&journey.page, &mut written)?;
        }
        shelf.finish(&mut |_| {}, &mut written)?;
        assert!(!folder.path().join(".unsorted").exists());
        let mut bytes = Vec::new();
        for name in [
            "events/2026-05.ndjson",
            "events/2026-06.ndjson",
            "surveys.csv",
            "tickets.csv",
        ] {
            bytes.extend(
                fs::read(folder.path().join(name))
                    .map_err(|error| Error::data(error.to_string()))?,
            );
        }
        Ok(bytes)
    }

    #[test]
    fn lines_put_aside_come_back_in_the_same_order() {
        let in_memory = sample(MEMORY_BYTES);
        assert!(in_memory.as_ref().is_ok_and(|bytes| bytes.len() > 20_000));
        assert_eq!(in_memory, sample(2000));
    }
}
