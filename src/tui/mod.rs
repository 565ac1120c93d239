//! The screen: reads a timeline, draws it, and tells what the user wants. No processes, no language.
//!
//! `keys` gives actions, `update` changes the settings and gives intents, `scene` reads what one
//! frame needs, `view` draws it. `session` is what is open; only
//! `terminal` and the loop in `app` touch the terminal.

pub mod answer;
pub mod app;
pub mod arrange;
pub mod ascii;
pub mod asking;
pub mod control;
pub mod follow;
pub mod history;
mod input;
pub mod keys;
pub mod labels;
pub mod library;
pub mod menu;
pub mod mouse;
pub mod narrate;
pub mod paint;
pub mod presenting;
pub mod row;
pub mod scene;
pub mod session;
pub mod sight;
pub mod sixteen;
pub mod source;
pub mod state;
pub mod terminal;
pub mod theme;
pub mod thing;
pub mod update;
pub mod view;
pub mod windows;

pub use app::run;
pub use library::{Entry, Library};
pub use session::Start;
pub use source::{Draft, DraftFault, Edited, HandSignal, Inside, InsideFact, Intent, Source, SourceKind, Status};
pub use state::Options;
pub use theme::Theme;

#[cfg(test)]
mod tests;
