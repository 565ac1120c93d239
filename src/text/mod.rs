//! Sentences from world and kind, in English and Chinese: what happened, why, who waits for whom.
//! Pure: reads worlds and events, knows neither a terminal nor a process.
//!
//! Invariant: what a sentence says is in the event or in the worlds around it, never guessed.

mod death;
pub mod json;
pub mod linear;
pub mod name;
pub mod plain;
pub mod question;
mod row;
mod scene;
mod sentence;
pub mod template;
mod verdict;
mod waiting;

pub use row::{announced, row};
pub use sentence::sentence;
pub use verdict::{proved, told};
pub use waiting::{chain, stuck, waiting};

#[cfg(test)]
mod tests;
