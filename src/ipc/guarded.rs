//! One kernel pipe that several processes read and write, a whole message at a time: readers take turns
//! by a read lock, writers by a write lock. Queues are built on it.
//!
//! The two locks are held across waits, so a holder's death frees them (the host does that), and half a
//! frame that somebody died over breaks the object.

use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;

use super::context::{Context, Patience};
use super::error::{ErrorKind, IpcError, Result};
use super::frame::{Arrival, Incoming, Outgoing};
use super::pipe::{hold, os_error};
use super::seat::{Seat, until};
use super::stream::{self, Way};
use super::travel::{self, Received};
use crate::arena::repair::{reader_word, writer_word};
use crate::kind::{FAILED, Op, Outcome};
use crate::sys;
use crate::trace::{ActorId, Change, Grant, MessageId, ObjectId, On, PartRef, Preview, Until, Wait};

/// Words that say who is in the middle of a frame.
const WRITER_WORD: usize = writer_word(0);
const READER_WORD: usize = reader_word(0);

/// Where in its object a guarded pipe's parts are.
pub(super) struct Parts {
    pub pipe: u8,
    pub bytes: u8,
    pub ends: u8,
    pub read_lock: u8,
    pub read_waiters: u8,
    pub write_lock: u8,
    pub write_waiters: u8,
}

impl Parts {
    /// The pipe comes first in its object, and the locks stand together, the read lock first.
    pub const fn with_locks_from(read_lock: u8) -> Parts {
        Parts {
            pipe: 0,
            bytes: 1,
            ends: 2,
            read_lock,
            read_waiters: read_lock + 1,
            write_lock: read_lock + 2,
            write_waiters: read_lock + 3,
        }
    }

    pub fn way(&self, object: ObjectId) -> Way {
        Way { slots: PartRef::new(object, self.pipe), bytes: PartRef::new(object, self.bytes), end: (PartRef::new(object, self.ends), 0) }
    }
}

