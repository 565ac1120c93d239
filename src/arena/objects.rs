//! Objects and their parts as words. A part's words are only changed under its object's internal
//! lock; anyone may look at them at any time, and whoever looks without the lock looks again.
//!
//! What lies in a part: Slots: count, digest of the ids in order · Cells: count, words ·
//! Bytes: number · Ends: for each end a count and its holders · Count: value, bound · Flag: 0 or 1 ·
//! Owner: actor + 1, depth · Waiters: count, actors in order.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::Arena;
use super::actors::{State, read_text, write_text};
use super::layout::actor::FLAG_GONE;
use super::layout::{HEAP_WORDS, MAX_ACTORS, MAX_HOLDERS, MAX_OBJECTS, OBJECT_WORDS, object, word32, word64};
use crate::kind::{Kind, Shape};
use crate::sys::futex;
use crate::trace::{ActorId, KindId, MessageId, ObjectId, PartRef};

/// No bound, in a count.
const UNBOUNDED: u64 = u64::MAX;

/// How often a repair looks for an internal lock before it is put off.
const REPAIR_TRIES: usize = 20;

/// Others sleep on an internal lock.
const CONTENDED: u32 = 1 << 31;

/// An object could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NoRoom {
    #[error("a run can have {MAX_OBJECTS} objects in all, and this would be one more")]
    Objects,
    #[error("the shared memory of a run holds {} MiB of objects, and this one does not fit", (HEAP_WORDS * 8) >> 20)]
    Memory,
}

/// What an object's record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFacts {
    pub kind: KindId,
    pub owner: Option<ObjectId>,
    /// The process whose memory it lives in.
    pub home: Option<ActorId>,
    pub broken: bool,
}

impl Arena {
    pub(super) fn object(&self, id: ObjectId) -> &[AtomicU64] {
        self.words64(word64::OBJECTS + (id.0 as usize).min(MAX_OBJECTS - 1) * OBJECT_WORDS, OBJECT_WORDS)
    }

    /// Makes an object with all its parts in their first state; `cells` is how many cells it has.
    pub fn make_object(
        &self,
        kind: &Kind,
        name: &str,
        owner: Option<ObjectId>,
        home: Option<ActorId>,
        cells: usize,
    ) -> Result<ObjectId, NoRoom> {
        let next = self.word64(word64::NEXT_OBJECT);
        let id = next.fetch_update(SeqCst, SeqCst, |id| (id < MAX_OBJECTS as u64).then_some(id + 1)).map_err(|_| NoRoom::Objects)?;
        let id = ObjectId(id as u16);
        let record = self.object(id);
        for (at, part) in kind.parts.iter().enumerate() {
            let words = match part.shape {
                Shape::Slots | Shape::Count | Shape::Owner => 2,
                Shape::Bytes | Shape::Flag => 1,
                Shape::Cells => 1 + cells,
                Shape::Ends(names) => names.len() * (1 + MAX_HOLDERS),
                Shape::Waiters => 1 + MAX_ACTORS,
            };
            record[object::PARTS + at].store(self.allocate(words)? as u64, SeqCst);
            let part = self.part(PartRef::new(id, at as u8));
            match kind.parts[at].shape {
                Shape::Cells => part.words(1)[0].store(cells as u64, SeqCst),
                Shape::Count => part.set_count(0, None),
                _ => {}
            }
        }
        let owner = owner.map_or(0, |owner| u64::from(owner.0) + 1);
        let home = home.map_or(0, |home| u64::from(home.0) + 1);
        write_text(&record[object::NAME_LEN], &record[object::NAME..object::NAME + object::NAME_WORDS], name);
        record[object::KIND].store(u64::from(kind.id.0) | owner << 8 | home << 32, SeqCst);
        Ok(id)
    }

    /// The name that an object will have in messages.
    pub fn object_name(&self, id: ObjectId) -> String {
        let record = self.object(id);
        read_text(&record[object::NAME_LEN], &record[object::NAME..object::NAME + object::NAME_WORDS])
    }

