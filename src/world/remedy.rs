//! What could be done by hand for a run in which nobody can go on, worked out from what everybody waits
//! for and from what the kinds let the hand do. Pure; knows parts, waits and the verbs of the field.
//!
//! Invariant: a remedy is one that works here: the hand would not be refused, and whom it frees could go on
//! because of it. What frees nobody is named only where one would expect that it does.

use super::waits::{incoming, is_listed, ring};
use super::{Actor, PartState, Verdict, World, verdicts};
use crate::kind::{self, Op};
use crate::trace::{ActorId, MessageId, ObjectId, On, OpId, PartRef, Until};
use crate::world::Activity;

/// Something that can be done, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    pub deed: Deed,
    /// Who can go on because of it.
    pub frees: Vec<ActorId>,
    /// Any one of these can, but only one.
    pub one: bool,
    /// What is waited for and stays held all the same.
    pub keeps: Vec<PartRef>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An operation of the hand on something.
    Act(OpId, On),
    Kill(ActorId),
    /// Let a stopped process go on.
    Continue(ActorId),
    /// Go back before this step and let somebody else go first.
    Branch(u64),
}

/// What could be done, the gentle before the violent. Empty unless the run is stuck.
pub fn remedies(world: &World) -> Vec<Remedy> {
    if !world.stuck() {
        return Vec::new();
    }
    let mut found = stopped(world);
    found.extend(acts(world));
    found.extend(kills(world));
    found.extend(branch(world));
    found
}

fn stopped(world: &World) -> Vec<Remedy> {
    let stopped = world.processes().filter(|actor| actor.stopped && !actor.is_dead());
    stopped.map(|actor| Remedy { deed: Deed::Continue(actor.id), frees: vec![actor.id], one: false, keeps: Vec::new() }).collect()
}

/// Everything that anybody waits for.
fn waits(world: &World) -> impl Iterator<Item = (&Actor, Until)> {
    world.all_actors().flat_map(|actor| {
        let untils = match &actor.activity {
            Activity::Waiting(wait) if !actor.stopped => wait.until.as_slice(),
            _ => &[],
        };
        untils.iter().map(move |until| (actor, *until))
    })
}

fn acts(world: &World) -> Vec<Remedy> {
    let mut found: Vec<Remedy> = Vec::new();
    for (actor, until) in waits(world) {
        for (op, on) in helping(world, actor, until) {
            let deed = Deed::Act(op.id, on);
            match found.iter_mut().find(|remedy| remedy.deed == deed) {
                Some(remedy) if remedy.frees.contains(&actor.id) => {}
                Some(remedy) => remedy.frees.push(actor.id),
                None => found.push(Remedy { deed, frees: vec![actor.id], one: gives_one(op), keeps: Vec::new() }),
            }
        }
    }
    // To wake all sleepers is to wake the only one.
    found.dedup_by(|later, first| later.frees == first.frees && later.frees.len() == 1 && on_same(later, first));
    found
}

fn on_same(one: &Remedy, other: &Remedy) -> bool {
    matches!((one.deed, other.deed), (Deed::Act(_, one), Deed::Act(_, other)) if one == other)
}

/// Whether an operation gives one thing, which one of those who wait will take.
fn gives_one(op: &Op) -> bool {
    !["set", "notify_all", "task_done"].contains(&op.name)
}

