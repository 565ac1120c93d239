//! What can be done to an object, as data: what an operation is called, how it can come out, what it gives to
//! those who wait, and what the hand has to say to do it. Remedies, the menu and the hand read this.

use super::{Words, words};
use crate::trace::OpId;

/// One operation of a kind.
#[derive(Debug)]
pub struct Op {
    pub id: OpId,
    /// As the language writes it: `put`.
    pub name: &'static str,
    /// What an actor that is about to do it will do; only the slots `{object}`, `{other}`, `{detail}`, `{index}`, `{end}`.
    pub next: Words,
    pub outcomes: &'static [Outcome],
    /// What it does to the parts of its object where it comes out well, as far as somebody could wait for that.
    pub gives: &'static [Gives],
    /// What the hand has to say beside the object, to do it.
    pub asks: Asks,
}

impl Op {
    /// An operation that gives nothing and asks for nothing, to be completed by struct update.
    pub const PLAIN: Op = Op { id: OpId(0), name: "", next: words("", ""), outcomes: &[], gives: &[], asks: Asks::Nothing };
}

/// One thing that an operation does to a part of its object, named by the part's index in the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gives {
    /// Raises a flag, for which all who are on its list have waited.
    Raises(u8),
    Lowers(u8),
    /// Takes an owner part.
    Owns(u8),
    /// Gives an owner part back: it is free where it was taken once.
    Frees(u8),
    /// Adds one to a count.
    Adds(u8),
    /// Takes one from a count. Those who are on the count's list have waited for nothing to be left of it.
    Lessens(u8),
    /// Lays a message into slots.
    Fills(u8),
    /// Takes a message out of slots.
    Takes(u8),
    /// Lays a message into the slots that are read at the other end than the one it is done at, of an ends part.
    Sends(u8),
    /// Takes a message out of the slots that are read at the end it is done at, of an ends part.
    Receives(u8),
    /// Lets go an end of an ends part.
    LetsGo(u8),
    /// Wakes the first of a list of those who wait for nothing else.
    Wakes(u8),
    /// Wakes all of such a list.
    WakesAll(u8),
    /// Writes into cells.
    Writes(u8),
}

/// What the hand is asked for before it can do an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asks {
    Nothing,
    /// A value.
    Value,
    /// A cell of a part, named as the part says, and what is to be written into it.
    Cell(u8),
    /// An end of a part at which something can be received.
    End(u8),
    /// An end of a part at which something can be sent, and a value.
    EndAndValue(u8),
}

/// One way in which an operation can come out (or come to wait).
///
/// Templates have named slots: `{actor}` who did it, `{object}` the object's name, `{other}` the
/// actor it is about, `{detail}` the value, text or time, `{message}` the message that moved,
/// `{owner}` who holds the object's owner part now, `{index}` the cell's index, `{end}` the end's name,
/// `{fill}` how full the pipe is for whose room it waits, `{written}` of `{frame}` bytes of the message that is
/// on its way, `{waiters}` who is on its first list of waiters now, `{moved}` the actors that were requeued or
/// woken by it, `{taken}` who has its permits and `{pulse}` when its flag was up, in brackets, `{count}` what
/// it made of a count, `{function}` what the actor runs, `{op}` the operation's name. `text` fills them.
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
