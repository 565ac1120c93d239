//! The contract between those who act and those who look: events, their encoding, recordings.
//!
//! Events speak of actors, objects and parts, never of primitives, so that any front end that
//! emits them can be shown. Nothing here starts a process or reads a clock.

#[cfg(test)]
pub mod arbitrary;
pub mod codec;
pub mod course;
pub mod event;
pub mod fnv;
pub mod id;
pub mod recording;
pub mod scenario;
pub mod wait;

pub use course::{Goal, Pace, Phase, Walk};
pub use event::*;
pub use fnv::fnv1a;
pub use id::*;
