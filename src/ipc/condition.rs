//! Condition: holders of a lock sleep until another holder notifies them. `notify` moves sleepers to
//! the end of those who want the lock and never blocks; there is no state between.

use std::sync::atomic::Ordering::SeqCst;

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::hand::Row;
use super::lock;
use super::refusal::{self, refuse};
use super::seat::until;
use super::value::Value;
use super::wake::Wake;
use crate::arena::Arena;
use crate::kind::condition::{
    KIND, MAKE, MAKE_MADE, NOTIFY, NOTIFY_ALL, NOTIFY_ALL_LOST, NOTIFY_ALL_WOKE, NOTIFY_LOST, NOTIFY_WOKE, SLEEPERS, WAIT, WAIT_EXPIRED,
    WAIT_GAVE_UP, WAIT_RETURNED, WAIT_SLEEPS,
};
use crate::kind::{Op, Outcome};
use crate::trace::{Change, Grant, ObjectId, On, PartRef, Preview, Until};

/// What the hand can do to a Condition.
pub const BY_HAND: &[Row] = &[
    Row::new(&NOTIFY, |ctx, task| by_hand(ctx, task.object, |object| notify(ctx, object, 1))),
    Row::new(&NOTIFY_ALL, |ctx, task| by_hand(ctx, task.object, |object| notify_all(ctx, object))),
];

/// Takes the condition's lock, notifies, and frees the lock, all in one step.
fn by_hand(ctx: &Context, object: ObjectId, notifies: impl Fn(ObjectId) -> Result<()>) -> refusal::Outcome {
    let lock = lock_of(ctx, object);
    if !lock::acquire(ctx, lock, Patience::No)? {
        let name = ctx.arena.object_name(object);
        return Err(refuse(format!("the lock of {name} is held: a notification needs it"), format!("{name} 的锁被持有：通知需要这把锁")));
    }
    let outcome = notifies(object);
    Ok(outcome.and(lock::release(ctx, lock))?)
}

/// The condition's own word that names its lock.
const LOCK_WORD: usize = 8;

/// Makes a condition over a lock; without one, over an RLock of its own.
pub fn make(ctx: &Context, name: Option<String>, lock: Option<ObjectId>) -> Result<ObjectId> {
    ctx.making((&MAKE, &MAKE_MADE), None, name, "condition", |name| {
        let (object, made) = ctx.new_object(&KIND, name, None)?;
        let mut changes = vec![made];
        let lock = match lock {
            Some(lock) => {
                changes.push(Change::Under { object, lock });
                lock
            }
            None => {
                let (lock, change) = lock::make_inner(ctx, name, object)?;
                changes.push(change);
                lock
            }
        };
        ctx.arena.own_word(object, LOCK_WORD).store(u64::from(lock.0) + 1, SeqCst);
        Ok((object, changes))
    })
}

/// The lock that a condition is over.
pub fn lock_of(ctx: &Context, object: ObjectId) -> ObjectId {
    lock_in(&ctx.arena, object)
}

fn lock_in(arena: &Arena, object: ObjectId) -> ObjectId {
    ObjectId((arena.own_word(object, LOCK_WORD).load(SeqCst) as u16).saturating_sub(1))
}

fn held_by_me(ctx: &Context, object: ObjectId, lock: ObjectId, what: &str) -> Result<u32> {
    match lock::holder(&ctx.arena, lock) {
        Some((owner, depth)) if owner == ctx.me() => Ok(depth),
        _ => {
            let kind = lock::misuse(&ctx.arena, object, ErrorKind::AssertionError);
            Err(IpcError::new(kind, format!("{what} on {} needs its lock: acquire it first", ctx.object_text(object))))
        }
    }
}

