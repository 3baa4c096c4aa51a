//! Writes SQL for the calls of a text.

use std::collections::BTreeSet;
use std::ops::Range;

use super::asked::{Asked, Form, Held, Mark, Value as Field};
use super::expressions::{Sum, words};
use super::lowered::Lowered;
use super::{Columns, TODAY, pruning};
use crate::store::functions::call::{self, Call};
use crate::store::functions::catalog::Analysis;
use crate::store::functions::{over_events, over_journeys, segment_macro};
use crate::store::journeys::CUSTOMER_COLUMN;
use crate::store::quoting::quoted_name;
use crate::store::sql_error::SqlError;
use crate::store::table::Value;
use crate::store::tables::{BOOKS, LOADED};

/// Of several rows of a customer the last that was loaded.
const LAST_OF_CUSTOMERS: &str = "SELECT DISTINCT ON (customer_id) * EXCLUDE (_cxtop_file, _cxtop_row)
 FROM loaded.customers WHERE customer_id IS NOT NULL ORDER BY customer_id, _cxtop_file DESC, _cxtop_row DESC";

/// Writes a text anew, its calls replaced.
///
/// # Errors
///
/// When a call is wrong, at its place in the text.
pub fn write(
    sql: &str,
    columns: &dyn Columns,
    values: &[(String, Value)],
) -> Result<Lowered, SqlError> {
    let mut writing = Writing {
        sql,
        columns,
        values,
        lowered: Lowered::default(),
        call: 0..0,
    };
    writing.take(0..sql.len())?;
    Ok(writing.lowered)
}

struct Writing<'a> {
    sql: &'a str,
    columns: &'a dyn Columns,
    values: &'a [(String, Value)],
    lowered: Lowered,
    /// The name of the call that is being written.
    call: Range<usize>,
}

