//! Where everything lies in the arena. Two sorts of words, so that no memory is ever accessed in two
//! sizes: 32-bit words are what threads sleep on, 64-bit words are everything else. Names no type
//! that acts; pages that nobody touches cost nothing.

use super::ring::{CONTROL_WORDS, SLOT_WORDS};
use crate::kind;
use crate::sys::mapping::Layout;

/// The most actors of one run. Ids are never used again.
pub const MAX_ACTORS: usize = 1024;
/// The most objects of one run.
pub const MAX_OBJECTS: usize = 4096;
/// The most processes that may hold copies of one end at one time.
pub const MAX_HOLDERS: usize = 1024;
/// The most copies of ends that may be on their way in messages at one time.
pub const MAX_FLIGHTS: usize = 1024;
/// Words for what objects are made of: 256 MiB.
pub const HEAP_WORDS: usize = 32 << 20;
/// The most cells that the arrays of a run have together. Whoever shows them keeps some hundred bytes of each.
pub const MAX_CELLS: usize = 4 << 20;
/// Slots of the trace ring, one event each.
pub const RING_SLOTS: usize = 16 * 1024;

/// Words of the one message that the mailbox holds.
pub const MAIL_WORDS: usize = 512;

/// 32-bit words.
pub mod word32 {
    use super::{MAX_ACTORS, MAX_OBJECTS};

    /// 0: free, 1: gated.
    pub const GATE: usize = 0;
    /// Counts what the host should look at.
    pub const BELL: usize = 1;
    /// The host sleeps on the bell.
    pub const HOST_SLEEPS: usize = 2;
    /// Changes whenever the reader of the ring made room.
    pub const ROOM: usize = 3;
    /// Writers that wait for room.
    pub const ROOM_WAITERS: usize = 4;
    /// Rung when the ring is a quarter full.
    pub const DRAIN: usize = 5;
    /// Odd while the clock is being set.
    pub const CLOCK_SEQUENCE: usize = 6;
    /// One word for each actor: seq << 4 | state.
    pub const ACTORS: usize = 16;
    /// One short internal lock for each object: 0, or holder + 1, with the top bit if others sleep.
    pub const LOCKS: usize = ACTORS + MAX_ACTORS;
    pub const COUNT: usize = LOCKS + MAX_OBJECTS;
}

/// 64-bit words.
pub mod word64 {
    use super::{CONTROL_WORDS, HEAP_WORDS, MAX_ACTORS, MAX_FLIGHTS, MAX_OBJECTS, RING_SLOTS, SLOT_WORDS};

    pub const MAGIC: usize = 0;
    /// Virtual time at which the clock was last set.
    pub const CLOCK_VIRTUAL: usize = 1;
    /// Wall time (CLOCK_MONOTONIC) at which the clock was last set.
    pub const CLOCK_WALL: usize = 2;
    /// Thousandths of virtual time per wall time; 0 while it stands.
    pub const CLOCK_SPEED: usize = 3;
    /// Wall time at which the run began.
    pub const WALL_START: usize = 4;
    pub const NEXT_ACTOR: usize = 5;
    pub const NEXT_OBJECT: usize = 6;
    pub const NEXT_MESSAGE: usize = 7;
    pub const NEXT_HEAP: usize = 8;
    /// Operations that came to an outcome: what *stuck* and *paused* are measured by.
    pub const WRITES: usize = 9;
    /// Counts changes of flights.
    pub const FLIGHTS_CHANGED: usize = 10;
    /// Whose message lies in the mailbox, + 1.
    pub const MAIL_FOR: usize = 11;
    pub const MAIL_LEN: usize = 12;
    /// Bytes that the processes of the run use together, and may use.
    pub const MEMORY_USED: usize = 13;
    pub const MEMORY_BUDGET: usize = 14;
    /// Cells of arrays made so far.
    pub const CELLS: usize = 15;
    pub const RING_CONTROL: usize = 16;
    pub const MAIL: usize = RING_CONTROL + CONTROL_WORDS;
    pub const ACTORS: usize = MAIL + super::MAIL_WORDS;
    pub const OBJECTS: usize = ACTORS + MAX_ACTORS * super::ACTOR_WORDS;
    pub const FLIGHTS: usize = OBJECTS + MAX_OBJECTS * super::OBJECT_WORDS;
    pub const HEAP: usize = FLIGHTS + MAX_FLIGHTS * super::FLIGHT_WORDS;
    pub const RING: usize = HEAP + HEAP_WORDS;
    pub const COUNT: usize = RING + RING_SLOTS * SLOT_WORDS;
}

/// Words of one actor's record.
pub const ACTOR_WORDS: usize = 128;

