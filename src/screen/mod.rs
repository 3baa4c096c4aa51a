//! Draws the dashboard and turns keys into commands.
//!
//! ```text
//!  title  dashboard        range  filters        state   header.rs
//! ╭ NPS ──── 10:42 · 84 ms ╮╭ CSAT ─────────────────────╮ frame.rs, tile.rs
//! │ panels/ or error.rs    ││                           │ inside them
//! ╰────────────────────────╯╰───────────────────────────╯
//!  ? help  : palette  z zoom                             footer.rs, from the one table in keys.rs
//! ```
//!
//! Invariant: drawing changes nothing but the buffer it is given, and no byte of the data acts on the terminal.

pub mod data;
pub mod error;
pub mod filter;
pub mod footer;
pub mod frame;
pub mod header;
pub mod help;
pub mod input;
pub mod keys;
pub mod layout;
pub mod list;
pub mod log;
pub mod manual;
pub mod number;
pub mod painter;
pub mod palette;
pub mod panels;
pub mod pen;
pub mod snapshot;
pub mod style;
pub mod terminal;
pub mod text;
pub mod tile;
mod tty;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::dashboard::menu::MenuKind;
use crate::dashboard::{Dashboard, Room, Typing, View};
use pen::Pen;
use style::Style;

/// Draws everything on show into a buffer of the dashboard's size.
pub fn draw(dashboard: &Dashboard, style: &Style, buffer: &mut Buffer) {
    let screen = buffer.area;
    if dashboard.size.room() == Room::OneLine {
        draw_too_small(screen, *style, buffer);
        return;
    }
    let line = |y: u16| Rect {
        y,
        height: 1,
        ..screen
    };
    let body = Rect {
        y: 1,
        height: screen.height.saturating_sub(2),
        ..screen
    };
    header::draw(dashboard, &mut Pen::new(buffer, line(0), style));
    match dashboard.view {
        View::Dashboard => layout::draw(dashboard, style, body, buffer),
        View::Data => data::draw(dashboard, style, body, buffer),
        View::Log => log::draw(dashboard, &mut Pen::new(buffer, body, style)),
        View::Manual => manual::draw(dashboard, &mut Pen::new(buffer, body, style)),
    }
    footer::draw(
        dashboard,
        &mut Pen::new(buffer, line(screen.height.saturating_sub(1)), style),
    );
    if let Typing::Menu(menu) = &dashboard.typing {
        match &menu.kind {
            MenuKind::Help => help::draw(dashboard, menu, style, body, buffer),
            MenuKind::Palette | MenuKind::Dashboards => {
                palette::draw(dashboard, menu, style, body, buffer);
            }
            MenuKind::Range | MenuKind::Filters | MenuKind::Choices(_) => {
                filter::draw(dashboard, menu, style, body, buffer);
            }
        }
    }
}

/// Where nothing fits, one plain line says so.
fn draw_too_small(screen: Rect, style: Style, buffer: &mut Buffer) {
    let text = format!(
        "cxtop needs 40x10, this is {}x{}",
        screen.width, screen.height
    );
    Pen::new(buffer, screen, &style).text(0, 0, usize::MAX, &text, style.plain());
}
