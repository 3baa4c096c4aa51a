//! The command line: what can be typed after `cxtop`. The doc comments here are the text of `--help`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::civil::{Date, Weekday};

/// A live terminal dashboard for customer experience: funnels, retention and scores over your event and survey files.
///
/// Without a command it opens the first dashboard of the nearest `queries/` folder. When standard output is not a
/// terminal, it prints one snapshot of it instead.
#[derive(Debug, Parser)]
#[command(name = "cxtop", version, max_term_width = 100)]
pub struct Args {
    /// Options that every command understands.
    #[command(flatten)]
    pub common: Common,
    /// What to do; nothing means: open the dashboard.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command understands.
#[derive(Clone, Debug, ClapArgs)]
pub struct Common {
    /// The workspace; the nearest `queries/cxtop.toml` upwards when absent
    #[arg(long, global = true, value_name = "DIR", env = "CXTOP_QUERIES")]
    pub queries: Option<PathBuf>,
    /// Load these files into this table; works with no workspace at all
    #[arg(long, global = true, value_name = "TABLE=GLOB")]
    pub data: Vec<TableFiles>,
    /// Keep the loaded rows in this file; in memory when absent
    #[arg(long, global = true, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// The day that counts as today; the workspace decides when absent
    #[arg(long, global = true, value_name = "DATE")]
    pub today: Option<Date>,
    /// The zone in which days and weeks are cut
    #[arg(long, global = true, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// The day on which weeks start
    #[arg(long, global = true, value_name = "DAY", value_parser = weekday)]
    pub week_start: Option<Weekday>,
    /// The size of a snapshot, or the width of `functions`
    #[arg(long, global = true, value_name = "COLSxROWS")]
    pub size: Option<Size>,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t, env = "CXTOP_COLOR")]
    pub color: ColorChoice,
    /// The characters that pictures are made of
    #[arg(long, global = true, value_enum, default_value_t, env = "CXTOP_GLYPHS")]
    pub glyphs: GlyphChoice,
    /// Whether the terminal's background is dark or light
    #[arg(long, global = true, value_enum, default_value_t, env = "CXTOP_THEME")]
    pub theme: ThemeChoice,
    /// Write what happens to this file
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// End with a line of JSON on standard error: `load_ms`, `query_ms`, rows
    #[arg(long, global = true)]
    pub timing: bool,
    /// In `run`, `sql` and `bench`: run a query this many times (the answer is printed once); 1, or 5 for `bench`, when
    /// absent
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: Option<u32>,
}

/// What `cxtop` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one saved query and print its rows
    Run {
        /// The query's name (`scores/nps`) or path
        query: String,
        /// A parameter's value; may be repeated
        #[arg(short, long = "param", value_name = "NAME=VALUE")]
        param: Vec<Named>,
        /// How and where rows are printed
        #[command(flatten)]
        output: Output,
    },
    /// Run SQL that is not saved and print its rows
    Sql {
        /// The SQL text
        #[arg(
            required_unless_present_any = ["file", "print", "macros"],
            conflicts_with_all = ["file", "print"]
        )]
        text: Option<String>,
        /// A file that holds the SQL
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Print this saved query as the text that runs it in the stock DuckDB command line
        #[arg(long, value_name = "NAME", conflicts_with_all = ["file", "format", "out", "raw"])]
        print: Option<String>,
        /// Print the functions as macros for the stock DuckDB command line instead
        #[arg(long, conflicts_with_all = ["text", "file", "print", "format", "out", "raw", "param"])]
        macros: bool,
        /// A parameter's value; may be repeated
        #[arg(short, long = "param", value_name = "NAME=VALUE")]
        param: Vec<Named>,
        /// How and where rows are printed
        #[command(flatten)]
        output: Output,
    },
    /// Print a dashboard as it would look on a screen
    Snapshot {
        /// The dashboard's name; the first one when absent
        dashboard: Option<String>,
        /// text, ansi or json; ansi on a terminal, text elsewhere when absent
        #[arg(long, value_enum)]
        format: Option<SnapshotFormat>,
        /// Exit with 4 when a goal is missed
        #[arg(long)]
        fail_on_goal: bool,
    },
    /// Check the workspace: configuration, queries, dashboards, the journey map, tests, and the declared columns against
    /// the files
    Check {
        /// How problems are printed
        #[arg(long, value_enum, default_value_t)]
        format: CheckFormat,
    },
    /// Run the tests of the saved queries
    Test {
        /// Only tests of these queries
        names: Vec<String>,
        /// Rewrite the expected rows to what the queries return now
        #[arg(long)]
        update: bool,
    },
    /// Time the saved queries on your own data
    Bench {
        /// Only these queries
        names: Vec<String>,
        /// How and where rows are printed
        #[command(flatten)]
        output: Output,
    },
    /// Load all sources and stop
    Load,
    /// Print the health of every source: files, rows, rejects, lag
    Sources {
        /// How and where rows are printed
        #[command(flatten)]
        output: Output,
    },
    /// Write sample data of any size
    Generate {
        /// The number of customers
        #[arg(long, default_value_t = 1_500)]
        customers: u64,
        /// The number of days
        #[arg(long, default_value_t = 180)]
        days: u32,
        /// The same seed gives the same bytes
        #[arg(long, default_value_t = 7)]
        seed: u64,
        /// The last day of the data
        #[arg(long, value_name = "DATE", default_value = "2026-06-30")]
        until: Date,
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Afterwards keep appending this many events a second
        #[arg(long, value_name = "RATE")]
        follow: Option<f64>,
    },
    /// Print what the SQL functions do, with their options, definitions and examples
    Functions {
        /// A function or topic, such as `retention`; all of them when absent
        name: Option<String>,
    },
    /// Print the key table
    Keys,
}

