//! What a trace is made of: events about actors and parts, never about primitives.
//!
//! Invariant: folding a run's events in order gives the state that the run had, so whatever the
//! screen, the audit or a recording needs is in here, and nothing is in here twice.
//! An event is one outcome of one operation with all part changes that it made, applied together.

use bincode::{Decode, Encode};
use serde::Serialize;

use super::fnv::fnv1a;
use super::id::{ActorId, KindId, MessageId, Nanos, ObjectId, OpId, PartRef, beginning};

/// One entry of the trace.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
pub struct Event {
    /// Whose doing it is. `HOST` for grants, clock and deaths.
    pub actor: ActorId,
    /// The run's own clock.
    pub time: Nanos,
    /// Wall time since the run began; 0 for what has no such time.
    #[serde(skip)]
    pub wall: Nanos,
    #[serde(flatten)]
    pub body: Body,
}

/// What an event says happened.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Body {
    /// The gate's mode, at the start of a run and whenever it changes.
    Mode(Mode),
    /// An actor exists from here on (it may not have begun yet).
    Born(Born),
    /// A parked actor's next step (gated runs only), emitted at rest in order of actor id.
    Announced(Announced),
    /// Everybody is at rest (gated), or nobody can move any more (free).
    Rest(Rest),
    /// The host lets one actor move.
    Granted { step: u64, actor: ActorId, grant: Grant },
    /// Time passes as a step of its own, because nobody could move.
    Clock { step: u64, to: Nanos },
    /// An operation came to an outcome, or to a wait.
    Acted(Acted),
    /// Text that the scenario printed. A long text comes in several pieces.
    Printed(Printed),
    /// A process or thread has ended, and what its death changed.
    Died(Died),
    /// A process was stopped or continued from outside (SIGSTOP, SIGCONT).
    Stopped { actor: ActorId, stopped: bool },
    /// Further changes that belong to the event before (deaths with many consequences).
    Also { changes: Vec<Change> },
    /// Events that their writer claimed and never wrote, because it died.
    Lost { count: u32 },
}

/// Whether the kernel schedules or the host grants each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum Mode {
    /// The kernel schedules; `milli_speed` thousandths of virtual time per wall time.
    Free { milli_speed: u32 },
    /// The host grants.
    Gated,
}

/// What an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A process's main thread: it stands for the process.
    Process,
    /// A helper thread that belongs to an object (a queue's feeder).
    Helper,
    /// The hand's process.
    Hand,
}

/// The birth of an actor.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
pub struct Born {
    pub actor: ActorId,
    pub role: Role,
    /// The process whose thread it is (itself for a process).
    pub process: ActorId,
    /// Who asked for it; none for main and the hand.
    pub creator: Option<ActorId>,
    /// The object that a helper works for.
    pub object: Option<ObjectId>,
    /// At most `NAME_LIMIT` bytes.
    pub name: String,
    /// The function it runs, as much as fits a name; empty for main.
    pub function: String,
    /// As `ps` shows it. Differs from run to run, so `--json` leaves it out under a seed.
    #[serde(skip)]
    pub pid: u32,
    #[serde(skip)]
    pub tid: u32,
}

/// The next step of an actor that is parked at the gate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
pub struct Announced {
    pub op: OpId,
    pub on: On,
    pub line: u32,
    /// What it will do in a few words that `kind` cannot know: the value to put, the text to print.
    pub detail: Option<Preview>,
}

/// How the host lets an actor go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Go on: what you wait for holds, or you wait for nothing.
    Proceed,
    /// Your time is up.
    Expire,
}

/// No actor moves: which could, and whether the run is stuck.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
pub struct Rest {
    /// Who could go, sorted by actor.
    pub candidates: Vec<Candidate>,
    /// Where the clock would jump to if it were asked: the next deadline.
    pub next_deadline: Option<Nanos>,
    /// Proved: nobody can move, no timer runs, no death is on its way.
    pub stuck: bool,
}

/// An actor that could go, and how it would be let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
pub struct Candidate {
    pub actor: ActorId,
    pub grant: Grant,
}

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    Nothing,
    Object(ObjectId),
    /// One cell of an object.
    Cell(ObjectId, u32),
    /// One end of an object.
    End(ObjectId, u8),
    Actor(ActorId),
}

impl On {
    /// The object that it is on, be it whole, a cell or an end.
    pub fn object(self) -> Option<ObjectId> {
        match self {
            On::Object(object) | On::Cell(object, _) | On::End(object, _) => Some(object),
            On::Nothing | On::Actor(_) => None,
        }
    }
}

