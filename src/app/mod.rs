//! The live program: wires the threads to the dashboard and carries out what it asks for.
//!
//! ```text
//! keys ───────┐                                  ┌── query workers (a session each)
//! signals ────┤ Event   main thread    Request   ├── loader (owns the store)
//! watchers ───┼───────► Dashboard::update ──────►├── terminal
//! workers ────┘         then one draw            └── editor, shell
//! ```
//!
//! Invariant: the main thread waits only on its event queue. It never waits for the database or a file.

mod background;
mod loader;
mod pool;
mod queue;
mod signals;
mod watch;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use jiff::Zoned;

use crate::args::Common;
use crate::commands::opened;
use crate::commands::style;
use crate::dashboard::{Dashboard, Event, Level, Notice, Now, Request, ViewOptions};
use crate::error::{Error, Result};
use crate::files::Sight;
use crate::queries::{Definitions, Workspace};
use crate::screen::input::{Keyboard, Listening, Pressed};
use crate::screen::style::Style;
use crate::screen::terminal::{self, Terminal};
use background::Background;
use loader::Job;
use watch::{Watches, sight_of_sources, sight_of_workspace};

/// Events that may wait for the main thread. Helper threads wait when it is full; the main thread never does.
const QUEUE: usize = 1024;

/// Frames are at least this far apart: a burst of events is drawn once.
const FRAME: Duration = Duration::from_millis(33);

/// Frames that no key asked for are this far apart where each crosses a network or a multiplexer.
const FAR_FRAME: Duration = Duration::from_millis(100);

/// Opens the dashboard and shows it until the user quits.
///
/// # Errors
/// When there is nothing to open, the store is in use, or the terminal cannot be taken over.
pub fn run(common: &Common) -> Result<()> {
    // What goes wrong before the screen is taken over is said in plain text.
    let root = opened::named_root(common)?;
    let queries_seen = root.as_deref().map(sight_of_workspace).unwrap_or_default();
    let (events, inbox) = sync_channel(QUEUE);
    let (workspace, parser, (background, files_seen)) =
        opened::open_beside(common, |store, config| {
            let seen = sight_of_sources(&config.sources);
            Ok((
                Background::start(store, config.sources.clone(), &events)?,
                seen,
            ))
        })?;
    let ended = events.clone();
    terminal::on_stop(move |code| {
        // When nobody listens any more, the program is ending already.
        let _ = ended.send(Message::Stopped(u8::try_from(code - 128).unwrap_or(0)));
    })?;
    signals::follow_job_control(events.clone())?;
    let mut watches = Watches::new(common.clone(), events.clone());
    watches.follow_sources(&workspace.config.sources, files_seen, &background.loader);
    watches.follow_workspace(&workspace.root, queries_seen, parser);
    let mut app = App::start(workspace, background, watches, common, &events)?;
    let ended = app.until_quit(&inbox);
    // From here on no thread waits for room among the events.
    drop(inbox);
    app.terminal.leave();
    if !app.background.end() && ended.is_ok() {
        // Taking things down in order would wait for what is still at work, such as writing a large database.
        signal_hook::low_level::exit(0);
    }
    ended
}

/// What reaches the main thread.
#[derive(Debug)]
enum Message {
    /// Something happened.
    Event(Event),
    /// The terminal reported something, or is gone. What a key means depends on what is on show.
    Pressed(std::io::Result<Pressed>),
    /// This signal asks the program to end.
    Stopped(u8),
}

struct App {
    dashboard: Dashboard,
    terminal: Terminal,
    style: Style,
    background: Background,
    watches: Watches,
    keyboard: Keyboard,
    log: Option<std::fs::File>,
    /// When the last frame left.
    drawn: Instant,
    /// When the next frame may leave; none while the screen shows what the dashboard holds.
    due: Option<Instant>,
    /// How far frames are apart that no key asked for.
    frame: Duration,
}

impl App {
    fn start(
        workspace: Workspace,
        mut background: Background,
        watches: Watches,
        common: &Common,
        events: &SyncSender<Message>,
    ) -> Result<Self> {
        let definitions = Arc::new(Definitions::of(&workspace));
        background.pool.define(&definitions);
        let log = common.log.as_deref().map(open_log).transpose()?;
        let terminal = terminal::enter()?;
        let keyboard = start_keyboard(events.clone())?;
        let view = ViewOptions {
            dashboard: None,
            size: terminal::current_size(),
            now: now(),
        };
        let dashboard = Dashboard::new(workspace, view);
        let style = style::for_terminal(common);
        let frame = if terminal::is_far() { FAR_FRAME } else { FRAME };
        Ok(Self {
            dashboard,
            terminal,
            style,
            background,
            watches,
            keyboard,
            log,
            drawn: Instant::now(),
            due: None,
            frame,
        })
    }

    fn until_quit(&mut self, inbox: &Receiver<Message>) -> Result<()> {
        self.draw()?;
        loop {
            let Some(message) = self.next_message(inbox) else {
                return Ok(());
            };
            // Everything that has already happened is taken in before the one draw.
            for message in std::iter::once(message).chain(inbox.try_iter().take(QUEUE)) {
                if self.hear(message)? == Flow::Quit {
                    return Ok(());
                }
            }
            self.background.pool.go_on(Instant::now());
            self.plan_frame(self.frame);
            if self.due.is_some_and(|due| due <= Instant::now()) {
                self.draw()?;
            }
        }
    }

    /// Plans a frame this far from the last one, if the screen does not show what the dashboard holds.
    fn plan_frame(&mut self, apart: Duration) {
        if self.dashboard.needs_drawing() {
            let due = self.drawn + apart;
            self.due = Some(self.due.map_or(due, |planned| planned.min(due)));
        }
    }

