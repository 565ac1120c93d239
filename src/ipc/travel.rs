//! Ends of pipes that travel in messages. Bytes carry no descriptors, so while a message is on its way the
//! host keeps a copy of each end that it names, drawn *in flight*; whoever gets the message fetches it.
//! A copy counts like any other: as long as it is in flight, nobody at the far side sees an end of file.
//!
//! In the arena a copy in flight is a holder of the host's, marked with the process whose message it
//! belongs to: one that is killed takes its copies with it (`arena::repair`). The mark comes before the
//! descriptor and goes after it, so nothing is kept that is not drawn.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use super::context::Context;
use super::control::{self, Flight, Order, Request};
use super::error::{ErrorKind, IpcError, Result};
use super::pipe::{closed, os_error};
use super::seat::locked;
use super::value::Value;
use crate::kind::pipe::ENDS;
use crate::trace::{ActorId, Body, Change, ObjectId, PartRef, Preview};

/// Ends that have been sent off.
pub(super) struct Sent(Vec<(ObjectId, u8)>);

impl Sent {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A value in words, with the ends in it by the names of their pipes.
pub(super) fn preview(ctx: &Context, value: &Value) -> Preview {
    match ends_of(value).is_empty() {
        true => value.preview(),
        false => named(ctx, value).preview(),
    }
}

fn ends_of(value: &Value) -> Vec<(ObjectId, u8)> {
    let mut ends = Vec::new();
    value.ends(&mut ends);
    ends
}

/// The value with a plain function's name, which is shown as it is, in place of each end.
fn named(ctx: &Context, value: &Value) -> Value {
    match value {
        Value::End { object, end, .. } => {
            let function = format!("<end {end} of {}>", ctx.object_text(*object));
            Value::Task { function, args: Vec::new(), label: String::new() }
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| named(ctx, item)).collect()),
        Value::Map(entries) => Value::Map(entries.iter().map(|(key, item)| (key.clone(), named(ctx, item))).collect()),
        other => other.clone(),
    }
}

/// Sends off copies of all ends in a value that is about to be sent. Errors: OSError (closed here).
pub(super) fn depart(ctx: &Context, value: &Value) -> Result<Sent> {
    let mut sent = Sent(Vec::new());
    for (object, end) in ends_of(value) {
        if let Err(error) = depart_one(ctx, object, end) {
            turn_back(ctx, sent);
            return Err(error);
        }
        sent.0.push((object, end));
    }
    Ok(sent)
}

fn depart_one(ctx: &Context, object: ObjectId, end: u8) -> Result<()> {
    let fd = ctx.process.end(object, end).ok_or_else(|| closed(ctx, object, end))?;
    ctx.arena.wait_for_room();
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        if !ctx.arena.part_at(object, ENDS).add_in_flight(end, ctx.process.id) {
            let name = ctx.object_text(object);
            return Err(IpcError::new(ErrorKind::OSError, format!("there are too many copies of end {end} of {name}")));
        }
        tell(ctx, vec![Change::Opened { part: PartRef::new(object, ENDS), end, process: ActorId::HOST }]);
    }
    let kept = ask(ctx, Flight::Keep, object, end, Some(&fd));
    kept.map(drop).inspect_err(|_| {
        forget(ctx, object, end);
    })
}

/// Takes back what a message would have carried that was not sent.
pub(super) fn turn_back(ctx: &Context, sent: Sent) {
    for (object, end) in sent.0 {
        forget(ctx, object, end);
        // A host that has gone keeps nothing.
        let _ = ask(ctx, Flight::Settle, object, end, None);
    }
}

/// One copy in flight less, of those that this process's messages carry.
fn forget(ctx: &Context, object: ObjectId, end: u8) {
    ctx.arena.wait_for_room();
    let _inner = ctx.arena.lock(object, ctx.me());
    if ctx.arena.part_at(object, ENDS).remove_in_flight(end, ctx.process.id) {
        tell(ctx, vec![Change::Closed { part: PartRef::new(object, ENDS), end, process: ActorId::HOST }]);
    }
    ctx.arena.bump_pipe_version(object);
}

/// Fetches the ends that a message brought. Errors: OSError (one was lost with the process that sent it).
pub(super) fn arrive(ctx: &Context, value: Value) -> Result<Value> {
    for (object, end) in ends_of(&value) {
        arrive_one(ctx, object, end)?;
    }
    Ok(value)
}

fn arrive_one(ctx: &Context, object: ObjectId, end: u8) -> Result<()> {
    let lost = || {
        let name = ctx.object_text(object);
        IpcError::new(ErrorKind::OSError, format!("end {end} of {name} was lost with the process that sent it"))
    };
    {
        // From here on the copy belongs to this process: its death takes it along.
        let _inner = ctx.arena.lock(object, ctx.me());
        if !ctx.arena.part_at(object, ENDS).claim_in_flight(end, ctx.process.id) {
            return Err(lost());
        }
    }
    let fd = ask(ctx, Flight::Fetch, object, end, None)?;
    ctx.arena.wait_for_room();
    {
        let part = PartRef::new(object, ENDS);
        let _inner = ctx.arena.lock(object, ctx.me());
        ctx.arena.part_at(object, ENDS).remove_in_flight(end, ctx.process.id);
        let mut changes = vec![Change::Closed { part, end, process: ActorId::HOST }];
        // One that it holds already is not held twice: the language knows an end, not a copy.
        if let Some(fd) = fd.filter(|_| ctx.process.end(object, end).is_none()) {
            ctx.arena.part_at(object, ENDS).add_holder(end, ctx.process.id, fd.as_raw_fd());
            ctx.process.add_end(object, end, fd);
            changes.push(Change::Opened { part, end, process: ctx.process.id });
        }
        tell(ctx, changes);
        ctx.arena.bump_pipe_version(object);
    }
    ask(ctx, Flight::Settle, object, end, None).map(drop)?;
    ctx.process.end(object, end).map(drop).ok_or_else(lost)
}

fn tell(ctx: &Context, changes: Vec<Change>) {
    ctx.arena.emit(ctx.me(), Body::Also { changes });
}

/// Asks the host and waits for its answer, which comes however the run stands.
fn ask(ctx: &Context, what: Flight, object: ObjectId, end: u8, fd: Option<&OwnedFd>) -> Result<Option<OwnedFd>> {
    let failed = |error: &std::io::Error| os_error("pass on an end of a pipe", error);
    let _one_at_a_time = locked(&ctx.process.asking);
    let fds: Vec<_> = fd.iter().map(|fd| fd.as_fd()).collect();
    control::send(&ctx.process.control, &Request::Flight { what, object, end }, &fds).map_err(|error| failed(&error))?;
    match control::obey(ctx.process.control.as_fd()).map_err(|error| failed(&error))? {
        Some((Order::Answered, mut fds)) => Ok(fds.pop()),
        Some(_) | None => Err(failed(&std::io::ErrorKind::BrokenPipe.into())),
    }
}
