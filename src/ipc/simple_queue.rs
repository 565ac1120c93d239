//! SimpleQueue: a guarded pipe and nothing else. Who puts writes itself, and waits while there is no room.

use std::os::fd::AsFd;

use super::context::{Context, Patience};
use super::ends::drop_end;
use super::error::{ErrorKind, IpcError, Result};
use super::frame::Outgoing;
use super::guarded::{self, Parts, Reading, Wrote};
use super::hand::{self, Row, Task};
use super::refusal;
use super::stream;
use super::travel;
use super::value::Value;
use super::wake::Wake;
use crate::arena::flights::FlightId;
use crate::kind::simple_queue::{
    CLOSE, CLOSE_CLOSED, EMPTY, EMPTY_READ, ENDS, GET, GET_GOT, GET_NOTHING, GET_PARTLY, GET_WAITS, GET_WAITS_LOCK, KIND, MAKE, MAKE_MADE,
    PIPE, PUT, PUT_PARTLY, PUT_WAITS, PUT_WAITS_LOCK, PUT_WROTE, READ_LOCK, WRITE_LOCK, WRITE_WAITERS,
};
use crate::kind::{FAILED, Outcome};
use crate::sys;
use crate::trace::{Change, ObjectId, On, PartRef, Preview};

/// What the hand can do to a SimpleQueue.
pub const BY_HAND: &[Row] = &[Row::new(&PUT, put_by_hand), Row::new(&GET, get_by_hand)];

fn put_by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    if !has_room(ctx, task.object) {
        let name = ctx.arena.object_name(task.object);
        let (en, zh) = (format!("{name} cannot be written to now"), format!("{name} 现在不能写入"));
        return Err(hand::told(ctx, &PUT, task.on, en, zh));
    }
    Ok(put(ctx, task.object, &task.value)?)
}

fn get_by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    if guarded::is_midway(ctx, task.object) {
        return Err(guarded::midway_by_hand(ctx, &GET, task.object));
    }
    Ok(get(ctx, task.object, Patience::No).map(drop)?)
}

pub(super) const GUARDED: Parts = Parts::with_locks_from(READ_LOCK);

const READING: Reading =
    Reading { op: &GET, got: &GET_GOT, waits: &GET_WAITS, waits_lock: &GET_WAITS_LOCK, partly: &GET_PARTLY, expired: empty_handed };

/// Makes a queue of one pipe. Errors: OSError without descriptors or room.
pub fn make(ctx: &Context, name: Option<String>) -> Result<ObjectId> {
    ctx.making((&MAKE, &MAKE_MADE), None, name, "queue", |name| make_part_of(ctx, name, None))
}

/// Makes a queue of one pipe, perhaps as a part of something, giving what the trace has to be told.
pub(super) fn make_part_of(ctx: &Context, name: &str, owner: Option<ObjectId>) -> Result<(ObjectId, Vec<Change>)> {
    let (object, made) = ctx.new_object(&KIND, name, owner)?;
    let mut changes = vec![made];
    guarded::open(ctx, object, &GUARDED, &mut changes)?;
    Ok((object, changes))
}

fn usable(ctx: &Context, object: ObjectId) -> Result<()> {
    if ctx.process.ends_of(object).is_empty() {
        return Err(IpcError::new(ErrorKind::OSError, format!("this process has closed {}: handle is closed", ctx.object_text(object))));
    }
    ctx.check_broken(object)
}

/// Writes a copy of a value to the pipe: who can read sees it when this returns. Waits for the write
/// lock, and for room. Errors: OSError (closed), TypeError (a value that cannot travel), OwnerDied.
pub fn put(ctx: &Context, object: ObjectId, value: &Value) -> Result<()> {
    let on = On::Object(object);
    let bytes = value.encode_with_ends()?;
    let preview = travel::preview(ctx, value);
    ctx.begin_op(&PUT, on, Some(&preview));
    usable(ctx, object).map_err(|error| ctx.failed(&PUT, on, error))?;
    let sent = travel::depart(ctx, value).map_err(|error| ctx.failed(&PUT, on, error))?;
    write(ctx, object, &bytes, &preview, &sent, &|_| {}).inspect_err(|_| travel::turn_back(ctx, sent))
}

/// As [`put`], of a value that is encoded; `whole` adds what else changes in the moment in which all of
/// it is in the pipe.
pub(super) fn put_bytes(ctx: &Context, object: ObjectId, bytes: &[u8], preview: &Preview, whole: &dyn Fn(&mut Vec<Change>)) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&PUT, on, Some(preview));
    usable(ctx, object).map_err(|error| ctx.failed(&PUT, on, error))?;
    write(ctx, object, bytes, preview, &[], whole)
}

