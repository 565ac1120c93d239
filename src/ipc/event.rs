//! Event: a flag with waiters. Set takes everyone off the list and wakes them; it never blocks.

use super::context::{Context, Patience};
use super::error::Result;
use super::hand::Row;
use super::value::Value;
use super::wake::Wake;
use crate::kind::event::{
    CLEAR, CLEAR_LOWERED, FLAG, IS_SET, IS_SET_READ, KIND, MAKE, MAKE_MADE, SET, SET_ALREADY, SET_RAISED, SET_WOKE, WAIT, WAIT_EXPIRED,
    WAIT_PASSED, WAIT_WAITS, WAIT_WOKEN, WAITERS,
};
use crate::trace::{Change, Grant, ObjectId, On, PartRef, Until, Wait};

/// What the hand can do to an Event.
pub const BY_HAND: &[Row] =
    &[Row::new(&SET, |ctx, task| Ok(set(ctx, task.object)?)), Row::new(&CLEAR, |ctx, task| Ok(clear(ctx, task.object)?))];

/// Makes an Event whose flag is down.
pub fn make(ctx: &Context, name: Option<String>) -> Result<ObjectId> {
    ctx.making((&MAKE, &MAKE_MADE), None, name, "event", |name| {
        let (object, made) = ctx.new_object(&KIND, name, None)?;
        Ok((object, vec![made]))
    })
}

/// Raises the flag and wakes everyone who waits for it. Never blocks.
pub fn set(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&SET, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&SET, on, error))?;
    let inner = ctx.arena.lock(object, ctx.me());
    let flag = ctx.arena.part_at(object, FLAG);
    let already = flag.flag();
    flag.set_flag(true);
    let list = ctx.arena.part_at(object, WAITERS);
    let woken = list.waiters();
    let mut changes = Vec::new();
    if !already {
        changes.push(Change::Raised { part: PartRef::new(object, FLAG), up: true });
    }
    for actor in &woken {
        list.remove_waiter(*actor);
        changes.push(Change::Left { part: PartRef::new(object, WAITERS), actor: *actor });
    }
    let outcome = match (woken.is_empty(), already) {
        (false, _) => &SET_WOKE,
        (true, true) => &SET_ALREADY,
        (true, false) => &SET_RAISED,
    };
    ctx.done(&SET, outcome, on, None, changes);
    drop(inner);
    ctx.wake(Wake::all(woken));
    Ok(())
}

/// Lowers the flag.
pub fn clear(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&CLEAR, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&CLEAR, on, error))?;
    let _inner = ctx.arena.lock(object, ctx.me());
    ctx.arena.part_at(object, FLAG).set_flag(false);
    ctx.done(&CLEAR, &CLEAR_LOWERED, on, None, vec![Change::Raised { part: PartRef::new(object, FLAG), up: false }]);
    Ok(())
}

/// Whether the flag is up.
pub fn is_set(ctx: &Context, object: ObjectId) -> Result<bool> {
    let on = On::Object(object);
    ctx.begin_op(&IS_SET, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&IS_SET, on, error))?;
    let _inner = ctx.arena.lock(object, ctx.me());
    let up = ctx.arena.part_at(object, FLAG).flag();
    ctx.done(&IS_SET, &IS_SET_READ, on, Some(Value::Bool(up).preview()), Vec::new());
    Ok(up)
}

/// Waits for the flag, giving what it says on return: a set that is cleared at once wakes the waiter,
/// whose wait then returns false.
pub fn wait(ctx: &Context, object: ObjectId, patience: Patience) -> Result<bool> {
    let on = On::Object(object);
    ctx.begin_op(&WAIT, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&WAIT, on, error))?;
    let list = PartRef::new(object, WAITERS);
    let wait = Wait { until: vec![Until::FlagUp(PartRef::new(object, FLAG)), Until::Left(list)], deadline: patience.deadline(ctx.now()) };
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        if ctx.arena.part_at(object, FLAG).flag() {
            ctx.done(&WAIT, &WAIT_PASSED, on, Some(Value::Bool(true).preview()), Vec::new());
            return Ok(true);
        }
        if patience == Patience::No {
            ctx.done(&WAIT, &WAIT_EXPIRED, on, Some(Value::Bool(false).preview()), Vec::new());
            return Ok(false);
        }
        ctx.arena.part_at(object, WAITERS).push_waiter(ctx.me());
        ctx.waits(&WAIT, &WAIT_WAITS, on, None, &wait, vec![Change::Queued { part: list, actor: ctx.me() }]);
    }
    loop {
        let grant = ctx.wait(&wait);
        ctx.check_broken(object).map_err(|error| ctx.gives_up(&WAIT, on, list, error))?;
        let _inner = ctx.arena.lock(object, ctx.me());
        let up = ctx.arena.part_at(object, FLAG).flag();
        let still_waits = ctx.arena.part_at(object, WAITERS).has_waiter(ctx.me());
        if still_waits && !up && grant == Grant::Proceed {
            continue;
        }
        let mut changes = Vec::new();
        if still_waits {
            ctx.arena.part_at(object, WAITERS).remove_waiter(ctx.me());
            changes.push(Change::Left { part: list, actor: ctx.me() });
        }
        let outcome = if grant == Grant::Expire && still_waits { &WAIT_EXPIRED } else { &WAIT_WOKEN };
        ctx.done(&WAIT, outcome, on, Some(Value::Bool(up).preview()), changes);
        return Ok(up);
    }
}
