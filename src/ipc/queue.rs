//! Queue: `put` appends to this process's own buffer and returns; a feeder thread writes the buffer to
//! one kernel pipe under a write lock; `get` reads whole frames under a read lock (`guarded`). One free
//! slot less from put until got.

use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;

use super::buffer::{Buffer, Buffers, ClosedQueues, GUARDED};
use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::feeder;
use super::frame::Outgoing;
use super::guarded::{self, Reading};
use super::hand::{Row, Task};
use super::joinable_queue;
use super::refusal;
use super::seat::{locked, until};
use super::stream;
use super::travel::{self, Received};
use super::value::Value;
use super::wake::Wake;
use crate::arena::flights::FlightId;
use crate::kind::queue::{
    CANCEL_JOIN_THREAD, CANCEL_JOIN_THREAD_CANCELLED, CLOSE, CLOSE_CLOSED, EMPTY, EMPTY_READ, FULL, FULL_READ, GET, GET_EXPIRED, GET_GOT,
    GET_PARTLY, GET_WAITS, GET_WAITS_LOCK, JOIN_THREAD, JOIN_THREAD_JOINED, JOIN_THREAD_WAITS, KIND, MAKE, MAKE_MADE, PIPE, PUT,
    PUT_BUFFERED, PUT_COUNTED, PUT_EXPIRED, PUT_WAITS, QSIZE, QSIZE_READ, SLOT_WAITERS, SLOTS,
};
use crate::kind::{self, Kind, Op, Outcome, UNBOUNDED_SLOTS, buffer};
use crate::sys;
use crate::trace::{Change, Grant, MessageId, ObjectId, On, PartRef, Preview, Until};

/// What the hand can do to a Queue.
pub const BY_HAND: &[Row] =
    &[Row::new(&PUT, |ctx, task| Ok(put(ctx, task.object, &task.value, Patience::No)?)), Row::new(&GET, get_by_hand)];

fn get_by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    if guarded::is_midway(ctx, task.object) {
        return Err(guarded::midway_by_hand(ctx, &GET, task.object));
    }
    Ok(get(ctx, task.object, Patience::No).map(drop)?)
}

const READING: Reading =
    Reading { op: &GET, got: &GET_GOT, waits: &GET_WAITS, waits_lock: &GET_WAITS_LOCK, partly: &GET_PARTLY, expired: empty_handed };

/// Makes a queue with `max` slots; zero and less: no bound. A joinable one counts what is unfinished.
pub fn make(ctx: &Context, name: Option<String>, max: i64, joinable: bool) -> Result<ObjectId> {
    let (kind, words) = match joinable {
        true => (&kind::joinable_queue::KIND, (&kind::joinable_queue::MAKE, &kind::joinable_queue::MAKE_MADE)),
        false => (&KIND, (&MAKE, &MAKE_MADE)),
    };
    ctx.making(words, None, name, "queue", |name| make_kind(ctx, kind, name, None, max))
}

/// Makes a queue, perhaps as a part of something, giving what the trace has to be told.
pub fn make_part_of(ctx: &Context, name: &str, owner: Option<ObjectId>, max: i64) -> Result<(ObjectId, Vec<Change>)> {
    make_kind(ctx, &KIND, name, owner, max)
}

fn make_kind(ctx: &Context, kind: &Kind, name: &str, owner: Option<ObjectId>, max: i64) -> Result<(ObjectId, Vec<Change>)> {
    let (object, made) = ctx.new_object(kind, name, owner)?;
    let mut changes = vec![made];
    guarded::open(ctx, object, &GUARDED, &mut changes)?;
    let bound = bound(max);
    let slots = bound.unwrap_or(UNBOUNDED_SLOTS);
    ctx.arena.part_at(object, SLOTS).set_count(slots, bound);
    changes.push(Change::Counted { part: PartRef::new(object, SLOTS), value: slots, max: bound });
    Ok((object, changes))
}

/// The bound of a queue that is to have so many slots: none for zero and less. As in CPython it is no greater
/// than what a semaphore counts.
pub(super) fn bound(max: i64) -> Option<i64> {
    (max > 0).then(|| max.min(UNBOUNDED_SLOTS))
}