/// How rows are printed.
#[derive(Clone, Debug, ClapArgs)]
pub struct Output {
    /// How rows are printed; table on a terminal, csv elsewhere when absent
    #[arg(long, value_enum)]
    pub format: Option<RowFormat>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write text as it is: no guard against spreadsheet formulas in csv, no visible control characters
    #[arg(long)]
    pub raw: bool,
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    /// Aligned columns for people
    Table,
    /// Comma-separated values
    Csv,
    /// One array of objects
    Json,
    /// One object a line
    Jsonl,
    /// A Markdown table
    Md,
    /// Apache Parquet; needs --out
    Parquet,
}

/// How a snapshot is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SnapshotFormat {
    /// Plain characters
    Text,
    /// Characters with colours
    Ansi,
    /// The numbers of every panel
    Json,
}

/// How problems of the workspace are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

/// How many colours may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// What the terminal and `NO_COLOR` say
    #[default]
    Auto,
    /// Colours, also when standard output is not a terminal
    Always,
    /// 256 colours
    #[value(name = "256")]
    Indexed,
    /// 16 colours
    #[value(name = "16")]
    Ansi,
    /// None
    Never,
}

/// The characters that pictures are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GlyphChoice {
    /// What the locale says
    #[default]
    Auto,
    /// Blocks and Braille
    Unicode,
    /// Nothing above 0x7F
    Ascii,
}

/// Whether the terminal's background is dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ThemeChoice {
    /// What `COLORFGBG` says, else dark
    #[default]
    Auto,
    /// A dark background
    Dark,
    /// A light background
    Light,
}

/// `TABLE=GLOB`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFiles {
    /// The table.
    pub table: String,
    /// The files that feed it.
    pub files: PathBuf,
}

/// `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The parameter's name.
    pub name: String,
    /// Its value as typed.
    pub value: String,
}

/// `COLSxROWS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl std::str::FromStr for TableFiles {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (table, files) = text
            .split_once('=')
            .ok_or("write it as TABLE=GLOB, such as events=logs/*.ndjson")?;
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        if !is_name(table) {
            return Err(format!(
                "`{table}` is no table name: use lower-case letters, digits and _"
            ));
        }
        if files.is_empty() {
            return Err("the files are missing: write it as TABLE=GLOB".to_string());
        }
        Ok(Self {
            table: table.to_string(),
            files: PathBuf::from(files),
        })
    }
}

impl std::str::FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("write it as NAME=VALUE, such as days=7")?;
        Ok(Self {
            name: name.trim_start_matches('$').to_string(),
            value: value.to_string(),
        })
    }
}

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text
            .split_once('x')
            .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        match parsed {
            Some((width @ 1..=1000, height @ 1..=1000)) => Ok(Self { width, height }),
            _ => Err("write it as COLSxROWS, such as 120x40".to_string()),
        }
    }
}

fn weekday(text: &str) -> Result<Weekday, String> {
    Ok(match text.to_lowercase().as_str() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return Err("write a day's name, such as monday".to_string()),
    })
}
