//! What leads to what, largest first: a tree of labels with their shares, or the steps that follow one another.

use super::branches::branches;
use super::columns::{Columns, Measure, explained};
use super::goal::{self, GoalCheck};
use super::number;
use crate::error::{Error, Result};
use crate::queries::Header;
use crate::store::Table;

/// What leads to what, largest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// What the numbers are.
    pub measure: Measure,
    /// The branches, each above what it leads to.
    pub branches: Vec<Branch>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// One line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// What it is.
    pub label: String,
    /// How many branches lead to it.
    pub depth: usize,
    /// For each branch above it, whether that one has more siblings below; the last entry is about itself.
    pub goes_on: Vec<bool>,
    /// Its number.
    pub number: Option<f64>,
    /// Its share of its parent's number.
    pub of_parent: Option<f64>,
    /// How many customers it has, where the answer says.
    pub customers: Option<f64>,
    /// Whether something follows.
    pub inside: Inside,
}

/// What lies below a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// Nothing.
    Nothing,
    /// The branches below it.
    Open,
    /// Branches that are not shown here: another branch that leads to the same place shows them, they lie too deep, or
    /// nothing leads to them.
    Hidden,
}

impl Tree {
    /// Returns the panel of an answer with parents and labels, or with the columns of `next_events`.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let columns = Columns {
            table,
            header,
            needs: "a tree needs `parent`, `label` and a number, or `position`, `node`, `next_node`, `transitions`",
        };
        let (number, branches) = branches(&columns)?;
        if branches.is_empty() && table.rows() > 0 {
            return Err(
                Error::data("every row has another row above it, so there is no root")
                    .help("give at least one row the parent NULL")
                    .rule("column"),
            );
        }
        Ok(Self {
            measure: Measure::of(header, &number.name),
            branches,
            goals: goal::check(header, table, Some(0)),
            about: header.about.clone(),
            table: table.clone(),
        })
    }

    /// Returns the largest number; bars are drawn against it.
    #[must_use]
    pub fn widest(&self) -> f64 {
        let numbers = self.branches.iter().filter_map(|branch| branch.number);
        numbers.fold(0.0, f64::max)
    }

    /// Returns what names a branch: the labels that lead to it.
    pub(super) fn key(&self, row: usize) -> String {
        let Some(branch) = self.branches.get(row) else {
            return String::new();
        };
        let mut path = vec![branch.label.as_str()];
        let mut depth = branch.depth;
        for above in self.branches[..row].iter().rev() {
            if above.depth < depth {
                depth = above.depth;
                path.push(&above.label);
            }
        }
        path.reverse();
        path.join(" → ")
    }

    pub(super) fn readout(&self, row: usize) -> String {
        let Some(branch) = self.branches.get(row) else {
            return self.about.clone();
        };
        let number = branch.number.map_or("n/a".to_string(), |at| {
            number::exact(at, &self.measure.look)
        });
        let mut parts = vec![format!(
            "{}: {number} {}",
            self.key(row),
            self.measure.label()
        )];
        parts.extend(
            branch
                .of_parent
                .map(|share| format!("{} of the branch above", number::percent(share, 2))),
        );
        parts.extend(
            branch
                .customers
                .map(|customers| format!("{} customers", number::count(customers))),
        );
        if branch.inside == Inside::Hidden {
            parts.push("what follows is not shown here".to_string());
        }
        explained(&parts, &self.about)
    }
}
