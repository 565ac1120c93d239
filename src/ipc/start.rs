//! Starting a process. The host is the parent of all: a start is a request to it, with the descriptors of
//! all ends that the arguments name, and it ends with the child's registration at the gate or its death.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::Ordering::SeqCst;

use super::context::Context;
use super::control::{self, Request};
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::value::Value;
use super::wake::Wake;
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::{FLAG_BORN, FLAG_DAEMON};
use crate::kind::process::{START, START_STARTED};
use crate::kind::{self, Lang, Shape};
use crate::sys;
use crate::text::unstarted;
use crate::trace::{ActorId, Body, Born, Cause, Change, Died, ObjectId, On, PartRef, Preview, Role, fitting_name, fnv1a};

/// The most ends that one start can pass on: what one message to the host may carry.
pub const END_LIMIT: usize = 200;

/// A process to be started.
pub struct Start<'a> {
    /// None: `Process-N`, see [`next_name`].
    pub name: Option<&'a str>,
    pub function: &'a str,
    pub args: &'a [Value],
    pub daemon: bool,
}

/// The name of the next handle that got none: `Process-2`, and of a child's child `Process-2:1`.
pub fn next_name(ctx: &Context) -> String {
    numbered_name(ctx, "Process")
}

/// The name of the next child of a sort: all sorts are counted together.
pub(super) fn numbered_name(ctx: &Context, sort: &str) -> String {
    let number = ctx.arena.count_child(ctx.me());
    let mine = ctx.name();
    match mine.strip_prefix("Process-") {
        Some(numbers) if ctx.me() != ActorId::MAIN => format!("{sort}-{numbers}:{number}"),
        _ => format!("{sort}-{number}"),
    }
}

/// The ends that a child needs for its arguments, each once, with the part that counts its holders.
fn ends_in(args: &[Value]) -> Vec<(PartRef, u8)> {
    let mut ends = Vec::new();
    for arg in args {
        let mut pipes = Vec::new();
        arg.ends(&mut pipes);
        ends.extend(pipes.into_iter().map(|(object, end)| (PartRef::new(object, kind::pipe::ENDS), end)));
        let mut objects = Vec::new();
        arg.objects(&mut objects);
        // A manager's socket is its server's alone: whoever has the manager connects to it.
        objects.retain(|(_, of)| *of != kind::manager::ID);
        for (object, kind) in objects {
            // Whoever has an object has all ends of it.
            for (at, part) in kind::kind(kind).into_iter().flat_map(|kind| kind.parts).enumerate() {
                if let Shape::Ends(names) = part.shape {
                    ends.extend((0..names.len() as u8).map(|end| (PartRef::new(object, at as u8), end)));
                }
            }
        }
    }
    let mut seen = Vec::new();
    ends.retain(|end| {
        let new = !seen.contains(end);
        seen.push(*end);
        new
    });
    ends
}

/// What a process is told to run, as one value.
pub struct Task {
    pub function: String,
    pub args: Vec<Value>,
    /// Ends that come along, in the order of their descriptors, each with the part that counts holders.
    pub ends: Vec<(PartRef, u8)>,
}

impl Task {
    /// The bytes of the task: function, ends, arguments. Errors: a value cannot be encoded.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let ends = self
            .ends
            .iter()
            .map(|(part, end)| Value::Array([i64::from(part.object.0), i64::from(part.part), i64::from(*end)].map(Value::Int).to_vec()))
            .collect();
        Ok(Value::encode_arguments(&[Value::Str(self.function.clone()), Value::Array(ends), Value::Array(self.args.clone())])?)
    }

    /// Reads a task from bytes. Errors: OSError if they are none.
    pub fn decode(bytes: &[u8]) -> Result<Task> {
        let damaged = || IpcError::new(ErrorKind::OSError, "what the host sent is no task".to_owned());
        let mut values = Value::decode_arguments(bytes)?.into_iter();
        let (Some(Value::Str(function)), Some(Value::Array(ends)), Some(Value::Array(args))) =
            (values.next(), values.next(), values.next())
        else {
            return Err(damaged());
        };
        let end = |value: Value| match value {
            Value::Array(numbers) => match numbers.as_slice() {
                [Value::Int(object), Value::Int(part), Value::Int(end)] => {
                    Some((PartRef::new(ObjectId(*object as u16), *part as u8), *end as u8))
                }
                _ => None,
            },
            _ => None,
        };
        let ends = ends.into_iter().map(end).collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
        Ok(Task { function, args, ends })
    }
}

