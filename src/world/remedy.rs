//! What could be done by hand for a run in which nobody can go on, worked out from what everybody waits
//! for and from what the kinds' operations give. Pure; knows parts, waits and gifts, not primitives.
//!
//! Invariant: a remedy is one that works here: the hand would not be refused, and whom it frees could go on
//! because of it. What frees nobody is named only where one would expect that it does, or where it brings
//! nearer what somebody waits for.

use super::waits::{incoming, is_listed, ring, waits_for};
use super::{Actor, Object, PartState, Pieces, Verdict, World, hand, verdicts};
use crate::kind::{self, Gives, Kind, Op, Part};
use crate::trace::{ActorId, ObjectId, On, OpId, PartRef, Until};
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

/// What the learner can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An operation of the hand on something.
    Act(OpId, On),
    Kill(ActorId),
    /// Go back before this step and let this one go first.
    Branch(u64, ActorId),
}

/// What could be done: another order, which harms nobody, then the gentle before the violent. Empty unless the run is stuck.
pub fn remedies(world: &World) -> Vec<Remedy> {
    if !world.stuck() {
        return Vec::new();
    }
    let mut found: Vec<Remedy> = branch(world).into_iter().collect();
    found.extend(acts(world));
    found.extend(kills(world));
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
        for (op, on, end) in helping(world, actor, until) {
            let deed = Deed::Act(op.id, on);
            let at = found.iter().position(|remedy| remedy.deed == deed).unwrap_or_else(|| {
                found.push(Remedy { one: end == Ends::ForOne, ..Remedy::new(deed) });
                found.len() - 1
            });
            let told = if end == Ends::Perhaps { &mut found[at].room_for } else { &mut found[at].frees };
            if !told.contains(&actor.id) {
                told.push(actor.id);
            }
        }
    }
    // To wake all sleepers is to wake the only one.
    found.dedup_by(|later, first| later.frees == first.frees && later.frees.len() == 1 && both_wake(later, first));
    found
}

fn both_wake(one: &Remedy, other: &Remedy) -> bool {
    let wakes = |deed: Deed| match deed {
        Deed::Act(op, on) => kind::op(op).filter(|op| matches!(op.gives, [Gives::Wakes(_) | Gives::WakesAll(_)])).map(|_| on),
        _ => None,
    };
    wakes(one.deed).is_some() && wakes(one.deed) == wakes(other.deed)
}

/// Whose waits something given ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// Of several who wait for it one gets it.
    ForOne,
    ForAll,
    /// Room in a pipe: whether the writer finds enough then is the kernel's to say, which lets writers wait until
    /// there is more of it than one short message takes.
    Perhaps,
}

/// What the hand could do so that one wait of an actor ends, and for how many it does.
fn helping(world: &World, actor: &Actor, until: Until) -> Vec<(&'static Op, On, Ends)> {
    let Some(part) = waited_at(world, actor, until) else { return Vec::new() };
    let Some(object) = world.object(part.object) else { return Vec::new() };
    let Some(kind) = kind::kind(object.kind) else { return Vec::new() };
    let mut found = Vec::new();
    for op in kind.by_hand() {
        for on in hand::places(object, op) {
            let ends = op.gives.iter().find_map(|gives| ends(world, object, kind, until, on, *gives));
            if let Some(ends) = ends.filter(|_| hand::obstacle(world, op, on).is_none()) {
                found.push((op, on, ends));
            }
        }
    }
    found
}

/// The part at which a wait ends. Who sleeps on a condition wants its lock only after a notification.
fn waited_at(world: &World, actor: &Actor, until: Until) -> Option<PartRef> {
    match until {
        Until::OwnerFree(_, Some(sleepers)) if is_listed(world, sleepers, actor.id) => Some(sleepers),
        _ => until.part(),
    }
}

