//! Since when each owner holds what it holds.
//!
//! Invariant: one entry for each owned part, made when it was taken and gone when it is free.

use std::hash::{Hash, Hasher};

use super::World;
use crate::trace::{Nanos, PartRef};

/// When a part came to its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    pub part: PartRef,
    /// The step; 0 where the kernel scheduled.
    pub step: u64,
    pub time: Nanos,
}

/// All that is held. It follows from events that a digest knows of already, so it adds nothing to one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds(Vec<Hold>);

impl Hash for Holds {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl World {
    /// Since when a part is held; none if it is free.
    pub fn held_since(&self, part: PartRef) -> Option<Hold> {
        self.holds.0.iter().copied().find(|hold| hold.part == part)
    }

    pub(super) fn note_taken(&mut self, part: PartRef) {
        self.note_freed(part);
        self.holds.0.push(Hold { part, step: self.step, time: self.now });
    }

    pub(super) fn note_freed(&mut self, part: PartRef) {
        self.holds.0.retain(|hold| hold.part != part);
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
