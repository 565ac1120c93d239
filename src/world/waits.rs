//! Who waits for whom, read out of a world part by part. Pure; knows parts, not primitives.

use super::{Activity, Actor, PartState, Pieces, World};
use crate::kind::{self, Shape};
use crate::trace::wait::Facts;
use crate::trace::{ActorId, MessageId, ObjectId, PartRef, Until};

/// The living actors on whom an actor's wait depends, sorted: any one of them might end it. Empty where
/// it does not wait, or where nobody in particular could end its wait.
pub fn waits_for(world: &World, actor: ActorId) -> Vec<ActorId> {
    let mut found = Vec::new();
    if let Some(Activity::Waiting(wait)) = world.actor(actor).map(|actor| &actor.activity) {
        for until in &wait.until {
            found.extend(who_could(world, actor, until));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The same, and where nobody in particular could: whoever might. That is guessed, so it proves nothing.
///
/// Anybody may set a flag or give a permit. Of those who live it may be one that waits at such a thing or at a lock
/// itself, and not for the same: it would get to its giving if only it could go on. One that waits for another's end
/// goes on when all is over.
pub fn might_wait_for(world: &World, actor: ActorId) -> Vec<ActorId> {
    let found = waits_for(world, actor);
    // Who has taken all the permits itself may still be given one by others.
    let nobody_else = found.iter().all(|other| *other == actor);
    let Some(waiter) = world.actor(actor).filter(|_| nobody_else) else { return found };
    let Some(wanted) = open_to_all(world, waiter) else { return found };
    let might = |other: &&Actor| {
        let in_turn = first_until(other).is_some_and(|until| match until {
            Until::OwnerFree(_, sleepers) => !sleepers.is_some_and(|sleepers| is_listed(world, sleepers, other.id)),
            _ => open_to_all(world, other).is_some_and(|part| part != wanted),
        });
        in_turn && other.process != waiter.process && other.process != ActorId::HAND
    };
    let others: Vec<ActorId> = world.all_actors().filter(might).map(|other| other.id).collect();
    if others.is_empty() { found } else { others }
}

/// What an actor waits for, if anybody could give it: a flag, or a permit.
fn open_to_all(world: &World, actor: &Actor) -> Option<PartRef> {
    match first_until(actor)? {
        Until::FlagUp(part) => Some(part),
        Until::CountAbove(part, _) if world.is_permits(part) => Some(part),
        _ => None,
    }
}

fn first_until(actor: &Actor) -> Option<Until> {
    match &actor.activity {
        Activity::Waiting(wait) if wait.deadline.is_none() => wait.until.first().copied(),
        _ => None,
    }
}

/// The living actors that could make one `Until` hold for an actor.
fn who_could(world: &World, actor: ActorId, until: &Until) -> Vec<ActorId> {
    match until {
        Until::OwnerFree(part, sleepers) => {
            if sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor)) {
                return Vec::new();
            }
            match world.part(*part) {
                Some(PartState::Owner { owner: Some(owner), .. }) => vec![*owner],
                _ => Vec::new(),
            }
        }
        Until::Ended(other) if world.actor(*other).is_some_and(|other| !other.is_dead()) => vec![*other],
        Until::Readable(part, end) | Until::Writable(part, end) => {
            let Some(PartState::Ends { ends }) = world.part(*part) else { return Vec::new() };
            let own = world.actor(actor).map(|actor| actor.process);
            let guarded = is_guarded(world, part.object);
            let far = ends.iter().enumerate().filter(|(at, _)| *at != *end as usize);
            let mut far: Vec<ActorId> = far.flat_map(|(_, end)| end.holders.iter().map(|holder| holder.process)).collect();
            if far.is_empty() {
                // Nobody has taken it yet who would answer there: that is for whoever listens at what it belongs to.
                far = holders_of_ends(world, world.object(part.object).and_then(|object| object.owner));
            }
            far.into_iter()
                .filter(|process| Some(*process) != own && world.actor(*process).is_some_and(|process| !process.is_dead()))
                .map(|process| {
                    // A thread that works for the object itself is who answers there; a queue's feeder only helps.
                    let works =
                        |thread: &&Actor| !guarded && thread.process == process && thread.object == Some(part.object) && !thread.is_dead();
                    world.all_actors().find(works).map_or(process, |thread| thread.id)
                })
                .collect()
        }
        Until::CountAbove(part, _) => {
            let takers = world.takes(*part).map(|take| take.actor);
            takers.filter(|taker| world.actor(*taker).is_some_and(|taker| !taker.is_dead())).collect()
        }
        Until::Ended(_) | Until::Deadline | Until::FlagUp(_) | Until::SlotsFilled(_) | Until::Left(_) => Vec::new(),
        // Whoever is on the list has only to go.
        Until::Emptied(list) => match world.part(*list) {
            Some(PartState::Waiters { waiters }) => waiters.iter().map(|waiter| waiter.actor).collect(),
            _ => Vec::new(),
        },
    }
}

/// Whether whoever uses an object takes a lock of it first, as with a queue, and holds both its ends.
pub(super) fn is_guarded(world: &World, object: ObjectId) -> bool {
    world.object(object).is_some_and(|object| object.parts.iter().any(|part| matches!(part, PartState::Owner { .. })))
}

/// Who holds an end of an object.
fn holders_of_ends(world: &World, object: Option<ObjectId>) -> Vec<ActorId> {
    let parts = object.and_then(|object| world.object(object)).map_or(&[][..], |object| &object.parts);
    let ends = parts.iter().filter_map(|part| match part {
        PartState::Ends { ends } => Some(ends),
        _ => None,
    });
    ends.flatten().flat_map(|end| end.holders.iter().map(|holder| holder.process)).collect()
}

/// Whether an actor is on a list of waiters.
pub fn is_listed(world: &World, part: PartRef, actor: ActorId) -> bool {
    matches!(world.part(part), Some(PartState::Waiters { waiters }) if waiters.iter().any(|waiter| waiter.actor == actor))
}

/// Who keeps an actor waiting, by one of the two readings above.
pub(super) type Edges = fn(&World, ActorId) -> Vec<ActorId>;

/// All actors on whom an actor's wait depends, directly or through others' waits.
pub(super) fn reached(world: &World, from: ActorId, edges: Edges) -> Vec<ActorId> {
    let mut found = edges(world, from);
    let mut at = 0;
    while let Some(next) = found.get(at).copied() {
        for further in edges(world, next) {
            if !found.contains(&further) {
                found.push(further);
            }
        }
        at += 1;
    }
    found
}

/// Who wants an owner part and waits for nothing else first: sleepers that nobody has notified yet do not.
pub fn wanting(world: &World, part: PartRef) -> Vec<ActorId> {
    let wants = |actor: &&Actor| match &actor.activity {
        Activity::Waiting(wait) => wait.until.iter().any(|until| match until {
            Until::OwnerFree(wanted, sleepers) => *wanted == part && !sleepers.is_some_and(|sleepers| is_listed(world, sleepers, actor.id)),
            _ => false,
        }),
        _ => false,
    };
    world.all_actors().filter(wants).map(|actor| actor.id).collect()
}

/// In a stuck run, the actors whose waits nothing will end.
pub(super) fn waiting_for_good(world: &World) -> Vec<&Actor> {
    if !world.stuck() {
        return Vec::new();
    }
    world.all_actors().filter(|actor| matches!(&actor.activity, Activity::Waiting(wait) if wait.deadline.is_none())).collect()
}

/// What those wait for, one by one.
pub(super) fn waits_for_good(world: &World) -> Vec<(&Actor, Until)> {
    let untils = |actor: &Actor| match &actor.activity {
        Activity::Waiting(wait) => wait.until.clone(),
        _ => Vec::new(),
    };
    waiting_for_good(world).into_iter().flat_map(|actor| untils(actor).into_iter().map(move |until| (actor, until))).collect()
}

/// Who of a knot waits for whom in a closed ring: one in which as few as can be only wait for another's end, since
/// they go on once it does; of those the shortest, from the first of the knot that is in one. Each waits for the
/// next, and the last for the first.
pub fn ring(world: &World, knot: &[ActorId]) -> Vec<ActorId> {
    let joins = |ring: &Vec<ActorId>| ring.iter().filter(|id| only_joins(world, **id)).count();
    let rings = |knot: &[ActorId]| -> Vec<Vec<ActorId>> { knot.iter().filter_map(|start| way_back(world, knot, *start)).collect() };
    // The shortest way back to oneself may lead over one who joins where a longer one does not.
    let apart: Vec<ActorId> = knot.iter().copied().filter(|id| !only_joins(world, *id)).collect();
    let mut found = rings(&apart);
    found.extend(rings(knot));
    found.into_iter().min_by_key(|ring| (joins(ring), ring.len())).unwrap_or_default()
}

/// Whether an actor waits for nothing but others' ends.
fn only_joins(world: &World, id: ActorId) -> bool {
    let Some(Activity::Waiting(wait)) = world.actor(id).map(|actor| &actor.activity) else { return false };
    wait.until.iter().all(|until| matches!(until, Until::Ended(_) | Until::Deadline))
}

/// The shortest way from an actor over who it waits for back to itself, within a knot.
fn way_back(world: &World, knot: &[ActorId], start: ActorId) -> Option<Vec<ActorId>> {
    let mut ways = vec![vec![start]];
    let mut seen = Vec::new();
    let mut at = 0;
    while let Some(way) = ways.get(at).cloned() {
        for next in might_wait_for(world, *way.last()?) {
            if next == start {
                return Some(way);
            }
            if knot.contains(&next) && !seen.contains(&next) {
                seen.push(next);
                ways.push(way.iter().copied().chain([next]).collect());
            }
        }
        at += 1;
    }
    None
}

/// The bytes that what is written at an end becomes.
pub fn written_at(world: &World, ends: PartRef, end: u8) -> Option<&PartState> {
    let object = world.object(ends.object)?;
    let parts = kind::kind(object.kind)?.parts.iter().zip(&object.parts);
    let here = |def: &kind::Part| def.shape == Shape::Bytes && def.read_at.is_some_and(|(of, at)| of == ends.part && at != end);
    parts.filter(|(def, _)| here(def)).map(|(_, part)| part).next()
}

/// What a process is in the middle of writing into an object, and how many bytes of it are still to be written:
/// they are in the hands of the thread that writes.
pub fn rest_of_message(world: &World, object: ObjectId, process: ActorId) -> Option<(MessageId, u64)> {
    let of = |id: &MessageId| {
        let message = world.message(*id).filter(|message| !message.lost)?;
        let writes = world.actor(message.from).is_some_and(|writer| writer.process == process);
        let rest = message.passed.filter(|_| writes).map_or(0, |passed| passed.frame - passed.written.min(passed.frame));
        (rest > 0).then_some((*id, rest))
    };
    // Only the last one to come in can be so.
    let last = |part: &PartState| match part {
        PartState::Slots { messages } => messages.back().and_then(of),
        _ => None,
    };
    world.object(object)?.parts.iter().find_map(last)
}

/// The messages on their way to an end.
pub fn incoming(world: &World, object: ObjectId, end: u8) -> Option<&Pieces<MessageId>> {
    let object = world.object(object)?;
    let parts = kind::kind(object.kind)?.parts.iter().zip(&object.parts);
    parts.filter(|(def, _)| def.read_at.is_some_and(|(_, at)| at == end)).find_map(|(_, part)| match part {
        PartState::Slots { messages } => Some(messages),
        _ => None,
    })
}

/// Whether what an actor waits for is so, as far as the world can tell (a pipe's room it cannot).
pub fn holds(world: &World, waiter: ActorId, until: &Until) -> bool {
    until.holds(waiter, world).unwrap_or(match until {
        Until::Readable(part, end) => readable(world, *part, *end),
        _ => false,
    })
}

/// As the trace told them.
impl Facts for World {
    fn is_broken(&self, object: ObjectId) -> bool {
        self.object(object).is_some_and(|object| object.broken)
    }

    fn is_up(&self, flag: PartRef) -> bool {
        matches!(self.part(flag), Some(PartState::Flag { up: true }))
    }

    fn count_of(&self, count: PartRef) -> Option<i64> {
        match self.part(count) {
            Some(PartState::Count { value, .. }) => Some(*value),
            _ => None,
        }
    }

    fn is_free(&self, owner: PartRef) -> bool {
        matches!(self.part(owner), Some(PartState::Owner { owner: None, .. }))
    }

    fn is_listed(&self, list: PartRef, actor: ActorId) -> bool {
        is_listed(self, list, actor)
    }

    fn is_deserted(&self, list: PartRef) -> bool {
        matches!(self.part(list), Some(PartState::Waiters { waiters }) if waiters.is_empty())
    }

    fn has_messages(&self, slots: PartRef) -> bool {
        matches!(self.part(slots), Some(PartState::Slots { messages }) if !messages.is_empty())
    }

    fn has_ended(&self, actor: ActorId) -> bool {
        self.actor(actor).is_some_and(Actor::is_dead)
    }
}

/// Whether an end can be read.
fn readable(world: &World, ends: PartRef, end: u8) -> bool {
    let Some(object) = world.object(ends.object) else { return false };
    let own = incoming(world, ends.object, end);
    if own.is_some_and(|messages| !messages.is_empty()) {
        return true;
    }
    // Nobody holds the far side any more: the end of file can be read.
    match object.parts.get(ends.part as usize) {
        Some(PartState::Ends { ends }) => ends.iter().enumerate().any(|(at, far)| at != end as usize && far.holders.is_empty()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::event;
    use crate::trace::{Body, Change};
    use crate::world::sample::{MAIN, Sample};

    #[test]
    fn a_broken_object_keeps_nobody_waiting() {
        let mut run = Sample::new();
        run.make(MAIN, ObjectId(1), event::ID, "e", 1);
        let until = Until::FlagUp(PartRef::new(ObjectId(1), event::FLAG));
        assert!(!holds(&run.world, MAIN, &until));
        run.host(Body::Also { changes: vec![Change::Broken { object: ObjectId(1) }] });
        assert!(holds(&run.world, MAIN, &until));
    }
}
