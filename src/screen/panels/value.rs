//! A number, large where there is room, and beside it always how sure it is.
//!
//! ```text
//! ╻ ╻╺━┓
//! ┗━┫┏━┛
//!   ╹┗━╸ points
//! ±4.1 · n=812
//! ▲ +3 vs previous 39 · no real change
//! ✓ goal met (≥ 40)
//! ```

use ratatui::style::Modifier;

use super::{digits, goal_span};
use crate::panels::ValuePanel;
use crate::panels::number::{self, count, difference};
use crate::panels::value::{Change, Evidence, Verdict};
use crate::queries::Format;
use crate::screen::number::MISSING;
use crate::screen::pen::{Pen, Span};
use crate::screen::style::Style;

/// A change told in fewer columns says nothing.
const LEAST_CHANGE: usize = 12;

/// Draws the number and what it takes to trust it.
pub fn draw(panel: &ValuePanel, pen: &mut Pen<'_>) {
    let style = pen.style;
    let lines = lines(panel, style, pen.width());
    let (text, unit) = number_and_unit(panel);
    let ink = if panel.is_few() || panel.value.is_none() {
        style.faint()
    } else {
        style.strong()
    };
    let large = digits::width(&text, style.glyphs).filter(|_| pen.height() >= 5);
    if let Some(place) = large.and_then(|large| Place::find(panel, &lines, large, pen)) {
        digits::draw(pen, &text, ink);
        pen.text(
            place.unit,
            digits::ROWS - 1,
            pen.width().saturating_sub(place.unit),
            &unit,
            style.faint(),
        );
        for (line, (x, y)) in lines.iter().zip(place.lines) {
            pen.spans(x, y, usize::MAX, line);
        }
        return;
    }
    small(
        panel,
        pen,
        &[(text, ink), (with_blank(&unit), style.faint())],
    );
}

/// Where things stand around a large number.
struct Place {
    unit: usize,
    lines: Vec<(usize, usize)>,
}

impl Place {
    /// Returns where the lines stand: below the digits, or ± and n beside them, or all beside them; none when nothing
    /// fits.
    fn find(panel: &ValuePanel, lines: &[Vec<Span>], large: usize, pen: &Pen<'_>) -> Option<Self> {
        let beside = large + 3;
        let fits = |line: &Vec<Span>| beside + pen.span_width(line) <= pen.width();
        let has_sureness = panel.n.is_some() || panel.margin.is_some();
        let below = |first: usize| (0..lines.len() - first).map(|row| (0, digits::ROWS + row));
        let places: Vec<(usize, usize)> = if large > pen.width() {
            return None;
        } else if lines.len() + digits::ROWS <= pen.height() {
            below(0).collect()
        } else if has_sureness && lines.len() + digits::ROWS - 1 <= pen.height() && fits(&lines[0])
        {
            std::iter::once((beside, 0)).chain(below(1)).collect()
        } else if lines.len() <= pen.height() && lines.iter().all(fits) {
            (0..lines.len()).map(|row| (beside, row)).collect()
        } else {
            return None;
        };
        let unit_hidden = places
            .iter()
            .any(|(x, y)| *x == beside && *y == digits::ROWS - 1);
        Some(Self {
            unit: if unit_hidden { usize::MAX } else { large + 1 },
            lines: places,
        })
    }
}

/// Draws the number as ordinary text with ± and n behind it; the rest stands below where there are rows.
fn small(panel: &ValuePanel, pen: &mut Pen<'_>, head: &[Span]) {
    let style = pen.style;
    let sure = sureness(panel, style);
    // A score is never shown without n and ±: the unit goes before they do, then the digits that ± makes idle.
    let mut first = [head.to_vec(), head[..1].to_vec()]
        .map(|head| joined(head, &sure))
        .to_vec();
    first.extend(coarse(panel, head[0].1, style));
    let line = first
        .iter()
        .find(|line| pen.span_width(line) <= pen.width())
        .or(first.last());
    let x = line.map_or(0, |line| pen.spans(0, 0, usize::MAX, line));
    let below = pen.height() - 1;
    let mut rest = lines(panel, style, pen.width());
    rest.drain(..usize::from(!sure.is_empty()));
    let room = pen.width().saturating_sub(x + 2);
    if rest.len() > below && room >= LEAST_CHANGE {
        // What comes first matters most, so it moves up rather than falls off the end.
        let first = lines(panel, style, room)
            .into_iter()
            .nth(usize::from(!sure.is_empty()))
            .unwrap_or_default();
        pen.spans(x + 2, 0, usize::MAX, &first);
        rest.remove(0);
    }
    for (row, line) in rest.iter().take(below).enumerate() {
        pen.spans(0, row + 1, usize::MAX, line);
    }
}

