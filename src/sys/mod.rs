//! The only unsafe code: safe functions over system calls, grouped by topic.
//!
//! Every descriptor made here is close-on-exec, so that a started process gets exactly those that
//! its starter names. Knows nothing of actors, objects or events.

pub mod child;
pub mod clock;
pub mod futex;
pub mod heap;
pub mod mapping;
pub mod memfile;
pub mod pidfd;
pub mod pipe;
pub mod procfs;
pub mod rename;
pub mod socket;
pub mod spawn;
