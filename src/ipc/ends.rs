//! Ends of pipes among a process's descriptors: noted when it gets one, closed when it lets go. The arena's
//! list of holders and the descriptors change together, under the object's internal lock.

use std::os::fd::{AsRawFd, OwnedFd};

use super::context::Context;
use super::error::{ErrorKind, IpcError};
use super::seat::Seat;
use crate::trace::{Change, ObjectId, PartRef};

/// Notes that this process holds an end that it just made.
pub(super) fn hold(ctx: &Context, object: ObjectId, part: u8, end: u8, fd: OwnedFd) -> Change {
    let number = fd.as_raw_fd();
    ctx.process.add_end(object, end, fd);
    ctx.arena.part_at(object, part).add_holder(end, ctx.process.id, number);
    Change::Opened { part: PartRef::new(object, part), end, process: ctx.process.id }
}

/// Closes a copy of an end, giving the change. Under the object's internal lock.
pub fn drop_end(seat: &Seat, object: ObjectId, part: u8, end: u8) -> Vec<Change> {
    let Some(fd) = seat.process.remove_end(object, end) else { return Vec::new() };
    seat.arena.part_at(object, part).remove_holder(end, seat.process.id);
    drop(fd);
    seat.arena.bump_pipe_version(object);
    seat.arena.let_go();
    vec![Change::Closed { part: PartRef::new(object, part), end, process: seat.process.id }]
}

/// What an operation on an end that this process has closed raises.
pub(super) fn closed(ctx: &Context, object: ObjectId, end: u8) -> IpcError {
    IpcError::new(ErrorKind::OSError, format!("this process has closed end {end} of {}: handle is closed", ctx.object_text(object)))
}
