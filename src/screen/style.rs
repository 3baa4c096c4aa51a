//! What the terminal can show: colours, glyphs, a dark or a light background.

/// How to draw on this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Which colours there are.
    pub colors: Colors,
    /// Which glyphs there are.
    pub glyphs: Glyphs,
    /// Whether the background is light.
    pub light: bool,
}

/// Which colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// None: only bold, dim and reversed text.
    None,
    /// The 16 named colours.
    Ansi,
    /// The 256 indexed colours.
    Indexed,
}

/// Which glyphs a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// All of Unicode's blocks, arrows and Braille.
    Unicode,
    /// ASCII alone.
    Ascii,
}
