//! The gate: how threads stop, are let go, and sleep. All control of a run is this one
//! mechanism. The protocol, point by point:
//!
//! 1. An actor has one word, seq << 4 | state, which is what it sleeps on. Every change of state
//!    gives the word a new number, so nothing that happens between a look and a sleep is missed.
//! 2. To announce, it writes its step, its waits and its deadline, parks, and rings the bell.
//! 3. Parked while the gate is closed, it sleeps: only the host makes it leave.
//! 4. A grant is one write: the host swaps Parked for Run or RunExpired, and wakes.
//! 5. Parked while the gate is open, an actor whose wait holds (or has expired) swaps Parked for Run
//!    itself and then *looks at the gate again*: if that closed meanwhile, it parks again.
//! 6. Whoever changes an object bumps the word of the waiter that it wakes, so no wake-up is lost.
//! 7. A probe asks a parked actor what `poll` says of its pipes; it answers and is parked again.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use super::Arena;
use super::actors::{State, next_word};
use super::layout::{actor, word32};
use crate::sys::futex;
use crate::sys::pipe::{self, Interest};
use crate::trace::{ActorId, Grant, On, OpId, PartRef, Preview, Until, Wait};

/// Finds the descriptors that an actor's waits are about: its process's own knowledge.
pub trait Descriptors {
    /// The descriptor of an end; none if the process does not hold it (any more).
    fn end(&self, part: PartRef, end: u8) -> Option<Arc<OwnedFd>>;
    /// The eventfd that wakes the actor from a poll.
    fn eventfd(&self) -> BorrowedFd<'_>;
    /// The host has asked the actor something: whatever only its process knows is to be written down.
    fn asked(&self) {}
}

impl Arena {
    /// Whether the run is gated, so that each step waits to be let go.
    pub fn gated(&self) -> bool {
        self.word32(word32::GATE).load(SeqCst) == 1
    }

    /// Closes or opens the gate (host only). After opening, every word is bumped, so that everyone looks.
    pub fn set_gated(&self, gated: bool) {
        self.word32(word32::GATE).store(u32::from(gated), SeqCst);
        self.bump_everyone();
    }

    /// Wakes every actor, so that it looks at everything again.
    pub fn bump_everyone(&self) {
        for id in self.actor_ids() {
            self.bump(id);
        }
    }

    /// Wakes one actor, so that it looks again; its state stays.
    pub fn bump(&self, id: ActorId) {
        let word = self.actor_word(id);
        word.fetch_add(16, SeqCst);
        futex::wake_all(word);
    }

    /// Tells the host that there is something to look at.
    pub fn ring_bell(&self) {
        let bell = self.word32(word32::BELL);
        bell.fetch_add(1, SeqCst);
        if self.word32(word32::HOST_SLEEPS).load(SeqCst) != 0 {
            futex::wake_all(bell);
        }
    }

    /// The bell's count; to be read before looking.
    pub fn bell(&self) -> u32 {
        self.word32(word32::BELL).load(SeqCst)
    }

    /// Sleeps until the bell has rung since `seen` (host only). `look` looks once more after the
    /// intention to sleep is known; if it finds something there is no sleep.
    pub fn wait_for_bell(&self, seen: u32, limit: Option<Duration>, look: impl FnOnce() -> bool) {
        let sleeps = self.word32(word32::HOST_SLEEPS);
        sleeps.store(1, SeqCst);
        if !look() {
            futex::wait(self.word32(word32::BELL), seen, limit);
        }
        sleeps.store(0, SeqCst);
    }

    /// Announces the next step and waits to be let go. Free, it passes without stopping.
    pub fn announce(&self, id: ActorId, op: OpId, on: On, line: u32, detail: Option<&Preview>, descriptors: &dyn Descriptors) {
        self.write_step(id, op, on, line);
        if !self.gated() && self.state(id) == State::Run {
            return;
        }
        self.write_detail(id, detail);
        self.write_wait(id, &Wait { until: Vec::new(), deadline: None });
        self.raise_flag(id, actor::FLAG_ANNOUNCED | actor::FLAG_FRESH);
        self.park(id, None, descriptors);
        // Where the gate was opened meanwhile, nobody has told of the announcement, and nobody must any more.
        self.lower_flag(id, actor::FLAG_FRESH | actor::FLAG_ANNOUNCED);
    }

    /// Waits until one of the conditions holds or the deadline is over.
    pub fn wait(&self, id: ActorId, wait: &Wait, descriptors: &dyn Descriptors) -> Grant {
        self.write_wait(id, wait);
        self.park(id, Some(wait), descriptors)
    }

