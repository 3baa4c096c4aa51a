//! The one table of keys. Input, footer hints, help and `cxtop keys` all read it.

use std::fmt;

use crossterm::event::{KeyCode, KeyModifiers};

use crate::dashboard::command::{Command, Words};
use crate::dashboard::{Dashboard, Detail, Load, Typing, View};

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The keys; the first is the one that hints show.
    pub keys: &'static [Key],
    /// What they do.
    pub command: Command,
    /// Where they do it.
    pub place: Place,
}

/// A key, with Ctrl or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// Whether Ctrl is held.
    pub control: Control,
}

/// Whether Ctrl is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// It is.
    Held,
    /// It is not.
    Free,
}

/// Where a key applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Wherever letters are not text, and on every screen.
    Screens,
    /// On the dashboard.
    Dashboard,
    /// Also while text is typed.
    Everywhere,
}

/// Every key.
pub const KEYS: &[Binding] = &[
    bind(&[char('k')], Command::Up, Place::Screens),
    bind(
        &[code(KeyCode::Up), ctrl('k')],
        Command::Up,
        Place::Everywhere,
    ),
    bind(&[char('j')], Command::Down, Place::Screens),
    bind(
        &[code(KeyCode::Down), ctrl('j')],
        Command::Down,
        Place::Everywhere,
    ),
    bind(
        &[char('h'), code(KeyCode::Left)],
        Command::Left,
        Place::Screens,
    ),
    bind(
        &[char('l'), code(KeyCode::Right)],
        Command::Right,
        Place::Screens,
    ),
    bind(
        &[code(KeyCode::PageUp), ctrl('b')],
        Command::PageUp,
        Place::Everywhere,
    ),
    bind(
        &[code(KeyCode::PageDown), ctrl('f')],
        Command::PageDown,
        Place::Everywhere,
    ),
    bind(
        &[char('g'), code(KeyCode::Home)],
        Command::First,
        Place::Screens,
    ),
    bind(
        &[char('G'), code(KeyCode::End)],
        Command::Last,
        Place::Screens,
    ),
    bind(&[code(KeyCode::Tab)], Command::NextPanel, Place::Dashboard),
    bind(
        &[code(KeyCode::BackTab)],
        Command::PreviousPanel,
        Place::Dashboard,
    ),
    bind(
        &[char('K'), ctrl_code(KeyCode::Up)],
        Command::PanelUp,
        Place::Dashboard,
    ),
    bind(
        &[char('J'), ctrl_code(KeyCode::Down)],
        Command::PanelDown,
        Place::Dashboard,
    ),
    bind(
        &[char('H'), ctrl_code(KeyCode::Left)],
        Command::PanelLeft,
        Place::Dashboard,
    ),
    bind(
        &[char('L'), ctrl_code(KeyCode::Right)],
        Command::PanelRight,
        Place::Dashboard,
    ),
    bind(&[code(KeyCode::Enter)], Command::Open, Place::Everywhere),
    bind(&[code(KeyCode::Esc)], Command::Back, Place::Everywhere),
    bind(&[code(KeyCode::Backspace)], Command::Back, Place::Screens),
    bind(&[char('z'), char('e')], Command::Zoom, Place::Dashboard),
    bind(&[char('v')], Command::SwitchPicture, Place::Dashboard),
    bind(&[char('s')], Command::Sort, Place::Dashboard),
    bind(&[char('S')], Command::ReverseSort, Place::Dashboard),
    bind(&[char('/')], Command::FilterRows, Place::Dashboard),
    bind(&[char('t')], Command::TimeRange, Place::Dashboard),
    bind(&[char(',')], Command::Earlier, Place::Dashboard),
    bind(&[char('.')], Command::Later, Place::Dashboard),
    bind(&[char('+'), char('=')], Command::Wider, Place::Dashboard),
    bind(&[char('-')], Command::Narrower, Place::Dashboard),
    bind(&[char('F')], Command::Filters, Place::Dashboard),
    bind(
        &[char('r'), code(KeyCode::F(5))],
        Command::Refresh,
        Place::Dashboard,
    ),
    bind(&[char('R')], Command::RefreshAll, Place::Screens),
    bind(&[char('p')], Command::Pause, Place::Screens),
    bind(&[ctrl('c')], Command::Interrupt, Place::Everywhere),
    bind(&[char('y')], Command::Copy, Place::Screens),
    bind(&[char('Y')], Command::CopyTable, Place::Screens),
    bind(&[char('E')], Command::Edit, Place::Dashboard),
    bind(&[char('1')], Command::ShowDashboard, Place::Screens),
    bind(&[char('2')], Command::ShowExplore, Place::Screens),
    bind(&[char('3')], Command::ShowSql, Place::Screens),
    bind(&[char('4')], Command::ShowData, Place::Screens),
    bind(&[char('5')], Command::ShowLog, Place::Screens),
    bind(&[char('D')], Command::Dashboards, Place::Screens),
    bind(&[char(':'), ctrl('p')], Command::Palette, Place::Screens),
    bind(
        &[char('?'), code(KeyCode::F(1))],
        Command::Help,
        Place::Screens,
    ),
    bind(&[ctrl('l')], Command::Redraw, Place::Everywhere),
    bind(&[ctrl('z')], Command::Suspend, Place::Everywhere),
    bind(&[char('q')], Command::Quit, Place::Screens),
];

