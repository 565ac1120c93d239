//! A manager's server: its main thread accepts connections, and a thread for each takes requests, acts,
//! and replies. To take, act and reply is one step, as far as nothing has to be waited for.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::rc::Rc;
use std::sync::Arc;

use super::connection::{self, Request, read_some, reply_value, taken, write_some};
use super::context::Context;
use super::control;
use super::error::{ErrorKind, IpcError, Result};
use super::frame::{Arrival, Incoming, Outgoing};
use super::hosted::Hosted;
use super::registered::Script;
use super::seat::{Report, Seat, until};
use super::value::Value;
use super::{by_hand, ends, lent, managed, managed_queue, manager, registered, thread};
use crate::kind::connection::{
    ENDS, KIND, REPLIES, REPLY, REPLY_LOST, REPLY_PARTLY, REQUESTS, SERVE, SERVE_ENDED, SERVE_IDLE, SERVE_PARTLY, SERVE_REPLIED,
    SERVE_TOOK, SERVER,
};
use crate::kind::manager::{ACCEPT, ACCEPT_ACCEPTED, ACCEPT_CLOSES, ACCEPT_REFUSED, ACCEPT_WAITS};
use crate::kind::{self, Outcome};
use crate::sys;
use crate::trace::scenario::Scenario;
use crate::trace::{ActorId, Body, Change, Next, ObjectId, On, PartRef, Preview, Until, Wait};

/// Stack of a thread that serves: room for the engine's deepest calls.
const STACK: usize = 16 << 20;

/// Gets ready, in the thread where it will run, what runs the script's functions.
pub type Engines = fn(&Rc<Context>) -> Result<Box<dyn Script>>;

/// What a caller wants.
enum Call {
    /// That the server ends.
    ToEnd,
    /// That this connection is served, of which this is the server's end.
    Of { client: ActorId, object: ObjectId, socket: OwnedFd },
}

/// Serves until told to end. `registered`: pairs of a name and the function that makes such objects.
pub fn serve(ctx: &Context, manager: ObjectId, scenario: &Arc<Scenario>, registered: &[Value], engines: Engines) {
    for pair in registered {
        if let Value::Array(pair) = pair
            && let [Value::Str(name), Value::Str(function)] = pair.as_slice()
        {
            ctx.process.own::<Hosted>().registered().insert(name.clone(), function.clone());
        }
    }
    // A process serves once, so nothing was set before.
    let _ = ctx.process.when_asked.set(|process, arena| process.own::<Hosted>().write_digests(arena));
    let on = On::Object(manager);
    let wait = manager::waits_for_callers(manager);
    let tell = |outcome: &Outcome, detail: Option<&str>| {
        let next = if outcome.id == ACCEPT_CLOSES.id { Next::Goes } else { Next::Waits(wait.clone()) };
        ctx.report(Report { op: &ACCEPT, outcome, on, line: 0, detail: detail.map(Preview::new), next, changes: Vec::new() });
    };
    ctx.begin_op(&ACCEPT, on, None);
    tell(&ACCEPT_WAITS, None);
    loop {
        ctx.wait(&wait);
        if by_hand::act_if_asked(ctx) {
            // Whoever calls meanwhile is another step.
            continue;
        }
        let Some(caller) = next_caller(ctx, manager) else { continue };
        let outcome = caller.and_then(|call| match call {
            Call::ToEnd => Ok(None),
            Call::Of { client, object, socket } => admit(ctx, object, socket, scenario, engines).map(|()| Some(ctx.name_of(client))),
        });
        ctx.arena.wait_for_room();
        match outcome {
            Ok(None) => return tell(&ACCEPT_CLOSES, None),
            Ok(Some(client)) => tell(&ACCEPT_ACCEPTED, Some(&client)),
            Err(error) => tell(&ACCEPT_REFUSED, Some(&error.message)),
        }
    }
}

/// The next caller, with the server's end of its connection where it is to be served; none if nobody calls
/// after all. Errors: RemoteError (it cannot be served).
fn next_caller(ctx: &Context, manager: ObjectId) -> Option<Result<Call>> {
    let door = ctx.process.end(manager, 0)?;
    // The call is told under this lock.
    let _inner = ctx.arena.lock(manager, ctx.me());
    if !sys::pipe::readable(door.as_fd()) {
        return None;
    }
    let (caller, mut ends) = control::next_caller(door.as_fd()).ok()??;
    ctx.arena.bump_pipe_version(manager);
    let known = |object: ObjectId| {
        let facts = ctx.arena.facts(object);
        facts.kind == KIND.id && facts.owner == Some(manager) && ctx.arena.part_at(object, ENDS).holders(SERVER).is_empty()
    };
    Some(match (caller.connection, ends.pop()) {
        (None, _) => Ok(Call::ToEnd),
        (Some(object), Some(socket)) if known(object) => Ok(Call::Of { client: caller.client, object, socket }),
        _ => Err(IpcError::new(ErrorKind::RemoteError, "it came without a connection that could be served".to_owned())),
    })
}

