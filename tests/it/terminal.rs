//! The real binary in a pseudo-terminal: what a person at a keyboard would see and do.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// How long anything may take on a busy machine before the test gives up. Nothing waits this long when all is well.
const PATIENCE: Duration = Duration::from_secs(30);

/// A small workspace in a folder of its own: one source, two queries, one dashboard.
struct Workplace {
    folder: TempDir,
}

impl Workplace {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workplace = Self { folder };
        workplace.write("queries/cxtop.toml", CONFIG);
        workplace.write("queries/purchases.sql", PURCHASES);
        workplace.write("queries/answers.sql", ANSWERS);
        workplace.write("queries/slow.sql", SLOW);
        workplace.write("queries/dashboards/main.toml", DASHBOARD);
        workplace.write("queries/dashboards/slow.toml", SLOW_DASHBOARD);
        workplace.write("events.ndjson", "");
        workplace.write(
            "surveys.csv",
            "customer_id,survey,score,ts\na,nps,9,2026-03-01T08:00:00Z\n",
        );
        for customer in ["a", "b", "c"] {
            workplace.purchase(customer);
        }
        workplace
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn append(&self, name: &str, text: &str) {
        OpenOptions::new()
            .append(true)
            .open(self.path(name))
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    fn purchase(&self, customer: &str) {
        self.append(
            "events.ndjson",
            &format!("{{\"customer_id\":\"{customer}\",\"event\":\"purchase\",\"ts\":\"2026-03-01T09:00:00Z\"}}\n"),
        );
    }
}

const CONFIG: &str = r#"
version = 1
title = "Tea shop"
timezone = "UTC"
today = "data"
dashboards = ["main", "slow"]

[[source]]
table = "events"
files = "../events.ndjson"

[[source]]
table = "surveys"
files = "../surveys.csv"
"#;

const PURCHASES: &str = "-- /// query
-- title = \"Purchases\"
-- about = \"How many purchases there are.\"
-- kind = \"table\"
-- ///
SELECT count(*) AS n FROM events WHERE event = 'purchase'
";

const ANSWERS: &str = "-- /// query
-- title = \"Answers\"
-- about = \"How many answers there are.\"
-- kind = \"table\"
-- ///
SELECT count(*) AS n FROM surveys
";

const SLOW: &str = "-- /// query
-- title = \"Slow\"
-- about = \"Runs for minutes.\"
-- kind = \"value\"
-- ///
SELECT count(*) AS value FROM range(3000000000) AS a(x), range(100) AS b(y) WHERE (x * 31 + y) % 7 = 3
";

const DASHBOARD: &str = r#"
version = 1
title = "Main"

[[rows]]
height = 1
panels = [{ query = "purchases", width = 1 }, { query = "answers", width = 1 }]
"#;

const SLOW_DASHBOARD: &str = r#"
version = 1
title = "Slow"

[[rows]]
height = 1
panels = [{ query = "slow", width = 1 }]
"#;

/// The program, its keyboard and its screen.
struct Running {
    child: Box<dyn Child + Send + Sync>,
    terminal: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    bytes: usize,
    /// Echo, line editing and the rest, as they were before the start.
    modes: String,
}

impl Running {
    fn start(workplace: &Workplace, arguments: &[&str]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let modes = modes(&*pair.master);
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_cxtop"));
        command.args(arguments);
        command.cwd(workplace.folder.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env_remove("NO_COLOR");
        command.env("XDG_STATE_HOME", workplace.path("state"));
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self {
            child,
            terminal: pair.master,
            keyboard,
            output,
            screen: vt100::Parser::new(size_of(24), size_of(80), 0),
            bytes: 0,
            modes,
        }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads until the screen satisfies the condition.
    fn wait_for(&mut self, what: &str, mut seen: impl FnMut(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !seen(&self.text()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("never saw {what}; the screen is:\n{}", self.text())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("ended before {what}; the screen is:\n{}", self.text())
                }
            }
        }
    }

    fn wait_for_text(&mut self, text: &str) {
        self.wait_for(&format!("`{text}`"), |screen| screen.contains(text));
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.screen.process(bytes);
    }

    /// Waits for the end and returns the exit code.
    fn wait_for_end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self
                .output
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("did not end; the screen is:\n{}", self.text())
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return self.child.wait().unwrap().exit_code();
                }
            }
        }
    }

    fn signal(&self, signal: &str) {
        let process = self.child.process_id().unwrap().to_string();
        let status = std::process::Command::new("kill")
            .args([signal, &process])
            .status()
            .unwrap();
        assert!(status.success());
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        self.screen
            .screen_mut()
            .set_size(size_of(rows), size_of(columns));
        self.terminal
            .resize(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
    }

    /// Waits until the kernel says the process is stopped (`T`) or is not.
    fn wait_until_stopped(&self, stopped: bool) {
        let stat = PathBuf::from(format!("/proc/{}/stat", self.child.process_id().unwrap()));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = fs::read_to_string(&stat).unwrap();
            let is_stopped = text
                .rsplit(") ")
                .next()
                .is_some_and(|rest| rest.starts_with('T'));
            if is_stopped == stopped {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "the process is not in the wanted state"
            );
            thread::yield_now();
        }
    }

    fn assert_terminal_is_restored(&self) {
        let screen = self.screen.screen();
        assert!(
            !screen.alternate_screen(),
            "the alternate screen is still on"
        );
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::None,
            "the mouse is still on"
        );
        assert_eq!(modes(&*self.terminal), self.modes, "keys are still raw");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
    }
}

