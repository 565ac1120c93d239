//! Ends of pipes that travel in messages. Bytes carry no descriptors, so while a message is on its way the
//! host keeps a copy of each end that it names, drawn *in flight*; whoever gets the message fetches it.
//! A copy counts like any other: as long as it is in flight, nobody at the far side sees an end of file.
//!
//! How long that is, `arena::flights` knows: as long as somebody can receive the message. The mark in the
//! arena decides: it is made before the host is given the copy, and the host closes what is marked no more.

use std::os::fd::{AsFd, OwnedFd};

use super::context::Context;
use super::control::{Flight, Request};
use super::ends::{closed, hold};
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::frame::Incoming;
use super::value::Value;
use crate::arena::flights::{End, FlightId};
use crate::kind::pipe::ENDS;
use crate::trace::{ActorId, Body, Change, ObjectId, PartRef, Preview};

/// A message as it came: the ends that it names are still to be fetched.
pub(super) struct Received {
    pub value: Value,
    flights: Vec<FlightId>,
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
pub(super) fn depart(ctx: &Context, value: &Value) -> Result<Vec<FlightId>> {
    let mut sent = Vec::new();
    for (object, end) in ends_of(value) {
        match depart_one(ctx, object, end) {
            Ok(flight) => sent.push(flight),
            Err(error) => {
                turn_back(ctx, sent);
                return Err(error);
            }
        }
    }
    Ok(sent)
}

fn depart_one(ctx: &Context, object: ObjectId, end: u8) -> Result<FlightId> {
    let fd = ctx.process.end(object, end).ok_or_else(|| closed(ctx, object, end))?;
    let too_many = |what: String| IpcError::new(ErrorKind::OSError, format!("there are too many {what}"));
    let part = PartRef::new(object, ENDS);
    let flight = ctx.arena.begin_flight((part, end), ctx.process.id).ok_or_else(|| too_many("ends on their way in messages".to_owned()))?;
    ctx.arena.wait_for_room();
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        if !ctx.arena.part_at(object, ENDS).add_in_flight(end, flight) {
            ctx.arena.end_flight(flight);
            return Err(too_many(format!("copies of end {end} of {}", ctx.object_text(object))));
        }
        tell(ctx, vec![Change::Opened { part, end, process: ActorId::HOST }]);
    }
    match ask(ctx, Flight::Keep, object, end, Some(&fd)) {
        Ok(_) => Ok(flight),
        Err(error) => {
            come_back(ctx, flight);
            Err(error)
        }
    }
}

/// Takes back what a message would have carried that was not sent.
pub(super) fn turn_back(ctx: &Context, sent: Vec<FlightId>) {
    for flight in sent {
        let (part, end) = come_back(ctx, flight);
        // A host that has gone keeps nothing.
        let _ = ask(ctx, Flight::Settle, part.object, end, None);
    }
}

/// One copy less is in flight.
fn come_back(ctx: &Context, flight: FlightId) -> End {
    let end = ctx.arena.flight_end(flight);
    ctx.arena.wait_for_room();
    let _inner = ctx.arena.lock(end.0.object, ctx.me());
    tell(ctx, ctx.arena.end_flight(flight).into_iter().collect());
    end
}

/// A whole message is in this process's hands, and so are the copies of ends that it carries: its death
/// takes them along. To be called under the internal lock under which the message was read.
pub(super) fn receive(ctx: &Context, frame: &Incoming) -> Result<Received> {
    let value = frame.value()?;
    let carries = !ends_of(&value).is_empty();
    let flights = frame.message().filter(|_| carries).map_or_else(Vec::new, |message| ctx.arena.alight(message, ctx.process.id));
    Ok(Received { value, flights })
}

/// Fetches the ends that a message brought. Errors: OSError (one could not be passed on).
pub(super) fn arrive(ctx: &Context, received: Received) -> Result<Value> {
    let Received { value, mut flights } = received;
    for (object, end) in ends_of(&value) {
        let carried = flights.iter().position(|flight| ctx.arena.flight_end(*flight) == (PartRef::new(object, ENDS), end));
        let arrived = carried.map(|at| arrive_one(ctx, flights.remove(at), object, end));
        if let Err(error) = arrived.unwrap_or_else(|| Err(lost(ctx, object, end))) {
            ctx.arena.strand(&flights);
            return Err(error);
        }
    }
    Ok(value)
}

fn lost(ctx: &Context, object: ObjectId, end: u8) -> IpcError {
    IpcError::new(ErrorKind::OSError, format!("end {end} of {} was lost on its way", ctx.object_text(object)))
}

fn arrive_one(ctx: &Context, flight: FlightId, object: ObjectId, end: u8) -> Result<()> {
    let fd = ask(ctx, Flight::Fetch, object, end, None).inspect_err(|_| ctx.arena.strand(&[flight]))?;
    ctx.arena.wait_for_room();
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        let mut changes = Vec::new();
        // One that it holds already is not held twice: the language knows an end, not a copy. It is held here
        // before it is in flight no more: there is no moment at which nobody has it.
        if let Some(fd) = fd.filter(|_| ctx.process.end(object, end).is_none()) {
            changes.push(hold(ctx, object, ENDS, end, fd));
        }
        changes.extend(ctx.arena.end_flight(flight));
        tell(ctx, changes);
    }
    ask(ctx, Flight::Settle, object, end, None).map(drop)?;
    ctx.process.end(object, end).map(drop).ok_or_else(|| lost(ctx, object, end))
}

fn tell(ctx: &Context, changes: Vec<Change>) {
    ctx.arena.emit(ctx.me(), Body::Also { changes });
}

/// Asks the host about an end, and waits for its answer.
fn ask(ctx: &Context, what: Flight, object: ObjectId, end: u8, fd: Option<&OwnedFd>) -> Result<Option<OwnedFd>> {
    let fds: Vec<_> = fd.iter().map(|fd| fd.as_fd()).collect();
    let answer = ctx.process.ask_host(&Request::Flight { what, object, end }, &fds);
    answer.map_err(|error| os_error("pass on an end of a pipe", &error))
}