/// A step that was taken, with its outcome and all that it changed.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
pub struct Acted {
    pub op: OpId,
    /// Which of the operation's outcomes; `kind` knows them.
    pub outcome: u8,
    pub on: On,
    /// Line in the scenario; 0 where there is none (a feeder's).
    pub line: u32,
    /// The value, result, text or time that the outcome is about.
    pub detail: Option<Preview>,
    pub next: Next,
    pub changes: Vec<Change>,
}

/// What becomes of the actor after the event.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// It goes on.
    Goes,
    /// It waits in the kernel.
    Waits(Wait),
    /// It has nothing more to do; its death follows.
    Ends,
}

/// What an actor waits for, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
pub struct Wait {
    pub until: Vec<Until>,
    /// Virtual time at which it gives up.
    pub deadline: Option<Nanos>,
}

/// What an actor waits for; a wait holds as soon as one of its `Until`s does.
/// Used alike by the primitives, the candidates, *stuck* and the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// Nothing but its deadline (sleep).
    Deadline,
    FlagUp(PartRef),
    /// A count is greater than the number.
    CountAbove(PartRef, i64),
    /// An owner part is free, and the actor is not (or no longer) among the sleepers of the second part.
    OwnerFree(PartRef, Option<PartRef>),
    /// A slots part in memory holds at least one message.
    SlotsFilled(PartRef),
    /// The end of an ends part can be read without blocking (data or end of file).
    Readable(PartRef, u8),
    /// The end of an ends part can be written without blocking (room or a broken pipe).
    Writable(PartRef, u8),
    /// An actor has ended.
    Ended(ActorId),
    /// The actor is no longer on a list of waiters: somebody let it go.
    Left(PartRef),
    /// Nobody is on a list of waiters any more.
    Emptied(PartRef),
}

impl Until {
    /// The part that it is about.
    pub fn part(self) -> Option<PartRef> {
        match self {
            Until::FlagUp(part)
            | Until::CountAbove(part, _)
            | Until::OwnerFree(part, _)
            | Until::SlotsFilled(part)
            | Until::Readable(part, _)
            | Until::Writable(part, _)
            | Until::Left(part)
            | Until::Emptied(part) => Some(part),
            Until::Deadline | Until::Ended(_) => None,
        }
    }
}

/// Pages of a kernel pipe: it is full when all are in use, however few bytes lie in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
pub struct Pages {
    pub used: u16,
    pub of: u16,
}

impl Pages {
    /// Whether nothing can be written that needs a page of its own.
    pub fn are_all_used(self) -> bool {
        self.used >= self.of
    }
}

/// A part's change, or an object's or a message's.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// An object exists; its parts are those of its kind, in their first state.
    Made {
        object: ObjectId,
        kind: KindId,
        /// At most `NAME_LIMIT` bytes, and what names what it belongs to.
        name: String,
        owner: Option<ObjectId>,
        home: Option<ActorId>,
    },
    /// An object (a condition, a Value, an Array) is used under a lock that it was given and that does not belong to it.
    Under {
        object: ObjectId,
        lock: ObjectId,
    },
    /// A message exists, in nobody's slots yet.
    Composed {
        message: MessageId,
        value: Preview,
    },
    /// A message goes from slots to slots; none is the acting process's own memory.
    Moved {
        message: MessageId,
        from: Option<PartRef>,
        to: Option<PartRef>,
    },
    /// How much of a message has passed through a pipe (bytes written or read, of its frame).
    Passed {
        message: MessageId,
        written: u64,
        read: u64,
        frame: u64,
    },
    /// A message will never arrive; it keeps its slot.
    Dropped {
        message: MessageId,
    },
    /// Cells get values, from the index `first` on.
    Wrote {
        part: PartRef,
        first: u32,
        values: Vec<Preview>,
    },
    /// A count's value; `max` only where it has a bound.
    Counted {
        part: PartRef,
        value: i64,
        max: Option<i64>,
    },
    Raised {
        part: PartRef,
        up: bool,
    },
    Owned {
        part: PartRef,
        owner: Option<ActorId>,
        depth: u32,
    },
    /// An actor joins the end of a list of waiters.
    Queued {
        part: PartRef,
        actor: ActorId,
    },
    Left {
        part: PartRef,
        actor: ActorId,
    },
    /// An actor goes from one list of waiters to the end of another, marked *from wait*.
    Requeued {
        from: PartRef,
        to: PartRef,
        actor: ActorId,
    },
    /// Bytes that the kernel holds, and the pages that they take, where it holds them in pages.
    Filled {
        part: PartRef,
        bytes: u64,
        pages: Option<Pages>,
    },
    /// A process holds one more copy of an end.
    Opened {
        part: PartRef,
        end: u8,
        process: ActorId,
    },
    Closed {
        part: PartRef,
        end: u8,
        process: ActorId,
    },
    /// An end was seen closed at its far side before the death behind it was noticed.
    SeenClosed {
        part: PartRef,
        end: u8,
    },
    /// A process died inside the object: what it holds can no longer be trusted.
    Broken {
        object: ObjectId,
    },
    /// What a message that was taken before asked for has been done: the end of its way.
    Finished {
        message: MessageId,
    },
    /// A cell comes to stand at an index, with its key where cells have keys; those from there on move up.
    Inserted {
        part: PartRef,
        at: u32,
        key: Option<Preview>,
        value: Preview,
    },
    /// Cells go; those behind them move down.
    Removed {
        part: PartRef,
        first: u32,
        count: u32,
    },
}

