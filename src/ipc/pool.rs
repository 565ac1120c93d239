//! Pool, in the process that made it: tasks go into a queue, whose feeder writes them to a kernel pipe;
//! workers (`worker`) take them from there and put results into a second queue, from which a handler
//! thread (`handler`) deals them out. Every task is in one place: buffer, pipe, a worker's hands.
//!
//! Invariant: a task is *unfinished* until its answers are counted in its result, whoever died.

mod handler;
pub mod worker;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};

use super::buffer::{Buffer, Buffers};
use super::context::Context;
use super::error::{ErrorKind, IpcError, Result};
use super::fault::Fault;
use super::process;
use super::queue;
use super::result::{self, Answers, Order, Results};
use super::seat::{locked, until};
use super::start::{self, Start};
use super::value::Value;
use super::wake::Wake;
use super::{feeder, simple_queue, thread};
use crate::arena::actors::State;
use crate::arena::layout::actor::UNTIL_MAX;
use crate::kind::pool::{
    APPLY, APPLY_HANDED, APPLY_REFUSED, CLOSE, CLOSE_CLOSED, CLOSED, IMAP, IMAP_EMPTY, IMAP_HANDED, IMAP_REFUSED, JOIN, JOIN_JOINED,
    JOIN_WAITS, KIND, MAKE, MAKE_MADE, MAP, MAP_EMPTY, MAP_HANDED, MAP_REFUSED, STOPPING, TERMINATE, TERMINATE_STOPPED, UNFINISHED,
};
use crate::kind::process::{END, END_STOPS_POOL};
use crate::kind::{self, Op, Outcome};
use crate::trace::{ActorId, Body, Change, MessageId, ObjectId, On, PartRef, Preview, Until};

/// The pools that a process has made.
#[derive(Default)]
struct Pools(Mutex<BTreeMap<ObjectId, Arc<Pool>>>);

/// The most workers of one pool: its handler waits for each of them, and for three things more.
pub const WORKER_LIMIT: usize = UNTIL_MAX - 3;

/// Changes in one event about many messages.
const CHANGES_AT_ONCE: usize = 24;

/// A pool as the process that made it knows it.
pub struct Pool {
    object: ObjectId,
    tasks: ObjectId,
    results: ObjectId,
    handler: ActorId,
    size: usize,
    crew: Mutex<Crew>,
    /// What was handed in and has no answer yet.
    jobs: Mutex<BTreeMap<MessageId, Job>>,
}

/// A pool's workers. Both are looked at and changed together: a worker that is started while the pool is
/// being stopped is cut off either by the actor that stops it or by the handler that started the worker.
#[derive(Default)]
struct Crew {
    /// Those that are thought to live.
    workers: Vec<ActorId>,
    /// The pool has been stopped: nobody is to work in it any more.
    cut_off: bool,
}

/// Tasks on their way into the queue as one message.
struct Parcel<'a> {
    function: &'a str,
    tasks: &'a [std::result::Result<Vec<Value>, String>],
    preview: Preview,
    job: Job,
}

/// Tasks that travel as one message.
struct Job {
    result: ObjectId,
    /// The place of the first of them among the result's.
    first: usize,
    count: usize,
}

/// How tasks are handed in, and what is given for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// One task, one value.
    Apply,
    /// Many tasks, in chunks; a list of values in their order.
    Map,
    /// Many tasks, each on its own; values in their order, each as soon as it can be had.
    Imap,
    /// As they come.
    ImapUnordered,
}

struct Words {
    op: &'static Op,
    handed: &'static Outcome,
    empty: &'static Outcome,
    refused: &'static Outcome,
}

static APPLIED: Words = Words { op: &APPLY, handed: &APPLY_HANDED, empty: &MAP_EMPTY, refused: &APPLY_REFUSED };
static MAPPED: Words = Words { op: &MAP, handed: &MAP_HANDED, empty: &MAP_EMPTY, refused: &MAP_REFUSED };
static IMAPPED: Words = Words { op: &IMAP, handed: &IMAP_HANDED, empty: &IMAP_EMPTY, refused: &IMAP_REFUSED };