    fn allocate(&self, words: usize) -> Result<usize, NoRoom> {
        let next = self.word64(word64::NEXT_HEAP);
        let fits = |at: u64| (at as usize).checked_add(words).filter(|end| *end <= HEAP_WORDS).map(|end| end as u64);
        next.fetch_update(SeqCst, SeqCst, fits).map(|at| word64::HEAP + at as usize).map_err(|_| NoRoom::Memory)
    }

    pub fn object_count(&self) -> usize {
        (self.word64(word64::NEXT_OBJECT).load(SeqCst) as usize).min(MAX_OBJECTS)
    }

    /// All objects that are wholly made, in order.
    pub fn object_ids(&self) -> impl Iterator<Item = ObjectId> + '_ {
        (0..self.object_count() as u16).map(ObjectId).filter(|id| self.object(*id)[object::KIND].load(SeqCst) != 0)
    }

    pub fn facts(&self, id: ObjectId) -> ObjectFacts {
        let record = self.object(id);
        let word = record[object::KIND].load(SeqCst);
        let owner = (word >> 8) as u32 & 0xff_ffff;
        let home = (word >> 32) as u32;
        ObjectFacts {
            kind: KindId(word as u8),
            owner: (owner > 0).then(|| ObjectId((owner - 1) as u16)),
            home: (home > 0).then(|| ActorId((home - 1) as u16)),
            broken: record[object::BROKEN].load(SeqCst) != 0,
        }
    }

    pub(super) fn mark_broken(&self, id: ObjectId) {
        self.object(id)[object::BROKEN].store(object::BROKEN_TOLD, SeqCst);
    }

    /// Whether it became broken and the trace did not say so until now; from now on it does.
    pub(super) fn tell_broken(&self, id: ObjectId) -> bool {
        let broken = &self.object(id)[object::BROKEN];
        broken.compare_exchange(object::BROKEN_NEW, object::BROKEN_TOLD, SeqCst, SeqCst).is_ok()
    }

    pub(super) fn set_told(&self, id: ObjectId) {
        self.object(id)[object::TOLD].store(1, SeqCst);
    }

    /// Whether the trace tells of an object's making.
    pub fn is_told(&self, id: ObjectId) -> bool {
        self.object(id)[object::TOLD].load(SeqCst) != 0
    }

    /// The manager that keeps an object for others.
    pub fn manager_of(&self, id: ObjectId) -> Option<ObjectId> {
        let word = self.object(id)[object::KEPT_BY].load(SeqCst);
        (word > 0).then(|| ObjectId((word - 1) as u16))
    }

    pub fn set_manager_of(&self, id: ObjectId, manager: ObjectId) {
        self.object(id)[object::KEPT_BY].store(u64::from(manager.0) + 1, SeqCst);
    }

    /// A word whose meaning the object's own file in `ipc` knows.
    pub fn own_word(&self, id: ObjectId, at: usize) -> &AtomicU64 {
        &self.object(id)[object::OWN + at.min(object::OWN_WORDS - 1)]
    }

    /// Counts everything that may change what a pipe is ready for.
    pub fn pipe_version(&self, id: ObjectId) -> u64 {
        self.object(id)[object::VERSION].load(SeqCst)
    }

    pub fn bump_pipe_version(&self, id: ObjectId) {
        self.object(id)[object::VERSION].fetch_add(1, SeqCst);
    }

    /// The state of a part of an object.
    pub fn part_at(&self, id: ObjectId, part: u8) -> Part<'_> {
        self.part(PartRef::new(id, part))
    }

    /// Takes an object's short internal lock; it is held while the guard lives. What is done under it
    /// neither waits nor fails. Room in the ring must have been waited for before.
    pub fn lock(&self, id: ObjectId, me: ActorId) -> Inner<'_> {
        let word = self.word32(word32::LOCKS + (id.0 as usize).min(MAX_OBJECTS - 1));
        let mine = u32::from(me.0) + 1;
        let mut seen = word.load(SeqCst);
        loop {
            if seen == 0 {
                match word.compare_exchange(0, mine, SeqCst, SeqCst) {
                    Ok(_) => return Inner { arena: self, object: id, mine },
                    Err(now) => seen = now,
                }
                continue;
            }
            // From here on the lock says that somebody sleeps; whoever gets it keeps saying so.
            if seen & CONTENDED == 0 {
                match word.compare_exchange(seen, seen | CONTENDED, SeqCst, SeqCst) {
                    Ok(_) => seen |= CONTENDED,
                    Err(now) => {
                        seen = now;
                        continue;
                    }
                }
            }
            futex::wait(word, seen, Some(Duration::from_millis(20)));
            seen = word.load(SeqCst);
            if seen == 0 {
                match word.compare_exchange(0, mine | CONTENDED, SeqCst, SeqCst) {
                    Ok(_) => return Inner { arena: self, object: id, mine },
                    Err(now) => seen = now,
                }
            }
        }
    }

    /// Takes an internal lock for a repair (host only), from a dead holder too: the object is broken
    /// then. None: a living holder did not let go in time; it may have been stopped.
    pub(super) fn lock_for_repair(&self, id: ObjectId) -> Option<Inner<'_>> {
        let word = self.word32(word32::LOCKS + (id.0 as usize).min(MAX_OBJECTS - 1));
        let mine = u32::from(ActorId::HOST.0) + 1;
        for _ in 0..REPAIR_TRIES {
            let seen = word.load(SeqCst);
            let free_or_dead = match (seen & !CONTENDED).checked_sub(1) {
                None => true,
                Some(holder) => {
                    let dead = self.is_gone(ActorId(holder as u16));
                    if dead {
                        let broken = &self.object(id)[object::BROKEN];
                        // One that is broken already stays so; told or not.
                        let _ = broken.compare_exchange(0, object::BROKEN_NEW, SeqCst, SeqCst);
                    }
                    dead
                }
            };
            if !free_or_dead {
                futex::wait(word, seen, Some(Duration::from_millis(10)));
            } else if word.compare_exchange(seen, mine | seen & CONTENDED, SeqCst, SeqCst).is_ok() {
                return Some(Inner { arena: self, object: id, mine });
            }
        }
        None
    }

    /// Whether an actor can never act again: it has ended, or its process has been reaped.
    pub fn is_gone(&self, id: ActorId) -> bool {
        self.state(id) == State::Dead || self.flag(self.kin(id).process, FLAG_GONE)
    }
}

