//! What the terminal can show, and the inks that follow from it.
//!
//! Chrome uses the terminal's own colours, so that every theme works undetected. Data ramps use fixed indices and set
//! both foreground and background, so that they read the same on any theme. Colour is never the only cue.

use ratatui::style::{Color, Modifier};

/// How one piece of text is drawn.
pub type Ink = ratatui::style::Style;

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

/// One step of a ramp: how a cell is coloured, and the glyph that says the same without colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heat {
    /// The cell's colours.
    pub ink: Ink,
    /// The shade, from blank to full; blank where colour does its work.
    pub shade: &'static str,
}

/// Steps from low to high on dark terminals. The smallest CIELAB difference between any two of them is 29, and 12 with
/// the rarest colour blindness; the text on each has a contrast of 5.1 or more.
const RAMP_DARK: [u8; 7] = [54, 61, 31, 37, 78, 149, 227];
/// The same for light terminals: high is dark.
const RAMP_LIGHT: [u8; 7] = [230, 193, 114, 37, 31, 61, 54];
/// The steps on which white text is readable; on the others it is black.
const DARK_STEPS: [u8; 2] = [54, 61];
/// Steps where only 16 colours exist.
const RAMP_NAMED: [Color; 4] = [Color::Blue, Color::Cyan, Color::Green, Color::Yellow];
/// Steps where no colour exists.
const SHADES: [&str; 5] = [" ", "░", "▒", "▓", "█"];
/// Four lines that differ on white and on black, also for colour-blind eyes.
const LINES_INDEXED: [u8; 4] = [27, 166, 133, 65];
const LINES_NAMED: [Color; 4] = [Color::Cyan, Color::Yellow, Color::Magenta, Color::Green];
/// Large areas are calmer than lines; this one differs from the other line colours, on white and on black.
const BAR: u8 = 32;
const WHITE: Color = Color::Indexed(231);
const BLACK: Color = Color::Indexed(16);

impl Default for Style {
    /// Returns the style of a terminal in common use: 256 colours, Unicode, dark.
    fn default() -> Self {
        Self {
            colors: Colors::Indexed,
            glyphs: Glyphs::Unicode,
            light: false,
        }
    }
}

impl Style {
    /// Returns the ink of ordinary text.
    #[must_use]
    pub fn plain(self) -> Ink {
        Ink::new()
    }

    /// Returns the ink of what matters most.
    #[must_use]
    pub fn strong(self) -> Ink {
        Ink::new().add_modifier(Modifier::BOLD)
    }

    /// Returns the ink of what matters least: units, axes, marks.
    #[must_use]
    pub fn faint(self) -> Ink {
        Ink::new().add_modifier(Modifier::DIM)
    }

    /// Returns the ink of what the cursor is on.
    #[must_use]
    pub fn selected(self) -> Ink {
        Ink::new().add_modifier(Modifier::REVERSED)
    }

    /// Returns the ink of what is focused or can be pressed.
    #[must_use]
    pub fn accent(self) -> Ink {
        self.named(if self.light { Color::Blue } else { Color::Cyan })
            .add_modifier(Modifier::BOLD)
    }

    /// Returns the ink of code among prose.
    #[must_use]
    pub fn code(self) -> Ink {
        self.named(if self.light { Color::Blue } else { Color::Cyan })
    }

    /// Returns the ink of good news.
    #[must_use]
    pub fn good(self) -> Ink {
        self.chosen(Color::Green, 28)
    }

    /// Returns the ink of bad news.
    #[must_use]
    pub fn bad(self) -> Ink {
        self.chosen(Color::Red, 160)
    }

    /// Returns the ink of a warning.
    #[must_use]
    pub fn warning(self) -> Ink {
        self.chosen(Color::Yellow, 130)
    }

    /// Returns the ink of the line, or bar, of this index.
    #[must_use]
    pub fn line(self, index: usize) -> Ink {
        match self.colors {
            Colors::None => Ink::new(),
            Colors::Ansi => Ink::new().fg(LINES_NAMED[index % LINES_NAMED.len()]),
            Colors::Indexed => {
                Ink::new().fg(Color::Indexed(LINES_INDEXED[index % LINES_INDEXED.len()]))
            }
        }
    }

    /// Returns the ink of a bar; one below zero has another.
    #[must_use]
    pub fn bar(self, value: f64) -> Ink {
        match self.colors {
            Colors::Indexed if value >= 0.0 => Ink::new().fg(Color::Indexed(BAR)),
            _ => self.line(usize::from(value < 0.0)),
        }
    }

    /// Returns the ink of the space a margin takes up, as a background; none without 256 colours.
    #[must_use]
    pub fn band(self) -> Option<Color> {
        (self.colors == Colors::Indexed).then_some(Color::Indexed(if self.light {
            254
        } else {
            237
        }))
    }

    /// Returns the number of steps of [`Style::heat`].
    #[must_use]
    pub fn heat_steps(self) -> usize {
        match self.colors {
            Colors::None => SHADES.len(),
            Colors::Ansi => RAMP_NAMED.len(),
            Colors::Indexed => RAMP_DARK.len(),
        }
    }

    /// Returns a step of the ramp; steps above the last are the last.
    #[must_use]
    pub fn heat(self, step: usize) -> Heat {
        let step = step.min(self.heat_steps() - 1);
        match self.colors {
            Colors::None => Heat {
                ink: Ink::new(),
                shade: SHADES[step],
            },
            Colors::Ansi => Heat {
                ink: Ink::new().fg(Color::Black).bg(RAMP_NAMED[step]),
                shade: " ",
            },
            Colors::Indexed => {
                let index = if self.light {
                    RAMP_LIGHT[step]
                } else {
                    RAMP_DARK[step]
                };
                let text = if DARK_STEPS.contains(&index) {
                    WHITE
                } else {
                    BLACK
                };
                Heat {
                    ink: Ink::new().fg(text).bg(Color::Indexed(index)),
                    shade: " ",
                }
            }
        }
    }

    /// Returns the step of a share of the ramp's top.
    #[must_use]
    pub fn heat_step(self, share: f64) -> usize {
        let steps = self.heat_steps();
        let edge =
            |step: usize| crate::screen::number::whole(step) / crate::screen::number::whole(steps);
        (1..steps)
            .rev()
            .find(|step| share >= edge(*step))
            .unwrap_or(0)
    }

    fn named(self, color: Color) -> Ink {
        if self.colors == Colors::None {
            Ink::new()
        } else {
            Ink::new().fg(color)
        }
    }

    /// Returns a named colour, or on a light background, where many themes' named ones are too pale, an indexed one.
    fn chosen(self, named: Color, on_light: u8) -> Ink {
        if self.light && self.colors == Colors::Indexed {
            Ink::new().fg(Color::Indexed(on_light))
        } else {
            self.named(named)
        }
    }
}