/// What is to be called, for each task with other arguments.
pub struct Calls<'a> {
    pub function: &'a str,
    /// Arguments of each task; an error where they cannot travel.
    pub arguments: Vec<std::result::Result<Vec<Value>, String>>,
}

/// Makes a pool of so many workers, and starts them. Errors: ValueError (fewer than one, or too many),
/// AssertionError (in a daemon process), OSError (no room, or the system starts no more processes).
pub fn make(ctx: &Context, name: Option<String>, size: i64) -> Result<ObjectId> {
    ctx.begin_op(&MAKE, On::Nothing, None);
    let fail = |error| ctx.failed(&MAKE, On::Nothing, error);
    let count = usize::try_from(size).ok().filter(|count| (1..=WORKER_LIMIT).contains(count));
    let count =
        count.ok_or_else(|| fail(IpcError::new(ErrorKind::ValueError, format!("a pool has 1 to {WORKER_LIMIT} workers, not {size}"))))?;
    let name = name.unwrap_or_else(|| ctx.default_name("pool"));
    let (object, made) = ctx.new_object(&KIND, &name, None).map_err(fail)?;
    let mut changes = vec![made];
    let (tasks, made) = queue::make_part_of(ctx, &format!("{name}.tasks"), Some(object), 0).map_err(fail)?;
    changes.extend(made);
    let (results, made) = simple_queue::make_part_of(ctx, &format!("{name}.results"), Some(object)).map_err(fail)?;
    changes.extend(made);
    ctx.done(&MAKE, &MAKE_MADE, On::Object(object), Some(Preview::new(&count.to_string())), changes);
    let mut workers = Vec::with_capacity(count);
    let started = (0..count).try_for_each(|_| start_worker(ctx, object, tasks, results).map(|worker| workers.push(worker)));
    let reserved = started.and_then(|()| thread::reserve(ctx, object, format!("{}.handler", ctx.name())));
    // Without a handler, those that run already have nothing to live for.
    let without_a_handler = |workers: &[ActorId]| workers.iter().for_each(|worker| process::cut_off(ctx, *worker, &mut Vec::new()));
    let reserved = reserved.inspect_err(|_| without_a_handler(&workers))?;
    let crew = Mutex::new(Crew { workers: workers.clone(), cut_off: false });
    let pool = Arc::new(Pool { object, tasks, results, handler: reserved.actor, size: count, crew, jobs: Mutex::default() });
    let (work, scenario) = (pool.clone(), ctx.shared_scenario());
    let live = move |seat| handler::live(&Context::new(seat, scenario), &work);
    thread::start(ctx, reserved, "handler", live, || {}).inspect_err(|_| without_a_handler(&workers))?;
    locked(&ctx.process.own::<Pools>().0).insert(object, pool);
    Ok(object)
}

impl Pool {
    fn flag(&self, ctx: &Context, part: u8) -> bool {
        ctx.arena.part_at(self.object, part).flag()
    }

    /// Whether its queues can still be trusted. Errors: OwnerDied.
    fn usable(&self, ctx: &Context) -> Result<()> {
        [self.object, self.tasks, self.results].into_iter().try_for_each(|object| ctx.check_broken(object))
    }

    fn is_over(&self, ctx: &Context) -> bool {
        ctx.arena.state(self.handler) == State::Dead
    }

    /// One task less, or more, is unfinished. To be called under the pool's internal lock.
    fn count(&self, ctx: &Context, more: i64) -> Change {
        let part = ctx.arena.part_at(self.object, UNFINISHED);
        let value = (part.count() + more).max(0);
        part.set_count(value, None);
        Change::Counted { part: PartRef::new(self.object, UNFINISHED), value, max: None }
    }

    fn raise(&self, ctx: &Context, part: u8) -> Change {
        ctx.arena.part_at(self.object, part).set_flag(true);
        Change::Raised { part: PartRef::new(self.object, part), up: true }
    }

