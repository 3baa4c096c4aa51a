//! The customer journey as a map: stages side by side. Where there is no room for that, `stops.rs` draws a list.
//!
//! ```text
//! Discover              ▸ Try                    ▸ Buy
//! 8,400 customers       5,124 · 61.0% go on      756 · 14.8% go on
//! Signed up  ✓ ≥ 50%    NPS  ! ≥ 30              Paid  ✗ ≥ 12%
//! 61.0% ±1.1 n=8,400    34 points ±4.6 n=812     9.0% ±1.0 n=5,124
//! owner growth          owner product            owner growth
//! └ Page · 840 · Left   └ First board · 902      └ Checkout · 604 · CSAT
//!   42.0% ±2.0 n=840 ✗    ! too many templates     81.0% ±3.1 n=604 ✓
//! ```

use super::fields::GAP;
use super::{goal_mark, stops};
use crate::panels::Cursor;
use crate::panels::journey::{Journey, Level, Stop};
use crate::panels::number::{self, percent};
use crate::screen::number::{MISSING, fit};
use crate::screen::pen::{Pen, Span};
use crate::screen::style::{Ink, Style};
use crate::screen::text;

/// A stage needs this many columns to stand beside others.
const LEAST_STAGE: usize = 23;
const MOST_NUMBER: usize = 12;

/// Draws the journey.
pub fn draw(journey: &Journey, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let stages = journey.stages();
    let wide = pen.width() / stages.len().max(1);
    let tallest = |most: fn(&Stop) -> usize| {
        let height = |stops: &&[Stop]| stops.iter().map(most).sum::<usize>();
        stages
            .iter()
            .map(|(_, stops)| height(stops))
            .max()
            .unwrap_or(0)
    };
    let fits =
        wide >= LEAST_STAGE && tallest(|stop| card_height(stop, Pains::Hidden)) <= pen.height();
    if !fits {
        return stops::draw(journey, cursor, pen);
    }
    let pains = if tallest(|stop| card_height(stop, Pains::Shown)) <= pen.height() {
        Pains::Shown
    } else {
        Pains::Hidden
    };
    let at = cursor.map(|cursor| cursor.row.min(journey.stops.len() - 1));
    for (index, (first, stops)) in stages.iter().enumerate() {
        let card = Card {
            x: index * wide,
            // The last columns stay free, so that stages do not touch.
            width: wide - GAP,
            style: pen.style,
        };
        let mut y = 0;
        for (offset, stop) in stops.iter().enumerate() {
            let is_last = offset + 1 == stops.len();
            let (head, below) = match stop.level {
                Level::Stage if index == 0 => ("", ""),
                Level::Stage => ("▸ ", ""),
                Level::Touchpoint if is_last => ("└ ", "  "),
                Level::Touchpoint => ("├ ", "│ "),
            };
            let lines = match stop.level {
                Level::Stage => card.stage(stop, head),
                Level::Touchpoint => card.touchpoint(stop, head, below),
            };
            let pain = card.pain(stop, below).filter(|_| pains == Pains::Shown);
            for (row, line) in lines.into_iter().chain(pain).enumerate() {
                pen.spans(card.x, y, card.width, &line);
                if row == 0 && at == Some(first + offset) {
                    let lead = pen.measure(&line[0].0);
                    let name = pen.measure(&stop.name).min(card.width.saturating_sub(lead));
                    pen.paint(card.x + lead, y, name, pen.style.selected());
                }
                y += 1;
            }
        }
    }
}

/// Whether what hurts has lines of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pains {
    Shown,
    Hidden,
}

/// Returns the lines a stop takes on the map.
fn card_height(stop: &Stop, pains: Pains) -> usize {
    let metric = usize::from(stop.metric.is_some());
    let own = match stop.level {
        Level::Stage => 2 + 2 * metric + usize::from(stop.owner.is_some()),
        Level::Touchpoint => 1 + metric,
    };
    own + usize::from(pains == Pains::Shown && stop.pain.is_some())
}

/// One stage's part of the map.
struct Card {
    x: usize,
    width: usize,
    style: Style,
}

