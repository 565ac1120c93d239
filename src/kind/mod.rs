//! What every primitive is, as data: its parts, its operations with their outcomes and sentences.
//!
//! A kind says in words what an event of it means; it never acts. A new primitive is one file here
//! and one line in [`ALL`]: the world, the views and the audit know parts only.

use crate::trace::{KindId, OpId};

pub use self::op::{Asks, FAILED, Gives, Op, Outcome};
pub use self::part::{Guarded, Keys, Part, Shape, UNBOUNDED_SLOTS};

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
mod op;
mod part;
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
    /// The words in one language.
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
    /// Kept by a manager's server in its own memory, where nobody but the server can touch it.
    pub kept: bool,
}

impl Kind {
    /// The operations that the hand may do.
    pub fn by_hand(&self) -> impl Iterator<Item = &'static Op> + use<> {
        self.hand.iter().filter_map(|id| op(*id))
    }
}

/// A kind by its number.
pub fn kind(id: KindId) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.id == id)
}

/// Whether handles of a kind may go in messages, and not only as arguments of a process: what a manager
/// keeps or lends is used by asking for it, from wherever.
pub fn travels(id: KindId) -> bool {
    is_kept(id) || id.0 >= LENT
}

/// Whether objects of a kind are locks: Lock or RLock.
pub fn is_lock(id: KindId) -> bool {
    id == lock::ID || id == rlock::ID
}

/// Whether objects of a kind are kept by a manager's server.
pub fn is_kept(id: KindId) -> bool {
    kind(id).is_some_and(|kind| kind.kept)
}

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

#[cfg(test)]
mod tests;