/// Starts a process and returns when it stands at the gate, before its first line.
/// Errors: OSError (the system cannot start it), TypeError (arguments that cannot be passed),
/// AssertionError (this process is a daemon).
pub fn start(ctx: &Context, start: &Start<'_>) -> Result<ActorId> {
    let name = start.name.map_or_else(|| next_name(ctx), str::to_owned);
    ctx.begin_op(&START, On::Nothing, Some(&Preview::new(&name)));
    let fail = |error| ctx.failed(&START, On::Nothing, error);
    if ctx.arena.flag(ctx.process.id, FLAG_DAEMON) {
        // Nobody would end it when the daemon is cut off.
        return Err(fail(IpcError::new(ErrorKind::AssertionError, "a daemon may not have children".to_owned())));
    }
    let ends = ends_in(start.args);
    if ends.len() > END_LIMIT {
        let error = IpcError::new(ErrorKind::ValueError, format!("a process can be given {END_LIMIT} ends, not {}", ends.len()));
        return Err(fail(error));
    }
    let fds = ends
        .iter()
        .map(|(part, end)| {
            ctx.process.end(part.object, *end).ok_or_else(|| {
                let name = ctx.object_text(part.object);
                IpcError::new(ErrorKind::OSError, format!("this process has closed end {end} of {name}, so it cannot pass it on"))
            })
        })
        .collect::<Result<Vec<_>>>()
        .map_err(fail)?;
    let task = Task { function: start.function.to_owned(), args: start.args.to_vec(), ends };
    let fds: Vec<_> = fds.iter().map(|fd| fd.as_fd()).collect();
    let birth = Birth { name: &name, task, fds: &fds, daemon: start.daemon, works_for: None };
    let child = birth.ask(ctx).map_err(fail)?;
    birth.tell(ctx, child, |opened| ctx.done(&START, &START_STARTED, On::Actor(child), Some(Preview::new(&name)), opened));
    Ok(child)
}

/// A process that the host is to start.
pub(super) struct Birth<'a> {
    pub name: &'a str,
    pub task: Task,
    /// The descriptors of the task's ends.
    pub fds: &'a [BorrowedFd<'a>],
    pub daemon: bool,
    /// The manager whose server it is.
    pub works_for: Option<ObjectId>,
}

impl Birth<'_> {
    /// Asks the host for it, and returns when it stands at the gate. Errors: OSError.
    pub(super) fn ask(&self, ctx: &Context) -> Result<ActorId> {
        let payload = self.task.encode()?;
        let payload = sys::memfile::sealed("arguments", &payload).map_err(|error| os_error("pass the arguments", &error))?;
        // A thread that works for an object starts processes in its own process's name.
        let parent = ctx.process.id;
        let kin = |id| Kin { process: id, creator: Some(parent), role: Role::Process, works_for: self.works_for };
        let child = ctx
            .arena
            .reserve_actor(kin, self.name, &self.task.function)
            .map_err(|error| IpcError::new(ErrorKind::OSError, error.to_string()))?;
        let path = format!("{:016x}/{}", ctx.arena.random_seed(parent), ctx.arena.count_start(parent));
        ctx.arena.set_random_seed(child, fnv1a(path.as_bytes()));
        if self.daemon {
            ctx.arena.raise_flag(child, FLAG_DAEMON);
        }
        let mut passed = vec![payload.as_fd()];
        passed.extend(self.fds);
        if let Err(error) = control::send(&ctx.process.control, &Request::Start { actor: child }, &passed) {
            ctx.arena.set_state(child, State::Dead);
            return Err(os_error(&format!("ask for the process {}", self.name), &error));
        }
        wait_for_birth(ctx, child);
        if let Some(Cause::NotStarted(errno)) = ctx.arena.cause(child) {
            let why = format!("could not start the process {}: {}", self.name, unstarted::reason(errno, Lang::En));
            return Err(IpcError::new(ErrorKind::OSError, why));
        }
        Ok(child)
    }

    /// Tells of it; `done` tells of the operation that made it, with the ends that it holds.
    pub(super) fn tell(&self, ctx: &Context, child: ActorId, done: impl FnOnce(Vec<Change>)) {
        let (pid, tid) = ctx.arena.ids(child);
        let born = Born {
            actor: child,
            role: Role::Process,
            process: child,
            creator: Some(ctx.process.id),
            object: self.works_for,
            name: self.name.to_owned(),
            function: fitting_name(&self.task.function).into_owned(),
            pid,
            tid,
        };
        ctx.arena.emit(ctx.me(), Body::Born(born));
        // One that died before it came to the gate holds nothing any more.
        let dead = ctx.arena.state(child) == State::Dead && ctx.arena.cause(child).is_some();
        let ends = self.task.ends.iter().filter(|_| !dead);
        done(ends.map(|(part, end)| Change::Opened { part: *part, end: *end, process: child }).collect());
        if let (true, Some(cause)) = (dead, ctx.arena.cause(child)) {
            ctx.arena.emit(ActorId::HOST, Body::Died(Died { actor: child, cause, changes: Vec::new() }));
        }
        ctx.arena.raise_flag(child, FLAG_BORN);
        ctx.wake(Wake::one(child));
        ctx.arena.ring_bell();
    }
}

/// A start ends with the child's registration or its death.
fn wait_for_birth(ctx: &Context, child: ActorId) {
    let word = ctx.arena.actor_word(child);
    loop {
        let seen = word.load(SeqCst);
        if State::of(seen) != State::Starting {
            return;
        }
        sys::futex::wait(word, seen, None);
    }
}
