//! What all processes of a run map: control block, gate, clock, actor table, objects and their parts,
//! trace ring.
//!
//! Invariant: everything in here is words that are only touched atomically; whoever dies at any
//! point leaves words that the host can repair. Knows parts, no primitive.

pub mod actors;
pub mod clock;
pub mod flights;
pub mod gate;
pub mod layout;
pub mod lock;
pub mod mailbox;
mod memory;
pub mod objects;
pub mod pages;
pub mod parts;
pub mod repair;
pub mod ring;
pub mod wait;

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::Duration;

use layout::{LAYOUT, RING_SLOTS, word32, word64};

use crate::sys::futex;
use crate::sys::mapping::Mapping;
use crate::trace::codec::{self, EVENT_LIMIT};
use crate::trace::{Acted, ActorId, Body, Change, Event, MessageId, ObjectId};
use ring::{CONTROL_WORDS, Ring, SLOT_WORDS};

const MAGIC: u64 = 0x3170_6f63_7363_7069; // "ipcscop1"

/// What the memory is called in `/proc/PID/fd`.
const NAME: &str = "ipcscope";

/// The run's shared memory.
pub struct Arena {
    mapping: Mapping,
}

impl Arena {
    /// Creates the memory of a new run (host only) and gives its descriptor.
    pub fn create() -> io::Result<(Arena, OwnedFd)> {
        let (mapping, fd) = Mapping::create(NAME, LAYOUT)?;
        let arena = Arena { mapping };
        arena.word64(word64::MAGIC).store(MAGIC, SeqCst);
        arena.word64(word64::NEXT_ACTOR).store(u64::from(ActorId::MAIN.0), SeqCst);
        arena.word64(word64::NEXT_MESSAGE).store(1, SeqCst);
        arena.word64(word64::WALL_START).store(crate::sys::clock::monotonic(), SeqCst);
        arena.set_memory_budget(u64::MAX);
        Ok((arena, fd))
    }

    /// Whether a descriptor is the memory of a run, or claims to be: to be asked before anything is taken over.
    pub fn is_at(fd: RawFd) -> bool {
        crate::sys::child::is_memfd(fd, NAME)
    }

    /// Maps the memory of a run that somebody else created.
    pub fn open(fd: BorrowedFd<'_>) -> io::Result<Arena> {
        let arena = Arena { mapping: Mapping::open(fd, LAYOUT)? };
        if arena.word64(word64::MAGIC).load(SeqCst) != MAGIC {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this is not the shared memory of a run"));
        }
        Ok(arena)
    }

    pub(crate) fn word32(&self, at: usize) -> &AtomicU32 {
        &self.mapping.words32()[at]
    }

    pub(crate) fn word64(&self, at: usize) -> &AtomicU64 {
        &self.mapping.words64()[at]
    }

    pub(crate) fn words64(&self, at: usize, count: usize) -> &[AtomicU64] {
        &self.mapping.words64()[at..at + count]
    }

    /// Wall time since the run began, in nanoseconds.
    pub fn wall(&self) -> u64 {
        crate::sys::clock::monotonic().saturating_sub(self.word64(word64::WALL_START).load(SeqCst))
    }

    /// Names a new message.
    pub fn next_message(&self) -> MessageId {
        MessageId(self.word64(word64::NEXT_MESSAGE).fetch_add(1, SeqCst))
    }

    /// Events written so far: while it stands still, nobody has done anything.
    pub fn writes(&self) -> u64 {
        self.word64(word64::WRITES).load(SeqCst)
    }

