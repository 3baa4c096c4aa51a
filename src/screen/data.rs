//! The Data screen: how every source is doing, and one source's rejects.

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::error::wrapped;
use super::frame::{self, Focus, Frame, Priority, span};
use super::header::as_number;
use super::pen::Pen;
use super::style::{Ink, Style};
use crate::dashboard::Dashboard;
use crate::dashboard::data::{Health, Rejects};
use crate::panels::number;
use crate::store::SourceHealth;

/// A column of the list of sources.
struct Column {
    title: &'static str,
    width: usize,
    side: Side,
    /// Narrow terminals drop the columns of the highest rank.
    rank: u8,
    text: fn(&SourceHealth, &Dashboard) -> String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

const COLUMNS: &[Column] = &[
    Column {
        title: "table",
        width: 14,
        side: Side::Left,
        rank: 0,
        text: |source, _| source.table.clone(),
    },
    Column {
        title: "files",
        width: 6,
        side: Side::Right,
        rank: 1,
        text: |source, _| count(source.file_count),
    },
    Column {
        title: "rows",
        width: 11,
        side: Side::Right,
        rank: 0,
        text: |source, _| count(source.rows),
    },
    Column {
        title: "rejects",
        width: 8,
        side: Side::Right,
        rank: 0,
        text: |source, _| count(source.rejects),
    },
    Column {
        title: "misfits",
        width: 8,
        side: Side::Right,
        rank: 4,
        text: |source, _| count(source.misfits),
    },
    Column {
        title: "pending",
        width: 9,
        side: Side::Right,
        rank: 5,
        text: |source, _| pending(source),
    },
    Column {
        title: "changed",
        width: 9,
        side: Side::Right,
        rank: 2,
        text: changed,
    },
    Column {
        title: "newest record",
        width: 17,
        side: Side::Right,
        rank: 3,
        text: newest,
    },
    Column {
        title: "lag",
        width: 9,
        side: Side::Right,
        rank: 1,
        text: |source, _| lag(source),
    },
];

/// Columns of the state's mark and word.
const STATE: usize = 11;
/// A glob narrower than this says nothing: it stands below the list instead.
const LEAST_GLOB: usize = 24;

/// Draws the list of sources, or the open source's rejects.
pub fn draw(dashboard: &Dashboard, style: &Style, body: Rect, buffer: &mut Buffer) {
    match &dashboard.data.open {
        Some(open) => draw_rejects(open, *style, body, buffer),
        None => draw_sources(dashboard, *style, body, buffer),
    }
}

fn draw_sources(dashboard: &Dashboard, style: Style, body: Rect, buffer: &mut Buffer) {
    let sources = &dashboard.data.sources;
    let rejects: u64 = sources.iter().map(|source| source.rejects).sum();
    let rows: u64 = sources.iter().map(|source| source.rows).sum();
    let sum = format!("{} rows · {} rejects", count(rows), count(rejects));
    let inside = boxed("Sources", sum, style, body, buffer);
    let mut pen = Pen::new(buffer, inside, &style);
    if sources.is_empty() {
        let text = "no sources yet: name them in cxtop.toml, or with --data TABLE=GLOB";
        pen.text(0, 0, usize::MAX, text, style.faint());
        return;
    }
    let columns = columns_that_fit(pen.width());
    draw_titles(&columns, &mut pen);
    let says = said(dashboard);
    let below = says.len() + usize::from(!says.is_empty());
    let room = pen.height().saturating_sub(1 + below).max(1);
    let first = (dashboard.data.row + 1).saturating_sub(room);
    for (y, (index, source)) in sources
        .iter()
        .enumerate()
        .skip(first)
        .take(room)
        .enumerate()
    {
        draw_source(source, dashboard, &columns, y + 1, &mut pen);
        if index == dashboard.data.row {
            pen.paint(0, y + 1, pen.width(), frame::chosen(style));
        }
    }
    let top = pen.height().saturating_sub(says.len());
    for (y, text) in says.iter().enumerate() {
        pen.text(0, top + y, usize::MAX, text, style.faint());
    }
}

fn columns_that_fit(width: usize) -> Vec<&'static Column> {
    let mut columns: Vec<&Column> = COLUMNS.iter().collect();
    while STATE + columns.iter().map(|column| column.width).sum::<usize>() > width {
        let last = columns
            .iter()
            .map(|column| column.rank)
            .max()
            .filter(|rank| *rank > 0);
        let Some(at) = last.and_then(|rank| columns.iter().position(|column| column.rank == rank))
        else {
            break;
        };
        columns.remove(at);
    }
    columns
}

fn draw_titles(columns: &[&Column], pen: &mut Pen<'_>) {
    let faint = pen.style.faint();
    let mut x = STATE;
    pen.text(0, 0, STATE, "state", faint);
    for column in columns {
        put(column, x, 0, column.title, faint, pen);
        x += column.width;
    }
    if x + LEAST_GLOB <= pen.width() {
        pen.text(x + 2, 0, usize::MAX, "source", faint);
    }
}

fn draw_source(
    source: &SourceHealth,
    dashboard: &Dashboard,
    columns: &[&Column],
    y: usize,
    pen: &mut Pen<'_>,
) {
    let style = pen.style;
    let health = Health::of(source);
    let (mark, ink) = mark(health, style);
    pen.spans(
        0,
        y,
        STATE,
        &[span(mark, ink), span(" ", ink), span(health.word(), ink)],
    );
    let mut x = STATE;
    for column in columns {
        let bad = column.title == "rejects" && source.rejects > 0;
        let ink = if bad { style.warning() } else { style.plain() };
        put(column, x, y, &(column.text)(source, dashboard), ink, pen);
        x += column.width;
    }
    if x + LEAST_GLOB <= pen.width() {
        pen.text(
            x + 2,
            y,
            usize::MAX,
            &below(&source.files, dashboard),
            style.faint(),
        );
    }
}

