//! The reference page of the functions, `docs/functions.md`, inside the program: for the dashboard's help and for
//! `cxtop functions`.
//!
//! ```text
//! read: Markdown → Manual, its sections as plain data      page: Section → lines of a width
//!                                                          table, wrap: what does not fit in one line
//! ```
//!
//! It knows what a page is made of and how wide a terminal is. It does not know what the functions do.
//!
//! Invariant: pure. No colour and no glyph is chosen here: lines fit in whatever way they are drawn.

mod page;
mod read;
mod table;
mod wrap;

use std::sync::LazyLock;

pub use read::read;

/// The page, as it lies beside the source.
const TEXT: &str = include_str!("../../docs/functions.md");

/// A page of Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manual {
    /// What stands under each of its headings, in order.
    pub sections: Vec<Section>,
}

/// What stands under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// How deep it is.
    pub level: Level,
    /// Its first sentence.
    pub summary: String,
    /// The functions it is about, beside its title.
    pub names: Vec<String>,
    /// Its text. The topics inside are part of it, and sections of their own as well.
    pub blocks: Vec<Block>,
}

/// How deep a heading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The page itself: what stands before its first section.
    Page,
    /// A section of the page.
    Section,
    /// A topic inside a section.
    Topic,
}

/// One piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph, or the heading of a topic.
    Prose(Vec<Run>),
    /// One point of a list.
    Point {
        /// What stands before it.
        mark: String,
        /// In how many other lists its list is.
        depth: usize,
        /// What it says.
        text: Vec<Run>,
    },
    /// Code with its own line ends.
    Example {
        /// The language: `sql`, `text`.
        language: String,
        /// The code.
        text: String,
    },
    /// A table.
    Table(Table),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// On which side each column's cells stand.
    pub sides: Vec<Side>,
    /// The names of the columns.
    pub header: Vec<Vec<Run>>,
    /// The cells, row by row; as many in each row as there are names.
    pub rows: Vec<Vec<Vec<Run>>>,
}

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// On the left, as words do.
    Left,
    /// On the right, as numbers do.
    Right,
}

/// Some text of one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Its look.
    pub look: Look,
}

/// What a text is, from which follows how it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Ordinary text.
    Plain,
    /// A heading or a stressed word.
    Strong,
    /// Code inside a sentence.
    Code,
    /// A line of an example.
    Example,
    /// Rules and names of columns.
    Faint,
}

/// One line of a section, laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The block of the section that it belongs to, or follows.
    pub block: usize,
    /// What stands in it.
    pub parts: Vec<Part>,
}

/// What stands in one place of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The first column.
    pub at: usize,
    /// The text.
    pub runs: Vec<Run>,
}

/// Returns the reference page of the functions.
#[must_use]
pub fn functions() -> &'static Manual {
    static FUNCTIONS: LazyLock<Manual> = LazyLock::new(|| read(TEXT));
    &FUNCTIONS
}

impl Manual {
    /// Returns the section about a function, or under a heading, in upper or lower case. `funnel_customers_if` is
    /// explained with `funnel`; `Speed and memory` is found by any of its words.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Section> {
        let name = name.trim().trim_end_matches("()").to_lowercase();
        let titled = |title: &str| {
            self.sections
                .iter()
                .find(|section| section.title.to_lowercase() == title)
        };
        let base = name.strip_suffix("_if").unwrap_or(&name);
        let base = base.strip_suffix("_customers").unwrap_or(base);
        let naming = || {
            let section = self
                .sections
                .iter()
                .find(|section| section.explains(&name))?;
            // `wilson_low` is in a list of all functions, and explained under `wilson`.
            let mut shorter = name.match_indices('_').rev().map(|(end, _)| &name[..end]);
            shorter.find_map(titled).or(Some(section))
        };
        let worded = || {
            self.sections.iter().find(|section| {
                let title = section.title.to_lowercase();
                title.contains(' ') && title.split(' ').any(|word| word == name)
            })
        };
        titled(&name)
            .or_else(|| titled(base))
            .or_else(naming)
            .or_else(worded)
    }

    /// Returns every heading and every name that [`Manual::find`] knows, for a hint at a misspelt one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(|section| {
            std::iter::once(&section.title)
                .chain(&section.names)
                .map(String::as_str)
        })
    }
}

impl Section {
    fn explains(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }
}

impl Run {
    /// Returns text of a look.
    pub fn new(text: impl Into<String>, look: Look) -> Self {
        Self {
            text: text.into(),
            look,
        }
    }

    /// Returns the text as it reads without colour: code in a sentence stands in quotes.
    #[must_use]
    pub fn quoted(&self) -> String {
        match self.look {
            Look::Code => format!("`{}`", self.text),
            _ => self.text.clone(),
        }
    }
}

/// Returns the text of some runs.
#[must_use]
pub fn plain(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}
