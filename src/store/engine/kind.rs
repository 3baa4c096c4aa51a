//! The type of a result column, as plain data.

use std::fmt;

use duckdb::ffi;

use super::super::quoting::quoted_name;
use super::take_text;

/// A column's type. Types that no saved query needs to read are [`Kind::Other`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only NULLs.
    Null,
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    UTinyInt,
    USmallInt,
    UInteger,
    UBigInt,
    HugeInt,
    UHugeInt,
    Float,
    Double,
    /// Stored as the smallest integer that holds `width` digits.
    Decimal {
        width: u8,
        scale: u8,
    },
    Date,
    Time,
    Timestamp(Unit),
    /// TIMESTAMP WITH TIME ZONE: an instant.
    Instant,
    Interval,
    /// VARCHAR, or an alias of it such as JSON.
    Text(Option<String>),
    Blob,
    Uuid,
    Enum(Vec<String>),
    List(Box<Kind>),
    Array(Box<Kind>, usize),
    Struct(Vec<(String, Kind)>),
    /// A list of structs of `key` and `value`.
    Map(Box<Kind>),
    /// A type that has to be cast in the query; with DuckDB's name for it.
    Other(&'static str),
}

/// What a timestamp counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Kind {
    /// Reads a logical type and frees it.
    pub(super) fn take(mut raw: ffi::duckdb_logical_type) -> Self {
        let kind = Self::read(raw);
        // SAFETY: the caller hands over a live type, which is not used again.
        unsafe { ffi::duckdb_destroy_logical_type(&raw mut raw) };
        kind
    }

    fn read(raw: ffi::duckdb_logical_type) -> Self {
        // SAFETY: the type is live.
        let id = unsafe { ffi::duckdb_get_type_id(raw) };
        match id {
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_SQLNULL => Self::Null,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BOOLEAN => Self::Boolean,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TINYINT => Self::TinyInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_SMALLINT => Self::SmallInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTEGER => Self::Integer,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGINT => Self::BigInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UTINYINT => Self::UTinyInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_USMALLINT => Self::USmallInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UINTEGER => Self::UInteger,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UBIGINT => Self::UBigInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_HUGEINT => Self::HugeInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UHUGEINT => Self::UHugeInt,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_FLOAT => Self::Float,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_DOUBLE => Self::Double,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_DATE => Self::Date,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIME => Self::Time,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_S => Self::Timestamp(Unit::Seconds),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_MS => Self::Timestamp(Unit::Milliseconds),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP => Self::Timestamp(Unit::Microseconds),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_NS => Self::Timestamp(Unit::Nanoseconds),
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ => Self::Instant,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_INTERVAL => Self::Interval,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_BLOB => Self::Blob,
            ffi::DUCKDB_TYPE_DUCKDB_TYPE_UUID => Self::Uuid,
            _ => Self::read_composed(id, raw),
        }
    }

    fn read_composed(id: ffi::duckdb_type, raw: ffi::duckdb_logical_type) -> Self {
        // SAFETY: the type is live, and each call below fits the type's id, which is matched first.
        unsafe {
            match id {
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARCHAR => {
                    let alias = take_text(ffi::duckdb_logical_type_get_alias(raw));
                    Self::Text((!alias.is_empty()).then_some(alias))
                }
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_DECIMAL => Self::Decimal {
                    width: ffi::duckdb_decimal_width(raw),
                    scale: ffi::duckdb_decimal_scale(raw),
                },
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_ENUM => {
                    let words = u64::from(ffi::duckdb_enum_dictionary_size(raw));
                    Self::Enum(
                        (0..words)
                            .map(|index| take_text(ffi::duckdb_enum_dictionary_value(raw, index)))
                            .collect(),
                    )
                }
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_LIST => {
                    Self::List(Box::new(Self::take(ffi::duckdb_list_type_child_type(raw))))
                }
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_ARRAY => {
                    let size = usize::try_from(ffi::duckdb_array_type_array_size(raw)).unwrap_or(0);
                    Self::Array(
                        Box::new(Self::take(ffi::duckdb_array_type_child_type(raw))),
                        size,
                    )
                }
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_STRUCT => {
                    let fields = ffi::duckdb_struct_type_child_count(raw);
                    let field = |index| {
                        let name = take_text(ffi::duckdb_struct_type_child_name(raw, index));
                        (
                            name,
                            Self::take(ffi::duckdb_struct_type_child_type(raw, index)),
                        )
                    };
                    Self::Struct((0..fields).map(field).collect())
                }
                ffi::DUCKDB_TYPE_DUCKDB_TYPE_MAP => Self::Map(Box::new(Self::Struct(vec![
                    (
                        "key".to_string(),
                        Self::take(ffi::duckdb_map_type_key_type(raw)),
                    ),
                    (
                        "value".to_string(),
                        Self::take(ffi::duckdb_map_type_value_type(raw)),
                    ),
                ]))),
                other => Self::Other(other_name(other)),
            }
        }
    }
}