/// Takes the server's end of a connection and starts a thread for it.
fn admit(ctx: &Context, object: ObjectId, socket: OwnedFd, scenario: &Arc<Scenario>, engines: Engines) -> Result<()> {
    let client = connection::client_of(ctx, object);
    let thread = thread::reserve(ctx, object, format!("{}.{}", ctx.name(), ctx.name_of(client)))?.with_stack(STACK);
    ctx.arena.act_for(thread.actor, client);
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        ctx.arena.part_at(object, ENDS).add_holder(SERVER, ctx.process.id, socket.as_raw_fd());
        ctx.process.add_end(object, SERVER, socket);
        ctx.arena.bump_pipe_version(object);
        // Told at once: whoever is killed from here on closes what is known to have been open.
        let opened = Change::Opened { part: PartRef::new(object, ENDS), end: SERVER, process: ctx.process.id };
        ctx.arena.emit(ctx.me(), Body::Also { changes: vec![opened] });
    }
    let scenario = scenario.clone();
    let live = move |seat| {
        let ctx = Rc::new(Context::new(seat, scenario));
        attend(&ctx, object, engines);
        thread::end(&ctx);
    };
    thread::start(ctx, thread, "server", live, || {}).inspect_err(|_| {
        ctx.arena.wait_for_room();
        let _inner = ctx.arena.lock(object, ctx.me());
        let changes = ends::drop_end(ctx, object, ENDS, SERVER);
        ctx.arena.emit(ctx.me(), Body::Also { changes });
    })
}

/// The life of a thread that serves one connection.
fn attend(ctx: &Rc<Context>, connection: ObjectId, engines: Engines) {
    ctx.begin_op(&SERVE, On::Object(connection), None);
    let mut script = None;
    let mut waits = false;
    while let Some(request) = take(ctx, connection, waits) {
        // What it keeps for others is its own memory.
        let request = request.and_then(|request| ctx.check_memory().map(|()| request));
        let of_script = request.as_ref().is_ok_and(|request| is_of_script(ctx, request));
        let replied = if of_script {
            let outcome = request.and_then(|request| run(ctx, &mut script, &request, engines));
            reply(ctx, connection, &shown(ctx, &outcome), &outcome)
        } else {
            // What the server does by itself stands in no line, whatever method ran in this thread before.
            ctx.set_line(0);
            ctx.within(|| {
                let outcome = request.and_then(|request| perform(ctx, &request));
                reply(ctx, connection, &shown(ctx, &outcome), &outcome)
            })
        };
        if !replied {
            return;
        }
        waits = true;
    }
}

/// Whether functions of the script are to be run for a request: their steps are steps of the thread.
fn is_of_script(ctx: &Context, request: &Request) -> bool {
    ctx.arena.facts(request.object).kind == kind::managed::OBJECT_ID || request.method == registered::CREATE
}

fn run(ctx: &Rc<Context>, script: &mut Option<Box<dyn Script>>, request: &Request, engines: Engines) -> Result<Value> {
    let script = match script {
        Some(script) => script,
        None => script.insert(engines(ctx)?),
    };
    if request.method == registered::CREATE {
        registered::make(ctx, &**script, request)
    } else {
        registered::perform(ctx, &**script, request)
    }
}

fn readable(connection: ObjectId) -> Wait {
    until(Until::Readable(PartRef::new(connection, ENDS), SERVER), None)
}

fn report(seat: &Seat, op: &kind::Op, outcome: &Outcome, connection: ObjectId, detail: Option<Preview>, next: Next, changes: Vec<Change>) {
    seat.report(Report { op, outcome, on: On::Object(connection), line: 0, detail, next, changes });
}

