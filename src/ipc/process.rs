//! Processes as their creators see them, and what a process does on its own: print, sleep, compute, end.
//!
//! The host is the parent of all: a start is a request to it, and `join`, `is_alive` and `exitcode`
//! are looks at the process's record.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use super::context::{Context, Patience};
use super::control::{self, Request};
use super::error::{ErrorKind, IpcError, Result};
use super::pipe::os_error;
use super::seat::{Report, locked, until};
use super::value::Value;
use super::{feeder, manager, pool};
use crate::arena::actors::{Kin, State};
use crate::arena::layout::actor::{FLAG_BORN, FLAG_DAEMON, FLAG_GONE};
use crate::kind::process::{
    ACTIVE_CHILDREN, ACTIVE_CHILDREN_READ, BEGIN, BEGIN_BEGAN, CLOSE, CLOSE_CLOSED, COMPUTE, COMPUTE_COMPUTED, END, END_ENDED, END_ERROR,
    END_FLUSHES, END_JOINS, EXIT, EXIT_LEFT, EXITCODE, EXITCODE_READ, IS_ALIVE, IS_ALIVE_READ, JOIN, JOIN_EXPIRED, JOIN_JOINED,
    JOIN_RETURNED, JOIN_WAITS, KILL, KILL_NOTHING, KILL_SENT, PRINT, SLEEP, SLEEP_SLEEPS, SLEEP_WOKE, START, START_STARTED, TERMINATE,
    TERMINATE_NOTHING, TERMINATE_SENT,
};
use crate::kind::{self, Op, Outcome, Shape};
use crate::sys;
use crate::trace::{
    ActorId, Body, Born, Cause, Change, Died, Grant, Nanos, Next, ObjectId, On, PartRef, Preview, Printed, Role, Until, fnv1a,
};

/// Bytes of printed text in one event.
const PRINT_PIECE: usize = 800;

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

/// What a child needs of the ends that its arguments name.
struct Inherited {
    /// With the part of the object that counts its holders.
    ends: Vec<(PartRef, u8)>,
}