    /// The ring of events with its control words.
    pub fn ring(&self) -> Ring<'_> {
        Ring::new(self.words64(word64::RING_CONTROL, CONTROL_WORDS), self.words64(word64::RING, RING_SLOTS * SLOT_WORDS))
    }

    /// Waits until the ring has room for whatever one operation emits. To be called before an internal
    /// lock is taken, never while one is held.
    pub fn wait_for_room(&self) {
        let actors = self.actor_count() as u32;
        while !self.ring().has_room(actors) {
            let room = self.word32(word32::ROOM);
            let seen = room.load(SeqCst);
            self.word32(word32::ROOM_WAITERS).fetch_add(1, SeqCst);
            self.ask_to_drain();
            if !self.ring().has_room(actors) {
                futex::wait(room, seen, Some(Duration::from_millis(50)));
            }
            self.word32(word32::ROOM_WAITERS).fetch_sub(1, SeqCst);
        }
    }

    /// Tells writers that the reader has made room.
    pub fn made_room(&self) {
        let room = self.word32(word32::ROOM);
        room.fetch_add(1, SeqCst);
        if self.word32(word32::ROOM_WAITERS).load(SeqCst) > 0 {
            futex::wake_all(room);
        }
    }

    /// Wakes the reader of the ring before its timer does.
    pub fn ask_to_drain(&self) {
        let drain = self.word32(word32::DRAIN);
        drain.fetch_add(1, SeqCst);
        futex::wake_all(drain);
    }

    /// Sleeps until somebody asks to drain, or the time is over.
    pub fn wait_to_drain(&self, seen: u32, limit: Duration) {
        futex::wait(self.word32(word32::DRAIN), seen, Some(limit));
    }

    /// What `wait_to_drain` compares with; to be read before the ring is looked at.
    pub fn drain_requests(&self) -> u32 {
        self.word32(word32::DRAIN).load(SeqCst)
    }

    /// Writes one event to the trace, at the arena's time.
    pub fn emit(&self, actor: ActorId, body: Body) {
        self.emit_as(actor, actor, body);
    }

    /// Writes an event about one actor that another one (the host) claims the slot for.
    pub fn emit_as(&self, writer: ActorId, actor: ActorId, body: Body) {
        let event = Event { actor, time: self.now(), wall: self.wall(), body };
        let mut room = [0u8; EVENT_LIMIT];
        let made = made_in(&event.body);
        match codec::encode_into(&event, &mut room) {
            Ok(length) => self.push(writer, &room[..length]),
            Err(_) => self.emit_in_pieces(writer, event),
        }
        made.into_iter().for_each(|object| self.set_told(object));
    }

    /// An event with more changes than fit a slot goes on in `Also`; nobody else's event about the
    /// same parts can come between, because their internal lock is held.
    fn emit_in_pieces(&self, writer: ActorId, mut event: Event) {
        let changes = match &mut event.body {
            Body::Acted(Acted { changes, .. }) => std::mem::take(changes),
            Body::Died(died) => std::mem::take(&mut died.changes),
            Body::Also { changes } => std::mem::take(changes),
            _ => Vec::new(),
        };
        if changes.len() < 2 {
            // Texts are bounded by their makers, so a single change always fits; say so if not.
            let lost = Event { body: Body::Lost { count: 1 }, ..event };
            if let Ok(bytes) = codec::encode(&lost) {
                self.push(writer, &bytes);
            }
            return;
        }
        let (first, rest) = changes.split_at(changes.len() / 2);
        let (actor, time, wall) = (event.actor, event.time, event.wall);
        match &mut event.body {
            Body::Acted(acted) => acted.changes = first.to_vec(),
            Body::Died(died) => died.changes = first.to_vec(),
            _ => event.body = Body::Also { changes: first.to_vec() },
        }
        for piece in [event, Event { actor, time, wall, body: Body::Also { changes: rest.to_vec() } }] {
            match codec::encode(&piece) {
                Ok(bytes) if bytes.len() <= EVENT_LIMIT => self.push(writer, &bytes),
                _ => self.emit_in_pieces(writer, piece),
            }
        }
    }

    fn push(&self, writer: ActorId, bytes: &[u8]) {
        let ring = self.ring();
        let at = ring.push(writer, bytes);
        self.word64(word64::WRITES).fetch_add(1, SeqCst);
        if at.is_multiple_of(RING_SLOTS as u64 / 4) {
            self.ask_to_drain();
        }
    }
}

/// The objects whose making an event tells of.
fn made_in(body: &Body) -> Vec<ObjectId> {
    let changes = match body {
        Body::Acted(acted) => &acted.changes,
        Body::Also { changes } => changes,
        _ => return Vec::new(),
    };
    changes.iter().filter_map(|change| if let Change::Made { object, .. } = change { Some(*object) } else { None }).collect()
}

/// Shorthand for the one way in which changes are collected.
pub type Changes = Vec<Change>;

#[cfg(all(test, not(miri)))]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn memory_that_nobody_has_touched_costs_nothing() {
        let (arena, fd) = Arena::create().expect("memory");
        for _ in 0..100 {
            arena.emit(ActorId::HOST, Body::Lost { count: 1 });
        }
        let taken = File::from(fd).metadata().expect("its size").blocks() * 512;
        // The ring alone has 16 MiB; some machines give memory in pages of 2 MiB.
        assert!((100 << 10..8 << 20).contains(&taken), "{taken} bytes for a hundred events");
    }
}
