//! Who took permits and has not given them back.
//!
//! The rule. A permit may be given by anybody, so a permit has no owner by itself. As long as each actor has given
//! only what it had taken, whoever took one *has* it. Once an actor gives what it never took, the permits of that
//! part go from hand to hand like messages (as between a producer and a consumer), and nobody is said to have one.
//!
//! Invariant: it follows from the events alone; the dead keep what they took, since nobody gives it back for them.

use std::hash::{Hash, Hasher};

use super::World;
use crate::kind;
use crate::trace::{ActorId, Change, Nanos, PartRef};

/// Permits that an actor took at once and has not given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    pub part: PartRef,
    pub actor: ActorId,
    /// How many: one, but in a damaged trace.
    pub count: u64,
    /// The step; 0 where the kernel scheduled.
    pub step: u64,
    pub time: Nanos,
    /// Who else could have gone instead, in that step.
    pub rivals: Vec<ActorId>,
}

/// All that was taken, in the order of taking. A digest knows of it already, as of [`super::hold::Holds`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Permits {
    takes: Vec<Take>,
    /// Parts whose permits go from hand to hand.
    passed_on: Vec<PartRef>,
}

impl Hash for Permits {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl World {
    /// The permits of a part that were taken and not given back, in the order of taking.
    pub fn takes(&self, part: PartRef) -> impl Iterator<Item = &Take> {
        self.permits.takes.iter().filter(move |take| take.part == part)
    }

    /// Whether a part is a count of permits, which are taken to be given back.
    pub fn is_permits(&self, part: PartRef) -> bool {
        let def = self.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize));
        def.is_some_and(|def| def.permits)
    }

    /// Takes up that an actor made a count of permits smaller or greater, before that is applied.
    pub(super) fn note_permits(&mut self, by: ActorId, change: &Change) {
        let Change::Counted { part, value, .. } = *change else { return };
        if !self.is_permits(part) || self.permits.passed_on.contains(&part) {
            return;
        }
        let Some(super::PartState::Count { value: before, .. }) = self.part(part) else { return };
        let mut given = value.abs_diff(*before);
        if value < *before {
            let rivals = self.rivals();
            self.permits.takes.push(Take { part, actor: by, count: given, step: self.step, time: self.now, rivals });
            return;
        }
        while given > 0 {
            let Some(own) = self.permits.takes.iter().rposition(|take| (take.part, take.actor) == (part, by)) else {
                self.permits.takes.retain(|take| take.part != part);
                self.permits.passed_on.push(part);
                return;
            };
            let take = &mut self.permits.takes[own];
            let back = given.min(take.count);
            (given, take.count) = (given - back, take.count - back);
            if take.count == 0 {
                self.permits.takes.remove(own);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kind::semaphore;
    use crate::trace::{ActorId, Change, ObjectId, On, PartRef};
    use crate::world::sample::{Did, MAIN, Sample, made};

    const PERMITS: PartRef = PartRef::new(ObjectId(1), semaphore::PERMITS);
    const A: ActorId = ActorId(3);

    /// Who has permits, with the step of the taking, after each count was reached by its actor.
    fn check(counts: &[(ActorId, i64)], expected: &[(ActorId, u64)]) {
        let mut run = Sample::new();
        let counted = |value| Change::Counted { part: PERMITS, value, max: None };
        let changes = vec![made(ObjectId(1), semaphore::ID, "s", None), counted(2)];
        run.step(MAIN, &semaphore::MAKE, &semaphore::MAKE_MADE, Did { on: On::Object(ObjectId(1)), changes, ..Did::default() });
        run.start(A, "a", "f", 1);
        for (who, value) in counts {
            let did = Did { on: On::Object(ObjectId(1)), changes: vec![counted(*value)], ..Did::default() };
            run.step(*who, &semaphore::ACQUIRE, &semaphore::ACQUIRE_TOOK, did);
        }
        let damaged = counts.iter().any(|(_, value)| *value < 0);
        assert_eq!(run.world.faults.is_empty(), !damaged, "{counts:?}");
        let takes: Vec<(ActorId, u64)> = run.world.takes(PERMITS).map(|take| (take.actor, take.step)).collect();
        assert_eq!(takes, expected, "{counts:?}");
    }

    #[test]
    fn who_took_has_it_until_it_gives_one_back() {
        check(&[], &[]);
        check(&[(A, 1)], &[(A, 4)]);
        check(&[(A, 1), (MAIN, 0)], &[(A, 4), (MAIN, 5)]);
        check(&[(A, 1), (MAIN, 0), (A, 1)], &[(MAIN, 5)]);
        check(&[(A, 1), (A, 0), (A, 1)], &[(A, 4)]);
        check(&[(A, 1), (A, 2)], &[]);
    }

    #[test]
    fn permits_that_are_given_by_others_belong_to_nobody() {
        check(&[(A, 1), (MAIN, 2)], &[]);
        check(&[(A, 3), (MAIN, 2), (A, 1)], &[]);
    }

    /// As only a damaged trace has it.
    #[test]
    fn many_permits_at_once_cost_no_more_than_one() {
        check(&[(MAIN, i64::MIN)], &[(MAIN, 4)]);
        check(&[(MAIN, i64::MIN), (MAIN, 1)], &[(MAIN, 4)]);
        check(&[(MAIN, i64::MIN), (MAIN, 2)], &[]);
        check(&[(MAIN, i64::MIN), (MAIN, i64::MAX)], &[]);
    }
}
