//! The one error of the program: what failed, where, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A result with the program's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What failed, where in which file, and what the reader can do.
///
/// Shown as `path:line:column: message` with an optional second line `  help: …`. Messages are lower case, carry no
/// full stop, and name the file or the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Whose mistake it is; decides the exit code.
    pub kind: Kind,
    /// What failed and why.
    pub message: String,
    /// Where in a file, if it is about a file's text.
    pub place: Option<Place>,
    /// What to do.
    pub help: Option<String>,
    /// A stable short name of the rule that was broken (`column`, `syntax`, …), for `check`; empty otherwise.
    pub rule: &'static str,
}

/// Whose mistake an error is. The exit code follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A query or the data is wrong: exit code 1.
    Data,
    /// The command line or the configuration is wrong: exit code 2.
    Usage,
    /// A goal was missed: exit code 4.
    Goal,
    /// The user stopped it: exit code 130.
    Interrupted,
    /// A signal ended the program: exit code 128 and its number, as shells do.
    Signal(u8),
}

/// A position in a text file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user would name it.
    pub path: PathBuf,
    /// Line, from 1; 0 when only the file is known.
    pub line: usize,
    /// Column in characters, from 1; 0 when only the line is known.
    pub column: usize,
    /// The source line itself, shown with a caret below it; empty when unknown.
    pub source: String,
}

impl Error {
    /// Returns an error about a query or about data.
    pub fn data(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Data,
            message: message.into(),
            place: None,
            help: None,
            rule: "",
        }
    }

    /// Returns an error about the command line or the configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Usage,
            ..Self::data(message)
        }
    }

    /// Returns the error that says the user stopped the work.
    #[must_use]
    pub fn interrupted() -> Self {
        Self {
            kind: Kind::Interrupted,
            ..Self::data("stopped")
        }
    }

    /// Returns the error that says which signal ended the program.
    #[must_use]
    pub fn signal(number: u8) -> Self {
        Self {
            kind: Kind::Signal(number),
            ..Self::data(format!("ended by signal {number}"))
        }
    }

    /// Adds what the reader can do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the broken rule.
    #[must_use]
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }

    /// Says in which file, and where in it, the error is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Puts what was being done before the message: `could not load x: no such file`.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }

    /// Returns the process exit code of DESIGN 4.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Data => 1,
            Kind::Usage => 2,
            Kind::Goal => 4,
            Kind::Interrupted => 130,
            Kind::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl Place {
    /// Returns the place of a whole file.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            line: 0,
            column: 0,
            source: String::new(),
        }
    }

    /// Returns the place with its path below a folder, if it is in that folder.
    #[must_use]
    pub fn below(&self, folder: &Path) -> Self {
        let path = self
            .path
            .strip_prefix(folder)
            .unwrap_or(&self.path)
            .to_path_buf();
        Self {
            path,
            ..self.clone()
        }
    }

    /// Returns the place of a byte offset in a text; offsets beyond the end mean the end.
    #[must_use]
    pub fn in_text(path: &Path, text: &str, byte: usize) -> Self {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let start = text[..byte].rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            path: path.to_path_buf(),
            line: text[..byte].matches('\n').count() + 1,
            column: text[start..byte].chars().count() + 1,
            source: text[start..].lines().next().unwrap_or_default().to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}", self.message)?;
        if let Some(place) = self
            .place
            .as_ref()
            .filter(|place| place.column > 0 && !place.source.is_empty())
        {
            let caret = " ".repeat(place.column - 1);
            write!(f, "\n  {}\n  {caret}^", place.source.replace('\t', " "))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Returns the candidate that a misspelt word most likely meant, if one is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            *distance <= allowed || (word.len() > 3 && candidate.to_lowercase().starts_with(&lower))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