/// How a read is told of.
pub(super) struct Reading {
    pub op: &'static Op,
    pub got: &'static Outcome,
    pub waits: &'static Outcome,
    pub waits_lock: &'static Outcome,
    pub partly: &'static Outcome,
    /// What it is that patience ended.
    pub expired: fn(&Context, ObjectId) -> (&'static Outcome, IpcError),
}

/// Makes the kernel pipe of a new object; this process holds both ends.
pub(super) fn open(ctx: &Context, object: ObjectId, parts: &Parts, changes: &mut Vec<Change>) -> Result<()> {
    let (reader, writer) = sys::pipe::simplex().map_err(|error| os_error("make the queue's pipe", &error))?;
    changes.extend([(0, reader), (1, writer)].map(|(end, fd)| hold(ctx, object, parts.ends, end, fd)));
    Ok(())
}

/// Takes the next message out of the pipe; waits for the read lock, then for a message. The step has
/// begun. `taken` adds where a message that was read goes and what else changes, and says whom that wakes.
/// Errors: `expired`'s, EOFError, OSError, OwnerDied.
pub(super) fn read(
    ctx: &Context,
    object: ObjectId,
    parts: &Parts,
    how: &Reading,
    patience: Patience,
    mut taken: impl FnMut(MessageId, &Result<Received>, &mut Vec<Change>) -> Option<ActorId>,
) -> Result<Received> {
    let on = On::Object(object);
    let deadline = patience.deadline(ctx.now());
    let owner_name = PartRef::new(object, parts.read_lock);
    let list = PartRef::new(object, parts.read_waiters);
    let mut frame = Incoming::default();
    let mut queued = false;
    let mut grant = Grant::Proceed;
    let mut last_wait: Option<Wait> = None;
    loop {
        let Some(fd) = ctx.process.end(object, 0) else {
            let error = IpcError::new(ErrorKind::OSError, format!("this process does not hold the reader of {}", ctx.object_text(object)));
            return Err(ctx.failed(how.op, on, error));
        };
        let inner = ctx.arena.lock(object, ctx.me());
        if let Err(error) = ctx.check_broken(object) {
            drop(inner);
            return Err(ctx.gives_up(how.op, on, list, error));
        }
        let owner = ctx.arena.part_at(object, parts.read_lock);
        let waiters = ctx.arena.part_at(object, parts.read_waiters);
        let held = owner.owner();
        let mut changes = Vec::new();
        if held.is_none() || held == Some(ctx.me()) {
            if std::mem::take(&mut queued) {
                waiters.remove_waiter(ctx.me());
                changes.push(Change::Left { part: list, actor: ctx.me() });
            }
            let before = frame.read_so_far();
            match stream::read(ctx, parts.way(object), fd.as_fd(), &mut frame, &mut changes) {
                Ok(Arrival::Whole) => {
                    ctx.arena.own_word(object, READER_WORD).store(0, SeqCst);
                    let received = travel::receive(ctx, &frame);
                    let other = frame.message().and_then(|message| {
                        ctx.arena.part_at(object, parts.pipe).slots_pop(message);
                        taken(message, &received, &mut changes)
                    });
                    let reader = free_reader(ctx, object, parts, held.is_some(), &mut changes);
                    ctx.done(how.op, how.got, on, received.as_ref().ok().map(|received| received.value.preview()), changes);
                    drop(inner);
                    [reader, other].into_iter().flatten().for_each(|actor| ctx.arena.bump(actor));
                    return received;
                }
                Ok(Arrival::Partly) => {
                    let begun = frame.read_so_far() > 0;
                    if !begun && (patience == Patience::No || grant == Grant::Expire) {
                        let reader = free_reader(ctx, object, parts, held.is_some(), &mut changes);
                        let error = empty_handed(ctx, object, how, changes);
                        drop(inner);
                        reader.into_iter().for_each(|actor| ctx.arena.bump(actor));
                        return Err(error);
                    }
                    if held.is_none() {
                        owner.set_owner(Some(ctx.me()), 1);
                        changes.push(Change::Owned { part: owner_name, owner: Some(ctx.me()), depth: 1 });
                    }
                    ctx.arena.own_word(object, READER_WORD).store(if begun { u64::from(ctx.me().0) + 1 } else { 0 }, SeqCst);
                    // Once a frame has begun there is no way back, so there is no time limit either.
                    let wait = until(Until::Readable(PartRef::new(object, parts.ends), 0), deadline.filter(|_| !begun));
                    if frame.read_so_far() > before || last_wait.as_ref() != Some(&wait) {
                        ctx.waits(how.op, if begun { how.partly } else { how.waits }, on, None, &wait, changes);
                    }
                    last_wait = Some(wait);
                }
                Ok(Arrival::End) => {
                    let name = ctx.object_text(object);
                    let error = IpcError::new(ErrorKind::EOFError, format!("nothing is left in {name} and nobody can put any more"));
                    free_reader(ctx, object, parts, held.is_some(), &mut changes);
                    ctx.done(how.op, &FAILED, on, Some(Preview::new(&error.to_string())), changes);
                    return Err(error);
                }
                Err(error) => {
                    let error = os_error(&format!("get from {}", ctx.object_text(object)), &error);
                    free_reader(ctx, object, parts, held.is_some(), &mut changes);
                    ctx.done(how.op, &FAILED, on, Some(Preview::new(&error.to_string())), changes);
                    return Err(error);
                }
            }
        } else {
            if patience == Patience::No || grant == Grant::Expire {
                if queued {
                    waiters.remove_waiter(ctx.me());
                    changes.push(Change::Left { part: list, actor: ctx.me() });
                }
                let error = empty_handed(ctx, object, how, changes);
                let next = waiters.first_waiter();
                drop(inner);
                next.into_iter().for_each(|actor| ctx.arena.bump(actor));
                return Err(error);
            }
            let wait = until(Until::OwnerFree(owner_name, None), deadline);
            if !queued {
                queued = true;
                waiters.push_waiter(ctx.me());
                changes.push(Change::Queued { part: list, actor: ctx.me() });
                ctx.waits(how.op, how.waits_lock, on, None, &wait, changes);
            }
            last_wait = Some(wait);
        }
        drop(inner);
        if let Some(wait) = &last_wait {
            grant = ctx.wait(wait);
        }
        ctx.check_broken(object).map_err(|error| ctx.gives_up(how.op, on, list, error))?;
    }
}

fn empty_handed(ctx: &Context, object: ObjectId, how: &Reading, changes: Vec<Change>) -> IpcError {
    let (outcome, error) = (how.expired)(ctx, object);
    ctx.done(how.op, outcome, On::Object(object), Some(Preview::new(&error.message)), changes);
    error
}

/// Frees the read lock if this thread holds it; the next one who wants it is to be woken in any case,
/// since it may have been kept from a lock that was free all along.
fn free_reader(ctx: &Context, object: ObjectId, parts: &Parts, held: bool, changes: &mut Vec<Change>) -> Option<ActorId> {
    if held {
        ctx.arena.part_at(object, parts.read_lock).set_owner(None, 0);
        changes.push(Change::Owned { part: PartRef::new(object, parts.read_lock), owner: None, depth: 0 });
    }
    ctx.arena.part_at(object, parts.read_waiters).first_waiter()
}

/// Whether somebody is in the middle of writing or reading a message: a get may then have to wait for
/// the rest of one, whatever its patience.
pub fn is_midway(ctx: &Context, object: ObjectId) -> bool {
    [WRITER_WORD, READER_WORD].into_iter().any(|word| ctx.arena.own_word(object, word).load(SeqCst) != 0)
}

/// What came of an attempt to write.
pub(super) enum Wrote {
    /// Somebody else holds the write lock. True: it has just joined those who wait for it.
    Behind(Wait, bool),
    /// As much as there was room for; the write lock is held.
    Partly(Wait),
    /// All of it; the write lock is free, and who is to be woken for it.
    Whole(Option<ActorId>),
    Failed(IpcError),
}

/// Writes one chunk of a frame: as much as the pipe takes now. To be called under the object's internal
/// lock; adds what it changes. `enters` adds how the message came to be in the pipe, at its first byte.
pub(super) fn write(
    seat: &Seat,
    object: ObjectId,
    parts: &Parts,
    frame: &mut Outgoing,
    changes: &mut Vec<Change>,
    enters: impl FnOnce(&mut Vec<Change>),
) -> Wrote {
    let lock_name = PartRef::new(object, parts.write_lock);
    let list = PartRef::new(object, parts.write_waiters);
    let owner = seat.arena.part_at(object, parts.write_lock);
    let waiters = seat.arena.part_at(object, parts.write_waiters);
    let held = match owner.owner() {
        None => false,
        Some(holder) if holder == seat.me => true,
        Some(_) => {
            let newly = !waiters.has_waiter(seat.me);
            if newly {
                waiters.push_waiter(seat.me);
                changes.push(Change::Queued { part: list, actor: seat.me });
            }
            return Wrote::Behind(until(Until::OwnerFree(lock_name, None), None), newly);
        }
    };
    if waiters.remove_waiter(seat.me) {
        changes.push(Change::Left { part: list, actor: seat.me });
    }
    let outcome = match seat.process.end(object, 1) {
        Some(fd) => stream::write(seat, parts.way(object), fd.as_fd(), frame, changes, enters),
        None => Err(std::io::ErrorKind::BrokenPipe.into()),
    };
    if let Err(error) = outcome {
        return Wrote::Failed(os_error(&format!("write to {}", seat.arena.object_name(object)), &error));
    }
    let word = seat.arena.own_word(object, WRITER_WORD);
    if frame.is_done() {
        word.store(0, SeqCst);
        if held {
            owner.set_owner(None, 0);
            changes.push(Change::Owned { part: lock_name, owner: None, depth: 0 });
        }
        return Wrote::Whole(waiters.first_waiter());
    }
    word.store(if frame.written() > 0 { u64::from(seat.me.0) + 1 } else { 0 }, SeqCst);
    if !held {
        owner.set_owner(Some(seat.me), 1);
        changes.push(Change::Owned { part: lock_name, owner: Some(seat.me), depth: 1 });
    }
    Wrote::Partly(until(Until::Writable(PartRef::new(object, parts.ends), 1), None))
}

/// Gives up writing: leaves those who wait, frees the write lock, and says who is to be woken for it.
/// To be called under the object's internal lock.
pub(super) fn withdraw(seat: &Seat, object: ObjectId, parts: &Parts, changes: &mut Vec<Change>) -> Option<ActorId> {
    let waiters = seat.arena.part_at(object, parts.write_waiters);
    if waiters.remove_waiter(seat.me) {
        changes.push(Change::Left { part: PartRef::new(object, parts.write_waiters), actor: seat.me });
    }
    let owner = seat.arena.part_at(object, parts.write_lock);
    if owner.owner() == Some(seat.me) {
        owner.set_owner(None, 0);
        seat.arena.own_word(object, WRITER_WORD).store(0, SeqCst);
        changes.push(Change::Owned { part: PartRef::new(object, parts.write_lock), owner: None, depth: 0 });
    }
    waiters.first_waiter()
}

#[cfg(test)]
mod tests {
    use super::Parts;
    use crate::ipc::{queue, simple_queue};
    use crate::kind::pipe::READER_WRITER;
    use crate::kind::{self, Kind, Shape};

    fn check(kind: &Kind, parts: &Parts) {
        let part = |at: u8| &kind.parts[at as usize];
        assert_eq!(part(parts.pipe).shape, Shape::Slots, "{}", kind.name);
        assert_eq!(part(parts.bytes).read_at, Some((parts.ends, 0)), "{}", kind.name);
        assert_eq!(part(parts.ends).shape, READER_WRITER, "{}", kind.name);
        for (role, lock, waiters) in
            [("read lock", parts.read_lock, parts.read_waiters), ("write lock", parts.write_lock, parts.write_waiters)]
        {
            assert_eq!((part(lock).role.en, part(lock).robust, part(lock).waiters), (role, true, Some(waiters)), "{}", kind.name);
        }
    }

    #[test]
    fn a_guarded_pipe_is_where_its_kinds_say() {
        check(&kind::queue::KIND, &queue::GUARDED);
        check(&kind::joinable_queue::KIND, &queue::GUARDED);
        check(&kind::simple_queue::KIND, &simple_queue::GUARDED);
    }
}
