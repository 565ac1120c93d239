//! Process in the language. A handle is made without a step and starts later.

use std::any::TypeId;
use std::rc::Rc;

use rhai::{Array, Dynamic, EvalAltResult, FnPtr};

use super::binding::{Call, Class, Function, Given, Property, Stands};
use super::convert;
use super::held::{Handle, Intended};
use super::raise::{from_ipc, leave, raise, type_error};
use crate::arena::layout::actor::FLAG_DAEMON;
use crate::ipc::life;
use crate::ipc::process;
use crate::ipc::start::{self, Start};
use crate::ipc::{Context, ErrorKind, Value};
use crate::trace::{ActorId, NAME_LIMIT};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "Process", takes: &["name or function", "function or arguments?", "arguments?"], run: make },
    Function { name: "current_process", takes: &[], run: |call| Ok(Dynamic::from(handle_of(call.ctx()?, call.ctx()?.me()))) },
    Function { name: "parent_process", takes: &[], run: parent },
    Function { name: "active_children", takes: &[], run: active_children },
    Function { name: "cpu_count", takes: &[], run: cpu_count },
    Function { name: "exit", takes: &["code?"], run: exit },
];

pub(super) const CLASS: Class = Class {
    name: "Process",
    type_id: TypeId::of::<Handle>,
    type_name: std::any::type_name::<Handle>,
    methods: &[
        Function { name: "start", takes: &[], run: start },
        Function { name: "join", takes: &["seconds?"], run: join },
        Function { name: "is_alive", takes: &[], run: is_alive },
        Function {
            name: "terminate",
            takes: &[],
            run: |call| process::terminate(call.ctx()?, started(call)?).map(Dynamic::from).map_err(from_ipc),
        },
        Function { name: "kill", takes: &[], run: |call| process::kill(call.ctx()?, started(call)?).map(Dynamic::from).map_err(from_ipc) },
        Function { name: "close", takes: &[], run: close },
    ],
    properties: &[
        Property { name: "name", get: |call| Ok(this(call)?.identity().1.into()), set: Some(set_name) },
        Property { name: "pid", get: pid, set: None },
        Property { name: "exitcode", get: exitcode, set: None },
        Property { name: "daemon", get: daemon, set: Some(set_daemon) },
    ],
    operators: &[],
    index: None,
    items: None,
    shared: None,
    same: |a, b| match (a.read_lock::<Handle>(), b.read_lock::<Handle>()) {
        (Some(a), Some(b)) => Rc::ptr_eq(&a.0, &b.0) || a.identity().0.is_some() && a.identity().0 == b.identity().0,
        _ => false,
    },
    stands: Stands::of(".exitcode", ".is_alive()"),
    text: None,
    guard: None,
    own: false,
};

fn this(call: &Call<'_>) -> Result<Handle, Box<EvalAltResult>> {
    call.receiver().clone().try_cast::<Handle>().ok_or_else(|| call.wrong("its object", "a process", call.receiver()))
}

fn assertion(message: String) -> Box<EvalAltResult> {
    raise(ErrorKind::AssertionError, message)
}

/// The handle, unless it was given up.
fn open(call: &Call<'_>) -> Result<Handle, Box<EvalAltResult>> {
    let handle = this(call)?;
    if handle.0.borrow().closed {
        return Err(raise(ErrorKind::ValueError, format!("{}: process {} was closed", call.name, handle.identity().1)));
    }
    Ok(handle)
}

fn started(call: &Call<'_>) -> Result<ActorId, Box<EvalAltResult>> {
    let (actor, name) = open(call)?.identity();
    actor.ok_or_else(|| assertion(format!("{}: process {name} is not started yet", call.name)))
}

/// A name that a process can bear.
fn bounded(name: String) -> Result<String, Box<EvalAltResult>> {
    if name.len() > NAME_LIMIT {
        let message = format!("the name of a process has at most {NAME_LIMIT} bytes, and this one has {}", name.len());
        return Err(raise(ErrorKind::ValueError, message));
    }
    Ok(name)
}

/// `Process(fn)`, `Process(fn, [args])`, `Process("name", fn)`, `Process("name", fn, [args])`.
fn make(call: &Call<'_>) -> Given {
    let ctx = call.ctx()?;
    // A number is used up by every handle, also by one with a name of its own.
    let numbered = start::next_name(ctx);
    let (name, at) = match convert::text(call.arg(0)) {
        Some(name) => (bounded(name)?, 1),
        None => (numbered, 0),
    };
    if call.count() > at + 2 {
        return Err(type_error("Process takes a function and a list of its arguments: Process(work, [q])"));
    }
    let function = call.function(at, "function")?;
    let given = if call.count() > at + 1 { call.list(at + 1, "arguments")? } else { Vec::new() };
    let args: Vec<Value> = function
        .curry()
        .iter()
        .chain(&given)
        .map(|arg| convert::to_value(arg, call.runtime))
        .collect::<Result<_, _>>()
        .map_err(|problem| type_error(format!("Process {name}: {problem}")))?;
    fits(call, &function, args.len())?;
    let intended = Intended {
        name,
        function: call.runtime.label(function.fn_name()),
        args,
        daemon: ctx.arena.flag(ctx.me(), FLAG_DAEMON),
        actor: None,
        closed: false,
    };
    Ok(Dynamic::from(Handle::new(intended)))
}

