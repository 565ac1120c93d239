//! What the user's hand can do to an object now, and what stands in its way. The hand never waits: what would
//! have to is refused. Pure; knows what operations give, not primitives.
//!
//! Invariant: nothing stands in the way of what the run would do, and what stands in the way is refused. Only
//! the kernel knows whether a pipe has room: as long as nobody waits for some, the world takes it that there is.

use super::waits::incoming;
use super::{Activity, Object, PartState, World};
use crate::kind::{self, Gives, Guarded, Keys, Kind, Op, Part};
use crate::trace::{ActorId, MessageId, ObjectId, On, PartRef, Until};

/// Why something cannot be done by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The object's kind does not let the hand do it, or there is no such object.
    NotByHand,
    /// A process died in the middle of the object.
    Broken,
    /// The server in whose memory the object lies has ended, or is about to.
    ServerEnds(ActorId),
    /// That server is stopped by a signal.
    ServerStopped(ActorId),
    /// A lock that it needs is held.
    Held(PartRef),
    /// A lock that it would release is free.
    NotHeld(PartRef),
    /// A lock that only its holder may release is held by somebody else.
    HolderAlone(PartRef),
    /// Nothing is left of a count.
    UsedUp(PartRef),
    /// A count is at its bound.
    AtBound(PartRef),
    /// Nothing is there to take.
    Empty(ObjectId),
    /// The first message is only partly there.
    Midway(ObjectId),
    /// There is no room in a pipe.
    NoRoom(ObjectId),
    /// Nobody living holds this end, of which the hand would need a copy.
    NobodyHolds(ObjectId, u8),
    /// Nobody would receive what is sent: this end is closed everywhere.
    NobodyReads(ObjectId, u8),
    /// There is no cell to write.
    NoCell(ObjectId),
}

/// The things at which an operation can be done by hand: the object, its only cell, or those of its ends that
/// lead the right way. Of several cells it is for the user to say which.
pub fn places(object: &Object, op: &Op) -> Vec<On> {
    let ends = |part: u8, sends: bool| -> Vec<On> {
        let Some(PartState::Ends { ends }) = object.parts.get(part as usize) else { return Vec::new() };
        let leads = |end: u8| slots_read(object, part).any(|at| (at == end) != sends);
        (0..ends.len() as u8).filter(|end| leads(*end)).map(|end| On::End(object.id, end)).collect()
    };
    match op.asks {
        kind::Asks::End(part) => ends(part, false),
        kind::Asks::EndAndValue(part) => ends(part, true),
        kind::Asks::Cell(part) if part_of(object, part).is_some_and(|def| def.keys == Keys::One) => vec![On::Cell(object.id, 0)],
        kind::Asks::Cell(_) | kind::Asks::Value | kind::Asks::Nothing => vec![On::Object(object.id)],
    }
}

/// The ends of a part at which messages come out.
fn slots_read(object: &Object, ends: u8) -> impl Iterator<Item = u8> {
    let parts = kind::kind(object.kind).map_or(&[][..], |kind| kind.parts);
    let slots = parts.iter().filter(|part| part.shape == kind::Shape::Slots);
    slots.filter_map(move |part| part.read_at).filter(move |(of, _)| *of == ends).map(|(_, end)| end)
}

fn part_of(object: &Object, part: u8) -> Option<&'static Part> {
    kind::kind(object.kind)?.parts.get(part as usize)
}

/// What stands in the way of an operation by hand; none if it would be done.
pub fn obstacle(world: &World, op: &Op, on: On) -> Option<Obstacle> {
    let found = on.object().and_then(|object| world.object(object));
    let Some((object, kind)) = found.and_then(|object| Some((object, kind::kind(object.kind)?))) else {
        return Some(Obstacle::NotByHand);
    };
    if !kind.hand.contains(&op.id) {
        return Some(Obstacle::NotByHand);
    }
    if object.broken {
        return Some(Obstacle::Broken);
    }
    let parts = op.gives.iter().find_map(|gives| withheld(world, object, kind, on, *gives));
    server(world, object, kind).or(parts)
}