fn usable(ctx: &Context, object: ObjectId) -> Result<()> {
    if locked(&ctx.process.own::<ClosedQueues>().0).contains(&object) {
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
    let bytes = value.encode_with_ends()?;
    let preview = travel::preview(ctx, value);
    ctx.begin_op(&PUT, on, Some(&preview));
    usable(ctx, object).map_err(|error| ctx.failed(&PUT, on, error))?;
    let sent = travel::depart(ctx, value).map_err(|error| ctx.failed(&PUT, on, error))?;
    put_bytes(ctx, object, &bytes, preview, &sent, patience).inspect_err(|_| travel::turn_back(ctx, sent))
}

/// The step has begun.
fn put_bytes(ctx: &Context, object: ObjectId, bytes: &[u8], preview: Preview, flights: &[FlightId], patience: Patience) -> Result<()> {
    let on = On::Object(object);
    let buffer = feeder::buffer_for(ctx, object).map_err(|error| ctx.failed(&PUT, on, error))?;
    let wait = until(Until::CountAbove(PartRef::new(object, SLOTS), 0), patience.deadline(ctx.now()));
    let list = PartRef::new(object, SLOT_WAITERS);
    let mut queued = false;
    // A get wakes the first in the row only; two of them may have woken the same one.
    let next;
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
                append(ctx, &buffer, bytes, &preview, flights, &mut changes);
                let joinable = joinable_queue::is_joinable(&ctx.arena, object);
                if joinable {
                    changes.push(joinable_queue::count(&ctx.arena, object, 1).1);
                }
                ctx.done(&PUT, if joinable { &PUT_COUNTED } else { &PUT_BUFFERED }, on, Some(preview), changes);
                next = if free > 1 { Wake::first_of(ctx.arena.part_at(object, SLOT_WAITERS)) } else { Wake::nobody() };
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
    ctx.wake(Wake::one(buffer.feeder).and(next));
    Ok(())
}

/// Lays a message into this process's buffer, for which there is a free slot. To be called under the
/// internal locks of queue and buffer, with the event that tells the changes.
pub(super) fn append(
    ctx: &Context,
    buffer: &Buffer,
    bytes: &[u8],
    preview: &Preview,
    flights: &[FlightId],
    changes: &mut Vec<Change>,
) -> MessageId {
    let slots = ctx.arena.part_at(buffer.queue, SLOTS);
    let free = slots.count() - 1;
    slots.set_count(free, slots.count_max());
    changes.push(Change::Counted { part: PartRef::new(buffer.queue, SLOTS), value: free, max: slots.count_max() });
    let frame = Outgoing::new(ctx.arena.next_message(), bytes).carrying(flights.to_vec());
    let message = frame.message;
    let place = PartRef::new(buffer.object, buffer::SLOTS);
    changes.extend(stream::composed(message, preview, place));
    ctx.arena.part_at(buffer.object, buffer::SLOTS).slots_push(message);
    locked(&buffer.frames).push_back(frame);
    message
}

fn full(ctx: &Context, object: ObjectId, changes: Vec<Change>) -> IpcError {
    let max = ctx.arena.part_at(object, SLOTS).count_max().unwrap_or(UNBOUNDED_SLOTS);
    let error = IpcError::new(ErrorKind::Full, format!("queue {} is full ({max} of {max})", ctx.object_text(object)));
    ctx.done(&PUT, &PUT_EXPIRED, On::Object(object), Some(Preview::new(&error.message)), changes);
    error
}

/// Takes the next message out of the pipe; waits for the read lock, then for a message.
/// Errors: Empty (nothing in time), ValueError (closed), OwnerDied.
pub fn get(ctx: &Context, object: ObjectId, patience: Patience) -> Result<Value> {
    let received = get_into(ctx, object, patience, &|_, _| None)?;
    travel::arrive(ctx, received)
}

/// As [`get`]; `to` says, under the queue's internal lock, to what place the message goes from the pipe.
pub(super) fn get_into(
    ctx: &Context,
    object: ObjectId,
    patience: Patience,
    to: &dyn Fn(MessageId, &Result<Received>) -> Option<PartRef>,
) -> Result<Received> {
    let on = On::Object(object);
    ctx.begin_op(&GET, on, None);
    usable(ctx, object).map_err(|error| ctx.failed(&GET, on, error))?;
    guarded::read(ctx, object, &GUARDED, &READING, patience, |message, received, changes| {
        changes.push(Change::Moved { message, from: Some(PartRef::new(object, PIPE)), to: to(message, received) });
        let slots = ctx.arena.part_at(object, SLOTS);
        let free = slots.count() + 1;
        slots.set_count(free, slots.count_max());
        changes.push(Change::Counted { part: PartRef::new(object, SLOTS), value: free, max: slots.count_max() });
        if let (true, Ok(received)) = (joinable_queue::is_joinable(&ctx.arena, object), received) {
            joinable_queue::remember(ctx, object, message, received.value.preview());
        }
        Wake::first_of(ctx.arena.part_at(object, SLOT_WAITERS))
    })
}

fn empty_handed(ctx: &Context, object: ObjectId) -> (&'static Outcome, IpcError) {
    (&GET_EXPIRED, IpcError::new(ErrorKind::Empty, format!("nothing could be got from queue {} in time", ctx.object_text(object))))
}

/// Does one look at the queue as a step; `shown` is how the trace shows what it saw.
fn look<T: Copy>(ctx: &Context, object: ObjectId, (op, outcome): (&Op, &Outcome), shown: fn(T) -> Value, see: impl Fn() -> T) -> Result<T> {
    let on = On::Object(object);
    ctx.begin_op(op, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(op, on, error))?;
    let _inner = ctx.arena.lock(object, ctx.me());
    let seen = see();
    ctx.done(op, outcome, on, Some(shown(seen).preview()), Vec::new());
    Ok(seen)
}

/// Slots taken: in buffers, in the pipe, and lost.
pub fn qsize(ctx: &Context, object: ObjectId) -> Result<i64> {
    look(ctx, object, (&QSIZE, &QSIZE_READ), Value::Int, || {
        let slots = ctx.arena.part_at(object, SLOTS);
        slots.count_max().unwrap_or(UNBOUNDED_SLOTS) - slots.count()
    })
}

/// Whether the pipe is empty; what lies in buffers does not count.
pub fn empty(ctx: &Context, object: ObjectId) -> Result<bool> {
    let fd = ctx.process.end(object, 0);
    look(ctx, object, (&EMPTY, &EMPTY_READ), Value::Bool, || fd.as_ref().is_none_or(|fd| !sys::pipe::readable(fd.as_fd())))
}

/// Whether there is no free slot.
pub fn full_now(ctx: &Context, object: ObjectId) -> Result<bool> {
    look(ctx, object, (&FULL, &FULL_READ), Value::Bool, || ctx.arena.part_at(object, SLOTS).count() == 0)
}

/// This process will put and get no more. Its feeder writes what is buffered, then closes both ends.
pub fn close(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&CLOSE, on, None);
    {
        let closed = ctx.process.own::<ClosedQueues>();
        let mut closed = locked(&closed.0);
        if !closed.contains(&object) {
            closed.push(object);
        }
    }
    let buffer = locked(&ctx.process.own::<Buffers>().0).get(&object).cloned();
    let changes = buffer.as_ref().map(|buffer| feeder::close_buffer(ctx, buffer)).unwrap_or_default();
    ctx.done(&CLOSE, &CLOSE_CLOSED, on, None, changes);
    if let Some(buffer) = buffer {
        ctx.wake(Wake::one(buffer.feeder));
    }
    Ok(())
}

/// Waits until the feeder has written everything. Errors: AssertionError before `close`.
pub fn join_thread(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&JOIN_THREAD, on, None);
    if !locked(&ctx.process.own::<ClosedQueues>().0).contains(&object) {
        let error = IpcError::new(ErrorKind::AssertionError, format!("join_thread needs {} to be closed first", ctx.object_text(object)));
        return Err(ctx.failed(&JOIN_THREAD, on, error));
    }
    let feeder = locked(&ctx.process.own::<Buffers>().0).get(&object).map(|buffer| buffer.feeder);
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
    if let Some(buffer) = locked(&ctx.process.own::<Buffers>().0).get(&object) {
        buffer.cancelled.store(true, SeqCst);
    }
    ctx.done(&CANCEL_JOIN_THREAD, &CANCEL_JOIN_THREAD_CANCELLED, on, None, Vec::new());
    Ok(())
}
