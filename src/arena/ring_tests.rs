//! The ring under threads that hurry, yield and die, read by one that checks everything.
//!
//! Sizes are small under Miri, whose schedules and weak memory are the harsher test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::{Duration, Instant};

use super::*;

const ALIVE: fn(ActorId) -> bool = |_| false;

/// Words for a ring, as the arena has them in shared memory.
struct Memory {
    control: Vec<AtomicU64>,
    slots: Vec<AtomicU64>,
}

impl Memory {
    fn new(size: usize) -> Memory {
        let words = |count| (0..count).map(|_| AtomicU64::new(0)).collect();
        Memory { control: words(CONTROL_WORDS), slots: words(size * SLOT_WORDS) }
    }

    fn ring(&self) -> Ring<'_> {
        Ring::new(&self.control, &self.slots)
    }
}

#[test]
fn events_come_out_as_they_went_in_for_many_laps() {
    let memory = Memory::new(3);
    let ring = memory.ring();
    let mut buffer = vec![9; 5];
    for round in 0..20u64 {
        assert_eq!(ring.pop(&mut buffer, ALIVE), Pop::Empty);
        for writer in 0..3 {
            let payload = vec![writer as u8; (round * 61) as usize % (PAYLOAD_BYTES + 1)];
            assert_eq!(ring.push(ActorId(writer), &payload), round * 3 + u64::from(writer));
        }
        for writer in 0..3 {
            assert_eq!(ring.pop(&mut buffer, ALIVE), Pop::Event(ActorId(writer)));
            assert_eq!(buffer, vec![writer as u8; (round * 61) as usize % (PAYLOAD_BYTES + 1)]);
        }
    }
    assert_eq!((ring.head(), ring.tail(), ring.skipped()), (60, 60, 0));
}

#[test]
fn what_does_not_fit_is_cut() {
    let memory = Memory::new(1);
    let mut buffer = Vec::new();
    memory.ring().push(ActorId(65534), &[7; PAYLOAD_BYTES + 1]);
    assert_eq!(memory.ring().pop(&mut buffer, ALIVE), Pop::Event(ActorId(65534)));
    assert_eq!(buffer, [7; PAYLOAD_BYTES]);
}

#[test]
fn room_is_for_every_actor_and_the_host() {
    let memory = Memory::new(32);
    let ring = memory.ring();
    assert!(ring.has_room(3) && !ring.has_room(4));
    ring.push(ActorId(1), b"x");
    assert!(ring.has_room(2) && !ring.has_room(3));
    ring.pop(&mut Vec::new(), ALIVE);
    assert!(ring.has_room(3));
}

#[test]
fn a_living_writer_is_waited_for_and_a_dead_one_skipped() {
    let memory = Memory::new(4);
    let ring = memory.ring();
    let mut buffer = Vec::new();
    for _ in 0..5 {
        // Dead before it moved the head, before it wrote, before it published, and after.
        for stage in 0..4 {
            let position = ring.claim(ActorId(1));
            if stage > 0 {
                ring.advance(position);
            }
            if stage > 1 {
                ring.fill(position, b"half");
            }
            if stage > 2 {
                ring.publish(position, 4);
            } else {
                assert_eq!(ring.pop(&mut buffer, ALIVE), Pop::Empty);
            }
            let next = ring.push(ActorId(2), b"next");
            assert_eq!(next, position + 1);
            let expected = if stage > 2 { Pop::Event(ActorId(1)) } else { Pop::Skipped(ActorId(1)) };
            assert_eq!(ring.pop(&mut buffer, |actor| actor == ActorId(1)), expected);
            assert_eq!(ring.pop(&mut buffer, |_| true), Pop::Event(ActorId(2)));
            assert_eq!(buffer, b"next");
        }
    }
    assert_eq!(ring.skipped(), 15);
}

#[test]
fn a_writers_last_act_may_be_to_finish() {
    let memory = Memory::new(4);
    let ring = memory.ring();
    let position = ring.claim(ActorId(1));
    let mut buffer = Vec::new();
    let finishes_and_dies = |_| {
        ring.fill(position, b"done");
        ring.publish(position, 4);
        true
    };
    assert_eq!(ring.pop(&mut buffer, finishes_and_dies), Pop::Event(ActorId(1)));
    assert_eq!(buffer, b"done");
}

#[test]
fn the_tail_never_passes_the_head() {
    let memory = Memory::new(16);
    let ring = memory.ring();
    ring.claim(ActorId(1));
    assert_eq!((ring.head(), ring.pop(&mut Vec::new(), |_| true)), (0, Pop::Skipped(ActorId(1))));
    assert_eq!((ring.head(), ring.tail()), (1, 1));
    assert!(ring.has_room(1));
}

#[test]
fn a_writer_that_slept_over_a_lap_claims_anew() {
    let memory = Memory::new(2);
    let ring = memory.ring();
    // As a writer would find things that read the head at 0 and wakes after both slots were used.
    for _ in 0..3 {
        ring.push(ActorId(1), b"x");
        ring.pop(&mut Vec::new(), ALIVE);
    }
    ring.control[HEAD].store(3, SeqCst);
    let stale = ring.slot(0)[CLAIM].compare_exchange(free_in(0), 1, SeqCst, SeqCst);
    assert_eq!(stale, Err(free_in(2)));
    ring.advance(0);
    assert_eq!(ring.push(ActorId(1), b"y"), 3);
}

