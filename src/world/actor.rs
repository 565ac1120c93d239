//! An actor as the trace tells of it.

use crate::trace::{ActorId, Announced, Cause, Nanos, ObjectId, On, OpId, Role, Wait};

#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    pub id: ActorId,
    pub role: Role,
    /// The process whose thread it is.
    pub process: ActorId,
    pub creator: Option<ActorId>,
    /// The object that a helper works for.
    pub object: Option<ObjectId>,
    pub name: String,
    pub function: String,
    pub pid: u32,
    pub tid: u32,
    pub activity: Activity,
    /// The operation that it is in or about to begin, and on what.
    pub doing: Option<(OpId, On)>,
    /// Line of that operation; 0 if it has none.
    pub line: u32,
    /// Since when it is in its activity.
    pub since: Nanos,
    /// The same as a step; 0 before the first, and where the kernel schedules.
    pub step: u64,
    /// SIGSTOPped from outside.
    pub stopped: bool,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Activity {
    /// Born, and not yet begun.
    Unborn,
    /// At the gate, with its next step announced (always so in gated runs, never in free ones).
    Ready(Announced),
    Running,
    /// In the kernel, until something holds. With `Until::Deadline` alone it is asleep.
    Waiting(Wait),
    /// It came to its end; its death is on its way.
    Ending,
    Dead(Cause),
}

impl Actor {
    pub fn is_dead(&self) -> bool {
        matches!(self.activity, Activity::Dead(_))
    }
}
