//! Manager: how its server process is started, found and ended. What is asked of the server goes over a
//! `connection`, and is done by the `server`.
//!
//! Whoever starts the server makes the socket on which it hears of callers, and passes one end on to it and the
//! other to the host: all callers come through the host, which knows them. No socket of a run has a name.

use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::sync::atomic::Ordering::SeqCst;

use nix::sys::signal::Signal;

use super::connection;
use super::context::{Context, Patience};
use super::control;
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::process::{has_ended, is_stopped, living_children, send};
use super::seat::{locked, until};
use super::start::{Birth, Task, numbered_name};
use super::value::Value;
use crate::arena::Arena;
use crate::kind::Op;
use crate::kind::manager::{
    ENDS, KIND, MAKE, MAKE_MADE, MAKE_SERVING, SERVING, SHUTDOWN, SHUTDOWN_ASKED, SHUTDOWN_DONE, SHUTDOWN_KILLS, SHUTDOWN_NOTHING,
    SHUTDOWN_TERMINATES, SHUTDOWN_WAITS_ON, START, START_STARTED,
};
use crate::sys;
use crate::trace::{ActorId, Body, Change, Grant, Nanos, ObjectId, On, PartRef, Until, Wait};

/// Names that a process has registered with its managers, each with the function that makes such objects.
#[derive(Default)]
struct Registered(Mutex<BTreeMap<ObjectId, BTreeMap<String, String>>>);

/// A manager's words: the process that made it, and its server, each + 1.
const OWNER_WORD: usize = 8;
const SERVER_WORD: usize = 9;

/// How long a server has to end before whoever shuts it down looks whether it is stopped.
const TO_END: Nanos = 1_000_000_000;

/// What a server process is said to run.
pub const FUNCTION: &str = "server";

/// Makes a manager, with its server if it is to serve at once.
/// Errors: OSError (no room, or the system cannot start the server).
pub fn make(ctx: &Context, name: Option<String>, serving: bool) -> Result<ObjectId> {
    ctx.begin_op(&MAKE, On::Nothing, None);
    let fail = |error| ctx.failed(&MAKE, On::Nothing, error);
    let name = name.unwrap_or_else(|| ctx.default_name("manager"));
    let (manager, made) = ctx.new_object(&KIND, &name, None).map_err(fail)?;
    ctx.arena.own_word(manager, OWNER_WORD).store(u64::from(ctx.process.id.0) + 1, SeqCst);
    if !serving {
        ctx.done(&MAKE, &MAKE_MADE, On::Object(manager), None, vec![made]);
        return Ok(manager);
    }
    ctx.arena.emit(ctx.me(), Body::Also { changes: vec![made] });
    serve(ctx, manager, &MAKE)?;
    Ok(manager)
}

/// Notes, before the start, under which name the server will make objects with a function of the script.
/// Errors: AssertionError (it was started, so the server has its names already, or by another process).
pub fn register(ctx: &Context, manager: ObjectId, name: &str, function: &str) -> Result<()> {
    let text = ctx.object_text(manager);
    if server_of(&ctx.arena, manager).is_some() {
        return Err(IpcError::new(ErrorKind::AssertionError, format!("names are registered before {text} is started")));
    }
    if !made_here(ctx, manager) {
        return Err(IpcError::new(ErrorKind::AssertionError, format!("names are registered by the process that made {text}")));
    }
    locked(&ctx.process.own::<Registered>().0).entry(manager).or_default().insert(name.to_owned(), function.to_owned());
    Ok(())
}

fn made_here(ctx: &Context, manager: ObjectId) -> bool {
    ctx.arena.own_word(manager, OWNER_WORD).load(SeqCst) == u64::from(ctx.process.id.0) + 1
}

/// Starts the server of a manager that was made without one, with the names that were registered.
/// Errors: AssertionError (it was started before, or by another process), OSError.
pub fn start(ctx: &Context, manager: ObjectId) -> Result<()> {
    let on = On::Object(manager);
    ctx.begin_op(&START, on, None);
    if server_of(&ctx.arena, manager).is_some() {
        let error = IpcError::new(ErrorKind::AssertionError, format!("{} was started before", ctx.object_text(manager)));
        return Err(ctx.failed(&START, on, error));
    }
    if !made_here(ctx, manager) {
        let error =
            IpcError::new(ErrorKind::AssertionError, format!("{} is started by the process that made it", ctx.object_text(manager)));
        return Err(ctx.failed(&START, on, error));
    }
    serve(ctx, manager, &START)
}

