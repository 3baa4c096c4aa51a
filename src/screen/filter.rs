//! The menus that say which data: time range, filters, the values of a filter.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::span;
use super::list::{self, Cursor, Line, List};
use super::style::Style;
use crate::dashboard::Dashboard;
use crate::dashboard::menu::{Item, Menu, MenuKind};

/// Draws one of the menus over the body of the screen.
pub fn draw(dashboard: &Dashboard, menu: &Menu, style: &Style, body: Rect, buffer: &mut Buffer) {
    let items = dashboard.menu_items();
    let mut lines: Vec<Line> = items
        .iter()
        .enumerate()
        .map(|(index, item)| line(item, Cursor::at(menu.selected, index), *style))
        .collect();
    let (title, hint) = match &menu.kind {
        MenuKind::Range => (
            "Time range".to_string(),
            "or type: 30d  8w  2026-01-01..2026-03-31",
        ),
        MenuKind::Choices(name) => (label_of(dashboard, name), "type to find"),
        _ => ("Filters".to_string(), "type to find"),
    };
    if let MenuKind::Choices(name) = &menu.kind {
        lines.extend(dashboard.choices_note(name).map(Line::Heading));
    }
    list::draw(
        &List {
            title: &title,
            text: &menu.text,
            hint,
            lines,
            width: 60,
        },
        style,
        body,
        buffer,
    );
}

fn line(item: &Item, cursor: Cursor, style: Style) -> Line {
    Line::Item {
        label: vec![span(&item.label, style.plain())],
        detail: item.detail.clone(),
        cursor,
    }
}

fn label_of(dashboard: &Dashboard, name: &str) -> String {
    let filters = dashboard.filters_on_show();
    filters
        .iter()
        .find(|filter| filter.name == name)
        .map_or_else(|| name.to_string(), |filter| filter.label.clone())
}
