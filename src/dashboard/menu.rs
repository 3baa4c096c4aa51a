//! Lists to choose from: the palette, the help, dashboards, time ranges, filters. One component; typing narrows the list.

use super::command::{COMMANDS, Command};
use super::event::{Input, Notice, Request};
use super::range::Range;
use super::{Dashboard, Typing};
use crate::manual::Section;
use crate::store::Value;

/// An open menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// What it lists.
    pub kind: MenuKind,
    /// What was typed.
    pub text: String,
    /// The item under the cursor, from 0.
    pub selected: usize,
}

/// What a menu lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuKind {
    /// Every command, with its keys, and every section of the manual.
    Help,
    /// Every command, dashboard, panel and section of the manual.
    Palette,
    /// The workspace's dashboards.
    Dashboards,
    /// Time ranges.
    Range,
    /// The dashboard's filters.
    Filters,
    /// The values of one filter.
    Choices(String),
}

/// One item of a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is called.
    pub label: String,
    /// What it does, or its value.
    pub detail: String,
    /// Further names it is found by.
    pub names: &'static [String],
    /// What choosing it does.
    pub choice: Choice,
}

/// What choosing an item does.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Runs a command.
    Run(Command),
    /// Sets the time range.
    Range(Range),
    /// Opens the values of a filter.
    Filter(String),
    /// Sets a filter, or clears it.
    Set(String, Option<Value>),
    /// Sets a filter to a typed text.
    Typed(String, String),
    /// Opens the section of the manual of this index, from 0.
    Read(usize),
}

impl Menu {
    /// Returns a menu with nothing typed.
    #[must_use]
    pub fn new(kind: MenuKind) -> Self {
        Self {
            kind,
            text: String::new(),
            selected: 0,
        }
    }

    /// Takes in one key of text; the best match is under the cursor then.
    pub fn edit(&mut self, input: Input) {
        input.apply(&mut self.text);
        self.selected = 0;
    }
}

impl Dashboard {
    pub(super) fn menu(&mut self, kind: MenuKind) -> Vec<Request> {
        let now = match kind {
            MenuKind::Range => Range::menu().iter().position(|range| *range == self.range),
            _ => None,
        };
        self.typing = Typing::Menu(Menu {
            selected: now.unwrap_or(0),
            ..Menu::new(kind)
        });
        Vec::new()
    }

    /// Returns the items of the open menu that match what was typed, best first.
    #[must_use]
    pub fn menu_items(&self) -> Vec<Item> {
        let Typing::Menu(menu) = &self.typing else {
            return Vec::new();
        };
        let items = match &menu.kind {
            MenuKind::Help => command_items().chain(self.section_items()).collect(),
            MenuKind::Palette => self.palette_items(),
            MenuKind::Dashboards => self.dashboard_items(),
            MenuKind::Range => return self.range_items(&menu.text),
            MenuKind::Filters => self.filter_items(),
            MenuKind::Choices(name) => return self.choice_items(name, &menu.text),
        };
        matching(items, &menu.text)
    }

    fn palette_items(&self) -> Vec<Item> {
        let panels = self.tiles.iter().enumerate().map(|(index, tile)| Item {
            label: tile.title().to_string(),
            detail: format!("panel · {}", tile.place.query),
            names: &[],
            choice: Choice::Run(Command::FocusPanel(index)),
        });
        let sections = self.section_items().map(|item| Item {
            detail: format!("manual · {}", item.detail),
            ..item
        });
        self.dashboard_items()
            .into_iter()
            .chain(panels)
            .chain(command_items())
            .chain(sections)
            .collect()
    }

    fn dashboard_items(&self) -> Vec<Item> {
        let item = |(index, file): (usize, &crate::queries::DashboardFile)| Item {
            label: file.title.clone(),
            detail: format!("dashboard · {}", file.name),
            names: &[],
            choice: Choice::Run(Command::OpenDashboard(index)),
        };
        self.workspace
            .dashboards
            .iter()
            .enumerate()
            .map(item)
            .collect()
    }

