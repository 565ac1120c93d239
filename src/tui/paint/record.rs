//! What a frame was made of, written down while a test draws it: every text with its place and style,
//! and every text of which nothing was shown. Compiled for tests alone, it changes nothing.

use std::cell::RefCell;

use ratatui::layout::Rect;
use ratatui::style::Style;

/// One call that wrote text, or was meant to.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    Put {
        x: u16,
        y: u16,
        text: String,
        style: Style,
        area: Rect,
    },
    /// Not even an ellipsis stands for this text.
    Lost(String),
}

thread_local! {
    static NOTES: RefCell<Option<Vec<Note>>> = const { RefCell::new(None) };
}

/// Gives what `draw` wrote, in order.
pub fn of(draw: impl FnOnce()) -> Vec<Note> {
    NOTES.set(Some(Vec::new()));
    draw();
    NOTES.take().unwrap_or_default()
}

pub(super) fn put(x: u16, y: u16, text: &str, style: Style, area: Rect) {
    note(|| Note::Put { x, y, text: text.to_owned(), style, area });
}

/// Notes a text that is not shown at all, if it says anything.
pub(super) fn lost(text: &str) {
    if says_something(text) {
        note(|| Note::Lost(text.to_owned()));
    }
}

/// Whether a text is more than lines, arrows and space.
pub fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn note(note: impl FnOnce() -> Note) {
    NOTES.with_borrow_mut(|notes| {
        if let Some(notes) = notes {
            notes.push(note());
        }
    });
}
