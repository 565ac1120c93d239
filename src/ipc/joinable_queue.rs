//! JoinableQueue: what a Queue has not: the count of what was put and is not yet done, `task_done` and
//! `join`. The queue itself counts a put (`queue`), under the same internal lock as everything here.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::context::Context;
use super::error::{ErrorKind, IpcError, Result};
use super::hand::Row;
use super::seat::{locked, until};
use super::value::Value;
use super::wake::Wake;
use crate::arena::Arena;
use crate::kind::joinable_queue::{
    ID, JOIN, JOIN_LATE, JOIN_PASSED, JOIN_RETURNED, JOIN_WAITS, JOINERS, TASK_DONE, TASK_DONE_DONE, TASK_DONE_LAST, TASK_DONE_WOKE,
    UNFINISHED,
};
use crate::trace::{Change, MessageId, ObjectId, On, PartRef, Preview, Until};

/// What the hand can do to a JoinableQueue beside what it can do to a Queue.
pub const BY_HAND: &[Row] = &[Row::new(&TASK_DONE, |ctx, task| Ok(task_done(ctx, task.object)?))];

/// What a process got from such queues, and has not said to be done.
#[derive(Default)]
struct Got(Mutex<BTreeMap<ObjectId, Vec<(MessageId, Preview)>>>);

/// Whether a queue counts what is unfinished.
pub(super) fn is_joinable(arena: &Arena, object: ObjectId) -> bool {
    arena.facts(object).kind == ID
}

/// Changes the count, giving what it is now and the change. Under the object's internal lock.
pub(super) fn count(arena: &Arena, object: ObjectId, by: i64) -> (i64, Change) {
    let part = arena.part_at(object, UNFINISHED);
    let value = part.count() + by;
    part.set_count(value, None);
    (value, Change::Counted { part: PartRef::new(object, UNFINISHED), value, max: None })
}

/// Remembers what this process got last: its next `task_done` will be about it.
pub(super) fn remember(ctx: &Context, object: ObjectId, message: MessageId, value: Preview) {
    locked(&ctx.process.own::<Got>().0).entry(object).or_default().push((message, value));
}

/// Says that something that was put is done. It may be said by anyone, also before a get.
/// Errors: ValueError (said more often than something was put), OwnerDied.
pub fn task_done(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&TASK_DONE, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&TASK_DONE, on, error))?;
    let inner = ctx.arena.lock(object, ctx.me());
    if ctx.arena.part_at(object, UNFINISHED).count() == 0 {
        let why = format!("task_done was called too many times: nothing in {} is unfinished", ctx.object_text(object));
        return Err(ctx.failed(&TASK_DONE, on, IpcError::new(ErrorKind::ValueError, why)));
    }
    let (left, counted) = count(&ctx.arena, object, -1);
    let mut changes = vec![counted];
    let last = locked(&ctx.process.own::<Got>().0).get_mut(&object).and_then(Vec::pop);
    let detail = last.map(|(message, value)| {
        changes.push(Change::Finished { message });
        value
    });
    let list = ctx.arena.part_at(object, JOINERS);
    let woken = if left == 0 { list.waiters() } else { Vec::new() };
    for actor in &woken {
        list.remove_waiter(*actor);
        changes.push(Change::Left { part: PartRef::new(object, JOINERS), actor: *actor });
    }
    let outcome = match (left, woken.is_empty()) {
        (0, false) => &TASK_DONE_WOKE,
        (0, true) => &TASK_DONE_LAST,
        _ => &TASK_DONE_DONE,
    };
    ctx.done(&TASK_DONE, outcome, on, detail, changes);
    drop(inner);
    ctx.wake(Wake::all(woken));
    Ok(())
}

/// Waits until everything that was put is done. It waits once: what is put after that moment does not
/// keep it. Errors: OwnerDied.
pub fn join(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&JOIN, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&JOIN, on, error))?;
    let list = PartRef::new(object, JOINERS);
    let number = |count: i64| Some(Value::Int(count).preview());
    let wait = until(Until::Left(list), None);
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        let unfinished = ctx.arena.part_at(object, UNFINISHED).count();
        if unfinished == 0 {
            ctx.done(&JOIN, &JOIN_PASSED, on, None, Vec::new());
            return Ok(());
        }
        ctx.arena.part_at(object, JOINERS).push_waiter(ctx.me());
        ctx.waits(&JOIN, &JOIN_WAITS, on, number(unfinished), &wait, vec![Change::Queued { part: list, actor: ctx.me() }]);
    }
    loop {
        ctx.wait(&wait);
        ctx.check_broken(object).map_err(|error| ctx.gives_up(&JOIN, on, list, error))?;
        let _inner = ctx.arena.lock(object, ctx.me());
        if ctx.arena.part_at(object, JOINERS).has_waiter(ctx.me()) {
            continue;
        }
        match ctx.arena.part_at(object, UNFINISHED).count() {
            0 => ctx.done(&JOIN, &JOIN_RETURNED, on, None, Vec::new()),
            since => ctx.done(&JOIN, &JOIN_LATE, on, number(since), Vec::new()),
        }
        return Ok(());
    }
}
