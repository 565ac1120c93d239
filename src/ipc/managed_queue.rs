//! A manager's queue: messages in the server's own memory, in order. The server's threads put, get and
//! wait there for the processes that asked.

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::hand::Row;
use super::hosted::{Hosted, Messages};
use super::lent::patience;
use super::queue::bound;
use super::seat::until;
use super::value::Value;
use super::wake::Wake;
use crate::kind::managed_queue::{
    ASK, ASK_READ, FREE, GET, GET_EXPIRED, GET_GOT, GET_TAKEN, GET_WAITS, GETTERS, JOIN, JOIN_JOINED, JOIN_WAITS, JOINERS, KIND, MAKE,
    MAKE_MADE, PUT, PUT_EXPIRED, PUT_PUT, PUT_WAITS, PUTTERS, SLOTS, TASK_DONE, TASK_DONE_DONE, TASK_DONE_LAST, UNFINISHED,
};
use crate::kind::{FAILED, Op, Outcome, UNBOUNDED_SLOTS};
use crate::trace::{Change, Grant, ObjectId, On, PartRef, Preview, Until};

/// What the server does to a queue for the hand.
pub(super) const BY_HAND: &[Row] = &[
    Row::new(&PUT, |ctx, task| Ok(put(ctx, task.object, &task.value, Patience::No).map(drop)?)),
    Row::new(&GET, |ctx, task| Ok(get(ctx, task.object, Patience::No).map(drop)?)),
    Row::new(&TASK_DONE, |ctx, task| Ok(task_done(ctx, task.object).map(drop)?)),
];

/// Makes a queue in the server; `max` slots, zero and less: no bound.
pub(super) fn make(ctx: &Context, manager: ObjectId, name: &str, max: i64) -> Result<Value> {
    ctx.begin_op(&MAKE, On::Object(manager), Some(&Preview::new("Queue")));
    let (object, made) = ctx.new_object(&KIND, name, None).map_err(|error| ctx.failed(&MAKE, On::Object(manager), error))?;
    ctx.arena.set_manager_of(object, manager);
    let bound = bound(max);
    let free = set(ctx, object, FREE, bound.unwrap_or(UNBOUNDED_SLOTS), bound);
    ctx.process.own::<Hosted>().queues().insert(object, Messages::new());
    ctx.done(&MAKE, &MAKE_MADE, On::Object(object), None, vec![made, free]);
    Ok(Value::Object { object, kind: KIND.id })
}

fn set(ctx: &Context, object: ObjectId, part: u8, value: i64, max: Option<i64>) -> Change {
    ctx.arena.part_at(object, part).set_count(value, max);
    Change::Counted { part: PartRef::new(object, part), value, max }
}

/// Adds to a count, giving the change and what it is now.
fn add(ctx: &Context, object: ObjectId, part: u8, more: i64) -> (Change, i64) {
    let count = ctx.arena.part_at(object, part);
    let now = count.count() + more;
    (set(ctx, object, part, now, count.count_max()), now)
}