/// The step has begun.
fn write(
    ctx: &Context,
    object: ObjectId,
    bytes: &[u8],
    preview: &Preview,
    flights: &[FlightId],
    whole: &dyn Fn(&mut Vec<Change>),
) -> Result<()> {
    let on = On::Object(object);
    let mut frame = Outgoing::new(ctx.arena.next_message(), bytes).carrying(flights.to_vec());
    let message = frame.message;
    loop {
        let inner = ctx.arena.lock(object, ctx.me());
        if let Err(error) = ctx.check_broken(object) {
            drop(inner);
            return Err(ctx.gives_up(&PUT, on, PartRef::new(object, WRITE_WAITERS), error));
        }
        let mut changes = Vec::new();
        let before = frame.written();
        let wrote = guarded::write(ctx, object, &GUARDED, &mut frame, &mut changes, |changes| {
            changes.extend(stream::composed(message, preview, PartRef::new(object, PIPE)));
        });
        let wait = match wrote {
            Wrote::Behind(wait, newly) => {
                if newly {
                    ctx.waits(&PUT, &PUT_WAITS_LOCK, on, Some(preview.clone()), &wait, changes);
                }
                wait
            }
            Wrote::Partly(wait) => {
                let outcome = if before == frame.written() { &PUT_WAITS } else { &PUT_PARTLY };
                ctx.waits(&PUT, outcome, on, Some(preview.clone()), &wait, changes);
                wait
            }
            Wrote::Whole(next) => {
                whole(&mut changes);
                ctx.done(&PUT, &PUT_WROTE, on, Some(preview.clone()), changes);
                drop(inner);
                ctx.wake(next);
                return Ok(());
            }
            Wrote::Failed(error) => {
                let next = guarded::withdraw(ctx, object, &GUARDED, &mut changes);
                ctx.done(&PUT, &FAILED, on, Some(Preview::new(&error.to_string())), changes);
                drop(inner);
                ctx.wake(next);
                return Err(error);
            }
        };
        drop(inner);
        ctx.wait(&wait);
    }
}

/// Takes the next message; waits for the read lock, then for a message, as long as patience lasts: the
/// language gives no limit, the hand no time. Errors: OSError (closed), OwnerDied, Empty (out of patience).
pub fn get(ctx: &Context, object: ObjectId, patience: Patience) -> Result<Value> {
    let on = On::Object(object);
    ctx.begin_op(&GET, on, None);
    usable(ctx, object).map_err(|error| ctx.failed(&GET, on, error))?;
    let received = guarded::read(ctx, object, &GUARDED, &READING, patience, |message, _, changes| {
        changes.push(Change::Moved { message, from: Some(PartRef::new(object, PIPE)), to: None });
        Wake::nobody()
    })?;
    travel::arrive(ctx, received)
}

fn empty_handed(ctx: &Context, object: ObjectId) -> (&'static Outcome, IpcError) {
    (&GET_NOTHING, IpcError::new(ErrorKind::Empty, format!("nothing can be got from {} now", ctx.object_text(object))))
}

/// Whether the pipe is empty. Errors: OSError (closed), OwnerDied.
pub fn empty(ctx: &Context, object: ObjectId) -> Result<bool> {
    let on = On::Object(object);
    ctx.begin_op(&EMPTY, on, None);
    usable(ctx, object).map_err(|error| ctx.failed(&EMPTY, on, error))?;
    let _inner = ctx.arena.lock(object, ctx.me());
    let empty = ctx.process.end(object, 0).is_none_or(|fd| !sys::pipe::readable(fd.as_fd()));
    ctx.done(&EMPTY, &EMPTY_READ, on, Some(Value::Bool(empty).preview()), Vec::new());
    Ok(empty)
}

/// Closes this process's copies of both ends; closing again does nothing.
pub fn close(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&CLOSE, on, None);
    let _inner = ctx.arena.lock(object, ctx.me());
    let changes = [0, 1].into_iter().flat_map(|end| drop_end(ctx, object, ENDS, end)).collect();
    ctx.done(&CLOSE, &CLOSE_CLOSED, on, None, changes);
    Ok(())
}

/// Whether a put of so small a value that it goes whole would not have to wait.
pub fn has_room(ctx: &Context, object: ObjectId) -> bool {
    let free = ctx.arena.part_at(object, WRITE_LOCK).owner().is_none();
    free && ctx.process.end(object, 1).is_some_and(|fd| sys::pipe::writable(fd.as_fd()))
}
