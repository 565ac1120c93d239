//! One kernel pipe that several processes read and write, a whole message at a time: readers take turns
//! by a read lock, writers by a write lock. Queues are built on it.
//!
//! The two locks are held across waits, so a holder's death frees them (the host does that), and half a
//! frame that somebody died over breaks the object.

use std::os::fd::AsFd;
use std::sync::atomic::Ordering::SeqCst;

use super::context::{Context, Patience};
use super::ends::hold;
use super::error::{ErrorKind, IpcError, Result, os_error};
use super::frame::{Arrival, Incoming, Outgoing};
use super::hand;
use super::refusal::Refusal;
use super::seat::{Seat, until};
use super::stream::{self, Way};
use super::travel::{self, Received};
use super::wake::Wake;
use crate::arena::repair::{reader_word, writer_word};
use crate::kind::{FAILED, Op, Outcome};
use crate::sys;
use crate::trace::{Change, Grant, MessageId, Nanos, ObjectId, On, PartRef, Preview, Until, Wait};

/// Words that say who is in the middle of a frame.
const WRITER_WORD: usize = writer_word(0);
const READER_WORD: usize = reader_word(0);

/// The pipe comes first in its object.
const PIPE: u8 = 0;

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
    pub(super) const fn with_locks_from(read_lock: u8) -> Parts {
        Parts {
            pipe: PIPE,
            bytes: 1,
            ends: 2,
            read_lock,
            read_waiters: read_lock + 1,
            write_lock: read_lock + 2,
            write_waiters: read_lock + 3,
        }
    }

    pub(super) fn way(&self, object: ObjectId) -> Way {
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
    changes.extend(stream::count_pages(ctx, PartRef::new(object, parts.bytes), writer.as_fd()));
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
    mut taken: impl FnMut(MessageId, &Result<Received>, &mut Vec<Change>) -> Wake,
) -> Result<Received> {
    let mut read = Read {
        ctx,
        object,
        parts,
        how,
        patience,
        deadline: patience.deadline(ctx.now()),
        frame: Incoming::default(),
        queued: false,
        grant: Grant::Proceed,
        told: None,
    };
    loop {
        match read.attempt(&mut taken) {
            Turn::Over(outcome) => return outcome,
            Turn::Waits(wait) => read.grant = ctx.wait(&wait),
        }
        ctx.check_broken(object).map_err(|error| ctx.gives_up(how.op, On::Object(object), read.list(), error))?;
    }
}

/// One thread's reading of one message, from its first attempt to its end.
struct Read<'a> {
    ctx: &'a Context,
    object: ObjectId,
    parts: &'a Parts,
    how: &'a Reading,
    patience: Patience,
    deadline: Option<Nanos>,
    frame: Incoming,
    /// It is on the list of those who want the read lock.
    queued: bool,
    /// How its last wait ended.
    grant: Grant,
    /// The wait that the trace was told of last.
    told: Option<Wait>,
}

/// What came of an attempt to read.
enum Turn {
    Over(Result<Received>),
    Waits(Wait),
}

