//! What the output can show, from the command line and the environment.

use std::io::IsTerminal;

use crate::args::{ColorChoice, Common, GlyphChoice, ThemeChoice};
use crate::screen::style::{Colors, Glyphs, Style};

/// Returns the style for the terminal the program runs in.
#[must_use]
pub fn for_terminal(common: &Common) -> Style {
    Style {
        colors: colors(common.color, true),
        glyphs: glyphs(common.glyphs),
        light: is_light(common.theme),
    }
}

/// Returns the style for text that is printed, to a terminal or to a file.
#[must_use]
pub fn for_print(common: &Common) -> Style {
    let terminal = std::io::stdout().is_terminal();
    Style {
        colors: colors(common.color, terminal),
        glyphs: glyphs(common.glyphs),
        light: is_light(common.theme),
    }
}

fn colors(choice: ColorChoice, terminal: bool) -> Colors {
    match choice {
        ColorChoice::Never => Colors::None,
        ColorChoice::Ansi => Colors::Ansi,
        ColorChoice::Indexed | ColorChoice::Always => Colors::Indexed,
        // An empty NO_COLOR does not count (no-color.org).
        ColorChoice::Auto if !terminal || !variable("NO_COLOR").is_empty() => Colors::None,
        ColorChoice::Auto => {
            let term = variable("TERM");
            let is_dumb = term == "dumb" || term.is_empty();
            // sshd forwards TERM but not COLORTERM, so TERM has to say it.
            let is_rich = term.contains("256color") || !variable("COLORTERM").is_empty();
            match (is_dumb, is_rich) {
                (true, _) => Colors::None,
                (false, true) => Colors::Indexed,
                (false, false) => Colors::Ansi,
            }
        }
    }
}

fn glyphs(choice: GlyphChoice) -> Glyphs {
    match choice {
        GlyphChoice::Unicode => Glyphs::Unicode,
        GlyphChoice::Ascii => Glyphs::Ascii,
        GlyphChoice::Auto => {
            // The first that is set decides, as in the C library.
            let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
                .map(variable)
                .into_iter()
                .find(|value| !value.is_empty());
            match locale {
                Some(locale) if locale == "C" || locale == "POSIX" => Glyphs::Ascii,
                Some(locale)
                    if locale.contains('.')
                        && !locale.to_lowercase().replace('-', "").contains("utf8") =>
                {
                    Glyphs::Ascii
                }
                _ => Glyphs::Unicode,
            }
        }
    }
}

fn is_light(choice: ThemeChoice) -> bool {
    match choice {
        ThemeChoice::Light => true,
        ThemeChoice::Dark => false,
        // COLORFGBG is `foreground;background`; 7 and 15 are the light ones. Nothing is asked of the terminal.
        ThemeChoice::Auto => matches!(variable("COLORFGBG").rsplit(';').next(), Some("7" | "15")),
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
