//! The feeder thread of one process and one queue: takes frames from the process's buffer and writes
//! them to the queue's pipe, one at a time, under the queue's write lock.
//!
//! It is an actor: each frame (or each part of one that does not fit the pipe) is a step of its own.

use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use super::buffer::{Buffer, Buffers, GUARDED, drop_ends};
use super::context::Context;
use super::error::{IpcError, Result};
use super::frame::Outgoing;
use super::guarded::{self, Wrote};
use super::seat::{Report, Seat, locked};
use super::thread;
use super::wake::Wake;
use crate::kind::buffer::{CLOSING, FEED, FEED_ENDED, FEED_FULL, FEED_IDLE, FEED_PARTLY, FEED_WAITS_LOCK, FEED_WROTE, KIND, SLOTS};
use crate::kind::{FAILED, Outcome};
use crate::trace::{Body, Change, MessageId, Next, ObjectId, On, PartRef, Preview, Until, Wait};

/// This process's buffer for a queue; the first call makes it and starts its feeder.
pub(super) fn buffer_for(ctx: &Context, queue: ObjectId) -> Result<Arc<Buffer>> {
    if let Some(buffer) = locked(&ctx.process.own::<Buffers>().0).get(&queue) {
        return Ok(buffer.clone());
    }
    let name = format!("{}.buffer", ctx.object_text(queue));
    let home = Some(ctx.process.id);
    let (object, made) = ctx.new_object_at(&KIND, &name, Some(queue), home, 0)?;
    let reserved = thread::reserve(ctx, queue, format!("{}.feeder", ctx.name()))?;
    let feeder = reserved.actor;
    let buffer = Arc::new(Buffer { object, queue, feeder, frames: Mutex::new(VecDeque::new()), cancelled: AtomicBool::new(false) });
    let work = buffer.clone();
    let tell = || ctx.arena.emit(ctx.me(), Body::Also { changes: vec![made] });
    thread::start(ctx, reserved, "feeder", move |seat| run(&seat, &work), tell)?;
    locked(&ctx.process.own::<Buffers>().0).insert(queue, buffer.clone());
    Ok(buffer)
}

/// Says that nothing more will be put, giving the change.
pub(super) fn close_buffer(ctx: &Context, buffer: &Buffer) -> Vec<Change> {
    let _inner = ctx.arena.lock(buffer.object, ctx.me());
    let flag = ctx.arena.part_at(buffer.object, CLOSING);
    if flag.flag() {
        return Vec::new();
    }
    flag.set_flag(true);
    vec![Change::Raised { part: PartRef::new(buffer.object, CLOSING), up: true }]
}

/// Drops all messages of which nothing is in the pipe yet, and gives them. To be called under the queue's
/// internal lock; the trace is still to be told.
pub(super) fn drop_waiting(seat: &Seat, buffer: &Buffer) -> Vec<MessageId> {
    let mut frames = locked(&buffer.frames);
    let begun = usize::from(frames.front().is_some_and(|frame| frame.written() > 0));
    let dropped: Vec<Outgoing> = frames.drain(begun..).collect();
    dropped.iter().for_each(|frame| seat.arena.strand(&frame.flights));
    dropped.into_iter().map(|frame| frame.message).collect()
}

/// The feeder's life.
fn run(seat: &Seat, buffer: &Buffer) {
    let on = On::Object(buffer.queue);
    let idle = Wait {
        until: vec![Until::SlotsFilled(PartRef::new(buffer.object, SLOTS)), Until::FlagUp(PartRef::new(buffer.object, CLOSING))],
        deadline: None,
    };
    seat.step(&FEED, on, 0, None);
    while let Some(wait) = feed(seat, buffer, &idle) {
        seat.wait(&wait);
    }
    thread::end(seat);
}

/// One step: the next frame, or as much of it as fits. Gives what to wait for; none at the end.
fn feed(seat: &Seat, buffer: &Buffer, idle: &Wait) -> Option<Wait> {
    let queue = buffer.queue;
    let inner = seat.arena.lock(queue, seat.me);
    let mut frames = locked(&buffer.frames);
    let Some(frame) = frames.front_mut() else {
        if seat.arena.part_at(buffer.object, CLOSING).flag() {
            let changes = drop_ends(seat, queue);
            report(seat, &FEED_ENDED, queue, None, Next::Ends, changes);
            return None;
        }
        report(seat, &FEED_IDLE, queue, None, Next::Waits(idle.clone()), Vec::new());
        return Some(idle.clone());
    };
    if let Err(error) = seat.check_broken(queue) {
        let woken = give_up(seat, queue, &mut frames, &error);
        drop(frames);
        drop(inner);
        seat.wake(woken);
        return None;
    }
    let mut changes = Vec::new();
    let message = frame.message;
    let before = frame.written();
    let wrote = guarded::write(seat, queue, &GUARDED, frame, &mut changes, |changes| {
        let _buffer = seat.arena.lock(buffer.object, seat.me);
        seat.arena.part_at(buffer.object, SLOTS).slots_pop(message);
        changes.push(Change::Moved {
            message,
            from: Some(PartRef::new(buffer.object, SLOTS)),
            to: Some(PartRef::new(queue, GUARDED.pipe)),
        });
    });
    let (woken, wait) = match wrote {
        Wrote::Behind(wait, newly) => {
            if newly {
                report(seat, &FEED_WAITS_LOCK, queue, None, Next::Waits(wait.clone()), changes);
            }
            return Some(wait);
        }
        Wrote::Partly(wait) => {
            let outcome = if frame.written() > before { &FEED_PARTLY } else { &FEED_FULL };
            report(seat, outcome, queue, None, Next::Waits(wait.clone()), changes);
            return Some(wait);
        }
        Wrote::Whole(next) => {
            frames.pop_front();
            report(seat, &FEED_WROTE, queue, None, Next::Waits(idle.clone()), changes);
            (next, Some(idle.clone()))
        }
        Wrote::Failed(error) => (give_up(seat, queue, &mut frames, &error), None),
    };
    drop(frames);
    drop(inner);
    seat.wake(woken);
    wait
}

fn report(seat: &Seat, outcome: &Outcome, queue: ObjectId, detail: Option<Preview>, next: Next, changes: Vec<Change>) {
    seat.report(Report { op: &FEED, outcome, on: On::Object(queue), line: 0, detail, next, changes });
}

/// Nobody can read any more: what is buffered is lost, everyone may know, and the feeder ends. Gives
/// whom to wake for the write lock. To be called under the queue's internal lock.
fn give_up(seat: &Seat, queue: ObjectId, frames: &mut VecDeque<Outgoing>, error: &IpcError) -> Wake {
    frames.iter().for_each(|frame| seat.arena.strand(&frame.flights));
    let mut changes: Vec<Change> = frames.drain(..).map(|frame| Change::Dropped { message: frame.message }).collect();
    let next = guarded::withdraw(seat, queue, &GUARDED, &mut changes);
    report(seat, &FAILED, queue, Some(Preview::new(&error.to_string())), Next::Ends, changes);
    next
}
