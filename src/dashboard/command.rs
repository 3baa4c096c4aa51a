//! Everything the user can do, each with its words. The key table, the hints, the help and the palette all come from
//! this list, so that none of them can forget a command.

/// One thing the user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Moves the cursor up.
    Up,
    /// Moves the cursor down.
    Down,
    /// Moves the cursor left.
    Left,
    /// Moves the cursor right.
    Right,
    /// Moves up by a screenful.
    PageUp,
    /// Moves down by a screenful.
    PageDown,
    /// Goes to the first row.
    First,
    /// Goes to the last row.
    Last,
    /// Goes to the next panel.
    NextPanel,
    /// Goes to the panel before.
    PreviousPanel,
    /// Goes to the panel above.
    PanelUp,
    /// Goes to the panel below.
    PanelDown,
    /// Goes to the panel on the left.
    PanelLeft,
    /// Goes to the panel on the right.
    PanelRight,
    /// Goes to this panel of the dashboard, from 0.
    FocusPanel(usize),
    /// Opens what is under the cursor.
    Open,
    /// Goes one step back; never quits.
    Back,
    /// Shows one panel on the whole screen, or all again.
    Zoom,
    /// Shows the same numbers as a picture or as a table.
    SwitchPicture,
    /// Sorts by the column under the cursor.
    Sort,
    /// Turns the order of the sorted column round.
    ReverseSort,
    /// Keeps only the rows that contain a text.
    FilterRows,
    /// Opens the menu of time ranges.
    TimeRange,
    /// Moves the time range back by its own length.
    Earlier,
    /// Moves the time range forward by its own length.
    Later,
    /// Shows a longer time range.
    Wider,
    /// Shows a shorter time range.
    Narrower,
    /// Opens the dashboard's filters.
    Filters,
    /// Asks the focused panel's query again.
    Refresh,
    /// Asks every query again and looks at the files.
    RefreshAll,
    /// Stops following the data, or goes on.
    Pause,
    /// Copies the value under the cursor.
    Copy,
    /// Copies the panel's numbers as tab-separated text.
    CopyTable,
    /// Opens the panel's query file in `$EDITOR`.
    Edit,
    /// Shows the dashboard.
    ShowDashboard,
    /// Shows the explorer.
    ShowExplore,
    /// Shows the SQL view.
    ShowSql,
    /// Shows the sources.
    ShowData,
    /// Shows the log.
    ShowLog,
    /// Opens the menu of dashboards.
    Dashboards,
    /// Opens this dashboard of the workspace, from 0.
    OpenDashboard(usize),
    /// Opens the palette.
    Palette,
    /// Opens the help.
    Help,
    /// Draws everything afresh.
    Redraw,
    /// Hands the terminal back to the shell.
    Suspend,
    /// Cancels what runs; twice within a second quits.
    Interrupt,
    /// Quits.
    Quit,
}

/// What a group of commands is about; the help's headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Moving about.
    Move,
    /// Looking closer.
    Look,
    /// Which data.
    Data,
    /// Following it live.
    Live,
    /// Taking it away.
    Take,
    /// Going elsewhere.
    Go,
}

impl Group {
    /// Returns the group's heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Look => "Look closer",
            Self::Data => "Which data",
            Self::Live => "Live",
            Self::Take => "Take it away",
            Self::Go => "Go",
        }
    }
}

/// What help, hints and palette say about a command.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The command.
    pub command: Command,
    /// Its heading in the help.
    pub group: Group,
    /// One or two words, for the footer.
    pub short: &'static str,
    /// What it does, for help and palette.
    pub long: &'static str,
}

