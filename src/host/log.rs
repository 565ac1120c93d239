//! The one reader of the trace ring: decodes events, folds them into the run's timeline, writes the
//! recording, and hands them to whoever listens. It never takes an internal lock and never emits.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::arena::Arena;
use crate::arena::ring::Pop;
use crate::trace::codec;
use crate::trace::{ActorId, Body, Event};
use crate::world::{Asked, Timeline};

/// Gets every event, in order. It must not wait: what it does with them later is a matter of its own threads.
pub trait Listener: Send {
    fn take(&mut self, event: &Event);

    /// Whether it is ready for more. While it is not the run waits, as it does for a full ring.
    fn has_room(&self) -> bool {
        true
    }
}

impl<F: FnMut(&Event) + Send> Listener for F {
    fn take(&mut self, event: &Event) {
        self(event);
    }
}

/// Time between two looks while events come, and while none do.
const BUSY: Duration = Duration::from_millis(4);
const QUIET: Duration = Duration::from_millis(100);

/// The most events that one look takes before others may read the timeline.
const BATCH: usize = 512;

/// The run's timeline, as far as the ring has been read.
pub struct Log {
    arena: Arc<Arena>,
    timeline: Mutex<Timeline>,
    grown: Condvar,
    /// No listener is waited for any more: the run is being closed.
    hurried: AtomicBool,
    /// When that is so without a word: the end of the time limit.
    limit: Option<Instant>,
    /// The reading thread waits for the listener.
    stalled: AtomicBool,
    finished: AtomicBool,
}

impl Log {
    /// `time_limit` counts from now.
    pub fn new(arena: Arc<Arena>, asked: Asked, time_limit: Option<Duration>) -> Log {
        Log {
            arena,
            timeline: Mutex::new(Timeline::asking(asked)),
            grown: Condvar::new(),
            hurried: AtomicBool::new(false),
            limit: time_limit.and_then(|limit| Instant::now().checked_add(limit)),
            stalled: AtomicBool::new(false),
            finished: AtomicBool::new(false),
        }
    }

    /// The timeline, locked while the guard lives; waits for whichever thread of the host holds it.
    pub fn timeline(&self) -> MutexGuard<'_, Timeline> {
        super::locked(&self.timeline)
    }

    /// Waits until everything that had been written to the ring before this call has been read. False:
    /// it took longer than the limit.
    pub fn catch_up(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let head = self.arena.ring().head();
        self.arena.ask_to_drain();
        let mut timeline = self.timeline();
        while self.arena.ring().tail() < head {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            timeline = self.grown.wait_timeout(timeline, left.min(QUIET)).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// The same for the control thread, whose next act rests on what the timeline shows: a listener that has no room is
    /// waited for however long that takes, as a full ring is.
    pub fn catch_up_with_listener(&self, limit: Duration) -> bool {
        loop {
            if self.catch_up(limit) {
                return true;
            }
            if !self.stalled.load(SeqCst) {
                return false;
            }
        }
    }

    /// The run is being closed: whatever a listener says of its room, the trace is read on. What is left then is
    /// no more than the ring holds.
    pub fn hurry(&self) {
        self.hurried.store(true, SeqCst);
        self.arena.ask_to_drain();
    }

    fn is_hurried(&self) -> bool {
        self.hurried.load(SeqCst) || self.limit.is_some_and(|limit| Instant::now() >= limit)
    }

    /// The reading thread should read what is left and end.
    pub fn finish(&self) {
        self.finished.store(true, SeqCst);
        self.arena.ask_to_drain();
    }

    /// The reading thread's life.
    pub fn read(&self, mut listener: Option<Box<dyn Listener>>) {
        let mut buffer = Vec::new();
        loop {
            let seen = self.arena.drain_requests();
            let last = self.finished.load(SeqCst);
            // Nobody's lock is held meanwhile, so that the run can be looked at, and ended.
            let stalled = listener.as_ref().is_some_and(|listener| !listener.has_room()) && !last && !self.is_hurried();
            self.stalled.store(stalled, SeqCst);
            if stalled {
                self.arena.wait_to_drain(seen, BUSY);
                continue;
            }
            let count = self.read_batch(&mut buffer, listener.as_mut());
            if count == BATCH {
                continue;
            }
            if last {
                return;
            }
            self.arena.wait_to_drain(seen, if count > 0 { BUSY } else { QUIET });
        }
    }

    fn read_batch(&self, buffer: &mut Vec<u8>, mut listener: Option<&mut Box<dyn Listener>>) -> usize {
        let ring = self.arena.ring();
        let mut timeline = self.timeline();
        let mut count = 0;
        while count < BATCH {
            let event = match ring.pop(buffer, |writer| self.arena.is_gone(writer)) {
                Pop::Empty => break,
                Pop::Event(_) => codec::decode(buffer).map(|(event, _)| event).unwrap_or_else(|_| self.lost(ActorId::HOST)),
                Pop::Skipped(writer) => self.lost(writer),
            };
            count += 1;
            if let Some(listener) = listener.as_mut() {
                listener.take(&event);
            }
            // What was just decoded can be encoded.
            let _ = timeline.push(&event);
        }
        drop(timeline);
        if count > 0 {
            self.arena.made_room();
            self.grown.notify_all();
        }
        count
    }

    fn lost(&self, actor: ActorId) -> Event {
        Event { actor, time: self.arena.now(), wall: self.arena.wall(), body: Body::Lost { count: 1 } }
    }
}
