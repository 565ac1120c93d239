//! When each flag was last set and cleared, and by whom: a set that was cleared again is not remembered by the flag,
//! so whoever waits afterwards waits for the next one.
//!
//! Invariant: one entry for each flag that was ever raised; it follows from the events alone.

use std::hash::{Hash, Hasher};

use super::World;
use crate::trace::{ActorId, Change, Nanos, PartRef};

/// What somebody did, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub actor: ActorId,
    /// The step; 0 where the kernel scheduled.
    pub step: u64,
    pub time: Nanos,
}

/// The last time that a flag was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    pub part: PartRef,
    pub set: Moment,
    /// None while it is up.
    pub cleared: Option<Moment>,
}

/// All flags that were ever up. A digest knows of it already, as of [`super::hold::Holds`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulses(Vec<Pulse>);

impl Hash for Pulses {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl World {
    /// When a flag was last set, and cleared since. None where it is up, or never was.
    pub fn pulse(&self, part: PartRef) -> Option<(Moment, Moment)> {
        self.pulses.0.iter().find(|pulse| pulse.part == part).and_then(|pulse| Some((pulse.set, pulse.cleared?)))
    }

    /// Takes up that an actor raised or lowered a flag.
    pub(super) fn note_flag(&mut self, by: ActorId, change: &Change) {
        let Change::Raised { part, up } = *change else { return };
        let now = Moment { actor: by, step: self.step, time: self.now };
        match (up, self.pulses.0.iter_mut().find(|pulse| pulse.part == part)) {
            (true, Some(pulse)) if pulse.cleared.is_some() => (pulse.set, pulse.cleared) = (now, None),
            (true, None) => self.pulses.0.push(Pulse { part, set: now, cleared: None }),
            (false, Some(pulse)) if pulse.cleared.is_none() => pulse.cleared = Some(now),
            // It was so already.
            (true, Some(_)) | (false, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kind::event;
    use crate::trace::{Change, ObjectId, On, PartRef};
    use crate::world::sample::{Did, MAIN, Sample};

    #[test]
    fn a_pulse_is_the_last_set_that_was_cleared_again() {
        let part = PartRef::new(ObjectId(1), event::FLAG);
        let mut run = Sample::new();
        run.make(MAIN, ObjectId(1), event::ID, "e", 1);
        let mut flag = |up: bool| {
            let changes = vec![Change::Raised { part, up }];
            run.step(MAIN, &event::SET, &event::SET_RAISED, Did { on: On::Object(ObjectId(1)), changes, ..Did::default() });
            run.world.pulse(part).map(|(set, cleared)| (set.step, cleared.step))
        };
        let told = [false, true, true, false, false, true, false].map(&mut flag);
        assert_eq!(told, [None, None, None, Some((3, 5)), Some((3, 5)), None, Some((7, 8))]);
    }
}
