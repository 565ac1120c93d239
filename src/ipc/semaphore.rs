//! Semaphore and BoundedSemaphore: a count of permits with waiters. Anyone may give a permit back,
//! also one that it never took; only a bound sets a limit to that.

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::hand::{Row, Task};
use super::refusal::{self, refuse};
use super::take::{Taken, Taking, take};
use super::value::Value;
use super::wake::Wake;
use crate::kind::semaphore::{
    ACQUIRE, ACQUIRE_BUSY, ACQUIRE_EXPIRED, ACQUIRE_GOT, ACQUIRE_TOOK, ACQUIRE_WAITS, BOUNDED, KIND, MAKE, MAKE_BOUNDED, MAKE_BOUNDED_MADE,
    MAKE_MADE, PERMITS, RELEASE, RELEASE_FREED, RELEASE_PASSED, WAITERS,
};
use crate::trace::{Change, ObjectId, On, PartRef, Preview, Until};

/// What the hand can do to a Semaphore.
pub const BY_HAND: &[Row] = &[Row::new(&ACQUIRE, by_hand), Row::new(&RELEASE, |ctx, task| Ok(release(ctx, task.object)?))];

fn by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    if acquire(ctx, task.object, Patience::No)? {
        return Ok(());
    }
    let name = ctx.arena.object_name(task.object);
    Err(refuse(format!("{name} has no permit left, and the hand does not wait"), format!("{name} 没有许可了，而你的手不等待")))
}

/// The most permits that there can be: the system's SEM_VALUE_MAX.
const MOST: i64 = i32::MAX as i64;

/// Makes a semaphore with so many permits. Errors: OSError (fewer than none), ValueError (too many).
pub fn make(ctx: &Context, name: Option<String>, permits: i64, bounded: bool) -> Result<ObjectId> {
    let (kind, words) = if bounded { (&BOUNDED, (&MAKE_BOUNDED, &MAKE_BOUNDED_MADE)) } else { (&KIND, (&MAKE, &MAKE_MADE)) };
    ctx.making(words, Some(number(permits)), name, "semaphore", |name| {
        if permits < 0 {
            return Err(IpcError::new(ErrorKind::OSError, format!("a semaphore cannot have {permits} permits: invalid argument")));
        }
        if permits > MOST {
            return Err(IpcError::new(ErrorKind::ValueError, format!("a semaphore cannot have more than {MOST} permits")));
        }
        let (object, made) = ctx.new_object(kind, name, None)?;
        let max = bounded.then_some(permits);
        ctx.arena.part_at(object, PERMITS).set_count(permits, max);
        Ok((object, vec![made, Change::Counted { part: PartRef::new(object, PERMITS), value: permits, max }]))
    })
}

fn number(number: i64) -> Preview {
    Value::Int(number).preview()
}

/// Takes a permit, waiting as long as patience lasts. False: there was none in time.
pub fn acquire(ctx: &Context, object: ObjectId, patience: Patience) -> Result<bool> {
    let part = PartRef::new(object, PERMITS);
    let taking = Taking {
        op: &ACQUIRE,
        object,
        list: WAITERS,
        until: Until::CountAbove(part, 0),
        waits: &ACQUIRE_WAITS,
        got: &ACQUIRE_GOT,
        expired: &ACQUIRE_EXPIRED,
        busy: &ACQUIRE_BUSY,
    };
    take(ctx, &taking, patience, || {
        let permits = ctx.arena.part_at(object, PERMITS);
        let (left, max) = (permits.count().checked_sub(1).filter(|left| *left >= 0)?, permits.count_max());
        permits.set_count(left, max);
        let change = Change::Counted { part, value: left, max };
        Some(Taken { took: &ACQUIRE_TOOK, change, detail: Some(number(left)), more: left > 0 })
    })
}

/// Gives a permit back. Errors: ValueError (there would be more than there may be), OwnerDied.
pub fn release(ctx: &Context, object: ObjectId) -> Result<()> {
    let on = On::Object(object);
    ctx.begin_op(&RELEASE, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(&RELEASE, on, error))?;
    let inner = ctx.arena.lock(object, ctx.me());
    let permits = ctx.arena.part_at(object, PERMITS);
    let (free, max) = (permits.count(), permits.count_max());
    if free >= max.unwrap_or(MOST) {
        let why = format!("{} was released too many times: all its permits ({free}) are free", ctx.object_text(object));
        return Err(ctx.failed(&RELEASE, on, IpcError::new(ErrorKind::ValueError, why)));
    }
    permits.set_count(free + 1, max);
    let next = Wake::first_of(ctx.arena.part_at(object, WAITERS));
    let outcome = if next.is_empty() { &RELEASE_FREED } else { &RELEASE_PASSED };
    let counted = Change::Counted { part: PartRef::new(object, PERMITS), value: free + 1, max };
    ctx.done(&RELEASE, outcome, on, Some(number(free + 1)), vec![counted]);
    drop(inner);
    ctx.wake(next);
    Ok(())
}
