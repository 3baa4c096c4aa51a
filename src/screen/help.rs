//! The help: every key, from the one table, in groups; typing searches, Enter runs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::span;
use super::keys;
use super::list::{self, Cursor, Line, List};
use super::style::Style;
use crate::dashboard::command::Group;
use crate::dashboard::menu::{Choice, Item, Menu};
use crate::dashboard::{Command, Dashboard};

/// Draws the help over the body of the screen.
pub fn draw(dashboard: &Dashboard, menu: &Menu, style: &Style, body: Rect, buffer: &mut Buffer) {
    let mut lines = Vec::new();
    let mut group: Option<Group> = None;
    for (index, item) in dashboard.menu_items().iter().enumerate() {
        let Choice::Run(command) = item.choice else {
            continue;
        };
        let own = command.words().map(|words| words.group);
        // Search results are ordered by how well they match, so that headings would only be noise.
        if menu.text.is_empty() && own != group {
            group = own;
            lines.extend(own.map(|group| Line::Heading(group.title().to_string())));
        }
        lines.push(line(
            item,
            command,
            Cursor::at(menu.selected, index),
            *style,
        ));
    }
    let hint = "type to search; Enter runs; Esc closes";
    list::draw(
        &List {
            title: "Keys",
            text: &menu.text,
            hint,
            lines,
            width: 84,
        },
        style,
        body,
        buffer,
    );
}

fn line(item: &Item, command: Command, cursor: Cursor, style: Style) -> Line {
    let keys = format!("{:<15}", keys::of(command));
    Line::Item {
        label: vec![span(keys, style.accent())],
        detail: item.detail.clone(),
        cursor,
    }
}