/// What a manager keeps is done by its server, between two callers.
fn server(world: &World, object: &Object, kind: &Kind) -> Option<Obstacle> {
    if !kind.kept {
        return None;
    }
    let server = world.actor(world.actor(object.maker)?.process)?;
    // A server works for its manager.
    server.object?;
    let listens = match &server.activity {
        Activity::Waiting(wait) => {
            wait.until.iter().any(|until| matches!(until, Until::Readable(part, _) if Some(part.object) == server.object))
        }
        _ => false,
    };
    match () {
        () if server.stopped && !server.is_dead() => Some(Obstacle::ServerStopped(server.id)),
        () if !listens => Some(Obstacle::ServerEnds(server.id)),
        () => None,
    }
}

/// What keeps the hand from giving one thing.
fn withheld(world: &World, object: &Object, kind: &Kind, on: On, gives: Gives) -> Option<Obstacle> {
    let part = |index: u8| PartRef::new(object.id, index);
    let state = |index: u8| object.parts.get(index as usize);
    match gives {
        Gives::Raises(_) | Gives::Lowers(_) | Gives::WakesAll(_) | Gives::Wakes(_) | Gives::LetsGo(_) => outer_lock(world, object, gives),
        Gives::Owns(at) => owned(object, at).then_some(Obstacle::Held(part(at))),
        Gives::Frees(at) => match (state(at), part_of(object, at)) {
            (Some(PartState::Owner { owner, .. }), Some(def)) if def.owner_alone && *owner != Some(ActorId::HAND) => {
                Some(Obstacle::HolderAlone(part(at)))
            }
            (Some(PartState::Owner { owner: None, .. }), _) => Some(Obstacle::NotHeld(part(at))),
            _ => None,
        },
        Gives::Adds(at) => match state(at) {
            // What is freed by taking something has room.
            Some(PartState::Count { value, max: Some(max) }) if value >= max && part_of(object, at)?.free_of.is_none() => {
                Some(Obstacle::AtBound(part(at)))
            }
            _ => None,
        },
        Gives::Lessens(at) => match state(at) {
            Some(PartState::Count { value, .. }) if *value <= 0 => Some(Obstacle::UsedUp(part(at))),
            _ => None,
        },
        Gives::Takes(at) => takes(world, object, kind, at),
        Gives::Fills(at) => fills(world, object, kind, at),
        Gives::Receives(ends) => {
            let On::End(_, end) = on else { return Some(Obstacle::NotByHand) };
            takes_at(world, object, kind, ends, end)
        }
        Gives::Sends(ends) => {
            let On::End(_, end) = on else { return Some(Obstacle::NotByHand) };
            sends_at(world, object, ends, end)
        }
        Gives::Writes(at) => match state(at) {
            Some(PartState::Cells { cells }) if cells.is_empty() && part_of(object, at)?.keys == Keys::Index => {
                Some(Obstacle::NoCell(object.id))
            }
            _ => outer_lock(world, object, gives),
        },
    }
}

/// Whether an owner part keeps the hand out. What only its holder may release, its holder may take again.
fn owned(object: &Object, at: u8) -> bool {
    match object.parts.get(at as usize) {
        Some(PartState::Owner { owner: Some(ActorId::HAND), .. }) => !part_of(object, at).is_some_and(|def| def.owner_alone),
        Some(PartState::Owner { owner, .. }) => owner.is_some(),
        _ => false,
    }
}

/// A lock that is an object of its own, as a condition's, and that the hand has to take for a moment.
fn outer_lock(world: &World, object: &Object, gives: Gives) -> Option<Obstacle> {
    let lock = object.lock.filter(|_| matches!(gives, Gives::Wakes(_) | Gives::WakesAll(_) | Gives::Writes(_)))?;
    let lock = world.object(lock)?;
    let at = lock.parts.iter().position(|part| matches!(part, PartState::Owner { .. }))? as u8;
    owned(lock, at).then_some(Obstacle::Held(PartRef::new(lock.id, at)))
}

fn takes(world: &World, object: &Object, kind: &Kind, slots: u8) -> Option<Obstacle> {
    match kind.parts.get(slots as usize)?.read_at {
        Some((ends, end)) => takes_at(world, object, kind, ends, end),
        None => match object.parts.get(slots as usize) {
            Some(PartState::Slots { messages }) if messages.is_empty() => Some(Obstacle::Empty(object.id)),
            _ => None,
        },
    }
}

