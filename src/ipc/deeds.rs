//! What the user's hand can do, as one table: each primitive lists its operations and the functions that do them.
//! Whoever acts for the hand (its own process, or the server that keeps an object) looks them up here.
//!
//! Invariant: the table has what the kinds list for the hand, and nothing else. No function in it waits: what
//! cannot be done now is refused with the reason.

use super::context::Context;
use super::hand::{Row, Task, cannot};
use super::refusal::Outcome;
use super::{barrier, cells, condition, event, joinable_queue, lock, managed, managed_queue, pipe, queue, semaphore, simple_queue};
use crate::trace::OpId;

/// The rows of all primitives.
const TABLE: &[&[Row]] = &[
    pipe::BY_HAND,
    queue::BY_HAND,
    joinable_queue::BY_HAND,
    simple_queue::BY_HAND,
    event::BY_HAND,
    lock::BY_HAND,
    semaphore::BY_HAND,
    condition::BY_HAND,
    barrier::BY_HAND,
    cells::BY_HAND,
    managed::BY_HAND,
    managed_queue::BY_HAND,
];

/// Does an operation for the hand.
pub fn perform(ctx: &Context, op: OpId, task: &Task) -> Outcome {
    match TABLE.iter().copied().flatten().find(|row| row.op.id == op) {
        Some(row) => (row.act)(ctx, task),
        None => Err(cannot()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TABLE;
    use crate::kind::{self, process};

    /// What is done to processes the host does, through pidfds.
    #[test]
    fn the_table_has_what_the_kinds_list_and_nothing_else() {
        let rows: Vec<_> = TABLE.iter().copied().flatten().map(|row| row.op.id).collect();
        let listed: BTreeSet<_> =
            kind::ALL.iter().filter(|kind| kind.id != process::ID).flat_map(|kind| kind.hand.iter().copied()).collect();
        assert_eq!(rows.iter().copied().collect::<BTreeSet<_>>(), listed);
        assert_eq!(rows.len(), listed.len(), "an operation has two rows");
    }
}
