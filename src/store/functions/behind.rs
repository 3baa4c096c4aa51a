//! From a number of an analysis to the customers behind it: the same call again, as its sibling that lists them.

use super::call::{self, Call};
use super::catalog::Analysis;
use crate::store::table::Value;

/// A list of customers that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomersBehind {
    /// The SELECT that lists them, with the parameters of the text it was made from.
    pub sql: String,
    /// Who they are, in a few words.
    pub who: String,
}

/// Returns the list of the customers behind a number, if the text gets its rows from one call of an analysis. `row` has
/// the names and values of the number's row, `column` is the number's own.
#[must_use]
pub fn customers_behind(
    sql: &str,
    row: &[(String, Value)],
    column: &str,
) -> Option<CustomersBehind> {
    let calls = call::calls(sql, 0..sql.len()).ok()?;
    let [call] = &calls[..] else { return None };
    if call.function.lists_customers {
        return None;
    }
    let number = Number { row, column };
    let (arguments, who) = number.arguments(call)?;
    let name = call.function.sibling()?.name;
    let text = &sql[call.place.clone()];
    let given = text.split_once('(')?.1.strip_suffix(')')?.trim();
    // On a line of its own, because what is given can end in a comment.
    let between = if call.arguments.is_empty() {
        "\n"
    } else {
        "\n, "
    };
    Some(CustomersBehind {
        sql: format!("FROM {name}({given}{between}{})", arguments.join(", ")),
        who,
    })
}

/// A number and its row.
struct Number<'a> {
    row: &'a [(String, Value)],
    column: &'a str,
}

impl Number<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        self.row
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    fn whole(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    fn time(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        value.time().map(|_| value.literal())
    }

    /// Returns the column if it is one of these, else the usual one.
    fn one_of(&self, words: &[&'static str], usual: &'static str) -> &'static str {
        let own = words
            .iter()
            .find(|word| word.eq_ignore_ascii_case(self.column));
        own.copied().unwrap_or(usual)
    }

    /// Returns the arguments that name the number, and who its customers are.
    fn arguments(&self, call: &Call) -> Option<(Vec<String>, String)> {
        let (mut arguments, mut who) = self.named(call.function.analysis)?;
        if call.has("by") {
            let segment = self.value("segment")?;
            arguments.push(format!("segment := {}", segment.literal()));
            who = format!("{who}, {}", self.label("segment", "(none)"));
        }
        Some((arguments, who))
    }

    fn label(&self, column: &str, nothing: &str) -> String {
        match self.value(column) {
            None | Some(Value::Null) => nothing.to_string(),
            Some(value) => value.text(),
        }
    }

    fn named(&self, analysis: Analysis) -> Option<(Vec<String>, String)> {
        let period = || self.value("period").map(Value::text).unwrap_or_default();
        Some(match analysis {
            Analysis::Funnel => self.step()?,
            Analysis::FunnelTrend => {
                let outcome = match self.one_of(&["converted", "conversion"], "entered") {
                    "entered" => "entered",
                    _ => "converted",
                };
                (
                    vec![
                        format!("at := {}", self.time("period")?),
                        format!("outcome := '{outcome}'"),
                    ],
                    format!("{outcome}, {}", period()),
                )
            }
            Analysis::TimeTo => {
                let (outcome, who) = match self.one_of(&["customers"], "reached") {
                    "customers" => ("entered", "did the first"),
                    _ => ("reached", "got there"),
                };
                (vec![format!("outcome := '{outcome}'")], who.to_string())
            }
            Analysis::Retention => {
                let cohort = self.value("cohort").map(Value::text)?;
                // Period 0 is the cohort itself.
                let (at, who) = if self.one_of(&["size"], "returned") == "size" {
                    (0, format!("cohort {cohort}"))
                } else {
                    let at = self.whole("period")?;
                    (at, format!("cohort {cohort}, back in period {at}"))
                };
                (
                    vec![
                        format!("cohort_start := {}", self.time("cohort")?),
                        format!("at := {at}"),
                    ],
                    who,
                )
            }
            Analysis::Active => (
                vec![format!("at := {}", self.time("period")?)],
                format!("active, {}", period()),
            ),
            Analysis::Lifecycle => {
                let state = self.one_of(&["new", "retained", "resurrected", "dormant"], "new");
                (
                    vec![
                        format!("at := {}", self.time("period")?),
                        format!("state := '{state}'"),
                    ],
                    format!("{state}, {}", period()),
                )
            }
            Analysis::Stickiness => {
                let periods = self.whole("active_periods")?;
                (
                    vec![format!("active_periods := {periods}")],
                    format!("active in {periods} periods"),
                )
            }
            Analysis::NextEvents => {
                let (node, next) = (self.value("node")?, self.value("next_node")?);
                let position = self.whole("position")?;
                (
                    vec![
                        format!("position := {position}"),
                        format!("from_node := {}", node.literal()),
                        format!("to_node := {}", next.literal()),
                    ],
                    format!("{} → {}", node.text(), self.label("next_node", "(end)")),
                )
            }
        })
    }

    fn step(&self) -> Option<(Vec<String>, String)> {
        let step = self.whole("step_no")?;
        let outcome = self.one_of(&["lost", "in_window"], "reached");
        let name = self.label("step", &format!("step {step}"));
        let who = match outcome {
            "lost" => format!("lost after {name}"),
            "in_window" => format!("still in the window after {name}"),
            _ => format!("reached {name}"),
        };
        let arguments = vec![format!("step := {step}"), format!("outcome := '{outcome}'")];
        Some((arguments, who))
    }
}