/// An internal lock that is held.
pub struct Inner<'a> {
    arena: &'a Arena,
    object: ObjectId,
    mine: u32,
}

impl Drop for Inner<'_> {
    fn drop(&mut self) {
        let word = self.arena.word32(word32::LOCKS + (self.object.0 as usize).min(MAX_OBJECTS - 1));
        let before = word.swap(0, SeqCst);
        debug_assert_eq!(before & !CONTENDED, self.mine);
        if before & CONTENDED != 0 {
            futex::wake(word, 1);
        }
    }
}

/// One part's words.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    arena: &'a Arena,
    at: usize,
}

impl<'a> Part<'a> {
    pub(super) fn new(arena: &'a Arena, at: usize) -> Part<'a> {
        Part { arena, at }
    }

    fn words(self, count: usize) -> &'a [AtomicU64] {
        self.arena.words64(self.at, count)
    }

    fn word(self, at: usize) -> &'a AtomicU64 {
        self.arena.word64(self.at + at)
    }

    // Flag

    pub fn flag(self) -> bool {
        self.word(0).load(SeqCst) != 0
    }

    pub fn set_flag(self, up: bool) {
        self.word(0).store(u64::from(up), SeqCst);
    }

    // Count

    pub fn count(self) -> i64 {
        self.word(0).load(SeqCst) as i64
    }

    pub fn count_max(self) -> Option<i64> {
        Some(self.word(1).load(SeqCst)).filter(|max| *max != UNBOUNDED).map(|max| max as i64)
    }

    pub fn set_count(self, value: i64, max: Option<i64>) {
        self.word(0).store(value as u64, SeqCst);
        self.word(1).store(max.map_or(UNBOUNDED, |max| max as u64), SeqCst);
    }

    // Owner

    pub fn owner(self) -> Option<ActorId> {
        let word = self.word(0).load(SeqCst);
        (word > 0).then(|| ActorId((word - 1) as u16))
    }

    pub fn depth(self) -> u32 {
        self.word(1).load(SeqCst) as u32
    }

    pub fn set_owner(self, owner: Option<ActorId>, depth: u32) {
        self.word(1).store(u64::from(depth), SeqCst);
        self.word(0).store(owner.map_or(0, |owner| u64::from(owner.0) + 1), SeqCst);
    }

    // Bytes

    pub fn bytes(self) -> u64 {
        self.word(0).load(SeqCst)
    }

    pub fn set_bytes(self, bytes: u64) {
        self.word(0).store(bytes, SeqCst);
    }

    // Slots

    pub fn slots_len(self) -> u64 {
        self.word(0).load(SeqCst)
    }

    /// Of the ids in order: see [`slots_digest`].
    pub fn slots_digest(self) -> u64 {
        self.word(1).load(SeqCst)
    }

    /// A message joins the end.
    pub fn slots_push(self, message: MessageId) {
        self.word(1).store(self.slots_digest().wrapping_mul(DIGEST_BASE).wrapping_add(message.0), SeqCst);
        self.word(0).fetch_add(1, SeqCst);
    }

    /// The first message, whose id the caller knows, leaves.
    pub fn slots_pop(self, message: MessageId) {
        let length = self.slots_len();
        if length > 0 {
            let weight = DIGEST_BASE.wrapping_pow((length - 1) as u32);
            self.word(1).store(self.slots_digest().wrapping_sub(message.0.wrapping_mul(weight)), SeqCst);
            self.word(0).store(length - 1, SeqCst);
        }
    }

    // Waiters

    pub fn waiters(self) -> Vec<ActorId> {
        let count = (self.word(0).load(SeqCst) as usize).min(MAX_ACTORS);
        (1..=count).map(|at| ActorId(self.word(at).load(SeqCst) as u16)).collect()
    }

    pub fn first_waiter(self) -> Option<ActorId> {
        (self.word(0).load(SeqCst) > 0).then(|| ActorId(self.word(1).load(SeqCst) as u16))
    }

    pub fn has_waiter(self, id: ActorId) -> bool {
        self.waiters().contains(&id)
    }

    pub fn push_waiter(self, id: ActorId) {
        let count = self.word(0).load(SeqCst) as usize;
        if count < MAX_ACTORS && !self.has_waiter(id) {
            self.word(1 + count).store(u64::from(id.0), SeqCst);
            self.word(0).store(count as u64 + 1, SeqCst);
        }
    }

    /// Takes an actor off the list, saying whether it was on it.
    pub fn remove_waiter(self, id: ActorId) -> bool {
        let waiters = self.waiters();
        let Some(at) = waiters.iter().position(|waiter| *waiter == id) else { return false };
        for (at, waiter) in waiters.iter().enumerate().skip(at + 1) {
            self.word(at).store(u64::from(waiter.0), SeqCst);
        }
        self.word(0).store(waiters.len() as u64 - 1, SeqCst);
        true
    }

    // Cells

    pub fn cells_len(self) -> usize {
        self.word(0).load(SeqCst) as usize
    }

    pub fn cell(self, index: usize) -> u64 {
        self.word(1 + index).load(SeqCst)
    }

    pub fn set_cell(self, index: usize, word: u64) {
        self.word(1 + index).store(word, SeqCst);
    }

    /// What the cells of an object in a process's own memory hold, as that process wrote it down when it
    /// was last asked: how many there are, and a digest.
    pub fn cells_digest(self) -> (usize, u64) {
        (self.cells_len(), self.cell(0))
    }

    pub fn set_cells_digest(self, count: usize, digest: u64) {
        self.word(0).store(count as u64, SeqCst);
        self.word(1).store(digest, SeqCst);
    }

    // Ends

    /// Who holds copies of an end, and under which number in its process: in order of opening.
    pub fn holders(self, end: u8) -> Vec<(ActorId, i32)> {
        let base = end as usize * (1 + MAX_HOLDERS);
        let count = (self.word(base).load(SeqCst) as usize).min(MAX_HOLDERS);
        (1..=count)
            .map(|at| {
                let word = self.word(base + at).load(SeqCst);
                (ActorId(word as u16), (word >> 32) as i32)
            })
            .collect()
    }

    /// A process holds one more copy; false if there is no room to remember it.
    pub fn add_holder(self, end: u8, process: ActorId, fd: i32) -> bool {
        let base = end as usize * (1 + MAX_HOLDERS);
        let count = self.word(base).load(SeqCst) as usize;
        if count >= MAX_HOLDERS {
            return false;
        }
        self.word(base + 1 + count).store(u64::from(process.0) | (fd as u32 as u64) << 32, SeqCst);
        self.word(base).store(count as u64 + 1, SeqCst);
        true
    }

    /// A copy is on its way in a message of a process: the host keeps it.
    pub fn add_in_flight(self, end: u8, sender: ActorId) -> bool {
        self.add_holder(end, ActorId::HOST, i32::from(sender.0))
    }

    /// A copy on its way changes its process: whoever has the message claims it, of whosever messages.
    pub fn claim_in_flight(self, end: u8, by: ActorId) -> bool {
        let at = self.holders(end).iter().position(|(holder, _)| *holder == ActorId::HOST);
        if let Some(at) = at {
            let word = u64::from(ActorId::HOST.0) | u64::from(by.0) << 32;
            self.word(end as usize * (1 + MAX_HOLDERS) + 1 + at).store(word, SeqCst);
        }
        at.is_some()
    }

    /// A copy that was on its way in a message of a process is so no more; false if there was none.
    pub fn remove_in_flight(self, end: u8, sender: ActorId) -> bool {
        self.remove_where(end, |holder, of| holder == ActorId::HOST && of == i32::from(sender.0))
    }

    /// Whether any copy of an end is on its way.
    pub fn is_in_flight(self, end: u8) -> bool {
        self.holders(end).iter().any(|(holder, _)| *holder == ActorId::HOST)
    }

    /// A process holds one copy less; false if it held none.
    pub fn remove_holder(self, end: u8, process: ActorId) -> bool {
        self.remove_where(end, |holder, _| holder == process)
    }

    fn remove_where(self, end: u8, is: impl Fn(ActorId, i32) -> bool) -> bool {
        let base = end as usize * (1 + MAX_HOLDERS);
        let holders = self.holders(end);
        let Some(at) = holders.iter().position(|(holder, fd)| is(*holder, *fd)) else { return false };
        for (at, (holder, fd)) in holders.iter().enumerate().skip(at + 1) {
            self.word(base + at).store(u64::from(holder.0) | (*fd as u32 as u64) << 32, SeqCst);
        }
        self.word(base).store(holders.len() as u64 - 1, SeqCst);
        true
    }

    /// Overwrites a part's word behind everyone's back and gives what it was: for tests of the audit.
    pub fn spoil(self, word: usize, value: u64) -> u64 {
        self.word(word).swap(value, SeqCst)
    }
}

const DIGEST_BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The digest of messages in order, as slots in the arena keep it.
pub fn slots_digest(messages: impl IntoIterator<Item = MessageId>) -> u64 {
    messages.into_iter().fold(0, |digest: u64, message| digest.wrapping_mul(DIGEST_BASE).wrapping_add(message.0))
}

/// Whether an actor can still act.
pub fn is_alive(arena: &Arena, id: ActorId) -> bool {
    !matches!(arena.state(id), State::Dead | State::Unused)
}
