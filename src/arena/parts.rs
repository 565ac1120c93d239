//! Parts as words. They are only changed under their object's internal lock; anyone may look at them at
//! any time, and whoever looks without the lock looks again.
//!
//! What lies in a part: Slots: count, digest of the ids in order · Cells: count, words ·
//! Bytes: number, pages of a pipe (see `pages`) · Ends: for each end a count and its holders · Count: value, bound · Flag: 0 or 1 ·
//! Owner: actor + 1, depth · Waiters: count, actors in order.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;

use super::Arena;
use super::flights::FlightId;
use super::layout::{MAX_ACTORS, MAX_HOLDERS};
use super::pages;
use crate::kind::{self, Shape};
use crate::trace::{ActorId, MessageId};

/// No bound, in a count.
const UNBOUNDED: u64 = u64::MAX;

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

    /// How many words a part takes; `cells`: how many it has, if it is cells.
    pub(super) fn words_for(shape: Shape, cells: usize) -> usize {
        match shape {
            Shape::Slots | Shape::Count | Shape::Owner => 2,
            Shape::Bytes => pages::WORDS,
            Shape::Flag => 1,
            Shape::Cells => 1 + cells,
            Shape::Ends(names) => names.len() * (1 + MAX_HOLDERS),
            Shape::Waiters => 1 + MAX_ACTORS,
        }
    }

    /// Its first state, where that is not all zeros, which new memory is.
    pub(super) fn begin(self, def: &kind::Part, cells: usize) {
        match def.shape {
            Shape::Cells => self.word(0).store(cells as u64, SeqCst),
            Shape::Count => self.set_count(def.unbounded().unwrap_or(0), None),
            _ => {}
        }
    }

    fn word(self, at: usize) -> &'a AtomicU64 {
        self.arena.word64(self.at + at)
    }

    // Flag

    /// Of a flag: whether it is up.
    pub fn flag(self) -> bool {
        self.word(0).load(SeqCst) != 0
    }

    /// Of a flag: puts it up or down, and wakes no waiter.
    pub fn set_flag(self, up: bool) {
        self.word(0).store(u64::from(up), SeqCst);
    }

    // Count

    /// Of a count: its value.
    pub fn count(self) -> i64 {
        self.word(0).load(SeqCst) as i64
    }

    /// Of a count: the bound of its value; `None` if it has none.
    pub fn count_max(self) -> Option<i64> {
        Some(self.word(1).load(SeqCst)).filter(|max| *max != UNBOUNDED).map(|max| max as i64)
    }

    /// Of a count: sets its value and its bound.
    pub fn set_count(self, value: i64, max: Option<i64>) {
        self.word(0).store(value as u64, SeqCst);
        self.word(1).store(max.map_or(UNBOUNDED, |max| max as u64), SeqCst);
    }

    // Owner

    /// Of an owner: the actor that owns it, or `None` while it is free.
    pub fn owner(self) -> Option<ActorId> {
        let word = self.word(0).load(SeqCst);
        (word > 0).then(|| ActorId((word - 1) as u16))
    }

    /// Of an owner: how many times over it is owned.
    pub fn depth(self) -> u32 {
        self.word(1).load(SeqCst) as u32
    }

    /// Of an owner: sets the actor and its depth; the depth is written first.
    pub fn set_owner(self, owner: Option<ActorId>, depth: u32) {
        self.word(1).store(u64::from(depth), SeqCst);
        self.word(0).store(owner.map_or(0, |owner| u64::from(owner.0) + 1), SeqCst);
    }

    // Bytes

    /// Of bytes: how many there are.
    pub fn bytes(self) -> u64 {
        self.word(0).load(SeqCst)
    }

    pub(super) fn get(self, word: usize) -> u64 {
        self.word(word).load(SeqCst)
    }

    pub(super) fn put(self, word: usize, value: u64) {
        self.word(word).store(value, SeqCst);
    }

    // Slots

    /// Of slots: how many messages there are.
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

    /// Of waiters: all of them, the first in line first.
    pub fn waiters(self) -> Vec<ActorId> {
        let count = (self.word(0).load(SeqCst) as usize).min(MAX_ACTORS);
        (1..=count).map(|at| ActorId(self.word(at).load(SeqCst) as u16)).collect()
    }

    /// Of waiters: the first in line.
    pub fn first_waiter(self) -> Option<ActorId> {
        (self.word(0).load(SeqCst) > 0).then(|| ActorId(self.word(1).load(SeqCst) as u16))
    }

    /// Of waiters: whether this actor stands in line.
    pub fn has_waiter(self, id: ActorId) -> bool {
        self.waiters().contains(&id)
    }

    /// Of waiters: puts an actor at the end of the line, unless it stands there already.
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

    /// Of cells: how many there are.
    pub fn cells_len(self) -> usize {
        self.word(0).load(SeqCst) as usize
    }

    /// Of cells: the word at an index, counted from 0.
    pub fn cell(self, index: usize) -> u64 {
        self.word(1 + index).load(SeqCst)
    }

    /// Of cells: writes the word at an index, counted from 0.
    pub fn set_cell(self, index: usize, word: u64) {
        self.word(1 + index).store(word, SeqCst);
    }

    /// What the cells of an object in a process's own memory hold, as that process wrote it down when it
    /// was last asked: how many there are, and a digest.
    pub fn cells_digest(self) -> (usize, u64) {
        (self.cells_len(), self.cell(0))
    }

    /// Of cells that lie elsewhere: how many there are, and the digest of them all.
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

    /// A copy is on its way in a message: the host keeps it. False if there is no room to remember it.
    pub fn add_in_flight(self, end: u8, flight: FlightId) -> bool {
        self.add_holder(end, ActorId::HOST, i32::from(flight.0))
    }

    /// A copy is on its way no more; false if it was not.
    pub(super) fn remove_in_flight(self, end: u8, flight: FlightId) -> bool {
        self.remove_where(end, |holder, number| holder == ActorId::HOST && number == i32::from(flight.0))
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
