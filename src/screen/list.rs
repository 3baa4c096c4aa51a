//! A box over the screen with a line of typed text and items to choose from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::{self, Focus, Frame, Priority, span};
use super::pen::{Pen, Span};
use super::style::{Glyphs, Style};

/// What a box lists.
pub struct List<'a> {
    /// Its title.
    pub title: &'a str,
    /// What was typed.
    pub text: &'a str,
    /// What typing does, said while nothing is typed.
    pub hint: &'a str,
    /// The lines, headings among them.
    pub lines: Vec<Line>,
    /// Columns wanted, frame included.
    pub width: u16,
}

/// One line of a list.
pub enum Line {
    /// Names what follows.
    Heading(String),
    /// Can be chosen.
    Item {
        /// What it is called.
        label: Vec<Span>,
        /// What it does.
        detail: String,
        /// Whether the cursor is on it.
        cursor: Cursor,
    },
}

/// Whether the cursor is on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// It is.
    Here,
    /// It is not.
    Elsewhere,
}

impl Cursor {
    /// Returns whether the cursor is on the item of this index.
    #[must_use]
    pub fn at(selected: usize, index: usize) -> Self {
        if selected == index {
            Self::Here
        } else {
            Self::Elsewhere
        }
    }
}

/// Draws the box in the middle of the body, as high as it needs to be.
pub fn draw(list: &List<'_>, style: &Style, body: Rect, buffer: &mut Buffer) {
    let width = list.width.min(body.width.saturating_sub(2));
    let lines = u16::try_from(list.lines.len().max(1)).unwrap_or(u16::MAX);
    let height = lines.saturating_add(4).min(body.height);
    let x = body.x + (body.width - width) / 2;
    let y = body.y + (body.height - height) / 3;
    let area = Rect::new(x, y, width, height);
    clear(area, buffer);
    let frame = Frame {
        title: list.title,
        focus: Focus::Elsewhere,
        right: Vec::new(),
        priority: Priority::Title,
        foot: Vec::new(),
    };
    let inside = frame::draw(&frame, style, area, buffer);
    let mut pen = Pen::new(buffer, inside, style);
    draw_text(list, &mut pen);
    draw_lines(list, &mut pen);
}

fn clear(area: Rect, buffer: &mut Buffer) {
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}

fn draw_text(list: &List<'_>, pen: &mut Pen<'_>) {
    let style = pen.style;
    let caret = if style.glyphs == Glyphs::Ascii {
        "_"
    } else {
        "▏"
    };
    let mut spans = vec![
        span("› ", style.accent()),
        span(list.text, style.strong()),
        span(caret, style.accent()),
    ];
    if list.text.is_empty() {
        spans.push(span(format!(" {}", list.hint), style.faint()));
    }
    pen.spans(0, 0, usize::MAX, &spans);
}

fn draw_lines(list: &List<'_>, pen: &mut Pen<'_>) {
    let style = pen.style;
    let room = pen.height().saturating_sub(2);
    if list.lines.is_empty() {
        pen.text(0, 2, usize::MAX, "nothing matches", style.faint());
        return;
    }
    let is_cursor = |line: &Line| {
        matches!(
            line,
            Line::Item {
                cursor: Cursor::Here,
                ..
            }
        )
    };
    let selected = list.lines.iter().position(is_cursor).unwrap_or(0);
    let first = (selected + 1).saturating_sub(room);
    let columns = detail_columns(&list.lines, pen);
    let lines = list.lines.iter().zip(columns);
    for (y, (line, column)) in lines.skip(first).take(room).enumerate() {
        match line {
            Line::Heading(text) => {
                pen.text(0, y + 2, usize::MAX, text, style.faint());
            }
            Line::Item {
                label,
                detail,
                cursor,
            } => {
                pen.spans(2, y + 2, column.saturating_sub(3), label);
                pen.text(column, y + 2, usize::MAX, detail, style.faint());
                if *cursor == Cursor::Here {
                    pen.text(0, y + 2, 1, "›", style.accent());
                    pen.paint(0, y + 2, pen.width(), frame::chosen(style));
                }
            }
        }
    }
}

/// Returns the column of each line's detail: the same one for all lines below a heading.
fn detail_columns(lines: &[Line], pen: &Pen<'_>) -> Vec<usize> {
    let groups = lines.chunk_by(|_, next| matches!(next, Line::Item { .. }));
    groups
        .flat_map(|group| {
            let widths = group.iter().map(|line| label_width(line, pen));
            let column = (widths.max().unwrap_or(0) + 4).min(pen.width() / 2);
            vec![column; group.len()]
        })
        .collect()
}

fn label_width(line: &Line, pen: &Pen<'_>) -> usize {
    match line {
        Line::Heading(_) => 0,
        Line::Item { label, .. } => frame::measure(pen, label),
    }
}
