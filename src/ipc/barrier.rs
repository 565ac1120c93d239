//! Barrier: a monitor of three lists. Who comes joins those *inside*; the last one to come moves them all
//! to those *leaving*, where each finds that it may go; who comes while somebody is still leaving waits at
//! the *door*, so that nobody is in a round before all have left the one before. Breaking and resetting
//! throw out: the same way, with a word that it was so.
//!
//! Who dies leaves its list like any other (the host does that), so it keeps nobody: its place inside is
//! free again, and the last to leave may be a dead one.

use std::sync::atomic::Ordering::SeqCst;

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::hand::Row;
use super::seat::until;
use super::value::Value;
use super::wake::Wake;
use crate::kind::barrier::{
    ABORT, ABORT_BROKE, ABORT_THREW, BROKEN, BROKEN_ASKED, BROKEN_READ, DOOR, INSIDE, KIND, LEAVING, MAKE, MAKE_MADE, N_WAITING,
    N_WAITING_READ, PARTIES, RESET, RESET_EMPTY, RESET_NOTHING, RESET_THREW, WAIT, WAIT_ALONE, WAIT_BROKE, WAIT_DOOR, WAIT_OPENED,
    WAIT_PASSED, WAIT_THROWN, WAIT_WAITS,
};
use crate::trace::{ActorId, Change, Grant, ObjectId, On, PartRef, Preview, Until, Wait};

/// What the hand can do to a Barrier.
pub const BY_HAND: &[Row] =
    &[Row::new(&RESET, |ctx, task| Ok(reset(ctx, task.object)?)), Row::new(&ABORT, |ctx, task| Ok(abort(ctx, task.object)?))];

/// The barrier's own word that says how many must come, also where that is less than nothing.
const PARTIES_WORD: usize = 8;

/// In place of a place in the row: it was thrown out.
const THROWN: u64 = u64::MAX;

/// Makes a barrier for so many. For none and fewer it never lets go.
pub fn make(ctx: &Context, name: Option<String>, parties: i64) -> Result<ObjectId> {
    ctx.making((&MAKE, &MAKE_MADE), Some(Value::Int(parties).preview()), name, "barrier", |name| {
        let (object, made) = ctx.new_object(&KIND, name, None)?;
        ctx.arena.own_word(object, PARTIES_WORD).store(parties as u64, SeqCst);
        let value = parties.max(0);
        ctx.arena.part_at(object, PARTIES).set_count(value, None);
        Ok((object, vec![made, Change::Counted { part: PartRef::new(object, PARTIES), value, max: None }]))
    })
}

/// How many must come.
pub fn parties(ctx: &Context, object: ObjectId) -> i64 {
    ctx.arena.own_word(object, PARTIES_WORD).load(SeqCst) as i64
}

/// Comes to the barrier and waits until all have come; gives the place in the row in which it came.
/// Errors: BrokenBarrier (broken, reset, or not all came in time), OwnerDied.
pub fn wait(ctx: &Context, object: ObjectId, patience: Patience) -> Result<i64> {
    let on = On::Object(object);
    ctx.begin_op(&WAIT, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&WAIT, on, error))?;
    let inside = until(Until::Left(PartRef::new(object, INSIDE)), patience.deadline(ctx.now()));
    if let Some(place) = enter(ctx, object, patience, &inside)? {
        return Ok(place);
    }
    loop {
        let grant = ctx.wait(&inside);
        let list = |ctx: &Context| {
            let leaves = ctx.arena.part_at(object, LEAVING).has_waiter(ctx.me());
            PartRef::new(object, if leaves { LEAVING } else { INSIDE })
        };
        ctx.check_broken(object).map_err(|error| ctx.gives_up(&WAIT, on, list(ctx), error))?;
        let inner = ctx.arena.lock(object, ctx.me());
        if ctx.arena.part_at(object, INSIDE).has_waiter(ctx.me()) {
            if grant == Grant::Proceed {
                continue;
            }
            let (error, woken) = breaks(ctx, object, Vec::new());
            drop(inner);
            ctx.wake(woken);
            return Err(error);
        }
        let leaving = ctx.arena.part_at(object, LEAVING);
        leaving.remove_waiter(ctx.me());
        let changes = vec![Change::Left { part: PartRef::new(object, LEAVING), actor: ctx.me() }];
        let place = ctx.arena.place(ctx.me());
        let came_out = if place == THROWN {
            let error = broken(ctx, object);
            ctx.done(&WAIT, &WAIT_THROWN, on, Some(Preview::new(&error.to_string())), changes);
            Err(error)
        } else {
            ctx.done(&WAIT, &WAIT_PASSED, on, Some(Value::Int(place as i64).preview()), changes);
            Ok(place as i64)
        };
        let door = if leaving.first_waiter().is_none() { Wake::all_of(ctx.arena.part_at(object, DOOR)) } else { Wake::nobody() };
        drop(inner);
        ctx.wake(door);
        return came_out;
    }
}

