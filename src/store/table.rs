//! The answer of a query: named, typed columns of plain values. No DuckDB type is in it.

use jiff::civil::{Date, DateTime};

use super::functions::remarks::Remarks;
use super::quoting::quoted_text;

/// A query's answer, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns, each with the same number of values.
    pub columns: Vec<Column>,
    /// Whether more rows existed than were fetched.
    pub truncated: bool,
    /// What has to be said beside the numbers.
    pub remarks: Remarks,
}

/// One column of a [`Table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// The SQL type as DuckDB spells it, such as `BIGINT`.
    pub sql_type: String,
    /// One value a row.
    pub values: Vec<Value>,
}

/// One value. Times are civil: UTC unless the query says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A truth value.
    Boolean(bool),
    /// Any integer that fits 64 bits.
    Integer(i64),
    /// Any other number; may be infinite or not a number, because DuckDB's division is.
    Double(f64),
    /// A calendar day.
    Date(Date),
    /// A date and time without a zone.
    Timestamp(DateTime),
    /// Text, and every type that has no variant of its own, as DuckDB prints it.
    Text(String),
    /// A list, only ever bound to a parameter.
    List(Vec<Value>),
}

impl Table {
    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// Returns the column of this name; case does not matter, as in SQL.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Returns one row's values in column order.
    pub fn row(&self, index: usize) -> impl Iterator<Item = &Value> {
        self.columns.iter().map(move |column| &column.values[index])
    }
}

impl Column {
    /// Tells whether the column holds numbers.
    #[must_use]
    pub fn is_number(&self) -> bool {
        const NUMBERS: [&str; 12] = [
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT",
            "FLOAT",
            "DOUBLE",
        ];
        NUMBERS.contains(&self.sql_type.as_str()) || self.sql_type.starts_with("DECIMAL")
    }

    /// Tells whether the column holds days or times.
    #[must_use]
    pub fn is_time(&self) -> bool {
        self.sql_type == "DATE" || self.sql_type.starts_with("TIMESTAMP")
    }
}

impl Value {
    /// Returns the value as a number, if it is one and is finite.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "counts above 2^53 are only drawn, never added up"
            )]
            Self::Integer(number) => Some(*number as f64),
            Self::Double(number) if number.is_finite() => Some(*number),
            _ => None,
        }
    }

    /// Returns the value as a date and time; a day is its midnight.
    #[must_use]
    pub fn time(&self) -> Option<DateTime> {
        match self {
            Self::Date(date) => Some(date.to_datetime(jiff::civil::Time::midnight())),
            Self::Timestamp(time) => Some(*time),
            _ => None,
        }
    }

    /// Returns how many bytes of text the value holds.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::List(values) => values.iter().map(Self::text_bytes).sum(),
            _ => 0,
        }
    }

    /// Returns the value as plain text: full precision, ISO 8601 times, empty for NULL.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(truth) => truth.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Double(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Timestamp(time) => time.to_string().replace('T', " "),
            Self::Text(text) => text.clone(),
            Self::List(values) => values.iter().map(Self::text).collect::<Vec<_>>().join(", "),
        }
    }

    /// Returns the value as SQL writes it.
    #[must_use]
    pub fn literal(&self) -> String {
        match self {
            Self::Null => "NULL".to_string(),
            Self::Boolean(_) | Self::Integer(_) => self.text(),
            Self::Double(number) if number.is_finite() => self.text(),
            Self::Date(_) => format!("DATE {}", quoted_text(&self.text())),
            Self::Timestamp(_) => format!("TIMESTAMP {}", quoted_text(&self.text())),
            // SQL has words for no number and for infinite ones, and they stand in quotes.
            Self::Double(_) | Self::Text(_) => quoted_text(&self.text()),
            Self::List(values) => {
                let values: Vec<String> = values.iter().map(Self::literal).collect();
                format!("[{}]", values.join(", "))
            }
        }
    }
}
