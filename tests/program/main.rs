//! The program as its user meets it, but for the screen: what it prints, how it ends, what it leaves behind.

#[path = "../common/bustle.rs"]
mod bustle;
#[path = "../common/mod.rs"]
mod common;

mod beginnings;
mod determinism;
mod errors;
mod golden;
mod leaks;
mod managers;
mod memory;
mod outlets;
mod recording;
