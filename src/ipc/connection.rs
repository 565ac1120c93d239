//! A process's connection to a manager's server: it connects when it first uses what the server keeps,
//! writes one request at a time, and waits for the reply. Everything is done in the server.
//!
//! A connection is a pair of sockets without a name: the process makes it and the host hands one end on to the
//! server, so that nobody outside of the run has anything to connect to.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Mutex;
use std::sync::atomic::Ordering::SeqCst;

use super::context::Context;
use super::control;
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::fault::Fault;
use super::frame::{Arrival, Incoming, Outgoing};
use super::seat::{Seat, locked, until};
use super::stream::{self, Way};
use super::value::{Named, Value};
use crate::arena::Arena;
use crate::kind::connection::{
    ASK, ASK_ANSWERED, ASK_ASKED, ASK_DONE, ASK_LENT, ASK_PARTLY, ASK_RAISED, ASK_READS, CLIENT, CONNECT, CONNECT_CONNECTED, ENDS, KIND,
    REPLIES, REQUESTS,
};
use crate::kind::{self, FAILED, Op};
use crate::sys;
use crate::trace::{ActorId, Change, ObjectId, On, PartRef, Preview, Until};

/// A process's connections, by manager.
#[derive(Default)]
struct Connections(Mutex<BTreeMap<ObjectId, ObjectId>>);

/// A connection's word for the process whose it is, + 1.
const CLIENT_WORD: usize = 8;

/// Calls at a manager's server through the host, and gives this process's end of the new connection; without
/// one, the server is told to end. Under the manager's internal lock, so that the trace tells of the call
/// before the server's main thread can take it.
pub(super) fn call(ctx: &Context, manager: ObjectId, connection: Option<ObjectId>) -> Result<Option<OwnedFd>> {
    let name = ctx.object_text(manager);
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => {
            IpcError::new(ErrorKind::BrokenPipe, format!("the server of {name} has ended: nobody listens any more"))
        }
        _ => os_error(&format!("connect to the server of {name}"), &error),
    };
    let ends = connection.map(|_| sys::pipe::duplex()).transpose().map_err(failed)?;
    let theirs: Vec<_> = ends.iter().map(|(_, theirs)| theirs.as_fd()).collect();
    ctx.process.ask_host(&control::Request::Call { manager, connection }, &theirs).map_err(failed)?;
    ctx.arena.bump_pipe_version(manager);
    Ok(ends.map(|(ours, _)| ours))
}

/// The process whose connection it is.
pub(super) fn client_of(seat: &Seat, connection: ObjectId) -> ActorId {
    ActorId(seat.arena.own_word(connection, CLIENT_WORD).load(SeqCst).saturating_sub(1) as u16)
}

/// This process's connection to a manager's server; the first use makes it, as a step of its own.
fn connection_to(ctx: &Context, manager: ObjectId) -> Result<ObjectId> {
    if let Some(connection) = locked(&ctx.process.own::<Connections>().0).get(&manager) {
        return Ok(*connection);
    }
    let on = On::Object(manager);
    ctx.begin_op(&CONNECT, on, None);
    let fail = |error| ctx.failed(&CONNECT, on, error);
    let name = format!("{}.{}", ctx.object_text(manager), ctx.name());
    let _inner = ctx.arena.lock(manager, ctx.me());
    ctx.check_broken(manager).map_err(fail)?;
    let (object, made) = ctx.new_object(&KIND, &name, Some(manager)).map_err(fail)?;
    ctx.arena.own_word(object, CLIENT_WORD).store(u64::from(ctx.process.id.0) + 1, SeqCst);
    let ours = call(ctx, manager, Some(object))
        .and_then(|ours| ours.ok_or_else(|| IpcError::new(ErrorKind::OSError, "a connection has two ends".to_owned())));
    match ours {
        Ok(socket) => {
            ctx.arena.part_at(object, ENDS).add_holder(CLIENT, ctx.process.id, socket.as_raw_fd());
            ctx.process.add_end(object, CLIENT, socket);
            let opened = Change::Opened { part: PartRef::new(object, ENDS), end: CLIENT, process: ctx.process.id };
            ctx.done(&CONNECT, &CONNECT_CONNECTED, on, None, vec![made, opened]);
            locked(&ctx.process.own::<Connections>().0).insert(manager, object);
            Ok(object)
        }
        Err(error) => {
            ctx.done(&CONNECT, &FAILED, on, Some(Preview::new(&error.to_string())), vec![made]);
            Err(error)
        }
    }
}

/// What is asked of an object that a manager keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub object: ObjectId,
    pub method: String,
    /// What is to be made is to be called so; empty where nothing is made, or nobody named it.
    pub name: String,
    pub args: Vec<Value>,
}

impl Request {
    pub(super) fn value(&self) -> Value {
        Value::Array(vec![
            Value::Int(i64::from(self.object.0)),
            Value::Str(self.method.clone()),
            Value::Str(self.name.clone()),
            Value::Array(self.args.clone()),
        ])
    }