/// What the hand could do so that one wait of an actor ends.
fn helping(world: &World, actor: &Actor, until: Until) -> Vec<(&'static Op, On)> {
    let by_hand = |object: ObjectId, verbs: &[&str]| -> Vec<(&'static Op, On)> {
        let ops = hand_ops(world, object).filter(|op| verbs.contains(&op.name));
        ops.map(|op| (op, On::Object(object))).collect()
    };
    match until {
        Until::OwnerFree(lock, Some(sleepers)) if is_listed(world, sleepers, actor.id) => {
            // Who notifies must have the lock.
            if owner(world, lock).is_none() { by_hand(sleepers.object, &["notify", "notify_all"]) } else { Vec::new() }
        }
        Until::OwnerFree(lock, _) => {
            let free = owner(world, lock).is_none() || !anyone_frees(world, lock);
            if free { Vec::new() } else { by_hand(lock.object, &["release"]) }
        }
        Until::FlagUp(part) => by_hand(part.object, &["set"]),
        Until::Left(part) => {
            let mut ops = by_hand(part.object, &["set", "notify", "notify_all"]);
            // The last of several tasks is the one that matters.
            if let Some(PartState::Count { value: 1, .. }) = wanted_by(world, part) {
                ops.extend(by_hand(part.object, &["task_done"]));
            }
            ops
        }
        Until::CountAbove(part, than) => match world.part(part) {
            Some(PartState::Count { value, max }) if *value >= than && max.is_none_or(|max| *value < max) => {
                let mut ops = by_hand(part.object, &["release"]);
                if can_take(world, part.object, 0) {
                    ops.extend(by_hand(part.object, &["get"]));
                }
                ops
            }
            _ => Vec::new(),
        },
        Until::SlotsFilled(part) => by_hand(part.object, &["put"]),
        Until::Readable(part, end) => {
            let mut ops = at_far_end(world, part, end, "send");
            if has_room(world, part.object) {
                ops.extend(by_hand(part.object, &["put"]));
            }
            ops
        }
        Until::Writable(part, end) => {
            let far = far_ends(world, part, end).into_iter().filter(|far| can_take(world, part.object, *far));
            let recv = hand_ops(world, part.object).find(|op| op.name == "recv");
            let mut ops: Vec<_> = far.filter_map(|far| Some((recv?, On::End(part.object, far)))).collect();
            if can_take(world, part.object, 0) {
                ops.extend(by_hand(part.object, &["get"]));
            }
            ops
        }
        Until::Ended(_) | Until::Deadline | Until::Emptied(_) => Vec::new(),
    }
}

/// What the hand may do to an object at all. What lies in one process's memory is out of its reach.
fn hand_ops(world: &World, object: ObjectId) -> impl Iterator<Item = &'static Op> {
    let object = world.object(object).filter(|object| object.home.is_none() && !object.broken);
    let hand = object.and_then(|object| kind::kind(object.kind)).map_or(&[][..], |kind| kind.hand);
    hand.iter().filter_map(|op| kind::op(*op))
}

/// The part that those on a list want.
fn wanted_by(world: &World, list: PartRef) -> Option<&PartState> {
    let object = world.object(list.object)?;
    let parts = kind::kind(object.kind)?.parts.iter().zip(&object.parts);
    parts.filter(|(def, _)| def.waiters == Some(list.part)).map(|(_, state)| state).next()
}

fn owner(world: &World, part: PartRef) -> Option<ActorId> {
    match world.part(part) {
        Some(PartState::Owner { owner, .. }) => *owner,
        _ => None,
    }
}

/// An RLock alone is released by nobody but its holder.
fn anyone_frees(world: &World, lock: PartRef) -> bool {
    world.kind_of(lock.object) != Some(kind::rlock::ID)
}

/// The ends at the far side of an end that somebody living holds: only there the hand gets a copy.
fn far_ends(world: &World, part: PartRef, end: u8) -> Vec<u8> {
    let Some(PartState::Ends { ends }) = world.part(part) else { return Vec::new() };
    let held = |holders: &[super::Holder]| holders.iter().any(|holder| world.actor(holder.process).is_some_and(|one| !one.is_dead()));
    let far = ends.iter().enumerate().filter(|(at, far)| *at != end as usize && held(&far.holders));
    far.map(|(at, _)| at as u8).collect()
}

fn at_far_end(world: &World, part: PartRef, end: u8, verb: &str) -> Vec<(&'static Op, On)> {
    let Some(op) = hand_ops(world, part.object).find(|op| op.name == verb) else { return Vec::new() };
    far_ends(world, part, end).into_iter().map(|far| (op, On::End(part.object, far))).collect()
}

/// Whether an object's count of free slots, if it has one, leaves one.
fn has_room(world: &World, object: ObjectId) -> bool {
    let mut counts =
        world.object(object).into_iter().flat_map(|object| &object.parts).filter(|part| matches!(part, PartState::Count { .. }));
    // The first count is that of slots; others count what has become of the messages.
    !matches!(counts.next(), Some(PartState::Count { value: 0, .. }))
}