impl Read<'_> {
    fn list(&self) -> PartRef {
        PartRef::new(self.object, self.parts.read_waiters)
    }

    fn lock_name(&self) -> PartRef {
        PartRef::new(self.object, self.parts.read_lock)
    }

    fn is_out_of_patience(&self) -> bool {
        self.patience == Patience::No || self.grant == Grant::Expire
    }

    /// Reads as much as there is, under the object's internal lock; whom that lets go on is woken after it.
    fn attempt(&mut self, taken: &mut impl FnMut(MessageId, &Result<Received>, &mut Vec<Change>) -> Wake) -> Turn {
        let ctx = self.ctx;
        let Some(fd) = ctx.process.end(self.object, 0) else {
            let why = format!("this process does not hold the reader of {}", ctx.object_text(self.object));
            return Turn::Over(Err(ctx.failed(self.how.op, On::Object(self.object), IpcError::new(ErrorKind::OSError, why))));
        };
        let inner = ctx.arena.lock(self.object, ctx.me());
        if let Err(error) = ctx.check_broken(self.object) {
            drop(inner);
            return Turn::Over(Err(ctx.gives_up(self.how.op, On::Object(self.object), self.list(), error)));
        }
        let holder = ctx.arena.part_at(self.object, self.parts.read_lock).owner();
        let (turn, woken) = if holder.is_some_and(|holder| holder != ctx.me()) {
            self.behind()
        } else {
            let mut changes = Vec::new();
            self.leave_the_row(&mut changes);
            let before = self.frame.read_so_far();
            match stream::read(ctx, self.parts.way(self.object), fd.as_fd(), &mut self.frame, &mut changes) {
                Ok(Arrival::Whole) => self.whole(changes, taken),
                Ok(Arrival::Partly) => self.partly(before, changes),
                Ok(Arrival::End) => {
                    let why = format!("nothing is left in {} and nobody can put any more", ctx.object_text(self.object));
                    self.fails(IpcError::new(ErrorKind::EOFError, why), changes)
                }
                Err(error) => self.fails(os_error(&format!("get from {}", ctx.object_text(self.object)), &error), changes),
            }
        };
        drop(inner);
        ctx.wake(woken);
        turn
    }

    /// Another reader holds the read lock: this one stands behind it, or gives up.
    fn behind(&mut self) -> (Turn, Wake) {
        let ctx = self.ctx;
        let waiters = ctx.arena.part_at(self.object, self.parts.read_waiters);
        let mut changes = Vec::new();
        if self.is_out_of_patience() {
            self.leave_the_row(&mut changes);
            return (Turn::Over(Err(self.empty_handed(changes))), Wake::first_of(waiters));
        }
        let wait = until(Until::OwnerFree(self.lock_name(), None), self.deadline);
        if !std::mem::replace(&mut self.queued, true) {
            waiters.push_waiter(ctx.me());
            changes.push(Change::Queued { part: self.list(), actor: ctx.me() });
            ctx.waits(self.how.op, self.how.waits_lock, On::Object(self.object), None, &wait, changes);
        }
        self.told = Some(wait.clone());
        (Turn::Waits(wait), Wake::nobody())
    }

    fn leave_the_row(&mut self, changes: &mut Vec<Change>) {
        if std::mem::take(&mut self.queued) {
            self.ctx.arena.part_at(self.object, self.parts.read_waiters).remove_waiter(self.ctx.me());
            changes.push(Change::Left { part: self.list(), actor: self.ctx.me() });
        }
    }

    /// The message is all there.
    fn whole(
        &self,
        mut changes: Vec<Change>,
        taken: &mut impl FnMut(MessageId, &Result<Received>, &mut Vec<Change>) -> Wake,
    ) -> (Turn, Wake) {
        let ctx = self.ctx;
        let received = travel::receive(ctx, &self.frame);
        let others = self.frame.message().map_or_else(Wake::nobody, |message| {
            ctx.arena.part_at(self.object, self.parts.pipe).slots_pop(message);
            taken(message, &received, &mut changes)
        });
        let woken = self.free(&mut changes).and(others);
        let preview = received.as_ref().ok().map(|received| received.value.preview());
        ctx.done(self.how.op, self.how.got, On::Object(self.object), preview, changes);
        (Turn::Over(received), woken)
    }

    /// All that is there has been read, from `before` on, and it is no whole message: the read lock is kept
    /// until the rest comes. Once a frame has begun there is no way back, so there is no time limit either.
    fn partly(&mut self, before: u64, mut changes: Vec<Change>) -> (Turn, Wake) {
        let ctx = self.ctx;
        let begun = self.frame.read_so_far() > 0;
        if !begun && self.is_out_of_patience() {
            let woken = self.free(&mut changes);
            return (Turn::Over(Err(self.empty_handed(changes))), woken);
        }
        let owner = ctx.arena.part_at(self.object, self.parts.read_lock);
        if owner.owner().is_none() {
            owner.set_owner(Some(ctx.me()), 1);
            changes.push(Change::Owned { part: self.lock_name(), owner: Some(ctx.me()), depth: 1 });
        }
        ctx.arena.own_word(self.object, READER_WORD).store(if begun { u64::from(ctx.me().0) + 1 } else { 0 }, SeqCst);
        let wait = until(Until::Readable(PartRef::new(self.object, self.parts.ends), 0), self.deadline.filter(|_| !begun));
        if self.frame.read_so_far() > before || self.told.as_ref() != Some(&wait) {
            let outcome = if begun { self.how.partly } else { self.how.waits };
            ctx.waits(self.how.op, outcome, On::Object(self.object), None, &wait, changes);
        }
        self.told = Some(wait.clone());
        (Turn::Waits(wait), Wake::nobody())
    }

    /// Nothing more can be read.
    fn fails(&self, error: IpcError, mut changes: Vec<Change>) -> (Turn, Wake) {
        let woken = self.free(&mut changes);
        self.ctx.done(self.how.op, &FAILED, On::Object(self.object), Some(Preview::new(&error.to_string())), changes);
        (Turn::Over(Err(error)), woken)
    }

    fn empty_handed(&self, changes: Vec<Change>) -> IpcError {
        let (outcome, error) = (self.how.expired)(self.ctx, self.object);
        self.ctx.done(self.how.op, outcome, On::Object(self.object), Some(Preview::new(&error.message)), changes);
        error
    }

    /// Frees the read lock if this thread holds it. The next one who wants it is to be woken in any case, since
    /// it may have been kept from a lock that was free all along.
    fn free(&self, changes: &mut Vec<Change>) -> Wake {
        let arena = &self.ctx.arena;
        arena.own_word(self.object, READER_WORD).store(0, SeqCst);
        let owner = arena.part_at(self.object, self.parts.read_lock);
        if owner.owner() == Some(self.ctx.me()) {
            owner.set_owner(None, 0);
            changes.push(Change::Owned { part: self.lock_name(), owner: None, depth: 0 });
        }
        Wake::first_of(arena.part_at(self.object, self.parts.read_waiters))
    }
}