fn other_name(id: ffi::duckdb_type) -> &'static str {
    match id {
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_UNION => "UNION",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIT => "BIT",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIME_TZ => "TIME WITH TIME ZONE",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIME_NS => "TIME_NS",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_BIGNUM => "BIGNUM",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_GEOMETRY => "GEOMETRY",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_VARIANT => "VARIANT",
        ffi::DUCKDB_TYPE_DUCKDB_TYPE_TIMESTAMP_TZ_NS => "TIMESTAMP_NS WITH TIME ZONE",
        _ => "UNKNOWN",
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Boolean => f.write_str("BOOLEAN"),
            Self::TinyInt => f.write_str("TINYINT"),
            Self::SmallInt => f.write_str("SMALLINT"),
            Self::Integer => f.write_str("INTEGER"),
            Self::BigInt => f.write_str("BIGINT"),
            Self::UTinyInt => f.write_str("UTINYINT"),
            Self::USmallInt => f.write_str("USMALLINT"),
            Self::UInteger => f.write_str("UINTEGER"),
            Self::UBigInt => f.write_str("UBIGINT"),
            Self::HugeInt => f.write_str("HUGEINT"),
            Self::UHugeInt => f.write_str("UHUGEINT"),
            Self::Float => f.write_str("FLOAT"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Decimal { width, scale } => write!(f, "DECIMAL({width},{scale})"),
            Self::Date => f.write_str("DATE"),
            Self::Time => f.write_str("TIME"),
            Self::Timestamp(Unit::Seconds) => f.write_str("TIMESTAMP_S"),
            Self::Timestamp(Unit::Milliseconds) => f.write_str("TIMESTAMP_MS"),
            Self::Timestamp(Unit::Microseconds) => f.write_str("TIMESTAMP"),
            Self::Timestamp(Unit::Nanoseconds) => f.write_str("TIMESTAMP_NS"),
            Self::Instant => f.write_str("TIMESTAMP WITH TIME ZONE"),
            Self::Interval => f.write_str("INTERVAL"),
            Self::Text(alias) => f.write_str(alias.as_deref().unwrap_or("VARCHAR")),
            Self::Blob => f.write_str("BLOB"),
            Self::Uuid => f.write_str("UUID"),
            Self::Enum(_) => f.write_str("ENUM"),
            Self::List(item) => write!(f, "{item}[]"),
            Self::Array(item, size) => write!(f, "{item}[{size}]"),
            Self::Struct(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, kind)| format!("{} {kind}", quoted_name(name)))
                    .collect();
                write!(f, "STRUCT({})", fields.join(", "))
            }
            Self::Map(entry) => match entry.as_ref() {
                Self::Struct(fields) => {
                    let kinds: Vec<String> =
                        fields.iter().map(|(_, kind)| kind.to_string()).collect();
                    write!(f, "MAP({})", kinds.join(", "))
                }
                other => write!(f, "{other}"),
            },
            Self::Other(name) => f.write_str(name),
        }
    }
}
