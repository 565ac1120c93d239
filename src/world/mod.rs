//! The state of a run at one point of its trace, folded from events. Pure: no clock, no IO, no ratatui.

pub mod actor;
pub mod asked;
mod change;
mod digest;
pub mod fold;
pub mod hand;
mod hold;
pub mod landmark;
pub mod lost_update;
pub mod object;
mod part;
mod permits;
pub mod pieces;
mod printed;
mod pulse;
pub mod quiet;
pub mod remedy;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
pub mod sample;
mod stretch;
pub mod timeline;
pub mod verdict;
pub mod waits;

use std::sync::Arc;

pub use actor::{Activity, Actor};
pub use asked::{Asked, Moment};
pub use hold::Hold;
pub use landmark::{Landmark, Sign};
pub use lost_update::LostUpdate;
pub use object::{Cell, Cells, End, Holder, Object, PartState, Waiter};
pub use permits::Take;
pub use pieces::Pieces;
pub use printed::{PrintedLine, PrintedLines};
pub use timeline::Timeline;
pub use verdict::{Verdict, verdicts};
pub use waits::waits_for;

use crate::kind;
use crate::trace::{ActorId, KindId, MessageId, Mode, Nanos, ObjectId, PartRef, Preview, Rest};

/// Everything that is known at a point of the trace. Clones share what did not change.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct World {
    /// Events folded so far.
    pub events: u64,
    /// Grants and clock jumps so far.
    pub step: u64,
    pub now: Nanos,
    pub mode: Mode,
    /// By actor id; `None` where an id is not (yet) used.
    pub actors: Vec<Option<Arc<Actor>>>,
    /// By object id.
    pub objects: Vec<Option<Arc<Object>>>,
    /// Messages that lie in some slots, or whose frame is in a pipe, sorted by id.
    pub messages: Pieces<Arc<Message>>,
    /// Since when what is held is held.
    holds: hold::Holds,
    /// Who has which permits.
    permits: permits::Permits,
    /// When flags were set and cleared.
    pulses: pulse::Pulses,
    /// Since when nothing has changed.
    quiet: quiet::Quiet,
    /// What was read lately, and what came after it.
    readings: lost_update::Readings,
    /// Who could go, while everybody is at rest.
    pub rest: Option<Rest>,
    /// Lines printed so far (whole or begun).
    pub printed: u64,
    /// Events that were claimed and never written.
    pub lost: u64,
    /// Moves that the rules of parts forbid: reported, never fatal.
    pub faults: Vec<Fault>,
}

/// A value on its way.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Message {
    pub id: MessageId,
    pub value: Preview,
    /// Who made it.
    pub from: ActorId,
    /// Where it lies; none while it is being taken or not yet put.
    pub place: Option<PartRef>,
    /// Bytes of its frame written to and read from a pipe, and the frame's length, once it is in one.
    pub passed: Option<Passed>,
    /// It will never arrive.
    pub lost: bool,
}

/// How far a message has passed through a pipe: its bytes written and read, of all that its frame has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Passed {
    pub written: u64,
    pub read: u64,
    pub frame: u64,
}

/// A move that a part's rules do not allow, found while folding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// Index of the event.
    pub event: u64,
    pub part: Option<PartRef>,
    pub what: String,
}

impl Default for World {
    fn default() -> Self {
        World::new()
    }
}

impl World {
    /// The world before the first event.
    pub fn new() -> World {
        World {
            events: 0,
            step: 0,
            now: 0,
            mode: Mode::Gated,
            actors: Vec::new(),
            objects: Vec::new(),
            messages: Pieces::new(),
            holds: hold::Holds::default(),
            permits: permits::Permits::default(),
            pulses: pulse::Pulses::default(),
            quiet: quiet::Quiet::default(),
            readings: lost_update::Readings::default(),
            rest: None,
            printed: 0,
            lost: 0,
            faults: Vec::new(),
        }
    }

    /// An actor, dead ones included; none before its birth was told.
    pub fn actor(&self, id: ActorId) -> Option<&Actor> {
        self.actors.get(id.0 as usize)?.as_deref()
    }

    /// An object; none before its making was told.
    pub fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id.0 as usize)?.as_deref()
    }

    /// A part of an object, as it stands.
    pub fn part(&self, part: PartRef) -> Option<&PartState> {
        self.object(part.object)?.parts.get(part.part as usize)
    }

    /// A message that is still known.
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.messages.get(self.messages.search_by_key(&id, |message| message.id).ok()?).map(|message| &**message)
    }

    /// Whether a message lies where it was sent to, to be looked at there by whoever likes.
    pub fn has_arrived(&self, message: &Message) -> bool {
        let part = |place: PartRef| kind::kind(self.kind_of(place.object)?)?.parts.get(place.part as usize);
        message.place.and_then(part).is_some_and(|part| part.arrived)
    }

    /// All actors, in order of id.
    pub fn all_actors(&self) -> impl Iterator<Item = &Actor> {
        self.actors.iter().flatten().map(|actor| &**actor)
    }

    /// Actors that stand for processes, in order of id; the hand's among them.
    pub fn processes(&self) -> impl Iterator<Item = &Actor> {
        self.all_actors().filter(|actor| actor.process == actor.id)
    }

    /// All objects, in order of id.
    pub fn all_objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().flatten().map(|object| &**object)
    }

    /// The object that an object belongs to, up to the one that belongs to none.
    pub fn outermost(&self, object: ObjectId) -> Option<ObjectId> {
        let mut at = self.object(object)?;
        // Bounded, so that a damaged trace cannot lead round in circles.
        for _ in 0..8 {
            match at.owner.and_then(|owner| self.object(owner)) {
                Some(owner) => at = owner,
                None => break,
            }
        }
        Some(at.id)
    }

    /// The objects that belong to an object (a condition's lock, a queue's buffers).
    pub fn belonging_to(&self, owner: ObjectId) -> impl Iterator<Item = &Object> {
        self.all_objects().filter(move |object| object.owner == Some(owner))
    }

    /// The kind of an object, if the object is known.
    pub fn kind_of(&self, id: ObjectId) -> Option<KindId> {
        self.object(id).map(|object| object.kind)
    }

    /// Whether all processes but the hand's have ended (and at least one lived). One that works for an object
    /// alone, as a manager's server does, has nobody to serve then.
    pub fn ended(&self) -> bool {
        let mut any = false;
        for process in self.processes().filter(|process| process.id != ActorId::HAND && process.object.is_none()) {
            any = true;
            if !matches!(process.activity, Activity::Dead(_)) {
                return false;
            }
        }
        any
    }

    /// Whether the run is proved to be unable to go on by itself.
    pub fn stuck(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.stuck)
    }
}
