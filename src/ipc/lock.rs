//! Lock and RLock: the one monitor that others build on. A release makes the lock free and wakes the
//! first waiter, which tries again in place; nothing is handed over, so nothing is lost with a waiter
//! that dies.

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::seat::until;
use crate::arena::Arena;
use crate::kind::{self, Kind, Op, Outcome, lock, rlock};
use crate::trace::{ActorId, Change, Grant, ObjectId, On, PartRef, Until};

/// The words of one of the two kinds.
pub(super) struct Words {
    kind: &'static Kind,
    recursive: bool,
    make: &'static Op,
    made: &'static Outcome,
    acquire: &'static Op,
    took: &'static Outcome,
    nested: &'static Outcome,
    waits: &'static Outcome,
    got: &'static Outcome,
    expired: &'static Outcome,
    busy: &'static Outcome,
    release: &'static Op,
    freed: &'static Outcome,
    passed: &'static Outcome,
    unnested: &'static Outcome,
}

static LOCK: Words = Words {
    kind: &lock::KIND,
    recursive: false,
    make: &lock::MAKE,
    made: &lock::MAKE_MADE,
    acquire: &lock::ACQUIRE,
    took: &lock::ACQUIRE_TOOK,
    nested: &lock::ACQUIRE_TOOK,
    waits: &lock::ACQUIRE_WAITS,
    got: &lock::ACQUIRE_GOT,
    expired: &lock::ACQUIRE_EXPIRED,
    busy: &lock::ACQUIRE_BUSY,
    release: &lock::RELEASE,
    freed: &lock::RELEASE_FREED,
    passed: &lock::RELEASE_PASSED,
    unnested: &lock::RELEASE_FREED,
};

static RLOCK: Words = Words {
    kind: &rlock::KIND,
    recursive: true,
    make: &rlock::MAKE,
    made: &rlock::MAKE_MADE,
    acquire: &rlock::ACQUIRE,
    took: &rlock::ACQUIRE_TOOK,
    nested: &rlock::ACQUIRE_NESTED,
    waits: &rlock::ACQUIRE_WAITS,
    got: &rlock::ACQUIRE_GOT,
    expired: &rlock::ACQUIRE_EXPIRED,
    busy: &rlock::ACQUIRE_BUSY,
    release: &rlock::RELEASE,
    freed: &rlock::RELEASE_FREED,
    passed: &rlock::RELEASE_PASSED,
    unnested: &rlock::RELEASE_UNNESTED,
};

fn words(arena: &Arena, object: ObjectId) -> &'static Words {
    if arena.facts(object).kind == rlock::ID { &RLOCK } else { &LOCK }
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
    let words = if recursive { &RLOCK } else { &LOCK };
    ctx.begin_op(words.make, On::Nothing, None);
    let name = name.unwrap_or_else(|| ctx.default_name(if recursive { "rlock" } else { "lock" }));
    match make_part_of(&ctx.arena, words.kind, &name, None) {
        Ok((object, made)) => {
            ctx.done(words.make, words.made, On::Object(object), None, vec![made]);
            Ok(object)
        }
        Err(error) => Err(ctx.failed(words.make, On::Nothing, error)),
    }
}

/// Makes a lock as part of another object's making, which reports it.
pub(super) fn make_part_of(arena: &Arena, kind: &'static Kind, name: &str, owner: Option<ObjectId>) -> Result<(ObjectId, Change)> {
    let object = arena.make_object(kind, name, owner, None, 0).map_err(no_room)?;
    Ok((object, Change::Made { object, kind: kind.id, name: name.to_owned(), owner, home: None }))
}

/// An RLock that belongs to another object.
pub(super) fn make_inner(arena: &Arena, owner_name: &str, owner: ObjectId) -> Result<(ObjectId, Change)> {
    make_part_of(arena, &rlock::KIND, &format!("{owner_name}.lock"), Some(owner))
}

pub(super) fn no_room(error: crate::arena::objects::NoRoom) -> IpcError {
    IpcError::new(ErrorKind::OSError, error.to_string())
}

/// Takes a lock if it is free (or one's own and recursive), giving the change. To be called under the
/// lock's internal lock.
pub(super) fn try_take(arena: &Arena, object: ObjectId, me: ActorId, depth: u32) -> Option<Change> {
    let part = arena.part_at(object, lock::OWNER);
    let depth = match part.owner() {
        None => depth,
        Some(owner) if owner == me && words(arena, object).recursive => part.depth() + depth,
        Some(_) => return None,
    };
    part.set_owner(Some(me), depth);
    Some(Change::Owned { part: owner_part(object), owner: Some(me), depth })
}

