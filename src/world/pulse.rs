//! When each flag was last set and cleared, by whom, and who noticed: a set that was cleared again is not remembered
//! by the flag, so an actor that comes to wait afterwards waits for the next one.
//!
//! Invariant: one entry for each flag that was ever raised; it follows from the events alone.

use std::hash::{Hash, Hasher};

use super::{Activity, World};
use crate::trace::{ActorId, Body, Change, Event, Nanos, PartRef, Until};

/// Who set or cleared a flag, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub actor: ActorId,
    /// The step; 0 where the kernel scheduled.
    pub step: u64,
    pub time: Nanos,
}

/// The last time that a flag was up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pulse {
    pub part: PartRef,
    pub set: Moment,
    /// None while it is up.
    pub cleared: Option<Moment>,
    /// Who waited for it when it was set, or looked at it while it was up.
    pub noticed: Vec<ActorId>,
}

/// All flags that were ever up. A digest knows of it already, as of [`super::hold::Holds`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pulses(Vec<Pulse>);

impl Hash for Pulses {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl World {
    /// When a flag was last set, and cleared since. None where it is up, or never was.
    pub fn pulse(&self, part: PartRef) -> Option<(Moment, Moment)> {
        self.pulses.0.iter().find(|pulse| pulse.part == part).and_then(|pulse| Some((pulse.set, pulse.cleared?)))
    }

    /// Whether a flag was set and cleared without an actor's having noticed.
    pub fn has_missed(&self, actor: ActorId, part: PartRef) -> bool {
        self.pulses.0.iter().any(|pulse| pulse.part == part && pulse.cleared.is_some() && !pulse.noticed.contains(&actor))
    }

    /// Takes up that an actor has looked at what is up, and changed nothing.
    pub(super) fn note_notice(&mut self, event: &Event) {
        let Body::Acted(acted) = &event.body else { return };
        let (true, Some(object)) = (acted.changes.is_empty(), acted.on.object()) else { return };
        for pulse in self.pulses.0.iter_mut().filter(|pulse| pulse.part.object == object && pulse.cleared.is_none()) {
            if !pulse.noticed.contains(&event.actor) {
                pulse.noticed.push(event.actor);
            }
        }
    }

    /// Takes up that an actor raised or lowered a flag.
    pub(super) fn note_flag(&mut self, by: ActorId, change: &Change) {
        let Change::Raised { part, up } = *change else { return };
        let now = Moment { actor: by, step: self.step, time: self.now };
        let awaits = |activity: &Activity| matches!(activity, Activity::Waiting(wait) if wait.until.contains(&Until::FlagUp(part)));
        let waiters = || self.all_actors().filter(|actor| awaits(&actor.activity)).map(|actor| actor.id).collect();
        let noticed: Vec<ActorId> = if up { waiters() } else { Vec::new() };
        match (up, self.pulses.0.iter_mut().find(|pulse| pulse.part == part)) {
            (true, Some(pulse)) if pulse.cleared.is_some() => *pulse = Pulse { part, set: now, cleared: None, noticed },
            (true, None) => self.pulses.0.push(Pulse { part, set: now, cleared: None, noticed }),
            (false, Some(pulse)) if pulse.cleared.is_none() => pulse.cleared = Some(now),
            // It was so already.
            (true, Some(_)) | (false, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kind::event;
    use crate::trace::{ActorId, Change, ObjectId, On, PartRef, Until};
    use crate::world::sample::{Did, MAIN, Sample, waits};

    const E: ObjectId = ObjectId(1);
    const A: ActorId = ActorId(3);

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

    /// Whether main, and whether a, has missed the set, which main made and took back; before, between, after which a did something.
    fn missed(a: [Option<fn(&mut Sample)>; 3]) -> [bool; 2] {
        let part = PartRef::new(E, event::FLAG);
        let mut run = Sample::new();
        run.make(MAIN, E, event::ID, "e", 1);
        run.start(A, "a", "f", 1);
        for (did, up) in a.into_iter().zip([Some(true), Some(false), None]) {
            did.into_iter().for_each(|did| did(&mut run));
            if let Some(up) = up {
                let changes = vec![Change::Raised { part, up }];
                run.step(MAIN, &event::SET, &event::SET_RAISED, Did { on: On::Object(E), changes, ..Did::default() });
            }
        }
        [MAIN, A].map(|actor| run.world.has_missed(actor, part))
    }

    #[test]
    fn who_waited_for_a_set_or_saw_it_has_not_missed_it() {
        fn looks(run: &mut Sample) {
            run.step(A, &event::IS_SET, &event::IS_SET_READ, Did { on: On::Object(E), ..Did::default() });
        }
        fn comes_to_wait(run: &mut Sample) {
            let next = waits(vec![Until::FlagUp(PartRef::new(E, event::FLAG))], None);
            run.step(A, &event::WAIT, &event::WAIT_WAITS, Did { on: On::Object(E), next, ..Did::default() });
        }
        assert_eq!(missed([None, None, None]), [true, true]);
        assert_eq!(missed([Some(looks), None, Some(comes_to_wait)]), [true, true]);
        assert_eq!(missed([None, Some(looks), None]), [true, false]);
        assert_eq!(missed([Some(comes_to_wait), None, None]), [true, false]);
    }
}
