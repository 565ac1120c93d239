//! How a run goes: what it is doing, how fast, and where it is to pause. These are the words that whoever
//! controls a run and whoever shows it have in common, so that neither must know the other.
//!
//! They are no part of the trace: a recording carries none of them.

use super::{ActorId, ObjectId};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Paused,
    Running,
    /// Proved that nobody can go on; the hand may still change that.
    Stuck,
    /// All its processes have ended.
    Ended,
}

/// How fast a gated run goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Steps a second.
    Steps(f64),
    Unlimited,
}

/// Where a run that plays is to pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Somebody's next step is on this line.
    Line(u32),
    /// Somebody has just done something to this object.
    Object(ObjectId),
    /// This actor has ended.
    Ended(ActorId),
    /// Several wait for what only one of them can have, and it has just come free for them.
    Rivals,
}