    pub(super) fn parse(value: Value) -> Option<Request> {
        let Value::Array(items) = value else { return None };
        let items = <[Value; 4]>::try_from(items).ok()?;
        let [Value::Int(object), Value::Str(method), Value::Str(name), Value::Array(args)] = items else { return None };
        Some(Request { object: ObjectId(u16::try_from(object).ok()?), method, name, args })
    }

    /// As the script says it: `d[1] = "a"`, `v.value`, `l.append(5)`.
    pub(super) fn text(&self, arena: &Arena) -> String {
        let name = arena.object_name(self.object);
        let named = |value| Named(value, arena).to_string();
        match (self.method.as_str(), self.args.as_slice()) {
            (INDEX, [at]) => format!("{name}[{at}]"),
            (SET_INDEX, [at, value]) => format!("{name}[{at}] = {}", named(value)),
            (FIELD, [Value::Str(field)]) => format!("{name}.{field}"),
            (SET_FIELD, [Value::Str(field), value]) => format!("{name}.{field} = {}", named(value)),
            (TIMES, [count]) => format!("{name} {TIMES} {}", named(count)),
            (SHOW, []) => format!("print {name}"),
            (method, args) => format!("{name}.{method}({})", args.iter().map(named).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Names of what is not called by a name.
pub const INDEX: &str = "[]";
pub const SET_INDEX: &str = "[]=";
pub const FIELD: &str = ".";
pub const SET_FIELD: &str = ".=";
/// A list becomes so many times itself.
pub const TIMES: &str = "*=";
/// The text of what an object holds.
pub const SHOW: &str = "str";

/// What the server says of a request.
pub(super) fn reply_value(outcome: &Result<Value>) -> Value {
    match outcome {
        Ok(value) => Value::Array(vec![value.clone()]),
        Err(IpcError { thrown: Some(fault), .. }) => Value::Array(vec![fault.value(), Value::Unit]),
        Err(error) => Value::Array(vec![Value::Str(error.kind.name().to_owned()), Value::Str(error.message.clone())]),
    }
}

fn parse_reply(value: Value) -> Result<Value> {
    let damaged = || IpcError::new(ErrorKind::OSError, "what the server sent is no reply".to_owned());
    let Value::Array(mut items) = value else { return Err(damaged()) };
    match items.as_slice() {
        [_] => items.pop().ok_or_else(damaged),
        [Value::Str(kind), Value::Str(message)] => {
            Err(IpcError::new(ErrorKind::of_name(kind).unwrap_or(ErrorKind::RemoteError), message.clone()))
        }
        [_, Value::Unit] => Err(Fault::parse(items.swap_remove(0)).map_or_else(damaged, IpcError::from)),
        _ => Err(damaged()),
    }
}

/// Asks the server that keeps an object to do something with it, and waits for what comes of it.
/// Errors: whatever that raises there; BrokenPipe, EOFError or ConnectionReset once the server has ended.
pub fn ask(ctx: &Context, object: ObjectId, method: &str, args: Vec<Value>) -> Result<Value> {
    ask_for(ctx, &Request { object, method: method.to_owned(), name: String::new(), args })
}

/// Asks for what a request says.
pub fn ask_for(ctx: &Context, request: &Request) -> Result<Value> {
    let object = request.object;
    let mut ends = Vec::new();
    request.args.iter().for_each(|arg| arg.ends(&mut ends));
    if !ends.is_empty() {
        return Err(IpcError::new(ErrorKind::TypeError, "an end of a pipe cannot be kept by a manager".to_owned()));
    }
    let bytes = request.value().encode_message()?;
    let is_manager = ctx.arena.facts(object).kind == kind::manager::ID;
    let manager = if is_manager { Some(object) } else { ctx.arena.manager_of(object) };
    let manager = manager.ok_or_else(|| IpcError::new(ErrorKind::TypeError, "this object is kept by no manager".to_owned()))?;
    let text = request.text(&ctx.arena);
    let connection = connection_to(ctx, manager)?;
    send(ctx, object, connection, &bytes, &Preview::new(&text))?;
    receive(ctx, object, connection, &text)
}

fn lost(ctx: &Context, connection: ObjectId, error: Option<&io::Error>) -> IpcError {
    let name = ctx.arena.facts(connection).owner.map_or_else(String::new, |manager| ctx.object_text(manager));
    let ended = format!("the server of {name} has ended");
    match error.map(io::Error::kind) {
        None => IpcError::new(ErrorKind::EOFError, ended),
        Some(io::ErrorKind::BrokenPipe) => IpcError::new(ErrorKind::BrokenPipe, ended),
        Some(io::ErrorKind::ConnectionReset) => IpcError::new(ErrorKind::ConnectionReset, ended),
        _ => error.map_or_else(|| IpcError::new(ErrorKind::OSError, ended), |error| os_error("use a manager's connection", error)),
    }
}

/// Tells that the server is gone, and gives the error to raise.
fn server_gone(ctx: &Context, op: &Op, on: On, connection: ObjectId, error: Option<&io::Error>) -> IpcError {
    let error = lost(ctx, connection, error);
    let seen = Change::SeenClosed { part: PartRef::new(connection, ENDS), end: 1 - CLIENT };
    ctx.done(op, &FAILED, on, Some(Preview::new(&error.to_string())), vec![seen]);
    error
}

fn send(ctx: &Context, object: ObjectId, connection: ObjectId, bytes: &[u8], text: &Preview) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&ASK, on, Some(text));
    let mut frame = Outgoing::new(ctx.arena.next_message(), bytes);
    let ends = PartRef::new(connection, ENDS);
    let (room, reply) = (until(Until::Writable(ends, CLIENT), None), until(Until::Readable(ends, CLIENT), None));
    loop {
        {
            let _inner = ctx.arena.lock(connection, ctx.me());
            ctx.check_broken(connection).map_err(|error| ctx.failed(&ASK, on, error))?;
            match write_some(ctx, connection, CLIENT, REQUESTS, &mut frame, text) {
                Ok(changes) if frame.is_done() => {
                    ctx.waits(&ASK, &ASK_ASKED, on, Some(text.clone()), &reply, changes);
                    return Ok(());
                }
                Ok(changes) => ctx.waits(&ASK, &ASK_PARTLY, on, Some(text.clone()), &room, changes),
                Err(error) => return Err(server_gone(ctx, &ASK, on, connection, Some(&error))),
            }
        }
        ctx.wait(&room);
    }
}

fn receive(ctx: &Context, object: ObjectId, connection: ObjectId, text: &str) -> Result<Value> {
    let on = On::Object(object);
    let reply = until(Until::Readable(PartRef::new(connection, ENDS), CLIENT), None);
    let mut frame = Incoming::default();
    loop {
        ctx.wait(&reply);
        let _inner = ctx.arena.lock(connection, ctx.me());
        ctx.check_broken(connection).map_err(|error| ctx.failed(&ASK, on, error))?;
        let (arrival, mut changes) = read_some(ctx, connection, CLIENT, &mut frame);
        match arrival {
            Ok(Arrival::Whole) => {
                changes.extend(taken(ctx, connection, REPLIES, &frame));
                let outcome = frame.value().and_then(parse_reply);
                let (told, detail) = match &outcome {
                    Ok(Value::Unit) => (&ASK_DONE, text.to_owned()),
                    Ok(Value::Object { object, .. }) => (&ASK_LENT, format!("{text} ▹ {}", ctx.object_text(*object))),
                    Ok(Value::Str(shown)) if text.starts_with("print ") => (&ASK_ANSWERED, format!("{text} ▹ {shown}")),
                    Ok(value) => (&ASK_ANSWERED, format!("{text} ▹ {}", Named(value, &ctx.arena))),
                    Err(error) => (&ASK_RAISED, error.to_string()),
                };
                ctx.done(&ASK, told, on, Some(Preview::new(&detail)), changes);
                return outcome;
            }
            Ok(Arrival::Partly) if changes.is_empty() => {}
            Ok(Arrival::Partly) => ctx.waits(&ASK, &ASK_READS, on, Some(Preview::new(text)), &reply, changes),
            Ok(Arrival::End) => return Err(server_gone(ctx, &ASK, on, connection, None)),
            Err(error) => return Err(server_gone(ctx, &ASK, on, connection, Some(&error))),
        }
    }
}

/// Requests or replies: each has its slots, and next to them its bytes.
fn way(connection: ObjectId, slots: u8) -> Way {
    let end = (PartRef::new(connection, ENDS), if slots == REPLIES { CLIENT } else { 1 - CLIENT });
    Way { slots: PartRef::new(connection, slots), bytes: PartRef::new(connection, slots + 1), end }
}

/// Writes what the socket takes now of a frame to the far side, giving the changes. Under the
/// connection's internal lock.
pub(super) fn write_some(
    seat: &Seat,
    connection: ObjectId,
    end: u8,
    slots: u8,
    frame: &mut Outgoing,
    text: &Preview,
) -> io::Result<Vec<Change>> {
    let fd = seat.process.end(connection, end).ok_or(io::ErrorKind::BrokenPipe)?;
    let (way, message) = (way(connection, slots), frame.message);
    let mut changes = Vec::new();
    stream::write(seat, way, fd.as_fd(), frame, &mut changes, |changes| changes.extend(stream::composed(message, text, way.slots)))?;
    Ok(changes)
}

/// Reads what has arrived of a frame, giving the changes. Under the connection's internal lock.
pub(super) fn read_some(seat: &Seat, connection: ObjectId, end: u8, frame: &mut Incoming) -> (io::Result<Arrival>, Vec<Change>) {
    let Some(fd) = seat.process.end(connection, end) else { return (Ok(Arrival::End), Vec::new()) };
    let slots = if end == CLIENT { REPLIES } else { REQUESTS };
    let mut changes = Vec::new();
    (stream::read(seat, way(connection, slots), fd.as_fd(), frame, &mut changes), changes)
}

/// A whole frame leaves the connection.
pub(super) fn taken(seat: &Seat, connection: ObjectId, slots: u8, frame: &Incoming) -> Option<Change> {
    stream::taken(seat, way(connection, slots), frame, None)
}