fn modes(terminal: &dyn MasterPty) -> String {
    format!("{:?}", terminal.get_termios().unwrap())
}

fn size_of(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap()
}

/// Tells whether the screen shows this number as a word of its own.
fn shows(screen: &str, number: &str) -> bool {
    screen
        .split(|c: char| !c.is_ascii_digit() && c != ',')
        .any(|word| word == number)
}

#[test]
fn starts_shows_help_and_quits_with_the_terminal_as_it_was() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("both panels", |screen| {
        screen.contains("Purchases") && screen.contains("Answers")
    });
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    running.press("?");
    running.wait_for("the help", |screen| screen.contains("Keys and functions"));
    running.press("\x1b");
    running.wait_for("the dashboard again", |screen| {
        !screen.contains("Keys and functions")
    });
    running.press("q");
    assert_eq!(running.wait_for_end(), 0);
    running.assert_terminal_is_restored();
}

#[test]
fn a_function_is_found_read_and_left_again() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    running.press("?ret");
    running.wait_for_text("› retention");
    running.press("\r");
    running.wait_for_text("Functions: retention");
    running.press("G");
    running.wait_for("the end", |screen| !screen.contains(" 1-22 of "));
    running.press("\x1b");
    running.wait_for("the help as it was", |screen| screen.contains("› ret▏"));
    running.press("\x1b");
    // Escape and the next key sent at once would be one key with Alt.
    running.wait_for("the dashboard again", |screen| !screen.contains("› ret▏"));
    running.press("q");
    assert_eq!(running.wait_for_end(), 0);
}

#[test]
fn an_appended_line_reaches_the_panel_that_reads_the_table() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    workplace.purchase("d");
    running.wait_for("four purchases", |screen| shows(screen, "4"));
    // Half a line is nobody's row yet.
    workplace.append("events.ndjson", "{\"customer_id\":\"e\",\"event\":\"purch");
    workplace.append("events.ndjson", "ase\",\"ts\":\"2026-03-01T10:00:00Z\"}\n");
    running.wait_for("five purchases", |screen| shows(screen, "5"));
}

#[test]
fn a_broken_query_keeps_its_last_answer_and_heals() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    workplace.write(
        "queries/purchases.sql",
        &PURCHASES.replace("WHERE event", "WHERE evnt"),
    );
    running.wait_for("the error's place", |screen| {
        screen.contains("purchases.sql:6")
    });
    workplace.write(
        "queries/purchases.sql",
        &PURCHASES.replace("count(*)", "count(*) + 40"),
    );
    running.wait_for("the repaired answer", |screen| {
        shows(screen, "43") && !screen.contains("purchases.sql:6")
    });
}

