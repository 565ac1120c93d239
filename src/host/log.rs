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

/// Gets every event, in order.
pub type Listener = Box<dyn FnMut(&Event) + Send>;

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
    finished: AtomicBool,
}

impl Log {
    pub fn new(arena: Arc<Arena>, asked: Asked) -> Log {
        Log { arena, timeline: Mutex::new(Timeline::asking(asked)), grown: Condvar::new(), finished: AtomicBool::new(false) }
    }

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

    /// The reading thread should read what is left and end.
    pub fn finish(&self) {
        self.finished.store(true, SeqCst);
        self.arena.ask_to_drain();
    }

    /// The reading thread's life.
    pub fn read(&self, mut listener: Option<Listener>) {
        let mut buffer = Vec::new();
        loop {
            let seen = self.arena.drain_requests();
            let last = self.finished.load(SeqCst);
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

    fn read_batch(&self, buffer: &mut Vec<u8>, mut listener: Option<&mut Listener>) -> usize {
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
                listener(&event);
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
