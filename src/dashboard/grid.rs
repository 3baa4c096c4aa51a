//! Where each panel lies. Pure arithmetic on plain numbers, because paging and moving between panels need it too.
//!
//! ```text
//! header                                    a wide terminal          a narrow one
//! ┌────┐┌────┐┌────┐┌────┐ row of values    ┌────┐┌────┐┌────┐       ┌────┐┌────┐
//! ┌──────────┐┌──────────┐ row of pictures  ┌───────┐┌───────┐       ┌────┐┌────┐
//! footer                                                             ┌──────────┐
//! ```

use crate::queries::Kind;

/// A rectangle in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// The column of the left edge.
    pub x: u16,
    /// The line of the top edge; may lie below the screen when the dashboard is taller.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Lines.
    pub height: u16,
}

/// The terminal's size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Lines.
    pub height: u16,
}

/// How much fits on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// The whole dashboard, scrolled if it must be.
    Grid,
    /// One panel at a time.
    OnePanel,
    /// One line of text.
    OneLine,
}

/// What one panel asks of the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How the panel is drawn.
    pub kind: Kind,
    /// The width relative to the others of its row.
    pub width: u16,
    /// The height of its row relative to the other rows.
    pub height: u16,
    /// The row of the dashboard file, from 0.
    pub row: usize,
}

/// Where every panel lies, in the dashboard's own lines (before scrolling).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// One area a panel, in the order of the dashboard.
    pub areas: Vec<Area>,
    /// Lines of the whole dashboard.
    pub height: u16,
}

impl Size {
    /// Returns how much fits.
    #[must_use]
    pub fn room(self) -> Room {
        match (self.width, self.height) {
            (width, height) if width < 40 || height < 10 => Room::OneLine,
            (width, height) if width < 60 || height < 16 => Room::OnePanel,
            _ => Room::Grid,
        }
    }

    /// Returns what lies between header and footer.
    #[must_use]
    pub fn body(self) -> Area {
        Area {
            x: 0,
            y: 1,
            width: self.width,
            height: self.height.saturating_sub(2),
        }
    }
}

impl Area {
    /// Returns the line below the area.
    #[must_use]
    pub fn bottom(self) -> u16 {
        self.y.saturating_add(self.height)
    }
}

impl Wish {
    /// The narrowest panel that still says something.
    fn least_width(self) -> u16 {
        if self.kind == Kind::Value { 18 } else { 34 }
    }

    fn least_height(self) -> u16 {
        match self.kind {
            Kind::Value => 4,
            // Stages side by side, with what is measured and who was met in each.
            Kind::Journey => 12,
            _ => 7,
        }
    }

    /// A number gains nothing from more lines than this; pictures do.
    fn most_height(self, number: u16) -> u16 {
        if self.kind == Kind::Value {
            number
        } else {
            u16::MAX
        }
    }
}

/// Lays the panels out in a body of this size. Rows share the height by weight, but none gets less than it needs: then
/// the dashboard is taller than the body and scrolls. A row whose panels would be too narrow breaks into several.
#[must_use]
pub fn lay_out(wishes: &[Wish], width: u16, height: u16) -> Layout {
    let lines = break_rows(wishes, width);
    let mut heights = share_height(&lines, height, LARGE_NUMBER);
    let between =
        |(line, height): (&&[Wish], &u16)| line[0].kind == Kind::Value && *height < LARGE_NUMBER;
    if lines.iter().zip(&heights).any(between) {
        heights = share_height(&lines, height, SMALL_NUMBER);
    }
    let mut layout = Layout::default();
    for (line, height) in lines.iter().zip(heights) {
        let weights: Vec<u16> = line.iter().map(|wish| wish.width.max(1)).collect();
        let mut x = 0;
        for part in share(width, &weights) {
            layout.areas.push(Area {
                x,
                y: layout.height,
                width: part,
                height,
            });
            x += part;
        }
        layout.height = layout.height.saturating_add(height);
    }
    layout
}

/// Breaks rows into lines of panels that are wide enough, as evenly as it goes: four become two and two, not three and one.
fn break_rows(wishes: &[Wish], width: u16) -> Vec<&[Wish]> {
    let mut lines = Vec::new();
    for row in wishes.chunk_by(|one, other| one.row == other.row) {
        let enough = (1..=row.len()).find(|count| {
            row.chunks(row.len().div_ceil(*count))
                .all(|line| fits(line, width))
        });
        let count = enough.unwrap_or(row.len());
        lines.extend(row.chunks(row.len().div_ceil(count)));
    }
    lines
}

fn fits(line: &[Wish], width: u16) -> bool {
    let weights: Vec<u16> = line.iter().map(|wish| wish.width.max(1)).collect();
    share(width, &weights)
        .iter()
        .zip(line)
        .all(|(part, wish)| *part >= wish.least_width())
}

fn share_height(lines: &[&[Wish]], height: u16, number: u16) -> Vec<u16> {
    let least = |line: &[Wish]| {
        line.iter()
            .map(|wish| wish.least_height())
            .max()
            .unwrap_or(1)
    };
    let most = |line: &[Wish]| {
        line.iter()
            .map(|wish| wish.most_height(number))
            .max()
            .unwrap_or(1)
    };
    let mut heights: Vec<u16> = lines.iter().map(|line| least(line)).collect();
    let weight = |line: &[Wish]| line.first().map_or(1, |wish| u32::from(wish.height.max(1)));
    let mut spare = height.saturating_sub(
        heights
            .iter()
            .fold(0, |sum, part| sum.saturating_add(*part)),
    );
    // One line at a time to the row that stays furthest below its share: exact, and a terminal has few lines.
    while spare > 0 {
        let next = (0..lines.len())
            .filter(|index| heights[*index] < most(lines[*index]))
            .min_by_key(|index| (u32::from(heights[*index]) + 1) * 1000 / weight(lines[*index]));
        let Some(next) = next else { break };
        heights[next] += 1;
        spare -= 1;
    }
    heights
}

/// A number in large digits takes this many lines, and with less than that no more than the other.
const LARGE_NUMBER: u16 = 7;
const SMALL_NUMBER: u16 = 5;

/// Shares `total` by weight without losing a cell.
fn share(total: u16, weights: &[u16]) -> Vec<u16> {
    let sum: u64 = weights
        .iter()
        .map(|weight| u64::from(*weight))
        .sum::<u64>()
        .max(1);
    let mut before = 0_u64;
    let mut start = 0;
    weights
        .iter()
        .map(|weight| {
            before += u64::from(*weight);
            let end = u16::try_from(u64::from(total) * before / sum).unwrap_or(total);
            let part = end - start;
            start = end;
            part
        })
        .collect()
}
