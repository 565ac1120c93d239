//! Queue: `put` appends to this process's own buffer and returns; a feeder thread writes the buffer to
//! one kernel pipe under a write lock; `get` reads whole frames under a read lock. One free slot less
//! from put until got.
//!
//! The two locks order readers and writers among processes; each is held across waits, so a holder's
//! death frees it (the host does that) and half a frame breaks the queue.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::feeder;
use super::frame::{Arrival, Incoming, Outgoing};
use super::lock::no_room;
use super::pipe::{add_bytes, drop_end, hold, os_error};
use super::seat::{locked, until};
use super::value::Value;
use crate::kind::queue::{
    BYTES, CANCEL_JOIN_THREAD, CANCEL_JOIN_THREAD_CANCELLED, CLOSE, CLOSE_CLOSED, EMPTY, EMPTY_READ, ENDS, FULL, FULL_READ, GET,
    GET_EXPIRED, GET_GOT, GET_PARTLY, GET_WAITS, GET_WAITS_LOCK, JOIN_THREAD, JOIN_THREAD_JOINED, JOIN_THREAD_WAITS, KIND, MAKE, MAKE_MADE,
    PIPE, PUT, PUT_BUFFERED, PUT_EXPIRED, PUT_WAITS, QSIZE, QSIZE_READ, READ_LOCK, READ_WAITERS, SLOT_WAITERS, SLOTS,
};
use crate::kind::{Op, buffer};
use crate::sys;
use crate::trace::{ActorId, Change, Grant, MessageId, ObjectId, On, PartRef, Preview, Until, Wait};

/// Slots of a queue without a bound: CPython's greatest semaphore value.
pub const NO_BOUND: i64 = i32::MAX as i64;

/// Words that say who is in the middle of a frame; `arena::repair` looks at them.
pub(super) const WRITER_WORD: usize = 0;
const READER_WORD: usize = 1;

/// One process's buffer for one queue.
pub struct Buffer {
    pub(super) object: ObjectId,
    pub(super) queue: ObjectId,
    pub(super) feeder: ActorId,
    pub(super) frames: Mutex<VecDeque<Outgoing>>,
    /// The process will not wait for the feeder at its end.
    pub(super) cancelled: AtomicBool,
}

/// Makes a queue with `max` slots; zero and less: as good as no bound.
pub fn make(ctx: &Context, name: Option<String>, max: i64) -> Result<ObjectId> {
    ctx.begin_op(&MAKE, On::Nothing, None);
    let name = name.unwrap_or_else(|| ctx.default_name("queue"));
    match make_part_of(ctx, &name, None, max) {
        Ok((object, changes)) => {
            ctx.done(&MAKE, &MAKE_MADE, On::Object(object), None, changes);
            Ok(object)
        }
        Err(error) => Err(ctx.failed(&MAKE, On::Nothing, error)),
    }
}

/// Makes a queue, perhaps as a part of something, giving what the trace has to be told.
pub(super) fn make_part_of(ctx: &Context, name: &str, owner: Option<ObjectId>, max: i64) -> Result<(ObjectId, Vec<Change>)> {
    let (reader, writer) = sys::pipe::simplex().map_err(|error| os_error("make the queue's pipe", &error))?;
    let object = ctx.arena.make_object(&KIND, name, owner, None, 0).map_err(no_room)?;
    let mut changes = vec![Change::Made { object, kind: KIND.id, name: name.to_owned(), owner, home: None }];
    for (end, fd) in [(0, reader), (1, writer)] {
        changes.push(hold(ctx, object, ENDS, end, fd)?);
    }
    let slots = if max <= 0 { NO_BOUND } else { max.min(NO_BOUND) };
    ctx.arena.part_at(object, SLOTS).set_count(slots, Some(slots));
    changes.push(Change::Counted { part: PartRef::new(object, SLOTS), value: slots, max: Some(slots) });
    Ok((object, changes))
}

fn usable(ctx: &Context, object: ObjectId) -> Result<()> {
    if locked(&ctx.process.closed_queues).contains(&object) {
        return Err(IpcError::new(
            ErrorKind::ValueError,
            format!("this process has closed {}: the queue is closed", ctx.object_text(object)),
        ));
    }
    ctx.check_broken(object)
}

