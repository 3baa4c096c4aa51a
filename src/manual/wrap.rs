//! Text in lines: broken at blanks, so that it fits in whatever way it is drawn.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Look, Run};
use crate::text::spelling;

/// Columns that are kept free around code in a sentence: where there is no colour, it stands in quotes.
const QUOTES: usize = 2;

/// What stands between two blanks, and the look of the blank before it.
struct Word {
    blank: Look,
    runs: Vec<Run>,
}

/// Returns the columns that some runs take at most: in Unicode or in ASCII, in colour or without.
pub(super) fn columns(runs: &[Run]) -> usize {
    let one = |run: &Run| {
        let quotes = if run.look == Look::Code { QUOTES } else { 0 };
        run.text.graphemes(true).map(grapheme).sum::<usize>() + quotes
    };
    runs.iter().map(one).sum()
}

/// Returns the columns of the longest piece that is not broken as long as there is room for it.
pub(super) fn longest_word(runs: &[Run]) -> usize {
    words(runs)
        .iter()
        .map(|word| columns(&word.runs))
        .max()
        .unwrap_or(0)
}

/// Breaks runs into lines of at most so many columns: at blanks, and inside a word only where the word alone is wider.
pub(super) fn wrap(runs: &[Run], room: usize) -> Vec<Vec<Run>> {
    let mut lines = Vec::new();
    let mut line: Vec<Run> = Vec::new();
    for word in words(runs) {
        let mut longer = line.clone();
        if !longer.is_empty() {
            append(&mut longer, " ", word.blank);
        }
        for run in &word.runs {
            append(&mut longer, &run.text, run.look);
        }
        if columns(&longer) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut pieces = broken(&word.runs, room);
        line = pieces.pop().unwrap_or_default();
        lines.extend(pieces);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn words(runs: &[Run]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    // The look of the blank behind the last word; none while that word may go on.
    let mut blank = Some(Look::Plain);
    for run in runs {
        for (index, text) in run.text.split(' ').enumerate() {
            if index > 0 {
                blank = Some(run.look);
            }
            if text.is_empty() {
                continue;
            }
            let piece = Run::new(text, run.look);
            match (blank.take(), words.last_mut()) {
                (None, Some(word)) => word.runs.push(piece),
                (look, _) => words.push(Word {
                    blank: look.unwrap_or(Look::Plain),
                    runs: vec![piece],
                }),
            }
        }
    }
    words
}

/// Breaks a word between its letters.
fn broken(word: &[Run], room: usize) -> Vec<Vec<Run>> {
    let mut lines: Vec<Vec<Run>> = Vec::new();
    let mut line: Vec<Run> = Vec::new();
    for run in word {
        for letter in run.text.graphemes(true) {
            let mut longer = line.clone();
            append(&mut longer, letter, run.look);
            if columns(&longer) > room && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                append(&mut line, letter, run.look);
            } else {
                line = longer;
            }
        }
    }
    lines.push(line);
    lines
}

/// Adds text behind some runs; text of the same look goes on in the same run.
fn append(runs: &mut Vec<Run>, text: &str, look: Look) {
    match runs.last_mut().filter(|run| run.look == look) {
        Some(run) => run.text.push_str(text),
        None => runs.push(Run::new(text, look)),
    }
}

fn grapheme(grapheme: &str) -> usize {
    grapheme.width().max(spelling(grapheme).map_or(0, str::len))
}