/// A piece of text that an actor printed.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
pub struct Printed {
    pub text: String,
    pub line: u32,
    /// The text goes on in the actor's next Printed event.
    pub more: bool,
    /// An uncaught error's message, not a print.
    pub error: bool,
}

/// The death of an actor, as the host noticed it.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize)]
pub struct Died {
    pub actor: ActorId,
    pub cause: Cause,
    /// Everything that the death changed, applied together (continued in `Also`).
    pub changes: Vec<Change>,
}

/// How an actor came to its death.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Exit(i32),
    Signal(i32),
    /// A thread came to its end.
    Returned,
    /// It could not be started; the number is the errno.
    NotStarted(i32),
}

/// A value as it is shown: a short text that stands for the whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize)]
pub struct Preview {
    /// At most `Preview::LIMIT` bytes, cut at a character.
    pub text: String,
    /// Length of the whole text in bytes; greater than `text.len()` if it was cut.
    pub len: u64,
    /// FNV-1a of the whole text.
    pub hash: u64,
}

impl Preview {
    pub const LIMIT: usize = 96;

    /// The beginning of a text, with the length in bytes and the hash of the whole.
    pub fn new(whole: &str) -> Self {
        Preview { text: beginning(whole, Self::LIMIT).to_owned(), len: whole.len() as u64, hash: fnv1a(whole.as_bytes()) }
    }

    /// Whether the text is all there is.
    pub fn is_whole(&self) -> bool {
        self.text.len() as u64 == self.len
    }
}

impl std::fmt::Display for Preview {
    /// The text, with `…` and the length of the whole where it was cut.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_whole() { f.write_str(&self.text) } else { write!(f, "{}… ({} bytes)", self.text, self.len) }
    }
}

impl Event {
    /// What it changed.
    pub fn changes(&self) -> &[Change] {
        match &self.body {
            Body::Acted(acted) => &acted.changes,
            Body::Died(died) => &died.changes,
            Body::Also { changes } => changes,
            _ => &[],
        }
    }

    /// The objects whose parts it changed.
    pub fn touched(&self) -> impl Iterator<Item = ObjectId> {
        self.changes().iter().flat_map(|change| change.parts().into_iter().flatten().map(|part| part.object).chain(change.whole()))
    }
}

impl Change {
    /// The parts that it is about.
    pub fn parts(&self) -> [Option<PartRef>; 2] {
        match self {
            Change::Moved { from, to, .. } => [*from, *to],
            Change::Requeued { from, to, .. } => [Some(*from), Some(*to)],
            Change::Wrote { part, .. }
            | Change::Inserted { part, .. }
            | Change::Removed { part, .. }
            | Change::Counted { part, .. }
            | Change::Raised { part, .. }
            | Change::Owned { part, .. }
            | Change::Queued { part, .. }
            | Change::Left { part, .. }
            | Change::Filled { part, .. }
            | Change::Opened { part, .. }
            | Change::Closed { part, .. }
            | Change::SeenClosed { part, .. } => [Some(*part), None],
            Change::Made { .. }
            | Change::Under { .. }
            | Change::Composed { .. }
            | Change::Passed { .. }
            | Change::Dropped { .. }
            | Change::Broken { .. }
            | Change::Finished { .. } => [None, None],
        }
    }

    /// The object that it is about as a whole.
    fn whole(&self) -> Option<ObjectId> {
        match self {
            Change::Made { object, .. } | Change::Broken { object } => Some(*object),
            _ => None,
        }
    }
}