fn put(column: &Column, x: usize, y: usize, text: &str, ink: Ink, pen: &mut Pen<'_>) {
    match column.side {
        Side::Left => {
            pen.text(x, y, column.width - 1, text, ink);
        }
        Side::Right => pen.right(x + column.width, y, column.width - 1, text, ink),
    }
}

fn mark(health: Health, style: Style) -> (&'static str, Ink) {
    match health {
        Health::Good => ("✓", style.good()),
        Health::Rejects => ("!", style.warning()),
        Health::Empty => ("○", style.warning()),
        Health::Failed => ("✗", style.bad()),
    }
}

/// What there is to say about the source under the cursor.
fn said(dashboard: &Dashboard) -> Vec<String> {
    let Some(source) = dashboard.data.sources.get(dashboard.data.row) else {
        return Vec::new();
    };
    let from = format!(
        "{} from {} · preset {}",
        source.table,
        below(&source.files, dashboard),
        source.preset
    );
    let invite = (source.rejects > 0).then(|| "Enter shows the rejected records".to_string());
    let error = source.error.clone();
    error
        .into_iter()
        .chain([from])
        .chain(source.notes.clone())
        .chain(invite)
        .collect()
}

fn draw_rejects(open: &Rejects, style: Style, body: Rect, buffer: &mut Buffer) {
    let known = open
        .records
        .as_ref()
        .map(|records| format!("{} records", count(records.len() as u64)));
    let title = format!("Rejects of {}", open.table);
    let inside = boxed(&title, known.unwrap_or_default(), style, body, buffer);
    let mut pen = Pen::new(buffer, inside, &style);
    let Some(records) = &open.records else {
        pen.text(0, 0, usize::MAX, "reading", style.faint());
        return;
    };
    let mut y = 0;
    // Two lines each; the one under the cursor has its whole text.
    let first = (open.row + 1).saturating_sub((pen.height() / 2).saturating_sub(2).max(1));
    for (index, record) in records.iter().enumerate().skip(first) {
        if y >= pen.height() {
            break;
        }
        let line = if record.line > 0 {
            format!(":{}", record.line)
        } else {
            String::new()
        };
        let spans = [
            span(format!("{}{line}", record.file), style.strong()),
            span("  ", style.plain()),
            span(&record.reason, style.warning()),
        ];
        pen.spans(0, y, usize::MAX, &spans);
        if index == open.row {
            pen.paint(0, y, pen.width(), frame::chosen(style));
        }
        y += 1;
        let most = if index == open.row { 3 } else { 1 };
        for text in wrapped(&record.excerpt, pen.width().saturating_sub(2), most) {
            pen.text(2, y, usize::MAX, &text, style.faint());
            y += 1;
        }
    }
}

fn boxed(title: &str, right: String, style: Style, body: Rect, buffer: &mut Buffer) -> Rect {
    let right = if right.is_empty() {
        Vec::new()
    } else {
        vec![vec![span(right, style.faint())]]
    };
    let frame = Frame {
        title,
        focus: Focus::Here,
        right,
        priority: Priority::Title,
        foot: Vec::new(),
    };
    frame::draw(&frame, &style, body, buffer)
}

fn count(count: u64) -> String {
    number::count(as_number(count))
}

fn pending(source: &SourceHealth) -> String {
    if source.pending_bytes == 0 {
        "0".to_string()
    } else {
        format!("{} B", count(source.pending_bytes))
    }
}

/// The time of day, or the day when it was not today.
fn changed(source: &SourceHealth, dashboard: &Dashboard) -> String {
    let wall = &dashboard.now.wall;
    let Some(time) = source
        .last_change
        .map(|time| time.to_zoned(wall.time_zone().clone()))
    else {
        return "never".to_string();
    };
    let format = if time.date() == wall.date() {
        "%H:%M:%S"
    } else {
        "%d %b"
    };
    time.strftime(format).to_string()
}

fn newest(source: &SourceHealth, _: &Dashboard) -> String {
    source
        .newest_record
        .map(|time| time.strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

/// How far the newest record was behind the clock when it was loaded. Both are fixed, so that nothing ticks.
fn lag(source: &SourceHealth) -> String {
    let (Some(change), Some(newest)) = (source.last_change, source.newest_record) else {
        return String::new();
    };
    let Ok(newest) = newest.to_zoned(TimeZone::UTC) else {
        return String::new();
    };
    let seconds = change.duration_since(newest.timestamp()).as_secs_f64();
    if seconds < 1.0 {
        "0s".to_string()
    } else {
        number::duration(seconds)
    }
}

/// A glob as the team names it: beside the query folder.
fn below(glob: &str, dashboard: &Dashboard) -> String {
    let root = &dashboard.workspace.root;
    let beside = format!("{}/../", root.display());
    let parent = root.parent().map(|parent| format!("{}/", parent.display()));
    let short = glob
        .strip_prefix(&beside)
        .or_else(|| glob.strip_prefix(&parent.filter(|parent| parent != "/")?));
    short.unwrap_or(glob).to_string()
}
