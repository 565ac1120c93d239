//! Since when each owner holds what it holds.
//!
//! Invariant: one entry for each owned part, made when it was taken and gone when it is free.

use std::hash::{Hash, Hasher};

use super::World;
use crate::trace::{ActorId, Nanos, PartRef, Rest};

/// When a part came to its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub part: PartRef,
    /// The step; 0 where the kernel scheduled.
    pub step: u64,
    pub time: Nanos,
    /// Who else could have gone instead, in that step.
    pub rivals: Vec<ActorId>,
}

/// All that is held. It follows from events that a digest knows of already, so it adds nothing to one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Holds {
    all: Vec<Hold>,
    /// The rest before the step that is being done.
    before: Option<Rest>,
}

impl Hash for Holds {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl World {
    /// Since when a part is held; none if it is free.
    pub fn held_since(&self, part: PartRef) -> Option<&Hold> {
        self.holds.all.iter().find(|hold| hold.part == part)
    }

    /// Somebody was let go: the moment of rest is over.
    pub(super) fn note_granted(&mut self) {
        self.holds.before = self.rest.take();
    }

    /// Who could have gone when the step began that is being done.
    pub(super) fn rivals(&self) -> Vec<ActorId> {
        self.holds.before.iter().flat_map(|rest| &rest.candidates).map(|candidate| candidate.actor).collect()
    }

    pub(super) fn note_taken(&mut self, part: PartRef) {
        self.note_freed(part);
        self.holds.all.push(Hold { part, step: self.step, time: self.now, rivals: self.rivals() });
    }

    pub(super) fn note_freed(&mut self, part: PartRef) {
        self.holds.all.retain(|hold| hold.part != part);
    }
}

#[cfg(test)]
mod tests {
    use crate::kind::lock;
    use crate::trace::{Change, ObjectId, On, PartRef};
    use crate::world::sample::{Did, MAIN, Sample};

    #[test]
    fn a_hold_lasts_from_the_taking_to_the_last_release() {
        let mut run = Sample::new();
        run.make(MAIN, ObjectId(1), lock::ID, "l", 1);
        let part = PartRef::new(ObjectId(1), lock::OWNER);
        let mut own = |depth: u32| {
            let changes = vec![Change::Owned { part, owner: (depth > 0).then_some(MAIN), depth }];
            run.step(MAIN, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: On::Object(ObjectId(1)), changes, ..Did::default() });
            run.world.held_since(part).map(|hold| hold.step)
        };
        assert_eq!([1, 2, 1, 0, 1].map(&mut own), [Some(2), Some(2), Some(2), None, Some(6)]);
    }
}