/// Whether a whole message can be taken at an end, and nobody holds what guards the taking.
fn can_take(world: &World, object: ObjectId, end: u8) -> bool {
    let Some(first) = incoming(world, object, end).and_then(|messages| messages.front()) else { return false };
    let whole = |id: MessageId| {
        let message = world.message(id).filter(|message| !message.lost);
        message.and_then(|message| message.passed).is_some_and(|passed| passed.written == passed.frame && passed.read == 0)
    };
    // The first lock of an object guards its reading; another one its writing.
    let mut locks =
        world.object(object).into_iter().flat_map(|object| &object.parts).filter(|part| matches!(part, PartState::Owner { .. }));
    whole(*first) && !matches!(locks.next(), Some(PartState::Owner { owner: Some(_), .. }))
}

/// Processes whose death would end waits, and those that hold what others wait for.
fn kills(world: &World) -> Vec<Remedy> {
    let living = world.processes().filter(|actor| !actor.is_dead() && actor.id != ActorId::HAND);
    let remedy = |process: ActorId| {
        let mut frees: Vec<ActorId> = waits(world)
            .filter(|(actor, until)| actor.process != process && dies_off(world, process, *until))
            .map(|(actor, _)| actor.id)
            .collect();
        frees.dedup();
        let mut keeps: Vec<PartRef> = waits(world).filter_map(|(actor, until)| kept(world, process, actor, until)).collect();
        keeps.sort();
        keeps.dedup();
        (!frees.is_empty() || !keeps.is_empty()).then_some(Remedy { deed: Deed::Kill(process), frees, one: false, keeps })
    };
    let mut found: Vec<Remedy> = living.filter_map(|actor| remedy(actor.id)).collect();
    found.sort_by_key(|remedy| remedy.frees.is_empty());
    found
}

fn is_thread_of(world: &World, actor: ActorId, process: ActorId) -> bool {
    world.actor(actor).is_some_and(|actor| actor.process == process)
}

/// Whether a wait would end with a process.
fn dies_off(world: &World, process: ActorId, until: Until) -> bool {
    match until {
        Until::Ended(other) => is_thread_of(world, other, process),
        Until::OwnerFree(part, _) => is_robust(world, part) && owner(world, part).is_some_and(|owner| is_thread_of(world, owner, process)),
        Until::Readable(part, end) | Until::Writable(part, end) => {
            let Some(PartState::Ends { ends }) = world.part(part) else { return false };
            let mut far = ends.iter().enumerate().filter(|(at, _)| *at != end as usize).flat_map(|(_, end)| &end.holders).peekable();
            far.peek().is_some() && far.all(|holder| holder.process == process)
        }
        _ => false,
    }
}

/// A part that an actor waits for, that a process holds, and that its death would not free.
fn kept(world: &World, process: ActorId, actor: &Actor, until: Until) -> Option<PartRef> {
    let Until::OwnerFree(part, sleepers) = until else { return None };
    let held = owner(world, part).is_some_and(|owner| is_thread_of(world, owner, process));
    let asleep = sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor.id));
    (held && !asleep && !is_robust(world, part)).then_some(part)
}

fn is_robust(world: &World, part: PartRef) -> bool {
    let def = world.kind_of(part.object).and_then(kind::kind).and_then(|kind| kind.parts.get(part.part as usize));
    def.is_some_and(|def| def.robust)
}

