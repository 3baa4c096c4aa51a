//! One panel in its frame, in whatever state it is. One place draws them all.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::{self, Focus, Frame, Priority, span};
use super::number::whole;
use super::pen::{Pen, Span};
use super::style::Style;
use super::{error, panels};
use crate::dashboard::arrange::Order;
use crate::dashboard::state::{Answer, Failure, Run, State};
use crate::dashboard::tile::Picture;
use crate::dashboard::{Dashboard, Flow, Load, Tile};
use crate::panels::{Panel, number};
use crate::store::Progress;

/// An error leaves this many lines to the last good answer below it, or all to itself.
const LEAST_LEFT: u16 = 4;

/// Draws a panel with its frame.
pub fn draw(dashboard: &Dashboard, index: usize, style: &Style, area: Rect, buffer: &mut Buffer) {
    let tile = &dashboard.tiles[index];
    let focus = if index == dashboard.focus {
        Focus::Here
    } else {
        Focus::Elsewhere
    };
    // When all is well, the title matters most; when not, the state does.
    let calm = tile.state.failure().is_none()
        && match &tile.state {
            State::Fresh(_) => true,
            State::Refreshing(run, _) => run.seconds(dashboard.now.instant).is_none(),
            _ => false,
        };
    let frame = Frame {
        title: tile.title(),
        focus,
        right: state(dashboard, tile, *style),
        priority: if calm {
            Priority::Title
        } else {
            Priority::State
        },
        foot: foot(tile, *style),
    };
    let inside = frame::draw(&frame, style, area, buffer);
    if inside.width == 0 || inside.height == 0 {
        return;
    }
    let answer = match (tile.state.failure(), tile.picture) {
        (Some(failure), Picture::Usual) => draw_failure(dashboard, failure, *style, inside, buffer),
        _ => inside,
    };
    match tile.shown() {
        Some(panel) => {
            let cursor = tile.cursor().filter(|_| focus == Focus::Here);
            panels::draw(panel, cursor, style, answer, buffer);
        }
        None if tile.state.failure().is_some() => {}
        None => draw_wait(dashboard, tile, &mut Pen::new(buffer, answer, style)),
    }
}

/// Draws an error and returns what is left below it for the last good answer.
fn draw_failure(
    dashboard: &Dashboard,
    failure: &Failure,
    style: Style,
    area: Rect,
    buffer: &mut Buffer,
) -> Rect {
    let used = error::draw(
        &failure.error,
        &dashboard.workspace.root,
        &mut Pen::new(buffer, area, &style),
    );
    let left = area.height.saturating_sub(used + 1);
    if failure.answer.is_none() || left < LEAST_LEFT {
        return Rect { height: 0, ..area };
    }
    Rect {
        y: area.y + used + 1,
        height: left,
        ..area
    }
}

/// Says in the middle of an empty panel what it waits for.
fn draw_wait(dashboard: &Dashboard, tile: &Tile, pen: &mut Pen<'_>) {
    let lines = match (&tile.state, &dashboard.load) {
        (State::Waiting, Load::First(Some(progress))) => loading(progress),
        _ => vec![wait(dashboard, tile)],
    };
    let y = pen.height().saturating_sub(lines.len()) / 2;
    for (row, line) in lines.iter().enumerate() {
        let x = pen.width().saturating_sub(pen.measure(line)) / 2;
        pen.text(x, y + row, usize::MAX, line, pen.style.faint());
    }
}

/// Returns how far the first load is.
fn loading(progress: &Progress) -> Vec<String> {
    let rows = usize::try_from(progress.rows).unwrap_or(usize::MAX);
    let (rows, speed) = (whole(rows), progress.rows_per_second());
    let left = progress
        .time_left()
        .map(|left| format!("{} left · ", clock(left.as_secs() + 1)))
        .unwrap_or_default();
    vec![
        format!(
            "loading {} of {} files",
            progress.files_done, progress.files_total
        ),
        format!(
            "{} rows · {} rows/s",
            number::count(rows),
            number::count(speed.round())
        ),
        format!("{left}Esc stops"),
    ]
}

/// Returns what a panel without an answer waits for.
fn wait(dashboard: &Dashboard, tile: &Tile) -> String {
    match (&tile.state, &dashboard.load) {
        (State::Running(run), _) => match run.seconds(dashboard.now.instant) {
            // A quick query answers before this could be read.
            None => String::new(),
            Some(seconds) => format!("{} · Esc cancels", clock(seconds)),
        },
        (State::Stopped(_), _) => "cancelled · r asks again".to_string(),
        (_, Load::First(_)) => "loading".to_string(),
        _ => "waiting".to_string(),
    }
}