    /// Waits for the next message, or for the moment at which something is due without one.
    fn next_message(&self, inbox: &Receiver<Message>) -> Option<Message> {
        let deadline = [
            self.dashboard.deadline(),
            self.background.pool.deadline(),
            self.due,
        ]
        .into_iter()
        .flatten()
        .min();
        match deadline {
            None => inbox.recv().ok(),
            Some(deadline) => {
                match inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                    Ok(message) => Some(message),
                    Err(RecvTimeoutError::Timeout) => Some(Message::Event(Event::Woke)),
                    Err(RecvTimeoutError::Disconnected) => None,
                }
            }
        }
    }

    fn hear(&mut self, message: Message) -> Result<Flow> {
        match message {
            Message::Event(event) => self.take_in(event),
            Message::Stopped(signal) => Err(Error::signal(signal)),
            // The terminal is gone, and with it whoever looked at it.
            Message::Pressed(Err(_)) => Ok(Flow::Quit),
            Message::Pressed(Ok(pressed)) => {
                for event in pressed.events(&self.dashboard) {
                    if self.take_in(event)? == Flow::Quit {
                        return Ok(Flow::Quit);
                    }
                }
                self.plan_frame(FRAME);
                // The next key is read only now: an editor or the shell may have had the terminal meanwhile.
                self.keyboard.next();
                Ok(Flow::On)
            }
        }
    }

    fn take_in(&mut self, event: Event) -> Result<Flow> {
        match &event {
            Event::Answered {
                ticket,
                result,
                elapsed,
            } => {
                let elapsed = result.is_ok().then_some(*elapsed);
                self.background.pool.answered(*ticket, elapsed);
            }
            Event::Reread(workspace) => {
                self.background
                    .pool
                    .define(&Arc::new(Definitions::of(workspace)));
                let before = &self.dashboard.workspace.config;
                if before.sources != workspace.config.sources
                    || before.tables != workspace.config.tables
                {
                    let sources = workspace.config.sources.clone();
                    self.watches.follow_sources(
                        &sources,
                        Sight::default(),
                        &self.background.loader,
                    );
                    self.background.loader.ask(Job::Follow(
                        sources,
                        opened::declared_tables(&workspace.config),
                    ));
                }
            }
            Event::Notice(notice) => self.write_log(notice),
            _ => {}
        }
        let now = now();
        for request in self.dashboard.update(event, &now) {
            if self.carry_out(request, &now)? == Flow::Quit {
                return Ok(Flow::Quit);
            }
        }
        Ok(Flow::On)
    }

    fn carry_out(&mut self, request: Request, now: &Now) -> Result<Flow> {
        match request {
            Request::Run(question) => self.background.pool.ask(question, now.instant),
            Request::Cancel(ticket) => {
                if let Some(answer) = self.background.pool.cancel(ticket, now.instant) {
                    return self.take_in(answer);
                }
            }
            Request::Reload => self.background.loader.ask(Job::Reload),
            Request::StopLoading => self.background.loader.stop(),
            Request::Rejects(table) => self.background.loader.ask(Job::Rejects(table)),
            Request::Copy(text) => {
                if let Err(error) = self.terminal.copy(&text) {
                    return self.take_in(failure(&error.to_string()));
                }
            }
            Request::Edit(path) => return self.edit(&path),
            Request::Redraw => self.terminal.clear(),
            Request::Suspend => self.terminal.suspend()?,
            Request::Quit => return Ok(Flow::Quit),
        }
        Ok(Flow::On)
    }

    /// Hands the terminal to the user's editor until it ends. The editor's changes arrive through the watcher.
    fn edit(&mut self, path: &std::path::Path) -> Result<Flow> {
        let editor = std::env::var("VISUAL")
            .or_else(|_| std::env::var("EDITOR"))
            .unwrap_or("vi".to_string());
        let mut words = editor.split_whitespace();
        let program = words.next().unwrap_or("vi").to_string();
        self.terminal.leave();
        let status = std::process::Command::new(&program)
            .args(words)
            .arg(path)
            .status();
        self.terminal.take()?;
        match status {
            Ok(_) => Ok(Flow::On),
            Err(error) => self.take_in(failure(&format!(
                "could not start the editor `{program}`: {error}; set $EDITOR"
            ))),
        }
    }

    fn draw(&mut self) -> Result<()> {
        self.terminal.draw(&self.dashboard, &self.style)?;
        self.drawn = Instant::now();
        self.due = None;
        Ok(())
    }

    fn write_log(&mut self, notice: &Notice) {
        use std::io::Write;
        if let Some(log) = &mut self.log {
            // A log that cannot be written must not end the program it tells about.
            let _ = writeln!(
                log,
                "{} {:?} {}",
                jiff::Timestamp::now(),
                notice.level,
                notice.text
            );
        }
    }
}

/// Whether the program goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    Quit,
}

fn start_keyboard(events: SyncSender<Message>) -> Result<Keyboard> {
    let send = move |pressed| match events.send(Message::Pressed(pressed)) {
        Ok(()) => Listening::Yes,
        Err(_) => Listening::No,
    };
    let keyboard = Keyboard::start(send)
        .map_err(|error| Error::data(format!("could not start reading keys: {error}")))?;
    keyboard.next();
    Ok(keyboard)
}

fn failure(text: &str) -> Event {
    Event::Notice(Notice {
        level: Level::Error,
        text: text.to_string(),
    })
}

fn now() -> Now {
    Now {
        instant: Instant::now(),
        wall: Zoned::now(),
    }
}

fn open_log(path: &std::path::Path) -> Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| {
            Error::usage(format!(
                "could not open the log {}: {error}",
                path.display()
            ))
        })
}