/// Takes a slot and appends a copy of the value to this process's buffer; waits for a slot only.
/// Errors: Full (no slot in time), ValueError (closed), TypeError (a value that cannot travel).
pub fn put(ctx: &Context, object: ObjectId, value: &Value, patience: Patience) -> Result<()> {
    let on = On::Object(object);
    let mut inside = Vec::new();
    value.ends(&mut inside);
    if !inside.is_empty() {
        return Err(IpcError::new(ErrorKind::TypeError, "an end of a pipe is shared by passing it as an argument of a Process".to_owned()));
    }
    let bytes = value.encode_message()?;
    let preview = value.preview();
    ctx.begin_op(&PUT, on, Some(&preview));
    usable(ctx, object).map_err(|error| ctx.failed(&PUT, on, error))?;
    let buffer = feeder::buffer_for(ctx, object).map_err(|error| ctx.failed(&PUT, on, error))?;
    let wait = until(Until::CountAbove(PartRef::new(object, SLOTS), 0), patience.deadline(ctx.now()));
    let list = PartRef::new(object, SLOT_WAITERS);
    let mut queued = false;
    // A get wakes the first in the row only; two of them may have woken the same one.
    let mut next = None;
    loop {
        {
            let inner = ctx.arena.lock(object, ctx.me());
            // Looked at under the lock: whoever died in here was the last to hold it.
            if let Err(error) = ctx.check_broken(object) {
                drop(inner);
                return Err(ctx.gives_up(&PUT, on, list, error));
            }
            let slots = ctx.arena.part_at(object, SLOTS);
            let free = slots.count();
            let mut changes = Vec::new();
            if free > 0 {
                if std::mem::take(&mut queued) {
                    ctx.arena.part_at(object, SLOT_WAITERS).remove_waiter(ctx.me());
                    changes.push(Change::Left { part: list, actor: ctx.me() });
                }
                let _buffer = ctx.arena.lock(buffer.object, ctx.me());
                append(ctx, &buffer, &bytes, &preview, &mut changes);
                ctx.done(&PUT, &PUT_BUFFERED, on, Some(preview), changes);
                if free > 1 {
                    next = ctx.arena.part_at(object, SLOT_WAITERS).first_waiter();
                }
                break;
            }
            if patience == Patience::No {
                return Err(full(ctx, object, Vec::new()));
            }
            if !queued {
                queued = true;
                ctx.arena.part_at(object, SLOT_WAITERS).push_waiter(ctx.me());
                ctx.waits(&PUT, &PUT_WAITS, on, Some(preview.clone()), &wait, vec![Change::Queued { part: list, actor: ctx.me() }]);
            }
        }
        if ctx.wait(&wait) == Grant::Expire {
            let _inner = ctx.arena.lock(object, ctx.me());
            if ctx.arena.part_at(object, SLOTS).count() == 0 {
                ctx.arena.part_at(object, SLOT_WAITERS).remove_waiter(ctx.me());
                return Err(full(ctx, object, vec![Change::Left { part: list, actor: ctx.me() }]));
            }
        }
        ctx.check_broken(object).map_err(|error| ctx.gives_up(&PUT, on, list, error))?;
    }
    [Some(buffer.feeder), next].into_iter().flatten().for_each(|actor| ctx.arena.bump(actor));
    Ok(())
}

/// Lays a message into this process's buffer, for which there is a free slot. To be called under the
/// internal locks of queue and buffer, with the event that tells the changes.
pub(super) fn append(ctx: &Context, buffer: &Buffer, bytes: &[u8], preview: &Preview, changes: &mut Vec<Change>) -> MessageId {
    let slots = ctx.arena.part_at(buffer.queue, SLOTS);
    let free = slots.count() - 1;
    slots.set_count(free, slots.count_max());
    changes.push(Change::Counted { part: PartRef::new(buffer.queue, SLOTS), value: free, max: slots.count_max() });
    let frame = Outgoing::new(ctx.arena.next_message(), bytes);
    let message = frame.message;
    let place = PartRef::new(buffer.object, buffer::SLOTS);
    changes.push(Change::Composed { message, value: preview.clone() });
    changes.push(Change::Moved { message, from: None, to: Some(place) });
    ctx.arena.part_at(buffer.object, buffer::SLOTS).slots_push(message);
    locked(&buffer.frames).push_back(frame);
    message
}

