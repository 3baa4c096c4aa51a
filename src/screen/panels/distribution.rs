//! How often each bucket occurs: columns where there are many rows of room for few buckets, else bars.
//!
//! ```text
//!   ▂  ▁  ▁  ▂  ▂  ▃  ▄  ▅  ▇  █  ▆
//!   0  1  2  3  4  5  6  7  8  9 10
//!  ─ detractors 21% ─── passives 34% ─ promoters 45% ─
//! ```

use super::fields::{Field, Side, drop_last, entries, heads, total};
use super::{scroll, spark};
use crate::panels::distribution::{Bucket, Group};
use crate::panels::number::{count, percent, significant};
use crate::panels::{Cursor, Distribution};
use crate::screen::number::{MISSING, cells, fit_count, whole};
use crate::screen::pen::{Pen, Span};
use crate::screen::style::{Glyphs, Ink, Style};
use crate::screen::text;

/// Draws the distribution.
pub fn draw(distribution: &Distribution, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let buckets = distribution.buckets.len();
    let widest = distribution
        .buckets
        .iter()
        .map(|bucket| pen.measure(&bucket.label))
        .max()
        .unwrap_or(0);
    let column = (pen.width() / buckets.max(1)).min(9);
    let stands = pen.height() >= 5 && pen.height() <= buckets + 1 && column >= (widest + 1).max(3);
    let footer = footer(distribution, pen);
    let footer_rows =
        footer.len().min(
            pen.height()
                .saturating_sub(if stands { 4 } else { buckets.min(3) }),
        );
    let rows = pen.height() - footer_rows;
    if stands {
        columns(distribution, cursor, column, rows, pen);
    } else {
        lying(distribution, cursor, rows, pen);
    }
    for (row, line) in footer.iter().take(footer_rows).enumerate() {
        pen.spans(0, rows + row, usize::MAX, line);
    }
}

/// Draws horizontal bars, one bucket a row.
fn lying(distribution: &Distribution, cursor: Option<Cursor>, rows: usize, pen: &mut Pen<'_>) {
    let has_head = rows > distribution.buckets.len() && rows >= 4;
    let visible = rows - usize::from(has_head);
    let top = scroll(cursor, visible, distribution.buckets.len());
    let shown = &distribution.buckets[top..(top + visible).min(distribution.buckets.len())];
    let names = shown.iter().map(|bucket| bucket.label.clone()).collect();
    let numeric = distribution.quantiles.is_some();
    let side = if numeric { Side::Right } else { Side::Left };
    let mut name = Field::new(distribution.bucket_name.replace('_', " "), names, side, pen);
    name.width = name.width.min((pen.width() / 3).max(6)).min(pen.width());
    let share = |bucket: &Bucket| {
        bucket
            .share
            .map_or(String::new(), |share| percent(share, 1))
    };
    let number = |bucket: &Bucket| {
        bucket
            .count
            .map_or(MISSING.to_string(), |count| fit_count(count, 9))
    };
    let group = |bucket: &Bucket| {
        bucket.group.map_or(String::new(), |group| {
            distribution.groups[group].name.clone()
        })
    };
    let mut fields = vec![
        Field::new("share", shown.iter().map(share).collect(), Side::Right, pen),
        Field::new(
            distribution.measure.label(),
            shown.iter().map(number).collect(),
            Side::Right,
            pen,
        ),
    ];
    if !distribution.groups.is_empty() {
        let inks = shown
            .iter()
            .map(|bucket| group_ink(distribution, bucket, pen.style));
        let groups = shown.iter().map(group).collect();
        fields.push(Field::new("group", groups, Side::Left, pen).inked(inks.collect()));
    }
    drop_last(
        &mut fields,
        1,
        pen.width().saturating_sub(name.width + 1 + 6),
    );
    let left = name.width + 1;
    let room = pen.width().saturating_sub(left + total(&fields));
    if has_head {
        let faint = pen.style.faint();
        name.head(0, 0, faint, pen);
        heads(&fields, left + room, 0, pen);
    }
    let most = most(distribution);
    for (row, bucket) in shown.iter().enumerate() {
        let y = row + usize::from(has_head);
        let ink = group_ink(distribution, bucket, pen.style);
        let (plain, here) = (
            pen.style.plain(),
            cursor.is_some_and(|cursor| cursor.row == top + row),
        );
        name.entry(row, 0, y, plain, pen);
        pen.bar(
            left,
            y,
            bucket.count.unwrap_or(0.0) / most * whole(room),
            ink,
        );
        entries(&fields, row, (left + room, y), None, pen);
        if here {
            pen.paint(0, y, name.width, pen.style.selected());
        }
    }
}

