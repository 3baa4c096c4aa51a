//! The palette: any command, dashboard or panel by its words. The menu of dashboards is the same with fewer items.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::span;
use super::keys;
use super::list::{self, Cursor, Line, List};
use super::style::Style;
use crate::dashboard::Dashboard;
use crate::dashboard::menu::{Choice, Item, Menu, MenuKind};

/// Draws the palette over the body of the screen.
pub fn draw(dashboard: &Dashboard, menu: &Menu, style: &Style, body: Rect, buffer: &mut Buffer) {
    let items = dashboard.menu_items();
    let lines = items
        .iter()
        .enumerate()
        .map(|(index, item)| line(item, Cursor::at(menu.selected, index), *style));
    let title = if menu.kind == MenuKind::Dashboards {
        "Dashboards"
    } else {
        "Palette"
    };
    let hint = "type to find; Enter runs";
    list::draw(
        &List {
            title,
            text: &menu.text,
            hint,
            lines: lines.collect(),
            width: 90,
        },
        style,
        body,
        buffer,
    );
}

fn line(item: &Item, cursor: Cursor, style: Style) -> Line {
    let keys = match item.choice {
        Choice::Run(command) => keys::of(command),
        _ => String::new(),
    };
    let mut label = vec![span(&item.label, style.plain())];
    if let Some(key) = keys.split(' ').next().filter(|key| !key.is_empty()) {
        label.push(span(format!("  {key}"), style.accent()));
    }
    Line::Item {
        label,
        detail: item.detail.clone(),
        cursor,
    }
}