fn full(ctx: &Context, object: ObjectId, changes: Vec<Change>) -> IpcError {
    let max = ctx.arena.part_at(object, SLOTS).count_max().unwrap_or(NO_BOUND);
    let error = IpcError::new(ErrorKind::Full, format!("queue {} is full ({max} of {max})", ctx.object_text(object)));
    ctx.done(&PUT, &PUT_EXPIRED, On::Object(object), Some(Preview::new(&error.message)), changes);
    error
}

/// Takes the next message out of the pipe; waits for the read lock, then for a message.
/// Errors: Empty (nothing in time), ValueError (closed), OwnerDied.
pub fn get(ctx: &Context, object: ObjectId, patience: Patience) -> Result<Value> {
    get_into(ctx, object, patience, &|_, _| None)
}

/// As [`get`]; `to` says, under the queue's internal lock, to what place the message goes from the pipe.
pub(super) fn get_into(
    ctx: &Context,
    object: ObjectId,
    patience: Patience,
    to: &dyn Fn(MessageId, &Result<Value>) -> Option<PartRef>,
) -> Result<Value> {
    let on = On::Object(object);
    ctx.begin_op(&GET, on, None);
    usable(ctx, object).map_err(|error| ctx.failed(&GET, on, error))?;
    let deadline = patience.deadline(ctx.now());
    let owner_name = PartRef::new(object, READ_LOCK);
    let list = PartRef::new(object, READ_WAITERS);
    let mut frame = Incoming::default();
    let mut queued = false;
    let mut grant = Grant::Proceed;
    let mut last_wait: Option<Wait> = None;
    loop {
        let Some(fd) = ctx.process.end(object, 0) else {
            let error = IpcError::new(ErrorKind::OSError, format!("this process does not hold the reader of {}", ctx.object_text(object)));
            return Err(ctx.failed(&GET, on, error));
        };
        let inner = ctx.arena.lock(object, ctx.me());
        if let Err(error) = ctx.check_broken(object) {
            drop(inner);
            return Err(ctx.gives_up(&GET, on, list, error));
        }
        let owner = ctx.arena.part_at(object, READ_LOCK);
        let held = owner.owner();
        let mut changes = Vec::new();
        if held.is_none() || held == Some(ctx.me()) {
            if std::mem::take(&mut queued) {
                ctx.arena.part_at(object, READ_WAITERS).remove_waiter(ctx.me());
                changes.push(Change::Left { part: list, actor: ctx.me() });
            }
            let before = frame.read_so_far();
            let arrival = frame.read(fd.as_fd());
            let count = frame.read_so_far() - before;
            if count > 0 {
                changes.push(add_bytes(ctx, PartRef::new(object, BYTES), -(count as i64)));
                ctx.arena.bump_pipe_version(object);
                if let (Some(message), Some(whole)) = (frame.message(), frame.frame()) {
                    let written = whole.min(frame.read_so_far() + sys::pipe::unread(fd.as_fd()).unwrap_or(0));
                    changes.push(Change::Passed { message, written, read: frame.read_so_far(), frame: whole });
                }
            }
            match arrival {
                Ok(Arrival::Whole) => return got(ctx, object, &frame, held.is_some(), to, changes, inner),
                Ok(Arrival::Partly) => {
                    let begun = frame.read_so_far() > 0;
                    if !begun && (patience == Patience::No || grant == Grant::Expire) {
                        return Err(empty_handed(ctx, object, held.is_some(), changes, inner));
                    }
                    if held.is_none() {
                        owner.set_owner(Some(ctx.me()), 1);
                        changes.push(Change::Owned { part: owner_name, owner: Some(ctx.me()), depth: 1 });
                    }
                    ctx.arena.own_word(object, READER_WORD).store(if begun { u64::from(ctx.me().0) + 1 } else { 0 }, SeqCst);
                    // Once a frame has begun there is no way back, so there is no time limit either.
                    let wait = until(Until::Readable(PartRef::new(object, ENDS), 0), deadline.filter(|_| !begun));
                    if count > 0 || last_wait.as_ref() != Some(&wait) {
                        ctx.waits(&GET, if begun { &GET_PARTLY } else { &GET_WAITS }, on, None, &wait, changes);
                    }
                    last_wait = Some(wait);
                }
                Ok(Arrival::End) => {
                    let name = ctx.object_text(object);
                    let error = IpcError::new(ErrorKind::EOFError, format!("nothing is left in {name} and nobody can put any more"));
                    release_reader(ctx, object, held.is_some(), &mut changes);
                    ctx.done(&GET, &crate::kind::FAILED, on, Some(Preview::new(&error.to_string())), changes);
                    return Err(error);
                }
                Err(error) => {
                    let error = os_error(&format!("get from {}", ctx.object_text(object)), &error);
                    release_reader(ctx, object, held.is_some(), &mut changes);
                    ctx.done(&GET, &crate::kind::FAILED, on, Some(Preview::new(&error.to_string())), changes);
                    return Err(error);
                }
            }
        } else {
            if patience == Patience::No || grant == Grant::Expire {
                if queued {
                    ctx.arena.part_at(object, READ_WAITERS).remove_waiter(ctx.me());
                    changes.push(Change::Left { part: list, actor: ctx.me() });
                }
                return Err(empty_handed(ctx, object, false, changes, inner));
            }
            let wait = until(Until::OwnerFree(owner_name, None), deadline);
            if !queued {
                queued = true;
                ctx.arena.part_at(object, READ_WAITERS).push_waiter(ctx.me());
                changes.push(Change::Queued { part: list, actor: ctx.me() });
                ctx.waits(&GET, &GET_WAITS_LOCK, on, None, &wait, changes);
            }
            last_wait = Some(wait);
        }
        drop(inner);
        if let Some(wait) = &last_wait {
            grant = ctx.wait(wait);
        }
        ctx.check_broken(object).map_err(|error| ctx.gives_up(&GET, on, list, error))?;
    }
}