/// Every command without a parameter, in the order of the help.
pub const COMMANDS: &[Words] = &[
    words(
        Command::Up,
        Group::Move,
        "up",
        "one row up; in a panel of one row, the panel above",
    ),
    words(
        Command::Down,
        Group::Move,
        "down",
        "one row down; in a panel of one row, the panel below",
    ),
    words(
        Command::Left,
        Group::Move,
        "left",
        "one column left, or the panel on the left",
    ),
    words(
        Command::Right,
        Group::Move,
        "right",
        "one column right, or the panel on the right",
    ),
    words(Command::PageUp, Group::Move, "page up", "a screenful up"),
    words(
        Command::PageDown,
        Group::Move,
        "page down",
        "a screenful down",
    ),
    words(Command::First, Group::Move, "first", "first row"),
    words(Command::Last, Group::Move, "last", "last row"),
    words(Command::NextPanel, Group::Move, "next", "next panel"),
    words(
        Command::PreviousPanel,
        Group::Move,
        "previous",
        "previous panel",
    ),
    words(Command::PanelUp, Group::Move, "panel above", "panel above"),
    words(
        Command::PanelDown,
        Group::Move,
        "panel below",
        "panel below",
    ),
    words(
        Command::PanelLeft,
        Group::Move,
        "panel left",
        "panel on the left",
    ),
    words(
        Command::PanelRight,
        Group::Move,
        "panel right",
        "panel on the right",
    ),
    words(
        Command::Open,
        Group::Look,
        "open",
        "open the panel's numbers, or a source's rejects",
    ),
    words(
        Command::Back,
        Group::Look,
        "back",
        "one step back; cancels a running query; never quits",
    ),
    words(
        Command::Zoom,
        Group::Look,
        "zoom",
        "this panel on the whole screen, and back",
    ),
    words(
        Command::SwitchPicture,
        Group::Look,
        "chart/table",
        "the same numbers as picture or table",
    ),
    words(
        Command::Sort,
        Group::Look,
        "sort",
        "sort a table by the column under the cursor",
    ),
    words(
        Command::ReverseSort,
        Group::Look,
        "reverse",
        "turn the order of the sorted column round",
    ),
    words(
        Command::FilterRows,
        Group::Look,
        "rows",
        "keep only the rows that contain a text",
    ),
    words(
        Command::TimeRange,
        Group::Data,
        "time",
        "choose the time range",
    ),
    words(
        Command::Earlier,
        Group::Data,
        "earlier",
        "move the time range back by its length",
    ),
    words(
        Command::Later,
        Group::Data,
        "later",
        "move the time range forward by its length",
    ),
    words(Command::Wider, Group::Data, "wider", "a longer time range"),
    words(
        Command::Narrower,
        Group::Data,
        "narrower",
        "a shorter time range",
    ),
    words(
        Command::Filters,
        Group::Data,
        "filters",
        "the dashboard's filters",
    ),
    words(
        Command::Refresh,
        Group::Live,
        "refresh",
        "ask this panel's query again",
    ),
    words(
        Command::RefreshAll,
        Group::Live,
        "refresh all",
        "look at the files and ask every query again",
    ),
    words(
        Command::Pause,
        Group::Live,
        "pause",
        "stop following the data, or go on",
    ),
    words(
        Command::Interrupt,
        Group::Live,
        "cancel",
        "cancel what runs; twice within a second quits",
    ),
    words(
        Command::Copy,
        Group::Take,
        "copy",
        "copy the value under the cursor, error or example",
    ),
    words(
        Command::CopyTable,
        Group::Take,
        "copy table",
        "copy the panel's numbers, tab-separated, or the page",
    ),
    words(
        Command::Edit,
        Group::Take,
        "edit",
        "open this panel's query file in $EDITOR",
    ),
    words(
        Command::ShowDashboard,
        Group::Go,
        "dashboard",
        "the dashboard",
    ),
    words(
        Command::ShowExplore,
        Group::Go,
        "explore",
        "explore funnels, retention and paths (not built yet)",
    ),
    words(
        Command::ShowSql,
        Group::Go,
        "SQL",
        "write SQL (not built yet)",
    ),
    words(
        Command::ShowData,
        Group::Go,
        "data",
        "the sources: files, rows, rejects, lag",
    ),
    words(
        Command::ShowLog,
        Group::Go,
        "log",
        "what happened: notices, warnings, errors",
    ),
    words(
        Command::Dashboards,
        Group::Go,
        "dashboards",
        "another dashboard of this workspace",
    ),
    words(
        Command::Palette,
        Group::Go,
        "palette",
        "find any command, panel, dashboard or function",
    ),
    words(
        Command::Help,
        Group::Go,
        "help",
        "all keys and functions; type to search, Enter opens",
    ),
    words(
        Command::Redraw,
        Group::Go,
        "redraw",
        "draw everything afresh",
    ),
    words(
        Command::Suspend,
        Group::Go,
        "suspend",
        "back to the shell; `fg` returns",
    ),
    words(Command::Quit, Group::Go, "quit", "quit"),
];

const fn words(command: Command, group: Group, short: &'static str, long: &'static str) -> Words {
    Words {
        command,
        group,
        short,
        long,
    }
}

impl Command {
    /// Returns what help, hints and palette say about the command; commands with a parameter have no entry.
    #[must_use]
    pub fn words(self) -> Option<&'static Words> {
        COMMANDS.iter().find(|words| words.command == self)
    }
}
