//! When a wait is over: the one rule, for whoever knows the facts. Shared memory knows them as they are, a world as
//! the trace told them.

use super::event::Until;
use super::id::{ActorId, ObjectId, PartRef};

/// What the rule asks for. What is not known is answered as if the wait went on.
pub trait Facts {
    /// Whether an object is broken, since an actor died inside of it.
    fn is_broken(&self, object: ObjectId) -> bool;
    /// Whether a flag is up.
    fn is_up(&self, flag: PartRef) -> bool;
    /// What a count is at.
    fn count_of(&self, count: PartRef) -> Option<i64>;
    /// Whether no actor has an owner part.
    fn is_free(&self, owner: PartRef) -> bool;
    /// Whether an actor is on a list of waiters.
    fn is_listed(&self, list: PartRef, actor: ActorId) -> bool;
    /// Whether no actor is on a list of waiters.
    fn is_deserted(&self, list: PartRef) -> bool;
    /// Whether a message lies in a slots part.
    fn has_messages(&self, slots: PartRef) -> bool;
    /// Whether an actor has ended.
    fn has_ended(&self, actor: ActorId) -> bool;
}

impl Until {
    /// Whether what an actor waits for is so. None: only the kernel knows (a pipe). A broken object keeps nobody
    /// waiting: each one that uses it is to be told.
    pub fn holds(self, waiter: ActorId, facts: &impl Facts) -> Option<bool> {
        let sleepers = match self {
            Until::OwnerFree(_, sleepers) => sleepers,
            _ => None,
        };
        if [self.part(), sleepers].into_iter().flatten().any(|part| facts.is_broken(part.object)) {
            return Some(true);
        }
        Some(match self {
            Until::Deadline => false,
            Until::FlagUp(part) => facts.is_up(part),
            Until::CountAbove(part, number) => facts.count_of(part).is_some_and(|count| count > number),
            Until::OwnerFree(part, sleepers) => facts.is_free(part) && sleepers.is_none_or(|sleepers| !facts.is_listed(sleepers, waiter)),
            Until::SlotsFilled(part) => facts.has_messages(part),
            Until::Ended(actor) => facts.has_ended(actor),
            Until::Left(list) => !facts.is_listed(list, waiter),
            Until::Emptied(list) => facts.is_deserted(list),
            Until::Readable(..) | Until::Writable(..) => return None,
        })
    }
}
