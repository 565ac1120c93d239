//! Since when nothing has changed, and who has only looked since: busy waiting, as far as a trace can tell.
//!
//! The rule. An outcome without a change of any part changes nothing, nor does time that passes, nor a sleep. What is
//! printed, a start and a death are changes, and an actor that computes may come to something. An actor that has done
//! many things since the last change, none of which changed anything, only looks. If all who live only look or wait
//! for good, none of them will find anything else than before. A number of tries that an actor keeps to itself could
//! still end its loop: so it is likely, never proved. An actor that takes a lock to look changes who holds it, and is
//! not known as one that only looks.
//!
//! Invariant: it costs one comparison for each event that changes something.

use std::hash::{Hash, Hasher};

use super::{Activity, World};
use crate::kind::process;
use crate::trace::{ActorId, Body, Event, Mode, Until};

/// So many steps without any change are needed before anything is said.
pub const STEPS: u64 = 1000;

/// So much an actor must have done in them.
const LOOKS: u32 = 50;

/// What has happened since the last change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quiet {
    /// The step of the last change.
    since: u64,
    /// Who has done how much since.
    looks: Vec<(ActorId, u32)>,
}

/// It follows from events that a digest knows of already.
impl Hash for Quiet {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Actors that only look at what nobody changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idling {
    /// Sorted.
    pub actors: Vec<ActorId>,
    /// The step of the last change.
    pub since: u64,
}

impl World {
    /// Who waits busily for what nobody will change, as it seems. Only in gated runs, since elsewhere there are no steps.
    pub fn idling(&self) -> Option<Idling> {
        let quiet = &self.quiet;
        if self.mode != Mode::Gated || quiet.looks.is_empty() || self.step.saturating_sub(quiet.since) < STEPS {
            return None;
        }
        let looks = |id: ActorId| quiet.looks.iter().any(|(actor, count)| *actor == id && *count >= LOOKS);
        let for_good = |activity: &Activity| matches!(activity, Activity::Waiting(wait) if wait.deadline.is_none());
        let alive = || self.all_actors().filter(|actor| !actor.is_dead() && actor.process != ActorId::HAND);
        if !alive().all(|actor| !actor.stopped && (looks(actor.id) || for_good(&actor.activity))) {
            return None;
        }
        let actors: Vec<ActorId> = alive().map(|actor| actor.id).filter(|id| looks(*id)).collect();
        (!actors.is_empty()).then_some(Idling { actors, since: quiet.since })
    }

    /// Takes up an event.
    pub(super) fn note_quiet(&mut self, event: &Event) {
        let looked = match &event.body {
            Body::Announced(_) | Body::Rest(_) | Body::Granted { .. } | Body::Clock { .. } => return,
            Body::Acted(acted) => acted.op != process::COMPUTE.id && acted.changes.is_empty() && !self.waits_for_somebody(event.actor),
            _ => false,
        };
        let quiet = &mut self.quiet;
        match quiet.looks.iter_mut().find(|(actor, _)| *actor == event.actor) {
            _ if !looked => {
                quiet.since = self.step;
                quiet.looks.clear();
            }
            Some((_, count)) => *count = count.saturating_add(1),
            None => quiet.looks.push((event.actor, 1)),
        }
    }

    /// Whether an actor has come to wait for anything but the clock: that is done once, and is no look.
    fn waits_for_somebody(&self, id: ActorId) -> bool {
        let waits = |activity: &Activity| match activity {
            Activity::Waiting(wait) => wait.until.iter().any(|until| *until != Until::Deadline),
            _ => false,
        };
        self.actor(id).is_some_and(|actor| waits(&actor.activity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::event;
    use crate::trace::{Change, ObjectId, On, PartRef};
    use crate::world::sample::{Did, MAIN, MS, Sample, waits};

    const A: ActorId = ActorId(3);
    const B: ActorId = ActorId(4);
    const E: ObjectId = ObjectId(1);

    fn looks(run: &mut Sample, who: ActorId) {
        run.step(who, &event::IS_SET, &event::IS_SET_READ, Did { on: On::Object(E), detail: "false", ..Did::default() });
    }

    /// Two processes that look for so many rounds, while main waits for them.
    fn looking(rounds: u64) -> Sample {
        let mut run = Sample::new();
        run.make(MAIN, E, event::ID, "e", 1);
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        run.join(A, 5);
        for _ in 0..rounds {
            looks(&mut run, A);
            looks(&mut run, B);
        }
        assert_eq!(run.world.faults, []);
        run
    }

    fn who(run: &Sample) -> Option<(Vec<ActorId>, u64)> {
        run.world.idling().map(|idling| (idling.actors, idling.since))
    }

    #[test]
    fn who_looks_long_enough_at_what_nobody_changes_waits_busily() {
        assert_eq!(who(&looking(STEPS / 2 - 1)), None);
        let mut run = looking(STEPS / 2);
        let since = run.world.step - STEPS;
        assert_eq!(who(&run), Some((vec![A, B], since)));
        // To sleep between the looks makes no difference; to sleep long does, for then something else may come.
        let sleep = waits(vec![Until::Deadline], Some(2000 * MS));
        run.step(A, &process::SLEEP, &process::SLEEP_SLEEPS, Did { next: sleep, ..Did::default() });
        assert_eq!(who(&run), Some((vec![A, B], since)));
        // Any change begins anew.
        let changes = vec![Change::Raised { part: PartRef::new(E, event::FLAG), up: true }];
        run.step(B, &event::SET, &event::SET_RAISED, Did { on: On::Object(E), changes, ..Did::default() });
        assert_eq!(who(&run), None);
    }

    #[test]
    fn as_long_as_one_has_not_looked_it_may_still_do_something() {
        let mut run = looking(0);
        (0..2 * STEPS).for_each(|_| looks(&mut run, A));
        assert_eq!(who(&run), None, "b has not gone yet");
        let next = waits(vec![Until::Deadline], Some(9_000 * MS));
        run.step(B, &process::SLEEP, &process::SLEEP_SLEEPS, Did { next, ..Did::default() });
        (0..2 * STEPS).for_each(|_| looks(&mut run, A));
        assert_eq!(who(&run), None, "b sleeps");
        run.end(B, vec![]);
        (0..STEPS).for_each(|_| looks(&mut run, A));
        assert_eq!(who(&run).map(|(actors, _)| actors), Some(vec![A]));
        run.step(A, &process::COMPUTE, &process::COMPUTE.outcomes[0], Did::default());
        assert_eq!(who(&run), None, "it may come to something");
        (0..STEPS).for_each(|_| looks(&mut run, A));
        assert_eq!(who(&run).map(|(actors, _)| actors), Some(vec![A]));
        run.print(A, 7, "still here");
        assert_eq!(who(&run), None, "what is printed is seen");
    }
}
