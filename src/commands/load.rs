//! `cxtop load`: loads all sources and stops.

use super::opened::{load, open};
use super::print::{self, say};
use super::stop::Stop;
use crate::args::Common;
use crate::error::{Error, Result};
use crate::store::Loading;

/// Loads all sources and says what was loaded.
///
/// # Errors
/// When a source could not be loaded, or the user stopped it.
pub fn execute(common: &Common) -> Result<()> {
    let stop = Stop::on_signals()?;
    let mut opened = open(common)?;
    if opened.workspace.config.sources.is_empty() {
        return Err(Error::usage("there is nothing to load: no source is named")
            .help("add a [[source]] to cxtop.toml, or --data TABLE=GLOB"));
    }
    let loading = load(&mut opened, &stop)?;
    print::stdout(summary(&loading, common).as_bytes())?;
    let failed: Vec<String> = opened
        .store
        .health()?
        .into_iter()
        .filter_map(|source| {
            source
                .error
                .map(|error| format!("{}: {error}", source.table))
        })
        .collect();
    for failure in &failed {
        say(&format!("cxtop: {failure}"));
    }
    if common.timing {
        print::timing(loading.elapsed.as_secs_f64() * 1000.0, &[], loading.rows);
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Error::data("not every source could be loaded"))
    }
}

fn summary(loading: &Loading, common: &Common) -> String {
    let seconds = loading.elapsed.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = if seconds > 0.0 {
        loading.rows as f64 / seconds
    } else {
        0.0
    };
    let kept = common.db.as_ref().map_or(
        "in memory, nothing is kept without --db".to_string(),
        |file| format!("in {}", file.display()),
    );
    format!(
        "files    {}\nrows     {}\nrejects  {}\nrows/s   {rate:.0}\nseconds  {seconds:.2}\n{kept}\n",
        loading.files, loading.rows, loading.rejects
    )
}