/// Whether one thing given to an object ends a wait at it.
fn ends(world: &World, object: &Object, kind: &Kind, until: Until, on: On, gives: Gives) -> Option<Ends> {
    let is = |part: PartRef, index: u8| part == PartRef::new(object.id, index);
    let waited = |index: u8, list: PartRef| kind.parts.get(index as usize).is_some_and(|def| def.waiters == Some(list.part));
    let read_at = |slots: u8| kind.parts.get(slots as usize).and_then(|def| def.read_at);
    let last = |index: u8| matches!(object.parts.get(index as usize), Some(PartState::Count { value: 1, .. }));
    let surely = match (until, gives) {
        (Until::OwnerFree(_, Some(list)) | Until::Left(list), Gives::Wakes(at) | Gives::WakesAll(at)) => is(list, at),
        (Until::OwnerFree(lock, _), Gives::Frees(at)) => is(lock, at),
        (Until::FlagUp(flag), Gives::Raises(at)) => is(flag, at),
        (Until::Left(list), Gives::Raises(at)) => waited(at, list),
        // The last of several tasks is the one that matters.
        (Until::Left(list), Gives::Lessens(at)) => waited(at, list) && last(at),
        (Until::CountAbove(count, than), Gives::Adds(at)) => {
            is(count, at) && matches!(world.part(count), Some(PartState::Count { value, .. }) if *value >= than)
        }
        (Until::SlotsFilled(slots), Gives::Fills(at)) => is(slots, at),
        // Nobody writes between the pieces of a message that has begun to arrive.
        (Until::Readable(part, end), Gives::Fills(at)) => read_at(at) == Some((part.part, end)) && is_drained(world, part.object, end),
        (Until::Readable(part, end), Gives::Sends(at)) => {
            is(part, at) && matches!(on, On::End(_, from) if from != end) && is_drained(world, part.object, end)
        }
        (Until::Writable(part, end), Gives::Takes(at)) => {
            return read_at(at).filter(|(ends, far)| *ends == part.part && *far != end).map(|_| Ends::Perhaps);
        }
        (Until::Writable(part, end), Gives::Receives(at)) => {
            return (is(part, at) && matches!(on, On::End(_, far) if far != end)).then_some(Ends::Perhaps);
        }
        _ => false,
    };
    let all = matches!(gives, Gives::Raises(_) | Gives::Lessens(_) | Gives::WakesAll(_));
    surely.then_some(if all { Ends::ForAll } else { Ends::ForOne })
}

fn is_drained(world: &World, object: ObjectId, end: u8) -> bool {
    incoming(world, object, end).is_some_and(Pieces::is_empty)
}

fn owner(world: &World, part: PartRef) -> Option<ActorId> {
    match world.part(part) {
        Some(PartState::Owner { owner, .. }) => *owner,
        _ => None,
    }
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
/// holds, if whoever waits for that now goes first, as it could have: it finds it free, and so comes to where it gives back all.
/// Who waits for messages would wait in any order.
fn branch(world: &World) -> Option<Remedy> {
    let is_ring = |verdict: &Verdict| ["deadlock", "circle"].contains(&verdict.rule.name);
    let surely = |verdict: &Verdict| verdict.actors.iter().all(|actor| !waits_for(world, *actor).is_empty());
    let knots: Vec<Verdict> = verdicts(world).into_iter().filter(|verdict| is_ring(verdict) && surely(verdict)).collect();
    let ring = knots.iter().map(|knot| ring(world, &knot.actors)).find(|ring| !ring.is_empty())?;
    let untils = waits(world).filter(|(actor, _)| ring.contains(&actor.id));
    let last = untils.filter_map(|(actor, until)| match until {
        Until::OwnerFree(part, _) => world.held_since(part).map(|hold| (hold.step, actor.id, &hold.rivals)),
        Until::CountAbove(part, _) => {
            let takes = world.takes(part).filter(|take| ring.contains(&take.actor));
            takes.max_by_key(|take| take.step).map(|take| (take.step, actor.id, &take.rivals))
        }
        _ => None,
    });
    // One that slept then, or waited for something else, could not have gone first.
    let (step, first, _) = last.max_by_key(|(step, ..)| *step).filter(|(step, first, rivals)| *step > 1 && rivals.contains(first))?;
    Some(Remedy { frees: ring, ..Remedy::new(Deed::Branch(step, first)) })
}

#[cfg(test)]
mod tests;