/// Where a deadlock could still have been avoided by another order: before the last of a ring took what it
/// holds. Who waits for messages would wait in any order.
fn branch(world: &World) -> Option<Remedy> {
    let knots: Vec<Verdict> = verdicts(world).into_iter().filter(|verdict| verdict.rule.name == "deadlock").collect();
    let ring = knots.iter().map(|knot| ring(world, &knot.actors)).find(|ring| !ring.is_empty())?;
    let untils = waits(world).filter(|(actor, _)| ring.contains(&actor.id));
    let held = untils.filter_map(|(_, until)| match until {
        Until::OwnerFree(part, _) => world.held_since(part).map(|hold| hold.step),
        _ => None,
    });
    let step = held.max().filter(|step| *step > 1)?;
    Some(Remedy { deed: Deed::Branch(step), frees: Vec::new(), one: false, keeps: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{condition, event, lock, pipe, queue, rlock, semaphore};
    use crate::trace::{Body, Change, KindId, Preview};
    use crate::world::sample::{self, Did, MAIN, Sample, made, waits as waits_until};

    const A: ActorId = ActorId(3);
    const B: ActorId = ActorId(4);

    fn told(run: &Sample) -> Vec<String> {
        assert_eq!(run.world.faults, []);
        let one = |remedy: &Remedy| {
            let what = match remedy.deed {
                Deed::Act(op, on) => format!("{} {on:?}", kind::op(op).map_or("?", |op| op.name)),
                other => format!("{other:?}"),
            };
            let frees: Vec<u16> = remedy.frees.iter().map(|id| id.0).collect();
            let keeps: Vec<u16> = remedy.keeps.iter().map(|part| part.object.0).collect();
            format!("{what} frees {}{frees:?} keeps {keeps:?}", if remedy.one { "one of " } else { "" })
        };
        remedies(&run.world).iter().map(one).collect()
    }

    fn two() -> Sample {
        let mut run = Sample::new();
        run.start(A, "a", "f", 3);
        run.start(B, "b", "f", 4);
        run
    }

    fn own(run: &mut Sample, who: ActorId, object: u16) {
        let part = PartRef::new(ObjectId(object), lock::OWNER);
        let changes = vec![Change::Owned { part, owner: Some(who), depth: 1 }];
        run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_TOOK, Did { on: On::Object(part.object), changes, ..Did::default() });
    }

    fn wait(run: &mut Sample, who: ActorId, object: u16, until: Vec<Until>, changes: Vec<Change>) {
        let did = Did { on: On::Object(ObjectId(object)), next: waits_until(until, None), changes, ..Did::default() };
        run.step(who, &lock::ACQUIRE, &lock::ACQUIRE_WAITS, did);
    }

    fn crossed(kind: KindId) -> Sample {
        let mut run = two();
        run.make(MAIN, ObjectId(1), kind, "l", 1);
        run.make(MAIN, ObjectId(2), kind, "m", 2);
        own(&mut run, A, 1);
        own(&mut run, B, 2);
        wait(&mut run, A, 2, vec![Until::OwnerFree(PartRef::new(ObjectId(2), lock::OWNER), None)], vec![]);
        wait(&mut run, B, 1, vec![Until::OwnerFree(PartRef::new(ObjectId(1), lock::OWNER), None)], vec![]);
        run.join(A, 9);
        assert_eq!(told(&run), [""; 0]);
        run.rest(&[], true);
        run
    }

    #[test]
    fn crossed_locks_are_released_and_killing_leaves_them_held() {
        let kills = ["Kill(ActorId(3)) frees [2] keeps [1]", "Kill(ActorId(4)) frees [] keeps [2]", "Branch(8) frees [] keeps []"];
        let releases = ["release Object(ObjectId(2)) frees one of [3] keeps []", "release Object(ObjectId(1)) frees one of [4] keeps []"];
        assert_eq!(told(&crossed(lock::ID)), [releases.as_slice(), &kills].concat());
        // Nobody but its holder releases an RLock.
        assert_eq!(told(&crossed(rlock::ID)), kills);
    }

    #[test]
    fn flags_are_set_and_sleepers_notified_while_the_lock_is_free() {
        let mut run = two();
        let (cond, e) = (ObjectId(1), ObjectId(3));
        run.make(MAIN, cond, condition::ID, "cond", 1);
        let inner = made(ObjectId(2), rlock::ID, "cond.lock", Some(cond));
        run.also(MAIN, &lock::MAKE, &lock::MAKE_MADE, Did { on: On::Object(ObjectId(2)), changes: vec![inner], ..Did::default() });
        run.make(MAIN, e, event::ID, "e", 2);
        let sleepers = PartRef::new(cond, condition::SLEEPERS);
        let owner = PartRef::new(ObjectId(2), lock::OWNER);
        wait(&mut run, A, 1, vec![Until::OwnerFree(owner, Some(sleepers))], vec![Change::Queued { part: sleepers, actor: A }]);
        let waiters = PartRef::new(e, event::WAITERS);
        let until = vec![Until::FlagUp(PartRef::new(e, event::FLAG)), Until::Left(waiters)];
        wait(&mut run, B, 3, until, vec![Change::Queued { part: waiters, actor: B }]);
        run.join(A, 9);
        run.rest(&[], true);
        let expected = [
            "notify Object(ObjectId(1)) frees one of [3] keeps []",
            "set Object(ObjectId(3)) frees [4] keeps []",
            "Kill(ActorId(3)) frees [2] keeps []",
        ];
        assert_eq!(told(&run), expected);
        // Whoever notifies must have the lock, which somebody holds now.
        run.host(Body::Also { changes: vec![Change::Owned { part: owner, owner: Some(MAIN), depth: 1 }] });
        run.rest(&[], true);
        assert_eq!(told(&run), ["set Object(ObjectId(3)) frees [4] keeps []", "Kill(ActorId(3)) frees [2] keeps []"]);
    }

    #[test]
    fn counts_are_raised_within_their_bound() {
        let mut run = two();
        run.make(MAIN, ObjectId(1), semaphore::BOUNDED_ID, "s", 1);
        let part = PartRef::new(ObjectId(1), semaphore::PERMITS);
        let counted = |value| Change::Counted { part, value, max: Some(1) };
        wait(&mut run, A, 1, vec![Until::CountAbove(part, 0)], vec![counted(0)]);
        wait(&mut run, B, 1, vec![Until::CountAbove(part, 0)], vec![]);
        run.rest(&[], true);
        assert_eq!(told(&run), ["release Object(ObjectId(1)) frees one of [3, 4] keeps []"]);
        run.host(Body::Also { changes: vec![counted(1)] });
        run.rest(&[], true);
        assert_eq!(told(&run), [""; 0]);
    }

    #[test]
    fn a_reader_is_sent_something_and_a_writer_gets_room() {
        let stuck = sample::stuck_run();
        let expected = [
            "send End(ObjectId(1), 1) frees one of [3] keeps []",
            "send End(ObjectId(1), 0) frees one of [4] keeps []",
            "Kill(ActorId(3)) frees [2, 4] keeps []",
            "Kill(ActorId(4)) frees [3] keeps []",
        ];
        assert_eq!(told(&stuck), expected);
        // A writer that has filled its pipe: the other side takes a message, once it is there as a whole.
        let mut run = two();
        let p = ObjectId(1);
        let ends = PartRef::new(p, pipe::ENDS);
        run.make(MAIN, p, pipe::ID, "p", 1);
        let message = MessageId(1);
        let changes = vec![
            Change::Opened { part: ends, end: 0, process: A },
            Change::Opened { part: ends, end: 1, process: B },
            Change::Composed { message, value: Preview::new("much") },
            Change::Moved { message, from: None, to: Some(PartRef::new(p, pipe::TO_1)) },
            Change::Passed { message, written: 8, read: 0, frame: 10 },
        ];
        wait(&mut run, A, 1, vec![Until::Writable(ends, 0)], changes);
        run.join(B, 9);
        run.rest(&[], true);
        assert_eq!(told(&run), ["Kill(ActorId(4)) frees [2, 3] keeps []"]);
        run.host(Body::Also { changes: vec![Change::Passed { message, written: 10, read: 0, frame: 10 }] });
        run.rest(&[], true);
        assert_eq!(told(&run)[0], "recv End(ObjectId(1), 1) frees one of [3] keeps []");
    }

    #[test]
    fn a_reader_of_an_empty_queue_is_given_a_value() {
        let mut run = two();
        let q = ObjectId(1);
        let (ends, slots, lock) = (PartRef::new(q, queue::ENDS), PartRef::new(q, queue::SLOTS), PartRef::new(q, queue::READ_LOCK));
        run.make(MAIN, q, queue::ID, "q", 1);
        let opened = |end, process| Change::Opened { part: ends, end, process };
        let changes = vec![
            Change::Counted { part: slots, value: 4, max: Some(4) },
            opened(0, A),
            opened(1, A),
            Change::Owned { part: lock, owner: Some(A), depth: 1 },
        ];
        wait(&mut run, A, 1, vec![Until::Readable(ends, 0)], changes);
        wait(&mut run, B, 1, vec![Until::OwnerFree(lock, None)], vec![]);
        run.rest(&[], true);
        // The read lock goes with its holder; a value frees who waits for one.
        assert_eq!(told(&run), ["put Object(ObjectId(1)) frees one of [3] keeps []", "Kill(ActorId(3)) frees [4] keeps []"]);
        run.host(Body::Also { changes: vec![Change::Counted { part: slots, value: 0, max: Some(4) }] });
        run.rest(&[], true);
        assert_eq!(told(&run), ["Kill(ActorId(3)) frees [4] keeps []"]);
    }

    #[test]
    fn a_stopped_process_is_continued() {
        let mut run = sample::stuck_run();
        run.host(Body::Stopped { actor: A, stopped: true });
        run.rest(&[], true);
        assert_eq!(told(&run)[0], "Continue(ActorId(3)) frees [3] keeps []");
    }
}
