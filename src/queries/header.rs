//! What a query file says about itself: the TOML header between `-- /// query` and `-- ///`.

use std::collections::BTreeMap;

use crate::store::Value;

/// What a query file says about itself. A file without a header has the defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// The panel's title; the file name when absent.
    pub title: String,
    /// The question the query answers, in plain words.
    pub about: String,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// How the result is drawn.
    pub kind: Kind,
    /// Parameters in the order written.
    pub params: Vec<Param>,
    /// Targets.
    pub goals: Vec<Goal>,
    /// How columns are shown, by column name.
    pub columns: BTreeMap<String, Look>,
}

impl Header {
    /// Tells whether a column of this name only says how sure another one is: `n`, `margin` and their relatives.
    #[must_use]
    pub fn is_support(&self, column: &str) -> bool {
        let name = column.to_lowercase();
        let named = |look: &Look| {
            let margin = look.margin.as_ref();
            margin.is_some_and(|margin| margin.eq_ignore_ascii_case(&name))
        };
        matches!(name.as_str(), "n" | "margin")
            || name.ends_with("_margin")
            || name.ends_with("_n")
            || self.columns.values().any(named)
    }
}

/// How a result is drawn; fixes the columns a query must return (QUERIES 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// One row: a number with n, ±, and a comparison.
    Value,
    /// A period column and numbers.
    Trend,
    /// A label and a number.
    Bars,
    /// A label or bucket and a count.
    Distribution,
    /// `step`, `customers`, and what else a funnel knows.
    Funnel,
    /// `cohort`, `period`, `size`, `returned`.
    Retention,
    /// Anything.
    #[default]
    Table,
    /// `comment`, and the score and time it came with.
    Comments,
    /// `stage`, `touchpoint`, `customers`, drawn with what `journey.toml` says.
    Journey,
    /// `metric`, `value`, and what it takes to judge it.
    Scorecard,
    /// `parent`, `label` and a number, or the columns of `next_events`.
    Tree,
}

/// The words for the kinds in headers.
pub const KINDS: &[(&str, Kind)] = &[
    ("value", Kind::Value),
    ("trend", Kind::Trend),
    ("bars", Kind::Bars),
    ("distribution", Kind::Distribution),
    ("funnel", Kind::Funnel),
    ("retention", Kind::Retention),
    ("table", Kind::Table),
    ("comments", Kind::Comments),
    ("journey", Kind::Journey),
    ("scorecard", Kind::Scorecard),
    ("tree", Kind::Tree),
];

impl Kind {
    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let known = KINDS.iter().find(|(_, kind)| *kind == self);
        known.map_or("table", |(word, _)| word)
    }
}

/// One declared parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// The name without `$`.
    pub name: String,
    /// The SQL type, such as `DATE` or `VARCHAR[]`.
    pub sql_type: String,
    /// The value when none is given.
    pub fallback: Fallback,
    /// The allowed values.
    pub choices: Vec<Value>,
    /// A query that lists the allowed values.
    pub choices_sql: Option<String>,
    /// The smallest allowed number.
    pub min: Option<f64>,
    /// The largest allowed number.
    pub max: Option<f64>,
    /// What it means.
    pub about: String,
}

/// Where a parameter's value comes from when none is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Fallback {
    /// This value.
    Value(Value),
    /// The value of this expression, which may use `$today`.
    Sql(String),
    /// NULL: the parameter is optional.
    Null,
}

/// A target for one number of a query's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The goal's name, from `[goals.NAME]`.
    pub name: String,
    /// Which row, by column values; empty means the first row (the last period, for trends).
    pub row: Vec<(String, Value)>,
    /// Which column.
    pub column: String,
    /// The target.
    pub target: Target,
    /// Where it becomes a warning.
    pub warn_at: Option<f64>,
    /// When it is due.
    pub due: Option<jiff::civil::Date>,
}

/// The side on which a target is met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// Met at this value or above.
    AtLeast(f64),
    /// Met at this value or below.
    AtMost(f64),
}

impl Target {
    /// Returns the target's number.
    #[must_use]
    pub fn at(self) -> f64 {
        match self {
            Self::AtLeast(at) | Self::AtMost(at) => at,
        }
    }
}

/// How a column is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Shown behind the number: `%`, `h`, `€`, `points`.
    pub unit: String,
    /// How the number is written.
    pub format: Format,
    /// Whether more is better.
    pub better: Better,
    /// The column that holds the half-width of this column's interval.
    pub margin: Option<String>,
}

impl Look {
    /// Returns the look without the unit, for where the unit stands at another number already.
    #[must_use]
    pub fn without_unit(&self) -> Self {
        Self {
            unit: String::new(),
            ..self.clone()
        }
    }
}

/// How a number is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As few digits as say it.
    #[default]
    Auto,
    /// A whole number.
    Whole,
    /// One decimal.
    OneDecimal,
    /// Two decimals.
    TwoDecimals,
    /// A fraction shown as per cent.
    Percent,
    /// Seconds shown as `3h 20m`.
    Duration,
}

/// The words for the formats in headers.
pub const FORMATS: &[(&str, Format)] = &[
    ("auto", Format::Auto),
    ("whole", Format::Whole),
    ("one_decimal", Format::OneDecimal),
    ("two_decimals", Format::TwoDecimals),
    ("percent", Format::Percent),
    ("duration", Format::Duration),
];

impl Format {
    /// Returns the format of this word; the usual one for any other.
    #[must_use]
    pub fn named(word: &str) -> Self {
        let known = FORMATS.iter().find(|(known, _)| *known == word);
        known.map_or(Self::Auto, |(_, format)| *format)
    }

    /// Returns the word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let known = FORMATS.iter().find(|(_, format)| *format == self);
        known.map_or("auto", |(word, _)| word)
    }
}

/// Whether more is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    #[default]
    Neither,
}
