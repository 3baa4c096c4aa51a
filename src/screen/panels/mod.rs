//! Draws panels into the inside of their frames, one file for each kind.
//!
//! Every picture also prints its numbers, and says in words or glyphs what it says in colour.
//!
//! Invariant: any panel can be drawn into any area, of any size, without panic.

mod bars;
mod comments;
mod digits;
mod distribution;
mod dots;
mod fields;
mod funnel;
mod journey;
mod legend;
mod retention;
mod scale;
mod scorecard;
mod spark;
mod stops;
mod table;
mod tree;
mod trend;
mod value;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pen::{Pen, Span};
use super::style::{Ink, Style};
use crate::panels::goal::target_text;
use crate::panels::{Cursor, GoalCheck, GoalState, Panel};
use crate::queries::Look;

/// Draws a panel into the inside of its frame.
pub fn draw(panel: &Panel, cursor: Option<Cursor>, style: &Style, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, area, style);
    if pen.width() == 0 || pen.height() == 0 {
        return;
    }
    if panel.grid().rows() == 0 && !matches!(panel, Panel::Value(_)) {
        let faint = pen.style.faint();
        pen.text(0, 0, usize::MAX, "no rows", faint);
        return;
    }
    match panel {
        Panel::Value(value) => value::draw(value, &mut pen),
        Panel::Trend(trend) => trend::draw(trend, cursor, &mut pen),
        Panel::Bars(bars) => bars::draw(bars, cursor, &mut pen),
        Panel::Distribution(distribution) => distribution::draw(distribution, cursor, &mut pen),
        Panel::Funnel(funnel) => funnel::draw(funnel, cursor, &mut pen),
        Panel::Retention(retention) => retention::draw(retention, cursor, &mut pen),
        Panel::Table(grid) => table::draw(grid, cursor, &mut pen),
        Panel::Comments(comments) => comments::draw(comments, cursor, &mut pen),
        Panel::Journey(journey) => journey::draw(journey, cursor, &mut pen),
        Panel::Scorecard(card) => scorecard::draw(card, cursor, &mut pen),
        Panel::Tree(tree) => tree::draw(tree, cursor, &mut pen),
    }
}

/// Returns the first row to show, so that the cursor's row is among the `visible` ones.
#[must_use]
pub fn scroll(cursor: Option<Cursor>, visible: usize, rows: usize) -> usize {
    let last = rows.saturating_sub(visible);
    let Some(cursor) = cursor else {
        return 0;
    };
    let row = cursor.row.min(rows.saturating_sub(1));
    cursor
        .top
        .min(row)
        .max((row + 1).saturating_sub(visible))
        .min(last)
}

/// Returns a goal as a mark, a word and its target.
fn goal_span(goal: &GoalCheck, look: &Look, style: Style) -> Span {
    let (mark, ink) = goal_mark(goal.state, style);
    (
        format!(
            "{mark} goal {} ({})",
            goal.state.word(),
            target_text(goal.target, look)
        ),
        ink,
    )
}

/// Returns a goal's mark and ink.
fn goal_mark(state: GoalState, style: Style) -> (&'static str, Ink) {
    match state {
        GoalState::Met => ("✓", style.good()),
        GoalState::Warning => ("!", style.warning()),
        GoalState::Missed => (
            "✗",
            style.bad().add_modifier(ratatui::style::Modifier::BOLD),
        ),
        GoalState::TooClose => ("?", style.plain()),
        GoalState::Unknown => ("?", style.faint()),
    }
}
