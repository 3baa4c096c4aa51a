//! From Markdown to sections.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{Block, Level, Look, Manual, Run, Section, Side, Table, plain};

/// Returns the page that a text in Markdown describes. What a terminal cannot show, such as HTML and pictures, is left
/// out.
#[must_use]
pub fn read(text: &str) -> Manual {
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        reader.take(event);
    }
    reader.flush();
    let mut sections = reader.sections;
    for section in &mut sections {
        section.names = names(&section.blocks);
        section.summary = summary(section);
    }
    Manual { sections }
}

/// What has been read so far, and what is still open.
#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    runs: Vec<Run>,
    /// How many marks of emphasis are open.
    stressed: usize,
    /// The open lists, each with its next number if it has numbers.
    lists: Vec<Option<u64>>,
    /// What stands before the next point.
    mark: Option<String>,
    /// Where the open links lead.
    links: Vec<String>,
    /// The open code's language.
    code: Option<String>,
    table: Table,
    row: Vec<Vec<Run>>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.add(&text, self.look()),
            Event::Code(text) => self.add(&text, Look::Code),
            Event::SoftBreak | Event::HardBreak => self.add(" ", self.look()),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong | Tag::Emphasis => self.stressed += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::List(first) => {
                self.flush();
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                self.mark = Some(self.next_mark());
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.code = Some(match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                });
            }
            Tag::Table(alignments) => {
                self.flush();
                self.table = Table {
                    sides: alignments.into_iter().map(side).collect(),
                    ..Table::default()
                };
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis => self.stressed = self.stressed.saturating_sub(1),
            TagEnd::Link => {
                // A place on this page is found by its name; an address has to be seen.
                if let Some(address) = self.links.pop().filter(|address| !address.starts_with('#'))
                {
                    self.add(&format!(" ({address})"), Look::Plain);
                }
            }
            TagEnd::Heading(level) => self.begin_section(level),
            TagEnd::CodeBlock => {
                let text = plain(&std::mem::take(&mut self.runs));
                let language = self.code.take().unwrap_or_default();
                let text = text.trim_end_matches('\n').to_string();
                self.push(Block::Example { language, text });
            }
            TagEnd::TableCell => self.row.push(std::mem::take(&mut self.runs)),
            TagEnd::TableHead => self.table.header = std::mem::take(&mut self.row),
            TagEnd::TableRow => self.table.rows.push(std::mem::take(&mut self.row)),
            TagEnd::Table => {
                let table = std::mem::take(&mut self.table);
                self.push(Block::Table(table));
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::BlockQuote(_) => self.flush(),
            _ => {}
        }
    }

    fn look(&self) -> Look {
        match (&self.code, self.stressed) {
            (Some(_), _) => Look::Example,
            (None, 0) => Look::Plain,
            (None, _) => Look::Strong,
        }
    }

    fn add(&mut self, text: &str, look: Look) {
        self.runs.push(Run::new(text, look));
    }

    /// Ends the paragraph or the point that is open.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.runs);
        if text.is_empty() {
            return;
        }
        let block = match self.lists.len().checked_sub(1) {
            None => Block::Prose(text),
            // A further paragraph of the same point has no mark of its own.
            Some(depth) => Block::Point {
                mark: self.mark.take().unwrap_or_default(),
                depth,
                text,
            },
        };
        self.push(block);
    }

    /// Adds a block to the section that is open, and to the one it is a topic of.
    fn push(&mut self, block: Block) {
        let open = self.sections.len().saturating_sub(1);
        let topic = self.sections.get(open).map(|section| section.level) == Some(Level::Topic);
        if topic && let Some(whole) = self.whole() {
            whole.blocks.push(block.clone());
        }
        if let Some(section) = self.sections.get_mut(open) {
            section.blocks.push(block);
        }
    }

    /// Returns the last section that is no topic.
    fn whole(&mut self) -> Option<&mut Section> {
        self.sections
            .iter_mut()
            .rev()
            .find(|section| section.level < Level::Topic)
    }

    fn begin_section(&mut self, heading: HeadingLevel) {
        let title = plain(&std::mem::take(&mut self.runs));
        let level = match heading {
            HeadingLevel::H1 => Level::Page,
            HeadingLevel::H2 => Level::Section,
            _ => Level::Topic,
        };
        if level == Level::Topic
            && let Some(whole) = self.whole()
        {
            let heading = vec![Run::new(&title, Look::Strong)];
            whole.blocks.push(Block::Prose(heading));
        }
        self.sections.push(Section {
            title,
            level,
            summary: String::new(),
            names: Vec::new(),
            blocks: Vec::new(),
        });
    }

    fn next_mark(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}.", *number - 1)
            }
            _ => "-".to_string(),
        }
    }
}

fn side(alignment: Alignment) -> Side {
    match alignment {
        Alignment::Right => Side::Right,
        Alignment::None | Alignment::Left | Alignment::Center => Side::Left,
    }
}

/// Returns the first sentence, or the functions where a section begins with a list of them.
fn summary(section: &Section) -> String {
    match section.blocks.first() {
        Some(Block::Prose(text)) => first_sentence(&plain(text)),
        _ => section.names.join(", "),
    }
}

fn first_sentence(text: &str) -> String {
    let mut ends = text.match_indices(['.', '?', '!']).map(|(at, _)| at + 1);
    let end = ends.find(|end| text[*end..].starts_with(' '));
    text[..end.unwrap_or(text.len())].to_string()
}

/// Returns the functions that some blocks are about: those that a table of functions lists, and those that a sentence
/// names together with their arguments.
fn names(blocks: &[Block]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |runs: &[Run], called: fn(&str) -> Option<&str>| {
        for run in runs.iter().filter(|run| run.look == Look::Code) {
            if let Some(name) = called(run.text.trim_start_matches("FROM "))
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_string());
            }
        }
    };
    for block in blocks {
        match block {
            Block::Prose(text) | Block::Point { text, .. } => add(text, |code| {
                word(code).filter(|name| code[name.len()..].starts_with('('))
            }),
            Block::Table(table) => {
                let lists = table
                    .header
                    .first()
                    .is_some_and(|name| plain(name) == "function");
                for row in table.rows.iter().filter(|_| lists) {
                    add(row.first().map_or(&[], Vec::as_slice), word);
                }
            }
            Block::Example { .. } => {}
        }
    }
    names
}

/// Returns the name that some code begins with, if it begins with one.
fn word(code: &str) -> Option<&str> {
    let end = code
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .unwrap_or(code.len());
    Some(&code[..end]).filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase()))
}
