//! How a started process becomes an actor and runs its function.
//!
//! The program starts itself again for every process of a run; the environment says who it is to be,
//! and three descriptors are all that it inherits: the arena, its control socket, and its eventfd.
//! It ends with its parent, whatever happens.

mod hand;
mod served;
mod worker;

use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::rc::Rc;
use std::sync::Arc;

use crate::arena::Arena;
use crate::ipc::Value;
use crate::ipc::context::Context;
use crate::ipc::control::{self, Order};
use crate::ipc::life;
use crate::ipc::pool::worker::FUNCTION;
use crate::ipc::seat::{ProcessState, Seat};
use crate::ipc::server;
use crate::ipc::start::Task;
use crate::script::{Program, ScriptError, shelter};
use crate::sys;
use crate::trace::codec::{self, SCENARIO_LIMIT};
use crate::trace::scenario::Scenario;
use crate::trace::{ActorId, Body, Printed, Role};

/// The variable that says which actor of which host a process is to be: `ACTOR:HOST_PID`. It counts only where the
/// run's memory is inherited too.
pub const VARIABLE: &str = "IPCSCOPE_ACTOR";

/// Numbers of the descriptors that every process of a run inherits.
pub const ARENA_FD: RawFd = 3;
pub const CONTROL_FD: RawFd = 4;
pub const EVENT_FD: RawFd = 5;

/// Exit status of a process that could not even begin.
const NO_START: i32 = 125;

/// If this process was started by a host, becomes the actor that it was started for and never returns.
pub fn become_actor_if_asked() {
    let Some(value) = std::env::var_os(VARIABLE) else { return };
    // A value that somebody else has set, for whatever reason, makes no actor of what that user started: a host
    // gives every process the run's memory as well.
    if !Arena::is_at(ARENA_FD) {
        return;
    }
    // What is to be looked at or started is a process of a run, whose faults are told as its own: the first SIGSEGV
    // that somebody sends it ends it too.
    sys::child::default_faults();
    let value = value.to_string_lossy();
    let parsed = value.split_once(':').and_then(|(actor, host)| Some((ActorId(actor.parse().ok()?), host.parse().ok()?)));
    let code = match parsed {
        Some((actor, host)) => live(actor, host).unwrap_or(NO_START),
        None => NO_START,
    };
    sys::child::exit_now(code)
}

/// A process's whole life; gives its exit status, or none if it could not begin.
fn live(actor: ActorId, host: u32) -> Option<i32> {
    // The parent may have died between the fork and the signal's setting; then nobody would kill us.
    if !sys::child::die_with_parent(host) {
        return None;
    }
    let memory = sys::child::adopt(ARENA_FD).ok()?;
    let control = sys::child::adopt(CONTROL_FD).ok()?;
    let eventfd = sys::child::adopt(EVENT_FD).ok()?;
    let arena = Arc::new(Arena::open(memory.as_fd()).ok()?);
    drop(memory);
    sys::child::set_name(&arena.actor_name(actor));
    report_panics(&arena, actor);

    let (order, mut fds) = control::obey(control.as_fd()).ok()??;
    if order != Order::Begin || fds.len() < 2 {
        return None;
    }
    let ends = fds.split_off(2);
    let scenario = read_scenario(&fds[0])?;
    let task = Task::decode(&sys::memfile::read_all(fds[1].as_fd(), usize::MAX).ok()?).ok()?;
    drop(fds);

    let state = Arc::new(ProcessState::new(actor, control));
    inherit(&arena, &state, &task, ends);
    arena.set_ids(actor, std::process::id(), sys::child::tid());
    let seat = Seat::new(arena.clone(), actor, state, eventfd);
    let scenario = Arc::new(scenario);
    let context = Rc::new(Context::new(seat, scenario.clone()));
    let kin = arena.kin(actor);
    if kin.role == Role::Hand {
        hand::serve(&context);
        return Some(0);
    }
    if let Some(manager) = kin.works_for {
        life::begin(&context, &task.function);
        server::serve(&context, manager, &scenario, &task.args, served::engine);
        life::end(&context, None);
        return Some(0);
    }
    Some(run_task(&context, task))
}

fn read_scenario(fd: &OwnedFd) -> Option<Scenario> {
    codec::decode_scenario(&sys::memfile::read_all(fd.as_fd(), SCENARIO_LIMIT).ok()?).ok()
}

/// Takes over the ends that came along, and notes under which numbers this process holds them.
fn inherit(arena: &Arena, state: &ProcessState, task: &Task, ends: Vec<OwnedFd>) {
    use std::os::fd::AsRawFd;
    for ((part, end), fd) in task.ends.iter().zip(ends) {
        let inner = arena.lock(part.object, state.id);
        arena.part_at(part.object, part.part).add_holder(*end, state.id, fd.as_raw_fd());
        arena.bump_pipe_version(part.object);
        drop(inner);
        state.add_end(part.object, *end, fd);
    }
}

/// Runs the function, then the steps of an end; gives the exit status.
fn run_task(context: &Rc<Context>, task: Task) -> i32 {
    let program = Program::of_checked(context.scenario());
    life::begin(context, &task.function);
    let outcome = match program {
        Ok(program) if task.function.is_empty() => program.run_main(context.clone()),
        Ok(program) if task.function == FUNCTION => return work(context, &program, &task.args),
        Ok(program) => program.run_function(context.clone(), &task.function, task.args),
        Err(diagnostic) => Err(ScriptError::Uncaught { diagnostic, kind: String::new() }),
    };
    match outcome {
        Ok(()) => {
            life::end(context, None);
            0
        }
        Err(ScriptError::Exit(code)) => {
            life::end(context, None);
            code
        }
        Err(ScriptError::Uncaught { diagnostic, .. }) => {
            life::end(context, Some((&diagnostic.to_string(), diagnostic.place.line)));
            1
        }
    }
}

/// A pool's worker, and the steps of its end; gives the exit status.
fn work(context: &Rc<Context>, program: &Program, args: &[Value]) -> i32 {
    match worker::live(context, program, args) {
        Ok(code) => {
            life::end(context, None);
            code
        }
        Err(error) => {
            life::end(context, Some((&error.to_string(), 0)));
            1
        }
    }
}

/// A fault of ours in a process of a run becomes a line in its trace, and the end of the process. One of the script
/// engine's becomes an error of the script.
fn report_panics(arena: &Arc<Arena>, actor: ActorId) {
    let arena = arena.clone();
    std::panic::set_hook(Box::new(move |info| {
        if shelter::is_caught(info.location()) {
            return;
        }
        let text = format!("internal error: {info}");
        let text = text.chars().take(300).collect();
        arena.emit(actor, Body::Printed(Printed { text, line: 0, more: false, error: true }));
        sys::child::exit_now(101);
    }));
}
