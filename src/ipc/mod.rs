//! How each primitive acts, on arena and sys alone; one file each. `seat` and `context` are what an
//! actor acts with, `control` is how a process talks to the host.

pub mod barrier;
mod by_hand;
pub mod cells;
pub mod condition;
pub mod connection;
pub mod context;
pub mod control;
pub mod error;
pub mod event;
pub mod fault;
mod feeder;
mod frame;
pub mod guarded;
pub mod hosted;
pub mod joinable_queue;
mod lent;
pub mod life;
pub mod lock;
pub mod managed;
mod managed_queue;
pub mod manager;
pub mod pipe;
pub mod pool;
pub mod process;
pub mod queue;
pub mod ready;
pub mod refusal;
pub mod registered;
pub mod result;
pub mod seat;
pub mod semaphore;
pub mod server;
pub mod simple_queue;
pub mod start;
mod stream;
mod take;
mod thread;
mod travel;
pub mod typed;
pub mod value;
mod wake;

pub use context::{Context, Patience};
pub use error::{ErrorKind, IpcError, Result};
pub use value::Value;

#[cfg(test)]
mod monitor_tests;
