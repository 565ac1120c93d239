//! What could be done by hand for a run in which nobody can go on, worked out from what everybody waits
//! for and from what the kinds let the hand do. Pure; knows parts, waits and the verbs of the field.
//!
//! Invariant: a remedy is one that works here: the hand would not be refused, and whom it frees could go on
//! because of it. What frees nobody is named only where one would expect that it does, or where it brings
//! nearer what somebody waits for.

use super::waits::{incoming, is_listed, ring, waits_for};
use super::{Actor, PartState, Pieces, Verdict, World, verdicts};
use crate::kind::{self, Op, Part};
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
    /// Who waits for room and gets some, if perhaps not enough.
    pub room_for: Vec<ActorId>,
    /// What is waited for and stays held all the same.
    pub keeps: Vec<PartRef>,
}

impl Remedy {
    fn new(deed: Deed) -> Remedy {
        Remedy { deed, frees: Vec::new(), one: false, room_for: Vec::new(), keeps: Vec::new() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An operation of the hand on something.
    Act(OpId, On),
    Kill(ActorId),
    /// Go back before this step and let somebody else go first.
    Branch(u64),
}

/// What could be done, the gentle before the violent. Empty unless the run is stuck.
pub fn remedies(world: &World) -> Vec<Remedy> {
    if !world.stuck() {
        return Vec::new();
    }
    let mut found = acts(world);
    found.extend(kills(world));
    found.extend(branch(world));
    found
}

/// Everything that anybody waits for.
fn waits(world: &World) -> impl Iterator<Item = (&Actor, Until)> {
    world.all_actors().flat_map(|actor| {
        let untils = match &actor.activity {
            Activity::Waiting(wait) => wait.until.as_slice(),
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
                None => found.push(Remedy { frees: vec![actor.id], one: gives_one(op), ..Remedy::new(deed) }),
            }
        }
        for (op, on) in making_room(world, until) {
            let deed = Deed::Act(op.id, on);
            match found.iter_mut().find(|remedy| remedy.deed == deed) {
                Some(remedy) => remedy.room_for.push(actor.id),
                None => found.push(Remedy { room_for: vec![actor.id], ..Remedy::new(deed) }),
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
            let free = owner(world, lock).is_none() || def(world, lock).is_some_and(|def| def.owner_alone);
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
        // Nobody writes between the pieces of a message that has begun to arrive.
        Until::Readable(part, end) if !incoming(world, part.object, end).is_some_and(Pieces::is_empty) => Vec::new(),
        Until::Readable(part, end) => {
            let mut ops = at_far_end(world, part, end, "send");
            if has_room(world, part.object) {
                ops.extend(by_hand(part.object, &["put"]));
            }
            ops
        }
        Until::SlotsFilled(_) | Until::Writable(..) | Until::Ended(_) | Until::Deadline | Until::Emptied(_) => Vec::new(),
    }
}

/// What the hand could take out of a full pipe. Whether the writer finds room enough then is the kernel's to
/// say: it lets writers wait until there is more of it than one short message takes.
fn making_room(world: &World, until: Until) -> Vec<(&'static Op, On)> {
    let Until::Writable(part, end) = until else { return Vec::new() };
    let verb = |name: &str| hand_ops(world, part.object).find(|op| op.name == name);
    let far = far_ends(world, part, end).into_iter().filter(|far| can_take(world, part.object, *far));
    let mut ops: Vec<_> = far.filter_map(|far| Some((verb("recv")?, On::End(part.object, far)))).collect();
    if can_take(world, part.object, 0) {
        ops.extend(verb("get").map(|op| (op, On::Object(part.object))));
    }
    ops
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
        (!frees.is_empty() || !keeps.is_empty()).then_some(Remedy { frees, keeps, ..Remedy::new(Deed::Kill(process)) })
    };
    let mut found: Vec<Remedy> = living.filter_map(|actor| remedy(actor.id)).collect();
    found.sort_by_key(|remedy| remedy.frees.is_empty());
    found
}

fn is_thread_of(world: &World, actor: ActorId, process: ActorId) -> bool {
    world.actor(actor).is_some_and(|actor| actor.process == process)
}

/// Whether a wait would end with a process. A queue's lock would come free too, but whoever gets it waits
/// on for what the dead one waited for.
fn dies_off(world: &World, process: ActorId, until: Until) -> bool {
    match until {
        Until::Ended(other) => is_thread_of(world, other, process),
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
    if let Until::CountAbove(part, _) = until {
        return world.takes(part).any(|take| is_thread_of(world, take.actor, process)).then_some(part);
    }
    let Until::OwnerFree(part, sleepers) = until else { return None };
    let held = owner(world, part).is_some_and(|owner| is_thread_of(world, owner, process));
    let asleep = sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor.id));
    (held && !asleep && !def(world, part).is_some_and(|def| def.robust)).then_some(part)
}

/// What a part is by its kind.
fn def(world: &World, part: PartRef) -> Option<&'static Part> {
    world.kind_of(part.object).and_then(kind::kind)?.parts.get(part.part as usize)
}

/// Where a deadlock could still have been avoided by another order: before the last of a ring took what it
/// holds. Who waits for messages would wait in any order.
fn branch(world: &World) -> Option<Remedy> {
    let is_ring = |verdict: &Verdict| ["deadlock", "circle"].contains(&verdict.rule.name);
    let surely = |verdict: &Verdict| verdict.actors.iter().all(|actor| !waits_for(world, *actor).is_empty());
    let knots: Vec<Verdict> = verdicts(world).into_iter().filter(|verdict| is_ring(verdict) && surely(verdict)).collect();
    let ring = knots.iter().map(|knot| ring(world, &knot.actors)).find(|ring| !ring.is_empty())?;
    let untils = waits(world).filter(|(actor, _)| ring.contains(&actor.id));
    let held = untils.filter_map(|(_, until)| match until {
        Until::OwnerFree(part, _) => world.held_since(part).map(|hold| hold.step),
        Until::CountAbove(part, _) => world.takes(part).filter(|take| ring.contains(&take.actor)).map(|take| take.step).max(),
        _ => None,
    });
    let step = held.max().filter(|step| *step > 1)?;
    Some(Remedy::new(Deed::Branch(step)))
}

#[cfg(test)]
mod tests;
