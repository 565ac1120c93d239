//! The scenarios that can be opened from the list. The screen knows their texts, never their files.

use crate::trace::scenario::Bilingual;

use super::source::Source;

/// What the list of scenarios asks, of whoever has them.
pub trait Library {
    /// All scenarios in the order of the list.
    fn entries(&self) -> Vec<Entry>;

    /// Starts a run of one. An error is a text for the user, perhaps of several lines.
    fn open(&mut self, name: &str) -> Result<Box<dyn Source>, String>;
}

/// One line of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    pub name: String,
    pub title: Bilingual,
    pub intro: Bilingual,
}
