//! Lock and RLock: the one monitor that others build on. How one waits for it is `take`'s.

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::hand::{Row, Task};
use super::refusal::{self, refuse};
use super::take::{Taken, Taking, take};
use super::wake::Wake;
use crate::arena::Arena;
use crate::kind::lock::{
    ACQUIRE, ACQUIRE_BUSY, ACQUIRE_EXPIRED, ACQUIRE_GOT, ACQUIRE_NESTED, ACQUIRE_TOOK, ACQUIRE_WAITS, RELEASE, RELEASE_FREED,
    RELEASE_PASSED, RELEASE_UNNESTED,
};
use crate::kind::{self, lock, rlock};
use crate::trace::{ActorId, Change, ObjectId, On, PartRef, Until};

/// What the hand can do to a Lock or an RLock.
pub const BY_HAND: &[Row] = &[Row::new(&ACQUIRE, by_hand), Row::new(&RELEASE, |ctx, task| Ok(release(ctx, task.object)?))];

fn by_hand(ctx: &Context, task: &Task) -> refusal::Outcome {
    if acquire(ctx, task.object, Patience::No)? {
        return Ok(());
    }
    let name = ctx.arena.object_name(task.object);
    Err(refuse(format!("{name} is held, and the hand does not wait"), format!("{name} 被持有，而你的手不等待")))
}

/// Whether its holder may take it again, and nobody else may release it.
fn is_recursive(arena: &Arena, object: ObjectId) -> bool {
    arena.facts(object).kind == rlock::ID
}

/// The owner part of a lock.
pub(super) fn owner_part(object: ObjectId) -> PartRef {
    PartRef::new(object, lock::OWNER)
}

/// The list of those who want a lock.
pub(super) fn waiters_part(object: ObjectId) -> PartRef {
    PartRef::new(object, lock::WAITERS)
}

/// Makes a lock of its own. Errors: none but exhaustion (OSError).
pub fn make(ctx: &Context, name: Option<String>, recursive: bool) -> Result<ObjectId> {
    let (kind, words, word) = match recursive {
        true => (&rlock::KIND, (&rlock::MAKE, &rlock::MAKE_MADE), "rlock"),
        false => (&lock::KIND, (&lock::MAKE, &lock::MAKE_MADE), "lock"),
    };
    ctx.making(words, None, name, word, |name| {
        let (object, made) = ctx.new_object(kind, name, None)?;
        Ok((object, vec![made]))
    })
}

/// An RLock that belongs to another object, whose making reports it.
pub(super) fn make_inner(ctx: &Context, owner_name: &str, owner: ObjectId) -> Result<(ObjectId, Change)> {
    ctx.new_object(&rlock::KIND, &format!("{owner_name}.lock"), Some(owner))
}

/// Takes a lock if it is free (or one's own and recursive), giving the change. To be called under the
/// lock's internal lock.
pub(super) fn try_take(arena: &Arena, object: ObjectId, me: ActorId, depth: u32) -> Option<Change> {
    let part = arena.part_at(object, lock::OWNER);
    let depth = match part.owner() {
        None => depth,
        Some(owner) if owner == me && is_recursive(arena, object) => part.depth() + depth,
        Some(_) => return None,
    };
    part.set_owner(Some(me), depth);
    Some(Change::Owned { part: owner_part(object), owner: Some(me), depth })
}

/// Frees a lock wholly, giving the change and whom to wake. Under the lock's internal lock.
pub(super) fn free(arena: &Arena, object: ObjectId) -> (Change, Wake) {
    arena.part_at(object, lock::OWNER).set_owner(None, 0);
    (Change::Owned { part: owner_part(object), owner: None, depth: 0 }, Wake::first_of(arena.part_at(object, lock::WAITERS)))
}

/// The thread that holds a lock, and how often.
pub(super) fn holder(arena: &Arena, object: ObjectId) -> Option<(ActorId, u32)> {
    let part = arena.part_at(object, lock::OWNER);
    part.owner().map(|owner| (owner, part.depth()))
}

/// Takes the lock, waiting as long as patience lasts. False: it did not get it.
pub fn acquire(ctx: &Context, object: ObjectId, patience: Patience) -> Result<bool> {
    let taking = Taking {
        op: &ACQUIRE,
        object,
        list: lock::WAITERS,
        until: Until::OwnerFree(owner_part(object), None),
        waits: &ACQUIRE_WAITS,
        got: &ACQUIRE_GOT,
        expired: &ACQUIRE_EXPIRED,
        busy: &ACQUIRE_BUSY,
    };
    take(ctx, &taking, patience, || {
        let change = try_take(&ctx.arena, object, ctx.me(), 1)?;
        let nested = holder(&ctx.arena, object).is_some_and(|(_, depth)| depth > 1);
        Some(Taken { took: if nested { &ACQUIRE_NESTED } else { &ACQUIRE_TOOK }, change, detail: None, more: false })
    })
}

/// The kind of a misuse: of what a manager lends RuntimeError, as the threads' locks in its server raise it.
pub(super) fn misuse(arena: &Arena, object: ObjectId, own: ErrorKind) -> ErrorKind {
    let lent = |object| arena.manager_of(object).is_some();
    if lent(object) || arena.facts(object).owner.is_some_and(lent) { ErrorKind::RuntimeError } else { own }
}

/// Gives the lock back. A Lock may be released by anyone, an RLock only by its holder.
/// Errors: ValueError (Lock, free), AssertionError (RLock, not held by the caller); RuntimeError for both of a manager's.
pub fn release(ctx: &Context, object: ObjectId) -> Result<()> {
    let recursive = is_recursive(&ctx.arena, object);
    let on = On::Object(object);
    ctx.begin_op(&RELEASE, on, None);
    let inner = ctx.arena.lock(object, ctx.me());
    let refused = match holder(&ctx.arena, object) {
        None if !recursive => Some((ErrorKind::ValueError, "was released too many times: nobody holds it")),
        Some((owner, _)) if !recursive || owner == ctx.me() => None,
        _ => Some((ErrorKind::AssertionError, "can only be released by the thread that holds it")),
    };
    if let Some((kind, why)) = refused {
        let kind = misuse(&ctx.arena, object, kind);
        return Err(ctx.failed(&RELEASE, on, IpcError::new(kind, format!("{} {why}", ctx.object_text(object)))));
    }
    let part = ctx.arena.part_at(object, lock::OWNER);
    if part.depth() > 1 {
        let (owner, depth) = (part.owner(), part.depth() - 1);
        part.set_owner(owner, depth);
        ctx.done(&RELEASE, &RELEASE_UNNESTED, on, None, vec![Change::Owned { part: owner_part(object), owner, depth }]);
        return Ok(());
    }
    let (change, next) = free(&ctx.arena, object);
    ctx.done(&RELEASE, if next.is_empty() { &RELEASE_FREED } else { &RELEASE_PASSED }, on, None, vec![change]);
    drop(inner);
    ctx.wake(next);
    Ok(())
}

/// Whether an object is one of the two kinds.
pub fn is_lock(arena: &Arena, object: ObjectId) -> bool {
    [kind::lock::ID, kind::rlock::ID].contains(&arena.facts(object).kind)
}