#[test]
fn resizes_down_to_one_line_and_back() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    running.resize(30, 5);
    running.wait_for_text("needs 40x10");
    running.resize(120, 40);
    running.wait_for("both panels", |screen| {
        screen.contains("Purchases") && screen.contains("Answers")
    });
}

#[test]
fn a_new_size_right_at_the_start_is_not_missed() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("anything", |screen| !screen.trim().is_empty());
    running.resize(30, 5);
    running.wait_for_text("needs 40x10");
}

#[test]
fn suspends_and_comes_back() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    running.press("\x1a");
    running.wait_until_stopped(true);
    running.wait_for("the shell's screen", |screen| !screen.contains("Purchases"));
    running.assert_terminal_is_restored();
    running.signal("-CONT");
    running.wait_until_stopped(false);
    running.wait_for("the dashboard again", |screen| screen.contains("Purchases"));
    running.press("q");
    assert_eq!(running.wait_for_end(), 0);
}

#[test]
fn ends_cleanly_on_sigterm() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    running.signal("-TERM");
    assert_eq!(running.wait_for_end(), 143);
    running.assert_terminal_is_restored();
}

#[test]
fn a_crash_gives_the_terminal_back() {
    for signal in ["-SEGV", "-ABRT", "-BUS"] {
        let workplace = Workplace::new();
        let mut running = Running::start(&workplace, &[]);
        running.wait_for("three purchases", |screen| shows(screen, "3"));
        running.signal(signal);
        assert_ne!(running.wait_for_end(), 0, "{signal}");
        running.assert_terminal_is_restored();
        assert!(running.text().contains("crashed"), "{}", running.text());
    }
}

#[test]
fn a_slow_query_delays_no_key_and_can_be_stopped() {
    let workplace = Workplace::new();
    workplace.write(
        "queries/cxtop.toml",
        &CONFIG.replace("[\"main\", \"slow\"]", "[\"slow\", \"main\"]"),
    );
    let mut running = Running::start(&workplace, &[]);
    running.wait_for_text("Esc cancels");
    let began = Instant::now();
    running.press("?");
    running.wait_for("the help", |screen| screen.contains("Keys and functions"));
    running.press("\x1b");
    running.wait_for("the dashboard again", |screen| {
        !screen.contains("Keys and functions")
    });
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "keys waited for the query"
    );
    running.press("\x1b");
    running.wait_for_text("cancelled");
    running.press("q");
    assert_eq!(running.wait_for_end(), 0);
}

#[test]
fn a_killed_program_goes_on_where_it_stopped() {
    let workplace = Workplace::new();
    let database = workplace.path("cx.duckdb");
    let arguments = ["--db", database.to_str().unwrap()];
    let mut running = Running::start(&workplace, &arguments);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    running.signal("-KILL");
    running.wait_for_end();
    workplace.purchase("d");
    let mut again = Running::start(&workplace, &arguments);
    again.wait_for("four purchases, none lost or doubled", |screen| {
        shows(screen, "4")
    });
    again.press("q");
    assert_eq!(again.wait_for_end(), 0);
}

#[test]
fn writes_nothing_when_nothing_happens() {
    let workplace = Workplace::new();
    let mut running = Running::start(&workplace, &[]);
    running.wait_for("three purchases", |screen| shows(screen, "3"));
    // The last frame of the start may still be on its way: idle begins after a second without a byte.
    while let Ok(bytes) = running.output.recv_timeout(Duration::from_secs(1)) {
        running.take(&bytes);
    }
    let before = running.bytes;
    if let Ok(bytes) = running.output.recv_timeout(Duration::from_secs(3)) {
        running.take(&bytes);
    }
    assert_eq!(
        running.bytes - before,
        0,
        "an idle dashboard wrote to the terminal"
    );
}
