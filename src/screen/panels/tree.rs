//! A tree, largest branches first, each with a bar, its number and its share of the branch above.
//!
//! ```text
//! event                                  transitions  of above
//! ▾ checkout started    ███████████████▌       1,204      100%
//! ├▾ checkout error     ██████                   466     38.7%
//! │├─ ticket opened     ██▌                      201     43.1%
//! │└─ help viewed       █                         90     19.3%
//! └─ purchase           ████▌                    340     28.2%
//! ```

use super::fields::{Field, Side, beside_bars, entries, heads};
use super::scroll;
use crate::panels::Cursor;
use crate::panels::number::percent;
use crate::panels::tree::{Branch, Inside, Tree};
use crate::screen::number::{MISSING, fit, fit_count, whole};
use crate::screen::pen::Pen;

const LEAST_BAR: usize = 8;
const MOST_NUMBER: usize = 12;

/// Draws the branches that fit.
pub fn draw(tree: &Tree, cursor: Option<Cursor>, pen: &mut Pen<'_>) {
    let has_head = pen.height() >= 4;
    let visible = pen.height() - usize::from(has_head);
    let top = scroll(cursor, visible, tree.branches.len());
    let shown = &tree.branches[top..(top + visible).min(tree.branches.len())];
    let mut name = Field::new("", shown.iter().map(label).collect(), Side::Left, pen);
    name.width = name.width.min((pen.width() / 2).max(8)).min(pen.width());
    let mut fields = fields(tree, shown, pen);
    let names = std::slice::from_mut(&mut name);
    let (left, room) = beside_bars(names, &mut fields, 2, LEAST_BAR, pen);
    if has_head {
        heads(&fields, left + room, 0, pen);
    }
    let widest = tree.widest().clamp(f64::MIN_POSITIVE, 1e300);
    for (row, branch) in shown.iter().enumerate() {
        let y = row + usize::from(has_head);
        let here = cursor.is_some_and(|cursor| cursor.row == top + row);
        let (plain, strong, faint) = (pen.style.plain(), pen.style.strong(), pen.style.faint());
        let lines = pen.text(0, y, name.width, &guides(branch), faint);
        let ink = if branch.depth == 0 || here {
            strong
        } else {
            plain
        };
        pen.text(lines, y, name.width - lines, &branch.label, ink);
        let length = branch.number.unwrap_or(0.0).clamp(0.0, 1e300) / widest * whole(room);
        // The branches of one depth are compared with each other, so each depth has its shade.
        if branch.depth.is_multiple_of(2) {
            pen.bar(left, y, length, pen.style.bar(length));
        } else {
            pen.light_bar(left, y, length, pen.style.bar(length));
        }
        entries(&fields, row, (left + room, y), here.then_some(strong), pen);
        if here {
            pen.paint(lines, y, name.width - lines, pen.style.selected());
        }
    }
}

fn label(branch: &Branch) -> String {
    format!("{}{}", guides(branch), branch.label)
}

/// Returns the lines that lead to a branch, and the mark that says what lies below it.
fn guides(branch: &Branch) -> String {
    let mut text = String::new();
    let (own, above) = branch.goes_on.split_last().unwrap_or((&false, &[]));
    for goes_on in above.iter().skip(1) {
        text.push_str(if *goes_on { "│ " } else { "  " });
    }
    if branch.depth > 0 {
        text.push_str(if *own { "├" } else { "└" });
    }
    text.push_str(match branch.inside {
        Inside::Open => "▾ ",
        Inside::Hidden => "▸ ",
        Inside::Nothing if branch.depth > 0 => "─ ",
        Inside::Nothing => "",
    });
    text
}

fn fields(tree: &Tree, shown: &[Branch], pen: &Pen<'_>) -> Vec<Field> {
    let column = |title: &str, entry: &dyn Fn(&Branch) -> String| {
        Field::new(title, shown.iter().map(entry).collect(), Side::Right, pen)
    };
    let number = |branch: &Branch| {
        branch.number.map_or(MISSING.to_string(), |number| {
            fit(number, &tree.measure.look, MOST_NUMBER)
        })
    };
    let share = |share: Option<f64>| share.map_or(String::new(), |share| percent(share, 1));
    let customers = |branch: &Branch| {
        let count = branch.customers;
        count.map_or(String::new(), |count| fit_count(count, MOST_NUMBER))
    };
    let mut fields = vec![
        column(&tree.measure.label(), &number).inked(vec![pen.style.strong(); shown.len()]),
        column("of above", &|branch| share(branch.of_parent)),
    ];
    if tree.measure.name != "customers" {
        fields.push(column("customers", &customers));
    }
    let first = fields.remove(0);
    let others = fields.into_iter().filter(|field| !field.is_empty());
    std::iter::once(first).chain(others).collect()
}
