//! What every primitive is, as data: its parts, its operations with their outcomes and sentences.
//!
//! A kind says in words what an event of it means; it never acts. A new primitive is one file here
//! and one line in [`ALL`]: the world, the views and the audit know parts only.

use crate::trace::{KindId, OpId};

pub mod array;
pub mod barrier;
pub mod buffer;
pub mod condition;
pub mod connection;
pub mod event;
pub mod joinable_queue;
pub mod lock;
pub mod managed;
pub mod managed_queue;
pub mod manager;
pub mod pipe;
pub mod pool;
pub mod process;
pub mod queue;
pub mod result;
pub mod rlock;
pub mod semaphore;
pub mod simple_queue;
pub mod value;
pub mod worker;

/// All kinds, in the order in which a course would meet them. `KindId` is a kind's own number.
pub const ALL: &[&Kind] = &[
    &process::KIND,
    &pipe::KIND,
    &pipe::SIMPLEX,
    &queue::KIND,
    &joinable_queue::KIND,
    &buffer::KIND,
    &simple_queue::KIND,
    &event::KIND,
    &lock::KIND,
    &rlock::KIND,
    &semaphore::KIND,
    &semaphore::BOUNDED,
    &condition::KIND,
    &barrier::KIND,
    &value::KIND,
    &array::KIND,
    &pool::KIND,
    &worker::KIND,
    &result::KIND,
    &manager::KIND,
    &connection::KIND,
    &managed::LIST,
    &managed::DICT,
    &managed::NAMESPACE,
    &managed::VALUE,
    &managed::OBJECT,
    &managed_queue::KIND,
];

/// A text in both languages of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Words {
    pub en: &'static str,
    pub zh: &'static str,
}

impl Words {
    pub const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// A language of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    En,
    Zh,
}

/// Shorthand for the tables of kinds.
pub const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}

/// One primitive.
#[derive(Debug)]
pub struct Kind {
    pub id: KindId,
    /// The constructor's name in the language: `Queue`.
    pub name: &'static str,
    /// What it is, in one short clause.
    pub about: Words,
    pub parts: &'static [Part],
    pub ops: &'static [Op],
    /// What the hand may do to it, in the order of the menu.
    pub hand: &'static [OpId],
}

/// One part of a kind and its role in it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub shape: Shape,
    /// What it is in its object: "kernel pipe", "asleep".
    pub role: Words,
    /// Index of the list of those who want what this part gives.
    pub waiters: Option<u8>,
    /// Freed by the host when its holder dies. A user's lock is not: that is the lesson.
    pub robust: bool,
    /// Messages that lie here have arrived: it is for whoever they were sent to, and goes no further.
    pub arrived: bool,
    /// Released by nobody but its holder.
    pub owner_alone: bool,
    /// For bytes: the ends part and the end at which they come out.
    pub read_at: Option<(u8, u8)>,
    /// What somebody waits for who waits for this part, with the slot `{object}`: "a free slot of {object}".
    pub awaited: Option<Words>,
}

impl Part {
    pub const fn new(shape: Shape, en: &'static str, zh: &'static str) -> Part {
        Part { shape, role: words(en, zh), waiters: None, robust: false, arrived: false, owner_alone: false, read_at: None, awaited: None }
    }

    /// The part's list of waiters.
    pub const fn wanted_by(self, waiters: u8) -> Part {
        Part { waiters: Some(waiters), ..self }
    }

    /// Bytes that come out at an end of an ends part.
    pub const fn read_at(self, ends: u8, end: u8) -> Part {
        Part { read_at: Some((ends, end)), ..self }
    }

    /// What somebody waits for at this part.
    pub const fn awaited(self, en: &'static str, zh: &'static str) -> Part {
        Part { awaited: Some(words(en, zh)), ..self }
    }

    /// Where messages arrive.
    pub const fn arrived(self) -> Part {
        Part { arrived: true, ..self }
    }

    /// Released by nobody but its holder.
    pub const fn owner_alone(self) -> Part {
        Part { owner_alone: true, ..self }
    }

