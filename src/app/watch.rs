//! What is watched: the sources' files for the loader, the query folder for the dashboard.

use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::Message;
use super::loader::Loader;
use crate::args::Common;
use crate::commands::opened;
use crate::dashboard::{Event, Level, Notice};
use crate::files::{Sight, Source, Wake, Watch};
use crate::queries::Workspace;
use crate::store::Parser;

/// How often all files are looked at even when the system reports no change: reports get lost, files do not lie.
const POLL: Duration = Duration::from_secs(2);

/// The running watches. Dropping one ends it.
pub struct Watches {
    common: Common,
    events: SyncSender<Message>,
    sources: Option<Watch>,
    workspace: Option<Watch>,
}

impl Watches {
    /// Returns watches that watch nothing yet.
    pub fn new(common: Common, events: SyncSender<Message>) -> Self {
        Self {
            common,
            events,
            sources: None,
            workspace: None,
        }
    }

    /// From now on a change in the sources' files makes the loader look; also one since this first sight of them.
    pub fn follow_sources(&mut self, sources: &[Source], first_sight: Sight, loader: &Loader) {
        let (look, events) = (loader.looker(), self.events.clone());
        self.sources = Some(Watch::start(
            &files_of(sources),
            first_sight,
            POLL,
            Box::new(move |wake| match wake {
                Wake::Changed => look(),
                Wake::Trouble(trouble) => warn(&events, trouble),
            }),
        ));
    }

    /// From now on a change in the query folder is read and sent to the dashboard; also one since this first sight of it.
    pub fn follow_workspace(&mut self, root: &Path, first_sight: Sight, parser: Parser) {
        if root.as_os_str().is_empty() {
            return;
        }
        let files = query_files(root);
        let (root, common, events) = (root.to_path_buf(), self.common.clone(), self.events.clone());
        self.workspace = Some(Watch::start(
            &files,
            first_sight,
            POLL,
            Box::new(move |wake| match wake {
                Wake::Changed => match Workspace::read(&root, &parser) {
                    Ok(mut workspace) => {
                        opened::apply(&common, &mut workspace.config);
                        // Nobody listens any more only when the program ends.
                        let _ = events.send(Message::Event(Event::Reread(Box::new(workspace))));
                    }
                    Err(error) => warn(&events, error.to_string()),
                },
                Wake::Trouble(trouble) => warn(&events, trouble),
            }),
        ));
    }
}

/// Returns how the sources' files look now.
pub fn sight_of_sources(sources: &[Source]) -> Sight {
    Sight::of(&files_of(sources))
}

fn files_of(sources: &[Source]) -> Vec<PathBuf> {
    let files = sources.iter().map(|source| source.files.clone());
    files.collect()
}

/// Returns how the files of a query folder look now.
pub fn sight_of_workspace(root: &Path) -> Sight {
    Sight::of(&query_files(root))
}

fn query_files(root: &Path) -> [PathBuf; 2] {
    ["**/*.sql", "**/*.toml"].map(|files| root.join(files))
}

fn warn(events: &SyncSender<Message>, text: String) {
    // A full queue of news is worse than one warning lost.
    let _ = events.try_send(Message::Event(Event::Notice(Notice {
        level: Level::Warning,
        text,
    })));
}