fn inherited(args: &[Value]) -> Inherited {
    let mut ends = Vec::new();
    for arg in args {
        let mut pipes = Vec::new();
        arg.ends(&mut pipes);
        ends.extend(pipes.into_iter().map(|(object, end)| (PartRef::new(object, kind::pipe::ENDS), end)));
        let mut objects = Vec::new();
        arg.objects(&mut objects);
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
    Inherited { ends }
}

/// What a process is told to run, as one value.
pub struct Task {
    pub function: String,
    pub args: Vec<Value>,
    /// Ends that come along, in the order of their descriptors, each with the part that counts holders.
    pub ends: Vec<(PartRef, u8)>,
}

impl Task {
    pub fn encode(&self) -> Result<Vec<u8>> {
        let ends = self
            .ends
            .iter()
            .map(|(part, end)| Value::Array([i64::from(part.object.0), i64::from(part.part), i64::from(*end)].map(Value::Int).to_vec()))
            .collect();
        Value::encode_arguments(&[Value::Str(self.function.clone()), Value::Array(ends), Value::Array(self.args.clone())])
    }

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
    let inherited = inherited(start.args);
    if inherited.ends.len() > END_LIMIT {
        let error = IpcError::new(ErrorKind::ValueError, format!("a process can be given {END_LIMIT} ends, not {}", inherited.ends.len()));
        return Err(fail(error));
    }
    let fds = inherited
        .ends
        .iter()
        .map(|(part, end)| {
            ctx.process.end(part.object, *end).ok_or_else(|| {
                let name = ctx.object_text(part.object);
                IpcError::new(ErrorKind::OSError, format!("this process has closed end {end} of {name}, so it cannot pass it on"))
            })
        })
        .collect::<Result<Vec<_>>>()
        .map_err(fail)?;
    let task = Task { function: start.function.to_owned(), args: start.args.to_vec(), ends: inherited.ends };
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
    pub fn ask(&self, ctx: &Context) -> Result<ActorId> {
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
            let error = std::io::Error::from_raw_os_error(errno);
            return Err(os_error(&format!("start the process {}", self.name), &error));
        }
        Ok(child)
    }

    /// Tells of it; `done` tells of the operation that made it, with the ends that it holds.
    pub fn tell(&self, ctx: &Context, child: ActorId, done: impl FnOnce(Vec<Change>)) {
        let (pid, tid) = ctx.arena.ids(child);
        let born = Born {
            actor: child,
            role: Role::Process,
            process: child,
            creator: Some(ctx.process.id),
            object: self.works_for,
            name: self.name.to_owned(),
            function: self.task.function.clone(),
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
        ctx.arena.bump(child);
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

fn mine(ctx: &Context, child: ActorId, what: &str) -> Result<()> {
    if ctx.arena.kin(child).creator == Some(ctx.process.id) {
        return Ok(());
    }
    Err(IpcError::new(ErrorKind::AssertionError, format!("only the process that started {} can {what} it", ctx.name_of(child))))
}

/// As [`mine`], for what a process may ask of its parent too.
fn mine_or_parent(ctx: &Context, other: ActorId, what: &str) -> Result<()> {
    if ctx.arena.kin(ctx.process.id).creator == Some(other) { Ok(()) } else { mine(ctx, other, what) }
}

pub(super) fn has_ended(ctx: &Context, child: ActorId) -> bool {
    ctx.arena.state(child) == State::Dead
}

/// Waits until a child, or the parent, has ended. Returns in any case when patience is over; ask `is_alive`.
/// Errors: AssertionError (neither a child of this process nor its parent).
pub fn join(ctx: &Context, child: ActorId, patience: Patience) -> Result<()> {
    let on = On::Actor(child);
    ctx.begin_op(&JOIN, on, None);
    mine_or_parent(ctx, child, "join").map_err(|error| ctx.failed(&JOIN, on, error))?;
    if has_ended(ctx, child) {
        ctx.done(&JOIN, &JOIN_JOINED, on, None, Vec::new());
        return Ok(());
    }
    if patience != Patience::No {
        let wait = until(Until::Ended(child), patience.deadline(ctx.now()));
        ctx.waits(&JOIN, &JOIN_WAITS, on, None, &wait, Vec::new());
        loop {
            let grant = ctx.wait(&wait);
            if has_ended(ctx, child) {
                ctx.done(&JOIN, &JOIN_RETURNED, on, None, Vec::new());
                return Ok(());
            }
            if grant == Grant::Expire {
                break;
            }
        }
    }
    ctx.done(&JOIN, &JOIN_EXPIRED, on, None, Vec::new());
    Ok(())
}

/// Whether a child, or the parent, has not ended. Errors: AssertionError (neither of the two).
pub fn is_alive(ctx: &Context, child: ActorId) -> Result<bool> {
    let on = On::Actor(child);
    ctx.begin_op(&IS_ALIVE, on, None);
    mine_or_parent(ctx, child, "ask after").map_err(|error| ctx.failed(&IS_ALIVE, on, error))?;
    let alive = !has_ended(ctx, child);
    ctx.done(&IS_ALIVE, &IS_ALIVE_READ, on, Some(Value::Bool(alive).preview()), Vec::new());
    Ok(alive)
}

/// A child's exit code: none while it lives, minus the signal that killed it.
pub fn exitcode(ctx: &Context, child: ActorId) -> Result<Option<i64>> {
    let on = On::Actor(child);
    ctx.begin_op(&EXITCODE, on, None);
    let code = ctx.arena.cause(child).filter(|_| has_ended(ctx, child)).map(|cause| match cause {
        Cause::Exit(code) => i64::from(code),
        Cause::Signal(signal) => -i64::from(signal),
        Cause::Returned => 0,
        Cause::NotStarted(_) => 1,
    });
    let shown = code.map_or(Value::Unit, Value::Int);
    ctx.done(&EXITCODE, &EXITCODE_READ, on, Some(shown.preview()), Vec::new());
    Ok(code)
}

/// Sends SIGTERM to a child; nothing in it is cleaned up.
pub fn terminate(ctx: &Context, child: ActorId) -> Result<()> {
    signal(ctx, child, nix::sys::signal::Signal::SIGTERM as i32, &TERMINATE, &TERMINATE_SENT, &TERMINATE_NOTHING)
}

/// Sends SIGKILL to a child.
pub fn kill(ctx: &Context, child: ActorId) -> Result<()> {
    signal(ctx, child, nix::sys::signal::Signal::SIGKILL as i32, &KILL, &KILL_SENT, &KILL_NOTHING)
}

fn signal(ctx: &Context, child: ActorId, number: i32, op: &Op, sent: &Outcome, nothing: &Outcome) -> Result<()> {
    let on = On::Actor(child);
    ctx.begin_op(op, on, None);
    mine(ctx, child, op.name).map_err(|error| ctx.failed(op, on, error))?;
    // The pidfd first, then the look: if the process had not been reaped when it was opened, it is
    // this process's, whatever happens to its number later.
    let pidfd = sys::pidfd::open(ctx.pid_of(child));
    if has_ended(ctx, child) || ctx.arena.flag(child, FLAG_GONE) {
        ctx.done(op, nothing, on, None, Vec::new());
        return Ok(());
    }
    // From here on the host waits for the death before it grants again.
    let outcome = pidfd.and_then(|pidfd| {
        ctx.arena.expect_death(child);
        ctx.done(op, sent, on, None, Vec::new());
        sys::pidfd::signal(pidfd.as_fd(), number)
    });
    outcome.map_err(|error| ctx.failed(op, on, os_error(&format!("signal {}", ctx.name_of(child)), &error)))
}

/// Gives up a handle. Errors: ValueError while the process lives.
pub fn close(ctx: &Context, child: ActorId) -> Result<()> {
    let on = On::Actor(child);
    ctx.begin_op(&CLOSE, on, None);
    if !has_ended(ctx, child) {
        let error = IpcError::new(ErrorKind::ValueError, format!("{} is still running: join it before close", ctx.name_of(child)));
        return Err(ctx.failed(&CLOSE, on, error));
    }
    ctx.done(&CLOSE, &CLOSE_CLOSED, on, None, Vec::new());
    Ok(())
}

/// This process's children that have not ended, in order of their start.
pub fn active_children(ctx: &Context) -> Result<Vec<(ActorId, String)>> {
    ctx.begin_op(&ACTIVE_CHILDREN, On::Nothing, None);
    let children: Vec<_> = living_children(ctx).into_iter().map(|child| (child, ctx.name_of(child))).collect();
    let names: Vec<_> = children.iter().map(|(_, name)| name.as_str()).collect();
    ctx.done(&ACTIVE_CHILDREN, &ACTIVE_CHILDREN_READ, On::Nothing, Some(Preview::new(&format!("[{}]", names.join(", ")))), Vec::new());
    Ok(children)
}

pub(super) fn living_children(ctx: &Context) -> Vec<ActorId> {
    ctx.arena
        .actor_ids()
        .filter(|id| {
            let kin = ctx.arena.kin(*id);
            kin.role == Role::Process && kin.creator == Some(ctx.process.id) && !has_ended(ctx, *id)
        })
        .collect()
}

/// Prints a line of text as one step.
pub fn print(ctx: &Context, text: &str) -> Result<()> {
    ctx.begin_op(&PRINT, On::Nothing, Some(&Preview::new(text)));
    print_pieces(ctx, text, false);
    Ok(())
}

fn print_pieces(ctx: &Context, text: &str, error: bool) {
    let mut rest = text;
    loop {
        let mut end = rest.len().min(PRINT_PIECE);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        ctx.arena.wait_for_room();
        ctx.arena.emit(ctx.me(), Body::Printed(Printed { text: piece.to_owned(), line: ctx.line(), more: !after.is_empty(), error }));
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

/// Sleeps on the run's clock.
pub fn sleep(ctx: &Context, time: Nanos) -> Result<()> {
    let detail = Preview::new(&format!("{:.2}", time as f64 / 1e9));
    ctx.begin_op(&SLEEP, On::Nothing, Some(&detail));
    let wait = until(Until::Deadline, Some(ctx.now().saturating_add(time)));
    ctx.waits(&SLEEP, &SLEEP_SLEEPS, On::Nothing, Some(detail), &wait, Vec::new());
    while ctx.wait(&wait) != Grant::Expire {}
    ctx.done(&SLEEP, &SLEEP_WOKE, On::Nothing, None, Vec::new());
    Ok(())
}

/// Computing for a while without a call is a step too, so that an endless loop neither stalls nor freezes a run.
pub fn compute(ctx: &Context) -> Result<()> {
    ctx.begin_op(&COMPUTE, On::Nothing, None);
    ctx.done(&COMPUTE, &COMPUTE_COMPUTED, On::Nothing, None, Vec::new());
    Ok(())
}

/// The step of calling exit; the caller then unwinds.
pub fn exit(ctx: &Context, code: i64) -> Result<()> {
    let detail = Preview::new(&code.to_string());
    ctx.begin_op(&EXIT, On::Nothing, Some(&detail));
    ctx.done(&EXIT, &EXIT_LEFT, On::Nothing, Some(detail), Vec::new());
    Ok(())
}

/// A process's first step.
pub fn begin(ctx: &Context, function: &str) {
    let what = Preview::new(if function.is_empty() { "main" } else { function });
    ctx.begin_op(&BEGIN, On::Nothing, Some(&what));
    ctx.done(&BEGIN, &BEGIN_BEGAN, On::Nothing, Some(what), Vec::new());
}

/// A daemon does not outlive its creator's normal end: it gets SIGTERM, as part of that step.
pub(super) fn cut_off(ctx: &Context, child: ActorId, changes: &mut Vec<Change>) {
    let pidfd = sys::pidfd::open(ctx.pid_of(child));
    if has_ended(ctx, child) || ctx.arena.flag(child, FLAG_GONE) {
        return;
    }
    ctx.arena.wait_for_room();
    ctx.arena.expect_death(child);
    ctx.done(&TERMINATE, &TERMINATE_SENT, On::Actor(child), None, std::mem::take(changes));
    // One that cannot be signalled has just ended by itself.
    let _ = pidfd.and_then(|pidfd| sys::pidfd::signal(pidfd.as_fd(), nix::sys::signal::Signal::SIGTERM as i32));
}

/// A process's last steps: feeders are told that no more will come, daemons are cut off, children are
/// waited for, feeders are waited for, and it ends. `error` is an uncaught error's message and its line.
pub fn end(ctx: &Context, error: Option<(&str, u32)>) {
    if let Some((message, line)) = error {
        ctx.set_line(line);
        ctx.begin_op(&END, On::Nothing, None);
        print_pieces(ctx, message, true);
    } else {
        ctx.begin_op(&END, On::Nothing, None);
    }
    pool::stop_all(ctx);
    let buffers: Vec<Arc<_>> = locked(&ctx.process.buffers).values().cloned().collect();
    let mut changes = Vec::new();
    for buffer in &buffers {
        changes.extend(feeder::close_buffer(ctx, buffer));
    }
    if !changes.is_empty() && living_children(ctx).iter().any(|child| ctx.arena.kin(*child).works_for.is_some()) {
        // Told before the managers are shut down, which is told apart.
        ctx.arena.emit(ctx.me(), Body::Also { changes: std::mem::take(&mut changes) });
    }
    manager::shut_down_all(ctx);
    for child in living_children(ctx).into_iter().filter(|child| ctx.arena.flag(*child, FLAG_DAEMON)) {
        cut_off(ctx, child, &mut changes);
    }
    for child in living_children(ctx) {
        let wait = until(Until::Ended(child), None);
        while !has_ended(ctx, child) {
            ctx.waits(&END, &END_JOINS, On::Actor(child), None, &wait, std::mem::take(&mut changes));
            buffers.iter().for_each(|buffer| ctx.arena.bump(buffer.feeder));
            ctx.wait(&wait);
        }
    }
    for buffer in buffers.iter().filter(|buffer| !buffer.cancelled.load(SeqCst)) {
        let wait = until(Until::Ended(buffer.feeder), None);
        while !has_ended(ctx, buffer.feeder) {
            ctx.waits(&END, &END_FLUSHES, On::Object(buffer.queue), None, &wait, std::mem::take(&mut changes));
            ctx.arena.bump(buffer.feeder);
            ctx.wait(&wait);
        }
    }
    let (outcome, detail) = match error {
        Some((message, _)) => (&END_ERROR, Some(Preview::new(message.lines().next().unwrap_or(message)))),
        None => (&END_ENDED, None),
    };
    ctx.report(Report { op: &END, outcome, on: On::Nothing, line: ctx.line(), detail, next: Next::Ends, changes });
}