/// Fields of an actor's record.
pub mod actor {
    /// pid | tid << 32
    pub const IDS: usize = 0;
    /// process | (creator + 1) << 16 | role << 48
    pub const KIN: usize = 1;
    /// The object that a helper works for, + 1.
    pub const WORKS_FOR: usize = 2;
    /// op | line << 32
    pub const OP: usize = 3;
    pub const ON: usize = 4;
    /// Virtual time, or `u64::MAX`.
    pub const DEADLINE: usize = 5;
    pub const UNTIL_COUNT: usize = 6;
    /// Answer to the last probe: 1 if one of the waits for a pipe holds.
    pub const PROBE: usize = 15;
    /// Bits below.
    pub const FLAGS: usize = 16;
    /// How it ended: 0 not yet, else tag << 32 | number.
    pub const CAUSE: usize = 17;
    /// Handles of children that it made so far: their names count on it.
    pub const CHILDREN: usize = 18;
    /// Seed of its random stream.
    pub const RANDOM: usize = 19;
    pub const NAME_LEN: usize = 21;
    pub const NAME: usize = 22;
    pub const NAME_WORDS: usize = 8;
    pub const DETAIL_LEN: usize = 30;
    pub const DETAIL_WHOLE: usize = 31;
    pub const DETAIL_HASH: usize = 32;
    pub const DETAIL: usize = 33;
    pub const DETAIL_WORDS: usize = 12;
    pub const FUNCTION_LEN: usize = 45;
    pub const FUNCTION: usize = 46;
    pub const FUNCTION_WORDS: usize = 8;
    /// Set by the host at its death: it had been notified and had not yet had the lock back.
    pub const NOTIFIED: usize = 54;
    /// Children that it started so far: random streams count on it.
    pub const STARTS: usize = 55;
    /// Its place in a row of waiters, or what whoever let it go has put there.
    pub const PLACE: usize = 56;
    /// The process for which a thread of another one acts, + 1.
    pub const ACTS_FOR: usize = 57;
    /// The deadly signal that is on its way to it, and who sends it: signal | (process + 1) << 16.
    pub const EXPECTS: usize = 58;
    /// Bytes of memory that the process last said it uses.
    pub const MEMORY: usize = 59;
    /// The last words of the record: a pool's handler waits for each of its workers.
    pub const UNTIL: usize = 64;
    pub const UNTIL_MAX: usize = 64;

    /// Its next step is written here and not yet in the trace.
    pub const FLAG_ANNOUNCED: u64 = 1;
    /// Its next step waits for nothing.
    pub const FLAG_FRESH: u64 = 2;
    /// The trace tells of its birth.
    pub const FLAG_BORN: u64 = 4;
    /// Its end has been seen; the number of its process may be used again by the system.
    pub const FLAG_GONE: u64 = 8;
    pub const FLAG_DAEMON: u64 = 16;
    /// The process for which it acts has died: it waits for nothing any more.
    pub const FLAG_CANCELLED: u64 = 32;
}

/// Words of one object's record.
pub const OBJECT_WORDS: usize = 48;

/// Fields of an object's record.
pub mod object {
    /// kind | (owner + 1) << 8 | (home + 1) << 32; 0 if there is none
    pub const KIND: usize = 0;
    /// 0, or one of the two below.
    pub const BROKEN: usize = 1;
    /// Somebody died inside it; the trace does not say so yet.
    pub const BROKEN_NEW: u64 = 1;
    pub const BROKEN_TOLD: u64 = 2;
    /// Changes with everything that may change what a pipe is ready for.
    pub const VERSION: usize = 2;
    /// 1 once the trace tells of its making: whoever dies before leaves an object that is nobody's.
    pub const TOLD: usize = 3;
    /// Where its parts lie in the heap, from here on.
    pub const PARTS: usize = 4;
    pub const MAX_PARTS: usize = 12;
    /// Words whose meaning the object's own file in `ipc` knows.
    pub const OWN: usize = 16;
    pub const OWN_WORDS: usize = 16;
    pub const NAME_LEN: usize = 32;
    pub const NAME: usize = 33;
    pub const NAME_WORDS: usize = 8;
    /// The manager that keeps it for others, + 1.
    pub const KEPT_BY: usize = 41;
}

/// Words of one copy's record that travels in a message.
pub const FLIGHT_WORDS: usize = 3;

/// Fields of such a record.
pub mod flight {
    /// Where its message is; 0 if there is none.
    pub const PLACE: usize = 0;
    /// The end that it is a copy of.
    pub const END: usize = 1;
    /// The message, once it is in a pipe.
    pub const MESSAGE: usize = 2;
}

pub const LAYOUT: Layout = Layout { words32: word32::COUNT, words64: word64::COUNT };

/// Fields follow one another, and records hold all of theirs.
const _: () = {
    assert!(actor::MEMORY < actor::UNTIL && actor::UNTIL + actor::UNTIL_MAX == ACTOR_WORDS);
    assert!(actor::NAME + actor::NAME_WORDS == actor::DETAIL_LEN && actor::FUNCTION + actor::FUNCTION_WORDS == actor::NOTIFIED);
    assert!(object::PARTS + object::MAX_PARTS == object::OWN && object::OWN + object::OWN_WORDS == object::NAME_LEN);
    assert!(object::NAME + object::NAME_WORDS == object::KEPT_BY && object::KEPT_BY < OBJECT_WORDS);
};

/// Every kind's parts find room in a record.
const _: () = {
    let mut kinds = kind::ALL;
    while let [first, rest @ ..] = kinds {
        assert!(first.parts.len() <= object::MAX_PARTS);
        kinds = rest;
    }
};
