//! An actor's seat: what one thread needs to take part in a run: its place at the gate, its process's
//! descriptors, and a way to tell what it did. Feeders have one too, so it can go to another thread.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::control::{self, Order, Request};
use super::error::{ErrorKind, IpcError};
use crate::arena::Arena;
use crate::arena::gate::Descriptors;
use crate::arena::layout::actor::FLAG_CANCELLED;
use crate::kind::{self, Op, Outcome};
use crate::sys;
use crate::trace::{Acted, ActorId, Body, Change, Grant, Nanos, Next, ObjectId, On, PartRef, Preview, Until, Wait};

/// What the threads of one process share.
pub struct ProcessState {
    pub id: ActorId,
    /// The socket to the host: requests for processes and threads go out here.
    pub control: OwnedFd,
    ends: Mutex<BTreeMap<(ObjectId, u8), Arc<OwnedFd>>>,
    /// Held while a thread of this process waits for the host's answer.
    pub(super) asking: Mutex<()>,
    /// What primitives keep for this process alone, by the type that each has for it.
    own: Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    /// What its main thread does when the host asks it, before it answers: a manager's server writes down what it keeps.
    pub(super) when_asked: OnceLock<fn(&ProcessState, &Arena)>,
}

impl ProcessState {
    /// The state of a process that holds no ends yet, with its socket to the host.
    pub fn new(id: ActorId, control: OwnedFd) -> ProcessState {
        ProcessState { id, control, ends: Mutex::default(), asking: Mutex::default(), own: Mutex::default(), when_asked: OnceLock::new() }
    }

    /// What a primitive keeps for this process alone, in a type of its own. Empty when it is asked for first.
    pub(super) fn own<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let kept = locked(&self.own).entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        // What lies under a type's number is of that type, so nothing is made in vain.
        kept.downcast().unwrap_or_default()
    }

    /// The descriptor of an end that this process holds.
    pub fn end(&self, object: ObjectId, end: u8) -> Option<Arc<OwnedFd>> {
        locked(&self.ends).get(&(object, end)).cloned()
    }

    /// Keeps the descriptor of an end.
    pub fn add_end(&self, object: ObjectId, end: u8, fd: OwnedFd) {
        locked(&self.ends).insert((object, end), Arc::new(fd));
    }

    /// Lets go of an end; it is closed when the last thread that uses it right now is done.
    pub fn remove_end(&self, object: ObjectId, end: u8) -> Option<Arc<OwnedFd>> {
        locked(&self.ends).remove(&(object, end))
    }

    /// Asks the host and waits for its answer, which comes however the run stands; gives what came with it.
    pub(super) fn ask_host(&self, request: &Request, fds: &[BorrowedFd<'_>]) -> io::Result<Option<OwnedFd>> {
        let _one_at_a_time = locked(&self.asking);
        control::send(&self.control, request, fds)?;
        match control::obey(self.control.as_fd())? {
            Some((Order::Answered { errno: 0 }, mut fds)) => Ok(fds.pop()),
            Some((Order::Answered { errno }, _)) => Err(io::Error::from_raw_os_error(errno)),
            Some(_) | None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// The ends of an object that this process holds.
    pub fn ends_of(&self, object: ObjectId) -> Vec<u8> {
        locked(&self.ends).keys().filter(|(of, _)| *of == object).map(|(_, end)| *end).collect()
    }
}

/// A mutex of this process. A thread that panicked ends the process, so what it left is not seen.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A process tells of its memory when it has changed by so much, in bytes.
const MEMORY_GRAIN: u64 = 1 << 20;

/// One actor's seat.
pub struct Seat {
    pub arena: Arc<Arena>,
    pub me: ActorId,
    pub process: Arc<ProcessState>,
    pub eventfd: OwnedFd,
    /// Inside a step that has been granted already: operations belong to it and announce nothing.
    inside: AtomicBool,
    /// What is told is told of the hand, for which this thread acts.
    by_hand: AtomicBool,
}

impl Descriptors for Seat {
    fn end(&self, part: PartRef, end: u8) -> Option<Arc<OwnedFd>> {
        self.process.end(part.object, end)
    }

    fn eventfd(&self) -> BorrowedFd<'_> {
        self.eventfd.as_fd()
    }

    fn asked(&self) {
        if self.me == self.process.id
            && let Some(write_down) = self.process.when_asked.get()
        {
            write_down(&self.process, &self.arena);
        }
    }
}

/// What an operation has come to: everything of an event but who, when and where.
pub struct Report<'a> {
    pub op: &'a Op,
    pub outcome: &'a Outcome,
    pub on: On,
    pub line: u32,
    pub detail: Option<Preview>,
    pub next: Next,
    pub changes: Vec<Change>,
}