    fn section_items(&self) -> impl Iterator<Item = Item> {
        let item = |(index, section): (usize, &'static Section)| Item {
            label: section.title.clone(),
            detail: section.summary.clone(),
            names: &section.names,
            choice: Choice::Read(index),
        };
        self.manual.sections.iter().enumerate().map(item)
    }

    fn range_items(&self, text: &str) -> Vec<Item> {
        let calendar = self.calendar();
        let days = |range: Range| match range.bounds(calendar) {
            None => "each query's own range".to_string(),
            Some((since, until)) => format!("{since} … {}", until.yesterday().unwrap_or(until)),
        };
        let item = |range: Range| Item {
            label: range.to_string(),
            detail: days(range),
            names: &[],
            choice: Choice::Range(range),
        };
        let typed = Range::parse(text, calendar).filter(|range| !Range::menu().contains(range));
        let known = matching(Range::menu().into_iter().map(item).collect(), text);
        typed.map(item).into_iter().chain(known).collect()
    }

    /// Carries out the item under the cursor.
    pub(super) fn choose(&mut self) -> Vec<Request> {
        let items = self.menu_items();
        let Typing::Menu(menu) = std::mem::replace(&mut self.typing, Typing::Keys) else {
            return Vec::new();
        };
        let Some(item) = items.into_iter().nth(menu.selected) else {
            let text = format!("nothing matches `{}`", menu.text);
            self.typing = Typing::Menu(menu);
            return self.say(Notice::info(text));
        };
        match item.choice {
            Choice::Run(command) => self.run(command),
            Choice::Range(range) => self.set_range(range),
            Choice::Filter(name) => self.open_choices(name),
            Choice::Set(name, value) => self.set_filter(&name, value),
            Choice::Typed(name, text) => self.set_typed_filter(&name, &text),
            Choice::Read(section) => self.open_page(section, menu),
        }
    }

    /// Closes a menu; the values of a filter lead back to the filters.
    pub(super) fn back_from(&mut self, menu: &Menu) -> Vec<Request> {
        match menu.kind {
            MenuKind::Choices(_) => self.open_filters(),
            _ => Vec::new(),
        }
    }
}

fn command_items() -> impl Iterator<Item = Item> {
    let item = |words: &super::command::Words| Item {
        label: words.short.to_string(),
        detail: words.long.to_string(),
        names: &[],
        choice: Choice::Run(words.command),
    };
    COMMANDS.iter().map(item)
}

/// Returns the items whose label has the typed letters in their order, or whose names begin with the typed text, or
/// whose detail has it, best first.
pub(super) fn matching(items: Vec<Item>, text: &str) -> Vec<Item> {
    let score = |item: &Item| {
        let label = closeness(&item.label, text).map(|score| score + 10);
        let typed = text.trim().to_lowercase();
        let named = item.names.iter().any(|name| name.starts_with(&typed));
        let detail = item.detail.to_lowercase().contains(&typed);
        label.max(named.then_some(5)).max(detail.then_some(0))
    };
    let mut scored: Vec<(i32, Item)> = items
        .into_iter()
        .filter_map(|item| Some((score(&item)?, item)))
        .collect();
    scored.sort_by_key(|(score, _)| -score);
    scored.into_iter().map(|(_, item)| item).collect()
}

/// Returns how well a text matches typed letters: each must occur, in order. Letters that begin a word or follow each
/// other count most.
fn closeness(text: &str, typed: &str) -> Option<i32> {
    let mut score = 0;
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let mut previous = ' ';
    let mut followed = false;
    for wanted in typed
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|wanted| !wanted.is_whitespace())
    {
        loop {
            let letter = letters.next()?;
            let begins = !previous.is_alphanumeric();
            previous = letter;
            if letter == wanted {
                score += if begins || followed { 8 } else { 1 };
                followed = true;
                break;
            }
            followed = false;
            score -= i32::from(score > 0);
        }
    }
    Some(score)
}
