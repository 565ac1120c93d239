//! The whole program as its user has it: in a terminal, by keys alone.
//!
//! Every test ends through [`pty::Screen::quit`] or [`pty::Screen::end`], which look at what is left:
//! the terminal as it was, and no process.

mod control;
mod decisive;
mod ends;
mod hand;
mod history;
mod lesson;
mod looks;
mod panics;
mod plays;
mod pty;
mod reading;
mod replays;
mod runs;
mod strain;
