//! A small scenario for each primitive: every step of it can be looked at, and everyone in it be killed.

/// Their files, as a user would name them.
pub(crate) const SMALL: &[&str] = &[
    "tests/small/semaphore.rhai",
    "tests/small/simple-queue.rhai",
    "tests/small/joinable-queue.rhai",
    "tests/small/barrier.rhai",
    "tests/small/travelling-ends.rhai",
    "tests/small/pool.rhai",
    "tests/small/cut-off.rhai",
    "tests/small/manager.rhai",
    "tests/small/managed-queue.rhai",
    "tests/small/managed-locks.rhai",
    "tests/small/registered.rhai",
];
