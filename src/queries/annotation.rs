//! A dated note that trends draw: a release, an outage, a campaign.

use jiff::civil::Date;

/// One dated note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The day it happened.
    pub date: Date,
    /// What happened, in a few words.
    pub text: String,
    /// What sort of thing it is, such as `release` or `outage`; empty when not said.
    pub kind: String,
}