    fn park(&self, id: ActorId, wait: Option<&Wait>, descriptors: &dyn Descriptors) -> Grant {
        self.enter(id, State::Parked);
        self.ring_bell();
        let word = self.actor_word(id);
        loop {
            let seen = word.load(SeqCst);
            match State::of(seen) {
                State::Run => return Grant::Proceed,
                State::RunExpired => {
                    self.enter(id, State::Run);
                    return Grant::Expire;
                }
                State::Probe => {
                    let ready = wait.is_some_and(|wait| pipes_ready(wait, descriptors));
                    self.set_probe_answer(id, ready);
                    descriptors.asked();
                    if word.compare_exchange(seen, next_word(seen, State::Parked), SeqCst, SeqCst).is_ok() {
                        self.ring_bell();
                        // The audit, which may have asked, sleeps on the word itself.
                        futex::wake_all(word);
                    }
                    continue;
                }
                State::Parked => {}
                // Somebody sent this process a deadly signal: it ends wherever it is.
                _ => {
                    futex::wait(word, seen, None);
                    continue;
                }
            }
            if self.gated() {
                futex::wait(word, seen, None);
                continue;
            }
            match self.free_look(id, wait, descriptors) {
                Some(grant) => {
                    if word.compare_exchange(seen, next_word(seen, State::Run), SeqCst, SeqCst).is_err() {
                        continue;
                    }
                    if self.gated() {
                        self.enter(id, State::Parked);
                        self.ring_bell();
                        continue;
                    }
                    return grant;
                }
                None => self.free_sleep(seen, id, wait, descriptors),
            }
        }
    }

    /// Whether an actor may go by itself while the gate is open.
    fn free_look(&self, id: ActorId, wait: Option<&Wait>, descriptors: &dyn Descriptors) -> Option<Grant> {
        if !self.flag(id, actor::FLAG_BORN) {
            // Its creator has not told of its birth yet.
            return None;
        }
        let Some(wait) = wait else { return Some(Grant::Proceed) };
        if wait.until.iter().any(|until| self.holds(id, *until) == Some(true)) || pipes_ready(wait, descriptors) {
            return Some(Grant::Proceed);
        }
        self.deadline_of(id, wait).filter(|deadline| *deadline <= self.now()).map(|_| Grant::Expire)
    }

    fn free_sleep(&self, seen: u32, id: ActorId, wait: Option<&Wait>, descriptors: &dyn Descriptors) {
        let limit = wait.and_then(|wait| self.deadline_of(id, wait)).and_then(|deadline| self.wall_until(deadline));
        let word = self.actor_word(id);
        match wait {
            Some(wait) if wait.until.iter().any(|until| is_pipe(*until)) => {
                // A poll cannot compare the word, but whoever bumps it also rings the eventfd, which
                // only this actor clears: and it clears it before it looks.
                if word.load(SeqCst) == seen {
                    poll_pipes(wait, descriptors, limit);
                }
                // An eventfd that cannot be read was not rung.
                let _ = pipe::drain(descriptors.eventfd());
            }
            _ => {
                futex::wait(word, seen, limit);
            }
        }
    }
}

/// Whether an actor that waits for this may sleep in a poll.
pub fn is_pipe(until: Until) -> bool {
    matches!(until, Until::Readable(..) | Until::Writable(..))
}

fn pipe_end(until: Until) -> Option<(PartRef, u8, Interest)> {
    match until {
        Until::Readable(part, end) => Some((part, end, Interest::Read)),
        Until::Writable(part, end) => Some((part, end, Interest::Write)),
        _ => None,
    }
}

/// `poll(0)`: whether one of the pipes that a wait is about is ready. An end that the process itself
/// has closed is ready too: the operation will say so.
fn pipes_ready(wait: &Wait, descriptors: &dyn Descriptors) -> bool {
    wait.until.iter().filter_map(|until| pipe_end(*until)).any(|(part, end, interest)| match descriptors.end(part, end) {
        None => true,
        Some(fd) if interest == Interest::Read => pipe::readable(fd.as_fd()),
        Some(fd) => pipe::writable(fd.as_fd()),
    })
}

/// Sleeps until one of the pipes is ready, the eventfd rings, or the time is over.
fn poll_pipes(wait: &Wait, descriptors: &dyn Descriptors, limit: Option<Duration>) {
    let ends: Vec<(Arc<OwnedFd>, Interest)> = wait
        .until
        .iter()
        .filter_map(|until| pipe_end(*until))
        .filter_map(|(part, end, interest)| Some((descriptors.end(part, end)?, interest)))
        .collect();
    let mut fds = vec![(descriptors.eventfd(), Interest::Read)];
    fds.extend(ends.iter().map(|(fd, interest)| (fd.as_fd(), *interest)));
    // A poll that fails only means looking again.
    let _ = pipe::poll(&fds, limit);
}
