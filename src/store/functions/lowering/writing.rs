//! Writes SQL for the calls of a text.

use std::ops::Range;

use super::asked::Asked;
use super::columns::Columns;
use super::expressions::sees_whole_rows;
use super::lowered::Lowered;
use super::pruning;
use crate::store::engine::Connection;
use crate::store::functions::call::{self, Call};
use crate::store::functions::catalog::Analysis;
use crate::store::functions::{over_events, over_journeys, segment_macro};
use crate::store::sql_error::SqlError;
use crate::store::table::Value;
use crate::store::tables::BOOKS;

/// Writes a text anew, its calls replaced; `inside` is the macro whose body it is, or empty.
///
/// # Errors
///
/// When a call is wrong, at its place in the text.
pub fn write(
    sql: &str,
    connection: &Connection,
    values: &[(String, Value)],
    inside: &str,
) -> Result<Lowered, SqlError> {
    let mut writing = Writing {
        sql,
        connection,
        columns: Columns::new(connection),
        values,
        lowered: Lowered::new(inside),
        call: 0..0,
    };
    writing.take(0..sql.len())?;
    Ok(writing.lowered)
}

/// A text that is being written anew.
pub struct Writing<'a> {
    /// What its author wrote.
    pub sql: &'a str,
    connection: &'a Connection,
    /// What expressions can name.
    pub columns: Columns<'a>,
    values: &'a [(String, Value)],
    /// What is written so far.
    pub lowered: Lowered,
    /// The name of the call that is being written.
    pub call: Range<usize>,
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

    /// Writes a text that stands for the call.
    pub fn write(&mut self, text: &str) {
        self.lowered.write(text, &self.call);
    }

    /// Writes an argument's value between two texts.
    pub fn around(
        &mut self,
        before: &str,
        value: &Range<usize>,
        after: &str,
    ) -> Result<(), SqlError> {
        self.write(before);
        self.take(value.clone())?;
        self.write(after);
        Ok(())
    }

    /// Tells whether expressions see of an event only its name: DuckDB can read them where there is nothing else.
    fn need_only_names(&self, expressions: &[Range<usize>]) -> bool {
        // Where there is nothing else, a whole row is only its name too.
        if expressions
            .iter()
            .any(|expression| sees_whole_rows(self.sql, expression))
        {
            return false;
        }
        let columns = expressions
            .iter()
            .map(|place| format!(", ({})", &self.sql[place.clone()]));
        let columns: String = columns.collect();
        // With the event beside it an expression is no aggregate.
        let names = format!("SELECT event{columns} FROM (SELECT NULL::VARCHAR AS event) AS events");
        let statement = self.connection.prepare(&names);
        // The columns are not known where DuckDB waits for the values of parameters.
        statement.is_ok_and(|statement| statement.columns().len() == expressions.len() + 1)
    }

    fn lower(&mut self, call: &Call) -> Result<(), SqlError> {
        let place = self.lowered.begin_call(self.sql, call);
        let mut asked = Asked::of(self.sql, call, &place)?;
        asked.prefer_journeys(call, |predicates| self.need_only_names(predicates));
        let function = call.function;
        self.write("(SELECT ");
        self.write(&answer_columns(call));
        self.write(" FROM (SELECT unnest(rows, max_depth := 2) FROM (SELECT ");
        let form = if asked.is_over_events() {
            over_events
        } else {
            over_journeys
        };
        self.write(&form(function.aggregate()));
        if asked.is_over_events() {
            self.write(
                "(_cxtop_spec, _cxtop_number, _cxtop_unit, _cxtop_ts, _cxtop_marks, _cxtop_part, _cxtop_hold,
                  _cxtop_value) AS rows FROM (SELECT ",
            );
            self.spec(call.function.analysis, &asked)?;
            self.write(" AS _cxtop_spec) AS _cxtop_asked, (");
            self.events(call, &asked)?;
        } else {
            self.write(
                "(_cxtop_spec, _cxtop_names, _cxtop_marks, _cxtop_number, _cxtop_more, _cxtop_ts, _cxtop_event) AS rows
                  FROM (SELECT ",
            );
            self.spec(call.function.analysis, &asked)?;
            self.write(&format!(
                " AS _cxtop_spec,
                  (SELECT list(name ORDER BY number) FROM {BOOKS}.event_names) AS _cxtop_names, "
            ));
            self.marks_by_name(&asked)?;
            self.write(" AS _cxtop_marks) AS _cxtop_asked, (");
            self.journeys(call, &asked)?;
        }
        self.write(") AS _cxtop_given))");
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
