//! The first line: which workspace and dashboard, which data, and whether it is live.

use super::frame::{measure, span};
use super::manual;
use super::pen::{Pen, Span};
use crate::dashboard::{Dashboard, Flow, Load, View};
use crate::manual::Level;
use crate::panels::number;
use crate::store::Progress;

/// Draws the line.
pub fn draw(dashboard: &Dashboard, pen: &mut Pen<'_>) {
    let left = place(dashboard, pen);
    let width = pen.width();
    // What narrow terminals lose first is how much there is, then when it changed; never whether it is live.
    let mut right = state(dashboard, pen);
    let data = chips(dashboard, pen);
    let others = measure(pen, &left) + measure(pen, &data) + 6;
    while right.len() > 2 && others + measure(pen, &right) > width {
        right.remove(2);
    }
    let taken = measure(pen, &right);
    let start = width.saturating_sub(taken + 1);
    pen.spans(start, 0, taken, &right);
    let used = pen.spans(1, 0, start.saturating_sub(3), &left);
    let room = start.saturating_sub(used + 1 + 4);
    let length = measure(pen, &data);
    if length > room {
        return;
    }
    // In the middle between its neighbours, where there is room for it.
    let gap = (room - length) / 2;
    pen.spans(used + 1 + 2 + gap, 0, length, &data);
}

fn place(dashboard: &Dashboard, pen: &Pen<'_>) -> Vec<Span> {
    let style = pen.style;
    let name = match (dashboard.view, &dashboard.file) {
        (View::Dashboard, Some(file)) => file.title.clone(),
        (View::Dashboard, None) => "no dashboard".to_string(),
        (View::Data, _) => "Data".to_string(),
        (View::Log, _) => "Log".to_string(),
        (View::Manual, _) => section(dashboard),
    };
    let title = &dashboard.workspace.config.title;
    let mut spans = vec![
        span(title, style.accent()),
        span("  ", style.plain()),
        span(name, style.strong()),
    ];
    if dashboard.view == View::Dashboard && dashboard.shows_one_panel() && dashboard.tiles.len() > 1
    {
        let position = format!("  {} of {}", dashboard.focus + 1, dashboard.tiles.len());
        spans.push(span(position, style.faint()));
    }
    if dashboard.view == View::Manual {
        let position = format!("  {}", manual::position(dashboard));
        spans.push(span(position, style.faint()));
    }
    spans
}

fn section(dashboard: &Dashboard) -> String {
    match dashboard.section() {
        Some(section) if section.level > Level::Page => format!("Functions: {}", section.title),
        _ => "Functions".to_string(),
    }
}

/// Time range and filters: what every number on the screen depends on.
fn chips(dashboard: &Dashboard, pen: &Pen<'_>) -> Vec<Span> {
    let style = pen.style;
    if dashboard.view != View::Dashboard {
        return Vec::new();
    }
    let mut spans = vec![span(dashboard.range.to_string(), style.plain())];
    for filter in dashboard.filters_on_show() {
        if dashboard.filters.contains_key(&filter.name) {
            spans.push(span(format!("  {}: ", filter.label), style.faint()));
            spans.push(span(dashboard.filter_value(filter), style.strong()));
        }
    }
    spans
}

fn state(dashboard: &Dashboard, pen: &Pen<'_>) -> Vec<Span> {
    let style = pen.style;
    match (&dashboard.load, dashboard.flow) {
        (Load::First(None), _) => vec![span("○ ", style.faint()), span("loading", style.plain())],
        (
            Load::First(Some(progress))
            | Load::Done {
                more: Some(progress),
                ..
            },
            _,
        ) => loading(progress, pen),
        (Load::Done { .. }, Flow::Paused { waiting }) => {
            let changes = match waiting {
                0 => String::new(),
                1 => " · 1 change waiting".to_string(),
                many => format!(" · {many} changes waiting"),
            };
            vec![span(format!("‖ PAUSED{changes}"), style.warning())]
        }
        (Load::Done { changed, .. }, Flow::Live) => {
            let files: u64 = dashboard
                .data
                .sources
                .iter()
                .map(|source| source.file_count)
                .sum();
            let mut spans = vec![span("● ", style.good()), span("LIVE", style.plain())];
            spans.push(span(
                if files == 1 {
                    "  1 file".to_string()
                } else {
                    format!("  {files} files")
                },
                style.faint(),
            ));
            if let Some(changed) = changed {
                spans.push(span(
                    format!("  {}", changed.strftime("%H:%M:%S")),
                    style.plain(),
                ));
            }
            spans
        }
    }
}

fn loading(progress: &Progress, pen: &Pen<'_>) -> Vec<Span> {
    let style = pen.style;
    let count = |count: u64| number::count(as_number(count));
    let mut text = format!(
        "loading {}/{} files",
        progress.files_done, progress.files_total
    );
    if progress.bytes_total > 0 {
        let share = as_number(progress.bytes_done) / as_number(progress.bytes_total);
        text = format!("{text} · {}", number::percent(share.min(1.0), 0));
    }
    let mut spans = vec![span("○ ", style.faint()), span(text, style.plain())];
    if pen.width() >= 100 {
        let speed = number::count(progress.rows_per_second().round());
        spans.push(span(
            format!(" · {} rows · {speed} rows/s", count(progress.rows)),
            style.faint(),
        ));
    }
    if let Some(left) = progress.time_left() {
        spans.push(span(
            format!(" · {} left", number::duration(left.as_secs_f64().ceil())),
            style.faint(),
        ));
    }
    spans
}

/// Returns a count as a number that can be shown.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "counts above 2^53 are only shown"
)]
pub fn as_number(count: u64) -> f64 {
    count as f64
}