/// A message is taken out of a pipe whole or not at all.
fn takes_at(world: &World, object: &Object, kind: &Kind, ends: u8, end: u8) -> Option<Obstacle> {
    if !is_held(world, object, ends, end) {
        return Some(Obstacle::NobodyHolds(object.id, end));
    }
    let messages = incoming(world, object.id, end)?;
    let half = |id: &MessageId| {
        let message = world.message(*id).filter(|message| !message.lost);
        message.and_then(|message| message.passed).is_some_and(|passed| passed.written < passed.frame || passed.read > 0)
    };
    // What stands behind the first keeps nobody from receiving that.
    if messages.iter().next().is_some_and(half) {
        return Some(Obstacle::Midway(object.id));
    }
    if messages.is_empty() {
        return Some(Obstacle::Empty(object.id));
    }
    guard(object, kind, Guarded::Reading)
}

fn fills(world: &World, object: &Object, kind: &Kind, slots: u8) -> Option<Obstacle> {
    let free = kind.parts.iter().position(|part| part.free_of == Some(slots));
    if let Some(at) = free
        && matches!(object.parts.get(at), Some(PartState::Count { value, .. }) if *value <= 0)
    {
        return Some(Obstacle::UsedUp(PartRef::new(object.id, at as u8)));
    }
    let (ends, end) = kind.parts.get(slots as usize)?.read_at?;
    let held = |end: u8| is_held(world, object, ends, end);
    if let Some(other) = others(object, ends, end).find(|other| !held(*other)) {
        return Some(Obstacle::NobodyHolds(object.id, other));
    }
    // What goes by way of a buffer and its feeder has to wait for nothing else.
    if free.is_some() {
        return None;
    }
    guard(object, kind, Guarded::Writing).or_else(|| no_room(world, object, ends, end))
}

fn sends_at(world: &World, object: &Object, ends: u8, end: u8) -> Option<Obstacle> {
    if !is_held(world, object, ends, end) {
        return Some(Obstacle::NobodyHolds(object.id, end));
    }
    let far = others(object, ends, end).next()?;
    let read = match object.parts.get(ends as usize) {
        Some(PartState::Ends { ends }) => ends.get(far as usize).is_some_and(|end| !end.holders.is_empty() && !end.seen_closed),
        _ => false,
    };
    if !read {
        return Some(Obstacle::NobodyReads(object.id, far));
    }
    let half = |id: &MessageId| world.message(*id).and_then(|message| message.passed).is_some_and(|passed| passed.written < passed.frame);
    if incoming(world, object.id, far).is_some_and(|messages| messages.iter().any(half)) {
        return Some(Obstacle::Midway(object.id));
    }
    no_room(world, object, ends, far)
}

/// Somebody who waits for room in the pipe that is read at an end has found none.
fn no_room(world: &World, object: &Object, ends: u8, end: u8) -> Option<Obstacle> {
    let part = PartRef::new(object.id, ends);
    let full = |until: &Until| matches!(until, Until::Writable(of, at) if *of == part && *at != end);
    let waits = world.all_actors().any(|actor| matches!(&actor.activity, Activity::Waiting(wait) if wait.until.iter().any(full)));
    waits.then_some(Obstacle::NoRoom(object.id))
}

fn guard(object: &Object, kind: &Kind, what: Guarded) -> Option<Obstacle> {
    let at = kind.parts.iter().position(|part| part.guards == Some(what))?;
    let held = matches!(object.parts.get(at), Some(PartState::Owner { owner: Some(owner), .. }) if *owner != ActorId::HAND);
    held.then_some(Obstacle::Held(PartRef::new(object.id, at as u8)))
}

fn others(object: &Object, ends: u8, end: u8) -> impl Iterator<Item = u8> {
    let count = match object.parts.get(ends as usize) {
        Some(PartState::Ends { ends }) => ends.len() as u8,
        _ => 0,
    };
    (0..count).filter(move |other| *other != end)
}

/// Whether somebody living holds an end, so that the hand gets a copy.
fn is_held(world: &World, object: &Object, ends: u8, end: u8) -> bool {
    let Some(PartState::Ends { ends }) = object.parts.get(ends as usize) else { return false };
    let living = |holder: &super::Holder| world.actor(holder.process).is_some_and(|one| !one.is_dead());
    ends.get(end as usize).is_some_and(|end| end.holders.iter().any(living))
}
