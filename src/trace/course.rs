//! How a run goes: what it is doing, how fast, and where it is to pause. These are the words that whoever
//! controls a run and whoever shows it have in common, so that neither must know the other.
//!
//! They are no part of the trace: of them a recording carries only how its seed walked.

use bincode::{Decode, Encode};

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

/// How the seed of a gated run decides who goes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Walk {
    /// Any candidate, at each step anew.
    Random,
    /// Who has the highest rank, until one of `depth` − 1 changes: somebody runs far ahead of somebody else.
    Priority { depth: u32 },
    /// Odd seeds at random, even ones by priority.
    #[default]
    Mixed,
}

impl Walk {
    /// How deep a failure may lie that priorities are to find, unless the user says otherwise.
    pub const DEPTH: u32 = 3;

    /// What a seed does under it: either of the two that are not mixed.
    pub fn of_seed(self, seed: u64) -> Walk {
        match self {
            Walk::Mixed if seed.is_multiple_of(2) => Walk::Priority { depth: Walk::DEPTH },
            Walk::Mixed => Walk::Random,
            one => one,
        }
    }
}
