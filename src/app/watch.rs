//! What is watched: the sources' files for the loader, the query folder for the dashboard.

use std::path::Path;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::Message;
use super::loader::Loader;
use crate::args::Common;
use crate::commands::opened;
use crate::dashboard::{Event, Level, Notice};
use crate::files::{Source, Wake, Watch, WatchTarget};
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

    /// From now on a change in the sources' files makes the loader look.
    pub fn follow_sources(&mut self, sources: &[Source], loader: &Loader) {
        let targets = sources
            .iter()
            .map(|source| WatchTarget {
                name: source.table.clone(),
                pattern: source.files.clone(),
            })
            .collect();
        let (look, events) = (loader.looker(), self.events.clone());
        self.sources = Some(Watch::start(
            targets,
            POLL,
            Box::new(move |wake| match wake {
                Wake::Changed(_) => look(),
                Wake::Trouble(trouble) => warn(&events, trouble),
            }),
        ));
    }

    /// From now on a change in the query folder is read and sent to the dashboard.
    pub fn follow_workspace(&mut self, root: &Path, parser: Parser) {
        if root.as_os_str().is_empty() {
            return;
        }
        let targets = ["**/*.sql", "**/*.toml"]
            .map(|files| WatchTarget {
                name: files.to_string(),
                pattern: root.join(files),
            })
            .to_vec();
        let (root, common, events) = (root.to_path_buf(), self.common.clone(), self.events.clone());
        self.workspace = Some(Watch::start(
            targets,
            POLL,
            Box::new(move |wake| match wake {
                Wake::Changed(_) => match Workspace::read(&root, &parser) {
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

fn warn(events: &SyncSender<Message>, text: String) {
    // A full queue of news is worse than one warning lost.
    let _ = events.try_send(Message::Event(Event::Notice(Notice {
        level: Level::Warning,
        text,
    })));
}
