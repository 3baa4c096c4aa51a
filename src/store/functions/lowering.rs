//! Calls of the analyses → SQL over journeys or over events. Arguments are taken over word by word, so that an error in
//! them is found at the author's own text.

use std::collections::BTreeSet;
use std::ops::Range;

use super::call::{self, Call, wrong};
use super::catalog::Analysis;
use crate::store::journeys::CUSTOMER_COLUMN;
use crate::store::lexer;
use crate::store::sql_error::SqlError;
use crate::store::tables::{BOOKS, LOADED};

/// The variable of a session that holds the day of today.
pub const TODAY: &str = "cxtop_today";

/// An SQL text without calls of analyses, and where its parts came from.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The text for DuckDB.
    pub sql: String,
    parts: Vec<Part>,
    /// For each argument of each call its name and place, for errors that are found while it runs.
    arguments: Vec<(&'static str, Range<usize>)>,
    /// For each call what it does, and the expression of its JSON.
    pub specs: Vec<(Analysis, String)>,
}

/// A part of the text for DuckDB.
#[derive(Debug)]
struct Part {
    /// Where it begins there.
    at: usize,
    /// Where it came from.
    from: Origin,
}

#[derive(Debug)]
enum Origin {
    /// Taken over from here on.
    Taken(usize),
    /// Written for the call here.
    Written(Range<usize>),
}

/// The columns that expressions can name.
pub trait Columns {
    /// Returns the columns of a table.
    fn of(&self, table: &str) -> Result<BTreeSet<String>, SqlError>;
}

/// Replaces the calls of an SQL text; none when there are none.
///
/// # Errors
///
/// When a call is wrong, at its place in the text.
pub fn lower(sql: &str, columns: &dyn Columns) -> Result<Option<Lowered>, SqlError> {
    let all = 0..sql.len();
    if call::calls(sql, all.clone())?.is_empty() && call::segments(sql, all).is_empty() {
        return Ok(None);
    }
    let mut lowering = Lowering {
        sql,
        columns,
        lowered: Lowered::default(),
        call: 0..0,
    };
    lowering.take(0..sql.len())?;
    Ok(Some(lowering.lowered))
}

impl Lowered {
    /// Moves an error's place from the text for DuckDB to the author's text.
    #[must_use]
    pub fn in_source(&self, mut error: SqlError) -> SqlError {
        if let Some(position) = error.position {
            let part = self.parts.partition_point(|part| part.at <= position);
            match part.checked_sub(1).map(|part| &self.parts[part]) {
                Some(Part {
                    at,
                    from: Origin::Taken(source),
                }) => {
                    error.position = Some(source + position - at);
                }
                Some(Part {
                    from: Origin::Written(call),
                    ..
                }) => {
                    error.position = Some(call.start);
                    error.length = call.len();
                }
                None => {}
            }
            return error;
        }
        // What an analysis says of a call begins with the name of the argument.
        let word = error
            .message
            .split([' ', ',', ':'])
            .next()
            .unwrap_or_default();
        let place = self.arguments.iter().find(|(name, _)| *name == word);
        if let Some((_, place)) =
            place.or_else(|| self.arguments.iter().find(|(name, _)| name.is_empty()))
        {
            error.position = Some(place.start);
            error.length = place.len();
        }
        error
    }
}

struct Lowering<'a> {
    sql: &'a str,
    columns: &'a dyn Columns,
    lowered: Lowered,
    /// The name of the call that is being written.
    call: Range<usize>,
}