fn serve(ctx: &Context, manager: ObjectId, op: &Op) -> Result<()> {
    let fail = |error| ctx.failed(op, On::Object(manager), error);
    let (listener, door) = sys::socket::pair().map_err(|error| fail(os_error("make a socket", &error)))?;
    control::send(&ctx.process.control, &control::Request::Door { manager }, &[door.as_fd()])
        .map_err(|error| fail(os_error("tell the host of a manager", &error)))?;
    drop(door);
    let registered = locked(&ctx.process.own::<Registered>().0).get(&manager).cloned().unwrap_or_default();
    let pairs = registered.iter().map(|(name, function)| Value::Array(vec![Value::Str(name.clone()), Value::Str(function.clone())]));
    let task = Task { function: FUNCTION.to_owned(), args: pairs.collect(), ends: vec![(PartRef::new(manager, ENDS), 0)] };
    let name = numbered_name(ctx, if op.id == MAKE.id { "Manager" } else { "BaseManager" });
    let birth = Birth { name: &name, task, fds: &[listener.as_fd()], daemon: false, works_for: Some(manager) };
    let server = birth.ask(ctx).map_err(fail)?;
    ctx.arena.own_word(manager, SERVER_WORD).store(u64::from(server.0) + 1, SeqCst);
    birth.tell(ctx, server, |mut changes| {
        ctx.arena.part_at(manager, SERVING).set_flag(true);
        changes.push(Change::Raised { part: PartRef::new(manager, SERVING), up: true });
        let outcome = if op.id == MAKE.id { &MAKE_SERVING } else { &START_STARTED };
        ctx.done(op, outcome, On::Object(manager), None, changes);
    });
    Ok(())
}

/// The process that serves a manager, or did; none while it is not started.
pub fn server_of(arena: &Arena, manager: ObjectId) -> Option<ActorId> {
    let word = arena.own_word(manager, SERVER_WORD).load(SeqCst);
    (word > 0).then(|| ActorId((word - 1) as u16))
}

/// What a server's main thread waits for between two callers.
pub fn waits_for_callers(manager: ObjectId) -> Wait {
    until(Until::Readable(PartRef::new(manager, ENDS), 0), None)
}

/// Errors: AssertionError (its server was not started yet, or has been shut down).
pub fn check_serving(ctx: &Context, manager: ObjectId) -> Result<()> {
    if ctx.arena.part_at(manager, SERVING).flag() {
        return Ok(());
    }
    let why = if server_of(&ctx.arena, manager).is_some() { "has been shut down" } else { "is not started yet" };
    Err(IpcError::new(ErrorKind::AssertionError, format!("{} {why}", ctx.object_text(manager))))
}

/// Ends the server and waits until it has ended; doing so again does nothing.
/// Errors: AssertionError (not the process that made it, or not started yet).
pub fn shutdown(ctx: &Context, manager: ObjectId) -> Result<()> {
    let on = On::Object(manager);
    ctx.begin_op(&SHUTDOWN, on, None);
    let refuse = |why: &str| {
        let error = IpcError::new(ErrorKind::AssertionError, format!("{} {why}", ctx.object_text(manager)));
        Err(ctx.failed(&SHUTDOWN, on, error))
    };
    if !made_here(ctx, manager) {
        return refuse("is shut down by the process that made it");
    }
    let Some(server) = server_of(&ctx.arena, manager) else { return refuse("is not started yet") };
    let serving = ctx.arena.part_at(manager, SERVING);
    let mut wait = ended_within(ctx, server);
    let mut lowered = Vec::new();
    {
        let _inner = ctx.arena.lock(manager, ctx.me());
        if serving.flag() {
            serving.set_flag(false);
            lowered.push(Change::Raised { part: PartRef::new(manager, SERVING), up: false });
        }
        // A server that cannot be told has ended by itself, which is what is wanted.
        let told = !lowered.is_empty() && !has_ended(ctx, server) && connection::call(ctx, manager, None).is_ok();
        if !told {
            ctx.done(&SHUTDOWN, &SHUTDOWN_NOTHING, on, None, lowered);
            return Ok(());
        }
        ctx.waits(&SHUTDOWN, &SHUTDOWN_ASKED, on, None, &wait, lowered);
    }
    // One that is stopped hears nothing, and SIGTERM only when it is let go on.
    let mut harder = [(Signal::SIGTERM, &SHUTDOWN_TERMINATES), (Signal::SIGKILL, &SHUTDOWN_KILLS)].into_iter();
    while !has_ended(ctx, server) {
        if ctx.wait(&wait) != Grant::Expire || has_ended(ctx, server) {
            continue;
        }
        // One that is only slow, on a busy machine, will come to its end.
        let signal = if is_stopped(ctx, server) { harder.next() } else { None };
        wait = match signal {
            Some((Signal::SIGTERM, _)) => ended_within(ctx, server),
            _ => until(Until::Ended(server), None),
        };
        let tell = |outcome| ctx.waits(&SHUTDOWN, outcome, on, None, &wait, Vec::new());
        match signal {
            None => tell(&SHUTDOWN_WAITS_ON),
            Some((signal, outcome)) => {
                send(ctx, server, signal as i32, || tell(outcome))
                    .map_err(|error| ctx.failed(&SHUTDOWN, on, os_error("signal the server", &error)))?;
            }
        }
    }
    ctx.done(&SHUTDOWN, &SHUTDOWN_DONE, on, None, Vec::new());
    Ok(())
}

/// Waits for a server that was told to end, for a second.
fn ended_within(ctx: &Context, server: ActorId) -> Wait {
    until(Until::Ended(server), Patience::For(TO_END).deadline(ctx.now()))
}

/// At a process's end: its managers' servers are ended before it waits for its children.
pub(super) fn shut_down_all(ctx: &Context) {
    for manager in living_children(ctx).into_iter().filter_map(|child| ctx.arena.kin(child).works_for) {
        // It made them, so nothing is refused.
        let _ = ctx.within(|| shutdown(ctx, manager));
    }
}