/// What the footer offers on the dashboard, the most useful first: a narrow terminal shows fewer.
const ON_DASHBOARD: &[Command] = &[
    Command::Help,
    Command::Palette,
    Command::Open,
    Command::Quit,
    Command::Zoom,
    Command::TimeRange,
    Command::Pause,
    Command::Refresh,
    Command::Filters,
    Command::SwitchPicture,
    Command::ShowData,
    Command::Copy,
    Command::Edit,
];
const IN_DETAIL: &[Command] = &[
    Command::Back,
    Command::Help,
    Command::SwitchPicture,
    Command::Sort,
    Command::FilterRows,
    Command::CopyTable,
    Command::Edit,
    Command::Refresh,
    Command::NextPanel,
    Command::Quit,
];
const ON_DATA: &[Command] = &[
    Command::ShowDashboard,
    Command::Open,
    Command::Back,
    Command::RefreshAll,
    Command::Copy,
    Command::Help,
    Command::Quit,
];
const ON_LOG: &[Command] = &[
    Command::ShowDashboard,
    Command::Back,
    Command::Copy,
    Command::CopyTable,
    Command::Help,
    Command::Quit,
];
const ON_MANUAL: &[Command] = &[
    Command::Back,
    Command::PageDown,
    Command::PageUp,
    Command::Right,
    Command::Copy,
    Command::Help,
    Command::Quit,
];
const IN_TEXT: &[Command] = &[Command::Open, Command::Back];
const WHILE_RUNNING: &[Command] = &[
    Command::Interrupt,
    Command::Help,
    Command::Palette,
    Command::Quit,
];

const fn bind(keys: &'static [Key], command: Command, place: Place) -> Binding {
    Binding {
        keys,
        command,
        place,
    }
}

const fn code(code: KeyCode) -> Key {
    Key {
        code,
        control: Control::Free,
    }
}

const fn char(letter: char) -> Key {
    code(KeyCode::Char(letter))
}

const fn ctrl_code(code: KeyCode) -> Key {
    Key {
        code,
        control: Control::Held,
    }
}

const fn ctrl(letter: char) -> Key {
    ctrl_code(KeyCode::Char(letter))
}

impl Key {
    /// Returns the key of a key press. Shift is part of the letter, and Alt has no meaning of its own.
    #[must_use]
    pub fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let control = if modifiers.contains(KeyModifiers::CONTROL) {
            Control::Held
        } else {
            Control::Free
        };
        Self { code, control }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.control == Control::Held {
            write!(f, "Ctrl-")?;
        }
        match self.code {
            KeyCode::Char(' ') => write!(f, "Space"),
            KeyCode::Char(letter) => write!(f, "{letter}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            KeyCode::BackTab => write!(f, "Shift-Tab"),
            KeyCode::PageUp => write!(f, "PgUp"),
            KeyCode::PageDown => write!(f, "PgDn"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl Place {
    /// Tells whether keys of this place apply now.
    fn applies(self, view: View, typing: &Typing) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Screens => *typing == Typing::Keys,
            Self::Dashboard => *typing == Typing::Keys && view == View::Dashboard,
        }
    }

    /// Returns the place in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Screens => "every screen",
            Self::Dashboard => "dashboard",
        }
    }
}

/// Returns what a key does now, if anything.
#[must_use]
pub fn command(dashboard: &Dashboard, key: Key) -> Option<Command> {
    let applies = |binding: &&Binding| binding.place.applies(dashboard.view, &dashboard.typing);
    KEYS.iter()
        .filter(applies)
        .find(|binding| binding.keys.contains(&key))
        .map(|binding| binding.command)
}

/// Returns the keys of a command, joined by a space: `z e`.
#[must_use]
pub fn of(command: Command) -> String {
    let keys = KEYS
        .iter()
        .filter(|binding| binding.command == command)
        .flat_map(|binding| binding.keys);
    keys.map(Key::to_string).collect::<Vec<_>>().join(" ")
}

/// Returns the commands worth a hint now, each with its first key that works now.
#[must_use]
pub fn hints(dashboard: &Dashboard) -> Vec<(String, &'static Words)> {
    let running = dashboard.focused_runs() || matches!(dashboard.load, Load::First(_));
    let commands = match (&dashboard.typing, dashboard.view) {
        (Typing::Menu(_) | Typing::Rows, _) => IN_TEXT,
        (Typing::Keys, View::Dashboard) if running => WHILE_RUNNING,
        (Typing::Keys, View::Dashboard) if dashboard.detail != Detail::Grid => IN_DETAIL,
        (Typing::Keys, View::Dashboard) => ON_DASHBOARD,
        (Typing::Keys, View::Data) => ON_DATA,
        (Typing::Keys, View::Log) => ON_LOG,
        (Typing::Keys, View::Manual) => ON_MANUAL,
    };
    let key = |command: Command| {
        let mut bindings = KEYS.iter().filter(|binding| binding.command == command);
        bindings
            .find(|binding| binding.place.applies(dashboard.view, &dashboard.typing))
            .map(|binding| binding.keys[0])
    };
    let useful = |command: &&Command| {
        let sideways = dashboard.view == View::Manual && **command == Command::Right;
        !sideways || dashboard.page_overhang() > 0
    };
    commands
        .iter()
        .filter(useful)
        .filter_map(|command| Some((key(*command)?.to_string(), command.words()?)))
        .collect()
}

/// Returns the table as text, for `cxtop keys`.
#[must_use]
pub fn table() -> String {
    let line = |words: &Words| {
        format!(
            "{:<16} {:<14} {}\n",
            of(words.command),
            words.short,
            words.long
        )
    };
    crate::dashboard::COMMANDS.iter().map(line).collect()
}