    /// Starts one more worker. One that comes when the pool has been stopped is cut off like those before it.
    /// None: it could not be started.
    fn hire(&self, ctx: &Context) -> Option<ActorId> {
        let worker = start_worker(ctx, self.object, self.tasks, self.results).ok()?;
        let too_late = {
            let mut crew = locked(&self.crew);
            crew.workers.push(worker);
            crew.cut_off
        };
        if too_late {
            process::cut_off(ctx, worker, &mut Vec::new());
        }
        Some(worker)
    }

    /// Cuts off all workers there are; one that is being started just now is left to [`Pool::hire`].
    fn cut_off_all(&self, ctx: &Context) {
        let workers = {
            let mut crew = locked(&self.crew);
            if std::mem::replace(&mut crew.cut_off, true) { Vec::new() } else { crew.workers.clone() }
        };
        for worker in workers {
            process::cut_off(ctx, worker, &mut Vec::new());
        }
    }
}

/// Starts one more worker, as a step of whoever calls.
fn start_worker(ctx: &Context, pool: ObjectId, tasks: ObjectId, results: ObjectId) -> Result<ActorId> {
    let name = format!("PoolWorker-{}", ctx.arena.count_child(ctx.process.id));
    let inherit = |object: ObjectId, kind| Value::Object { object, kind };
    let args = [inherit(pool, KIND.id), inherit(tasks, kind::queue::ID), inherit(results, kind::simple_queue::ID)];
    start::start(ctx, &Start { name: Some(&name), function: worker::FUNCTION, args: &args, daemon: true })
}

fn own(ctx: &Context, object: ObjectId) -> Result<Arc<Pool>> {
    locked(&ctx.process.own::<Pools>().0).get(&object).cloned().ok_or_else(|| {
        IpcError::new(ErrorKind::AssertionError, format!("only the process that made {} can use it", ctx.object_text(object)))
    })
}

fn running(ctx: &Context, pool: &Pool, object: ObjectId) -> Result<()> {
    if pool.flag(ctx, CLOSED) || pool.flag(ctx, STOPPING) {
        let why = format!("Pool not running: {} takes no more tasks", ctx.object_text(object));
        return Err(IpcError::new(ErrorKind::ValueError, why));
    }
    Ok(())
}

/// Begins a block that ends the pool. Errors: ValueError (closed or terminated), AssertionError (another process's).
pub fn enter(ctx: &Context, object: ObjectId) -> Result<()> {
    let pool = own(ctx, object)?;
    running(ctx, &pool, object)
}

/// Hands tasks in, and gives their result, which is still to come. What cannot travel is no error here:
/// the result is one. Errors: ValueError (closed or terminated), OwnerDied.
pub fn submit(ctx: &Context, object: ObjectId, way: Way, calls: Calls<'_>, name: Option<String>) -> Result<ObjectId> {
    let words = match way {
        Way::Apply => &APPLIED,
        Way::Map => &MAPPED,
        Way::Imap | Way::ImapUnordered => &IMAPPED,
    };
    let total = calls.arguments.len();
    let first = calls.arguments.chunks(1).next().map(|first| preview(calls.function, first));
    ctx.begin_op(words.op, On::Object(object), first.as_ref());
    let fail = |error| ctx.failed(words.op, On::Object(object), error);
    let pool = own(ctx, object).map_err(fail)?;
    running(ctx, &pool, object).map_err(fail)?;
    pool.usable(ctx).map_err(fail)?;
    let buffer = feeder::buffer_for(ctx, pool.tasks).map_err(fail)?;
    let order = match way {
        Way::Apply | Way::Map => Order::Together,
        Way::Imap => Order::Given,
        Way::ImapUnordered => Order::Arrival,
    };
    let name = name.unwrap_or_else(|| ctx.default_name("result"));
    let (result, mut made) = result::make(ctx, &name, object, Answers::new(order, way == Way::Apply, total)).map_err(fail)?;
    if total == 0 {
        ctx.done(words.op, words.empty, On::Object(object), None, made);
        return Ok(result);
    }
    // CPython's: four chunks for each worker.
    let chunk = if way == Way::Map { total.div_ceil(4 * pool.size) } else { 1 };
    for (number, tasks) in calls.arguments.chunks(chunk).enumerate() {
        let preview = preview(calls.function, tasks);
        if number > 0 {
            ctx.begin_op(words.op, On::Object(object), Some(&preview));
        }
        let job = Job { result, first: number * chunk, count: tasks.len() };
        hand_in(ctx, &pool, &buffer, words, Parcel { function: calls.function, tasks, preview, job }, std::mem::take(&mut made))?;
    }
    Ok(result)
}