/// Returns the number without its unit, and the unit.
fn number_and_unit(panel: &ValuePanel) -> (String, String) {
    let look = &panel.measure.look;
    let Some(value) = panel.value else {
        return (MISSING.to_string(), String::new());
    };
    let unit = if matches!(look.format, Format::Percent | Format::Duration) {
        ""
    } else {
        look.unit.trim()
    };
    (number::digits(value, look), unit.to_string())
}

/// Returns what stands below the number: how sure it is, the change, the goals, the note.
fn lines(panel: &ValuePanel, style: Style, room: usize) -> Vec<Vec<Span>> {
    let mut lines = Vec::new();
    let sure = sureness(panel, style);
    if !sure.is_empty() {
        lines.push(sure);
    }
    if let Some(change) = &panel.change {
        lines.push(change_line(panel, change, style, room));
    }
    lines.extend(
        panel
            .goals
            .iter()
            .map(|goal| vec![goal_span(goal, &panel.measure.look, style)]),
    );
    lines.extend(
        panel
            .note
            .iter()
            .map(|note| vec![(note.clone(), style.faint())]),
    );
    lines
}

fn joined(mut head: Vec<Span>, sure: &[Span]) -> Vec<Span> {
    if !sure.is_empty() {
        head.push(("  ".to_string(), ratatui::style::Style::new()));
        head.extend_from_slice(sure);
    }
    head
}

/// Returns the number, ± and n in whole points, where ± is a point or more, so that no digit lost would have counted.
fn coarse(panel: &ValuePanel, ink: ratatui::style::Style, style: Style) -> Option<Vec<Span>> {
    let (value, margin, n) = (panel.value?, panel.margin?, panel.n?);
    let is_share = panel.measure.look.format == Format::Percent;
    let points = if is_share { 100.0 } else { 1.0 };
    (margin * points >= 1.0).then(|| {
        let sign = if is_share { "%" } else { "" };
        vec![
            (format!("{:.0}{sign}", value * points), ink),
            (format!(" ±{:.0}", margin * points), style.plain()),
            (format!(" n={}", count(n)), style.faint()),
        ]
    })
}

fn sureness(panel: &ValuePanel, style: Style) -> Vec<Span> {
    let mut spans = Vec::new();
    if let Some(margin) = panel.margin.filter(|_| panel.value.is_some()) {
        spans.push((number::margin(margin, &panel.measure.look), style.plain()));
    }
    if let Some(n) = panel.n {
        let gap = if spans.is_empty() { "" } else { " · " };
        spans.push((format!("{gap}n={}", count(n)), style.faint()));
        if panel.is_few() {
            spans.push((" · too few to tell".to_string(), style.warning()));
        }
    }
    spans
}

/// Returns the change in words, as long as there is room for.
fn change_line(panel: &ValuePanel, change: &Change, style: Style, room: usize) -> Vec<Span> {
    let look = &panel.measure.look;
    let arrow = if change.delta > 0.0 {
        "▲"
    } else if change.delta < 0.0 {
        "▼"
    } else {
        "="
    };
    let delta = format!("{arrow} {}", difference(change.delta, look));
    let ratio = relative(change, look.format);
    let words = change.words();
    let gap = if words.is_empty() { "" } else { " · " };
    let before = number::digits(change.previous, look);
    let candidates = [
        format!("{ratio} vs previous {before}{gap}"),
        format!("{ratio} vs previous{gap}"),
        format!("{ratio}{gap}"),
        gap.to_string(),
    ];
    let fits = |middle: &&String| {
        let text = format!("{delta}{middle}{words}");
        crate::screen::text::width(&text) <= room
    };
    let middle = candidates
        .iter()
        .find(fits)
        .unwrap_or(&candidates[3])
        .clone();
    let ink = match change.verdict {
        Verdict::Better => style.good(),
        Verdict::Worse => style.bad(),
        Verdict::Neither => style.plain(),
    };
    // A change that is none must not shout.
    let delta_ink = if change.evidence == Evidence::Chance {
        style.faint()
    } else {
        ink.add_modifier(Modifier::BOLD)
    };
    vec![
        (delta, delta_ink),
        (middle, style.faint()),
        (words.to_string(), ink),
    ]
}

/// Returns a count's change as a share of what it was; scores and rates have points for that.
fn relative(change: &Change, format: Format) -> String {
    if change.evidence != Evidence::Untested || format == Format::Percent || change.previous <= 0.0
    {
        return String::new();
    }
    let sign = if change.delta > 0.0 { "+" } else { "" };
    format!(
        " ({sign}{})",
        number::percent(change.delta / change.previous, 1)
    )
}

fn with_blank(unit: &str) -> String {
    if unit.is_empty() || unit == "%" {
        unit.to_string()
    } else {
        format!(" {unit}")
    }
}