impl Writing<'_> {
    /// Takes a part of the text over, and writes what stands for the calls in it.
    fn take(&mut self, part: Range<usize>) -> Result<(), SqlError> {
        let mut at = part.start;
        for mut call in call::calls(self.sql, part.clone())? {
            pruning::drop_idle_conditions(&mut call, self.sql, self.values);
            self.copy_with_segments(at..call.place.start);
            at = call.place.end;
            let outer = std::mem::replace(&mut self.call, call.name.clone());
            self.lower(&call)?;
            self.call = outer;
        }
        self.copy_with_segments(at..part.end);
        Ok(())
    }

    /// Takes a part without calls over, and writes the macro of each segment in it.
    fn copy_with_segments(&mut self, part: Range<usize>) {
        let mut at = part.start;
        for (place, name) in call::segments(self.sql, part.clone()) {
            self.copy(at..place.start);
            at = place.end;
            let outer = std::mem::replace(&mut self.call, place);
            self.write(&format!("{}()", segment_macro(&name)));
            self.call = outer;
        }
        self.copy(at..part.end);
    }

    fn copy(&mut self, part: Range<usize>) {
        self.lowered.copy(self.sql, part);
    }

    fn write(&mut self, text: &str) {
        self.lowered.write(text, &self.call);
    }

    /// Writes an argument's value between two texts.
    fn around(&mut self, before: &str, value: &Range<usize>, after: &str) -> Result<(), SqlError> {
        self.write(before);
        self.take(value.clone())?;
        self.write(after);
        Ok(())
    }

    fn lower(&mut self, call: &Call) -> Result<(), SqlError> {
        let place = self.lowered.begin_call(self.sql, call);
        let asked = Asked::of(self.sql, call, place)?;
        let function = call.function;
        self.write("(SELECT ");
        self.write(&answer_columns(call));
        self.write(" FROM (SELECT unnest(rows, max_depth := 2) FROM (SELECT ");
        let form = if asked.over_events {
            over_events
        } else {
            over_journeys
        };
        self.write(&form(function.aggregate()));
        if asked.over_events {
            self.write("(spec, number, unit, ts, marks, part, hold, value) AS rows FROM (SELECT ");
            self.spec(call.function.analysis, &asked)?;
            self.write(" AS spec) AS asked, (");
            self.events(call, &asked)?;
        } else {
            self.write("(spec, names, number, more, ts, event) AS rows FROM (SELECT ");
            self.spec(call.function.analysis, &asked)?;
            let names = format!(
                " AS spec, (SELECT list(name ORDER BY number) FROM {BOOKS}.event_names) AS names) AS asked, ("
            );
            self.write(&names);
            self.journeys(call, &asked)?;
        }
        self.write(") AS given))");
        if function.lists_customers {
            if !call.has("unit") {
                self.write(&format!(" JOIN {BOOKS}.customers USING (number)"));
            }
            self.write(" ORDER BY customer_id");
        }
        self.write(")");
        if !call.has_alias {
            self.write(&format!(" AS {}", function.name));
        }
        Ok(())
    }

    /// Writes the rows of journeys, and one more that brings the call where there are none.
    fn journeys(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        let event = if asked.of_any_name {
            "NULL::USMALLINT[] AS event"
        } else {
            "event"
        };
        self.write(&format!(
            "SELECT number, more, ts, {event} FROM {BOOKS}.journeys"
        ));
        if let Some(customers) = call.argument("customers") {
            self.write(" WHERE ");
            self.customers("number", &customers)?;
        }
        self.write(" UNION ALL SELECT NULL, false, NULL, NULL");
        Ok(())
    }

    /// Writes that a customer's number is one of those for which the predicate is true.
    fn customers(&mut self, number: &str, predicate: &Range<usize>) -> Result<(), SqlError> {
        self.write(&format!(
            "{number} IN (SELECT number FROM {BOOKS}.customers AS known"
        ));
        let attributes = self.columns.of("customers")?;
        let words = words(self.sql, predicate);
        if words
            .iter()
            .any(|word| word != "customer_id" && attributes.contains(word))
        {
            self.write(" LEFT JOIN (");
            self.write(LAST_OF_CUSTOMERS);
            self.write(") AS customers USING (customer_id)");
        }
        self.around(" WHERE (", predicate, "))")
    }

    /// Writes the rows of events that matter, with what the call sees in each.
    fn events(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        self.write(&format!("SELECT events.{CUSTOMER_COLUMN} AS number, "));
        self.optional(call, "unit", "CAST((", ") AS VARCHAR)", "NULL::VARCHAR")?;
        self.write(" AS unit, events.ts AS ts, ");
        self.marks(&asked.marks, asked.excluded.as_ref())?;
        self.write(" AS marks, ");
        self.optional(call, "by", "CAST((", ") AS VARCHAR)", "NULL::VARCHAR")?;
        self.write(" AS part, ");
        match &asked.held {
            Held::Value(value) => self.around("CAST((", value, ") AS VARCHAR)")?,
            Held::Name => self.write("CAST(events.event AS VARCHAR)"),
            Held::Nothing => self.write("NULL::VARCHAR"),
        }
        self.write(" AS hold, ");
        match &asked.sum {
            Some(Sum::Of(value)) => self.around("CAST((", value, ") AS DOUBLE)")?,
            Some(Sum::Count) => self.write("1.0::DOUBLE"),
            None => self.write("NULL::DOUBLE"),
        }
        self.write(&format!(" AS value FROM {LOADED}.events AS events"));
        self.attributes(call)?;
        self.write(&format!(" WHERE events.{CUSTOMER_COLUMN} IS NOT NULL"));
        if let Some(filter) = call.argument("filter") {
            self.around(" AND (", &filter, ")")?;
        }
        if let Some(names) = &asked.named {
            self.write(&format!(" AND events.event IN ({})", names.join(", ")));
        } else if asked.only_marked {
            self.write(" AND (");
            for (place, mark) in asked.marks.iter().chain(&asked.excluded).enumerate() {
                self.write(if place == 0 { "" } else { " OR " });
                self.test(mark)?;
            }
            self.write(")");
        }
        if let Some(customers) = call.argument("customers") {
            self.write(" AND ");
            self.customers(&format!("events.{CUSTOMER_COLUMN}"), &customers)?;
        }
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
        let mut named = BTreeSet::new();
        for argument in &call.arguments {
            if argument.name != "customers" {
                named.extend(words(self.sql, &argument.value));
            }
        }
        let attributes = self.columns.of("customers")?;
        if !named.iter().any(|word| attributes.contains(word)) {
            return Ok(());
        }
        let events = self.columns.of("events")?;
        let is_wanted = |name: &&String| named.contains(*name) && !events.contains(*name);
        let wanted: Vec<String> = attributes
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

    /// Writes the JSON of what the call asks.
    fn spec(&mut self, analysis: Analysis, asked: &Asked) -> Result<(), SqlError> {
        let start = self.lowered.sql.len();
        self.spec_expression(asked)?;
        let expression = self.lowered.sql[start..].to_string();
        self.lowered.specs.push((analysis, expression));
        Ok(())
    }

    fn spec_expression(&mut self, asked: &Asked) -> Result<(), SqlError> {
        self.write("CAST(to_json({");
        for (key, field) in &asked.fields {
            self.write(&format!("'{key}': "));
            self.field(field)?;
            self.write(", ");
        }
        self.write(&format!(
            "'now': epoch_us(_cxtop_moment(CAST(getvariable('{TODAY}') AS DATE)))}}) AS VARCHAR)"
        ));
        Ok(())
    }

    fn field(&mut self, field: &Field) -> Result<(), SqlError> {
        match field {
            Field::Written(text) => self.write(text),
            Field::Given(value, form) => self.cast(value, *form)?,
            Field::Texts(values) => {
                self.write("[");
                for value in values {
                    self.cast(value, Form::Text)?;
                    self.write(", ");
                }
                self.write("]");
            }
        }
        Ok(())
    }

    fn cast(&mut self, value: &Range<usize>, form: Form) -> Result<(), SqlError> {
        let (before, after) = form.around();
        // A value that cannot be cast is wrong itself, not the call.
        let outer = std::mem::replace(&mut self.call, value.clone());
        let written = self.around(before, value, after);
        self.call = outer;
        written
    }
}

fn answer_columns(call: &Call) -> String {
    let function = call.function;
    if function.lists_customers {
        let (first, last) = function.moments();
        let last = last.map_or(String::new(), |last| format!(", at_last AS {last}"));
        let who = if call.has("unit") {
            "unit AS customer_id"
        } else {
            "customer_id"
        };
        return format!("{who}, at_first AS {first}{last}");
    }
    match function.analysis {
        Analysis::Retention if !call.has("value") => "* EXCLUDE (value)".to_string(),
        Analysis::TimeTo | Analysis::NextEvents if !call.has("by") => {
            "* EXCLUDE (segment)".to_string()
        }
        _ => "*".to_string(),
    }
}