    /// Freed when its holder dies.
    pub const fn robust(self) -> Part {
        Part { robust: true, ..self }
    }
}

/// What parts are made of: the only thing that world, views and audit distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Messages in order.
    Slots,
    /// Values by index.
    Cells,
    /// Bytes that the kernel holds, up to a capacity.
    Bytes,
    /// Named ends and the processes that hold each.
    Ends(&'static [Words]),
    /// A number, perhaps with a bound.
    Count,
    /// Up or down.
    Flag,
    /// One actor and how often it took it.
    Owner,
    /// Actors in order of arrival.
    Waiters,
}

/// One operation of a kind.
#[derive(Debug)]
pub struct Op {
    pub id: OpId,
    /// As the language writes it: `put`.
    pub name: &'static str,
    /// What an actor that is about to do it will do; only the slots `{object}`, `{other}`, `{detail}`, `{index}`, `{end}`.
    pub next: Words,
    pub outcomes: &'static [Outcome],
}

/// One way in which an operation can come out (or come to wait).
///
/// Templates have named slots: `{actor}` who did it, `{object}` the object's name, `{other}` the
/// actor it is about, `{detail}` the value, text or time, `{message}` the message that moved,
/// `{owner}` who holds the object's owner part now, `{index}` the cell's index, `{end}` the end's name,
/// `{waiters}` who is on its first list of waiters now, `{moved}` the actors that were requeued or
/// woken by it, `{count}` what it made of a count, `{function}` what the actor runs, `{op}` the operation's
/// name. `text` fills them.
/// `{actor's}` and `{other's}` are English possessives. What the hand can do is told in the past
/// tense, so that a sentence reads well of "writer" and of "you".
#[derive(Debug)]
pub struct Outcome {
    pub id: u8,
    /// Name for `--json` and tests: `put/buffered`.
    pub name: &'static str,
    /// What a lane's row shows, with the same slots as the sentence.
    pub row: Words,
    pub sentence: Words,
}

impl Outcome {
    /// A row of a kind's table; `row` and `row_zh` may be equal where it is all code.
    pub const fn new(id: u8, name: &'static str, row: &'static str, row_zh: &'static str, en: &'static str, zh: &'static str) -> Outcome {
        Outcome { id, name, row: words(row, row_zh), sentence: words(en, zh) }
    }
}

/// The outcome that every operation has: it raised an error, which `{detail}` names.
pub const FAILED: Outcome =
    Outcome::new(255, "failed", "{op}: {detail}", "{op}：{detail}", "{actor's} {op} failed: {detail}.", "{actor} 的 {op} 失败：{detail}。");

/// A kind by its number.
pub fn kind(id: KindId) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.id == id)
}

/// Whether handles of a kind may go in messages, and not only as arguments of a process: what a manager
/// keeps or lends is used by asking for it, from wherever.
pub fn travels(id: KindId) -> bool {
    is_kept(id) || id.0 >= LENT
}

/// Whether a manager keeps it in its server's own memory, where nobody but the server can touch it.
pub fn is_kept(id: KindId) -> bool {
    KEPT.contains(&id.0)
}

/// Numbers of the kinds that a manager keeps.
const KEPT: std::ops::RangeInclusive<u8> = 32..=39;

/// Handles of what a manager lends have the number of its kind and this.
pub const LENT: u8 = 128;

/// The kind of the handle of an object that a manager lends: one that asks the server.
pub const fn lent(id: KindId) -> KindId {
    KindId(id.0 + LENT)
}

/// What a handle stands for, by the number of its kind.
pub fn of_handle(id: KindId) -> Option<&'static Kind> {
    kind(KindId(if id.0 >= LENT { id.0 - LENT } else { id.0 }))
}

/// An operation by its number.
pub fn op(id: OpId) -> Option<&'static Op> {
    kind(id.kind())?.ops.iter().find(|op| op.id == id)
}

/// An outcome of an operation.
pub fn outcome(id: OpId, outcome: u8) -> Option<&'static Outcome> {
    if outcome == FAILED.id {
        return Some(&FAILED);
    }
    op(id)?.outcomes.iter().find(|candidate| candidate.id == outcome)
}