/// Whether a get would have to wait for the rest of a message, whatever its patience: a reader is in the middle
/// of one, or all that lies in the pipe is a part of one that a writer is in the middle of.
pub fn is_midway(ctx: &Context, object: ObjectId) -> bool {
    let busy = |word: usize| ctx.arena.own_word(object, word).load(SeqCst) != 0;
    busy(READER_WORD) || busy(WRITER_WORD) && ctx.arena.part_at(object, PIPE).slots_len() <= 1
}

/// Why the hand does not get anything in such a moment.
pub(super) fn midway_by_hand(ctx: &Context, op: &Op, object: ObjectId) -> Refusal {
    let name = ctx.arena.object_name(object);
    let en = format!("the first message of {name} is only partly there: its rest must be written, or read, before");
    let zh = format!("{name} 的第一条消息还不完整：要先等它写完或读完");
    hand::told(ctx, op, On::Object(object), en, zh)
}

/// What came of an attempt to write.
pub(super) enum Wrote {
    /// Somebody else holds the write lock. True: it has just joined those who wait for it.
    Behind(Wait, bool),
    /// As much as there was room for; the write lock is held.
    Partly(Wait),
    /// All of it; the write lock is free, and whom to wake for it.
    Whole(Wake),
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
        return Wrote::Whole(Wake::first_of(waiters));
    }
    word.store(if frame.written() > 0 { u64::from(seat.me.0) + 1 } else { 0 }, SeqCst);
    if !held {
        owner.set_owner(Some(seat.me), 1);
        changes.push(Change::Owned { part: lock_name, owner: Some(seat.me), depth: 1 });
    }
    Wrote::Partly(until(Until::Writable(PartRef::new(object, parts.ends), 1), None))
}

/// Gives up writing: leaves those who wait, frees the write lock, and says whom to wake for it.
/// To be called under the object's internal lock.
pub(super) fn withdraw(seat: &Seat, object: ObjectId, parts: &Parts, changes: &mut Vec<Change>) -> Wake {
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
    Wake::first_of(waiters)
}

#[cfg(test)]
mod tests {
    use super::Parts;
    use crate::ipc::{buffer, simple_queue};
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
        check(&kind::queue::KIND, &buffer::GUARDED);
        check(&kind::joinable_queue::KIND, &buffer::GUARDED);
        check(&kind::simple_queue::KIND, &simple_queue::GUARDED);
    }
}
