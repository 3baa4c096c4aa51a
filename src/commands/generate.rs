//! `cxtop generate`: writes sample data of any size, and goes on live when asked.

use std::time::{Duration, Instant};

use super::print::{say, say_over, stdout};
use super::stop::Stop;
use crate::error::Result;
use crate::sample::{self, Options, Pause};

/// How often live rows are written.
const STEP: Duration = Duration::from_millis(200);

/// Writes the data; with a rate, keeps appending until the user stops it.
///
/// # Errors
/// When the folder cannot be written, or the rate is no positive number.
pub fn execute(options: &Options, rate: Option<f64>) -> Result<()> {
    let stop = Stop::on_signals()?;
    let began = Instant::now();
    let written = sample::generate(options, &mut |written| {
        say_over(&format!(
            "writing · {} events · {} MB",
            written.events,
            written.bytes / 1_000_000
        ));
    })?;
    say_over("");
    stdout(
        format!(
            "events         {}\nsurveys        {}\ntickets        {}\nsubscriptions  {}\ncustomers      {}\nmegabytes      {}\nseconds        {:.1}\n",
            written.events,
            written.surveys,
            written.tickets,
            written.subscriptions,
            written.customers,
            written.bytes / 1_000_000,
            began.elapsed().as_secs_f64(),
        )
        .as_bytes(),
    )?;
    rate.map_or(Ok(()), |rate| follow(options, rate, &stop))
}

fn follow(options: &Options, rate: f64, stop: &Stop) -> Result<()> {
    say(&format!(
        "appending {rate} events a second to {}; ctrl-c stops",
        options.out.display()
    ));
    let mut last = Instant::now();
    sample::follow(options, rate, &mut |_| {
        if stop.is_asked() {
            return Pause::Stop;
        }
        std::thread::sleep(STEP);
        let passed = last.elapsed();
        last += passed;
        Pause::Passed(passed)
    })
}