impl Card {
    fn stage(&self, stop: &Stop, head: &str) -> Vec<Vec<Span>> {
        let (plain, strong, faint) = (self.style.plain(), self.style.strong(), self.style.faint());
        let customers = stop
            .customers
            .map_or("not measured".to_string(), number::count);
        let mut counted = vec![(customers, plain)];
        match stop.share {
            Some(share) => counted.push((format!(" · {} go on", percent(share, 1)), faint)),
            None if stop.customers.is_some() => counted.push((" customers".to_string(), faint)),
            None => {}
        }
        let mut lines = vec![
            vec![(head.to_string(), faint), (stop.name.clone(), strong)],
            counted,
        ];
        if let Some(metric) = &stop.metric {
            let target = goal(stop, self.style).map(|(text, ink)| (format!("  {text}"), ink));
            let taken = target.as_ref().map_or(0, |(text, _)| self.wide(text));
            let room = self.width.saturating_sub(taken);
            let metric = text::shown(metric, self.style.glyphs);
            let metric = text::cut(&metric, room, self.style.glyphs).into_owned();
            let mut named = vec![(metric, faint)];
            named.extend(target);
            lines.push(named);
            lines.push([vec![(value(stop), strong)], self.sure(stop)].concat());
        }
        lines.extend(
            stop.owner
                .iter()
                .map(|owner| vec![(format!("owner {owner}"), faint)]),
        );
        lines
    }

    fn touchpoint(&self, stop: &Stop, head: &str, below: &str) -> Vec<Vec<Span>> {
        let faint = self.style.faint();
        let name = vec![
            (head.to_string(), faint),
            (stop.name.clone(), self.style.plain()),
        ];
        let dotted = |text: String| (format!(" · {text}"), faint);
        let count = stop.customers.map(|count| dotted(number::count(count)));
        let metric = stop.metric.clone().map(dotted);
        // What names the number below matters more than how many were here.
        let candidates = [[&count, &metric], [&None, &metric], [&count, &None]];
        let with = |more: [&Option<Span>; 2]| -> Vec<Span> {
            let more = more.into_iter().flatten().cloned();
            name.iter().cloned().chain(more).collect()
        };
        let fitting = candidates
            .map(with)
            .into_iter()
            .find(|line| self.fits(line));
        let mut lines = vec![fitting.unwrap_or(name.clone())];
        if stop.metric.is_some() {
            lines.push(self.measured(stop, below));
        }
        lines
    }

    fn pain(&self, stop: &Stop, lead: &str) -> Option<Vec<Span>> {
        let pain = stop.pain.as_ref()?;
        let lead = (lead.to_string(), self.style.faint());
        Some(vec![lead, (format!("! {pain}"), self.style.warning())])
    }

    /// Returns a touchpoint's number in one line. Where there is too little room the target goes first: a number without
    /// ± and n would say too much.
    fn measured(&self, stop: &Stop, lead: &str) -> Vec<Span> {
        let head = [
            (lead.to_string(), self.style.faint()),
            (value(stop), self.style.strong()),
        ];
        let target = goal(stop, self.style).map(|(text, ink)| (format!("  {text}"), ink));
        let known = stop.goal.filter(|_| stop.problem.is_none());
        let mark = known.map(|(_, state)| goal_mark(state, self.style));
        let mark = mark.map(|(mark, ink)| (format!(" {mark}"), ink));
        let with = |end: Option<&Span>| -> Vec<Span> {
            let sure = self.sure(stop);
            head.iter()
                .cloned()
                .chain(sure)
                .chain(end.cloned())
                .collect()
        };
        let candidates = [with(target.as_ref()), with(mark.as_ref())];
        let fitting = candidates.iter().find(|line| self.fits(line));
        fitting.cloned().unwrap_or_else(|| with(None))
    }

    fn fits(&self, line: &[Span]) -> bool {
        let width: usize = line.iter().map(|(content, _)| self.wide(content)).sum();
        width <= self.width
    }

    fn wide(&self, content: &str) -> usize {
        text::width(&text::shown(content, self.style.glyphs))
    }

    fn sure(&self, stop: &Stop) -> Vec<Span> {
        let margin = stop.margin.map(|margin| number::margin(margin, &stop.look));
        let margin = margin.map(|margin| (format!(" {margin}"), self.style.plain()));
        let n = stop
            .n
            .map(|n| (format!(" n={}", number::count(n)), self.style.faint()));
        margin.into_iter().chain(n).collect()
    }
}

/// Returns a stop's number, or why there is none.
pub(super) fn value(stop: &Stop) -> String {
    match (&stop.problem, stop.value) {
        (Some(_), _) => "✗ failed".to_string(),
        (None, None) => MISSING.to_string(),
        (None, Some(value)) => fit(value, &stop.look, MOST_NUMBER),
    }
}

fn goal(stop: &Stop, style: Style) -> Option<Span> {
    let (_, state) = stop.goal.filter(|_| stop.problem.is_none())?;
    let (mark, ink): (&str, Ink) = goal_mark(state, style);
    Some((format!("{mark} {}", stop.goal_text()), ink))
}