/// What an operation waits for, and the words for it.
struct Waiting {
    op: &'static Op,
    waits: &'static Outcome,
    expired: &'static Outcome,
    /// What is raised, and why, where patience ends before.
    error: (ErrorKind, &'static str),
    list: u8,
    until: Until,
}

/// Tries until `attempt` gives something, which is called under the object's internal lock and gives what
/// to tell. Errors: whatever is to be raised when patience ends before; OwnerDied, ConnectionReset.
fn until_done<T>(
    ctx: &Context,
    object: ObjectId,
    waiting: &Waiting,
    detail: Option<&Preview>,
    patience: Patience,
    mut attempt: impl FnMut() -> Option<(T, &'static Outcome, Option<Preview>, Vec<Change>)>,
) -> Result<T> {
    let on = On::Object(object);
    ctx.begin_op(waiting.op, on, detail);
    let list = PartRef::new(object, waiting.list);
    let wait = until(waiting.until, patience.deadline(ctx.now()));
    let mut queued = false;
    let mut grant = Grant::Proceed;
    loop {
        {
            let inner = ctx.arena.lock(object, ctx.me());
            if let Err(error) = ctx.check_broken(object) {
                drop(inner);
                return Err(ctx.gives_up(waiting.op, on, list, error));
            }
            let waiters = ctx.arena.part_at(object, waiting.list);
            let mut changes = Vec::new();
            if let Some((value, outcome, shown, more)) = attempt() {
                if queued {
                    waiters.remove_waiter(ctx.me());
                    changes.push(Change::Left { part: list, actor: ctx.me() });
                }
                changes.extend(more);
                ctx.done(waiting.op, outcome, on, shown, changes);
                drop(inner);
                // Two gets may have woken the same putter, and two puts the same getter.
                [GETTERS, PUTTERS].into_iter().for_each(|list| wake_first(ctx, object, list));
                return Ok(value);
            }
            if patience == Patience::No || grant == Grant::Expire {
                if queued {
                    waiters.remove_waiter(ctx.me());
                    changes.push(Change::Left { part: list, actor: ctx.me() });
                }
                let (kind, why) = waiting.error;
                let error = IpcError::new(kind, format!("queue {} {why}", ctx.object_text(object)));
                ctx.done(waiting.op, waiting.expired, on, Some(Preview::new(&error.message)), changes);
                return Err(error);
            }
            if !queued {
                queued = true;
                waiters.push_waiter(ctx.me());
                ctx.waits(waiting.op, waiting.waits, on, detail.cloned(), &wait, vec![Change::Queued { part: list, actor: ctx.me() }]);
            }
        }
        grant = ctx.wait(&wait);
    }
}

fn wake_first(ctx: &Context, object: ObjectId, list: u8) {
    ctx.wake(Wake::first_of(ctx.arena.part_at(object, list)));
}

fn put(ctx: &Context, object: ObjectId, value: &Value, patience: Patience) -> Result<Value> {
    let shown = value.preview();
    let waiting = Waiting {
        op: &PUT,
        waits: &PUT_WAITS,
        expired: &PUT_EXPIRED,
        error: (ErrorKind::Full, "is full"),
        list: PUTTERS,
        until: Until::CountAbove(PartRef::new(object, FREE), 0),
    };
    until_done(ctx, object, &waiting, Some(&shown), patience, || {
        if ctx.arena.part_at(object, FREE).count() == 0 {
            return None;
        }
        let message = ctx.arena.next_message();
        ctx.arena.part_at(object, SLOTS).slots_push(message);
        ctx.process.own::<Hosted>().queues().entry(object).or_default().push_back((message, value.clone()));
        let place = PartRef::new(object, SLOTS);
        let changes = vec![
            Change::Composed { message, value: shown.clone() },
            Change::Moved { message, from: None, to: Some(place) },
            add(ctx, object, FREE, -1).0,
            add(ctx, object, UNFINISHED, 1).0,
        ];
        Some((Value::Unit, &PUT_PUT, Some(shown.clone()), changes))
    })
}

fn get(ctx: &Context, object: ObjectId, patience: Patience) -> Result<Value> {
    let place = PartRef::new(object, SLOTS);
    let waiting = Waiting {
        op: &GET,
        waits: &GET_WAITS,
        expired: &GET_EXPIRED,
        error: (ErrorKind::Empty, "is empty"),
        list: GETTERS,
        until: Until::SlotsFilled(place),
    };
    until_done(ctx, object, &waiting, None, patience, || {
        let (message, value) = ctx.process.own::<Hosted>().queues().get_mut(&object)?.pop_front()?;
        ctx.arena.part_at(object, SLOTS).slots_pop(message);
        let changes = vec![Change::Moved { message, from: Some(place), to: None }, add(ctx, object, FREE, 1).0];
        let shown = value.preview();
        let outcome = if ctx.is_hand() { &GET_TAKEN } else { &GET_GOT };
        Some((value, outcome, Some(shown), changes))
    })
}

fn task_done(ctx: &Context, object: ObjectId) -> Result<Value> {
    let on = On::Object(object);
    ctx.begin_op(&TASK_DONE, on, None);
    let freed = {
        let _inner = ctx.arena.lock(object, ctx.me());
        ctx.check_broken(object).map_err(|error| ctx.failed(&TASK_DONE, on, error))?;
        if ctx.arena.part_at(object, UNFINISHED).count() == 0 {
            let error = IpcError::new(ErrorKind::ValueError, format!("task_done was called too often on {}", ctx.object_text(object)));
            return Err(ctx.failed(&TASK_DONE, on, error));
        }
        let (change, left) = add(ctx, object, UNFINISHED, -1);
        let mut changes = vec![change];
        let joiners = ctx.arena.part_at(object, JOINERS);
        let freed = if left == 0 { joiners.waiters() } else { Vec::new() };
        for actor in &freed {
            joiners.remove_waiter(*actor);
            changes.push(Change::Left { part: PartRef::new(object, JOINERS), actor: *actor });
        }
        let outcome = if left == 0 { &TASK_DONE_LAST } else { &TASK_DONE_DONE };
        ctx.done(&TASK_DONE, outcome, on, Some(Value::Int(left).preview()), changes);
        freed
    };
    ctx.wake(Wake::all(freed));
    Ok(Value::Unit)
}

fn join(ctx: &Context, object: ObjectId) -> Result<Value> {
    let on = On::Object(object);
    let list = PartRef::new(object, JOINERS);
    let wait = until(Until::Left(list), None);
    ctx.begin_op(&JOIN, on, None);
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        ctx.check_broken(object).map_err(|error| ctx.failed(&JOIN, on, error))?;
        if ctx.arena.part_at(object, UNFINISHED).count() == 0 {
            ctx.done(&JOIN, &JOIN_JOINED, on, None, Vec::new());
            return Ok(Value::Unit);
        }
        ctx.arena.part_at(object, JOINERS).push_waiter(ctx.me());
        ctx.waits(&JOIN, &JOIN_WAITS, on, None, &wait, vec![Change::Queued { part: list, actor: ctx.me() }]);
    }
    while ctx.arena.part_at(object, JOINERS).has_waiter(ctx.me()) {
        ctx.wait(&wait);
        ctx.check_broken(object).map_err(|error| ctx.gives_up(&JOIN, on, list, error))?;
    }
    ctx.done(&JOIN, &JOIN_JOINED, on, None, Vec::new());
    Ok(Value::Unit)
}

fn read(ctx: &Context, object: ObjectId, what: &str) -> Result<Value> {
    let on = On::Object(object);
    let text = format!("{}.{what}()", ctx.object_text(object));
    ctx.begin_op(&ASK, on, Some(&Preview::new(&text)));
    let _inner = ctx.arena.lock(object, ctx.me());
    ctx.check_broken(object).map_err(|error| ctx.failed(&ASK, on, error))?;
    let size = ctx.arena.part_at(object, SLOTS).slots_len() as i64;
    let value = match what {
        "qsize" => Value::Int(size),
        "empty" => Value::Bool(size == 0),
        _ => Value::Bool(ctx.arena.part_at(object, FREE).count() == 0),
    };
    ctx.done(&ASK, &ASK_READ, on, Some(Preview::new(&format!("{text} ▹ {value}"))), Vec::new());
    Ok(value)
}

/// Does what is asked.
pub(super) fn perform(ctx: &Context, object: ObjectId, method: &str, args: &[Value]) -> Result<Value> {
    let checked = |seconds: Option<&Value>| {
        let below =
            matches!(seconds, Some(Value::Int(number)) if *number < 0) || matches!(seconds, Some(Value::Float(number)) if *number < 0.0);
        if below {
            let why = format!("{method}: seconds must not be less than 0");
            let error = IpcError::new(ErrorKind::ValueError, why);
            ctx.done(&ASK, &FAILED, On::Object(object), Some(Preview::new(&error.to_string())), Vec::new());
            return Err(error);
        }
        patience(seconds)
    };
    match (method, args) {
        ("put", [value]) => put(ctx, object, value, Patience::Forever),
        ("put", [value, seconds]) => put(ctx, object, value, checked(Some(seconds))?),
        ("put_nowait", [value]) => put(ctx, object, value, Patience::No),
        ("get", []) => get(ctx, object, Patience::Forever),
        ("get", [seconds]) => get(ctx, object, checked(Some(seconds))?),
        ("get_nowait", []) => get(ctx, object, Patience::No),
        ("qsize" | "empty" | "full", []) => read(ctx, object, method),
        ("task_done", []) => task_done(ctx, object),
        ("join", []) => join(ctx, object),
        _ => Err(IpcError::new(ErrorKind::RemoteError, format!("a Queue has no method {method} with these arguments"))),
    }
}
