//! How customers write: a statement about the topic in the mood of the score, now and then with a word before or after,
//! hurried spelling and all.

use super::chance::Chance;
use super::feedback::Topic;
use super::phrases::{Feeling, closers, openers, statements};

/// Returns how often people write something about a topic: the angry write more.
pub(super) fn likelihood(topic: Topic) -> f64 {
    match topic {
        Topic::CheckoutBroken | Topic::Leaving(_) => 0.85,
        Topic::SlowSupport | Topic::FeatureRequest | Topic::Price | Topic::PriceRise => 0.75,
        Topic::Onboarding | Topic::Checkout | Topic::Support | Topic::Product | Topic::Renewal => {
            0.45
        }
    }
}

/// Writes a comment.
pub(super) fn compose(topic: Topic, feeling: Feeling, chance: &mut Chance) -> String {
    let core = chance
        .pick(statements(topic, feeling))
        .unwrap_or("no comment");
    let opener = if chance.happens(0.22) {
        chance.pick(openers(feeling)).unwrap_or_default()
    } else {
        ""
    };
    let ends = core.ends_with(['?', '!']);
    let closer = if !ends && chance.happens(0.28) {
        chance.pick(closers(feeling)).unwrap_or_default()
    } else {
        ""
    };
    let mut text = if opener.is_empty() && chance.happens(0.55) {
        capital(core)
    } else {
        core.to_string()
    };
    text.insert_str(0, opener);
    text.push_str(closer);
    if closer.is_empty() && !ends && chance.happens(0.3) {
        text.push('.');
    }
    if chance.happens(0.09) {
        misspell(&text, chance)
    } else {
        text
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Drops one letter or swaps two, inside a word.
fn misspell(text: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let inside: Vec<usize> = (1..letters.len().saturating_sub(1))
        .filter(|&index| {
            letters[index - 1..=index + 1]
                .iter()
                .all(char::is_ascii_lowercase)
        })
        .collect();
    let choices: Vec<&usize> = inside.iter().collect();
    if let Some(&index) = chance.pick(&choices) {
        if chance.happens(0.5) {
            letters.remove(index);
        } else {
            letters.swap(index, index + 1);
        }
    }
    letters.into_iter().collect()
}
