//! Retention as aggregates: the grid, and the customers of one of its cells.

use std::sync::Arc;

use super::numbers::{big, share};
use super::people::{self, Person};
use super::question::{Customer, Labels, NO_GROUP, Question, group_order, smallest};
use super::rules::word;
use super::spec::{Refusal, Spec};
use crate::analysis::calendar::{Clock, Cursor, DAY, Periods};
use crate::analysis::retention::{
    BACK, Membership, RetentionRules, RetentionTally, START, memberships,
};
use crate::store::engine::{Answers, Kind, Unit};

/// What both share.
pub struct Grid {
    spec: Spec,
    rules: RetentionRules,
    clock: Arc<Clock>,
}

impl Grid {
    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let rules = spec.retention()?;
        Ok(Self { spec, rules, clock })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        let is = |wanted: &Option<String>| name.is_some() && name == wanted.as_deref();
        let back = self.spec.back.is_none() || is(&self.spec.back);
        (START * u32::from(is(&self.spec.start))) | (BACK * u32::from(back))
    }

    /// Calls `emit` with each cohort the customer is in, and the group there.
    fn memberships(
        &self,
        customer: &Customer<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(u32, &Membership),
    ) {
        if !customer
            .touches
            .iter()
            .any(|touch| touch.marks & START != 0)
        {
            return;
        }
        let mut periods = Periods::new(&self.clock, self.rules.period, scratch.cursor);
        memberships(
            &self.rules,
            &mut periods,
            customer.touches,
            customer.extras.values,
            &mut scratch.membership,
            &mut |membership| emit(self.group(customer, membership.started), membership),
        );
        scratch.cursor = periods.cursor;
    }

    /// Returns the group of the start event; of several at that instant the smallest.
    fn group(&self, customer: &Customer<'_>, started: i64) -> u32 {
        if !self.spec.grouped {
            return NO_GROUP;
        }
        let from = customer.touches.partition_point(|touch| touch.ts < started);
        let starts = customer.touches[from..]
            .iter()
            .take_while(|touch| touch.ts == started)
            .filter(|touch| touch.marks & START != 0);
        let groups = starts.map(|touch| customer.extras.group(touch));
        customer.groups.of(smallest(groups))
    }

    /// Returns whether a cell has begun for anyone, and whether it is over for everyone.
    fn standing(&self, cohort: i64, column: usize) -> (bool, bool) {
        let Some(now) = self.spec.now else {
            return (true, true);
        };
        let mut near = 0;
        let tomorrow = self.clock.utc(
            self.clock.wall(now, &mut near).saturating_add(DAY),
            &mut near,
        );
        let mut begin = |period: i64| {
            self.clock
                .utc(self.clock.begin(period, self.rules.period), &mut near)
        };
        let (first, end) = (self.rules.columns[column], self.rules.column_end(column));
        match self.rules.rolling {
            None => (begin(cohort + first) < tomorrow, begin(cohort + end) <= now),
            Some(length) => (
                begin(cohort).saturating_add(first.saturating_mul(length))
                    < now.saturating_add(DAY),
                begin(cohort + 1).saturating_add(end.saturating_mul(length)) <= now,
            ),
        }
    }
}

/// What is used again and again.
#[derive(Default)]
pub struct Scratch {
    cursor: Cursor,
    membership: Membership,
}

/// `retention`.
pub struct Retention(Grid);

impl Question for Retention {
    type Tally = (RetentionTally, Scratch);

    fn columns() -> Vec<(&'static str, Kind)> {
        vec![
            ("cohort", Kind::Timestamp(Unit::Microseconds)),
            ("period", Kind::Integer),
            ("segment", Kind::Text(None)),
            ("size", Kind::BigInt),
            ("returned", Kind::BigInt),
            ("rate", Kind::Double),
            ("complete", Kind::Boolean),
            ("value", Kind::Double),
        ]
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        Grid::new(spec, clock).map(Self)
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.0.marks(name)
    }

    fn take(&self, (tally, scratch): &mut Self::Tally, customer: &Customer<'_>) {
        self.0
            .memberships(customer, scratch, &mut |group, membership| {
                tally.add(group, membership);
            });
    }

    fn merge(&self, tally: &mut Self::Tally, other: Self::Tally) {
        tally.0.merge(other.0);
    }

