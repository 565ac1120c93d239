//! How each primitive acts, on arena and sys alone; one file each. `seat` and `context` are what an
//! actor acts with, `control` is how a process talks to the host. The files are named here in reading order,
//! and each uses only those before it.

mod error_kind;

pub mod value;

pub mod fault;

pub mod error;

pub mod refusal;

pub mod typed;

pub mod control;

pub mod seat;

pub mod context;

pub mod hand;

mod wake;

mod take;

pub mod lock;

pub mod semaphore;

pub mod event;

pub mod condition;

pub mod barrier;

pub mod cells;

pub mod copies;

mod frame;

pub mod ends;

mod travel;

mod stream;

pub mod pipe;

pub mod ready;

pub mod guarded;

pub mod simple_queue;

mod buffer;

mod thread;

mod feeder;

pub mod joinable_queue;

pub mod queue;

pub mod start;

pub mod process;

pub mod connection;

mod lent;

pub mod hosted;

pub mod managed;

mod managed_queue;

pub mod registered;

pub mod deeds;

mod by_hand;

pub mod manager;

pub mod server;

pub mod result;

pub mod pool;

pub mod life;

pub use context::{Context, Patience};
pub use error::{ErrorKind, IpcError, Result};
pub use value::Value;

#[cfg(test)]
mod monitor_tests;
