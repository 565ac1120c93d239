//! One process's side of its queues: the buffers that its feeders take from, and the queues that it has closed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use super::ends::drop_end;
use super::frame::Outgoing;
use super::guarded::Parts;
use super::seat::{Seat, locked};
use crate::kind::queue::{ENDS, READ_LOCK};
use crate::trace::{ActorId, Change, ObjectId};

/// Where a queue's pipe and its locks are.
pub(super) const GUARDED: Parts = Parts::with_locks_from(READ_LOCK);

/// One process's buffer for one queue.
pub(super) struct Buffer {
    pub(super) object: ObjectId,
    pub(super) queue: ObjectId,
    pub(super) feeder: ActorId,
    pub(super) frames: Mutex<VecDeque<Outgoing>>,
    /// The process will not wait for the feeder at its end.
    pub(super) cancelled: AtomicBool,
}

/// The buffers of a process, by queue.
#[derive(Default)]
pub(super) struct Buffers(pub(super) Mutex<BTreeMap<ObjectId, Arc<Buffer>>>);

/// The queues that a process has closed.
#[derive(Default)]
pub(super) struct ClosedQueues(pub(super) Mutex<Vec<ObjectId>>);

/// Closes this process's ends of a queue that it has closed, once its feeder is done.
pub(super) fn drop_ends(seat: &Seat, object: ObjectId) -> Vec<Change> {
    if !locked(&seat.process.own::<ClosedQueues>().0).contains(&object) {
        return Vec::new();
    }
    [0, 1].into_iter().flat_map(|end| drop_end(seat, object, ENDS, end)).collect()
}
