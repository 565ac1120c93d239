//! Threads of a process that work for an object: a queue's feeder, a pool's handler. Each is an actor
//! of its own with its own seat; what it does there is its object's file to say.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Mutex;
use std::sync::atomic::Ordering::SeqCst;

use super::context::Context;
use super::control::{self, Request};
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::seat::{Seat, locked};
use super::wake::Wake;
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::FLAG_BORN;
use crate::sys;
use crate::trace::{ActorId, Body, Born, Cause, Died, ObjectId, Role};

/// What wakes a process's threads that work for an object from a poll.
#[derive(Default)]
struct Eventfds(Mutex<BTreeMap<ActorId, OwnedFd>>);

/// A thread that is to be started: its actor has an id and a name already.
pub(super) struct Reserved {
    pub actor: ActorId,
    works_for: ObjectId,
    name: String,
    /// Bytes of its stack.
    stack: usize,
}

impl Reserved {
    /// With more stack than a thread needs that only moves messages.
    pub(super) fn with_stack(self, stack: usize) -> Reserved {
        Reserved { stack, ..self }
    }
}

/// Reserves the actor of a thread that works for an object. Errors: OSError (no room for actors).
pub(super) fn reserve(ctx: &Context, works_for: ObjectId, name: String) -> Result<Reserved> {
    let kin = |_| Kin { process: ctx.process.id, creator: Some(ctx.me()), role: Role::Helper, works_for: Some(works_for) };
    let actor = ctx.arena.reserve_actor(kin, &name, "").map_err(|error| IpcError::new(ErrorKind::OSError, error.to_string()))?;
    Ok(Reserved { actor, works_for, name, stack: 256 << 10 })
}

/// Starts the thread and returns when it stands at the gate. `tell` is then called, before its birth is
/// told, for what the trace must know first. A thread ends when `live` does, which has told its last event.
pub(super) fn start(
    ctx: &Context,
    reserved: Reserved,
    kind: &str,
    live: impl FnOnce(Seat) + Send + 'static,
    tell: impl FnOnce(),
) -> Result<()> {
    let Reserved { actor, works_for, name, stack } = reserved;
    let tid = spawn(ctx, actor, kind, stack, live).inspect_err(|_| ctx.arena.set_state(actor, State::Dead))?;
    tell();
    ctx.arena.emit(
        ctx.me(),
        Body::Born(Born {
            actor,
            role: Role::Helper,
            process: ctx.process.id,
            creator: Some(ctx.me()),
            object: Some(works_for),
            name,
            function: String::new(),
            pid: ctx.arena.ids(ctx.me()).0,
            tid,
        }),
    );
    ctx.arena.raise_flag(actor, FLAG_BORN);
    ctx.wake(Wake::one(actor));
    Ok(())
}

/// Gives the thread's number in the system once it is at the gate.
fn spawn(ctx: &Context, actor: ActorId, kind: &str, stack: usize, live: impl FnOnce(Seat) + Send + 'static) -> Result<u32> {
    let failed = |error: &std::io::Error| os_error(&format!("start a {kind}"), error);
    let eventfd = sys::pipe::eventfd().map_err(|error| failed(&error))?;
    control::send(&ctx.process.control, &Request::Thread { actor }, &[eventfd.as_fd()])
        .map_err(|error| os_error(&format!("tell the host of a {kind}"), &error))?;
    locked(&ctx.process.own::<Eventfds>().0).insert(actor, eventfd.try_clone().map_err(|error| failed(&error))?);
    let seat = Seat::new(ctx.arena.clone(), actor, ctx.process.clone(), eventfd);
    std::thread::Builder::new()
        .name(kind.to_owned())
        .stack_size(stack)
        .spawn(move || {
            let pid = seat.arena.ids(seat.process.id).0;
            seat.arena.set_ids(seat.me, pid, sys::child::tid());
            live(seat);
        })
        .map_err(|error| failed(&error))?;
    let word = ctx.arena.actor_word(actor);
    loop {
        let seen = word.load(SeqCst);
        if State::of(seen) != State::Starting {
            return Ok(ctx.arena.ids(actor).1);
        }
        sys::futex::wait(word, seen, None);
    }
}

/// Wakes a thread of this process wherever it sleeps, also in a poll, to which nobody else's bump comes.
pub(super) fn wake(ctx: &Context, actor: ActorId) {
    ctx.wake(Wake::one(actor));
    if let Some(eventfd) = locked(&ctx.process.own::<Eventfds>().0).get(&actor) {
        // A counter that is full wakes just as well.
        let _ = sys::pipe::ring(eventfd.as_fd());
    }
}

/// A thread's last words: it is dead from here on, and its process, which may wait for that, looks again.
pub(super) fn end(seat: &Seat) {
    seat.arena.set_cause(seat.me, Cause::Returned);
    seat.arena.wait_for_room();
    seat.arena.emit(seat.me, Body::Died(Died { actor: seat.me, cause: Cause::Returned, changes: Vec::new() }));
    seat.arena.set_state(seat.me, State::Dead);
    seat.wake(Wake::one(seat.process.id));
    seat.arena.ring_bell();
}