    fn sizes(&self, (tally, _): &Self::Tally) -> Vec<(u32, u64)> {
        tally.sizes().into_iter().collect()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "customers are far fewer than 2^53"
    )]
    fn answer(&self, (tally, _): Self::Tally, labels: &Labels) -> Refusal<Vec<Answers>> {
        let grid = &self.0;
        let mut cohorts: Vec<_> = tally.cohorts.into_iter().collect();
        cohorts.sort_by_key(|((group, cohort), _)| (group_order(*group), *cohort));
        let (mut starts, mut periods, mut segments) = (Vec::new(), Vec::new(), Vec::new());
        let (mut sizes, mut returned, mut rates) = (Vec::new(), Vec::new(), Vec::new());
        let (mut complete, mut values) = (Vec::new(), Vec::new());
        for ((group, number), cohort) in cohorts {
            for (column, back) in cohort.returned.iter().enumerate() {
                let (has_begun, is_over) = grid.standing(number, column);
                if !has_begun {
                    continue;
                }
                starts.push(Some(grid.clock.begin(number, grid.rules.period)));
                periods.push(i32::try_from(column).ok());
                segments.push(labels.of(group));
                sizes.push(big(cohort.size));
                returned.push(big(*back));
                complete.push(Some(is_over));
                let value = cohort
                    .values
                    .get(column)
                    .copied()
                    .filter(|_| grid.spec.valued);
                rates.push(match value {
                    Some(value) => Some(value / cohort.size as f64),
                    None => share(*back, cohort.size),
                });
                values.push(value);
            }
        }
        Ok(vec![
            Answers::BigInt(starts),
            Answers::Integer(periods),
            Answers::Text(segments),
            Answers::BigInt(sizes),
            Answers::BigInt(returned),
            Answers::Double(rates),
            Answers::Boolean(complete),
            Answers::Double(values),
        ])
    }
}

/// `retention_customers`.
pub struct RetentionPeople {
    grid: Grid,
    cohort: i64,
    column: usize,
    has_returned: bool,
}

/// The customers found, and what is used again and again.
#[derive(Default)]
pub struct FoundInCell {
    people: people::Tally,
    scratch: Scratch,
}

impl Question for RetentionPeople {
    type Tally = FoundInCell;

    fn columns() -> Vec<(&'static str, Kind)> {
        people::columns()
    }

    fn new(spec: Spec, clock: Arc<Clock>) -> Refusal<Self> {
        let has_returned = word(
            "outcome",
            spec.outcome.as_deref(),
            &[("returned", true), ("not_returned", false)],
        )?;
        let start = spec
            .cohort_start
            .ok_or("cohort_start says which cohort, such as cohort_start := DATE '2026-01-05'")?;
        let at = spec.at.unwrap_or(0);
        let grid = Grid::new(spec, clock)?;
        let columns = grid.rules.columns.len();
        let column = usize::try_from(at).ok().filter(|column| *column < columns);
        let column =
            column.ok_or_else(|| format!("at must be a column from 0 to {}", columns - 1))?;
        let cohort = grid.clock.ordinal(start, grid.rules.period);
        Ok(Self {
            grid,
            cohort,
            column,
            has_returned,
        })
    }

    fn marks(&self, name: Option<&str>) -> u32 {
        self.grid.marks(name)
    }

    fn take(&self, tally: &mut FoundInCell, customer: &Customer<'_>) {
        let people = &mut tally.people;
        self.grid
            .memberships(customer, &mut tally.scratch, &mut |group, membership| {
                people.see(group);
                let back = membership.returned.get(self.column).copied().flatten();
                if membership.cohort == self.cohort && back.is_some() == self.has_returned {
                    people.push(Person {
                        group,
                        number: customer.number,
                        from: Some(membership.started),
                        to: back,
                    });
                }
            });
    }

    fn merge(&self, tally: &mut FoundInCell, other: FoundInCell) {
        tally.people.merge(other.people);
    }

    fn sizes(&self, tally: &FoundInCell) -> Vec<(u32, u64)> {
        tally.people.sizes()
    }

    fn answer(&self, tally: FoundInCell, labels: &Labels) -> Refusal<Vec<Answers>> {
        Ok(tally.people.answer(&self.grid.spec, labels))
    }
}
