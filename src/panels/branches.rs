//! From the rows of an answer to the lines of a tree.
//!
//! The answer either names each row's parent, or has the columns of `next_events`. Of the latter each place (an event at a
//! position) is opened once, under the branch that leads most people there: a branch counts who takes it, but what
//! follows counts everyone who is at that place, so that showing it again elsewhere would count them twice. What no root
//! leads to is said in a line of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Columns, holds_numbers, number_at, ratio, text_at};
use super::tree::{Branch, Inside};
use crate::error::Result;
use crate::store::{Column, Value};

/// Branches below this share of their parent are put together.
const LEAST_SHARE: f64 = 0.02;
/// No tree is opened deeper; nobody reads on.
const DEEPEST: usize = 16;
/// What branches that were put together are called.
const OTHER: &str = "(other)";
/// What rows are called that are, in the end, above themselves.
const CIRCLE: &str = "(in a circle)";
/// What rows are called whose event follows none of the position before, as where an answer is cut off.
const NOT_LED_TO: &str = "(nothing leads here)";
/// What comes after the last event.
const END: &str = "(end)";

/// What leads from one place to another.
struct Edge {
    to: Place,
    label: String,
    number: Option<f64>,
    customers: Option<f64>,
    /// Whether it stands for edges that lead on.
    hides: bool,
}

/// What names a place: its position (0 in a tree of parents), the segment whose paths are followed, and its label.
type Place = (i64, Option<String>, String);

/// The edges that leave each place, largest first.
type Edges = BTreeMap<Place, Vec<Edge>>;

/// Returns the number column of an answer and its branches, each above what it leads to.
pub(super) fn branches<'a>(columns: &Columns<'a>) -> Result<(&'a Column, Vec<Branch>)> {
    let table = columns.table;
    let follows = table.column("next_node").is_some() && table.column("parent").is_none();
    let (number, top, mut edges) = if follows {
        following(columns)?
    } else {
        parented(columns)?
    };
    let places: BTreeSet<Place> = edges.keys().cloned().collect();
    let apart = apart(&edges, &top);
    for leaving in edges.values_mut() {
        rank(leaving, &places);
    }
    let mut growth = Growth {
        places,
        opened: claim(&edges, &top),
        edges,
        parts: if follows {
            Parts::OfSiblings
        } else {
            Parts::OfParent
        },
        branches: Vec::new(),
    };
    growth.grow(&top, None, &[]);
    let mut branches = growth.branches;
    if apart > 0 && !branches.is_empty() {
        let what = if follows { NOT_LED_TO } else { CIRCLE };
        branches.push(unreached(what, apart));
    }
    Ok((number, branches))
}

/// Returns how many edges leave places that nothing leads to from the top.
fn apart(edges: &Edges, top: &Place) -> usize {
    let mut reached = BTreeSet::from([top]);
    let mut level = vec![top];
    while let Some(place) = level.pop() {
        let leaving = edges.get(place).into_iter().flatten();
        level.extend(leaving.map(|edge| &edge.to).filter(|to| reached.insert(to)));
    }
    let others = edges.iter().filter(|(place, _)| !reached.contains(place));
    others.map(|(_, leaving)| leaving.len()).sum()
}

/// Returns the line that stands for rows that cannot be laid out. Their numbers may be parts of each other, so there is no
/// sum.
fn unreached(what: &str, rows: usize) -> Branch {
    let rows = match rows {
        1 => "1 row".to_string(),
        many => format!("{many} rows"),
    };
    Branch {
        label: format!("{what}, {rows}"),
        depth: 0,
        goes_on: vec![false],
        number: None,
        of_parent: None,
        customers: None,
        inside: Inside::Hidden,
    }
}

/// Reads a tree in which every row names its parent. Returns the number column, the place above all roots, the edges.
fn parented<'a>(columns: &Columns<'a>) -> Result<(&'a Column, Place, Edges)> {
    let parent = columns.required("parent")?;
    let label = columns.required("label")?;
    let is_number = |column: &Column| {
        holds_numbers(column)
            && !std::ptr::eq(column, parent)
            && !std::ptr::eq(column, label)
            && !columns.is_support(column)
    };
    let number = columns.first("number column", is_number)?;
    let customers = columns
        .number("customers")
        .filter(|column| !std::ptr::eq(*column, number));
    let known: BTreeSet<String> = label.values.iter().map(Value::text).collect();
    let top = (0, None, String::new());
    let mut edges = Edges::new();
    for row in 0..columns.table.rows() {
        let label = text_at(Some(label), row).unwrap_or_default();
        // A parent that has no row of its own cannot be shown, so its children stand at the top.
        let above = text_at(Some(parent), row)
            .filter(|parent| known.contains(parent) && *parent != label)
            .unwrap_or_default();
        edges.entry((0, None, above)).or_default().push(Edge {
            to: (0, None, label.clone()),
            label,
            number: number_at(Some(number), row),
            customers: number_at(customers, row),
            hides: false,
        });
    }
    Ok((number, top, edges))
}