/// A whole frame has been read: the message leaves the pipe, its slot is free, the read lock too.
fn got(
    ctx: &Context,
    object: ObjectId,
    frame: &Incoming,
    held: bool,
    to: &dyn Fn(MessageId, &Result<Value>) -> Option<PartRef>,
    mut changes: Vec<Change>,
    inner: crate::arena::objects::Inner<'_>,
) -> Result<Value> {
    let pipe = PartRef::new(object, PIPE);
    let value = frame.value();
    if let Some(message) = frame.message() {
        ctx.arena.part_at(object, PIPE).slots_pop(message);
        changes.push(Change::Moved { message, from: Some(pipe), to: to(message, &value) });
    }
    ctx.arena.own_word(object, READER_WORD).store(0, SeqCst);
    let slots = ctx.arena.part_at(object, SLOTS);
    let free = slots.count() + 1;
    slots.set_count(free, slots.count_max());
    changes.push(Change::Counted { part: PartRef::new(object, SLOTS), value: free, max: slots.count_max() });
    let reader = release_reader(ctx, object, held, &mut changes);
    let on = On::Object(object);
    ctx.done(&GET, &GET_GOT, on, value.as_ref().ok().map(Value::preview), changes);
    let putter = ctx.arena.part_at(object, SLOT_WAITERS).first_waiter();
    drop(inner);
    [reader, putter].into_iter().flatten().for_each(|actor| ctx.arena.bump(actor));
    value
}

fn empty_handed(
    ctx: &Context,
    object: ObjectId,
    held: bool,
    mut changes: Vec<Change>,
    inner: crate::arena::objects::Inner<'_>,
) -> IpcError {
    let reader = release_reader(ctx, object, held, &mut changes);
    let error = IpcError::new(ErrorKind::Empty, format!("nothing could be got from queue {} in time", ctx.object_text(object)));
    ctx.done(&GET, &GET_EXPIRED, On::Object(object), Some(Preview::new(&error.message)), changes);
    drop(inner);
    if let Some(reader) = reader {
        ctx.arena.bump(reader);
    }
    error
}

/// Frees the read lock if this thread holds it; the next one who wants it is to be woken in any case,
/// since it may have been kept from a lock that was free all along.
fn release_reader(ctx: &Context, object: ObjectId, held: bool, changes: &mut Vec<Change>) -> Option<ActorId> {
    if held {
        ctx.arena.part_at(object, READ_LOCK).set_owner(None, 0);
        changes.push(Change::Owned { part: PartRef::new(object, READ_LOCK), owner: None, depth: 0 });
    }
    ctx.arena.part_at(object, READ_WAITERS).first_waiter()
}

