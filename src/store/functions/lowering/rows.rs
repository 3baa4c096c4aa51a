//! The rows over which an analysis runs: journeys, or events with what the call sees in each.

use std::collections::BTreeSet;

use super::asked::{Asked, Held, Mark, Over};
use super::expressions::{Sum, columns_of, words};
use super::writing::Writing;
use crate::store::functions::call::Call;
use crate::store::journeys::CUSTOMER_COLUMN;
use crate::store::quoting::quoted_name;
use crate::store::sql_error::SqlError;
use crate::store::tables::{BOOKS, LOADED};

/// Of several rows of a customer the last that was loaded.
const LAST_OF_CUSTOMERS: &str = "SELECT DISTINCT ON (customer_id) * EXCLUDE (_cxtop_file, _cxtop_row)
 FROM loaded.customers WHERE customer_id IS NOT NULL ORDER BY customer_id, _cxtop_file DESC, _cxtop_row DESC";

/// Returns the condition that an event has one of these names. From `IN` alone the database learns which row groups to
/// pass over, and then compares every row of the others with each name; an expression that is never NULL it asks once for
/// each word of a row group's dictionary. Over 10 million events that takes 45 ms in place of 116.
fn is_named(names: &[String]) -> String {
    format!("coalesce(events.event IN ({}), false)", names.join(", "))
}

