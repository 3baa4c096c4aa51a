//! A thin frame with a title on its left and the state of what is inside on its right.
//!
//! Focus is shown in the title alone (`▸ Title`, in colour): moving it changes two titles instead of two borders, which
//! over SSH is a twentieth of the bytes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::pen::{Pen, Span};
use super::style::{Glyphs, Ink, Style};

/// What stands on a frame.
pub struct Frame<'a> {
    /// The title.
    pub title: &'a str,
    /// Whether the keys go to what is inside.
    pub focus: Focus,
    /// What may stand on the right, the fullest first: the first that fits beside the title does.
    pub right: Vec<Vec<Span>>,
    /// Whether the title gives way to the shortest of those.
    pub priority: Priority,
    /// Stands on the lower edge.
    pub foot: Vec<Span>,
}

/// Whether the keys go to what is inside a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// They do.
    Here,
    /// They do not.
    Elsewhere,
}

/// Which of title and state gives way where both do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// The state gives way.
    Title,
    /// The title gives way.
    State,
}

/// Draws a frame and returns the area inside it.
pub fn draw(frame: &Frame<'_>, style: &Style, area: Rect, buffer: &mut Buffer) -> Rect {
    let mut pen = Pen::new(buffer, area, style);
    let (width, height) = (pen.width(), pen.height());
    if width < 4 || height < 2 {
        return Rect {
            width: 0,
            height: 0,
            ..area
        };
    }
    draw_border(&mut pen);
    let taken = draw_right(frame, &mut pen);
    // The mark takes the place of the blank before the title, so that the title does not move with the focus.
    let (mark, ink) = match frame.focus {
        Focus::Here => ("▸", style.accent()),
        Focus::Elsewhere => (" ", style.strong()),
    };
    let room = width - 2 - taken;
    let used = pen.text(
        1,
        0,
        room.saturating_sub(1),
        &format!("{mark}{}", frame.title),
        bright(ink),
    );
    pen.text(1 + used, 0, 1, " ", style.plain());
    draw_foot(&mut pen, &frame.foot);
    Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width - 4,
        height: area.height - 2,
    }
}

/// Draws the fullest state that fits beside the title and returns the columns that the title cannot have.
fn draw_right(frame: &Frame<'_>, pen: &mut Pen<'_>) -> usize {
    let room = pen.width() - 2;
    let title = pen.measure(frame.title) + 2;
    let widths: Vec<usize> = frame
        .right
        .iter()
        .map(|spans| measure(pen, spans))
        .collect();
    let beside = |width: &usize| title + width + 4 <= room;
    let chosen = widths.iter().position(beside).or_else(|| {
        let shortest = widths.len().checked_sub(1)?;
        (frame.priority == Priority::State && widths[shortest] + 8 <= room).then_some(shortest)
    });
    let Some(index) = chosen else { return 0 };
    let blank = pen.style.plain();
    let start = pen.width() - 3 - widths[index];
    pen.text(start - 1, 0, 1, " ", blank);
    pen.spans(start, 0, widths[index], &over(&frame.right[index]));
    pen.text(start + widths[index], 0, 1, " ", blank);
    widths[index] + 4
}

fn draw_border(pen: &mut Pen<'_>) {
    let (width, height) = (pen.width(), pen.height());
    let ink = pen.style.faint();
    let [top_left, top_right, bottom_left, bottom_right] = match pen.style.glyphs {
        Glyphs::Unicode => ["╭", "╮", "╰", "╯"],
        Glyphs::Ascii => ["+"; 4],
    };
    for x in 1..width - 1 {
        pen.glyph(x, 0, "─", ink);
        pen.glyph(x, height - 1, "─", ink);
    }
    for y in 1..height - 1 {
        pen.glyph(0, y, "│", ink);
        pen.glyph(width - 1, y, "│", ink);
    }
    pen.glyph(0, 0, top_left, ink);
    pen.glyph(width - 1, 0, top_right, ink);
    pen.glyph(0, height - 1, bottom_left, ink);
    pen.glyph(width - 1, height - 1, bottom_right, ink);
}

fn draw_foot(pen: &mut Pen<'_>, foot: &[Span]) {
    let (width, height) = (pen.width(), pen.height());
    if foot.is_empty() || width < 12 {
        return;
    }
    let ink = pen.style.plain();
    pen.text(2, height - 1, 1, " ", ink);
    let used = pen.spans(3, height - 1, width - 6, &over(foot));
    pen.text(3 + used, height - 1, 1, " ", ink);
}

/// Text over a border must not inherit that the border is dim.
fn over(spans: &[Span]) -> Vec<Span> {
    spans
        .iter()
        .map(|(text, ink)| (text.clone(), bright(*ink)))
        .collect()
}

fn bright(ink: Ink) -> Ink {
    if ink.add_modifier.contains(Modifier::DIM) {
        ink
    } else {
        ink.remove_modifier(Modifier::DIM)
    }
}

/// Returns the columns that pieces of text take.
#[must_use]
pub fn measure(pen: &Pen<'_>, spans: &[Span]) -> usize {
    spans.iter().map(|(text, _)| pen.measure(text)).sum()
}

/// Returns the ink of a chosen row, whatever inks its text has: one bar, not a patchwork.
#[must_use]
pub fn chosen(style: Style) -> Ink {
    style
        .selected()
        .fg(Color::Reset)
        .bg(Color::Reset)
        .remove_modifier(Modifier::DIM)
}

/// Returns one piece of text.
pub fn span(text: impl Into<String>, ink: Ink) -> Span {
    (text.into(), ink)
}