/// Comes in, waiting at the door while somebody still leaves. The place in the row, if nobody is to be
/// waited for; none: it waits inside.
fn enter(ctx: &Context, object: ObjectId, patience: Patience, inside: &Wait) -> Result<Option<i64>> {
    let on = On::Object(object);
    let at_door = PartRef::new(object, DOOR);
    let before_door =
        Wait { until: vec![Until::Emptied(PartRef::new(object, LEAVING)), Until::FlagUp(PartRef::new(object, BROKEN))], deadline: None };
    loop {
        let inner = ctx.arena.lock(object, ctx.me());
        let door = ctx.arena.part_at(object, DOOR);
        let is_broken = ctx.arena.part_at(object, BROKEN).flag();
        if ctx.arena.part_at(object, LEAVING).first_waiter().is_some() && !is_broken {
            if !door.has_waiter(ctx.me()) {
                door.push_waiter(ctx.me());
                ctx.waits(&WAIT, &WAIT_DOOR, on, None, &before_door, vec![Change::Queued { part: at_door, actor: ctx.me() }]);
            }
            drop(inner);
            ctx.wait(&before_door);
            ctx.check_broken(object).map_err(|error| ctx.gives_up(&WAIT, on, at_door, error))?;
            continue;
        }
        let mut changes = Vec::new();
        if door.remove_waiter(ctx.me()) {
            changes.push(Change::Left { part: at_door, actor: ctx.me() });
        }
        if is_broken {
            let error = broken(ctx, object);
            ctx.done(&WAIT, &WAIT_THROWN, on, Some(Preview::new(&error.to_string())), changes);
            return Err(error);
        }
        let list = ctx.arena.part_at(object, INSIDE);
        let others = list.waiters();
        // The first free one: one that died has left its place to whoever comes next.
        let taken: Vec<u64> = others.iter().map(|actor| ctx.arena.place(*actor)).collect();
        let place = (0..).find(|place| !taken.contains(place)).unwrap_or(0);
        let parties = parties(ctx, object);
        if others.len() as i64 + 1 == parties {
            let (outcome, woken) = if others.is_empty() {
                (&WAIT_ALONE, Wake::nobody())
            } else {
                (&WAIT_OPENED, Wake::all(let_go(ctx, object, &mut changes)))
            };
            ctx.done(&WAIT, outcome, on, Some(Value::Int(place as i64).preview()), changes);
            drop(inner);
            ctx.wake(woken);
            return Ok(Some(place as i64));
        }
        if patience == Patience::No {
            let (error, woken) = breaks(ctx, object, changes);
            drop(inner);
            ctx.wake(woken);
            return Err(error);
        }
        ctx.arena.set_place(ctx.me(), place);
        list.push_waiter(ctx.me());
        changes.push(Change::Queued { part: PartRef::new(object, INSIDE), actor: ctx.me() });
        let there = Preview::new(&format!("{}/{parties}", others.len() + 1));
        ctx.waits(&WAIT, &WAIT_WAITS, on, Some(there), inside, changes);
        return Ok(None);
    }
}

/// Moves everyone inside to those who leave, giving them. Under the internal lock.
fn let_go(ctx: &Context, object: ObjectId, changes: &mut Vec<Change>) -> Vec<ActorId> {
    let (from, to) = (PartRef::new(object, INSIDE), PartRef::new(object, LEAVING));
    let all = ctx.arena.part_at(object, INSIDE).waiters();
    for actor in &all {
        ctx.arena.part_at(object, INSIDE).remove_waiter(*actor);
        ctx.arena.part_at(object, LEAVING).push_waiter(*actor);
        changes.push(Change::Requeued { from, to, actor: *actor });
    }
    all
}

/// Lets go everyone inside, and tells each that it was thrown out. Under the internal lock.
fn throw_out(ctx: &Context, object: ObjectId, changes: &mut Vec<Change>) -> Wake {
    let all = let_go(ctx, object, changes);
    all.iter().for_each(|actor| ctx.arena.set_place(*actor, THROWN));
    Wake::all(all)
}

