//! The scenario language: how it binds each primitive, parameters, current line, diagnostics.
//!
//! `scenario` and `params` read what a user wrote, `check` looks it over, `program` runs it. One file
//! per primitive says what the language offers of it; `language` lists them.

mod array;
mod barrier;
#[cfg(test)]
mod bench;
mod binding;
mod caught;
pub mod check;
mod condition;
mod convert;
pub mod diagnostic;
mod engine;
mod event;
mod fault;
mod language;
mod lock;
mod manager;
mod names;
pub mod params;
mod pipe;
mod pool;
mod print;
mod process;
pub mod program;
mod proxy;
mod questions;
mod queue;
mod raise;
mod random;
mod registered;
mod runtime;
pub mod scenario;
mod semaphore;
mod shows;
mod simple_queue;
mod slips;
pub mod start;
mod task;
mod time;
mod tokens;
mod unused;
mod value;
mod with;

pub use check::{check, notes};
pub use diagnostic::{Diagnostic, Place};
pub use program::{Program, ScriptError};
pub use scenario::{LoadError, built_in_texts, library, load, load_leniently};
pub use shows::{Shows, shows};

#[cfg(test)]
mod tests;
