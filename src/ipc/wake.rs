//! Whom a change lets go on: found under an object's internal lock, woken when it is free. The one place
//! of `ipc` that wakes.
//!
//! Invariant: whoever was found is woken. A [`Wake`] that is dropped with anybody in it is a mistake that
//! would leave an actor asleep; it stops a debug build at once.

use super::seat::Seat;
use crate::arena::parts::Part;
use crate::trace::ActorId;

/// Those who may go on now, and look for themselves.
#[must_use = "whom a change lets go on must be woken: Seat::wake"]
#[derive(Debug, Default)]
pub(super) struct Wake(Vec<ActorId>);

impl Wake {
    pub(super) fn nobody() -> Wake {
        Wake(Vec::new())
    }

    pub(super) fn one(actor: ActorId) -> Wake {
        Wake(vec![actor])
    }

    pub(super) fn all(actors: Vec<ActorId>) -> Wake {
        Wake(actors)
    }

    /// The first of a list of waiters.
    pub(super) fn first_of(list: Part<'_>) -> Wake {
        Wake(list.first_waiter().into_iter().collect())
    }

    /// Everybody on a list of waiters.
    pub(super) fn all_of(list: Part<'_>) -> Wake {
        Wake(list.waiters())
    }

    pub(super) fn and(mut self, mut other: Wake) -> Wake {
        self.0.append(&mut other.0);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Wake {
    fn drop(&mut self) {
        debug_assert!(self.0.is_empty() || std::thread::panicking(), "{:?} may go on, and nobody woke them", self.0);
    }
}

impl Seat {
    /// Wakes them all. To be called when the internal locks are free under which they were found: they would
    /// only wait for those.
    pub(super) fn wake(&self, mut whom: Wake) {
        whom.0.drain(..).for_each(|actor| self.arena.bump(actor));
    }
}

#[cfg(test)]
mod tests {
    use super::Wake;
    use crate::trace::ActorId;

    #[test]
    fn nobody_need_not_be_woken() {
        drop(Wake::nobody().and(Wake::default()));
        assert!(Wake::nobody().is_empty() && Wake::all(Vec::new()).is_empty());
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "nobody woke them")]
    fn whoever_was_found_must_be_woken() {
        drop(Wake::nobody().and(Wake::one(ActorId(3))));
    }
}
