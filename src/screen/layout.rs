//! Draws the panels of the dashboard where the layout puts them: a grid that scrolls, or one panel at a time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pen::Pen;
use super::style::Style;
use super::tile;
use crate::dashboard::{Dashboard, Layout};

/// Draws the panels into the body of the screen.
pub fn draw(dashboard: &Dashboard, style: &Style, body: Rect, buffer: &mut Buffer) {
    if dashboard.tiles.is_empty() {
        draw_nothing(dashboard, *style, body, buffer);
    } else if dashboard.shows_one_panel() {
        tile::draw(dashboard, dashboard.focus, style, body, buffer);
    } else {
        draw_grid(dashboard, *style, body, buffer);
    }
}

fn draw_grid(dashboard: &Dashboard, style: Style, body: Rect, buffer: &mut Buffer) {
    let layout = dashboard.layout();
    for index in dashboard.visible() {
        let area = layout.areas[index];
        let whole = area.y >= dashboard.scroll && area.bottom() - dashboard.scroll <= body.height;
        let place = Rect::new(body.x + area.x, 0, area.width, area.height);
        if whole {
            let place = Rect {
                y: body.y + area.y - dashboard.scroll,
                ..place
            };
            tile::draw(dashboard, index, &style, place, buffer);
        } else {
            draw_part(dashboard, index, style, (place, area.y), body, buffer);
        }
    }
    draw_scroll_bar(dashboard, &layout, &mut Pen::new(buffer, body, &style));
}

/// Draws a panel that reaches over the edge of the screen: aside first, then the lines that show.
fn draw_part(
    dashboard: &Dashboard,
    index: usize,
    style: Style,
    (place, top): (Rect, u16),
    body: Rect,
    buffer: &mut Buffer,
) {
    let mut aside = Buffer::empty(place);
    tile::draw(dashboard, index, &style, place, &mut aside);
    for line in 0..place.height {
        let Some(y) = (top + line)
            .checked_sub(dashboard.scroll)
            .filter(|y| *y < body.height)
        else {
            continue;
        };
        for x in place.left()..place.right().min(body.right()) {
            if let (Some(to), Some(from)) =
                (buffer.cell_mut((x, body.y + y)), aside.cell((x, line)))
            {
                *to = from.clone();
            }
        }
    }
}

fn draw_scroll_bar(dashboard: &Dashboard, layout: &Layout, pen: &mut Pen<'_>) {
    let height = pen.height();
    let total = usize::from(layout.height);
    if total <= height || height == 0 {
        return;
    }
    let thumb = (height * height / total).max(1);
    let top = usize::from(dashboard.scroll) * (height - thumb) / (total - height);
    let (x, faint) = (pen.width() - 1, pen.style.faint());
    for y in 0..height {
        let glyph = if (top..top + thumb).contains(&y) {
            "█"
        } else {
            "│"
        };
        pen.glyph(x, y, glyph, faint);
    }
}

fn draw_nothing(dashboard: &Dashboard, style: Style, body: Rect, buffer: &mut Buffer) {
    let text = if dashboard.file.is_some() {
        "this dashboard has no panels: add [[rows]] to its file"
    } else {
        "this workspace has no dashboards: write dashboards/overview.toml; `cxtop run QUERY` needs none"
    };
    let mut pen = Pen::new(buffer, body, &style);
    let y = pen.height() / 2;
    let x = pen.width().saturating_sub(pen.measure(text)) / 2;
    pen.text(x, y, usize::MAX, text, style.faint());
}
