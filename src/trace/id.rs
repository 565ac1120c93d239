//! Names of the things a trace speaks of: small numbers given by whoever creates the thing.
//!
//! Ids are never used again within a run, so a trace can name the dead.

use std::borrow::Cow;

use bincode::{Decode, Encode};
use serde::Serialize;

/// Virtual or wall time since the start of the run, in nanoseconds.
pub type Nanos = u64;

/// One thread that performs operations. A process is named by its main thread's actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize)]
#[serde(transparent)]
pub struct ActorId(pub u16);

impl ActorId {
    /// The process that the user started. It grants, moves the clock and reports deaths.
    pub const HOST: ActorId = ActorId(0);
    /// The user as an actor.
    pub const HAND: ActorId = ActorId(1);
    /// The process that runs the scenario's top level.
    pub const MAIN: ActorId = ActorId(2);
}

/// A primitive that processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize)]
#[serde(transparent)]
pub struct ObjectId(pub u16);

/// One part of an object; `part` is the index in the parts of the object's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize)]
pub struct PartRef {
    pub object: ObjectId,
    pub part: u8,
}

impl PartRef {
    /// The part of this number of an object.
    pub const fn new(object: ObjectId, part: u8) -> Self {
        PartRef { object, part }
    }
}

/// A value on its way, from put to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize)]
#[serde(transparent)]
pub struct MessageId(pub u64);

/// The most bytes of a name of a process, a function or an object, so that what tells of it fits an event.
pub const NAME_LIMIT: usize = 64;

/// A name that has room: the whole, or its beginning and `…`.
pub fn fitting_name(whole: &str) -> Cow<'_, str> {
    if whole.len() <= NAME_LIMIT {
        return Cow::Borrowed(whole);
    }
    Cow::Owned(format!("{}…", beginning(whole, NAME_LIMIT - '…'.len_utf8())))
}

/// As much of a text as a number of bytes holds, cut between two characters.
pub fn beginning(whole: &str, limit: usize) -> &str {
    let mut end = whole.len().min(limit);
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    &whole[..end]
}

/// Names a kind of object (a row of `kind::ALL`). Opaque to the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize)]
#[serde(transparent)]
pub struct KindId(pub u8);

/// Names an operation of a kind. Opaque to the trace; `kind` gives it words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode, Serialize)]
#[serde(transparent)]
pub struct OpId(pub u16);

impl OpId {
    /// The operation of this number of a kind: the kind in the high byte, the number in the low.
    pub const fn new(kind: KindId, number: u8) -> Self {
        OpId(((kind.0 as u16) << 8) | number as u16)
    }

    /// The kind whose operation it is.
    pub const fn kind(self) -> KindId {
        KindId((self.0 >> 8) as u8)
    }
}