impl Lowering<'_> {
    /// Takes a part of the text over, and writes what stands for the calls in it.
    fn take(&mut self, part: Range<usize>) -> Result<(), SqlError> {
        let mut at = part.start;
        for call in call::calls(self.sql, part.clone())? {
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
            self.write(&format!("{}()", super::segment_macro(&name)));
            self.call = outer;
        }
        self.copy(at..part.end);
    }

    fn copy(&mut self, part: Range<usize>) {
        if part.is_empty() {
            return;
        }
        self.lowered.parts.push(Part {
            at: self.lowered.sql.len(),
            from: Origin::Taken(part.start),
        });
        self.lowered.sql.push_str(&self.sql[part]);
    }

    fn write(&mut self, text: &str) {
        self.lowered.parts.push(Part {
            at: self.lowered.sql.len(),
            from: Origin::Written(self.call.clone()),
        });
        self.lowered.sql.push_str(text);
    }

    /// Writes an argument's value between two texts.
    fn around(&mut self, before: &str, value: &Range<usize>, after: &str) -> Result<(), SqlError> {
        self.write(before);
        self.take(value.clone())?;
        self.write(after);
        Ok(())
    }

    fn lower(&mut self, call: &Call) -> Result<(), SqlError> {
        self.lowered.arguments.extend(
            call.arguments
                .iter()
                .map(|argument| (argument.name, argument.value.clone())),
        );
        self.lowered.arguments.push(("", call.name.clone()));
        let asked = Asked::of(self.sql, call)?;
        let function = call.function;
        self.write("(SELECT ");
        self.write(&answer_columns(call));
        self.write(" FROM (SELECT unnest(rows, max_depth := 2) FROM (SELECT ");
        let form = if asked.over_events {
            super::over_events
        } else {
            super::over_journeys
        };
        self.write(&form(function.aggregate()));
        if asked.over_events {
            self.write("(spec, number, unit, ts, marks, part, hold, value) AS rows FROM (SELECT ");
            self.spec(call, &asked)?;
            self.write(" AS spec) AS asked, (");
            self.events(call, &asked)?;
        } else {
            self.write("(spec, names, number, more, ts, event) AS rows FROM (SELECT ");
            self.spec(call, &asked)?;
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
        let event = if asked.reads_events {
            "event"
        } else {
            "NULL::USMALLINT[] AS event"
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
        let words = self.words(predicate);
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

    /// Returns the words of an argument that can be columns.
    fn words(&self, value: &Range<usize>) -> BTreeSet<String> {
        let text = &self.sql[value.clone()];
        lexer::tokens(text)
            .map(|token| &text[token])
            .filter(|token| {
                token.starts_with(|letter: char| {
                    letter.is_alphabetic() || letter == '_' || letter == '"'
                })
            })
            .map(|token| token.trim_matches('"').to_lowercase())
            .collect()
    }

    /// Writes the rows of events that matter, with what the call sees in each.
    fn events(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        self.write(&format!("SELECT events.{CUSTOMER_COLUMN} AS number, "));
        self.optional(call, "unit", "CAST((", ") AS VARCHAR)", "NULL::VARCHAR")?;
        self.write(" AS unit, events.ts AS ts, ");
        self.marks(&asked.marks, asked.excluded.as_ref())?;
        self.write(" AS marks, ");
        let part = if call.function.analysis == Analysis::NextEvents {
            "node"
        } else {
            "by"
        };
        let no_part = if part == "node" {
            "CAST(events.event AS VARCHAR)"
        } else {
            "NULL::VARCHAR"
        };
        self.optional(call, part, "CAST((", ") AS VARCHAR)", no_part)?;
        self.write(" AS part, ");
        self.optional(call, "hold", "CAST((", ") AS VARCHAR)", "NULL::VARCHAR")?;
        self.write(" AS hold, ");
        match &asked.value {
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
        if asked.only_marked {
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
        let mut words = BTreeSet::new();
        for argument in &call.arguments {
            if argument.name != "customers" {
                words.extend(self.words(&argument.value));
            }
        }
        let attributes = self.columns.of("customers")?;
        if !words.iter().any(|word| attributes.contains(word)) {
            return Ok(());
        }
        let events = self.columns.of("events")?;
        let is_wanted = |name: &&String| words.contains(*name) && !events.contains(*name);
        let wanted: Vec<String> = attributes
            .iter()
            .filter(is_wanted)
            .map(|name| format!(", \"{name}\""))
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
            Mark::Every => {
                self.write("true");
                Ok(())
            }
        }
    }

    /// Writes the JSON of what the call asks.
    fn spec(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        let start = self.lowered.sql.len();
        self.spec_expression(call, asked)?;
        let expression = self.lowered.sql[start..].to_string();
        self.lowered
            .specs
            .push((call.function.analysis, expression));
        Ok(())
    }

    fn spec_expression(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        self.write("CAST(to_json({");
        for (key, value) in &asked.words {
            self.write(&format!("'{key}': {value}, "));
        }
        for (key, before, value, after) in &asked.values {
            if key.is_empty() {
                self.write(before);
            } else {
                self.write(&format!("'{key}': {before}"));
            }
            self.take(value.clone())?;
            self.write(after);
            if !after.ends_with(", ") {
                self.write(", ");
            }
        }
        if asked.names_steps() {
            self.step_names(call, asked)?;
        }
        self.write(&format!(
            "'now': epoch_us(_cxtop_moment(CAST(getvariable('{TODAY}') AS DATE)))}}) AS VARCHAR)"
        ));
        Ok(())
    }

    fn step_names(&mut self, call: &Call, asked: &Asked) -> Result<(), SqlError> {
        if let Some(names) = call.argument("names") {
            self.around("'step_names': CAST((", &names, ") AS VARCHAR[]), ")?;
        } else if let Some(steps) = &asked.names {
            self.write("'step_names': [");
            for step in steps {
                self.around("CAST((", step, ") AS VARCHAR), ")?;
            }
            self.write("], ");
        }
        Ok(())
    }
}

/// Of several rows of a customer the last that was loaded.
const LAST_OF_CUSTOMERS: &str = "SELECT DISTINCT ON (customer_id) * EXCLUDE (_cxtop_file, _cxtop_row)
 FROM loaded.customers WHERE customer_id IS NOT NULL ORDER BY customer_id, _cxtop_file DESC, _cxtop_row DESC";

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
        Analysis::TimeTo if !call.has("by") => "* EXCLUDE (segment)".to_string(),
        _ => "*".to_string(),
    }
}

/// How an event gets a mark.
#[derive(Clone)]
enum Mark {
    /// Where this is true.
    Predicate(Range<usize>),
    /// Where it has the name that this gives.
    Name(Range<usize>),
    /// Always.
    Every,
}

enum Sum {
    Of(Range<usize>),
    Count,
}

/// What a call asks, before it is written.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent facts of one call"
)]
struct Asked {
    /// Whether rows of events are needed, because journeys do not know what the call wants to know.
    over_events: bool,
    /// Over journeys: whether the names of events matter.
    reads_events: bool,
    marks: Vec<Mark>,
    excluded: Option<Mark>,
    only_marked: bool,
    value: Option<Sum>,
    /// The names of the steps, one by one, where they are known so.
    names: Option<Vec<Range<usize>>>,
    counts_steps: bool,
    words: Vec<(&'static str, String)>,
    values: Vec<(&'static str, &'static str, Range<usize>, &'static str)>,
}

/// How the value of an argument becomes part of the JSON: key, what stands before it and behind it.
const VALUES: &[(&str, &str, &str, &str)] = &[
    ("since", "since", "epoch_us(_cxtop_moment(", "))"),
    ("until", "until", "epoch_us(_cxtop_moment(", "))"),
    ("top", "top", "CAST((", ") AS BIGINT)"),
    ("mode", "mode", "CAST((", ") AS VARCHAR)"),
    ("entries", "entries", "CAST((", ") AS VARCHAR)"),
    ("exclusion", "exclusion", "CAST((", ") AS VARCHAR)"),
    (
        "excluding_between",
        "excluding_between",
        "CAST((",
        ") AS BIGINT[])",
    ),
    ("first_time", "first_time", "CAST((", ") AS BIGINT[])"),
    ("attribution", "attribution", "CAST((", ") AS VARCHAR)"),
    ("period", "period", "CAST((", ") AS VARCHAR)"),
    ("periods", "periods", "CAST((", ") AS BIGINT)"),
    ("cohort", "cohort", "CAST((", ") AS VARCHAR)"),
    ("criterion", "criterion", "CAST((", ") AS VARCHAR)"),
    ("windows", "windows", "CAST((", ") AS VARCHAR)"),
    ("brackets", "brackets", "CAST((", ") AS BIGINT[])"),
    ("rolling", "rolling", "CAST((", ") AS BIGINT)"),
    ("at_least", "at_least", "CAST((", ") AS BOOLEAN)"),
    ("gap", "gap", "epoch_us(CAST((", ") AS INTERVAL))"),
    ("step", "step", "CAST((", ") AS BIGINT)"),
    ("outcome", "outcome", "CAST((", ") AS VARCHAR)"),
    (
        "cohort_start",
        "cohort_start",
        "epoch_us(CAST((",
        ") AS TIMESTAMP))",
    ),
    ("state", "state", "CAST((", ") AS VARCHAR)"),
    ("active_periods", "active_periods", "CAST((", ") AS BIGINT)"),
    ("position", "position", "CAST((", ") AS BIGINT)"),
    ("from_node", "from_node", "CAST((", ") AS VARCHAR)"),
    ("to_node", "to_node", "CAST((", ") AS VARCHAR)"),
    ("segment", "segment", "CAST((", ") AS VARCHAR)"),
];

impl Asked {
    fn of(sql: &str, call: &Call) -> Result<Self, SqlError> {
        let mut asked = Self {
            reads_events: true,
            over_events: ["by", "filter", "hold", "unit", "excluding", "value", "node"]
                .iter()
                .any(|argument| call.has(argument)),
            ..Self::default()
        };
        asked.common(call);
        match call.function.analysis {
            Analysis::Funnel | Analysis::FunnelTrend => asked.funnel(sql, call)?,
            Analysis::TimeTo => asked.time_to(sql, call),
            Analysis::Retention => asked.retention(sql, call)?,
            Analysis::Active | Analysis::Lifecycle | Analysis::Stickiness => {
                asked.activity(sql, call);
            }
            Analysis::NextEvents => asked.paths(sql, call)?,
        }
        Ok(asked)
    }

    fn names_steps(&self) -> bool {
        self.counts_steps
    }

    fn common(&mut self, call: &Call) {
        for (argument, key, before, after) in VALUES {
            if let Some(value) = call.argument(argument) {
                self.values.push((key, before, value, after));
            }
        }
        let analysis = call.function.analysis;
        if let Some(at) = call.argument("at") {
            let (before, after) = if analysis == Analysis::Retention {
                ("CAST((", ") AS BIGINT)")
            } else {
                ("epoch_us(CAST((", ") AS TIMESTAMP))")
            };
            self.values.push(("at", before, at, after));
        }
        if let Some(within) = call.argument("within") {
            self.values.push(if analysis == Analysis::Stickiness {
                ("span", "CAST((", within, ") AS VARCHAR)")
            } else {
                ("within", "epoch_us(CAST((", within, ") AS INTERVAL))")
            });
        }
        let flag = |key: &'static str| (key, "true".to_string());
        if call.has("by") || analysis == Analysis::NextEvents {
            self.words.push(flag("grouped"));
        }
        for (argument, key) in [
            ("hold", "held"),
            ("unit", "by_unit"),
            ("segment", "of_segment"),
        ] {
            if call.has(argument) {
                self.words.push(flag(key));
            }
        }
    }

    fn funnel(&mut self, sql: &str, call: &Call) -> Result<(), SqlError> {
        let Some(steps) = call.argument("steps") else {
            return Ok(());
        };
        self.counts_steps = true;
        let items = list_items(sql, &steps);
        self.only_marked = keeps_only_marked(sql, call);
        if let Some(excluding) = call.argument("excluding") {
            self.excluded = Some(Mark::Predicate(excluding));
        }
        if call.function.by_predicate {
            let Some(items) = items else {
                return Err(wrong(&steps, "steps must be written as a list of predicates, such as [event = 'signup', amount > 50]".to_string()));
            };
            check_count(&steps, items.len())?;
            let simple: Option<Vec<_>> = items.iter().map(|item| named_event(sql, item)).collect();
            match simple {
                Some(names) if !self.over_events => self.step_list(&names),
                _ => {
                    self.over_events = true;
                    self.words.push(("step_count", items.len().to_string()));
                    self.marks = items.into_iter().map(Mark::Predicate).collect();
                }
            }
            return Ok(());
        }
        match items {
            Some(items) => {
                check_count(&steps, items.len())?;
                self.names = Some(items.clone());
                if self.over_events {
                    self.words.push(("step_count", items.len().to_string()));
                    self.marks = items.into_iter().map(Mark::Name).collect();
                } else {
                    self.values
                        .push(("steps", "CAST((", steps, ") AS VARCHAR[])"));
                }
            }
            None if self.over_events => {
                return Err(wrong(&steps, "steps must be written as a list of names here, because by, filter, hold, unit and excluding look at events one by one".to_string()));
            }
            None => self
                .values
                .push(("steps", "CAST((", steps, ") AS VARCHAR[])")),
        }
        Ok(())
    }

    /// Asks for events by the names that these texts give.
    fn step_list(&mut self, names: &[String]) {
        self.words
            .push(("steps", format!("[{}]", names.join(", "))));
        let labels: Vec<String> = (1..=names.len())
            .map(|step| format!("'step {step}'"))
            .collect();
        self.words
            .push(("step_names", format!("[{}]", labels.join(", "))));
    }

    fn time_to(&mut self, sql: &str, call: &Call) {
        self.only_marked = true;
        self.counts_steps = true;
        if !call.has("within") {
            self.words.push(("no_window", "true".to_string()));
        }
        self.words.push(("entries", "'first'".to_string()));
        let ends: Vec<_> = ["from", "to"]
            .iter()
            .filter_map(|end| call.argument(end))
            .collect();
        let [from, to] = &ends[..] else { return };
        let simple = |end| named_event(sql, end);
        match (call.function.by_predicate, simple(from), simple(to)) {
            (true, Some(from), Some(to)) if !self.over_events => self.step_list(&[from, to]),
            (true, ..) => {
                self.over_events = true;
                self.words.push(("step_count", "2".to_string()));
                self.marks = vec![Mark::Predicate(from.clone()), Mark::Predicate(to.clone())];
            }
            (false, ..) if self.over_events => {
                self.words.push(("step_count", "2".to_string()));
                self.marks = vec![Mark::Name(from.clone()), Mark::Name(to.clone())];
            }
            (false, ..) => {
                self.values
                    .push(("steps", "[CAST((", from.start..from.end, ") AS VARCHAR), "));
                // The list goes on with the second name.
                self.values
                    .push(("", "CAST((", to.clone(), ") AS VARCHAR)]"));
            }
        }
    }

    fn retention(&mut self, sql: &str, call: &Call) -> Result<(), SqlError> {
        let Some(start) = call.argument("start") else {
            return Ok(());
        };
        let back = call.argument("back");
        self.only_marked = back.is_some();
        if back.is_none() {
            self.words.push(("any_back", "true".to_string()));
        }
        if let Some(value) = call.argument("value") {
            self.words.push(("valued", "true".to_string()));
            self.value = Some(sum_of(sql, &value)?);
        }
        if call.function.by_predicate {
            let start_name = named_event(sql, &start);
            let back_name = back.as_ref().map(|back| named_event(sql, back));
            match (start_name, back_name) {
                (Some(start), None) if !self.over_events => self.words.push(("start", start)),
                (Some(start), Some(Some(back))) if !self.over_events => {
                    self.words.extend([("start", start), ("back", back)]);
                }
                _ => {
                    self.over_events = true;
                    let back = back.map_or(Mark::Every, Mark::Predicate);
                    self.marks = vec![Mark::Predicate(start), back];
                }
            }
        } else if self.over_events {
            self.marks = vec![Mark::Name(start), back.map_or(Mark::Every, Mark::Name)];
        } else {
            self.values
                .push(("start", "CAST((", start, ") AS VARCHAR)"));
            if let Some(back) = back {
                self.values.push(("back", "CAST((", back, ") AS VARCHAR)"));
            }
        }
        Ok(())
    }

    fn activity(&mut self, sql: &str, call: &Call) {
        self.only_marked = true;
        match call.argument("event") {
            None => {
                self.reads_events = false;
                self.words.push(("any_event", "true".to_string()));
                self.marks = vec![Mark::Every];
            }
            Some(event) if call.function.by_predicate => match named_event(sql, &event) {
                Some(name) if !self.over_events => self.words.push(("event", name)),
                _ => {
                    self.over_events = true;
                    self.marks = vec![Mark::Predicate(event)];
                }
            },
            Some(event) if self.over_events => self.marks = vec![Mark::Name(event)],
            Some(event) => self
                .values
                .push(("event", "CAST((", event, ") AS VARCHAR)")),
        }
    }

    fn paths(&mut self, sql: &str, call: &Call) -> Result<(), SqlError> {
        if let (Some(_), Some(before)) = (call.argument("after"), call.argument("before")) {
            return Err(wrong(
                &before,
                "before and after cannot be asked for at once".to_string(),
            ));
        }
        if let Some(steps) = call.argument("steps") {
            self.values
                .push(("path_steps", "CAST((", steps, ") AS BIGINT)"));
        }
        if call.has("to_node") {
            self.words.push(("to_end", "true".to_string()));
        }
        if call.has("before") {
            self.words.push(("backwards", "true".to_string()));
        }
        let Some(anchor) = call.argument("after").or_else(|| call.argument("before")) else {
            self.marks = vec![Mark::Every];
            return Ok(());
        };
        self.words.push(("anchored", "true".to_string()));
        match named_event(sql, &anchor) {
            Some(name) if !self.over_events => self.words.push(("event", name)),
            _ => {
                self.over_events = true;
                self.marks = vec![Mark::Predicate(anchor)];
            }
        }
        Ok(())
    }
}

fn check_count(steps: &Range<usize>, count: usize) -> Result<(), SqlError> {
    let most = crate::analysis::funnel::MOST_STEPS;
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(wrong(
        steps,
        format!("a funnel has 1 to {most} steps, not {count}"),
    ))
}

/// Tells whether events that match no step can be left out: not where the very next event matters.
fn keeps_only_marked(sql: &str, call: &Call) -> bool {
    call.argument("mode").is_none_or(|mode| {
        let mode = sql[mode].trim_matches('\'');
        mode.eq_ignore_ascii_case("ordered") || mode.eq_ignore_ascii_case("any")
    })
}

/// Returns the items of a list that is written as one.
fn list_items(sql: &str, value: &Range<usize>) -> Option<Vec<Range<usize>>> {
    let tokens: Vec<Range<usize>> = lexer::tokens(&sql[value.clone()])
        .map(|token| token.start + value.start..token.end + value.start)
        .collect();
    let (first, last) = (tokens.first()?, tokens.last()?);
    if &sql[first.clone()] != "[" || &sql[last.clone()] != "]" || tokens.len() < 2 {
        return None;
    }
    let inner = &tokens[1..tokens.len() - 1];
    let mut depth = 0_i32;
    for token in inner {
        match &sql[token.clone()] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "for" | "FOR" if depth == 0 => return None,
            _ => {}
        }
        // A bracket that closes before the end means that this is more than one list.
        if depth < 0 {
            return None;
        }
    }
    let places = call::items(sql, inner).into_iter().filter_map(|item| {
        let (first, last) = (item.first()?, item.last()?);
        Some(first.start..last.end)
    });
    Some(places.collect())
}

/// Returns the text of a name, if a predicate is only `event = 'name'`.
fn named_event(sql: &str, predicate: &Range<usize>) -> Option<String> {
    let text = &sql[predicate.clone()];
    let tokens: Vec<&str> = lexer::tokens(text).map(|token| &text[token]).collect();
    match tokens[..] {
        [column, "=", name]
            if column.trim_matches('"').eq_ignore_ascii_case("event") && name.starts_with('\'') =>
        {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// Reads `sum(expression)` or `count(*)`.
fn sum_of(sql: &str, value: &Range<usize>) -> Result<Sum, SqlError> {
    let tokens: Vec<Range<usize>> = lexer::tokens(&sql[value.clone()])
        .map(|token| token.start + value.start..token.end + value.start)
        .collect();
    let text = |token: &Range<usize>| &sql[token.clone()];
    match &tokens[..] {
        [name, open, star, close]
            if text(name).eq_ignore_ascii_case("count")
                && (text(open), text(star), text(close)) == ("(", "*", ")") =>
        {
            Ok(Sum::Count)
        }
        [name, open, inner @ .., close]
            if text(name).eq_ignore_ascii_case("sum")
                && (text(open), text(close)) == ("(", ")")
                && !inner.is_empty() =>
        {
            Ok(Sum::Of(inner[0].start..inner[inner.len() - 1].end))
        }
        _ => Err(wrong(
            value,
            "value must be sum(expression) or count(*)".to_string(),
        )),
    }
}