const WRITERS: usize = 3;
const EACH: u32 = if cfg!(miri) { 12 } else { 4_000 };
/// A writing thread goes on as a new actor whenever it dies.
const LIVES: usize = if cfg!(miri) { 3 } else { 50 };

/// What the threads of one test share.
struct Shared {
    memory: Memory,
    dead: Vec<AtomicBool>,
    /// Of each thread, how many of its events were pushed for certain.
    done: Vec<AtomicU32>,
}

/// xorshift64: schedules differ by seed, and need no more than that.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Pushes events that say what the thread knew to be written before, and dies now and then.
/// Gives the number of events that were claimed and never finished.
fn write(shared: &Shared, thread: usize, seed: u64) -> u64 {
    let ring = shared.memory.ring();
    let mut chance = Chance(seed);
    let (mut life, mut unfinished) = (0, 0);
    for number in 0..EACH {
        if chance.below(4) == 0 {
            std::thread::yield_now();
        }
        let actor = ActorId((thread * LIVES + life) as u16);
        if life + 1 < LIVES && chance.below(if cfg!(miri) { 4 } else { 50 }) == 0 {
            let position = ring.claim(actor);
            let stage = chance.below(3);
            if stage > 0 {
                ring.advance(position);
            }
            if stage > 1 {
                ring.fill(position, &[0xff; 40]);
            }
            unfinished += 1;
            life += 1;
            shared.dead[actor.0 as usize].store(true, SeqCst);
            std::thread::yield_now();
        }
        let actor = ActorId((thread * LIVES + life) as u16);
        let mut payload = number.to_le_bytes().to_vec();
        payload.extend(shared.done.iter().flat_map(|done| done.load(SeqCst).to_le_bytes()));
        payload.resize(payload.len() + number as usize % 50, number as u8);
        ring.push(actor, &payload);
        shared.done[thread].store(number + 1, SeqCst);
    }
    unfinished
}

/// Reads until all events are there: each once, in its writer's order, and after all that its
/// writer knew to be written. Gives the number of skipped ones.
fn read(shared: &Shared) -> u64 {
    let ring = shared.memory.ring();
    let mut seen = [0; WRITERS];
    let mut skipped = 0;
    let mut buffer = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(600);
    while seen != [EACH; WRITERS] {
        match ring.pop(&mut buffer, |actor| shared.dead[actor.0 as usize].load(SeqCst)) {
            Pop::Empty => {
                assert!(Instant::now() < deadline, "stuck at {} of {}, seen {seen:?}", ring.tail(), ring.head());
                std::thread::yield_now();
            }
            Pop::Skipped(actor) => {
                assert!(shared.dead[actor.0 as usize].load(SeqCst));
                skipped += 1;
            }
            Pop::Event(actor) => {
                let thread = actor.0 as usize / LIVES;
                let numbers: Vec<u32> =
                    buffer.chunks_exact(4).take(1 + WRITERS).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
                let number = numbers[0];
                assert_eq!(number, seen[thread], "thread {thread}");
                assert_eq!(buffer.len(), 4 + 4 * WRITERS + number as usize % 50);
                assert!(buffer[4 + 4 * WRITERS..].iter().all(|&byte| byte == number as u8));
                for (other, &known) in numbers[1..].iter().enumerate() {
                    assert!(seen[other] >= known, "event {number} of {thread} knew of {known} by {other}, of which {} came", seen[other]);
                }
                seen[thread] += 1;
            }
        }
    }
    skipped
}

fn check_threads(size: usize, seed: u64) {
    let shared = Arc::new(Shared {
        memory: Memory::new(size),
        dead: (0..WRITERS * LIVES).map(|_| AtomicBool::new(false)).collect(),
        done: (0..WRITERS).map(|_| AtomicU32::new(0)).collect(),
    });
    // The threads are not scoped: where the reader fails, writers may wait for room for ever.
    let start = |thread| {
        let shared = Arc::clone(&shared);
        std::thread::spawn(move || write(&shared, thread, seed * 977 + thread as u64 + 1))
    };
    let writers: Vec<_> = (0..WRITERS).map(start).collect();
    let skipped = read(&shared);
    let unfinished = writers.into_iter().map(|writer| writer.join().expect("a writer ends")).sum::<u64>();
    assert_eq!(skipped, unfinished);
    let ring = shared.memory.ring();
    assert_eq!(ring.skipped(), skipped);
    assert_eq!((ring.head(), ring.tail()), (ring.tail(), u64::from(EACH) * WRITERS as u64 + skipped));
    assert_eq!(ring.pop(&mut Vec::new(), ALIVE), Pop::Empty);
}

#[test]
fn nothing_is_lost_doubled_or_turned_round_among_threads() {
    let seeds = if cfg!(miri) { 1 } else { 8 };
    for seed in 1..=seeds {
        for size in [1, 4, 64] {
            check_threads(size, seed);
        }
    }
}
