//! An actor as the trace tells of it.

use crate::trace::{ActorId, Announced, Cause, Nanos, ObjectId, On, OpId, Role, Wait};

/// A process or a thread of one, as the events tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    pub id: ActorId,
    pub role: Role,
    /// The process whose thread it is.
    pub process: ActorId,
    pub creator: Option<ActorId>,
    /// The object that a helper works for.
    pub object: Option<ObjectId>,
    pub name: String,
    pub function: String,
    pub pid: u32,
    pub tid: u32,
    pub activity: Activity,
    /// The operation that it is in or about to begin, and on what.
    pub doing: Option<(OpId, On)>,
    /// Line of that operation; 0 if it has none.
    pub line: u32,
    /// Since when it is in its activity, and waits for what it waits for now.
    pub since: Nanos,
    /// The same as a step; 0 before the first, and where the kernel schedules.
    pub step: u64,
    /// SIGSTOPped from outside.
    pub stopped: bool,
}

/// What an actor is at, from its birth to its death.
#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Activity {
    /// Born, and not yet begun.
    Unborn,
    /// At the gate, with its next step announced (always so in gated runs, never in free ones).
    Ready(Announced),
    Running,
    /// In the kernel, until something holds. With `Until::Deadline` alone it is asleep.
    Waiting(Wait),
    /// It came to its end; its death is on its way.
    Ending,
    Dead(Cause),
}

impl Activity {
    /// Whether it is still the same: who waits for something else than before waits anew.
    pub(super) fn goes_on_in(&self, next: &Activity) -> bool {
        match (self, next) {
            (Activity::Waiting(before), Activity::Waiting(now)) => before.until == now.until,
            _ => std::mem::discriminant(self) == std::mem::discriminant(next),
        }
    }
}

impl Actor {
    /// Whether its death was noticed; an actor that is ending is not dead yet.
    pub fn is_dead(&self) -> bool {
        matches!(self.activity, Activity::Dead(_))
    }
}

#[cfg(test)]
mod tests {
    use super::Activity;
    use crate::kind::{condition, lock, pipe};
    use crate::trace::{ActorId, Change, ObjectId, On, PartRef, Until};
    use crate::world::sample::{Did, MAIN, Sample, made, waits};

    const SLEEPER: ActorId = ActorId(3);
    const COND: ObjectId = ObjectId(1);
    const LOCK: ObjectId = ObjectId(2);

    /// Since which step the sleeper waits for what it waits for.
    fn since(run: &Sample) -> (u64, u64) {
        let sleeper = run.world.actor(SLEEPER).expect("it was born");
        assert!(matches!(sleeper.activity, Activity::Waiting(_)));
        assert!(run.world.now > sleeper.since || run.world.step == sleeper.step);
        (sleeper.step, run.world.step)
    }

    /// A notification ends one wait and begins another.
    #[test]
    fn who_is_notified_waits_for_the_lock_since_then() {
        let mut run = Sample::new();
        run.make(MAIN, COND, condition::ID, "cond", 1);
        run.also(
            MAIN,
            &lock::MAKE,
            &lock::MAKE_MADE,
            Did { changes: vec![made(LOCK, lock::ID, "cond.lock", Some(COND))], ..Did::default() },
        );
        run.start(SLEEPER, "sleeper", "f", 2);
        let (asleep, wanted) = (PartRef::new(COND, condition::SLEEPERS), PartRef::new(LOCK, lock::WAITERS));
        let next = waits(vec![Until::OwnerFree(PartRef::new(LOCK, lock::OWNER), Some(asleep))], None);
        let queued = vec![Change::Queued { part: asleep, actor: SLEEPER }];
        run.step(SLEEPER, &condition::WAIT, &condition::WAIT_SLEEPS, Did { on: On::Object(COND), next, changes: queued, ..Did::default() });
        let slept = since(&run);
        assert_eq!(slept.0, slept.1);
        run.make(MAIN, ObjectId(3), lock::ID, "other", 3);
        assert_eq!(since(&run).0, slept.0, "another's step changes nothing");
        let moved = vec![Change::Requeued { from: asleep, to: wanted, actor: SLEEPER }];
        run.step(MAIN, &condition::NOTIFY, &condition::NOTIFY_WOKE, Did { on: On::Object(COND), changes: moved, ..Did::default() });
        let notified = since(&run);
        assert!(notified.0 == notified.1 && notified.0 > slept.0, "{notified:?} after {slept:?}");
    }

    /// With the gate open one wait may follow another without anything between them.
    #[test]
    fn who_waits_for_something_else_waits_anew() {
        let mut run = Sample::new();
        run.make(MAIN, COND, pipe::ID, "p", 1);
        run.start(SLEEPER, "sleeper", "f", 2);
        let ends = PartRef::new(COND, pipe::ENDS);
        let mut waits_for = |until| {
            let did = Did { on: On::End(COND, 0), next: waits(vec![until], None), ..Did::default() };
            run.also(SLEEPER, &pipe::RECV, &pipe::RECV_WAITS, did);
            let step = run.world.actor(SLEEPER).map(|actor| actor.step);
            run.make(MAIN, ObjectId(run.world.step as u16 + 10), lock::ID, "l", 3);
            (step, run.world.step)
        };
        let (first, then) = waits_for(Until::Readable(ends, 0));
        let (same, _) = waits_for(Until::Readable(ends, 0));
        let (other, _) = waits_for(Until::Readable(ends, 1));
        assert_eq!(first, same);
        assert!(other > Some(then), "{other:?} after {then}");
    }
}
