//! Processes as their creators see them: `join`, `is_alive` and `exitcode` are looks at the process's record,
//! since the host alone reaps; signals go straight to the process.

use std::os::fd::AsFd;

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::seat::until;
use super::value::Value;
use crate::arena::actors::State;
use crate::arena::layout::actor::FLAG_GONE;
use crate::kind::process::{
    ACTIVE_CHILDREN, ACTIVE_CHILDREN_READ, CLOSE, CLOSE_CLOSED, EXITCODE, EXITCODE_READ, IS_ALIVE, IS_ALIVE_READ, JOIN, JOIN_EXPIRED,
    JOIN_JOINED, JOIN_RETURNED, JOIN_WAITS, KILL, KILL_NOTHING, KILL_SENT, TERMINATE, TERMINATE_NOTHING, TERMINATE_PENDING, TERMINATE_SENT,
};
use crate::kind::{Op, Outcome};
use crate::sys;
use crate::trace::{ActorId, Cause, Change, Grant, On, Preview, Role, Until};

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
    let tell = || {
        let sent = if op.id == TERMINATE.id { sigterm_sent(ctx, child) } else { sent };
        ctx.done(op, sent, on, None, Vec::new());
    };
    match send(ctx, child, number, tell) {
        Ok(true) => Ok(()),
        Ok(false) => {
            ctx.done(op, nothing, on, None, Vec::new());
            Ok(())
        }
        Err(error) => Err(ctx.failed(op, on, os_error(&format!("signal {}", ctx.name_of(child)), &error))),
    }
}

/// Sends a deadly signal to a child, telling of it before. False: it has ended, and nothing is told.
pub(super) fn send(ctx: &Context, child: ActorId, number: i32, tell: impl FnOnce()) -> std::io::Result<bool> {
    // The pidfd first, then the look: if the process had not been reaped when it was opened, it is
    // this process's, whatever happens to its number later.
    let pidfd = sys::pidfd::open(ctx.pid_of(child));
    if has_ended(ctx, child) || ctx.arena.flag(child, FLAG_GONE) {
        return Ok(false);
    }
    // From here on the host waits for the death before it grants again.
    let pidfd = pidfd?;
    ctx.arena.expect_death(child, number, ctx.process.id);
    tell();
    sys::pidfd::signal(pidfd.as_fd(), number).map(|()| true)
}

/// Whether a process has been stopped by a signal, and so does nothing of what it is asked.
pub(super) fn is_stopped(ctx: &Context, process: ActorId) -> bool {
    let pid = ctx.pid_of(process);
    sys::procfs::stat(pid, pid).is_ok_and(|stat| matches!(stat.state, 'T' | 't'))
}

/// What SIGTERM does to a process: somebody may have stopped it, and only the kernel knows of that.
fn sigterm_sent(ctx: &Context, child: ActorId) -> &'static Outcome {
    if is_stopped(ctx, child) { &TERMINATE_PENDING } else { &TERMINATE_SENT }
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

/// A daemon does not outlive its creator's normal end: it gets SIGTERM, as part of that step.
pub(super) fn cut_off(ctx: &Context, child: ActorId, changes: &mut Vec<Change>) {
    ctx.arena.wait_for_room();
    let tell = || ctx.done(&TERMINATE, sigterm_sent(ctx, child), On::Actor(child), None, std::mem::take(changes));
    // One that cannot be signalled has just ended by itself.
    let _ = send(ctx, child, nix::sys::signal::Signal::SIGTERM as i32, tell);
}