/// A process or a task runs a function of the script, with as many arguments as it takes.
pub(super) fn fits(call: &Call<'_>, function: &FnPtr, count: usize) -> Result<(), Box<EvalAltResult>> {
    if call.runtime.functions(function.fn_name()).is_empty() {
        return Err(type_error(format!("{}: {} is not a function of this scenario", call.name, function.fn_name())));
    }
    call.runtime.fits(function.fn_name(), count).map_err(|wrong| type_error(format!("{}: {wrong}", call.name)))
}

fn start(call: &Call<'_>) -> Given {
    let handle = open(call)?;
    let mut state = handle.0.borrow_mut();
    if state.actor.is_some() {
        return Err(assertion(format!("start: process {} was started before", state.name)));
    }
    let start = Start { name: Some(&state.name), function: &state.function, args: &state.args, daemon: state.daemon };
    let actor = start::start(call.ctx()?, &start).map_err(from_ipc)?;
    state.actor = Some(actor);
    Ok(Dynamic::UNIT)
}

fn join(call: &Call<'_>) -> Given {
    process::join(call.ctx()?, started(call)?, call.patience(0)?).map(Dynamic::from).map_err(from_ipc)
}

fn is_alive(call: &Call<'_>) -> Given {
    match open(call)?.identity().0 {
        Some(actor) if actor == call.ctx()?.me() => Ok(true.into()),
        Some(actor) => process::is_alive(call.ctx()?, actor).map(Dynamic::from).map_err(from_ipc),
        None => Ok(false.into()),
    }
}

fn exitcode(call: &Call<'_>) -> Given {
    match open(call)?.identity().0 {
        Some(actor) if actor != call.ctx()?.me() => {
            let code = process::exitcode(call.ctx()?, actor).map_err(from_ipc)?;
            Ok(code.map_or(Dynamic::UNIT, Dynamic::from))
        }
        _ => Ok(Dynamic::UNIT),
    }
}

fn close(call: &Call<'_>) -> Given {
    let handle = this(call)?;
    let (actor, _) = handle.identity();
    if let (Some(actor), false) = (actor, handle.0.borrow().closed) {
        process::close(call.ctx()?, actor).map_err(from_ipc)?;
    }
    handle.0.borrow_mut().closed = true;
    Ok(Dynamic::UNIT)
}

fn pid(call: &Call<'_>) -> Given {
    let ctx = call.ctx()?;
    Ok(open(call)?.identity().0.map_or(Dynamic::UNIT, |actor| i64::from(ctx.pid_of(actor)).into()))
}

fn set_name(call: &Call<'_>) -> Given {
    let (handle, name) = (open(call)?, bounded(call.text(0, "name")?)?);
    if handle.identity().0.is_some() {
        return Err(assertion("name: a process that was started keeps its name".to_owned()));
    }
    handle.0.borrow_mut().name = name;
    Ok(Dynamic::UNIT)
}

/// Of one that runs, as everybody knows it, whoever made the handle.
fn daemon(call: &Call<'_>) -> Given {
    let handle = this(call)?;
    match handle.identity().0 {
        Some(actor) => Ok(call.ctx()?.arena.flag(actor, FLAG_DAEMON).into()),
        None => Ok(handle.0.borrow().daemon.into()),
    }
}

fn set_daemon(call: &Call<'_>) -> Given {
    let (handle, daemon) = (open(call)?, call.bool(0, "daemon")?);
    if handle.identity().0.is_some() {
        return Err(assertion("daemon: it is set before the process is started".to_owned()));
    }
    handle.0.borrow_mut().daemon = daemon;
    Ok(Dynamic::UNIT)
}

fn handle_of(ctx: &Context, actor: ActorId) -> Handle {
    Handle::known(actor, ctx.name_of(actor))
}

/// `()` for main, whom nobody in the scenario started.
fn parent(call: &Call<'_>) -> Given {
    let ctx = call.ctx()?;
    Ok(ctx.arena.kin(ctx.me()).creator.map_or(Dynamic::UNIT, |creator| Dynamic::from(handle_of(ctx, creator))))
}

fn active_children(call: &Call<'_>) -> Given {
    let children = process::active_children(call.ctx()?).map_err(from_ipc)?;
    Ok(children.into_iter().map(|(actor, name)| Dynamic::from(Handle::known(actor, name))).collect::<Array>().into())
}

/// Processors of the machine, whatever part of them this process may use.
fn cpu_count(_: &Call<'_>) -> Given {
    let online = nix::unistd::sysconf(nix::unistd::SysconfVar::_NPROCESSORS_ONLN).ok().flatten();
    Ok(online.unwrap_or(1).max(1).into())
}

/// Ends the process with a code from 0 to 255, as the system keeps no more of it.
fn exit(call: &Call<'_>) -> Given {
    let code = match (call.count(), call.arg(0).as_bool()) {
        (0, _) => 0,
        (_, Ok(failed)) => i64::from(failed),
        _ if call.arg(0).is_unit() => 0,
        _ => call.int(0, "code")?,
    };
    life::exit(call.ctx()?, code).map_err(from_ipc)?;
    Err(leave(code.rem_euclid(256) as i32))
}