/// `f(1)`, or `f(1) and 12 more`.
fn preview(function: &str, tasks: &[std::result::Result<Vec<Value>, String>]) -> Preview {
    let args = match tasks.first() {
        Some(Ok(args)) => args.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
        _ => "…".to_owned(),
    };
    match tasks.len() {
        0 | 1 => Preview::new(&format!("{function}({args})")),
        more => Preview::new(&format!("{function}({args}) +{}", more - 1)),
    }
}

impl Parcel<'_> {
    /// As one value in bytes. A task that cannot travel fails all of its message.
    fn encoded(&self) -> std::result::Result<Vec<u8>, Fault> {
        let calls = self.tasks.iter().map(|args| match args {
            Ok(args) => Ok(Value::Array(args.clone())),
            Err(why) => Err(Fault::new(ErrorKind::TypeError, why)),
        });
        let message = Value::Array(vec![Value::Str(self.function.to_owned()), Value::Array(calls.collect::<std::result::Result<_, _>>()?)]);
        message.encode_message().map_err(|unfit| Fault::new(unfit.kind, unfit.message))
    }
}

/// Lays one message with one task or some into the buffer; `changes` are what the trace has not been told yet.
fn hand_in(ctx: &Context, pool: &Pool, buffer: &Buffer, words: &Words, parcel: Parcel<'_>, mut changes: Vec<Change>) -> Result<()> {
    let on = On::Object(pool.object);
    let encoded = parcel.encoded();
    let Parcel { preview, job, .. } = parcel;
    let bytes = match encoded {
        Ok(bytes) => bytes,
        Err(fault) => {
            let detail = Preview::new(&fault.to_string());
            let there = locked(&ctx.process.own::<Results>().0)
                .get_mut(&job.result)
                .map_or(0, |answers| answers.take_in(job.first, vec![Err(fault); job.count], None));
            let inner = ctx.arena.lock(job.result, ctx.me());
            let woken = result::laid(&ctx.arena, job.result, there, None, &mut changes);
            ctx.done(words.op, words.refused, on, Some(detail), changes);
            drop(inner);
            ctx.wake(woken);
            return Ok(());
        }
    };
    {
        let tasks_lock = ctx.arena.lock(pool.tasks, ctx.me());
        // Looked at under the lock: whoever died in here was the last to hold it.
        if let Err(error) = ctx.check_broken(pool.tasks) {
            drop(tasks_lock);
            return Err(ctx.failed(words.op, on, error));
        }
        let _buffer = ctx.arena.lock(buffer.object, ctx.me());
        let _pool = ctx.arena.lock(pool.object, ctx.me());
        changes.push(pool.count(ctx, job.count as i64));
        let message = queue::append(ctx, buffer, &bytes, &preview, &[], &mut changes);
        locked(&pool.jobs).insert(message, job);
        ctx.done(words.op, words.handed, on, Some(preview), changes);
    }
    ctx.wake(Wake::one(buffer.feeder));
    Ok(())
}

/// Takes no more tasks; those handed in are still done, then the workers end.
pub fn close(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&CLOSE, on, None);
    let pool = own(ctx, object).map_err(|error| ctx.failed(&CLOSE, on, error))?;
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        let changes = if pool.flag(ctx, CLOSED) { Vec::new() } else { vec![pool.raise(ctx, CLOSED)] };
        ctx.done(&CLOSE, &CLOSE_CLOSED, on, None, changes);
    }
    thread::wake(ctx, pool.handler);
    Ok(())
}