/// The next request; none once nobody can make one. `told`: the trace says already that this waits.
fn take(ctx: &Context, connection: ObjectId, mut told: bool) -> Option<Result<Request>> {
    let wait = readable(connection);
    let mut frame = Incoming::default();
    loop {
        if told {
            ctx.wait(&wait);
        }
        let _inner = ctx.arena.lock(connection, ctx.me());
        let (arrival, mut changes) = read_some(ctx, connection, SERVER, &mut frame);
        match arrival {
            Ok(Arrival::Whole) => {
                changes.extend(taken(ctx, connection, REQUESTS, &frame));
                report(ctx, &SERVE, &SERVE_TOOK, connection, None, Next::Goes, changes);
                let damaged = || IpcError::new(ErrorKind::RemoteError, "what arrived is no request".to_owned());
                return Some(frame.value().and_then(|value| Request::parse(value).ok_or_else(damaged)));
            }
            Ok(Arrival::Partly) => {
                if !told || !changes.is_empty() {
                    let outcome = if frame.read_so_far() > 0 { &SERVE_PARTLY } else { &SERVE_IDLE };
                    report(ctx, &SERVE, outcome, connection, None, Next::Waits(wait.clone()), changes);
                }
                told = true;
            }
            Ok(Arrival::End) | Err(_) => {
                changes.extend(ends::drop_end(ctx, connection, ENDS, SERVER));
                report(ctx, &SERVE, &SERVE_ENDED, connection, None, Next::Ends, changes);
                return None;
            }
        }
    }
}

/// How a reply is shown.
fn shown(ctx: &Context, outcome: &Result<Value>) -> Preview {
    match outcome {
        Ok(Value::Object { object, .. }) => Preview::new(&ctx.arena.object_name(*object)),
        Ok(value) => value.preview(),
        Err(error) => Preview::new(error.kind.name()),
    }
}

fn perform(ctx: &Context, request: &Request) -> Result<Value> {
    let kind = ctx.arena.facts(request.object).kind;
    if kind == kind::manager::ID {
        return create(ctx, request);
    }
    if managed::is_kept(kind) {
        return managed::perform(ctx, request);
    }
    if kind == kind::managed_queue::ID {
        return managed_queue::perform(ctx, request.object, &request.method, &request.args);
    }
    if ctx.arena.manager_of(request.object).is_some() {
        return lent::perform(ctx, request.object, kind, &request.method, &request.args);
    }
    Err(IpcError::new(ErrorKind::RemoteError, format!("{} cannot be asked for {}", ctx.arena.object_name(request.object), request.method)))
}

/// Makes an object for a manager's `list(…)`, `dict(…)` and so on.
fn create(ctx: &Context, request: &Request) -> Result<Value> {
    let Request { object: manager, method: sort, name, args } = request;
    let name = if name.is_empty() { ctx.default_name(sort) } else { name.clone() };
    if let Some(kind) = managed::kind_of(sort) {
        return managed::make(ctx, *manager, kind, &name, args);
    }
    match (sort.as_str(), args.as_slice()) {
        ("Queue" | "JoinableQueue", []) => managed_queue::make(ctx, *manager, &name, 0),
        ("Queue" | "JoinableQueue", [Value::Int(max)]) => managed_queue::make(ctx, *manager, &name, *max),
        _ => lent::make(ctx, *manager, sort, &name, args)
            .unwrap_or_else(|| Err(IpcError::new(ErrorKind::RemoteError, format!("{} makes no {sort}", ctx.arena.object_name(*manager))))),
    }
}

/// Writes a reply. False: there is nobody to read it, and the end of the connection has been told.
fn reply(ctx: &Context, connection: ObjectId, text: &Preview, outcome: &Result<Value>) -> bool {
    ctx.begin_op(&REPLY, On::Object(connection), Some(text));
    let bytes = match reply_value(outcome).encode_message() {
        Ok(bytes) => bytes,
        Err(error) => {
            let error = IpcError::new(ErrorKind::RemoteError, error.to_string());
            reply_value(&Err(error)).encode_message().unwrap_or_default()
        }
    };
    let mut frame = Outgoing::new(ctx.arena.next_message(), &bytes);
    let room = until(Until::Writable(PartRef::new(connection, ENDS), SERVER), None);
    loop {
        {
            let _inner = ctx.arena.lock(connection, ctx.me());
            match write_some(ctx, connection, SERVER, REPLIES, &mut frame, text) {
                Ok(changes) if frame.is_done() => {
                    report(ctx, &SERVE, &SERVE_REPLIED, connection, None, Next::Waits(readable(connection)), changes);
                    return true;
                }
                Ok(changes) => report(ctx, &REPLY, &REPLY_PARTLY, connection, Some(text.clone()), Next::Waits(room.clone()), changes),
                Err(_) => {
                    let changes = ends::drop_end(ctx, connection, ENDS, SERVER);
                    report(ctx, &REPLY, &REPLY_LOST, connection, None, Next::Ends, changes);
                    return false;
                }
            }
        }
        ctx.wait(&room);
    }
}