/// This thread's patience is at its end: it breaks the barrier. Gives the error and whom to wake. Under
/// the internal lock.
fn breaks(ctx: &Context, object: ObjectId, mut changes: Vec<Change>) -> (IpcError, Wake) {
    if ctx.arena.part_at(object, INSIDE).remove_waiter(ctx.me()) {
        changes.push(Change::Left { part: PartRef::new(object, INSIDE), actor: ctx.me() });
    }
    let woken = throw_out(ctx, object, &mut changes);
    let woken = woken.and(set_broken(ctx, object, true, &mut changes));
    let error = broken(ctx, object);
    ctx.done(&WAIT, &WAIT_BROKE, On::Object(object), Some(Preview::new(&error.to_string())), changes);
    (error, woken)
}

/// Raises or lowers the flag, giving whom that concerns: those at the door.
fn set_broken(ctx: &Context, object: ObjectId, up: bool, changes: &mut Vec<Change>) -> Wake {
    let flag = ctx.arena.part_at(object, BROKEN);
    if flag.flag() != up {
        flag.set_flag(up);
        changes.push(Change::Raised { part: PartRef::new(object, BROKEN), up });
    }
    Wake::all_of(ctx.arena.part_at(object, DOOR))
}

fn broken(ctx: &Context, object: ObjectId) -> IpcError {
    IpcError::new(ErrorKind::BrokenBarrier, format!("barrier {} is broken or was reset", ctx.object_text(object)))
}

/// Makes the barrier as new; whoever is inside gets a BrokenBarrier error. A round that lets everybody go
/// is not disturbed. Errors: OwnerDied.
pub fn reset(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&RESET, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&RESET, on, error))?;
    let inner = ctx.arena.lock(object, ctx.me());
    let leaving = ctx.arena.part_at(object, LEAVING).waiters();
    let mut changes = Vec::new();
    let woken = throw_out(ctx, object, &mut changes);
    let outcome = match (woken.is_empty(), leaving.iter().any(|actor| ctx.arena.place(*actor) != THROWN)) {
        (false, _) => &RESET_THREW,
        (true, true) => &RESET_NOTHING,
        (true, false) => &RESET_EMPTY,
    };
    let woken = woken.and(set_broken(ctx, object, false, &mut changes));
    ctx.done(&RESET, outcome, on, None, changes);
    drop(inner);
    ctx.wake(woken);
    Ok(())
}

/// Breaks the barrier: whoever is there, is just leaving or comes gets a BrokenBarrier error, until a
/// reset. Errors: OwnerDied.
pub fn abort(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&ABORT, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&ABORT, on, error))?;
    let inner = ctx.arena.lock(object, ctx.me());
    let mut changes = Vec::new();
    let woken = throw_out(ctx, object, &mut changes);
    let outcome = if woken.is_empty() { &ABORT_BROKE } else { &ABORT_THREW };
    for actor in ctx.arena.part_at(object, LEAVING).waiters() {
        ctx.arena.set_place(actor, THROWN);
    }
    let woken = woken.and(set_broken(ctx, object, true, &mut changes));
    ctx.done(&ABORT, outcome, on, None, changes);
    drop(inner);
    ctx.wake(woken);
    Ok(())
}

/// How many wait inside at this moment. Errors: OwnerDied.
pub fn n_waiting(ctx: &Context, object: ObjectId) -> Result<i64> {
    let on = On::Object(object);
    ctx.begin_op(&N_WAITING, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&N_WAITING, on, error))?;
    let _inner = ctx.arena.lock(object, ctx.me());
    let count = ctx.arena.part_at(object, INSIDE).waiters().len() as i64;
    ctx.done(&N_WAITING, &N_WAITING_READ, on, Some(Value::Int(count).preview()), Vec::new());
    Ok(count)
}

/// Whether it is broken at this moment. Errors: OwnerDied.
pub fn is_broken(ctx: &Context, object: ObjectId) -> Result<bool> {
    let on = On::Object(object);
    ctx.begin_op(&BROKEN_ASKED, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&BROKEN_ASKED, on, error))?;
    let _inner = ctx.arena.lock(object, ctx.me());
    let up = ctx.arena.part_at(object, BROKEN).flag();
    ctx.done(&BROKEN_ASKED, &BROKEN_READ, on, Some(Value::Bool(up).preview()), Vec::new());
    Ok(up)
}
