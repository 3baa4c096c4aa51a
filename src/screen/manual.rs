//! The Manual screen: one section of the manual. The same lines are what `cxtop functions` prints.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use super::frame::span;
use super::pen::{Pen, Span};
use super::snapshot;
use super::style::{Colors, Ink, Style};
use crate::dashboard::Dashboard;
use crate::dashboard::manual::MARGIN;
use crate::manual::{Line, Look, Run};

/// Draws the lines that fit, from the one the reader has scrolled to.
pub fn draw(dashboard: &Dashboard, pen: &mut Pen<'_>) {
    let reading = &dashboard.reading;
    let lines = dashboard.page_lines();
    let shown = lines.iter().skip(reading.scrolled).take(pen.height());
    for (y, line) in shown.enumerate() {
        draw_line(line, reading.shifted, MARGIN.into(), y, pen);
    }
}

/// Returns which lines are on screen: `1-22 of 180`.
#[must_use]
pub fn position(dashboard: &Dashboard) -> String {
    let height = usize::from(dashboard.size.body().height);
    let lines = dashboard.page_lines().len();
    let first = dashboard.reading.scrolled;
    format!("{}-{} of {lines}", first + 1, lines.min(first + height))
}

/// Returns lines as text for a file or a terminal, with escape sequences where there is colour.
#[must_use]
pub fn printed(lines: &[Line], style: &Style) -> String {
    lines
        .iter()
        .map(|line| printed_line(line, *style))
        .collect()
}

fn printed_line(line: &Line, style: Style) -> String {
    // Each line is as wide as it is: blanks at its end would wrap in a narrow terminal.
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    let area = Rect::new(0, 0, width, 1);
    let mut buffer = Buffer::empty(area);
    draw_line(line, 0, 0, 0, &mut Pen::new(&mut buffer, area, &style));
    if style.colors == Colors::None {
        snapshot::text_of(&buffer)
    } else {
        snapshot::ansi_of(&buffer)
    }
}

fn draw_line(line: &Line, shifted: usize, margin: usize, y: usize, pen: &mut Pen<'_>) {
    for part in &line.parts {
        let spans: Vec<Span> = part
            .runs
            .iter()
            .map(|run| shown(run, shifted, pen.style))
            .collect();
        pen.spans(margin + part.at, y, usize::MAX, &spans);
    }
}

fn shown(run: &Run, shifted: usize, style: Style) -> Span {
    match run.look {
        look if style.colors == Colors::None && look != Look::Example => {
            span(run.quoted(), ink(look, style))
        }
        Look::Example => {
            let rest: String = run.text.graphemes(true).skip(shifted).collect();
            span(rest, ink(run.look, style))
        }
        look => span(&run.text, ink(look, style)),
    }
}

fn ink(look: Look, style: Style) -> Ink {
    match look {
        Look::Plain => style.plain(),
        Look::Strong => style.strong(),
        Look::Code | Look::Example => style.code(),
        Look::Faint => style.faint(),
    }
}