impl Writing<'_> {
    /// Writes the rows of journeys, and one more that brings the call where there are none.
    pub fn journeys(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        let event = if asked.of_any_name {
            "NULL::USMALLINT[]"
        } else {
            "event"
        };
        self.write(&format!(
            "SELECT * FROM (SELECT number AS _cxtop_number, more AS _cxtop_more, ts AS _cxtop_ts, {event} AS _cxtop_event
              FROM {BOOKS}.journeys) AS _cxtop_rows"
        ));
        self.of_customers(call)?;
        self.write(" UNION ALL SELECT NULL, false, NULL, NULL");
        Ok(())
    }

    /// Writes the marks of the events of each name as a list, first of those without a name; NULL where the call names events.
    pub fn marks_by_name(&mut self, asked: &Asked) -> Result<(), SqlError> {
        if asked.over != Over::JourneysByName {
            self.write("NULL::UINTEGER[]");
            return Ok(());
        }
        self.write(
            "(SELECT list(_cxtop_marks ORDER BY _cxtop_number) FROM (SELECT _cxtop_number, ",
        );
        self.marks(&asked.marks, asked.excluded.as_ref())?;
        self.write(&format!(
            " AS _cxtop_marks FROM (SELECT -1 AS _cxtop_number, NULL::VARCHAR AS event
              UNION ALL SELECT number, name FROM {BOOKS}.event_names) AS events))"
        ));
        Ok(())
    }

    /// Writes that only customers count for whom the call's predicate is true. It stands where nothing of an event can be
    /// named, so that a predicate over what customers lack is an error.
    fn of_customers(&mut self, call: &Call) -> Result<(), SqlError> {
        let Some(predicate) = call.argument("customers") else {
            return Ok(());
        };
        self.write(&format!(
            " WHERE _cxtop_number IN (SELECT _cxtop_whose FROM
              (SELECT number AS _cxtop_whose, customer_id FROM {BOOKS}.customers) AS _cxtop_known"
        ));
        let attributes = &self.columns.known()?.customers;
        let words = words(self.sql, &predicate);
        if words
            .iter()
            .any(|word| word != "customer_id" && attributes.contains(word))
        {
            self.write(" LEFT JOIN (");
            self.write(LAST_OF_CUSTOMERS);
            self.write(") AS customers USING (customer_id)");
        }
        self.around(" WHERE (", &predicate, "))")
    }

    /// Writes the rows of events that matter, with what the call sees in each. What is written has names that no author
    /// uses: else a filter by a column that events lack would be one by what stands here.
    pub fn events(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        self.write(&format!(
            "SELECT * FROM (SELECT events.{CUSTOMER_COLUMN} AS _cxtop_number, "
        ));
        self.optional(call, "unit", "CAST((", ") AS VARCHAR)", "NULL::VARCHAR")?;
        self.write(" AS _cxtop_unit, events.ts AS _cxtop_ts, ");
        self.marks(&asked.marks, asked.excluded.as_ref())?;
        self.write(" AS _cxtop_marks, ");
        self.optional(call, "by", "CAST((", ") AS VARCHAR)", "NULL::VARCHAR")?;
        self.write(" AS _cxtop_part, ");
        match &asked.held {
            Held::Value(value) => self.around("CAST((", value, ") AS VARCHAR)")?,
            Held::Name => self.write("CAST(events.event AS VARCHAR)"),
            Held::Nothing => self.write("NULL::VARCHAR"),
        }
        self.write(" AS _cxtop_hold, ");
        match &asked.sum {
            Some(Sum::Of(value)) => self.around("CAST((", value, ") AS DOUBLE)")?,
            Some(Sum::Count) => self.write("1.0::DOUBLE"),
            None => self.write("NULL::DOUBLE"),
        }
        self.write(&format!(" AS _cxtop_value FROM {LOADED}.events AS events"));
        self.attributes(call)?;
        self.write(&format!(" WHERE events.{CUSTOMER_COLUMN} IS NOT NULL"));
        if let Some(filter) = call.argument("filter") {
            self.around(" AND (", &filter, ")")?;
        }
        if let Some(names) = &asked.named {
            self.write(&format!(" AND {}", is_named(names)));
        } else if asked.only_marked {
            self.write(" AND (");
            for (place, mark) in asked.marks.iter().chain(&asked.excluded).enumerate() {
                self.write(if place == 0 { "" } else { " OR " });
                self.test(mark)?;
            }
            self.write(")");
        }
        self.write(") AS _cxtop_rows");
        self.of_customers(call)?;
        self.write(" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL");
        Ok(())
    }

    fn optional(
        &mut self,
        call: &Call,
        argument: &str,
        before: &str,
        after: &str,
        otherwise: &str,
    ) -> Result<(), SqlError> {
        if let Some(value) = call.argument(argument) {
            return self.around(before, &value, after);
        }
        self.write(otherwise);
        Ok(())
    }

    /// Joins the attributes of customers that an expression names and events lack.
    fn attributes(&mut self, call: &Call) -> Result<(), SqlError> {
        let (mut named, mut of_customers) = (BTreeSet::new(), BTreeSet::new());
        for argument in &call.arguments {
            if argument.name != "customers" {
                named.extend(words(self.sql, &argument.value));
                of_customers.extend(columns_of(self.sql, &argument.value, "customers"));
            }
        }
        if named.is_empty() {
            return Ok(());
        }
        let known = self.columns.known()?;
        let is_wanted = |name: &&String| {
            named.contains(*name) && !known.events.contains(*name) || of_customers.contains(*name)
        };
        let wanted: Vec<String> = known
            .customers
            .iter()
            .filter(is_wanted)
            .map(|name| format!(", {}", quoted_name(name)))
            .collect();
        if !wanted.is_empty() {
            self.write(&format!(
                " LEFT JOIN (SELECT customer_id AS _cxtop_id{} FROM ({LAST_OF_CUSTOMERS})) AS customers
                 ON customers._cxtop_id = events.customer_id",
                wanted.concat()
            ));
        }
        Ok(())
    }

    fn marks(&mut self, marks: &[Mark], excluded: Option<&Mark>) -> Result<(), SqlError> {
        self.write("CAST(0");
        for (place, mark) in marks.iter().enumerate() {
            self.write(" + CASE WHEN ");
            self.test(mark)?;
            self.write(&format!(" THEN {} ELSE 0 END", 1_u64 << place));
        }
        if let Some(mark) = excluded {
            self.write(" + CASE WHEN ");
            self.test(mark)?;
            self.write(&format!(" THEN {} ELSE 0 END", 1_u64 << 31));
        }
        self.write(" AS UINTEGER)");
        Ok(())
    }

    fn test(&mut self, mark: &Mark) -> Result<(), SqlError> {
        match mark {
            Mark::Predicate(predicate) => self.around("(", predicate, ")"),
            Mark::Name(name) => self.around("(events.event = (", name, "))"),
            Mark::NameIfGiven(name) => {
                self.around("(events.event = (", name, ")")?;
                self.around(" OR (", name, ") IS NULL)")
            }
            Mark::Every => {
                self.write("true");
                Ok(())
            }
        }
    }
}
