//! ipcscope: an oscilloscope for inter-process communication. The modules in reading order; each
//! uses only those before it (`tests/layers.rs` holds this).
#![deny(unsafe_code)]

#[allow(unsafe_code)]
pub mod sys;

pub mod trace;

pub mod kind;

pub mod world;

pub mod text;

pub mod arena;

pub mod ipc;

pub mod script;

pub mod child;

pub mod host;

pub mod tui;

pub mod cli;

pub mod app;
