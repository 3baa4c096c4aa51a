//! What each event and each command does. Long answers live in the functions named here.

use super::command::Command;
use super::event::{Event, Input, Notice, Now, Request};
use super::log::Toast;
use super::menu::MenuKind;
use super::moving::Direction;
use super::shown::Drawn;
use super::{Dashboard, Size, Typing, View};

impl Dashboard {
    /// Takes in one event and returns what it asks of the outside.
    pub fn update(&mut self, event: Event, now: &Now) -> Vec<Request> {
        self.now = now.clone();
        self.drawn = Drawn::No;
        self.drop_old_toast();
        let mut requests = match event {
            Event::Command(command) => self.run(command),
            Event::Typed(input) => self.typed(input),
            Event::Resized { width, height } => self.resized(Size { width, height }),
            Event::Started(ticket) => self.started(ticket),
            Event::Answered {
                ticket,
                result,
                elapsed,
            } => self.answered(ticket, result, elapsed),
            Event::Loading(progress) => self.loading(progress),
            Event::Loaded(loaded) => self.loaded(loaded),
            Event::Reread(workspace) => self.reread(*workspace),
            Event::Rejects { table, records } => self.took_rejects(&table, records),
            Event::Notice(notice) => self.noticed(notice),
            Event::Woke => Vec::new(),
        };
        requests.extend(self.ask_due());
        self.scroll_to_focus();
        requests
    }

    /// Carries out one command.
    pub(super) fn run(&mut self, command: Command) -> Vec<Request> {
        match command {
            Command::Up => self.go(Direction::Up),
            Command::Down => self.go(Direction::Down),
            Command::Left => self.go(Direction::Left),
            Command::Right => self.go(Direction::Right),
            Command::PageUp => self.page(Direction::Up),
            Command::PageDown => self.page(Direction::Down),
            Command::First => self.end(Direction::Up),
            Command::Last => self.end(Direction::Down),
            Command::NextPanel => self.focus_by(1),
            Command::PreviousPanel => self.focus_by(-1),
            Command::PanelUp => self.focus_towards(Direction::Up),
            Command::PanelDown => self.focus_towards(Direction::Down),
            Command::PanelLeft => self.focus_towards(Direction::Left),
            Command::PanelRight => self.focus_towards(Direction::Right),
            Command::FocusPanel(index) => self.focus_on(index),
            Command::Open => self.open_selected(),
            Command::Back => self.back(),
            Command::Zoom => self.zoom(),
            Command::SwitchPicture => self.switch_picture(),
            Command::Sort => self.sort(),
            Command::ReverseSort => self.reverse_sort(),
            Command::FilterRows => self.filter_rows(),
            Command::TimeRange => self.menu(MenuKind::Range),
            Command::Earlier => self.set_range(self.range.shifted(-1, self.calendar())),
            Command::Later => self.set_range(self.range.shifted(1, self.calendar())),
            Command::Wider => self.set_range(self.range.wider(self.calendar())),
            Command::Narrower => self.set_range(self.range.narrower(self.calendar())),
            Command::Filters => self.open_filters(),
            Command::Refresh => self.refresh(),
            Command::RefreshAll => self.refresh_all(),
            Command::Pause => self.pause(),
            Command::Copy => self.copy_value(),
            Command::CopyTable => self.copy_table(),
            Command::Edit => self.edit(),
            Command::ShowDashboard => self.show(View::Dashboard),
            Command::ShowExplore => self.say(Notice::info(
                "Explore is not built yet; 1 shows the dashboard",
            )),
            Command::ShowSql => self.say(Notice::info(
                "the SQL view is not built yet; `cxtop sql TEXT` runs SQL",
            )),
            Command::ShowData => self.show(View::Data),
            Command::ShowLog => self.show(View::Log),
            Command::Dashboards => self.menu(MenuKind::Dashboards),
            Command::OpenDashboard(index) => self.open_dashboard(index),
            Command::Palette => self.menu(MenuKind::Palette),
            Command::Help => self.menu(MenuKind::Help),
            Command::Redraw => vec![Request::Redraw],
            Command::Suspend => vec![Request::Suspend],
            Command::Interrupt => self.interrupt(),
            Command::Quit => vec![Request::Quit],
        }
    }

    fn typed(&mut self, input: Input) -> Vec<Request> {
        match &mut self.typing {
            Typing::Keys => Vec::new(),
            Typing::Menu(menu) => {
                menu.edit(input);
                Vec::new()
            }
            Typing::Rows => self.type_row_filter(input),
        }
    }

    fn resized(&mut self, size: Size) -> Vec<Request> {
        let on_top = self.block_on_top();
        self.size = size;
        self.put_on_top(on_top);
        Vec::new()
    }

    fn show(&mut self, view: View) -> Vec<Request> {
        self.view = view;
        self.typing = Typing::Keys;
        Vec::new()
    }

    fn noticed(&mut self, notice: Notice) -> Vec<Request> {
        self.log.add(notice.clone(), &self.now);
        self.say(notice)
    }

    /// Shows a notice for a moment, without a line in the log.
    pub(super) fn say(&mut self, notice: Notice) -> Vec<Request> {
        self.toast = Some(Toast::new(notice, &self.now));
        Vec::new()
    }

    fn drop_old_toast(&mut self) {
        if self
            .toast
            .as_ref()
            .is_some_and(|toast| toast.until <= self.now.instant)
        {
            self.toast = None;
        }
    }
}

impl Input {
    /// Applies one key of input to a line of text.
    pub(super) fn apply(self, text: &mut String) {
        match self {
            Self::Char(char) if !char.is_control() => text.push(char),
            Self::Char(_) => {}
            Self::Backspace => {
                text.pop();
            }
        }
    }
}
