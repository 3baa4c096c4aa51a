//! `cxtop generate`: writes sample data of any size, and goes on live when asked.

use std::time::{Duration, Instant};

use super::print::{say, say_over, stdout};
use super::stop::Stop;
use crate::error::{Error, Result};
use crate::sample::{self, Live, Options};

/// How often live rows are written.
const STEP: Duration = Duration::from_millis(200);

/// Writes the data; with a rate, keeps appending until the user stops it.
///
/// # Errors
/// When the folder cannot be written, or the rate is no positive number.
pub fn execute(options: &Options, rate: Option<f64>) -> Result<()> {
    if rate.is_some_and(|rate| !(rate > 0.0 && rate <= 1e6)) {
        return Err(Error::usage(
            "--follow wants a positive number of events a second, such as 5",
        ));
    }
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
    let mut live = Live::new(options, rate)?;
    while !stop.is_asked() {
        std::thread::sleep(STEP);
        live.step(STEP)?;
    }
    Ok(())
}
