//! How often each score or bucket occurs, and where the middle is.

use super::columns::{Columns, Measure, explained, number_at, text_at};
use super::goal::{self, GoalCheck};
use super::number;
use crate::error::Result;
use crate::queries::{Header, Look};
use crate::store::{Column, Table, Value};

/// How often each bucket occurs.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// What the buckets are.
    pub bucket_name: String,
    /// What is counted.
    pub measure: Measure,
    /// The buckets in the query's order.
    pub buckets: Vec<Bucket>,
    /// The groups in the order they first occur; empty when the answer names none.
    pub groups: Vec<Group>,
    /// The sum of all counts.
    pub total: f64,
    /// Where the middle is, when the buckets are numbers.
    pub quantiles: Option<Quantiles>,
    /// Targets.
    pub goals: Vec<GoalCheck>,
    /// What the query's author says it means.
    pub about: String,
    /// The answer itself.
    pub table: Table,
}

/// One bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// Its name.
    pub label: String,
    /// How often it occurs; none when the answer has NULL there.
    pub count: Option<f64>,
    /// Its share of all.
    pub share: Option<f64>,
    /// The index of its group.
    pub group: Option<usize>,
}

/// A run of buckets with a name, such as `promoter`.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How often its buckets occur together.
    pub count: f64,
    /// Their share of all.
    pub share: Option<f64>,
}

/// The smallest, the quarters and the largest of numeric buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles {
    /// The smallest bucket that occurs.
    pub min: f64,
    /// A quarter is at or below this bucket.
    pub p25: f64,
    /// Half is at or below this bucket.
    pub median: f64,
    /// Three quarters are at or below this bucket.
    pub p75: f64,
    /// The largest bucket that occurs.
    pub max: f64,
}

impl Distribution {
    /// Returns the panel of an answer with a bucket and a count column.
    pub(super) fn from_table(header: &Header, table: &Table) -> Result<Self> {
        let needs = "a distribution needs a bucket column and after it a number column";
        let columns = Columns {
            table,
            header,
            needs,
        };
        let group = table.column("group");
        let is_group = |column: &Column| group.is_some_and(|group| std::ptr::eq(group, column));
        let bucket = columns.first("bucket column", |column| !is_group(column))?;
        let is_count = |column: &Column| {
            column.is_number()
                && !std::ptr::eq(column, bucket)
                && !column.name.to_lowercase().ends_with("margin")
        };
        let count = columns.first("number column after the bucket", is_count)?;
        let counts: Vec<Option<f64>> = (0..table.rows())
            .map(|row| number_at(Some(count), row))
            .collect();
        let total: f64 = counts
            .iter()
            .flatten()
            .fold(0.0, |sum, count| sum + count.max(0.0));
        let share = |count: f64| {
            (total > 0.0)
                .then_some(count / total)
                .filter(|share| share.is_finite())
        };
        let mut groups: Vec<Group> = Vec::new();
        let mut buckets = Vec::with_capacity(counts.len());
        for (row, count) in counts.iter().enumerate() {
            let group =
                text_at(group, row).map(|name| join(&mut groups, name, count.unwrap_or(0.0)));
            let label = bucket.values.get(row).map(bucket_label).unwrap_or_default();
            buckets.push(Bucket {
                label,
                count: *count,
                share: count.and_then(share),
                group,
            });
        }
        for group in &mut groups {
            group.share = share(group.count);
        }
        Ok(Self {
            bucket_name: bucket.name.clone(),
            measure: Measure::of(header, &count.name),
            buckets,
            groups,
            total,
            quantiles: quantiles(bucket, &counts),
            goals: goal::check(header, table, Some(0)),
            about: header.about.clone(),
            table: table.clone(),
        })
    }

    pub(super) fn readout(&self, row: usize) -> String {
        let Some(bucket) = self.buckets.get(row) else {
            return self.about.clone();
        };
        let count = bucket.count.map_or("n/a".to_string(), |count| {
            number::exact(count, &self.measure.look)
        });
        let name = super::columns::words(&self.bucket_name);
        let mut parts = vec![format!(
            "{name} {}: {} {count}",
            bucket.label,
            self.measure.label()
        )];
        parts.extend(bucket.share.map(|share| {
            format!(
                "{} of {}",
                number::percent(share, 1),
                number::count(self.total)
            )
        }));
        if let Some(group) = bucket.group.and_then(|group| self.groups.get(group)) {
            let share = group
                .share
                .map_or("n/a".to_string(), |share| number::percent(share, 1));
            parts.push(format!("{}s are {share}", group.name));
        }
        explained(&parts, &self.about)
    }
}

fn bucket_label(value: &Value) -> String {
    match value {
        Value::Double(number) => number::significant(*number, 4),
        Value::Null => "not given".to_string(),
        other => other.text(),
    }
}

fn join(groups: &mut Vec<Group>, name: String, count: f64) -> usize {
    let index = groups
        .iter()
        .position(|group| group.name == name)
        .unwrap_or_else(|| {
            groups.push(Group {
                name,
                count: 0.0,
                share: None,
            });
            groups.len() - 1
        });
    groups[index].count += count.max(0.0);
    index
}

/// Returns the quarters of numeric buckets. Each is a bucket that occurs: nothing is interpolated between buckets.
fn quantiles(bucket: &Column, counts: &[Option<f64>]) -> Option<Quantiles> {
    if !bucket.is_number() {
        return None;
    }
    let mut weighted: Vec<(f64, f64)> = (bucket.values.iter().zip(counts))
        .filter_map(|(bucket, count)| Some((bucket.number()?, (*count)?)))
        .filter(|(_, count)| *count > 0.0)
        .collect();
    weighted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = weighted.iter().map(|(_, count)| count).sum();
    let at = |share: f64| {
        let mut seen = 0.0;
        let found = weighted.iter().find(|(_, count)| {
            seen += count;
            seen >= share * total
        });
        found.or(weighted.last()).map(|(bucket, _)| *bucket)
    };
    Some(Quantiles {
        min: weighted.first()?.0,
        p25: at(0.25)?,
        median: at(0.5)?,
        p75: at(0.75)?,
        max: weighted.last()?.0,
    })
}

/// Returns the look of a count: whole numbers with separators.
#[must_use]
pub fn count_look() -> Look {
    Look {
        format: crate::queries::Format::Whole,
        ..Look::default()
    }
}