/// Drops what no worker has taken yet, and ends the workers with SIGTERM.
pub fn terminate(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&TERMINATE, on, None);
    let pool = own(ctx, object).map_err(|error| ctx.failed(&TERMINATE, on, error))?;
    stop(ctx, &pool, &TERMINATE, &TERMINATE_STOPPED);
    Ok(())
}

/// All in one step, which has been begun.
fn stop(ctx: &Context, pool: &Pool, op: &Op, outcome: &Outcome) {
    {
        let _inner = ctx.arena.lock(pool.object, ctx.me());
        let flags = [CLOSED, STOPPING].into_iter().filter(|part| !pool.flag(ctx, *part));
        let changes = flags.map(|part| pool.raise(ctx, part)).collect();
        ctx.done(op, outcome, On::Object(pool.object), None, changes);
    }
    let buffer = locked(&ctx.process.own::<Buffers>().0).get(&pool.tasks).cloned();
    if let Some(buffer) = buffer {
        ctx.arena.wait_for_room();
        let _tasks = ctx.arena.lock(pool.tasks, ctx.me());
        // Half a frame in the pipe stays for the feeder, whom nobody waits for from now on.
        buffer.cancelled.store(true, SeqCst);
        let dropped = feeder::drop_waiting(ctx, &buffer);
        for some in dropped.chunks(CHANGES_AT_ONCE) {
            let changes = some.iter().map(|message| Change::Dropped { message: *message }).collect();
            ctx.arena.emit(ctx.me(), Body::Also { changes });
        }
    }
    pool.cut_off_all(ctx);
    thread::wake(ctx, pool.handler);
}

/// Waits until all workers have ended. Errors: ValueError before `close` or `terminate`.
pub fn join(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&JOIN, on, None);
    let pool = own(ctx, object).map_err(|error| ctx.failed(&JOIN, on, error))?;
    if !pool.flag(ctx, CLOSED) {
        let error =
            IpcError::new(ErrorKind::ValueError, format!("Pool is still running: close or terminate {} first", ctx.object_text(object)));
        return Err(ctx.failed(&JOIN, on, error));
    }
    if !pool.is_over(ctx) {
        let wait = until(Until::Ended(pool.handler), None);
        ctx.waits(&JOIN, &JOIN_WAITS, on, None, &wait, Vec::new());
        while !pool.is_over(ctx) {
            ctx.wait(&wait);
        }
    }
    ctx.done(&JOIN, &JOIN_JOINED, on, None, Vec::new());
    Ok(())
}

/// At its maker's end a pool that still runs is terminated: part of the step of ending.
pub(super) fn stop_all(ctx: &Context) {
    let pools: Vec<Arc<Pool>> = locked(&ctx.process.own::<Pools>().0).values().cloned().collect();
    for pool in pools.into_iter().rev().filter(|pool| !pool.is_over(ctx)) {
        ctx.arena.wait_for_room();
        stop(ctx, &pool, &TERMINATE, &TERMINATE_STOPPED);
        let wait = until(Until::Ended(pool.handler), None);
        if !pool.is_over(ctx) {
            ctx.waits(&END, &END_STOPS_POOL, On::Object(pool.object), None, &wait, Vec::new());
        }
        while !pool.is_over(ctx) {
            ctx.wait(&wait);
        }
    }
}

/// What a dead worker had in hand, if its own object says so.
fn in_hand(ctx: &Context, pool: &Pool, worker: ActorId) -> Option<MessageId> {
    let mut objects = ctx.arena.object_ids().filter(|id| {
        let facts = ctx.arena.facts(*id);
        facts.kind == kind::worker::ID && facts.owner == Some(pool.object) && facts.home == Some(worker)
    });
    let word = ctx.arena.own_word(objects.next()?, worker::HAND_WORD).load(SeqCst);
    (word > 0).then(|| MessageId(word - 1))
}
