//! The trace ring: many writers, one reader, one total order, nothing dropped.
//!
//! Positions count from 0 for ever; position p lies in slot p mod size, in lap p / size. A slot begins
//! with two words:
//!
//! ```text
//! claim   lap << 16 | writer + 1     who writes in this lap; the low bits are 0 while it is free
//! ready   lap + 1 << 16 | length     the payload of this lap is whole
//! ```
//!
//! So memory that is all zero is an empty ring, and a page of it is touched when its first event is
//! written: a run that tells little takes little memory, and begins at once.
//!
//! *Writing.* A writer reads `head`, the first position that may be free, and claims its slot by one
//! compare-and-swap from "free in p's lap" to "p's lap, written by me". That exchange is the moment at which
//! the event gets its place in the order. Then the writer moves `head` past p, copies the payload
//! and stores `ready`. Whoever finds p claimed moves `head` on by itself, so a writer that dies
//! between claim and `head` stops nobody. A writer that slept since it read `head` cannot claim a
//! slot that has been used since, because the claim has another lap by then.
//!
//! *Order.* Positions are claimed without gaps, since `head` moves past claimed ones only. So of two
//! pushes of which one returned before the other began (on whatever threads, in whatever
//! processes), the first has the lower position: the order of the trace respects cause and effect,
//! and each writer's own order.
//!
//! *Reading.* The one reader takes positions in turn. It copies a ready payload out, or waits for a
//! claimed one; where the claimer is dead, the position is counted as skipped. It looks at `ready`
//! once more after it learnt of the death, for the writer's last act may have been to finish. Then
//! it moves `head` past p (the dead may not have), frees the slot for the next lap, and moves `tail`. So `tail` never passes `head`, and room that can be seen is room indeed.
//!
//! *Death* at any point thus costs the dead one's unfinished event and nothing else. *Full* is a
//! matter of courtesy: writers wait until `has_room` before they begin an operation, so that nobody
//! waits here while holding a lock; a push into a full ring yields until the reader made room.
//!
//! The ring is words that somebody else keeps: it knows no mapping, no clock and no way to sleep.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use crate::sys::mapping::{read_into, write_bytes};
use crate::trace::ActorId;
use crate::trace::codec::EVENT_LIMIT;

/// Words of one slot: 1 KiB.
pub const SLOT_WORDS: usize = 128;
/// Words of the ring's own bookkeeping.
pub const CONTROL_WORDS: usize = 3;
/// The most bytes that a slot carries.
pub const PAYLOAD_BYTES: usize = (SLOT_WORDS - PAYLOAD) * 8;
/// The most events that one operation emits between two looks for room.
pub const MOST_EVENTS: u64 = 8;

/// Every event fits a slot.
const _: () = assert!(EVENT_LIMIT <= PAYLOAD_BYTES);

const HEAD: usize = 0;
const TAIL: usize = 1;
const SKIPPED: usize = 2;

const CLAIM: usize = 0;
const READY: usize = 1;
const PAYLOAD: usize = 2;

/// The low bits of a claim and of a ready word: the writer, or the length.
const LOW_BITS: u32 = 16;
const LOW: u64 = (1 << LOW_BITS) - 1;

/// What the reader found at the tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pop {
    /// An event that this actor wrote; the buffer has it.
    Event(ActorId),
    /// An event that this actor died over, which is lost.
    Skipped(ActorId),
    /// Nothing that is finished.
    Empty,
}

/// A view of the words that make up a ring; copies of it are the same ring.
#[derive(Clone, Copy, Debug)]
pub struct Ring<'a> {
    control: &'a [AtomicU64],
    slots: &'a [AtomicU64],
}

