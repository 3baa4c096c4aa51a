//! What stands beside and below the lines of a trend: their names and last values, goals, annotations, marks.

use super::dots::mark;
use super::trend::MOST_LINES;
use crate::panels::goal::target_text;
use crate::panels::trend::Line;
use crate::panels::{GoalCheck, Trend, number};
use crate::screen::pen::{Pen, Span};
use crate::screen::style::Ink;

/// What stands at the right end of a line.
pub struct End {
    /// The value it stands at.
    pub value: f64,
    /// What it says.
    pub text: String,
    /// The ink of its line.
    pub ink: Ink,
}

/// Returns what stands at the ends: the last value of each line, with ± for an only line and its name for one of
/// several, and the goals.
pub fn ends(trend: &Trend, lines: &[Line], pen: &Pen<'_>) -> Vec<End> {
    let line_end = |(index, line): (usize, &Line)| {
        let look = &line.measure.look;
        let last = line.values.iter().rposition(Option::is_some)?;
        let value = line.values[last]?;
        let shown = number::show(value, look);
        let text = if lines.len() > 1 {
            format!(
                "{} {} {shown}",
                mark(index, pen.style.glyphs),
                line.measure.label()
            )
        } else {
            line.margins[last].map_or(shown.clone(), |margin| {
                format!("{shown} {}", number::margin(margin, look))
            })
        };
        Some(End {
            value,
            text,
            ink: pen.style.line(index),
        })
    };
    let goal_end = |goal: &GoalCheck| {
        let (mark, ink) = super::goal_mark(goal.state, pen.style);
        let look = lines
            .iter()
            .find(|line| line.measure.name.eq_ignore_ascii_case(&goal.column));
        let look = look
            .map(|line| line.measure.look.clone())
            .unwrap_or_default();
        End {
            value: goal.target.at(),
            text: format!("{mark} goal {}", target_text(goal.target, &look)),
            ink,
        }
    };
    let goals = drawn_goals(trend, lines).map(goal_end);
    lines
        .iter()
        .enumerate()
        .filter_map(line_end)
        .chain(goals)
        .collect()
}

/// Returns the goals that are about a line on show.
pub fn drawn_goals<'a>(trend: &'a Trend, lines: &'a [Line]) -> impl Iterator<Item = &'a GoalCheck> {
    let is_drawn = |goal: &&GoalCheck| {
        lines
            .iter()
            .any(|line| line.measure.name.eq_ignore_ascii_case(&goal.column))
    };
    trend.goals.iter().filter(is_drawn)
}

/// Returns what the marks mean: annotations, the open period, lines that found no room.
pub fn footer(trend: &Trend, pen: &Pen<'_>) -> Vec<Vec<Span>> {
    let (strong, faint) = (pen.style.strong(), pen.style.faint());
    let mut entries: Vec<Vec<Span>> = Vec::new();
    if trend.complete.contains(&false) {
        entries.push(vec![("○ not over yet".to_string(), faint)]);
    }
    for (index, note) in trend.notes.iter().enumerate() {
        let day = note.annotation.date.strftime("%b %-d");
        entries.push(vec![
            ((index + 1).to_string(), strong),
            (format!(" {} ", note.annotation.text), pen.style.plain()),
            (format!("{day}"), faint),
        ]);
    }
    if trend.lines.len() > MOST_LINES {
        entries.push(vec![(
            format!(
                "+{} more lines in the table",
                trend.lines.len() - MOST_LINES
            ),
            faint,
        )]);
    }
    entries
}

/// Returns the rows the footer gets: as many as it needs, and no more than the chart can spare.
pub fn footer_rows(footer: &[Vec<Span>], pen: &Pen<'_>) -> usize {
    let needed = footer
        .iter()
        .map(|entry| pen.span_width(entry) + 3)
        .sum::<usize>()
        .div_ceil(pen.width().max(1));
    needed
        .min(pen.height().saturating_sub(7).div_ceil(4))
        .min(3)
}

/// Writes entries one after another, and on the next row where one does not fit.
pub fn flow(pen: &mut Pen<'_>, top: usize, rows: usize, entries: &[Vec<Span>]) {
    let (mut x, mut y) = (0, 0);
    for entry in entries {
        let needed = pen.span_width(entry);
        if x > 0 && x + 3 + needed > pen.width() && y + 1 < rows {
            (x, y) = (0, y + 1);
        }
        if y >= rows || (x > 0 && x + 3 + needed > pen.width()) {
            return;
        }
        if x > 0 {
            x += pen.text(x, top + y, 3, " · ", pen.style.faint());
        }
        x += pen.spans(x, top + y, usize::MAX, entry);
    }
}
