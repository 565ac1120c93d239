//! One chunk of a frame, written to or read from an object's pipe or socket: as much as the kernel takes or
//! has now, with what that changes in the object's parts. Waiting is its callers' business.
//!
//! Everything here is to be called under the object's internal lock, with the event that tells the changes.

use std::io;
use std::os::fd::BorrowedFd;

use super::frame::{Arrival, Incoming, Outgoing};
use super::seat::Seat;
use crate::arena::flights::End;
use crate::sys;
use crate::trace::{Change, MessageId, PartRef, Preview};

/// The parts that carry what flows one way.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub slots: PartRef,
    pub bytes: PartRef,
    /// Where it comes out.
    pub end: End,
}

/// Writes one chunk, and gives its length: 0 where there is no room. `enters` adds how the message came to
/// be here, at its first byte.
pub(super) fn write(
    seat: &Seat,
    way: Way,
    fd: BorrowedFd<'_>,
    frame: &mut Outgoing,
    changes: &mut Vec<Change>,
    enters: impl FnOnce(&mut Vec<Change>),
) -> io::Result<u64> {
    let first = frame.written() == 0;
    let asked = frame.frame() - frame.written();
    let count = frame.write(fd)?;
    if count > 0 {
        if first {
            seat.arena.part_at(way.slots.object, way.slots.part).slots_push(frame.message);
            enters(changes);
        }
        changes.push(Change::Passed { message: frame.message, written: frame.written(), read: 0, frame: frame.frame() });
        let bytes = seat.arena.part_at(way.bytes.object, way.bytes.part).bytes_written(asked, count);
        changes.push(filled(seat, way.bytes, bytes));
        seat.arena.bump_pipe_version(way.slots.object);
        if frame.is_done() {
            seat.arena.board(&frame.flights, frame.message, way.end);
        }
    }
    Ok(count)
}

/// How a message comes into being in the slots that it is written to.
pub(super) fn composed(message: MessageId, value: &Preview, to: PartRef) -> [Change; 2] {
    [Change::Composed { message, value: value.clone() }, Change::Moved { message, from: None, to: Some(to) }]
}

/// Reads what is there of a frame. Nothing is added to the changes where nothing was.
pub(super) fn read(seat: &Seat, way: Way, fd: BorrowedFd<'_>, frame: &mut Incoming, changes: &mut Vec<Change>) -> io::Result<Arrival> {
    let before = frame.read_so_far();
    let arrival = frame.read(fd);
    let count = frame.read_so_far() - before;
    if count > 0 {
        let bytes = seat.arena.part_at(way.bytes.object, way.bytes.part).bytes_read(count);
        changes.push(filled(seat, way.bytes, bytes));
        seat.arena.bump_pipe_version(way.bytes.object);
        if let (Some(message), Some(whole)) = (frame.message(), frame.frame()) {
            // A writer that died may not have told of its last chunk, which is in the pipe all the same.
            let written = whole.min(frame.read_so_far() + sys::pipe::unread(fd).unwrap_or(0));
            changes.push(Change::Passed { message, written, read: frame.read_so_far(), frame: whole });
        }
    }
    arrival
}

/// A whole frame leaves the slots; `to`: where it goes.
pub(super) fn taken(seat: &Seat, way: Way, frame: &Incoming, to: Option<PartRef>) -> Option<Change> {
    let message = frame.message()?;
    seat.arena.part_at(way.slots.object, way.slots.part).slots_pop(message);
    Some(Change::Moved { message, from: Some(way.slots), to })
}

/// That the kernel holds so many bytes now, with the pages that they take.
fn filled(seat: &Seat, part: PartRef, bytes: u64) -> Change {
    Change::Filled { part, bytes, pages: seat.arena.part_at(part.object, part.part).pages() }
}

/// From the making of a kernel pipe on the pages in use are counted; gives the change. A socket has none.
pub(super) fn count_pages(seat: &Seat, part: PartRef, fd: BorrowedFd<'_>) -> Option<Change> {
    let slots = sys::pipe::slots(fd).ok()?;
    seat.arena.part_at(part.object, part.part).begin_pages(slots, sys::pipe::page_size());
    Some(filled(seat, part, 0))
}
