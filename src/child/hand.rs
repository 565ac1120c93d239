//! The hand's process: does what the user does, through the same code as everyone, one step at a time.
//! It never waits: what cannot be done now is refused with the reason.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use crate::arena::actors::State;
use crate::ipc::context::{Context, Patience};
use crate::ipc::control::{self, Order, Request};
use crate::ipc::{ErrorKind, IpcError, Result, Value, cells, condition, event, lock, pipe, queue};
use crate::kind;
use crate::sys;
use crate::trace::{Body, Change, ObjectId, On, OpId, PartRef};

/// The largest value, encoded, that surely fits a pipe that has room at all.
const VALUE_LIMIT: usize = 2000;

/// Serves the hand until the host goes.
pub fn serve(ctx: &Context) {
    loop {
        ctx.arena.set_state(ctx.me(), State::Idle);
        ctx.arena.ring_bell();
        let Ok(Some((order, fds))) = control::obey(ctx.process.control.as_fd()) else { return };
        let Order::Act { op, on, value, ends } = order else { continue };
        if let Err(error) = act(ctx, op, on, value, &ends, fds) {
            // A host that has gone needs no answer.
            let _ = control::send(&ctx.process.control, &Request::Refused { why: error.message }, &[]);
        }
    }
}

fn refuse(why: impl Into<String>) -> IpcError {
    IpcError::new(ErrorKind::ValueError, why)
}

fn act(ctx: &Context, id: OpId, on: On, value: Option<Value>, ends: &[(PartRef, u8)], fds: Vec<OwnedFd>) -> Result<()> {
    let (Some(op), Some(object)) = (kind::op(id), on.object()) else { return Err(refuse("the hand does not know this action")) };
    if let Some(value) = &value
        && value.encode_message()?.len() > VALUE_LIMIT
    {
        return Err(refuse(format!("the hand carries values of up to {VALUE_LIMIT} bytes")));
    }
    let detail = value.as_ref().map(Value::preview);
    ctx.as_one_step(op, on, detail.as_ref(), || {
        let borrowed = borrow(ctx, ends, fds);
        let outcome = perform(ctx, id, on, object, value.unwrap_or(Value::Unit));
        give_back(ctx, borrowed);
        outcome
    })
}

fn perform(ctx: &Context, id: OpId, on: On, object: ObjectId, value: Value) -> Result<()> {
    let name = || ctx.arena.object_name(object);
    match (id, on) {
        (id, _) if id == kind::event::SET.id => event::set(ctx, object),
        (id, _) if id == kind::event::CLEAR.id => event::clear(ctx, object),
        (id, _) if id == kind::queue::PUT.id => queue::put(ctx, object, &value, Patience::No),
        (id, _) if id == kind::queue::GET.id => queue::get(ctx, object, Patience::No).map(drop),
        (id, On::End(_, end)) if id == kind::pipe::SEND.id => {
            let writable = ctx.process.end(object, end).is_some_and(|fd| sys::pipe::writable(fd.as_fd()));
            if !writable {
                return Err(ctx.refuse_by_hand(&kind::pipe::SEND, on, format!("there is no room in {} now", name())));
            }
            pipe::send(ctx, object, end, &value)
        }
        (id, On::End(_, end)) if id == kind::pipe::RECV.id => {
            if !pipe::has_whole_message(ctx, object, end) {
                return Err(ctx.refuse_by_hand(&kind::pipe::RECV, on, format!("there is no whole message at end {end} of {} now", name())));
            }
            pipe::recv(ctx, object, end).map(drop)
        }
        (id, _) if id == kind::lock::ACQUIRE.id || id == kind::rlock::ACQUIRE.id => match lock::acquire(ctx, object, Patience::No)? {
            true => Ok(()),
            false => Err(refuse(format!("{} is held, and the hand does not wait", name()))),
        },
        (id, _) if id == kind::lock::RELEASE.id || id == kind::rlock::RELEASE.id => lock::release(ctx, object),
        (id, _) if id == kind::condition::NOTIFY.id => notify(ctx, object, Some(1)),
        (id, _) if id == kind::condition::NOTIFY_ALL.id => notify(ctx, object, None),
        (id, On::Cell(_, index)) if id == kind::value::WRITE.id || id == kind::array::WRITE.id => {
            if !cells::is_open(ctx, object) {
                let op = if id == kind::value::WRITE.id { &kind::value::WRITE } else { &kind::array::WRITE };
                return Err(ctx.refuse_by_hand(op, on, format!("the lock of {} is held, and the hand does not wait", name())));
            }
            cells::write(ctx, object, i64::from(index), &value)
        }
        _ => Err(refuse("the hand cannot do this")),
    }
}

/// Takes the condition's lock, notifies, and frees the lock, all in one step.
fn notify(ctx: &Context, object: ObjectId, count: Option<i64>) -> Result<()> {
    let lock = condition::lock_of(ctx, object);
    if !lock::acquire(ctx, lock, Patience::No)? {
        return Err(refuse(format!("the lock of {} is held: a notification needs it", ctx.arena.object_name(object))));
    }
    let outcome = match count {
        Some(count) => condition::notify(ctx, object, count),
        None => condition::notify_all(ctx, object),
    };
    outcome.and(lock::release(ctx, lock))
}

/// Holds the ends that came along and that the hand does not hold yet, and shows itself as holder.
/// Gives those that are to be given back.
fn borrow(ctx: &Context, ends: &[(PartRef, u8)], fds: Vec<OwnedFd>) -> Vec<(PartRef, u8)> {
    let mut borrowed = Vec::new();
    for ((part, end), fd) in ends.iter().copied().zip(fds) {
        if ctx.process.end(part.object, end).is_some() {
            continue;
        }
        let _inner = ctx.arena.lock(part.object, ctx.me());
        ctx.arena.part_at(part.object, part.part).add_holder(end, ctx.process.id, fd.as_raw_fd());
        ctx.process.add_end(part.object, end, fd);
        ctx.arena.emit(ctx.me(), Body::Also { changes: vec![Change::Opened { part, end, process: ctx.process.id }] });
        // A queue's ends stay with the hand: its feeder needs them later.
        if ctx.arena.facts(part.object).kind != kind::queue::ID {
            borrowed.push((part, end));
        }
    }
    borrowed
}

fn give_back(ctx: &Context, borrowed: Vec<(PartRef, u8)>) {
    for (part, end) in borrowed {
        ctx.arena.wait_for_room();
        let _inner = ctx.arena.lock(part.object, ctx.me());
        let changes = pipe::drop_end(ctx, part.object, part.part, end);
        ctx.arena.emit(ctx.me(), Body::Also { changes });
    }
}