/// Draws vertical bars, one bucket a column, with its share above and its name below.
fn columns(
    distribution: &Distribution,
    cursor: Option<Cursor>,
    column: usize,
    rows: usize,
    pen: &mut Pen<'_>,
) {
    let most = most(distribution);
    // The last row is for the names, the first for the share above the highest bar.
    let depth = rows.saturating_sub(2).max(1);
    for (index, bucket) in distribution.buckets.iter().enumerate() {
        let x = index * column;
        let ink = group_ink(distribution, bucket, pen.style);
        let height = bucket.count.unwrap_or(0.0) / most * whole(depth);
        let height = if height > 0.0 { height.max(0.125) } else { 0.0 };
        standing(pen, (x, rows - 1), column - 1, height, ink);
        let above = (rows - 1).saturating_sub(cells(height.ceil()) + 1);
        let share = bucket
            .share
            .map_or(String::new(), |share| short_share(share, column));
        centre(pen, x, above, column - 1, &share, pen.style.plain());
        let here = cursor.is_some_and(|cursor| cursor.row == index);
        let name_ink = if here {
            pen.style.selected()
        } else {
            pen.style.strong()
        };
        centre(pen, x, rows - 1, column - 1, &bucket.label, name_ink);
    }
}

/// Draws one standing bar on top of a row.
fn standing(pen: &mut Pen<'_>, (x, floor): (usize, usize), wide: usize, height: f64, ink: Ink) {
    let full = cells(height.floor());
    let part = height - height.floor();
    for column in x..x + wide {
        for row in 1..=full.min(floor) {
            pen.glyph(column, floor - row, "█", ink);
        }
        let seen =
            part >= 0.0625 && (pen.style.glyphs == Glyphs::Unicode || part >= 0.5 || full == 0);
        if seen && floor > full {
            pen.glyph(column, floor - full - 1, spark::level(part), ink);
        }
    }
}

fn short_share(share: f64, room: usize) -> String {
    let text = if room > 5 {
        percent(share, 1)
    } else {
        percent(share, 0)
    };
    if text.len() < room {
        text
    } else {
        text.trim_end_matches('%').to_string()
    }
}

fn centre(pen: &mut Pen<'_>, x: usize, y: usize, room: usize, text: &str, ink: Ink) {
    let taken = pen.measure(text).min(room);
    pen.text(x + (room - taken) / 2, y, room, text, ink);
}

/// Returns the rows below the bars: the groups, how many, and where the middle is.
fn footer(distribution: &Distribution, pen: &Pen<'_>) -> Vec<Vec<Span>> {
    let faint = pen.style.faint();
    let n: Span = (format!("n={}", count(distribution.total)), faint);
    let two_rows = pen.height() >= 6;
    let mut groups = groups(distribution, &n, pen, two_rows);
    let mut middle: Vec<Span> = Vec::new();
    if !groups.contains(&n) {
        // Without room beside the groups, n moves down; with no groups it stands alone.
        if two_rows && !groups.is_empty() {
            middle.push(n);
        } else {
            groups.push(n);
        }
    }
    if let Some(quantiles) = distribution.quantiles.filter(|_| two_rows) {
        if !middle.is_empty() {
            middle.push((" · ".to_string(), faint));
        }
        let [min, p25, median, p75, max] = [
            quantiles.min,
            quantiles.p25,
            quantiles.median,
            quantiles.p75,
            quantiles.max,
        ]
        .map(|at| significant(at, 3));
        let median = (format!("median {median}"), pen.style.strong());
        let long = [
            (format!("min {min} ├──[ p25 {p25} │ "), faint),
            median.clone(),
            (format!(" │ p75 {p75} ]──┤ max {max}"), faint),
        ];
        let fits = pen.span_width(&middle) + pen.span_width(&long) <= pen.width();
        middle.extend(if fits {
            long.to_vec()
        } else {
            vec![median, (format!(" · half {p25}–{p75}"), faint)]
        });
    }
    [groups, middle]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
}