/// Frees a lock wholly, giving the change and the waiter to wake. Under the lock's internal lock.
pub(super) fn free(arena: &Arena, object: ObjectId) -> (Change, Option<ActorId>) {
    arena.part_at(object, lock::OWNER).set_owner(None, 0);
    (Change::Owned { part: owner_part(object), owner: None, depth: 0 }, arena.part_at(object, lock::WAITERS).first_waiter())
}

/// The thread that holds a lock, and how often.
pub(super) fn holder(arena: &Arena, object: ObjectId) -> Option<(ActorId, u32)> {
    let part = arena.part_at(object, lock::OWNER);
    part.owner().map(|owner| (owner, part.depth()))
}

/// Takes the lock, waiting as long as patience lasts. False: it did not get it.
pub fn acquire(ctx: &Context, object: ObjectId, patience: Patience) -> Result<bool> {
    let words = words(&ctx.arena, object);
    let on = On::Object(object);
    ctx.begin_op(words.acquire, on, None);
    ctx.check_broken(object).map_err(|error| ctx.failed(words.acquire, on, error))?;
    let wait = until(Until::OwnerFree(owner_part(object), None), patience.deadline(ctx.now()));
    {
        let _inner = ctx.arena.lock(object, ctx.me());
        if let Some(owned) = try_take(&ctx.arena, object, ctx.me(), 1) {
            let nested = holder(&ctx.arena, object).is_some_and(|(_, depth)| depth > 1);
            ctx.done(words.acquire, if nested { words.nested } else { words.took }, on, None, vec![owned]);
            return Ok(true);
        }
        if patience == Patience::No {
            ctx.done(words.acquire, words.busy, on, None, Vec::new());
            return Ok(false);
        }
        ctx.arena.part_at(object, lock::WAITERS).push_waiter(ctx.me());
        ctx.waits(words.acquire, words.waits, on, None, &wait, vec![Change::Queued { part: waiters_part(object), actor: ctx.me() }]);
    }
    loop {
        let grant = ctx.wait(&wait);
        ctx.check_broken(object).map_err(|error| ctx.gives_up(words.acquire, on, waiters_part(object), error))?;
        let inner = ctx.arena.lock(object, ctx.me());
        let left = Change::Left { part: waiters_part(object), actor: ctx.me() };
        if let Some(owned) = try_take(&ctx.arena, object, ctx.me(), 1) {
            ctx.arena.part_at(object, lock::WAITERS).remove_waiter(ctx.me());
            ctx.done(words.acquire, words.got, on, None, vec![left, owned]);
            return Ok(true);
        }
        if grant == Grant::Expire {
            ctx.arena.part_at(object, lock::WAITERS).remove_waiter(ctx.me());
            ctx.done(words.acquire, words.expired, on, None, vec![left]);
            return Ok(false);
        }
        drop(inner);
    }
}

/// Gives the lock back. A Lock may be released by anyone, an RLock only by its holder.
/// Errors: ValueError (Lock, free), AssertionError (RLock, not held by the caller).
pub fn release(ctx: &Context, object: ObjectId) -> Result<()> {
    let words = words(&ctx.arena, object);
    let on = On::Object(object);
    ctx.begin_op(words.release, on, None);
    let inner = ctx.arena.lock(object, ctx.me());
    let refused = match holder(&ctx.arena, object) {
        None if !words.recursive => Some((ErrorKind::ValueError, "was released too many times: nobody holds it")),
        Some((owner, _)) if !words.recursive || owner == ctx.me() => None,
        _ => Some((ErrorKind::AssertionError, "can only be released by the thread that holds it")),
    };
    if let Some((kind, why)) = refused {
        return Err(ctx.failed(words.release, on, IpcError::new(kind, format!("{} {why}", ctx.object_text(object)))));
    }
    let part = ctx.arena.part_at(object, lock::OWNER);
    if part.depth() > 1 {
        let (owner, depth) = (part.owner(), part.depth() - 1);
        part.set_owner(owner, depth);
        ctx.done(words.release, words.unnested, on, None, vec![Change::Owned { part: owner_part(object), owner, depth }]);
        return Ok(());
    }
    let (change, next) = free(&ctx.arena, object);
    ctx.done(words.release, if next.is_some() { words.passed } else { words.freed }, on, None, vec![change]);
    drop(inner);
    if let Some(next) = next {
        ctx.arena.bump(next);
    }
    Ok(())
}

/// Whether an object is one of the two kinds.
pub fn is_lock(arena: &Arena, object: ObjectId) -> bool {
    [kind::lock::ID, kind::rlock::ID].contains(&arena.facts(object).kind)
}