/// Does one look at the queue as a step.
fn look<T: Into<Looked> + Copy>(
    ctx: &Context,
    object: ObjectId,
    op: &Op,
    outcome: &crate::kind::Outcome,
    see: impl Fn() -> T,
) -> Result<T> {
    let on = On::Object(object);
    ctx.begin_op(op, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(op, on, error))?;
    let _inner = ctx.arena.lock(object, ctx.me());
    let seen = see();
    let looked: Looked = seen.into();
    ctx.done(op, outcome, on, Some(looked.0.preview()), Vec::new());
    Ok(seen)
}

/// What a look saw.
struct Looked(Value);

impl From<bool> for Looked {
    fn from(seen: bool) -> Looked {
        Looked(Value::Bool(seen))
    }
}

impl From<i64> for Looked {
    fn from(seen: i64) -> Looked {
        Looked(Value::Int(seen))
    }
}

/// Slots taken: in buffers, in the pipe, and lost.
pub fn qsize(ctx: &Context, object: ObjectId) -> Result<i64> {
    look(ctx, object, &QSIZE, &QSIZE_READ, || {
        let slots = ctx.arena.part_at(object, SLOTS);
        slots.count_max().unwrap_or(NO_BOUND) - slots.count()
    })
}

/// Whether the pipe is empty; what lies in buffers does not count.
pub fn empty(ctx: &Context, object: ObjectId) -> Result<bool> {
    let fd = ctx.process.end(object, 0);
    look(ctx, object, &EMPTY, &EMPTY_READ, || fd.as_ref().is_none_or(|fd| !sys::pipe::readable(fd.as_fd())))
}

/// Whether there is no free slot.
pub fn full_now(ctx: &Context, object: ObjectId) -> Result<bool> {
    look(ctx, object, &FULL, &FULL_READ, || ctx.arena.part_at(object, SLOTS).count() == 0)
}

/// This process will put and get no more. Its feeder writes what is buffered, then closes both ends.
pub fn close(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&CLOSE, on, None);
    {
        let mut closed = locked(&ctx.process.closed_queues);
        if !closed.contains(&object) {
            closed.push(object);
        }
    }
    let buffer = locked(&ctx.process.buffers).get(&object).cloned();
    let changes = buffer.as_ref().map(|buffer| feeder::close_buffer(ctx, buffer)).unwrap_or_default();
    ctx.done(&CLOSE, &CLOSE_CLOSED, on, None, changes);
    if let Some(buffer) = buffer {
        ctx.arena.bump(buffer.feeder);
    }
    Ok(())
}

/// Waits until the feeder has written everything. Errors: AssertionError before `close`.
pub fn join_thread(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&JOIN_THREAD, on, None);
    if !locked(&ctx.process.closed_queues).contains(&object) {
        let error = IpcError::new(ErrorKind::AssertionError, format!("join_thread needs {} to be closed first", ctx.object_text(object)));
        return Err(ctx.failed(&JOIN_THREAD, on, error));
    }
    let feeder = locked(&ctx.process.buffers).get(&object).map(|buffer| buffer.feeder);
    if let Some(feeder) = feeder {
        let wait = until(Until::Ended(feeder), None);
        if ctx.arena.holds(ctx.me(), Until::Ended(feeder)) != Some(true) {
            ctx.waits(&JOIN_THREAD, &JOIN_THREAD_WAITS, on, None, &wait, Vec::new());
            while ctx.arena.holds(ctx.me(), Until::Ended(feeder)) != Some(true) {
                ctx.wait(&wait);
            }
        }
    }
    ctx.done(&JOIN_THREAD, &JOIN_THREAD_JOINED, on, None, Vec::new());
    Ok(())
}

/// At its end this process will not wait for its feeder: what is buffered then is lost.
pub fn cancel_join_thread(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&CANCEL_JOIN_THREAD, on, None);
    if let Some(buffer) = locked(&ctx.process.buffers).get(&object) {
        buffer.cancelled.store(true, SeqCst);
    }
    ctx.done(&CANCEL_JOIN_THREAD, &CANCEL_JOIN_THREAD_CANCELLED, on, None, Vec::new());
    Ok(())
}

/// Closes this process's ends of a queue that it has closed, once its feeder is done.
pub(super) fn drop_ends(seat: &super::seat::Seat, object: ObjectId) -> Vec<Change> {
    if !locked(&seat.process.closed_queues).contains(&object) {
        return Vec::new();
    }
    [0, 1].into_iter().flat_map(|end| drop_end(seat, object, ENDS, end)).collect()
}