/// Returns the groups, each with its buckets and share, as long as there is room for; n comes last if it fits.
fn groups(distribution: &Distribution, n: &Span, pen: &Pen<'_>, two_rows: bool) -> Vec<Span> {
    let faint = pen.style.faint();
    let line = |spans_buckets: bool, places: usize, with_n: bool| {
        let mut spans: Vec<Span> = Vec::new();
        for (index, group) in distribution.groups.iter().enumerate() {
            if index > 0 {
                spans.push((" · ".to_string(), faint));
            }
            let buckets = if spans_buckets {
                buckets_of(distribution, index)
            } else {
                String::new()
            };
            let share = group
                .share
                .map_or(MISSING.to_string(), |share| percent(share, places));
            spans.push((
                format!("{}{buckets} {share}", group.name),
                ink_of(group, distribution, pen.style),
            ));
        }
        if with_n && !spans.is_empty() {
            spans.extend([(" · ".to_string(), faint), n.clone()]);
        }
        spans
    };
    // Which buckets a group has matters more than decimals: colour alone must not say it.
    let mut tried = vec![line(true, 1, true), line(true, 0, true)];
    if two_rows {
        tried = vec![
            line(true, 1, true),
            line(true, 1, false),
            line(true, 0, false),
            line(false, 0, false),
        ];
    }
    let mut shortest = line(false, 0, !two_rows);
    for (group, span) in distribution
        .groups
        .iter()
        .zip(shortest.iter_mut().step_by(2))
    {
        let name = text::shown(&group.name, pen.style.glyphs);
        span.0 = span
            .0
            .replacen(&group.name, &text::cut(&name, 5, pen.style.glyphs), 1);
    }
    tried
        .into_iter()
        .find(|spans| pen.span_width(spans) <= pen.width())
        .unwrap_or(shortest)
}

/// Returns the first and last bucket of a group, where no other group lies between: ` 0–6`.
fn buckets_of(distribution: &Distribution, group: usize) -> String {
    let inside = |bucket: &Bucket| bucket.group == Some(group);
    let first = distribution.buckets.iter().position(inside);
    let last = distribution.buckets.iter().rposition(inside);
    let (Some(first), Some(last)) = (first, last) else {
        return String::new();
    };
    let run = &distribution.buckets[first..=last];
    if first == last || !run.iter().all(inside) {
        return String::new();
    }
    format!(" {}–{}", run[0].label, run[run.len() - 1].label)
}

fn most(distribution: &Distribution) -> f64 {
    let most = distribution
        .buckets
        .iter()
        .filter_map(|bucket| bucket.count)
        .fold(0.0, f64::max);
    if most > 0.0 { most } else { 1.0 }
}

fn group_ink(distribution: &Distribution, bucket: &Bucket, style: Style) -> Ink {
    let group = bucket
        .group
        .and_then(|group| distribution.groups.get(group));
    group.map_or(style.bar(0.0), |group| ink_of(group, distribution, style))
}

/// Returns a group's ink: the three of NPS have the colours of bad, middling and good news.
fn ink_of(group: &Group, distribution: &Distribution, style: Style) -> Ink {
    let name = group.name.to_lowercase();
    if name.starts_with("detractor") {
        style.bad()
    } else if name.starts_with("passive") {
        style.warning()
    } else if name.starts_with("promoter") {
        style.good()
    } else {
        style.line(
            distribution
                .groups
                .iter()
                .position(|other| other.name == group.name)
                .unwrap_or(0),
        )
    }
}
