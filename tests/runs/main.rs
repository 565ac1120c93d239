//! Runs inside the test: started, stepped, interfered with and looked into through the library, so that the
//! world, the memory and the kernel can be held against each other after every step.
//!
//! What a user sees of the program itself is in `tests/program`, the screen in `tests/screen`.

#[path = "../common/bustle.rs"]
mod bustle;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/small.rs"]
mod small;

mod anything;
mod audit;
mod branches;
mod hand;
mod inside;
mod kept;
mod killed;
mod kills;
mod lost_updates;
mod mixed;
mod orders;
mod paused;
mod pools;
mod questions;
mod readings;
mod scenarios;
mod switches;
