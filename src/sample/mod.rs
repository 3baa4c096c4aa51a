//! The sample company: Nimbus, a work-planning app for small teams, and everything its customers did.
//!
//! A behaviour model lives each customer's life day by day (visit, sign-up, onboarding, habit, paying, asking for
//! help, leaving) and tells it as files: events, surveys, tickets, subscriptions, customers. Five stories are planted
//! in it for a reader to find; `story` has their dates. The same seed gives the same bytes on every machine, and a
//! customer is the same however many others there are.
//!
//! ```text
//! customer (who) → journey (onboarding, billing, support, feedback) → page → shelf → files
//!                                                                                    ↘ live → files, as time goes by
//! ```
//!
//! Invariant: nothing here reads a clock or sleeps; time arrives as an argument.

mod billing;
mod calendar;
mod chance;
mod comments;
mod customer;
mod feedback;
mod journey;
mod live;
mod onboarding;
mod page;
mod phrases;
mod record;
mod shelf;
mod story;
mod support;

pub use live::Live;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::Result;
use journey::Journey;
use page::Page;
use shelf::{MEMORY_BYTES, Shelf, failed};
use story::World;

/// What to generate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many customers sign up; visitors who never do come on top.
    pub customers: u64,
    /// How many days the sample spans.
    pub days: u32,
    /// The seed: same seed, same bytes.
    pub seed: u64,
    /// The last day.
    pub until: jiff::civil::Date,
    /// The folder to write to.
    pub out: PathBuf,
}

/// What has been written so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Events.
    pub events: u64,
    /// Survey answers.
    pub surveys: u64,
    /// Tickets.
    pub tickets: u64,
    /// Subscriptions.
    pub subscriptions: u64,
    /// Customers.
    pub customers: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

/// What the owner of the clock says between two rounds of [`follow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// This much time has passed since the last round.
    Passed(Duration),
    /// Stop here.
    Stop,
}

/// Writes a whole sample, and says now and then how far it is.
///
/// # Errors
/// The options make no sense, or the folder cannot be written.
pub fn generate(options: &Options, report: &mut dyn FnMut(&Written)) -> Result<Written> {
    let world = World::new(options)?;
    let mut written = Written::default();
    let mut shelf = Shelf::new(&world.calendar, &options.out, MEMORY_BYTES, &mut written)?;
    let mut page = Page::default();
    for number in 1..=options.customers {
        page.clear();
        let mut journey = Journey::new(&world, number, page);
        journey.live();
        page = journey.page;
        shelf.take(&page, &mut written)?;
        if number % 1000 == 0 {
            report(&written);
        }
    }
    shelf.finish(report, &mut written)?;
    let path = options.out.join("annotations.toml");
    let notes = world.story.annotations(&world.calendar);
    fs::write(&path, &notes).map_err(|error| failed("write", &path, &error))?;
    written.bytes += shelf::size(notes.len());
    Ok(written)
}

/// Keeps appending to a sample as time goes by, until it is told to stop. The caller sleeps and says how long it was.
///
/// # Errors
/// The rate makes no sense, there is no sample in the folder, or a file cannot be written.
pub fn follow(
    options: &Options,
    per_second: f64,
    keep_going: &mut dyn FnMut(&Written) -> Pause,
) -> Result<()> {
    let mut live = Live::new(options, per_second)?;
    while let Pause::Passed(elapsed) = keep_going(live.written()) {
        live.step(elapsed)?;
    }
    Ok(())
}