impl Seat {
    /// The seat of an actor that is inside no operation.
    pub fn new(arena: Arc<Arena>, me: ActorId, process: Arc<ProcessState>, eventfd: OwnedFd) -> Seat {
        Seat { arena, me, process, eventfd, inside: AtomicBool::new(false), by_hand: AtomicBool::new(false) }
    }

    /// Does several operations within the step that goes on.
    pub fn within<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = self.inside.swap(true, SeqCst);
        let outcome = act();
        self.inside.store(before, SeqCst);
        outcome
    }

    /// Does for the hand what only this process can: the step is granted already, and the trace tells of it as
    /// the hand's. Internal locks stay this thread's own, so that its death is seen to.
    pub fn as_hand<T>(&self, act: impl FnOnce() -> T) -> T {
        self.by_hand.store(true, SeqCst);
        let outcome = self.within(act);
        self.by_hand.store(false, SeqCst);
        outcome
    }

    /// Whether this thread acts for the hand just now.
    pub fn is_hand(&self) -> bool {
        self.by_hand.load(SeqCst)
    }

    /// Does several operations as one step: the step is announced, and what `act` does belongs to it.
    pub fn as_one_step<T>(&self, op: &Op, on: On, detail: Option<&Preview>, act: impl FnOnce() -> T) -> T {
        self.step(op, on, 0, detail);
        self.within(act)
    }

    /// The time of the run now, in nanoseconds.
    pub fn now(&self) -> Nanos {
        self.arena.now()
    }

    /// Announces a step and waits to be let go; then waits for room in the trace.
    pub fn step(&self, op: &Op, on: On, line: u32, detail: Option<&Preview>) {
        if !self.inside.load(SeqCst) {
            self.arena.announce(self.me, op.id, on, line, detail, self);
        }
        self.arena.wait_for_room();
    }

    /// Waits in the kernel; then waits for room in the trace.
    pub fn wait(&self, wait: &Wait) -> Grant {
        let grant = self.arena.wait(self.me, wait, self);
        self.arena.wait_for_room();
        grant
    }

    /// Takes back what the record says it waits for, once the wait has come to its end. To be called
    /// under the internal lock under which that end is told: a death after it passes nothing on.
    pub fn waited(&self) {
        self.arena.write_wait(self.me, &Wait { until: Vec::new(), deadline: None });
    }

    /// Tells what came of an operation. For changes of parts: under their object's internal lock.
    pub fn report(&self, report: Report<'_>) {
        let Report { op, outcome, on, line, detail, next, changes } = report;
        let actor = if self.is_hand() { ActorId::HAND } else { self.me };
        self.arena.emit_as(self.me, actor, Body::Acted(Acted { op: op.id, outcome: outcome.id, on, line, detail, next, changes }));
    }

    /// Tells that an operation failed, and gives the error to raise.
    pub fn fail(&self, op: &Op, on: On, line: u32, error: IpcError) -> IpcError {
        self.report(Report {
            op,
            outcome: &kind::FAILED,
            on,
            line,
            detail: Some(Preview::new(&error.to_string())),
            next: Next::Goes,
            changes: Vec::new(),
        });
        error
    }

    /// Tells of the memory that this process uses, if that has changed by much. Errors: MemoryError (it has become
    /// more, and all processes of the run together use more than they may).
    pub fn check_memory(&self) -> Result<(), IpcError> {
        let (used, told) = (sys::heap::used(), self.arena.memory_of(self.process.id));
        if used.abs_diff(told) < MEMORY_GRAIN {
            return Ok(());
        }
        let (all, budget) = (self.arena.use_memory(self.process.id, used), self.arena.memory_budget());
        // One that does not grow is not the one to be told.
        if used < told || all <= budget {
            return Ok(());
        }
        let [used, all, budget] = [used, all, budget].map(|bytes| bytes >> 20);
        let why = format!(
            "this process uses {used} MiB and all of the run {all} MiB, more than the {budget} MiB that they may; --memory lets them have more"
        );
        Err(IpcError::new(ErrorKind::MemoryError, why))
    }

    /// Whether the process for which this thread acts has died: it takes nothing for it any more.
    pub fn is_cancelled(&self) -> bool {
        self.arena.flag(self.me, FLAG_CANCELLED)
    }

    /// An object in whose middle somebody died cannot be trusted any more.
    pub fn check_broken(&self, object: ObjectId) -> Result<(), IpcError> {
        if self.is_cancelled() {
            return Err(IpcError::new(ErrorKind::ConnectionReset, "the process for which this was to be done has died".to_owned()));
        }
        if self.arena.facts(object).broken {
            let name = self.arena.object_name(object);
            return Err(IpcError::new(
                ErrorKind::OwnerDied,
                format!("a process died in the middle of an operation on {name}; what it holds cannot be trusted"),
            ));
        }
        Ok(())
    }
}

/// A wait for one thing.
pub fn until(until: Until, deadline: Option<Nanos>) -> Wait {
    Wait { until: vec![until], deadline }
}
