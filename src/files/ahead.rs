//! Reading ahead: while a file is read record by record and teaches nothing new, a crew takes its blocks.

use std::sync::Arc;

use super::batch::Batch;
use super::blocks::{self, BLOCK, Crew, Known, Read};
use super::reader::FileReader;
use super::schema::Schema;
use super::walk::Records;
use crate::error::{Error, Result};

impl FileReader {
    /// Returns the rows of the next block, if the text ahead is one that the crew can read.
    pub(super) fn next_block(&mut self, schema: &mut Schema) -> Result<Option<Batch>> {
        if self.settled {
            self.hand_out(schema);
        }
        match self.crew.as_mut().and_then(Crew::next) {
            None => Ok(None),
            Some(Ok(read)) => self.take_block(read, schema),
            Some(Err(())) => Err(lost()),
        }
    }

    /// Gives the crew as many blocks as it can have.
    fn hand_out(&mut self, schema: &Schema) {
        let walker = &mut self.walker;
        if !matches!(walker.records, Records::Lines | Records::Csv(Some(_))) {
            return;
        }
        if self.crew.is_none() && !walker.input.fill_to(2 * BLOCK) {
            return;
        }
        let Some(crew) = self.crew.take().or_else(Crew::start) else {
            return;
        };
        let crew = self.crew.insert(crew);
        let known = self.known.take().filter(|known| known.schema == *schema);
        let known =
            known.unwrap_or_else(|| Arc::new(Known::new(&walker.rows, schema, &walker.mark)));
        while crew.has_room() && walker.input.fill_to(BLOCK) {
            let Some(length) = blocks::whole_records(walker.input.bytes(), &walker.records) else {
                break;
            };
            crew.hand_out(walker.input.split_off(length), Arc::clone(&known));
        }
        self.known = Some(known);
    }

    /// Takes what the crew has read, unless it rests on what is no longer so.
    fn take_block(&mut self, read: Read, schema: &mut Schema) -> Result<Option<Batch>> {
        let is_current = self
            .known
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, &read.known));
        if !is_current && read.open {
            let mut text = read.input;
            text.rewind();
            self.take_back(text.bytes())?;
            return Ok(None);
        }
        let mut batch = read.batch;
        let mark = &mut self.walker.mark;
        for reject in &mut batch.rejects {
            reject.line += mark.lines;
        }
        mark.offset += read.mark.offset;
        mark.lines += read.mark.lines;
        mark.rows += read.mark.rows;
        mark.rejects += read.mark.rejects;
        mark.replaced += read.mark.replaced;
        if let Some(learned) = read.learned {
            (self.walker.rows, *schema) = *learned;
            self.known = None;
            self.settled = false;
        }
        if schema.contradicted {
            batch.columns.clear();
            batch.rows = 0;
        }
        if !read.input.bytes().is_empty() {
            self.take_back(read.input.bytes())?;
        }
        Ok(Some(batch))
    }

    /// Takes this text and all blocks behind it back, to read them record by record.
    fn take_back(&mut self, text: &[u8]) -> Result<()> {
        self.settled = false;
        let mut text = text.to_vec();
        while let Some(read) = self.crew.as_mut().and_then(Crew::next) {
            let mut input = read.map_err(|()| lost())?.input;
            input.rewind();
            text.extend_from_slice(input.bytes());
        }
        self.walker.input.put_back(text);
        Ok(())
    }
}

fn lost() -> Error {
    Error::data("the program failed while it read the files")
}
