//! Sentences from world and kind, in English and Chinese: what happened, why, who waits for whom.
//! Pure: reads worlds and events, knows neither a terminal nor a process.
//!
//! Invariant: what a sentence says is in the event or in the worlds around it, never guessed.

pub mod chain;
pub mod chosen;
mod death;
pub mod json;
pub mod linear;
pub mod lost_update;
pub mod name;
pub mod obstacle;
mod os;
pub mod plain;
pub mod question;
pub mod remedy;
mod row;
mod scene;
mod sentence;
mod stuck;
pub mod template;
pub mod unstarted;
mod verdict;
pub mod visible;
mod waiting;

pub use chain::{Chain, Link, chain};
pub use os::os_error;
pub use row::{announced, row};
pub use sentence::sentence;
pub use stuck::{Standstill, held_up, standstill, stuck, time_limit, whereabouts};
pub use verdict::{busy, proved, told};
pub use waiting::{taken, waiting};

#[cfg(test)]
mod tests;