impl<'a> Ring<'a> {
    /// A ring over `CONTROL_WORDS` words and slots of `SLOT_WORDS` words each, at least one. Where
    /// all of them are zero, it is empty.
    pub fn new(control: &'a [AtomicU64], slots: &'a [AtomicU64]) -> Ring<'a> {
        Ring { control, slots }
    }

    /// Whether an operation may begin: every one of `actors`, and the host, can then emit as many
    /// events as an operation has, and all fit.
    pub fn has_room(&self, actors: u32) -> bool {
        // The tail first: the head is never behind it, and a stale tail only makes us wait.
        let tail = self.tail();
        self.head() - tail + (u64::from(actors) + 1) * MOST_EVENTS <= self.size()
    }

    /// Writes one event and gives its position. What goes beyond `PAYLOAD_BYTES` is cut.
    pub fn push(&self, writer: ActorId, payload: &[u8]) -> u64 {
        let position = self.claim(writer);
        self.advance(position);
        self.fill(position, payload);
        self.publish(position, payload.len());
        position
    }

    /// Takes the event at the tail into `buffer`. For the one reader. `is_dead` must say so only of
    /// an actor that can never run again.
    pub fn pop(&self, buffer: &mut Vec<u8>, is_dead: impl Fn(ActorId) -> bool) -> Pop {
        let position = self.tail();
        let slot = self.slot(position);
        let Some(writer) = writer_of(slot[CLAIM].load(SeqCst)) else { return Pop::Empty };
        let finished = || {
            let ready = slot[READY].load(SeqCst);
            (ready >> LOW_BITS == self.lap(position) + 1).then_some((ready & LOW) as usize)
        };
        let length = match finished() {
            Some(length) => Some(length),
            None if is_dead(writer) => finished(),
            None => return Pop::Empty,
        };
        match length {
            Some(length) => read_into(&slot[PAYLOAD..], length, buffer),
            None => {
                buffer.clear();
                self.control[SKIPPED].fetch_add(1, SeqCst);
            }
        }
        self.advance(position);
        slot[CLAIM].store(free_in(self.lap(position) + 1), SeqCst);
        self.control[TAIL].store(position + 1, SeqCst);
        if length.is_some() { Pop::Event(writer) } else { Pop::Skipped(writer) }
    }

    /// The first position that may not be claimed yet: all before it are.
    pub fn head(&self) -> u64 {
        self.control[HEAD].load(SeqCst)
    }

    /// The position that is read next.
    pub fn tail(&self) -> u64 {
        self.control[TAIL].load(SeqCst)
    }

    /// How many events were lost with their writers.
    pub fn skipped(&self) -> u64 {
        self.control[SKIPPED].load(SeqCst)
    }

    /// The number of slots.
    pub fn size(&self) -> u64 {
        (self.slots.len() / SLOT_WORDS) as u64
    }

    fn lap(&self, position: u64) -> u64 {
        position / self.size()
    }

    fn slot(&self, position: u64) -> &'a [AtomicU64] {
        let start = (position % self.size()) as usize * SLOT_WORDS;
        &self.slots[start..start + SLOT_WORDS]
    }

    /// Takes a position for the writer, without moving the head past it.
    fn claim(&self, writer: ActorId) -> u64 {
        loop {
            let position = self.head();
            let lap = self.lap(position);
            let claim = &self.slot(position)[CLAIM];
            let ours = free_in(lap) | (u64::from(writer.0) + 1);
            match claim.compare_exchange(free_in(lap), ours, SeqCst, SeqCst) {
                Ok(_) => return position,
                // An event of the lap before is still to be read: the ring is full.
                Err(other) if other >> LOW_BITS < lap => thread::yield_now(),
                // Somebody took the position, and may have died before moving the head.
                Err(_) => self.advance(position),
            }
        }
    }

    /// Moves the head past a position that is claimed, unless somebody did.
    fn advance(&self, position: u64) {
        let _ = self.control[HEAD].compare_exchange(position, position + 1, SeqCst, SeqCst);
    }

    fn fill(&self, position: u64, payload: &[u8]) {
        write_bytes(&self.slot(position)[PAYLOAD..], payload);
    }

    fn publish(&self, position: u64, length: usize) {
        let length = length.min(PAYLOAD_BYTES) as u64;
        self.slot(position)[READY].store((self.lap(position) + 1) << LOW_BITS | length, SeqCst);
    }
}

/// The claim word of a slot that is free in this lap.
fn free_in(lap: u64) -> u64 {
    lap << LOW_BITS
}

/// Who claimed a slot, if anybody. Actor 65535 has no number here and does not exist.
fn writer_of(claim: u64) -> Option<ActorId> {
    (claim & LOW).checked_sub(1).map(|writer| ActorId(writer as u16))
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