/// Releases the lock, sleeps until notified or out of patience, and takes the lock back however long
/// that takes. False: it was not notified in time. Errors: AssertionError without the lock (RuntimeError of a manager's).
pub fn wait(ctx: &Context, object: ObjectId, patience: Patience) -> Result<bool> {
    let on = On::Object(object);
    let lock = lock_in(&ctx.arena, object);
    ctx.begin_op(&WAIT, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&WAIT, on, error))?;
    let depth = held_by_me(ctx, object, lock, "wait").map_err(|error| ctx.failed(&WAIT, on, error))?;
    let sleepers = PartRef::new(object, SLEEPERS);
    let mut asleep = until(Until::OwnerFree(lock::owner_part(lock), Some(sleepers)), patience.deadline(ctx.now()));

    // Release and enlist, in one move: nobody can notify between the two.
    let condition = ctx.arena.lock(object, ctx.me());
    let inner = ctx.arena.lock(lock, ctx.me());
    let (freed, next) = lock::free(&ctx.arena, lock);
    ctx.arena.part_at(object, SLEEPERS).push_waiter(ctx.me());
    ctx.waits(&WAIT, &WAIT_SLEEPS, on, None, &asleep, vec![freed, Change::Queued { part: sleepers, actor: ctx.me() }]);
    drop(inner);
    drop(condition);
    ctx.wake(next);

    let mut notified = true;
    loop {
        let grant = ctx.wait(&asleep);
        if ctx.is_cancelled() {
            return Err(withdraw(ctx, object, lock));
        }
        ctx.check_broken(object).map_err(|error| ctx.gives_up(&WAIT, on, sleepers, error))?;
        ctx.check_broken(lock).map_err(|error| ctx.gives_up(&WAIT, on, lock::waiters_part(lock), error))?;
        let condition = ctx.arena.lock(object, ctx.me());
        let inner = ctx.arena.lock(lock, ctx.me());
        let mut changes = Vec::new();
        if ctx.arena.part_at(object, SLEEPERS).has_waiter(ctx.me()) {
            if grant == Grant::Proceed {
                continue;
            }
            // Its time is up: it leaves the sleepers, but returns only with the lock.
            notified = false;
            ctx.arena.part_at(object, SLEEPERS).remove_waiter(ctx.me());
            asleep = until(Until::OwnerFree(lock::owner_part(lock), None), None);
            match lock::try_take(&ctx.arena, lock, ctx.me(), depth) {
                Some(owned) => {
                    changes.extend([Change::Left { part: sleepers, actor: ctx.me() }, owned]);
                    ctx.waited();
                    ctx.done(&WAIT, &WAIT_GAVE_UP, on, Some(Value::Bool(false).preview()), changes);
                    return Ok(false);
                }
                None => {
                    ctx.arena.part_at(lock, crate::kind::lock::WAITERS).push_waiter(ctx.me());
                    changes.push(Change::Requeued { from: sleepers, to: lock::waiters_part(lock), actor: ctx.me() });
                    ctx.waits(&WAIT, &WAIT_EXPIRED, on, None, &asleep, changes);
                }
            }
            continue;
        }
        // Notified: from now on nothing but the lock matters, and no time limit.
        asleep.deadline = None;
        if let Some(owned) = lock::try_take(&ctx.arena, lock, ctx.me(), depth) {
            ctx.arena.part_at(lock, crate::kind::lock::WAITERS).remove_waiter(ctx.me());
            changes.extend([Change::Left { part: lock::waiters_part(lock), actor: ctx.me() }, owned]);
            ctx.waited();
            let outcome = if notified { &WAIT_RETURNED } else { &WAIT_GAVE_UP };
            ctx.done(&WAIT, outcome, on, Some(Value::Bool(notified).preview()), changes);
            return Ok(notified);
        }
        drop(inner);
        drop(condition);
    }
}

/// Leaves a wait for which nobody is left: a notification that had been given and not been taken goes to
/// the next sleeper. Gives the error to raise.
fn withdraw(ctx: &Context, object: ObjectId, lock: ObjectId) -> IpcError {
    let (sleepers, wanting) = (PartRef::new(object, SLEEPERS), lock::waiters_part(lock));
    let error = IpcError::new(ErrorKind::ConnectionReset, "the process that was to be woken has died");
    let condition = ctx.arena.lock(object, ctx.me());
    let inner = ctx.arena.lock(lock, ctx.me());
    let (asleep, awake) = (ctx.arena.part_at(object, SLEEPERS), ctx.arena.part_at(lock, crate::kind::lock::WAITERS));
    let mut changes = Vec::new();
    let mut next = Wake::nobody();
    if asleep.remove_waiter(ctx.me()) {
        changes.push(Change::Left { part: sleepers, actor: ctx.me() });
    } else if awake.remove_waiter(ctx.me()) {
        changes.push(Change::Left { part: wanting, actor: ctx.me() });
        if let Some(next) = asleep.first_waiter() {
            asleep.remove_waiter(next);
            awake.push_waiter(next);
            changes.push(Change::Requeued { from: sleepers, to: wanting, actor: next });
        }
        // Whoever wants the lock may have been waiting behind this one.
        next = Wake::first_of(awake);
    }
    ctx.waited();
    ctx.done(&WAIT, &crate::kind::FAILED, On::Object(object), Some(Preview::new(&error.to_string())), changes);
    drop(inner);
    drop(condition);
    ctx.wake(next);
    error
}

/// Wakes the first `count` sleepers. Never blocks; a notification that nobody hears is lost.
/// Errors: AssertionError without the lock (RuntimeError of a manager's).
pub fn notify(ctx: &Context, object: ObjectId, count: i64) -> Result<()> {
    wake(ctx, object, count, &NOTIFY, &NOTIFY_WOKE, &NOTIFY_LOST)
}

/// Wakes all sleepers. Errors: AssertionError without the lock (RuntimeError of a manager's).
pub fn notify_all(ctx: &Context, object: ObjectId) -> Result<()> {
    wake(ctx, object, i64::MAX, &NOTIFY_ALL, &NOTIFY_ALL_WOKE, &NOTIFY_ALL_LOST)
}

fn wake(ctx: &Context, object: ObjectId, count: i64, op: &Op, woke: &Outcome, lost: &Outcome) -> Result<()> {
    let on = On::Object(object);
    let lock = lock_in(&ctx.arena, object);
    ctx.begin_op(op, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(op, on, error))?;
    held_by_me(ctx, object, lock, op.name).map_err(|error| ctx.failed(op, on, error))?;
    let _condition = ctx.arena.lock(object, ctx.me());
    let _inner = ctx.arena.lock(lock, ctx.me());
    let list = ctx.arena.part_at(object, SLEEPERS);
    let chosen: Vec<_> = list.waiters().into_iter().take(count.clamp(0, 1 << 20) as usize).collect();
    let mut changes = Vec::new();
    for actor in &chosen {
        list.remove_waiter(*actor);
        ctx.arena.part_at(lock, crate::kind::lock::WAITERS).push_waiter(*actor);
        changes.push(Change::Requeued { from: PartRef::new(object, SLEEPERS), to: lock::waiters_part(lock), actor: *actor });
    }
    ctx.done(op, if chosen.is_empty() { lost } else { woke }, on, None, changes);
    Ok(())
}
