//! The scenario language: how it binds each primitive, parameters, current line, diagnostics.
//!
//! `scenario` and `params` read what a user wrote, `check` looks it over, `program` runs it. One file
//! per primitive says what the language offers of it; `language` lists them. The files are named here in
//! reading order, and each uses only those before it.

pub mod diagnostic;

mod tokens;

mod slips;

pub mod params;

mod questions;

mod shows;

pub mod scenario;

pub mod start;

mod raise;

mod names;

mod links;

mod types;

mod held;

mod runtime;

mod convert;

mod afar;

mod binding;

mod print;

mod random;

mod time;

mod process;

mod task;

mod pipe;

mod lock;

mod semaphore;

mod event;

mod condition;

mod barrier;

mod queue;

mod simple_queue;

mod value;

mod array;

mod pool;

mod manager;

mod proxy;

mod registered;

mod language;

mod with;

mod fault;

mod caught;

pub mod shelter;

mod engine;

mod parsed;

mod unused;

pub mod check;

pub mod program;

#[cfg(test)]
mod bench;

pub use check::{check, notes};
pub use diagnostic::{Diagnostic, Place};
pub use program::{Program, ScriptError};
pub use scenario::{LoadError, built_in_texts, library, load, load_leniently};
pub use shows::{Shows, shows};

#[cfg(test)]
mod tests;