/// Reads what follows what at each position. The roots are the events of the first position, for each segment.
fn following<'a>(columns: &Columns<'a>) -> Result<(&'a Column, Place, Edges)> {
    let position = columns.required_number("position")?;
    let node = columns.required("node")?;
    let next_node = columns.required("next_node")?;
    let number = columns.required_number("transitions")?;
    let customers = columns.number("customers");
    let segment = columns.table.column("segment");
    let mut edges = Edges::new();
    let mut starts: BTreeMap<Place, f64> = BTreeMap::new();
    let at = |row: usize| position.values.get(row).and_then(whole);
    let first = (0..columns.table.rows()).filter_map(at).min();
    let first = first.unwrap_or_default();
    for row in 0..columns.table.rows() {
        let (Some(place), Some(label)) = (at(row), text_at(Some(node), row)) else {
            continue;
        };
        let transitions = number_at(Some(number), row);
        let group = text_at(segment, row);
        let place = (place, group.clone(), label);
        if place.0 == first {
            *starts.entry(place.clone()).or_default() += transitions.unwrap_or_default();
        }
        let label = text_at(Some(next_node), row).unwrap_or_else(|| END.to_string());
        edges.entry(place.clone()).or_default().push(Edge {
            to: (place.0.saturating_add(1), group, label.clone()),
            label,
            number: transitions,
            customers: number_at(customers, row),
            hides: false,
        });
    }
    let top = (i64::MIN, None, String::new());
    let roots = starts.into_iter().map(|(to, sum)| Edge {
        label: match &to.1 {
            Some(segment) => format!("{segment} {}", to.2),
            None => to.2.clone(),
        },
        to,
        number: Some(sum),
        customers: None,
        hides: false,
    });
    edges.insert(top.clone(), roots.collect());
    Ok((number, top, edges))
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

/// Sorts edges, largest first, and puts small ones together at the end.
fn rank(edges: &mut Vec<Edge>, places: &BTreeSet<Place>) {
    edges.sort_by(|one, other| {
        let size = |edge: &Edge| edge.number.unwrap_or(f64::NEG_INFINITY);
        size(other).total_cmp(&size(one))
    });
    let sum: f64 = edges.iter().filter_map(|edge| edge.number).sum();
    let is_small =
        |edge: &Edge| ratio(edge.number, Some(sum)).is_some_and(|share| share < LEAST_SHARE);
    let small = edges.iter().rev().take_while(|edge| is_small(edge)).count();
    if small < 2 {
        return;
    }
    let rest = edges.split_off(edges.len() - small);
    edges.push(Edge {
        to: (i64::MAX, None, OTHER.to_string()),
        label: format!("{OTHER}, {small} kinds"),
        number: Some(rest.iter().filter_map(|edge| edge.number).sum()),
        // One customer may be in several of them.
        customers: None,
        hides: rest.iter().any(|edge| places.contains(&edge.to)),
    });
}

/// Decides under which edge each place is opened: level by level, the one with the largest number. An edge is named by the
/// place it leaves and its rank there.
fn claim(edges: &Edges, top: &Place) -> BTreeSet<(Place, usize)> {
    let mut opened = BTreeSet::new();
    let mut claimed = BTreeSet::from([top]);
    let mut level = vec![top];
    for _ in 0..DEEPEST {
        let mut best: BTreeMap<&Place, (f64, &Place, usize)> = BTreeMap::new();
        for place in level {
            let leaving = edges.get(place).map_or(&[][..], Vec::as_slice);
            for (rank, edge) in leaving.iter().enumerate() {
                let size = edge.number.unwrap_or(f64::NEG_INFINITY);
                let larger = best.get(&edge.to).is_none_or(|(known, ..)| size > *known);
                if larger && edges.contains_key(&edge.to) && !claimed.contains(&edge.to) {
                    best.insert(&edge.to, (size, place, rank));
                }
            }
        }
        level = best.keys().copied().collect();
        claimed.extend(&level);
        opened.extend(
            best.into_values()
                .map(|(_, place, rank)| (place.clone(), rank)),
        );
    }
    opened
}

/// What the numbers of branches are parts of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// The number of the branch above them.
    OfParent,
    /// All numbers under the same branch together.
    OfSiblings,
}

/// A tree being laid out line by line.
struct Growth {
    /// The places that something leaves.
    places: BTreeSet<Place>,
    opened: BTreeSet<(Place, usize)>,
    /// The edges that are not laid out yet.
    edges: Edges,
    parts: Parts,
    branches: Vec<Branch>,
}

impl Growth {
    /// Adds the branches that leave a place, each with what it opens.
    fn grow(&mut self, place: &Place, parent: Option<f64>, above: &[bool]) {
        let leaving = self.edges.remove(place).unwrap_or_default();
        let sum: f64 = leaving.iter().filter_map(|edge| edge.number).sum();
        let whole = parent
            .filter(|_| self.parts == Parts::OfParent)
            .unwrap_or(sum);
        let count = leaving.len();
        for (rank, edge) in leaving.into_iter().enumerate() {
            let mut goes_on = above.to_vec();
            goes_on.push(rank + 1 < count);
            let inside = if self.opened.contains(&(place.clone(), rank)) {
                Inside::Open
            } else if edge.hides || self.places.contains(&edge.to) {
                Inside::Hidden
            } else {
                Inside::Nothing
            };
            self.branches.push(Branch {
                label: edge.label,
                depth: above.len(),
                goes_on: goes_on.clone(),
                number: edge.number,
                of_parent: ratio(edge.number, Some(whole)),
                customers: edge.customers,
                inside,
            });
            if inside == Inside::Open {
                self.grow(&edge.to, edge.number, &goes_on);
            }
        }
    }
}
