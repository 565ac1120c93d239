//! What a process's main thread acts with: its seat, the line that it is at, and the scenario.

use std::cell::Cell;
use std::ops::Deref;
use std::sync::Arc;

use super::error::{IpcError, Result};
use super::seat::{Report, Seat};
use crate::kind::{FAILED, Kind, Op, Outcome};
use crate::trace::scenario::Scenario;
use crate::trace::{ActorId, Change, Nanos, Next, ObjectId, On, PartRef, Preview, Wait};

/// How long an operation may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    Forever,
    /// One try.
    No,
    /// This much of the run's time, in nanoseconds.
    For(Nanos),
}

impl Patience {
    /// Seconds as the language gives them: zero and less are one try.
    pub fn seconds(seconds: f64) -> Patience {
        if seconds > 0.0 { Patience::For(nanos(seconds)) } else { Patience::No }
    }

    /// When patience ends, counted from now.
    pub fn deadline(self, now: Nanos) -> Option<Nanos> {
        match self {
            Patience::Forever => None,
            Patience::No => Some(now),
            Patience::For(time) => Some(now.saturating_add(time)),
        }
    }
}

/// Seconds as nanoseconds; negative and absurd ones are brought into range.
pub fn nanos(seconds: f64) -> Nanos {
    (seconds.clamp(0.0, 1e9) * 1e9).round() as Nanos
}

/// One per process, used by its main thread.
pub struct Context {
    seat: Seat,
    line: Cell<u32>,
    scenario: Arc<Scenario>,
}

impl Deref for Context {
    type Target = Seat;

    fn deref(&self) -> &Seat {
        &self.seat
    }
}

impl Context {
    /// A context at line 0, before the first line of the script.
    pub fn new(seat: Seat, scenario: Arc<Scenario>) -> Context {
        Context { seat, line: Cell::new(0), scenario }
    }

    /// The source line of the next operation.
    pub fn set_line(&self, line: u32) {
        self.line.set(line);
    }

    /// The line of the script that runs now.
    pub fn line(&self) -> u32 {
        self.line.get()
    }

    /// The actor whose operations these are.
    pub fn me(&self) -> ActorId {
        self.seat.me
    }

    /// This process's name.
    pub fn name(&self) -> String {
        self.name_of(self.seat.process.id)
    }

    /// An actor's name, as the arena has it.
    pub fn name_of(&self, actor: ActorId) -> String {
        self.arena.actor_name(actor)
    }

    /// A process's number in the system; 0 before it has one.
    pub fn pid_of(&self, actor: ActorId) -> u32 {
        self.arena.ids(actor).0
    }

    /// Seed of this process's random stream: the same in every run with the same seed.
    pub fn random_seed(&self) -> u64 {
        self.arena.random_seed(self.seat.process.id)
    }

    /// The same, to be kept.
    pub(super) fn shared_scenario(&self) -> Arc<Scenario> {
        self.scenario.clone()
    }

    /// The scenario that is run.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub(super) fn begin_op(&self, op: &Op, on: On, detail: Option<&Preview>) {
        self.seat.step(op, on, self.line(), detail);
    }

    pub(super) fn done(&self, op: &Op, outcome: &Outcome, on: On, detail: Option<Preview>, changes: Vec<Change>) {
        self.seat.report(Report { op, outcome, on, line: self.line(), detail, next: Next::Goes, changes });
    }

    pub(super) fn waits(&self, op: &Op, outcome: &Outcome, on: On, detail: Option<Preview>, wait: &Wait, changes: Vec<Change>) {
        self.seat.report(Report { op, outcome, on, line: self.line(), detail, next: Next::Waits(wait.clone()), changes });
    }

    /// Reports an action of the hand that cannot be done now, and gives the error.
    pub fn refuse_by_hand(&self, op: &Op, on: On, why: String) -> IpcError {
        self.failed(op, on, IpcError::new(super::error::ErrorKind::ValueError, why))
    }

    pub(super) fn failed(&self, op: &Op, on: On, error: IpcError) -> IpcError {
        self.seat.fail(op, on, self.line(), error)
    }

    /// Gives up waiting for a broken object: leaves the list, tells, and gives the error to raise.
    pub(super) fn gives_up(&self, op: &Op, on: On, list: PartRef, error: IpcError) -> IpcError {
        let _inner = self.arena.lock(list.object, self.me());
        let left = self.arena.part_at(list.object, list.part).remove_waiter(self.me());
        let changes = if left { vec![Change::Left { part: list, actor: self.me() }] } else { Vec::new() };
        self.done(op, &FAILED, on, Some(Preview::new(&error.to_string())), changes);
        error
    }

    /// A constructor's step: `make` makes the object under its name, with all that the trace has to be told.
    /// `word` names one that its maker gave no variable.
    pub(super) fn making(
        &self,
        (op, made): (&Op, &Outcome),
        detail: Option<Preview>,
        name: Option<String>,
        word: &str,
        make: impl FnOnce(&str) -> Result<(ObjectId, Vec<Change>)>,
    ) -> Result<ObjectId> {
        self.begin_op(op, On::Nothing, detail.as_ref());
        let name = name.unwrap_or_else(|| self.default_name(word));
        match make(&name) {
            Ok((object, changes)) => {
                self.done(op, made, On::Object(object), detail, changes);
                Ok(object)
            }
            Err(error) => Err(self.failed(op, On::Nothing, error)),
        }
    }

    /// Makes an object that belongs to an owner, if there is one, and lives in shared memory. Errors: OSError
    /// (no room).
    pub(super) fn new_object(&self, kind: &Kind, name: &str, owner: Option<ObjectId>) -> Result<(ObjectId, Change)> {
        self.new_object_at(kind, name, owner, None, 0)
    }

    /// As [`new_object`](Context::new_object), of so many cells, perhaps in one process's own memory.
    pub(super) fn new_object_at(
        &self,
        kind: &Kind,
        name: &str,
        owner: Option<ObjectId>,
        home: Option<ActorId>,
        cells: usize,
    ) -> Result<(ObjectId, Change)> {
        let object = self.arena.make_object(kind, name, owner, home, cells)?;
        Ok((object, Change::Made { object, kind: kind.id, name: name.to_owned(), owner, home }))
    }

    /// The name of an object that its maker gave no variable: its kind and its number.
    pub(super) fn default_name(&self, word: &str) -> String {
        format!("{}{}", word, self.arena.object_count())
    }

    pub(super) fn object_text(&self, object: ObjectId) -> String {
        self.arena.object_name(object)
    }
}
