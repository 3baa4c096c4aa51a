//! The help: every key, from the one table, in groups, and every section of the manual; typing searches, Enter runs or
//! opens.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::span;
use super::keys;
use super::list::{self, Cursor, Line, List};
use super::style::Style;
use crate::dashboard::Dashboard;
use crate::dashboard::menu::{Choice, Item, Menu};

/// Draws the help over the body of the screen.
pub fn draw(dashboard: &Dashboard, menu: &Menu, style: &Style, body: Rect, buffer: &mut Buffer) {
    let mut lines = Vec::new();
    let mut heading = None;
    for (index, item) in dashboard.menu_items().iter().enumerate() {
        let own = group(item);
        // Search results are ordered by how well they match, so that headings would only be noise.
        if menu.text.is_empty() && own != heading {
            heading = own;
            lines.extend(own.map(|title| Line::Heading(title.to_string())));
        }
        lines.push(line(item, Cursor::at(menu.selected, index), *style));
    }
    let hint = "type to search; Enter runs or opens; Esc closes";
    list::draw(
        &List {
            title: "Keys and functions",
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

fn group(item: &Item) -> Option<&'static str> {
    match item.choice {
        Choice::Run(command) => command.words().map(|words| words.group.title()),
        Choice::Read(_) => Some("Functions"),
        _ => None,
    }
}

fn line(item: &Item, cursor: Cursor, style: Style) -> Line {
    let label = match item.choice {
        Choice::Run(command) => span(format!("{:<15}", keys::of(command)), style.accent()),
        _ => span(&item.label, style.code()),
    };
    Line::Item {
        label: vec![label],
        detail: item.detail.clone(),
        cursor,
    }
}