/// Returns what stands on the frame's right, the fullest first.
fn state(dashboard: &Dashboard, tile: &Tile, style: Style) -> Vec<Vec<Span>> {
    let now = dashboard.now.instant;
    let faint = style.faint();
    match &tile.state {
        State::Waiting => Vec::new(),
        State::Running(run) => running(run, now, style),
        State::Refreshing(run, last) => match (run.seconds(now), last) {
            (Some(_), _) => running(run, now, style),
            (None, crate::dashboard::state::Last::Answer(answer)) => freshness(answer, style),
            (None, crate::dashboard::state::Last::Failure(failure)) => failed(failure, style),
        },
        State::Fresh(answer) => freshness(answer, style),
        State::Stale(answer) => {
            let word = if dashboard.flow == Flow::Live {
                "data changed"
            } else {
                "paused"
            };
            vec![
                vec![
                    span(format!("! {word}"), style.warning()),
                    span(format!(" · {}", time(answer)), faint),
                ],
                vec![span(format!("! {word}"), style.warning())],
                vec![span("! old", style.warning())],
            ]
        }
        State::Stopped(answer) => {
            let since = answer
                .as_ref()
                .map(|answer| format!(" · {}", time(answer)))
                .unwrap_or_default();
            vec![
                vec![span("▪ cancelled", style.warning()), span(since, faint)],
                vec![span("▪ cancelled", style.warning())],
                vec![span("▪ stopped", style.warning())],
            ]
        }
        State::Failed(failure) => failed(failure, style),
    }
}

fn failed(failure: &Failure, style: Style) -> Vec<Vec<Span>> {
    let word = |text: String| span(text, style.bad());
    let at = failure.at.strftime("%H:%M:%S");
    let last = failure
        .answer
        .as_ref()
        .map(|answer| format!(" · last good {}", time(answer)));
    let full = last
        .into_iter()
        .map(|last| vec![word(format!("✗ failed {at}")), span(last, style.faint())]);
    full.chain([
        vec![word(format!("✗ failed {at}"))],
        vec![word("✗ failed".to_string())],
    ])
    .collect()
}

fn freshness(answer: &Answer, style: Style) -> Vec<Vec<Span>> {
    let spent = number::duration(answer.elapsed.as_secs_f64());
    let rows = answer.table().rows();
    let rows = match &answer.panel {
        // A single number has one row by its nature.
        Panel::Value(_) => String::new(),
        _ if rows == 1 => " · 1 row".to_string(),
        _ => format!(" · {} rows", number::count(super::number::whole(rows))),
    };
    let faint = |text: String| vec![span(text, style.faint())];
    vec![
        faint(format!("{} · {spent}{rows}", time(answer))),
        faint(format!("{} · {spent}", time(answer))),
        faint(answer.at.strftime("%H:%M:%S").to_string()),
        faint(answer.at.strftime("%H:%M").to_string()),
    ]
}

fn running(run: &Run, now: std::time::Instant, style: Style) -> Vec<Vec<Span>> {
    let seconds = run.seconds(now).unwrap_or(0);
    vec![
        vec![span(
            format!("~ running {}", clock(seconds)),
            style.accent(),
        )],
        vec![span(format!("~ {seconds} s"), style.accent())],
    ]
}

/// What the reader did to the rows, and whether there are more of them.
fn foot(tile: &Tile, style: Style) -> Vec<Span> {
    let mut parts = Vec::new();
    if let Some(answer) = tile
        .state
        .answer()
        .filter(|answer| answer.table().truncated)
    {
        let rows = number::count(super::number::whole(answer.table().rows()));
        parts.push(span(format!("first {rows} rows of more"), style.warning()));
    }
    if let Some(sort) = &tile.sort {
        let arrow = if sort.order == Order::Rising {
            "▲"
        } else {
            "▼"
        };
        parts.push(span(format!("by {} {arrow}", sort.column), style.faint()));
    }
    if !tile.rows_with.is_empty() {
        parts.push(span(
            format!("rows with `{}`", tile.rows_with),
            style.faint(),
        ));
    }
    if let Some(answer) = tile.state.answer() {
        let remarks = &answer.table().remarks;
        match (remarks.warnings.first(), &remarks.definition) {
            (Some(warning), _) => parts.insert(0, span(warning.clone(), style.warning())),
            (None, Some(definition)) => parts.push(span(definition.clone(), style.faint())),
            (None, None) => {}
        }
    }
    let mut spans = Vec::new();
    for part in parts {
        if !spans.is_empty() {
            spans.push(span(" · ", style.faint()));
        }
        spans.push(part);
    }
    spans
}

fn time(answer: &Answer) -> String {
    answer.at.strftime("%H:%M:%S").to_string()
}

fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}
